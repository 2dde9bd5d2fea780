"""What is counted of every upstream."""

import functools

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from hub.resilience.gate import BreakerState

_BREAKER_VALUES = {BreakerState.CLOSED: 0, BreakerState.HALF_OPEN: 1, BreakerState.OPEN: 2}
_BUCKETS_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)


class UpstreamMetrics:
    """The metrics of all upstreams; made once a registry. Labels are names of ours, never an upstream's words."""

    def __init__(self, *, registry: CollectorRegistry) -> None:
        self._attempts = Counter(
            "landhub_upstream_attempts",
            "Attempts by outcome: ok, refused, or the kind of failure.",
            ("upstream", "operation", "outcome"),
            registry=registry,
        )
        self._calls = Counter(
            "landhub_upstream_calls",
            "Calls with all their attempts, by outcome: ok or the hub's error.",
            ("upstream", "operation", "outcome"),
            registry=registry,
        )
        self._seconds = Histogram(
            "landhub_upstream_attempt_seconds",
            "How long an attempt took.",
            ("upstream", "operation"),
            buckets=_BUCKETS_SECONDS,
            registry=registry,
        )
        self._breaker = Gauge(
            "landhub_upstream_breaker_state",
            "0 closed, 1 half open, 2 open.",
            ("upstream",),
            registry=registry,
        )
        self._retries = Counter(
            "landhub_upstream_retries",
            "Attempts beyond the first of a call.",
            ("upstream", "operation"),
            registry=registry,
        )
        self._waits = Histogram(
            "landhub_upstream_pace_wait_seconds",
            "How long a call waited for our own pace, which keeps to the upstream's published limit.",
            ("upstream",),
            buckets=_BUCKETS_SECONDS,
            registry=registry,
        )
        self._surprises = Counter(
            "landhub_upstream_surprises",
            "Elements and words in answers that we don't know: the upstream changed something.",
            ("upstream", "operation", "kind"),
            registry=registry,
        )
        # Looking a child up by its labels costs more than counting; labels are names of ours, so there are few.
        self._attempt_children = functools.cache(self._attempts.labels)
        self._second_children = functools.cache(self._seconds.labels)
        self._call_children = functools.cache(self._calls.labels)

    def attempt(self, upstream: str, operation: str, *, outcome: str, seconds: float, is_retry: bool = False) -> None:
        """Count one attempt."""
        if is_retry:
            self._retries.labels(upstream, operation).inc()
        self._attempt_children(upstream, operation, outcome).inc()
        self._second_children(upstream, operation).observe(seconds)

    def waited(self, upstream: str, seconds: float) -> None:
        """Count a wait for our own pace."""
        self._waits.labels(upstream).observe(seconds)

    def call(self, upstream: str, operation: str, *, outcome: str) -> None:
        """Count one call."""
        self._call_children(upstream, operation, outcome).inc()

    def breaker(self, upstream: str, state: BreakerState) -> None:
        """Show where a breaker stands."""
        self._breaker.labels(upstream).set(_BREAKER_VALUES[state])

    def surprise(self, upstream: str, operation: str, *, kind: str) -> None:
        """Count something unknown in an answer."""
        self._surprises.labels(upstream, operation, kind).inc()
