"""How one upstream does, as this process sees it: what operators look at when something outside is slow or away."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from hub.core.clock import Clock
from hub.resilience.gate import BreakerState

_LATENCIES_KEPT = 256  # some minutes of an ordinary day: enough for a 95th percentile that follows a change


@dataclass(frozen=True, slots=True, kw_only=True)
class UpstreamStatus:
    """How an upstream does. Times are None until the first of their kind, or where nobody told.

    Attributes:
        breaker, breaker_changed_time: Where the breaker stands, and since when.
        last_failure_reason: In our words, never the upstream's.
        consecutive_failures: How many attempts failed in a row.
        in_flight: Attempts under way.
        latency_median_seconds, latency_p95_seconds: Of the newest answered attempts; None before the first.
        quota_left: Calls that could be made now without waiting for our own pace; None if it has none.
        token_expire_time, certificate_expire_time: Of the credentials we show.
    """

    name: str
    breaker: BreakerState
    breaker_changed_time: datetime | None = None
    last_success_time: datetime | None = None
    last_failure_time: datetime | None = None
    last_failure_reason: str = ""
    consecutive_failures: int = 0
    in_flight: int = 0
    latency_median_seconds: float | None = None
    latency_p95_seconds: float | None = None
    quota_left: int | None = None
    token_expire_time: datetime | None = None
    certificate_expire_time: datetime | None = None


class Board:
    """Remembers what came of the attempts at one upstream."""

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock
        self._seconds: deque[float] = deque(maxlen=_LATENCIES_KEPT)
        self.last_success_time: datetime | None = None
        self.last_failure_time: datetime | None = None
        self.last_failure_reason = ""
        self.breaker_changed_time: datetime | None = None
        self.in_flight = 0
        self.token_expire_time: datetime | None = None
        self.certificate_expire_time: datetime | None = None

    def answered(self, seconds: float) -> None:
        """An attempt was answered, be it by a refusal."""
        self.last_success_time = self._clock.now()
        self._seconds.append(seconds)

    def failed(self, reason: str) -> None:
        """An attempt failed."""
        self.last_failure_time = self._clock.now()
        self.last_failure_reason = reason

    def breaker_changed(self) -> None:
        """The breaker changed its state."""
        self.breaker_changed_time = self._clock.now()

    def latencies(self) -> tuple[float | None, float | None]:
        """Return the median and the 95th percentile in seconds."""
        ordered = sorted(self._seconds)
        return _rank(ordered, 0.5), _rank(ordered, 0.95)


def _rank(ordered: Sequence[float], share: float) -> float | None:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else None
