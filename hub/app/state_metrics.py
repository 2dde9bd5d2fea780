"""What operators see of the state the hub is in: work that waits, upstreams, certificates, audit, disk, modules.

It is read in the background every quarter of a minute, so that a scrape never waits for the database.
"""

import asyncio
import platform
import shutil
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version

import structlog
from cryptography import x509
from prometheus_client import CollectorRegistry, Gauge, Histogram, ProcessCollector
from sqlalchemy import Connection, select

from hub.app.core import Core
from hub.app.modules import HostedModule
from hub.app.prepare import Installation
from hub.app.profile import certificate_files
from hub.core.errors import HubError
from hub.core.mode import Mode
from hub.core.outbox_store import JobCount
from hub.installation.places import state_folder
from hub.rpc.services.ports import StuckLine, StuckWorkPort
from hub.storage.tables import audit_instances

log = structlog.get_logger(__name__)

EVERY_SECONDS = 15
_MOST_STUCK = 1000
_LAG_SECONDS = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0)
_STUCK_CAUSES = ("OUTCOME_UNKNOWN", "DEAD_LETTER", "SETBACKS", "WAITING", "MODULE_NOT_READY")


class StateGauges:
    """The metrics of one registry. Labels are names of the settings and of registered kinds, so they are bounded."""

    def __init__(self, *, registry: CollectorRegistry) -> None:
        def gauge(name: str, text: str, *labels: str) -> Gauge:
            return Gauge(f"landhub_{name}", text, labels, registry=registry)

        self.build = gauge("build_info", "1; the release and the Python it runs on.", "version", "python")
        self.jobs = gauge("outbox_jobs", "Jobs of the outbox that are not done.", "kind", "state")
        self.overdue = gauge("outbox_overdue_seconds", "How long the oldest due job has waited to be run.", "kind")
        self.oldest = gauge("outbox_oldest_seconds", "Age of the oldest job that is not done.", "kind", "state")
        self.stuck = gauge("stuck_work", "Work that does not go on as it should; 1000 at most are counted.", "cause")
        self.ready = gauge("module_ready", "1 if a module that is on takes calls, else 0.", "module")
        self.in_flight = gauge("upstream_in_flight", "Attempts under way.", "upstream")
        self.success = gauge(
            "upstream_last_success_timestamp_seconds", "When an attempt was last answered.", "upstream"
        )
        self.quota = gauge("upstream_quota_left", "Calls that could be made without waiting for our pace.", "upstream")
        self.expiry = gauge(
            "certificate_expire_timestamp_seconds", "When a certificate that the hub shows or trusts expires.", "name"
        )
        self.token = gauge("upstream_token_expire_timestamp_seconds", "When the token we hold expires.", "upstream")
        self.checkpoint = gauge("audit_checkpoint_timestamp_seconds", "When the audit's head was last stated.")
        self.unstated = gauge("audit_unstated_records", "Records of this process after its newest checkpoint.")
        self.disk = gauge("disk_free_bytes", "Free space where it is kept.", "place")
        self.disk_watermark = gauge("disk_watermark_bytes", "Below it no new mutation is taken.")
        self.lag = Histogram(
            "landhub_event_loop_lag_seconds",
            "How late the event loop wakes who sleeps.",
            registry=registry,
            buckets=_LAG_SECONDS,
        )
        ProcessCollector(registry=registry)


class StateMetrics:
    """Keeps the gauges up to date."""

    def __init__(
        self,
        *,
        installation: Installation,
        core: Core,
        hosted: Callable[[], Iterable[HostedModule]],
        stuck_work: StuckWorkPort,
    ) -> None:
        self._installation = installation
        self._core = core
        self._hosted = hosted
        self._stuck_work = stuck_work
        self._gauges = StateGauges(registry=core.metrics)
        self._gauges.build.labels(_release(), platform.python_version()).set(1)
        self._gauges.disk_watermark.set(installation.settings.storage.free_space_watermark_bytes)

    async def run_forever(self) -> None:
        """Read the state again and again; what can't be read now is read the next time."""
        while True:
            try:
                await self.sample()
            except (HubError, OSError) as error:
                log.warning("metrics.delayed", error_type=type(error).__name__)
            except Exception:
                # The edge of background work: were the loop to end here, the gauges would silently stand still.
                log.exception("metrics.background_failed")
            await self._sleep()

    async def sample(self) -> None:
        """Read the state once."""
        database, now = self._core.database, self._core.clock.now()
        self._outbox(await database.read(lambda conn: self._core.outbox_store.counts(conn, now=now)), now)
        records, checkpoint = await database.read(self._recorded), await self._core.newest_checkpoint()
        self._gauges.unstated.set(max(0, records - (checkpoint.count if checkpoint is not None else 0)))
        if checkpoint is not None:
            self._gauges.checkpoint.set(datetime.fromisoformat(checkpoint.time).timestamp())
        self._stuck(await self._stuck_work.waiting(after="", limit=_MOST_STUCK))
        for hosted in self._hosted():
            if hosted.mode is not Mode.OFF:
                self._gauges.ready.labels(hosted.name).set(hosted.running is not None and hosted.is_ready)
        self._upstreams()
        await asyncio.to_thread(self._files)

    async def _sleep(self) -> None:
        """Wait for the next sample, and see each second how late one is woken."""
        clock = self._core.clock
        for _ in range(EVERY_SECONDS):
            slept = clock.monotonic()
            await clock.sleep(1.0)
            self._gauges.lag.observe(max(0.0, clock.monotonic() - slept - 1.0))

    def _outbox(self, counts: Sequence[JobCount], now: datetime) -> None:
        gauges = self._gauges
        for gauge in (gauges.jobs, gauges.overdue, gauges.oldest):
            gauge.clear()
        for count in counts:
            gauges.jobs.labels(count.kind, count.state.value).set(count.jobs)
            gauges.oldest.labels(count.kind, count.state.value).set((now - count.oldest).total_seconds())
            if count.overdue is not None:
                gauges.overdue.labels(count.kind).set((now - count.overdue).total_seconds())

    def _recorded(self, conn: Connection) -> int:
        instances = audit_instances.c
        query = select(instances.count).where(instances.instance == self._core.instance)
        return int(conn.scalar(query) or 0)

    def _stuck(self, lines: Sequence[StuckLine]) -> None:
        for cause in _STUCK_CAUSES:
            self._gauges.stuck.labels(cause).set(sum(line.cause == cause for line in lines))

    def _upstreams(self) -> None:
        gauges = self._gauges
        for status in self._core.upstreams.statuses():
            gauges.in_flight.labels(status.name).set(status.in_flight)
            for gauge, moment in (
                (gauges.success, status.last_success_time),
                (gauges.token, status.token_expire_time),
                (gauges.expiry, status.certificate_expire_time),
            ):
                if moment is not None:
                    gauge.labels(status.name).set(moment.timestamp())
            if status.quota_left is not None:
                gauges.quota.labels(status.name).set(status.quota_left)

    def _files(self) -> None:
        settings, folder = self._installation.settings, self._installation.folder
        places = {"state": state_folder(settings, folder), "audit": folder / settings.audit.directory}
        for place, path in places.items():
            if path.exists():
                self._gauges.disk.labels(place).set(shutil.disk_usage(path).free)
        for setting, name in certificate_files(settings):
            try:
                found = x509.load_pem_x509_certificates((folder / name).read_bytes())
            except (OSError, ValueError):
                continue  # being replaced just now, or `hub doctor` names it
            first = min(certificate.not_valid_after_utc for certificate in found)
            self._gauges.expiry.labels(setting).set(first.timestamp())


def _release() -> str:
    try:
        return version("landhub")
    except PackageNotFoundError:
        return "unknown"
