"""What the agent counts and shows to Prometheus; docs/metrics.md describes each. No label is an id or personal."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from signer_agent.clock import Clock
from signer_agent.journal import Journal
from signer_agent.journal_record import Entry, Phase
from signer_agent.keys.port import KeyBackend, KeyBackendError
from signer_agent.service import SigningService, clock_is_behind

_DAY_SECONDS: Final = 86_400
_APPEND_BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
_KEY_BUCKETS: Final = (0.00005, 0.0001, 0.00025, 0.001, 0.005, 0.025, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0)
_OUTCOMES: Final = {
    Phase.SIGNED: "SIGNED",
    Phase.REFUSED: "REFUSED",
    Phase.FAILED: "FAILED",
}


class AgentMetrics:
    """Made first of all; `watch` adds what is read when somebody looks."""

    def __init__(self, *, registry: CollectorRegistry, backend: KeyBackend) -> None:
        self.registry = registry
        self._backend = backend
        self._signatures = Counter(
            "landhub_signer_signatures",
            "Requests to sign by outcome and the rule that decided; refused ones by reason.",
            ("outcome", "rule", "reason"),
            registry=registry,
        )
        self._refused = Counter(
            "landhub_signer_callers_refused", "Callers turned away at the door.", ("cause",), registry=registry
        )
        self._append = Histogram(
            "landhub_signer_journal_append_seconds",
            "How long a group of records took to be durable.",
            buckets=_APPEND_BUCKETS,
            registry=registry,
        )
        self._key = Histogram(
            "landhub_signer_key_seconds",
            "How long a use of a private key took.",
            ("backend", "outcome"),
            buckets=_KEY_BUCKETS,
            registry=registry,
        )

    def told(self, entry: Entry) -> None:
        """Count what a record tells, or a refusal that is not recorded one by one."""
        if entry.phase is Phase.CALLER_REFUSED:
            self._refused.labels(entry.details.get("cause", "")).inc()
        elif entry.phase in _OUTCOMES:
            self._signatures.labels(_OUTCOMES[entry.phase], entry.rule, entry.reason).inc()

    def appending(self) -> AbstractContextManager[object]:
        """Note how long a group of records takes."""
        return self._append.time()

    def timed(self, sign: Callable[[str, bytes], bytes]) -> Callable[[str, bytes], bytes]:
        """The same use of a key, with its time noted."""

        def signing(thumbprint: str, to_be_signed: bytes) -> bytes:
            started, outcome = time.perf_counter(), "ok"
            try:
                return sign(thumbprint, to_be_signed)
            except KeyBackendError as error:
                outcome = error.cause or "FAILED"
                raise
            finally:
                self._key.labels(self._backend.name, outcome).observe(time.perf_counter() - started)

        return signing

    def watch(self, *, journal: Journal, service: SigningService, clock: Clock) -> None:
        """Show also how these stand."""
        self.registry.register(_State(backend=self._backend, journal=journal, service=service, clock=clock))


class _State(Collector):
    """Gauges that are read when somebody looks; nothing here waits."""

    def __init__(self, *, backend: KeyBackend, journal: Journal, service: SigningService, clock: Clock) -> None:
        self._backend = backend
        self._journal = journal
        self._service = service
        self._clock = clock

    def collect(self) -> Iterator[Metric]:
        """See Collector."""
        now = self._clock.now()
        held = self._backend.certificates()
        days = GaugeMetricFamily(
            "landhub_signer_certificate_days_left",
            "Days until a certificate runs out.",
            labels=("certificate",),
        )
        for thumbprint, certificate in held.items():
            if certificate.has_private_key:
                left = (certificate.facts.not_after - now).total_seconds() / _DAY_SECONDS
                days.add_metric((thumbprint,), left)
        yield days
        licence = self._backend.licence()
        if licence is not None:
            yield _gauge("landhub_signer_licence_usable", "1 while the CSP's licence is good.", licence.is_usable)
            if licence.expire_time is not None:
                left = (licence.expire_time - now).total_seconds() / _DAY_SECONDS
                yield _gauge("landhub_signer_licence_days_left", "Days until the CSP's licence runs out.", left)
        locked = sum(1 for each in held.values() if each.locked)
        yield _gauge("landhub_signer_locked_keys", "Keys that wait for a person's PIN or a passphrase.", locked)
        yield _gauge("landhub_signer_worker_processes", "Processes that hold keys.", len(self._backend.worker_pids))
        yield _gauge("landhub_signer_waiting_signatures", "Signatures under way.", self._service.waiting)
        yield _gauge("landhub_signer_journal_records", "Records of the journal.", self._journal.count)
        yield _gauge("landhub_signer_journal_bytes", "Journal and attachments.", self._journal.size_bytes)
        yield _gauge("landhub_signer_journal_waiting", "Records that wait to be durable.", self._journal.waiting)
        yield _gauge("landhub_signer_journal_unstated", "Records after the last checkpoint.", self._journal.unstated)
        behind = clock_is_behind(now, self._journal)
        yield _gauge("landhub_signer_clock_behind", "1 while the clock stands behind the journal.", float(behind))


def _gauge(name: str, about: str, value: float) -> Metric:
    return GaugeMetricFamily(name, about, value=value)
