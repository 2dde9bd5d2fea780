"""How many messages the hub gets out: made, sent and noted, each of them durably."""

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import pytest

from hub.core.clock import FakeClock, SystemClock
from hub.core.money import Money
from hub.modules.notifications.accounts import Account, Accounts
from hub.modules.notifications.addresses import Recipient
from hub.modules.notifications.campaigns import Member
from hub.modules.notifications.engine import Engine, Foundation
from hub.modules.notifications.message import Channel, Content, Message
from hub.modules.notifications.planning import Handling
from hub.modules.notifications.port import Accepted, Capabilities, Guard
from hub.modules.notifications.providers._silent import SilentPort
from hub.modules.notifications.sent_mark import SentMark
from hub.modules.notifications.settings import AccountSettings, NotificationsSettings
from hub.modules.notifications.wording_parts import Ground, WordingParts
from hub.rpc.pages import PageTokens
from tests.bench.rig.figures import Figures
from tests.support.core_fixtures import Core, open_core

pytestmark = pytest.mark.bench

_RUNS = 5
_MESSAGES = 2000
_NIGHT = "23:59-00:00"  # quiet hours are looked at, and hold up nobody for longer than a minute


class _Instant(SilentPort):
    """A vendor that takes a message at once: what is left is the hub's own work."""

    def __init__(self) -> None:
        super().__init__(account="bench")
        self._left = 0
        self._done = asyncio.Event()

    def expect(self, count: int) -> asyncio.Event:
        """Return what is set when so many more have been taken."""
        self._left, self._done = count, asyncio.Event()
        return self._done

    @property
    def name(self) -> str:
        return "bench"

    @property
    def channel(self) -> Channel:
        return Channel.SMS

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities()

    def check(self, content: Content, *, sender: str) -> None:
        """Carry all."""

    async def send(self, message: Message, *, guard: Guard | None = None) -> Accepted:
        if guard is not None:
            await guard()
        self._left -= 1
        if self._left == 0:
            self._done.set()
        return Accepted(vendor_id=message.reference, cost=Money(minor_units=320, currency="RUB"), parts=1)

    async def probe(self) -> None:
        """Nothing to ask."""

    async def close(self) -> None:
        """Nothing to let go of."""


async def test_messages_are_made_sent_and_noted_durably(tmp_path: Path, figures: Figures) -> None:
    clock = cast("FakeClock", SystemClock())  # the fixture's clock is set by hand; this one runs
    async with open_core(tmp_path, clock=clock) as core:
        port = _Instant()
        engine = _engine(core, port, tmp_path)
        for kind in engine.kinds():
            core.outbox.register(kind)
        await core.database.write(engine.begin, label="bench")
        await core.outbox.start()
        runs = [await _messages_per_second(core, engine, port, number) for number in range(1, _RUNS + 1)]
        await core.outbox.stop(grace_seconds=5)
    figures.add(
        "notifications_per_s", runs, baseline=f"campaigns of {_MESSAGES}, 64 messages at a time, a stub for a vendor"
    )


async def _messages_per_second(core: Core, engine: Engine, port: _Instant, number: int) -> float:
    taken = port.expect(_MESSAGES)
    began = time.perf_counter()
    await engine.campaigns.create(core.call(number), _members(), Content(text="Собрание в субботу"), Handling())
    await asyncio.wait_for(taken.wait(), timeout=120)
    return _MESSAGES / (time.perf_counter() - began)


def _members() -> Sequence[Member]:
    return [Member(recipient=Recipient(raw={Channel.SMS: f"+7999{n:07d}"})) for n in range(_MESSAGES)]


def _engine(core: Core, port: _Instant, folder: Path) -> Engine:
    table = AccountSettings(provider="bench", callers=("crm",), concurrency=64)
    account = Account(name="bench", port=port, settings=table)
    mark = SentMark(folder / "notifications-sent")
    mark.open()
    settings = NotificationsSettings(accounts={"bench": table}, quiet_weekdays=_NIGHT, quiet_weekends=_NIGHT)
    return Engine(
        Foundation(
            database=core.database,
            outbox=core.outbox,
            events=core.events,
            effects=core.effects,
            persons=core.persons,
            clock=core.clock,
            ids=core.ids,
            columns=core.columns,
            accounts=Accounts({"bench": account}, routes={"crm": ("bench",)}),
            settings=settings,
            wording=WordingParts(settings, _ground(core)).wording,
            mark=mark,
        )
    )


def _ground(core: Core) -> Ground:
    return Ground(
        database=core.database,
        outbox=core.outbox,
        events=core.events,
        effects=core.effects,
        persons=core.persons,
        clock=core.clock,
        ids=core.ids,
        columns=core.columns,
        pages=PageTokens(hashes=core.hashes),
    )
