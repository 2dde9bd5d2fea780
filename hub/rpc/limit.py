"""How often a caller may call a method, and how many calls the server works on at once."""

from dataclasses import dataclass
from datetime import timedelta

from hub.core.clock import Clock
from hub.core.errors import ExhaustedError, QuotaViolation
from hub.rpc.authorize import matches
from hub.rpc.metrics import RpcMetrics
from hub.rpc.options import RateLimit, RateLimits
from hub.rpc.passage import Passage

LARGEST_IN_FLIGHT = 2000  # beyond, waiting helps nobody: a call costs memory and the answer would come too late
_OVERLOADED_RETRY = timedelta(seconds=1)


@dataclass(slots=True)
class _Bucket:
    """Tokens of one caller and method, as of a moment."""

    limit: RateLimit
    tokens: float
    at: float


class Limit:
    """Token buckets by caller and method. There are at most as many as known callers times known methods."""

    def __init__(self, *, limits: RateLimits, metrics: RpcMetrics, clock: Clock) -> None:
        self._limits = limits
        self._metrics = metrics
        self._clock = clock
        self._buckets: dict[tuple[str, str], _Bucket] = {}

    def check(self, passage: Passage) -> None:
        """Take a token.

        Raises:
            ExhaustedError: there is none (RATE_LIMITED); retry_after says when there will be. Or the server works on
                too many calls (OVERLOADED).
        """
        if self._metrics.in_flight > LARGEST_IN_FLIGHT:
            raise ExhaustedError("the hub works on too many calls; ask again later", retry_after=_OVERLOADED_RETRY)
        if passage.method.open:
            return
        bucket = self._bucket(passage.identity.caller, passage.method.path)
        now = self._clock.monotonic()
        bucket.tokens = min(bucket.limit.burst, bucket.tokens + (now - bucket.at) * bucket.limit.per_second)
        bucket.at = now
        if bucket.tokens < 1:
            raise _limited(passage, bucket)
        bucket.tokens -= 1

    def _bucket(self, caller: str, path: str) -> _Bucket:
        bucket = self._buckets.get((caller, path))
        if bucket is None:
            limit = next((limit for pattern, limit in self._limits.methods.items() if matches(path, pattern)), None)
            limit = limit or self._limits.default
            bucket = _Bucket(limit=limit, tokens=limit.burst, at=self._clock.monotonic())
            self._buckets[caller, path] = bucket
        return bucket


def _limited(passage: Passage, bucket: _Bucket) -> ExhaustedError:
    rule = f"{bucket.limit.per_second:g} calls a second, {bucket.limit.burst} at once, of {passage.method.path}"
    return ExhaustedError(
        f"too many calls: this caller may make {rule}; ask again after the delay",
        reason="RATE_LIMITED",
        retry_after=timedelta(seconds=(1 - bucket.tokens) / bucket.limit.per_second),
        quota=(QuotaViolation(subject=f"caller:{passage.identity.caller}", description=rule),),
    )
