"""What a verification of evidence finds: a line for everything looked at, and the verdict on the whole."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime


class Proof(enum.StrEnum):
    """How it is known when the signature was made."""

    PROVEN = "PROVEN"
    """A timestamp of a trusted authority says so."""
    CLAIMED = "CLAIMED"
    """Signer, journal and audit say so, who are one party; no third one does."""
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line: what was looked at, whether it holds, and a sentence. No personal data but what ``facts`` are for."""

    check: str
    holds: bool
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """All of it. ``valid`` is true only if everything in the file was checked and holds."""

    findings: Sequence[Finding]
    proof: Proof = Proof.UNKNOWN
    time: datetime | None = None
    """The time as of which the signature was judged."""
    facts: Sequence[tuple[str, str]] = field(default=())
    """What the file proves, name and value, in order: digest, caller, rule, certificate."""

    @property
    def valid(self) -> bool:
        """Whether everything in the file was checked and holds."""
        return bool(self.findings) and all(finding.holds for finding in self.findings)


def good(check: str, told: str) -> Finding:
    """What holds."""
    return Finding(check=check, holds=True, told=told)


def bad(check: str, told: str) -> Finding:
    """What doesn't hold, or could not be checked."""
    return Finding(check=check, holds=False, told=told)
