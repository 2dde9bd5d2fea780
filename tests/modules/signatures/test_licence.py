"""The licence of a CSP that runs out: from what its tool prints, by the agent, to the hub's event."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from hub.app.expiries import Expiries
from hub.app.expiry_watch import EVENT, ExpiryWatch
from hub.core.event_store import EventFilter
from hub.settings import parse_settings
from sandbox.csp.setup import EmulatedHost
from signer_agent.clock import SystemClock as AgentClock
from signer_agent.installation import Plan, create
from tests.modules.signatures.conftest import Desk, Pki
from tests.support.csp import PIN
from tests.support.csp_agent import use_cryptopro

DAYS = 40


@pytest.fixture
def agent_folder(tmp_path: Path, pki: Pki) -> Path:
    """An agent over a CSP whose licence is good for some days, today included."""
    host = EmulatedHost.create(tmp_path / "host", pki.authority)
    host.add(pki.seller, pki.authority, pin=PIN)
    last = datetime.now(UTC) + timedelta(days=DAYS - 1)
    host.machine.set_profile(licence_until=last.strftime("%d.%m.%Y"))
    folder = tmp_path / "agent"
    create(Plan(directory=folder, listen="127.0.0.1:0", development=True), clock=AgentClock())
    use_cryptopro(folder, host, pin="ask")
    return folder


async def test_a_licence_that_runs_out_is_told_of_30_and_7_days_and_a_day_ahead(desk: Desk, tmp_path: Path) -> None:
    core, registry = desk.core, CollectorRegistry()
    watch = ExpiryWatch(
        read=Expiries(settings=parse_settings(""), folder=tmp_path, signing=desk.signing).read,
        database=core.database,
        outbox=core.outbox,
        events=core.events,
        clock=core.clock,
        metrics=registry,
    )
    (end,) = (await desk.signing.licences()).values()
    told: list[tuple[int, str]] = []
    core.clock.jump((end - core.clock.now()) / timedelta(seconds=1) - DAYS * 86_400)

    for left in range(DAYS, -2, -1):
        await watch.look()
        await core.outbox.run_due()
        page = await core.database.read(
            lambda conn: core.stores.events.page(conn, EventFilter(owner=None, types=(EVENT,)), after=0, limit=100)
        )
        of_licence = [row.event.data for row in page.rows if row.event.data["certificate"] == "licence"]
        if len(of_licence) > len(told):
            told.append((left, of_licence[-1]["days"]))
            assert (of_licence[-1]["name"], of_licence[-1]["expire_time"]) == ("main", end.isoformat())
        core.clock.jump(86_400)

    assert told == [(30, "30"), (7, "7"), (1, "1")]
    assert registry.get_sample_value("landhub_certificate_days_left", {"certificate": "licence", "name": "main"}) == -1
