"""Takes out of a journal what proves one signature: its records up to a checkpoint, the policy, the CMS."""

import hashlib
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from evidence.chains import encoded, runs_to_checkpoints
from evidence.container import JOURNAL, POLICY, README, SUMMARY, EvidenceError, pack
from evidence.forms import part_for
from evidence.readme import FORMAT, readme
from signer_agent.checkpoint import read_checkpoints
from signer_agent.errors import COMMON_DOMAIN, NotFoundError, UnavailableError
from signer_agent.journal_file import ATTACHMENTS_NAME, CHECKPOINTS_NAME, JOURNAL_NAME
from signer_agent.journal_record import LineError, Phase, Record, read_line
from signer_agent.ledger import Ledger
from signer_agent.policy_version import policy_path

_FIRST_LOOK: Final = 4096  # records before a signature, among which its decision nearly always is


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The records of one signature, in order: what was seen (where a rule wants that), decision, signature."""

    records: Sequence[Record]

    @property
    def signed(self) -> Record:
        """The signature's."""
        return self.records[-1]


class Exporter:
    """Exports for a running agent, which knows where a signature stands."""

    def __init__(self, *, folder: Path, ledger: Ledger) -> None:
        self._folder = folder
        self._ledger = ledger

    def export(self, request_id: str) -> bytes:
        """The agent's parts of a file, packed. It reads files: call it in a thread.

        Raises:
            NotFoundError: NOT_FOUND, no signature of this request is known.
            UnavailableError: JOURNAL_UNAVAILABLE, no checkpoint covers it yet, or the journal can't be read.
        """
        sequence = self._ledger.signed_sequence(request_id)
        if not sequence:
            raise NotFoundError(
                "no signature of this request is in the journal", reason="RESOURCE_NOT_FOUND", domain=COMMON_DOMAIN
            )
        try:
            return pack(journal_parts(self._folder, find_signature(self._folder, request_id, sequence=sequence)))
        except EvidenceError as error:
            raise UnavailableError(
                str(error), reason="JOURNAL_UNAVAILABLE", retry_after=timedelta(seconds=60)
            ) from error


def find_signature(folder: Path, request_id: str, *, sequence: int = 0) -> Found:
    """Find the records of a request that was signed.

    Args:
        folder: The journal's.
        request_id: As the hub gave it.
        sequence: Where its SIGNED record is, if that is known; 0: it is looked for.

    Raises:
        EvidenceError: there is no such signature, or a line on the way can't be read.
    """
    if sequence:
        near = _of_request(_lines(folder, after=sequence - _FIRST_LOOK, last=sequence), request_id)
        if {record.entry.phase for record in near} >= {Phase.DECIDED, Phase.SIGNED}:
            return _chosen(near, request_id, folder)
    return _chosen(_of_request(_lines(folder, after=0, last=0), request_id), request_id, folder)


def find_reference(folder: Path, business_reference: str) -> Sequence[str]:
    """The request ids of all signatures under a business reference, oldest first. Raises EvidenceError."""
    wanted = encoded(business_reference)
    found = [
        record.entry.request_id
        for record in (_read(line) for line in _lines(folder, after=0, last=0) if wanted in line)
        if record.entry.phase is Phase.SIGNED and record.entry.business_reference == business_reference
    ]
    return list(dict.fromkeys(found))


def journal_parts(folder: Path, found: Found) -> Mapping[str, bytes]:
    """The parts of the file that the agent alone can make: everything but certificates and revocation lists.

    Raises:
        EvidenceError: something is damaged, or no checkpoint covers the records yet.
    """
    first = found.signed
    if first.entry.format.startswith("ESIA_RAW"):
        raise EvidenceError("it is a bare signature for a login at ESIA, with no certificate in it: it is not exported")
    try:
        points = read_checkpoints((folder / CHECKPOINTS_NAME).read_bytes())
        version = next(r for r in found.records if r.entry.phase is Phase.DECIDED).entry.details.get("policy", "")
        policy = policy_path(folder, version).read_bytes() if version else b""
    except (OSError, ValueError) as error:
        raise EvidenceError("the journal's checkpoints or its policies can't be read: restore them") from error
    if hashlib.sha256(policy).hexdigest() != version:
        raise EvidenceError("the policy of that time is not kept: it was signed by an older release")

    def between(start: int, end: int) -> Sequence[tuple[int, bytes, bytes]]:
        records = (_read(line) for line in _lines(folder, after=start - 1, last=end))
        return [(record.sequence, record.previous_hash, record.content()) for record in records]

    runs = runs_to_checkpoints(
        [record.sequence for record in found.records],
        [(point.count, point.statement.decode(), point.signature) for point in points],
        between,
    )
    signature = _attachment(folder, first)
    parts = {part_for(signature): signature}
    return parts | {
        README: readme(parts),
        SUMMARY: encoded(
            {"format": FORMAT, "digest": first.entry.digest, "digest_algorithm": first.entry.digest_algorithm}
        ),
        POLICY: policy,
        JOURNAL: encoded({"runs": [run.told() for run in runs]}),
    }


def _chosen(records: Sequence[Record], request_id: str, folder: Path) -> Found:
    signed = next((record for record in records if record.entry.phase is Phase.SIGNED), None)
    if signed is None:
        raise EvidenceError(f"the journal has no signature of request {request_id}")
    before = [record for record in records if record.sequence < signed.sequence]
    decided = next((record for record in reversed(before) if record.entry.phase is Phase.DECIDED), None)
    if decided is None:
        raise EvidenceError(f"the journal has no decision on request {request_id}: verify the journal")
    seen = _seen(folder, decided) if decided.entry.attested_by == "content" else ()
    return Found(records=(*seen, decided, signed))


def _seen(folder: Path, decided: Record) -> Sequence[Record]:
    """What the agent last saw of the document before it decided: often under another request."""
    digest = decided.entry.digest.encode()
    records = (_read(line) for line in _lines(folder, after=0, last=decided.sequence) if digest in line)
    seen = [record for record in records if record.entry.phase is Phase.SEEN]
    return seen[-1:]


def _of_request(lines: Iterator[bytes], request_id: str) -> Sequence[Record]:
    wanted = request_id.encode()
    records = [_read(line) for line in lines if wanted in line]
    return [record for record in records if record.entry.request_id == request_id]


def _lines(folder: Path, *, after: int, last: int) -> Iterator[bytes]:
    """Whole lines of the journal from one place to another; ``last`` 0 means to its end."""
    with (folder / JOURNAL_NAME).open("rb") as file:
        yield from itertools.islice((line for line in file if line.endswith(b"\n")), max(after, 0), last or None)


def _read(line: bytes) -> Record:
    try:
        return read_line(line)
    except LineError as error:
        raise EvidenceError("the journal is damaged: run `signer-agent verify-journal`") from error


def _attachment(folder: Path, record: Record) -> bytes:
    details = record.entry.details
    try:
        with (folder / ATTACHMENTS_NAME).open("rb") as file:
            file.seek(int(details["attachment_offset"]))
            content = file.read(int(details["attachment_size"]))
    except (OSError, KeyError, ValueError) as error:
        raise EvidenceError("the journal's attachments can't be read: restore them") from error
    if hashlib.sha256(content).hexdigest() != details.get("attachment_sha256"):
        raise EvidenceError("the signature in the journal was altered: run `signer-agent verify-journal`")
    return content
