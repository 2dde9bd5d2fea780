"""Attempts at upstreams are in the story after a restart, too, and go when they are old."""

import asyncio
from datetime import timedelta
from typing import Any

from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import format_trace_id

from hub.app.story import attempt_lines
from hub.app.telemetry import SpanRing
from hub.app.upstream_trail import KEEP, PRUNE_ROWS, AttemptSpans, UpstreamTrail
from hub.core.attempt_store import UpstreamAttempt
from hub.core.errors import UnavailableError
from hub.core.telemetry import Telemetry
from hub.storage.attempt_store import SqlAttemptStore
from tests.support.core_fixtures import Core, core

__all__ = ["core"]

REFERENCE = "ДКП-2026/17"
STORE = SqlAttemptStore()


class Site:
    """A hub's tracer and what writes its attempts."""

    def __init__(self, core: Core) -> None:
        self.core = core
        self.spans, self.ring = AttemptSpans(), SpanRing()
        provider = TracerProvider(shutdown_on_exit=False)
        provider.add_span_processor(self.spans)
        provider.add_span_processor(self.ring)
        self.telemetry = Telemetry(tracer=provider.get_tracer("test"))
        self.trail = UpstreamTrail(spans=self.spans, database=core.database, store=STORE, clock=core.clock)

    def job(self, reference: str, *outcomes: str) -> None:
        """Do a job of that story: an attempt at the gateway for each outcome."""
        with self.telemetry.span("job run", attributes={"landhub.business_reference": reference}):
            for outcome in outcomes:
                self.attempt(outcome)

    def attempt(self, outcome: str) -> None:
        attributes = {"landhub.upstream": "gateway", "landhub.operation": "submit", "landhub.outcome": outcome}
        with self.telemetry.span("around"), self.telemetry.span("POST", attributes=attributes):
            pass

    async def kept(self, reference: str = REFERENCE) -> list[UpstreamAttempt]:
        return list(await self.core.database.read(lambda conn: STORE.of(conn, reference, limit=100)))


async def test_attempts_of_a_story_are_kept_with_the_reference_of_what_is_around_them(core: Core) -> None:
    site = Site(core)
    site.job(REFERENCE, "AnswerLostError", "ok")
    site.job("another", "ok")
    site.attempt("ok")  # of no story
    await site.trail.write()
    assert [(a.upstream, a.operation, a.outcome) for a in await site.kept()] == [
        ("gateway", "submit", "AnswerLostError"),
        ("gateway", "submit", "ok"),
    ]
    assert await site.kept("") == []
    lines = attempt_lines(await site.kept(), [], REFERENCE, set())
    assert [line.state for line in lines] == ["AnswerLostError", "ok"]


async def test_an_attempt_that_is_kept_and_remembered_is_told_once_and_one_of_a_trace_beside_it(core: Core) -> None:
    site = Site(core)
    site.job(REFERENCE, "ok")
    site.attempt("of another trace")
    await site.trail.write()
    ended = site.ring.spans()
    trace = format_trace_id(ended[-1].context.trace_id)
    assert len(attempt_lines(await site.kept(), ended, REFERENCE, set())) == 1
    assert len(attempt_lines(await site.kept(), ended, REFERENCE, {trace})) == 2


async def test_what_waits_is_written_when_the_hub_ends(core: Core) -> None:
    site = Site(core)
    running = asyncio.create_task(site.trail.run_forever())
    await core.clock.advance(0.5)
    site.job(REFERENCE, "ok")
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert len(await site.kept()) == 1


async def test_old_attempts_go_in_batches(core: Core) -> None:
    site = Site(core)
    site.job(REFERENCE, *["ok"] * 30)
    await site.trail.write()
    old = (await site.kept())[0]
    many = [
        UpstreamAttempt(**{**{name: getattr(old, name) for name in old.__slots__}, "span_id": f"{number:016x}"})
        for number in range(1, PRUNE_ROWS + 5)
    ]
    await core.database.write(lambda conn: STORE.add(conn, many), label="test")
    core.clock.jump((old.time - core.clock.now() + KEEP + timedelta(days=1)).total_seconds())
    await site.trail.prune()
    assert await site.kept() == []


async def test_a_database_that_is_away_costs_lines_and_nothing_else(core: Core) -> None:
    site = Site(core)

    class Away:
        async def write(self, *arguments: Any, label: str) -> Any:
            raise UnavailableError("away")

    away: Any = Away()
    trail = UpstreamTrail(spans=site.spans, database=away, store=STORE, clock=core.clock)
    site.job(REFERENCE, "ok")
    await trail.write()
    await trail.prune()
    assert await site.kept() == []
