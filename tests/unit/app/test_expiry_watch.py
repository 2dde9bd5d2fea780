"""Certificates that run out are told of 30, 7 and 1 day ahead, once each, whatever restarts in between."""

from datetime import timedelta

from prometheus_client import CollectorRegistry

from hub.app.expiries import Expiry
from hub.app.expiry_watch import EVENT, ExpiryWatch
from hub.core.event_store import EventFilter
from tests.support.core_fixtures import Core, core

__all__ = ["core"]


class Certificates:
    """What is in use, and a watch on it that may be started again."""

    def __init__(self, core: Core, **days: float) -> None:
        self.core = core
        self.registry = CollectorRegistry()
        self.found = [self.certificate(name, days_left) for name, days_left in days.items()]
        self.watch = ExpiryWatch(
            read=self.read,
            database=core.database,
            outbox=core.outbox,
            events=core.events,
            clock=core.clock,
            metrics=self.registry,
        )

    def certificate(self, name: str, days: float) -> Expiry:
        return Expiry(
            what=name, name="", fingerprint=f"{name}-{days}", expire_time=self.core.clock.now() + timedelta(days=days)
        )

    async def read(self) -> list[Expiry]:
        return self.found

    async def days(self, days: float) -> None:
        self.core.clock.jump(days * 86_400)
        await self.watch.look()
        await self.core.outbox.run_due()

    async def told(self) -> list[tuple[str, str]]:
        everything = EventFilter(owner=None, types=(EVENT,))
        page = await self.core.database.read(
            lambda conn: self.core.stores.events.page(conn, everything, after=0, limit=100)
        )
        return [(row.event.data["certificate"], row.event.data["days"]) for row in page.rows]


async def test_each_day_ahead_is_told_once(core: Core) -> None:
    certificates = Certificates(core, server=40)
    await certificates.days(0)
    assert await certificates.told() == []
    for _ in range(45):
        await certificates.days(1)
    assert await certificates.told() == [("server", "30"), ("server", "7"), ("server", "1")]


async def test_what_is_planned_outlives_a_restart_and_is_not_told_twice(core: Core) -> None:
    certificates = Certificates(core, server=40)
    await certificates.days(12)
    certificates.watch._planned = frozenset()  # what a new process knows
    await certificates.days(1)
    assert await certificates.told() == [("server", "30")]


async def test_a_certificate_that_was_renewed_is_told_of_no_more(core: Core) -> None:
    certificates = Certificates(core, server=31)
    await certificates.days(0)
    certificates.found = [certificates.certificate("server", 365)]
    await certificates.days(10)
    assert await certificates.told() == []


async def test_one_that_is_met_late_is_told_of_once_for_now_and_one_that_has_expired_not_at_all(core: Core) -> None:
    certificates = Certificates(core, late=5, gone=-1)
    await certificates.days(0)
    assert await certificates.told() == [("late", "7")]


async def test_the_days_left_are_shown(core: Core) -> None:
    certificates = Certificates(core, server=10)
    await certificates.days(0.5)
    shown = certificates.registry.get_sample_value(
        "landhub_certificate_days_left", {"certificate": "server", "name": ""}
    )
    assert shown == 9.5
