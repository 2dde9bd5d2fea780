"""What audit and evidence call the module's resources, and how a record is bound to the signatures that were made."""

from collections.abc import Iterator, Sequence
from typing import Final

from evidence.audit import signature_line, signatures_hash
from hub.modules.signatures.port import SignatureState
from hub.modules.signatures.store import SignatureRow

SIGNATURE: Final = "signatures.Signature"
BATCH: Final = "signatures.Batch"


def made_hash(rows: Sequence[SignatureRow]) -> str:
    """Return what the audit's outcome holds of the signatures among rows; empty if there is none."""
    lines = made_lines(rows)
    return signatures_hash(lines) if lines else ""


def made_lines(rows: Sequence[SignatureRow]) -> list[str]:
    """Return the lines that the hash is over, in the order of the request."""
    return [line for row in rows if row.state == SignatureState.SIGNED for line in _line(row)]


def _line(row: SignatureRow) -> Iterator[str]:
    """Yield the line of a signature, whose bytes may have been erased since."""
    if row.cms:
        yield signature_line(row.id, row.cms)
    elif row.cms_sha256:
        yield f"{row.id} {row.cms_sha256}"
