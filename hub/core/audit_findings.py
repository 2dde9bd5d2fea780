"""What a verification of the audit finds, and in which words it is told."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass, field

from hub.core.audit_checkpoints import Checkpoint, Countersignature


class Problem(enum.StrEnum):
    """What was done to the trail."""

    ALTERED = "altered"
    DELETED = "deleted"
    REORDERED = "reordered"
    TRUNCATED = "truncated"
    INSTANCE_DROPPED = "instance dropped"
    ROLLED_BACK = "database rolled back"
    CHECKPOINT_INVALID = "checkpoint invalid"
    CHECKPOINT_MISSING = "checkpoint missing"
    COUNTERSIGNATURE_MISSING = "countersignature missing"
    COUNTERSIGNATURE_INVALID = "countersignature invalid"
    SEGMENT_ALTERED = "segment altered"
    SEGMENT_MISSING = "segment missing"
    SEGMENT_REORDERED = "segment out of order"
    SEGMENT_TRUNCATED = "segment truncated"


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem: which instance, which record (0 if none in particular), and a sentence for the operator."""

    problem: Problem
    instance: str
    sequence: int
    text: str


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """What was looked at and what was found; `ok` if nothing."""

    records: int
    instances: int
    checkpoints: int
    countersignatures: int
    findings: Sequence[Finding]
    segments: int = 0

    @property
    def ok(self) -> bool:
        """Whether the trail is whole."""
        return not self.findings


@dataclass(slots=True)
class Statements:
    """The checkpoints of one place by digest, in order, and the countersignatures by checkpoint and signer."""

    checkpoints: dict[str, Checkpoint] = field(default_factory=dict)
    countersignatures: dict[tuple[str, str], Countersignature] = field(default_factory=dict)
