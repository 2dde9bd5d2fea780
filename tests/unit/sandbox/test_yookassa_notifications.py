"""What the simulated YooKassa tells its merchant, and whose word it comes with."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from sandbox.app import Sandbox
from sandbox.faults import Fault, FaultKind
from sandbox.listener import Listener
from tests.contract.yookassa_vendor import shop_settings


class Merchant:
    """Keeps what it is told, and answers by `status`."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, dict[str, Any]]] = []
        self.status = 200
        self.listener = Listener(host="127.0.0.1", port=0)

    async def start(self) -> str:
        application = web.Application()
        application.router.add_post("/told", self._hear)
        await self.listener.start(application)
        return f"{self.listener.url}/told"

    async def _hear(self, request: web.Request) -> web.Response:
        self.heard.append((request.headers["X-Forwarded-For"], json.loads(await request.read())))
        return web.Response(status=self.status)


@pytest.fixture
async def merchant() -> AsyncIterator[Merchant]:
    found = Merchant()
    yield found
    await found.listener.stop()


@pytest.fixture
async def sandbox(tmp_path: Path, merchant: Merchant) -> AsyncIterator[Sandbox]:
    url = await merchant.start()
    async with Sandbox.start(shop_settings(tmp_path, yookassa_notification_url=url)) as running:
        yield running


async def settled(sandbox: Sandbox) -> None:
    async with asyncio.timeout(10):
        await sandbox.yookassa.notifications.sender.wait_until_idle()


async def test_each_event_is_told_with_its_object_and_from_the_vendors_networks(
    sandbox: Sandbox, merchant: Merchant
) -> None:
    book = sandbox.yookassa.book
    held = book.open(10_000, two_stage=True)
    book.approve(held)
    book.capture(held, 9_000)
    book.refund(held, 1_000)
    let_go = book.open(10_000, two_stage=True)
    book.approve(let_go)
    book.cancel(let_go)
    await settled(sandbox)
    told = sorted((message["event"], message["object"]["status"]) for _source, message in merchant.heard)
    assert told == [
        ("payment.canceled", "canceled"),
        ("payment.succeeded", "succeeded"),
        ("payment.waiting_for_capture", "waiting_for_capture"),
        ("payment.waiting_for_capture", "waiting_for_capture"),
        ("refund.succeeded", "succeeded"),
    ]
    assert {source for source, _message in merchant.heard} == {"185.71.76.5"}


async def test_what_is_not_answered_200_comes_again_in_an_hour(sandbox: Sandbox, merchant: Merchant) -> None:
    merchant.status = 500
    payment = sandbox.yookassa.book.open(10_000, two_stage=False)
    sandbox.yookassa.book.approve(payment)
    delivery = sandbox.yookassa.notifications.sender.deliveries[0]
    idle = asyncio.create_task(settled(sandbox))
    while not delivery.answers:
        await asyncio.wait([idle], timeout=0.05)
    merchant.status = 200
    sandbox.clock.advance(seconds=3601)
    await idle
    assert delivery.answers == ["500", "200"]


async def test_a_forged_one_comes_from_elsewhere(sandbox: Sandbox, merchant: Merchant) -> None:
    sandbox.faults.add(Fault(kind=FaultKind.CALLBACK_FORGED, operation="yookassa.callback"))
    payment = sandbox.yookassa.book.open(10_000, two_stage=False)
    sandbox.yookassa.book.approve(payment)
    await settled(sandbox)
    amounts = {source: message["object"]["amount"]["value"] for source, message in merchant.heard}
    assert amounts == {"185.71.76.5": "100.00", "203.0.113.9": "1.00"}
