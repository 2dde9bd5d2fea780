"""How simulated vendors call back: until they are heard, and no more often than they say."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from aiohttp import web

from sandbox.callbacks import Callback, CallbackSender
from sandbox.clock import SandboxClock
from sandbox.faults import Fault, FaultBoard, FaultKind
from sandbox.listener import Listener


@dataclass
class Merchant:
    """Answers by its list, then 200."""

    answers: list[int] = field(default_factory=list)
    got: list[bytes] = field(default_factory=list)
    url: str = ""

    async def take(self, request: web.Request) -> web.Response:
        self.got.append(await request.read())
        return web.Response(status=self.answers.pop(0) if self.answers else 200, text="OK")


@pytest.fixture
async def merchant() -> AsyncIterator[Merchant]:
    merchant = Merchant()
    application = web.Application()
    application.router.add_post("/", merchant.take)
    listener = Listener(host="127.0.0.1", port=0)
    await listener.start(application)
    merchant.url = listener.url
    yield merchant
    await listener.stop()


@pytest.fixture
def clock() -> SandboxClock:
    return SandboxClock(frozen_at=datetime(2026, 11, 23, tzinfo=UTC))


@pytest.fixture
def faults() -> FaultBoard:
    return FaultBoard()


@pytest.fixture
async def sender(clock: SandboxClock, faults: FaultBoard) -> AsyncIterator[CallbackSender]:
    sender = CallbackSender(name="bank", clock=clock, faults=faults, attempts=3, pause_seconds=60)
    sender.start()
    yield sender
    await sender.stop()


def strike(faults: FaultBoard, kind: FaultKind, seconds: float = 1.0) -> None:
    faults.add(Fault(kind=kind, operation="bank.callback", seconds=seconds))


async def push(clock: SandboxClock, sender: CallbackSender) -> None:
    """Push time until nothing is under way."""
    idle = asyncio.create_task(sender.wait_until_idle())
    while not idle.done():
        clock.advance(seconds=61)
        await asyncio.wait([idle], timeout=0.05)


async def test_a_callback_is_sent_again_until_it_is_heard(
    merchant: Merchant, sender: CallbackSender, clock: SandboxClock
) -> None:
    merchant.answers = [500, 404]
    sender.send(Callback(url=merchant.url, body=b"1"), about="paid")
    await push(clock, sender)
    assert [delivery.answers for delivery in sender.deliveries] == [["500", "404", "200"]]
    assert merchant.got == [b"1"] * 3


async def test_a_vendor_gives_up_after_its_attempts(
    merchant: Merchant, sender: CallbackSender, clock: SandboxClock
) -> None:
    merchant.answers = [500] * 9
    sender.send(Callback(url=merchant.url), about="paid")
    await push(clock, sender)
    assert [(d.answers, d.is_heard) for d in sender.deliveries] == [(["500"] * 3, False)]


async def test_a_merchant_that_is_down_is_a_failed_attempt(sender: CallbackSender, clock: SandboxClock) -> None:
    sender.send(Callback(url="http://127.0.0.1:9"), about="paid")
    await push(clock, sender)
    assert sender.deliveries[0].answers == ["failed"] * 3


async def test_what_counts_as_heard_is_the_vendors_own(
    merchant: Merchant, clock: SandboxClock, faults: FaultBoard
) -> None:
    sender = CallbackSender(
        name="bank", clock=clock, faults=faults, attempts=2, pause_seconds=60, is_heard=lambda _, body: body == b"YES"
    )
    sender.start()
    sender.send(Callback(url=merchant.url), about="paid")
    await push(clock, sender)
    await sender.stop()
    assert sender.deliveries[0].answers == ["200", "200"]


async def test_a_lost_one_never_comes_a_doubled_one_comes_twice_and_a_forged_one_beside(
    merchant: Merchant, sender: CallbackSender, faults: FaultBoard
) -> None:
    for kind, body in ((FaultKind.CALLBACK_LOST, b"lost"), (FaultKind.CALLBACK_TWICE, b"twice")):
        strike(faults, kind)
        sender.send(Callback(url=merchant.url, body=body), about="paid")
    strike(faults, FaultKind.CALLBACK_FORGED)
    sender.send(
        Callback(url=merchant.url, body=b"true"), about="paid", forged=Callback(url=merchant.url, body=b"forged")
    )
    await sender.wait_until_idle()
    assert sorted(merchant.got) == [b"forged", b"true", b"twice", b"twice"]


async def test_a_late_one_is_overtaken_by_what_came_after_it(
    merchant: Merchant, sender: CallbackSender, faults: FaultBoard, clock: SandboxClock
) -> None:
    strike(faults, FaultKind.CALLBACK_LATE, seconds=300)
    sender.send(Callback(url=merchant.url, body=b"held"), about="held")
    strike(faults, FaultKind.CALLBACK_EARLY)
    sender.send(Callback(url=merchant.url, body=b"paid"), about="paid")
    await sender.send_early()
    assert merchant.got == [b"paid"]
    await push(clock, sender)
    assert merchant.got == [b"paid", b"held"]
