"""How patiently an upstream is called: the settings of the outbound chain and the kinds of safety it retries by."""

from collections.abc import Awaitable, Callable
from enum import Enum, auto
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Guard = Callable[[], Awaitable[None]]
"""Awaited just before bytes may leave, each time; it raises when they must not (the lease was lost)."""
Surprise = Callable[[str, str], None]
"""Told of what is unknown in an answer: its kind ("field", "status") and the word."""


class Safety(Enum):
    """What a second call of an upstream operation would do. The chain retries by this and nothing else."""

    READ = auto()
    """Changes nothing: may be repeated."""
    IDEMPOTENT_BY_KEY = auto()
    """The upstream recognises the repetition by our key: may be repeated."""
    ASK_STATUS_FIRST = auto()
    """A repetition may act twice: never repeated once bytes may have left; the outcome is asked for instead."""
    IRREVERSIBLE = auto()
    """Acts for good and can't be asked for: never repeated once bytes may have left."""

    @property
    def is_repeatable(self) -> bool:
        """Whether a call may be repeated although the one before may have acted."""
        return self in {Safety.READ, Safety.IDEMPOTENT_BY_KEY}


class Rate(BaseModel):
    """A rate limit of the upstream: so many calls in so many seconds, all of which may come at once.

    `published` and `source` say when and where the limit was read, since upstreams change them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    calls: int = Field(ge=1, le=100_000)
    per_seconds: float = Field(gt=0, le=86_400)
    published: str = ""
    source: str = ""


class Policy(BaseModel):
    """The outbound chain's settings for one upstream. All times are in seconds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    failure_threshold: int = Field(default=5, ge=1, le=1_000)
    """Failures in a row that open the breaker."""
    recovery_timeout: float = Field(default=60.0, gt=0, le=3_600)
    """How long an open breaker refuses before it lets one probe through."""
    max_attempts: int = Field(default=3, ge=1, le=10)
    initial_delay: float = Field(default=0.5, ge=0, le=60)
    """The delay before the second attempt."""
    max_delay: float = Field(default=10.0, ge=0, le=600)
    exponential_base: float = Field(default=2.0, ge=1, le=10)
    jitter: bool = True
    """Whether a delay is drawn at random between half of it and the whole, so that callers don't come in step."""
    attempt_timeout: float = Field(default=10.0, gt=0, le=600)
    """For one attempt, connection included. Shorter than the lease of the job that makes the call."""
    total_timeout: float = Field(default=25.0, gt=0, le=1_800)
    """For the whole call with its retries, delays and waits for quota."""
    max_concurrent: int = Field(default=32, ge=1, le=1_000)
    """Attempts at a time, and pooled connections."""
    rate: Rate | None = None

    @model_validator(mode="after")
    def _attempt_fits_total(self) -> Self:
        if self.attempt_timeout > self.total_timeout:
            raise ValueError("attempt_timeout must not exceed total_timeout: no attempt could use it up")
        return self
