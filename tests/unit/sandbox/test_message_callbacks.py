"""The simulated vendors of messages call back, each in its own way."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web

from sandbox.app import Sandbox
from sandbox.faults import Fault, FaultKind
from sandbox.listener import Listener
from sandbox.messages import smsru, unisender_go
from sandbox.messages.book import Message
from sandbox.messages.max import SECRET_HEADER
from tests.unit.sandbox.raw_vendor import RawVendor

PHONE = "79991234567"


class Hub:
    """Keeps what came, and answers as it is told."""

    def __init__(self) -> None:
        self.listener = Listener(host="127.0.0.1", port=0)
        self.bodies: list[str] = []
        self.secrets: list[str] = []
        self._came = asyncio.Condition()
        self.answer = "100"

    async def start(self) -> None:
        application = web.Application()
        application.router.add_route("*", "/cb", self._take)
        await self.listener.start(application)

    @property
    def url(self) -> str:
        return f"{self.listener.url}/cb"

    async def wait_for(self, number: int) -> None:
        """Wait until so many callbacks have come."""
        async with asyncio.timeout(10), self._came:
            await self._came.wait_for(lambda: len(self.bodies) >= number)

    async def _take(self, request: web.Request) -> web.Response:
        if request.method == "POST":
            async with self._came:
                self.bodies.append(await request.text())
                self.secrets.append(request.headers.get(SECRET_HEADER, ""))
                self._came.notify_all()
        return web.Response(text=self.answer)


@pytest.fixture
async def hub() -> AsyncIterator[Hub]:
    started = Hub()
    await started.start()
    yield started
    await started.listener.stop()


async def _send(sandbox: Sandbox) -> Message:
    async with aiohttp.ClientSession() as session:
        login = {"api_id": smsru.Login().api_id, "json": "1"}
        await RawVendor(sandbox, "smsru", session).form("/sms/send", **login, to=PHONE, msg="a")
    return sandbox.messages.book.of("smsru")[-1]


async def test_each_state_is_told_when_its_time_has_come(sandbox: Sandbox, hub: Hub) -> None:
    await sandbox.messages.call_back("smsru", hub.url)
    await _send(sandbox)
    sandbox.clock.advance(seconds=2)
    await hub.wait_for(1)
    sandbox.clock.advance(seconds=1)
    await hub.wait_for(2)
    assert ["%0A102%0A" in body for body in hub.bodies] == [True, False]
    assert "%0A103%0A" in hub.bodies[1]


async def test_who_doesnt_answer_as_he_should_is_told_again(sandbox: Sandbox, hub: Hub) -> None:
    hub.answer = "ok"
    await sandbox.messages.call_back("smsru", hub.url)
    await _send(sandbox)
    sandbox.clock.advance(seconds=2)
    await hub.wait_for(1)
    hub.answer = "100"
    sandbox.clock.advance(seconds=1)
    await hub.wait_for(2)  # by then the first answer has been looked at
    sandbox.clock.advance(seconds=61)
    await hub.wait_for(3)
    assert len(set(hub.bodies)) == 2, "one of them twice"


async def test_a_callback_may_overtake_the_answer(sandbox: Sandbox, hub: Hub) -> None:
    await sandbox.messages.call_back("smsru", hub.url)
    sandbox.faults.add(Fault(kind=FaultKind.CALLBACK_EARLY, operation="smsru.callback", times=2))
    await _send(sandbox)
    assert len(hub.bodies) == 2


async def test_unisender_looks_whether_somebody_is_there(sandbox: Sandbox, hub: Hub) -> None:
    with pytest.raises(ValueError, match="nobody"):
        await sandbox.messages.call_back(unisender_go.NAME, f"{hub.listener.url}/nowhere")
    await sandbox.messages.call_back(unisender_go.NAME, hub.url)


async def test_messengers_call_nobody_back(sandbox: Sandbox) -> None:
    with pytest.raises(ValueError, match="nobody"):
        await sandbox.messages.call_back("telegram", "http://127.0.0.1:1/cb")


async def test_max_tells_who_started_the_bot_under_the_subscriptions_secret(sandbox: Sandbox, hub: Hub) -> None:
    sandbox.messages.max_updates.bot.subscriptions[hub.url] = {"url": hub.url, "secret": "hush-hush"}
    sandbox.messages.max_updates.start_bot(7)
    await hub.wait_for(1)
    assert hub.secrets == ["hush-hush"]
    assert '"update_type": "bot_started"' in hub.bodies[0]
