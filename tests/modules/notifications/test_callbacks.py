"""What providers tell by themselves: signed and taken in, or unsigned and asked about; from nobody, and not heeded."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from hub.core.clock import FakeClock
from hub.core.refusals import RefusalCounts
from hub.modules.notifications.accounts import Account
from hub.modules.notifications.addresses import Recipient
from hub.modules.notifications.callbacks import LARGEST_CALLBACK_BYTES, Callbacks, callback_path
from hub.modules.notifications.message import Channel, Content
from hub.modules.notifications.planning import Handling
from hub.modules.notifications.port import NotificationsPort
from hub.modules.notifications.providers import smsru, unisender_go
from hub.modules.notifications.settings import AccountSettings
from hub.modules.notifications.store import NotificationRow
from hub.web.listener import Listener
from hub.web.public import PublicListening, WebhookMetrics
from sandbox.app import Sandbox
from sandbox.faults import Fault, FaultKind
from sandbox.messages import smsru as smsru_vendor
from sandbox.messages import unisender_go as unisender_vendor
from tests.contract.notifications_sandbox import SandboxVendor, connect, secret_file
from tests.contract.provider_context import make_context
from tests.modules.notifications.conftest import Post, wire
from tests.support.core_fixtures import open_core

ADDRESSES = {Channel.SMS: "+79991234567", Channel.EMAIL: "ivan@example.ru"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The module, its public listener, and vendors that know where it is."""

    post: Post
    sandbox: Sandbox
    session: aiohttp.ClientSession

    async def send(self, account: str) -> NotificationRow:
        """Have a message sent by an account."""
        is_email = account == "unisender_go"
        content = Content(text="Долг", subject="Долг" if is_email else "")
        row = await self.post.service.create(
            self.post.core.call(1), Recipient(raw=dict(ADDRESSES)), content, Handling(route=((account, ""),))
        )
        await self.post.core.outbox.run_due()
        return await self.post.get(row)

    async def pass_time(self, vendor: str, seconds: float) -> None:
        """Let the vendors' time pass alone, until they have told all that they then have to tell."""
        callbacks = self.sandbox.messages[vendor].callbacks
        assert callbacks
        before = len(callbacks.sender.deliveries)
        self.sandbox.clock.advance(seconds=seconds)
        await callbacks.wait_until_told()
        assert len(callbacks.sender.deliveries) > before

    async def told(self, vendor: str, body: bytes, method: str = "POST") -> int:
        async with self.session.request(method, callback_path(vendor), data=body) as answer:
            return answer.status


@pytest.fixture
async def vendors(sandbox: Sandbox) -> dict[str, SandboxVendor]:
    """A vendor that signs and can't be asked, and one that can be asked and signs nothing."""
    operations = {"send": "send", "status": "status"}
    return {
        name: SandboxVendor(sandbox, name, operations=operations, denied={}, secrets=[])
        for name in ("smsru", "unisender_go")
    }


@pytest.fixture
async def ports(sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[dict[str, NotificationsPort]]:
    context, policy = make_context(tmp_path), {"failure_threshold": 1000, "max_attempts": 1}
    urls = sandbox.messages.urls()
    ru = {"api_url": urls["smsru"], "api_id": secret_file(tmp_path, "smsru.key", smsru_vendor.Login().api_id)}
    unisender = {
        "api_url": f"{urls['unisender_go']}{unisender_vendor.BASE}",
        "api_key": secret_file(tmp_path, "unisender.key", unisender_vendor.API_KEY),
        "sender": "no-reply@example.ru",
    }
    opened = {
        "smsru": connect(context, smsru, ru, policy=policy, account="smsru"),
        "unisender_go": connect(context, unisender_go, unisender, policy=policy, account="unisender_go"),
    }
    yield opened
    for port in opened.values():
        await port.close()


@pytest.fixture
async def desk(
    sandbox: Sandbox, ports: dict[str, NotificationsPort], vendors: dict[str, SandboxVendor], tmp_path: Path
) -> AsyncIterator[Desk]:
    async with open_core(tmp_path, clock=FakeClock()) as core:
        post = await wire(core, ports, vendors)
        routes = [
            route
            for name, port in ports.items()
            for route in Callbacks(
                account=Account(name=name, port=port, settings=AccountSettings(provider=name)),
                following=post.engine.following,
                database=core.database,
            ).routes()
        ]
        listening = PublicListening(
            routes=lambda: routes,
            proxies=(),
            refusals=RefusalCounts(audit=core.audit, clock=core.clock),
            metrics=WebhookMetrics(registry=core.registry),
        )
        listener = Listener(application=listening.application(), address="127.0.0.1:0")
        base = f"http://127.0.0.1:{await listener.start()}"
        for name in ports:
            await sandbox.messages.call_back(name, base + callback_path(name))
        async with aiohttp.ClientSession(base_url=base) as session:
            yield Desk(post=post, sandbox=sandbox, session=session)
        await listener.close()
        post.mark.close()


async def test_a_signed_callback_is_taken_in(desk: Desk) -> None:
    row = await desk.send("unisender_go")
    assert row.state == "SENT"
    await desk.pass_time("unisender_go", 5)
    row = await desk.post.get(row)
    assert row.state == "DELIVERED"
    assert row.deliver_time is not None


async def test_a_signed_callback_may_overtake_the_answer(desk: Desk) -> None:
    desk.sandbox.faults.add(Fault(kind=FaultKind.CALLBACK_EARLY, operation="unisender_go.callback", times=2))
    row = await desk.send("unisender_go")
    assert row.state == "DELIVERED"
    assert len(desk.post.vendors["unisender_go"].messages()) == 1


async def test_an_unsigned_callback_has_its_message_asked_for(desk: Desk) -> None:
    row = await desk.send("smsru")
    assert desk.post.vendors["smsru"].calls("status") == 0
    await desk.pass_time("smsru", 5)
    assert (await desk.post.get(row)).state == "SENT", "nothing of it is believed"
    await desk.post.core.outbox.run_due()
    assert (await desk.post.get(row)).state == "DELIVERED"
    assert desk.post.vendors["smsru"].calls("status") == 1


async def test_callbacks_about_one_message_cost_one_question_in_a_while(desk: Desk) -> None:
    row = await desk.send("smsru")
    body = f"data[0]=sms_status\n{row.vendor_id}\n103".encode()
    for _ in range(20):
        assert await desk.told("smsru", body) == 200
    await desk.post.core.outbox.run_due()
    assert desk.post.vendors["smsru"].calls("status") <= 1


@pytest.mark.parametrize(
    ("account", "body", "status"),
    [
        pytest.param("smsru", b"data[0]=sms_status\n1-1\n103", 200, id="about no message of ours"),
        pytest.param("smsru", b"nothing", 403, id="of nobody"),
        pytest.param("unisender_go", b'{"auth":"' + b"0" * 32 + b'"}', 403, id="forged"),
        pytest.param("unisender_go", b" " * (LARGEST_CALLBACK_BYTES + 1), 413, id="too big"),
    ],
)
async def test_what_is_forged_or_about_nothing_costs_no_question(
    desk: Desk, account: str, body: bytes, status: int
) -> None:
    await desk.send("smsru")
    assert await desk.told(account, body) == status
    await desk.post.core.outbox.run_due()
    assert desk.post.vendors["smsru"].calls("status") == 0


async def test_a_provider_that_calls_nobody_back_has_no_route(desk: Desk) -> None:
    assert await desk.told("smsru", b"", method="PUT") == 404
    assert await desk.told("telegram", b"") == 404
