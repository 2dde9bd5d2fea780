"""What the agent's journal says of a signature, and whether it stands in the chain that the pinned key signed."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from evidence.chains import Run, canonical, journal_link, runs_of, signed_by
from evidence.container import EvidenceError

STATEMENT_TYPE: Final = "landhub.journal.checkpoint.v1"

_SHARED: Final = (
    "caller",
    "request_id",
    "business_reference",
    "digest",
    "digest_algorithm",
    "document_kind",
    "certificate",
    "format",
)
_PHASES: Final = ("SEEN", "DECIDED", "SIGNED")


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalFacts:
    """Proven to be in the journal. Records are JSON objects as docs/operations/evidence.md lists them."""

    chain: str
    decided: Mapping[str, Any]
    signed: Mapping[str, Any]
    seen: Mapping[str, Any] | None
    checkpoint_time: str

    @property
    def decided_time(self) -> datetime:
        """When the policy allowed it, by the agent's clock."""
        return moment(self.decided["time_ms"])

    @property
    def signed_time(self) -> datetime:
        """When the signature was journaled, by the agent's clock."""
        return moment(self.signed["time_ms"])

    @property
    def signing_time(self) -> datetime:
        """The signing time that the agent wrote into the signature."""
        return moment(int(self.signed["details"]["signing_time_ms"]))

    def detail(self, name: str) -> str:
        """A detail of the decision; empty if there is none."""
        return str(self.decided.get("details", {}).get(name, ""))


def read_journal(data: bytes, keys: Sequence[Ed25519PublicKey], cms: bytes) -> JournalFacts:
    """Prove the records of a journal and hold them to each other and to the signature that the agent made.

    Raises:
        EvidenceError: something of it does not hold; the message says what.
    """
    told = canonical(data)
    if set(told) != {"runs"}:
        raise EvidenceError("it says more than it should")
    runs = runs_of(told)
    statements = [_proven(run, keys) for run in runs]
    chains = {statement["chain"] for statement in statements}
    if len(chains) != 1:
        raise EvidenceError("its records are of different journals")
    records = [_record(sequence, content) for run in runs for sequence, content in run.shown().items()]
    facts = _facts(chains.pop(), records, max(str(statement["time"]) for statement in statements))
    _hold_together(facts)
    if facts.signed["details"].get("attachment_sha256") != hashlib.sha256(cms).hexdigest():
        raise EvidenceError("the signature is not the one that the agent made: it was replaced or changed")
    return facts


def time_in(data: bytes) -> datetime:
    """When a signature was made by the records of a journal, of which nothing is proven here. Raises EvidenceError."""
    for run in runs_of(canonical(data)):
        for content in run.shown().values():
            record = canonical(content.encode())
            if record.get("phase") == "SIGNED":
                return moment(int(record["details"]["signing_time_ms"]))
    raise EvidenceError("the journal's part tells of no signature")


def moment(milliseconds: int) -> datetime:
    """The aware time of milliseconds since 1970."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _proven(run: Run, keys: Sequence[Ed25519PublicKey]) -> Mapping[str, Any]:
    """The statement of a run's checkpoint, if a pinned key signed it and it states this run's end."""
    statement = canonical(run.statement.encode())
    if statement.get("type") != STATEMENT_TYPE or not signed_by(keys, run):
        raise EvidenceError("a checkpoint of the journal is not signed by the key that was given")
    if statement.get("count") != run.first + len(run.contents) - 1:
        raise EvidenceError("a checkpoint of the journal states another number of records")
    if statement.get("head") != run.head(journal_link).hex():
        raise EvidenceError("the records do not lead to the checkpoint that the journal's key signed")
    return statement


def _record(sequence: int, content: str) -> Mapping[str, Any]:
    record = canonical(content.encode())
    if record.get("sequence") != sequence or record.get("phase") not in _PHASES:
        raise EvidenceError(f"record {sequence} is none that tells of a signature")
    return record


def _facts(chain: str, records: Sequence[Mapping[str, Any]], checkpoint_time: str) -> JournalFacts:
    by_phase = {str(record["phase"]): record for record in records}
    if len(by_phase) != len(records) or not {"DECIDED", "SIGNED"} <= set(by_phase):
        raise EvidenceError("it must show one decision and one signature, and nothing else but what the agent saw")
    return JournalFacts(
        chain=chain,
        decided=by_phase["DECIDED"],
        signed=by_phase["SIGNED"],
        seen=by_phase.get("SEEN"),
        checkpoint_time=checkpoint_time,
    )


def _hold_together(facts: JournalFacts) -> None:
    decided, signed, seen = facts.decided, facts.signed, facts.seen
    for name in (*_SHARED, "rule", "attested_by"):
        if decided.get(name) != signed.get(name):
            raise EvidenceError(f"decision and signature are of different requests ({name})")
    if not decided["sequence"] < signed["sequence"] or decided["time_ms"] > signed["time_ms"]:
        raise EvidenceError("the signature is older than the decision")
    if decided.get("attested_by") == "content" and seen is None:
        raise EvidenceError("the rule rests on what the agent saw, and no record of it is there")
    if seen is not None and (seen.get("digest") != signed.get("digest") or not seen["sequence"] < decided["sequence"]):
        raise EvidenceError("what the agent saw was another document")
