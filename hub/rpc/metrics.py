"""Counts calls by method and status, times them, and knows how many are being worked on."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from hub.rpc.passage import Passage

# From a cached read to a provider that takes its time.
_SECONDS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class RpcMetrics:
    """Metrics of one registry, shared by the servers of one process; methods are those of the contract, so bounded."""

    def __init__(self, *, registry: CollectorRegistry) -> None:
        self.in_flight = 0
        self._requests = Counter("landhub_rpc_requests", "Calls answered", ("method", "code"), registry=registry)
        self._seconds = Histogram(
            "landhub_rpc_duration_seconds", "Time to answer", ("method",), registry=registry, buckets=_SECONDS
        )
        gauge = Gauge("landhub_rpc_in_flight", "Calls being worked on", registry=registry)
        gauge.set_function(lambda: self.in_flight)
        self._refused = Counter(
            "landhub_rpc_refused",
            "Calls turned away before they were audited singly",
            ("reason",),
            registry=registry,
        )
        self._request_children: dict[tuple[str, str], Counter] = {}
        self._second_children: dict[str, Histogram] = {}

    def finished(self, passage: Passage, seconds: float) -> None:
        """Count one call that was answered."""
        key = passage.method.path, passage.code.name
        counter = self._request_children.get(key)
        if counter is None:
            counter = self._request_children[key] = self._requests.labels(*key)
        counter.inc()
        if passage.method.streams_responses:
            return  # how long somebody listened tells nothing of how fast we are
        histogram = self._second_children.get(passage.method.path)
        if histogram is None:
            histogram = self._second_children[passage.method.path] = self._seconds.labels(passage.method.path)
        histogram.observe(seconds)

    def refused(self, reason: str) -> None:
        """Count one call that was turned away early."""
        self._refused.labels(reason).inc()


# From delivered at once to a subscriber that catches up after a night.
_LAG_SECONDS = (0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 30.0, 60.0, 300.0, 3600.0, 86_400.0)


class EventsMetrics:
    """How far subscribers are behind; callers are those of the settings, so bounded."""

    def __init__(self, *, registry: CollectorRegistry) -> None:
        self._subscribers = Gauge("landhub_events_subscribers", "Open subscriptions", ("caller",), registry=registry)
        self._lag = Histogram(
            "landhub_events_lag_seconds",
            "Age of an event when it was handed to a subscriber",
            ("caller",),
            registry=registry,
            buckets=_LAG_SECONDS,
        )

    def subscribed(self, caller: str, change: int) -> None:
        """Count a subscription that was opened (1) or ended (-1)."""
        self._subscribers.labels(caller).inc(change)

    def delivered(self, caller: str, seconds: float) -> None:
        """Count an event that was handed over."""
        self._lag.labels(caller).observe(max(0.0, seconds))
