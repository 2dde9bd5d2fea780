"""The page on metrics and the example alerts say what the code registers, and the gauges of state follow it."""

import re
import shutil
import subprocess
from datetime import timedelta
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from prometheus_client import CollectorRegistry

from hub.app.expiry_watch import days_left
from hub.app.reload import AccessReload
from hub.app.state_metrics import StateGauges, StateMetrics
from hub.core.clock import FakeClock
from hub.core.jobs import Again, Dead, Job, JobKind, Lease, NewJob, Next
from hub.core.metrics import CoreMetrics
from hub.core.outbox_store import JobView
from hub.modules.signatures.fetching import ListGauges
from hub.resilience.metrics import UpstreamMetrics
from hub.rpc.metrics import EventsMetrics, RpcMetrics
from hub.rpc.options import AccessRules
from hub.settings import parse_settings
from hub.web.public import WebhookMetrics
from tests.support.core_fixtures import Core, core

__all__ = ["core"]

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")
RULES = ROOT / "deploy" / "prometheus" / "landhub.rules.yml"
ROW = re.compile(r"\| `(landhub_\w+)` \| (\w+) \| (.*?) \|")


def registered(folder: Path) -> dict[str, tuple[str, str]]:
    """Return type and labels by the name of each metric that a hub registers."""

    def let_in(_rules: AccessRules) -> None:
        return

    registry = CollectorRegistry()
    of_the_hub = (CoreMetrics, RpcMetrics, EventsMetrics, UpstreamMetrics, StateGauges, WebhookMetrics, days_left)
    for metrics in (*of_the_hub, ListGauges):
        metrics(registry=registry)
    AccessReload(folder=folder, settings=parse_settings(""), let_in=let_in, clock=FakeClock(), registry=registry)
    found: dict[str, tuple[str, str]] = {}
    for collector in registry._names_to_collectors.values():
        metric: Any = collector
        if hasattr(metric, "_labelnames"):
            name = metric._name + ("_total" if metric._type == "counter" else "")
            found[name] = metric._type, ", ".join(f"`{label}`" for label in metric._labelnames) or "–"
    return found


def test_the_page_lists_every_metric_with_its_type_and_labels(tmp_path: Path) -> None:
    listed = {match[1]: (match[2], match[3]) for match in ROW.finditer(PAGE)}
    assert listed == registered(tmp_path)


def test_the_alerts_speak_of_metrics_that_there_are(tmp_path: Path) -> None:
    known = registered(tmp_path)
    spoken = set(re.findall(r"landhub_[a-z_]+", RULES.read_text(encoding="utf-8")))
    assert {name.removesuffix("_bucket") for name in spoken} <= set(known)


@pytest.mark.skipif(shutil.which("promtool") is None, reason="needs promtool (Debian: prometheus)")
def test_prometheus_takes_the_alerts() -> None:
    subprocess.run(["promtool", "check", "rules", str(RULES)], check=True, capture_output=True, timeout=60)


class NothingStuck:
    async def waiting(self, *, after: str, limit: int) -> list[Any]:
        return [SimpleNamespace(cause="DEAD_LETTER")]


async def test_the_gauges_follow_the_outbox_the_modules_and_the_files(core: Core, tmp_path: Path) -> None:
    async def give_up(_job: Job, _lease: Lease) -> Next:
        return Dead("BROKEN")

    async def wait(_job: Job, _lease: Lease) -> Next:
        return Again(delay=timedelta(days=1))

    core.outbox.register(JobKind(name="things.send", handler=give_up))
    core.outbox.register(JobKind(name="things.poll", handler=wait))
    for job in (NewJob(kind="things.send"), NewJob(kind="things.poll")):
        await core.database.write(partial(core.outbox.enqueue, job=job), label="test")
    await core.outbox.run_due()
    await core.clock.advance(60)
    metrics, registry = state_metrics(core, tmp_path)
    await metrics.sample()

    def value(name: str, **labels: str) -> float | None:
        return registry.get_sample_value(f"landhub_{name}", labels)

    assert value("outbox_jobs", kind="things.send", state="dead") == 1
    assert value("outbox_oldest_seconds", kind="things.send", state="dead") == 60
    assert value("outbox_jobs", kind="things.poll", state="ready") == 1
    assert value("outbox_overdue_seconds", kind="things.poll") is None, "it is not due"
    assert (value("stuck_work", cause="DEAD_LETTER"), value("stuck_work", cause="WAITING")) == (1, 0)
    assert value("disk_free_bytes", place="state")
    await core.clock.leap(86_400 + 5)
    await metrics.sample()
    assert value("outbox_overdue_seconds", kind="things.poll") == pytest.approx(5, abs=61)
    [view] = await core.database.read(lambda conn: core.stores.outbox.stuck(conn, limit=9))
    await discard(core, view)
    await metrics.sample()
    assert value("outbox_jobs", kind="things.send", state="dead") is None, "what is gone is not told any more"


async def discard(core: Core, view: JobView) -> None:
    now = core.clock.now()
    await core.database.write(
        lambda conn: core.stores.outbox.discard(conn, view.job.id, now=now, reason="r"), label="test"
    )


def state_metrics(core: Core, folder: Path) -> tuple[StateMetrics, CollectorRegistry]:
    async def newest() -> None:
        return None

    registry = CollectorRegistry()
    settings = parse_settings("")
    (folder / "state").mkdir()
    process = SimpleNamespace(
        database=core.database,
        clock=core.clock,
        instance="i",
        outbox_store=core.stores.outbox,
        metrics=registry,
        newest_checkpoint=newest,
        upstreams=SimpleNamespace(statuses=tuple),
    )
    installation = SimpleNamespace(settings=settings, folder=folder)
    made = StateMetrics(
        installation=cast("Any", installation),
        core=cast("Any", process),
        hosted=tuple,
        stuck_work=cast("Any", NothingStuck()),
    )
    return made, registry
