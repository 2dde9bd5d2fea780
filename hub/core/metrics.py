"""What operators see of the core: how fast changes become durable, what becomes of work, what the audit lost."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_COMMIT_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0)
_GROUP_SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256)
_RUN_SECONDS = (0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)


class CoreMetrics:
    """Metrics of one registry. Kinds of jobs are those that modules register, so labels are bounded."""

    def __init__(self, *, registry: CollectorRegistry) -> None:
        self._commit_seconds = Histogram(
            "landhub_commit_duration_seconds", "Time to commit a group", registry=registry, buckets=_COMMIT_SECONDS
        )
        self._commit_size = Histogram(
            "landhub_commit_transactions", "Transactions committed together", registry=registry, buckets=_GROUP_SIZES
        )
        self._runs = Counter("landhub_job_runs", "Runs of jobs by their end", ("kind", "ending"), registry=registry)
        self._run_seconds = Histogram(
            "landhub_job_run_duration_seconds",
            "Time of a run",
            ("kind",),
            registry=registry,
            buckets=_RUN_SECONDS,
        )
        self._queue = Gauge(
            "landhub_commit_queue_transactions", "Transactions that wait for their commit", registry=registry
        )
        self._buffered = Gauge(
            "landhub_audit_buffered_reads", "Records of reads that wait to be written", registry=registry
        )
        self._dropped = Counter("landhub_audit_reads_dropped", "Records of reads that had no room", registry=registry)

    def watch_queue(self, size: Callable[[], int]) -> None:
        """Ask this at each scrape how many transactions wait."""
        self._queue.set_function(size)

    def watch_buffer(self, size: Callable[[], int]) -> None:
        """Ask this at each scrape how many records of reads wait."""
        self._buffered.set_function(size)

    def committed(self, size: int, seconds: float) -> None:
        """Count a group of transactions; called from the database's thread."""
        self._commit_size.observe(size)
        self._commit_seconds.observe(seconds)

    def job_ran(self, kind: str, ending: str, seconds: float) -> None:
        """Count a job's run; `ending` is "done", "again", "dead" or "lost"."""
        self._runs.labels(kind, ending).inc()
        self._run_seconds.labels(kind).observe(seconds)

    def read_dropped(self) -> None:
        """Count a record that was not written."""
        self._dropped.inc()
