"""Counts calls by method and status, times them, and knows how many are being worked on."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from hub.rpc.passage import Passage

# From a cached read to a provider that takes its time.
_SECONDS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class RpcMetrics:
    """Metrics of one registry, shared by the servers of one process; methods are those of the contract, so bounded."""

    def __init__(self, *, registry: CollectorRegistry) -> None:
        self.in_flight = 0
        self._requests = Counter("hub_rpc_requests", "Calls answered", ("method", "code"), registry=registry)
        self._seconds = Histogram(
            "hub_rpc_duration_seconds", "Time to answer", ("method",), registry=registry, buckets=_SECONDS
        )
        gauge = Gauge("hub_rpc_in_flight", "Calls being worked on", registry=registry)
        gauge.set_function(lambda: self.in_flight)
        self._refused = Counter(
            "hub_rpc_refused", "Calls turned away before they were audited one by one", ("reason",), registry=registry
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
