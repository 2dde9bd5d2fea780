"""What the hub's audit says of a signature, and whether it stands in the chain that the pinned key signed."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from evidence.chains import Run, audit_link, canonical, runs_of, signed_by
from evidence.container import EvidenceError

STATEMENT_TYPE: Final = "landhub.audit.checkpoint.v1"
FIELDS: Final = (
    "phase",
    "method",
    "caller",
    "request_id",
    "business_reference",
    "resource",
    "code",
    "reason",
    "payload_hash",
    "trace_id",
    "details",
)
_SIGNATURE: Final = "signatures.Signature/"
_BATCH: Final = "signatures.Batch/"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFacts:
    """Proven to be in the audit: the intent and the outcome of the request that asked for the signature."""

    signature_id: str
    intent: Mapping[str, str]
    outcome: Mapping[str, str]


def signatures_hash(lines: Sequence[str]) -> str:
    """What the outcome's record holds of the signatures that were made: each line "<id> <SHA-256 of its CMS>"."""
    return hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()


def signature_line(signature_id: str, cms: bytes) -> str:
    """The line of one signature."""
    return f"{signature_id} {hashlib.sha256(cms).hexdigest()}"


def read_audit(data: bytes, keys: Sequence[Ed25519PublicKey], cms: bytes) -> AuditFacts:
    """Prove the records of the audit and hold them to the signature.

    Raises:
        EvidenceError: something of it does not hold; the message says what.
    """
    told = canonical(data)
    if set(told) != {"runs", "signature_id", "signatures"}:
        raise EvidenceError("it says more than it should")
    records = [record for run in runs_of(told) for record in _proven(run, keys)]
    by_phase = {record["phase"]: record for record in records}
    if len(by_phase) != len(records) or set(by_phase) != {"intent", "outcome"}:
        raise EvidenceError("it must show one intent and one outcome")
    facts = AuditFacts(signature_id=str(told["signature_id"]), intent=by_phase["intent"], outcome=by_phase["outcome"])
    _hold_together(facts, told["signatures"], cms)
    return facts


def _proven(run: Run, keys: Sequence[Ed25519PublicKey]) -> list[Mapping[str, str]]:
    statement = canonical(run.statement.encode())
    if statement.get("type") != STATEMENT_TYPE or not signed_by(keys, run):
        raise EvidenceError("a checkpoint of the audit is not signed by the key that was given")
    if statement.get("count") != run.first + len(run.contents) - 1:
        raise EvidenceError("a checkpoint of the audit states another number of records")
    if statement.get("head") != run.head(audit_link).hex():
        raise EvidenceError("the records do not lead to the checkpoint that the audit's key signed")
    return [_record(content, sequence, str(statement["instance"])) for sequence, content in run.shown().items()]


def _record(content: str, sequence: int, instance: str) -> Mapping[str, str]:
    try:
        told: Any = orjson.loads(content)
        named_instance, named_sequence, _, values = told
        record = dict(zip(FIELDS, values, strict=True))
    except (ValueError, TypeError) as error:
        raise EvidenceError(f"record {sequence} is none of an audit") from error
    if (named_instance, named_sequence) != (instance, sequence) or orjson.dumps(told) != content.encode():
        raise EvidenceError(f"record {sequence} stands in another place than it says")
    return record


def _hold_together(facts: AuditFacts, lines: Any, cms: bytes) -> None:
    intent, outcome = facts.intent, facts.outcome
    for name in ("method", "caller", "request_id", "business_reference", "resource"):
        if intent[name] != outcome[name]:
            raise EvidenceError(f"intent and outcome are of different requests ({name})")
    resource = outcome["resource"]
    if not (resource == f"{_SIGNATURE}{facts.signature_id}" or resource.startswith(_BATCH)):
        raise EvidenceError("the records tell of something else than this signature")
    # Of a batch some may have been refused, which the code then tells; the hash is of those that were made.
    if outcome["code"] not in {"OK", "FAILED_PRECONDITION"} or not isinstance(lines, list):
        raise EvidenceError("the outcome is no signature")
    if signature_line(facts.signature_id, cms) not in lines or signatures_hash(lines) != outcome["payload_hash"]:
        raise EvidenceError("the signature is not the one that the hub recorded: it was replaced or changed")
