"""What must hold after any run, whatever the module: nothing is lost, doubled, unaudited or leaked."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from sqlalchemy import create_engine

from hub.core.audit_verify import Problem, verify
from hub.core.checkpoint_file import CheckpointFile
from hub.rpc.contract import Safety
from hub.storage.audit_store import SqlAuditStore
from signer_agent.exchange import read_journal_key
from signer_agent.journal_verify import verify_journal
from tests.campaign.caller import Answer
from tests.campaign.canaries import CANARIES
from tests.campaign.evidence import Evidence, Row
from tests.campaign.operations.port import ModuleCampaign, Operation
from tests.campaign.template import AUDIT_KEY, Template

ROLLED_BACK = {Problem.ROLLED_BACK, Problem.CHECKPOINT_MISSING, Problem.INSTANCE_DROPPED, Problem.TRUNCATED}
"""What a restore may and must look like to the audit."""
HONEST_DEATHS = {"REFERENCE_TAKEN", "LOOKUP_NOT_SUPPORTED"}
INTERNAL = ("INTERNAL", "UNKNOWN")
_TOLD_OF = (("rosreestr.registration", "rosreestr_registrations"), ("payments.payment", "payments_payments"))


def violations(
    evidence: Evidence, modules: Sequence[ModuleCampaign], operations: Sequence[Operation], template: Template
) -> Iterator[str]:
    """Say, a sentence each, what is not as it must be."""
    for error in evidence.errors:
        yield f"uncaught: {error}"
    yield from _audit(evidence)
    yield from of_records(evidence)
    if evidence.has_agent:
        yield from _journal(evidence, template)
    yield from CANARIES.found_in([*evidence.told, *evidence.files()])
    for module in modules:
        yield from module.violations(evidence, operations)


def of_records(evidence: Evidence) -> Iterator[str]:
    """Hold answers, audit, jobs and events against each other."""
    yield from _answers(evidence)
    yield from _intents_and_outcomes(evidence)
    yield from _outbox(evidence)
    for resource, table in _TOLD_OF:
        yield from _events(evidence, resource, table)


def _answers(evidence: Evidence) -> Iterator[str]:
    """No answer is an error of ours, and every answer to what may change something has its record."""
    recorded = Counter(
        (row["method"], row["request_id"], row["code"])
        for row in evidence.audit()
        if row["phase"] in {"request", "refused"}
    )
    for answer in evidence.answers:
        if answer.code.name in INTERNAL:
            yield f"internal: {answer.method.path} answered {answer.code.name} {answer.reason}"
        elif answer.method.safety is not Safety.KEYED or not answer.from_hub or evidence.restored:
            continue  # reads are recorded in the background; a restored audit does not know what came after its copy
        elif not recorded[(answer.method.path, answer.request_id, answer.code.name)] and not _early(answer):
            yield f"unaudited: {answer.method.path} was answered {answer.code.name} without a record"


def _early(answer: Answer) -> bool:
    """Whether the call was turned away before its record, which is counted instead, or for want of one."""
    came_too_late = "waiting for the request to arrive" in answer.message
    return came_too_late or answer.reason in {"AUDIT_UNAVAILABLE", "SHUTTING_DOWN", "RATE_LIMITED", "OVERLOADED"}


def _audit(evidence: Evidence) -> Iterator[str]:
    engine = create_engine(f"sqlite+pysqlite:///{evidence.database}")
    with engine.connect() as conn:
        report = verify(
            conn,
            store=SqlAuditStore(),
            file=CheckpointFile(evidence.checkpoints),
            public_keys=[AUDIT_KEY.public_key()],
        )
    engine.dispose()
    for finding in report.findings:
        if not (evidence.restored and finding.problem in ROLLED_BACK):
            yield f"unaudited: {finding.problem.value}: {finding.text}"


def _intents_and_outcomes(evidence: Evidence) -> Iterator[str]:
    """Each job of a call has its intent before it; no attempt is settled after a later one has begun to be."""
    intents = Counter(row["resource"] for row in evidence.audit() if row["phase"] == "intent")
    outcomes: dict[str, list[Row]] = defaultdict(list)
    for row in evidence.audit():
        if row["phase"] == "outcome" and '"job"' in row["details"]:
            outcomes[row["details"].split('"job":"')[1].split('"')[0]].append(row)
    jobs = [(job, f"{job['resource']}/{job['resource_id']}") for job in evidence.rows("outbox_jobs")]
    begun = Counter(resource for job, resource in jobs if job["request_id"])
    for job, resource in jobs:
        if job["request_id"] and intents[resource] != begun[resource]:
            yield f"unaudited: {resource} has {intents[resource]} records of its intent"
        if job["request_id"] and job["state"] == "done" and not outcomes[job["id"]]:
            yield f"unaudited: {resource} is done without a record of its outcome"
        attempts = [int(row["details"].split('"attempt":"')[1].split('"')[0]) for row in outcomes[job["id"]]]
        if any(later < earlier for earlier, later in pairwise(attempts)):
            yield f"doubled: {resource} was settled by attempts {attempts}: an earlier one after a later one"
        if len(attempts) != len(set(attempts)):
            yield f"doubled: {resource} was settled twice by one attempt of {attempts}"


def _outbox(evidence: Evidence) -> Iterator[str]:
    for job in evidence.rows("outbox_jobs"):
        name = f"job {job['kind']} of {job['resource']}/{job['resource_id']}"
        if job["state"] == "leased":
            yield f"{name} is left leased"
        elif job["state"] == "dead" and job["reason"] not in HONEST_DEATHS:
            yield f"{name} was given up: {job['reason']}"
        elif job["failures"] and job["state"] != "dead":
            yield f"{name} has {job['failures']} failures after all was well again"


def _events(evidence: Evidence, resource: str, table: str) -> Iterator[str]:
    """What there is was told of as created once, and its last state told is the one it has."""
    name = resource.rpartition(".")[2]
    created = Counter(row["subject"] for row in evidence.rows("events") if row["type"] == f"{resource}.created")
    for row in evidence.rows(table):
        if created[row["id"]] != 1:
            yield f"{name} {row['id']} was told of as created {created[row['id']]} times"
    last: dict[str, str] = {}
    for row in evidence.rows("events", "sequence"):
        if row["type"] == f"{resource}.state_changed":
            last[row["subject"]] = row["data"]
    for row in evidence.rows(table):
        if row["id"] in last and f'"state": "{row["state"]}"' not in last[row["id"]]:
            yield f"{name} {row['id']} is {row['state']}, and the last event says {last[row['id']]}"


def _journal(evidence: Evidence, template: Template) -> Iterator[str]:
    key = read_journal_key(template.agent / "keys/journal.key").public_key()
    for problem in verify_journal(evidence.journal, chain="journal:agent", public_key=key).problems:
        yield f"unaudited: the journal: {problem}"
