"""Each row of the vendors' tables of errors, from a vendor's answer to the state and the reason that a caller sees."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from hub.core.clock import FakeClock
from hub.modules.notifications.addresses import Recipient
from hub.modules.notifications.message import Channel, Content
from hub.modules.notifications.planning import Handling
from hub.modules.notifications.port import NotificationsPort, Refusal
from hub.modules.notifications.providers import generic_http, smtp, telegram, unisender_go
from hub.modules.notifications.providers import max as max_provider
from sandbox.app import Sandbox
from sandbox.messages import generic as generic_vendor
from sandbox.messages import max as max_vendor
from sandbox.messages import telegram as telegram_vendor
from sandbox.messages import unisender_go as unisender_vendor
from sandbox.messages.smtp import PASSWORD, USERNAME
from tests.contract.notifications_rows import (
    CHANNELS,
    FAILED_ADDRESSES,
    LATER,
    SENDING,
    SERVICE_CREDENTIALS,
    SERVICE_REFUSED,
    SERVICE_UNKNOWN,
    SMS_CREDENTIALS,
    SMS_REFUSED,
    SMTP_REPLIES,
)
from tests.contract.notifications_sandbox import SandboxVendor, connect, secret_file
from tests.contract.notifications_vendor import ADDRESSES
from tests.contract.provider_context import make_context
from tests.contract.test_smtp import SmtpVendor
from tests.modules.notifications.conftest import Post, wire
from tests.support.core_fixtures import open_core

SMS = dict.fromkeys(("smsc", "smsru", "smsaero"), Channel.SMS)
SENDERS = SENDING | {name: (name, "send") for name in SMS}
CONTENT = Content(text="Собрание в субботу", subject="Собрание")

# What a caller is told of a message whose only step was refused so.
OUTCOMES = {
    Refusal.RECIPIENT_INVALID: ("FAILED", "RECIPIENT_INVALID"),
    Refusal.RECIPIENT_OPTED_OUT: ("FAILED", "RECIPIENT_OPTED_OUT"),
    Refusal.RECIPIENT_UNREACHABLE: ("FAILED", "RECIPIENT_UNREACHABLE"),
    Refusal.SENDER_NOT_ALLOWED: ("FAILED", "SENDER_NOT_ALLOWED"),
    Refusal.CONTENT_REFUSED: ("FAILED", "CONTENT_REFUSED"),
    Refusal.DUPLICATE: ("FAILED", "DUPLICATE"),
    Refusal.OTHER: ("FAILED", "OTHER"),
    Refusal.NO_MONEY: ("QUEUED", "NO_MONEY"),
    Refusal.CREDENTIALS_REFUSED: ("QUEUED", "CREDENTIALS_REFUSED"),
    Refusal.RATE_LIMITED: ("QUEUED", "RATE_LIMITED"),
    Refusal.PROVIDER_UNAVAILABLE: ("QUEUED", "PROVIDER_UNAVAILABLE"),
}


@pytest.fixture
async def services(sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[dict[str, NotificationsPort]]:
    """The vendors that aren't SMS gateways, by name."""
    urls = sandbox.messages.urls()
    server = sandbox.messages.smtp
    generic = {"api_url": urls["generic_http"], "api_key": secret_file(tmp_path, "g", generic_vendor.API_KEY)}
    settings: dict[str, tuple[Any, dict[str, Any]]] = {
        "telegram": (telegram, {"token": secret_file(tmp_path, "t", telegram_vendor.TOKEN)}),
        "max": (max_provider, {"token": secret_file(tmp_path, "m", max_vendor.TOKEN)}),
        "unisender_go": (
            unisender_go,
            {"api_key": secret_file(tmp_path, "u", unisender_vendor.API_KEY), "sender": "no-reply@example.ru"},
        ),
        "generic_sms": (generic_http, {"channel": "SMS", **generic, "sender": "LANDHUB"}),
        "generic_email": (generic_http, {"channel": "EMAIL", **generic, "sender": "no-reply@example.ru"}),
        "smtp": (
            smtp,
            {
                "host": server.host,
                "port": server.port,
                "username": USERNAME,
                "password": secret_file(tmp_path, "s", PASSWORD),
                "sender": "no-reply@example.ru",
            },
        ),
    }
    for name in ("telegram", "max"):
        settings[name][1]["api_url"] = urls[name]
    settings["unisender_go"][1]["api_url"] = f"{urls['unisender_go']}{unisender_vendor.BASE}"
    context, once = make_context(tmp_path), {"max_attempts": 1, "failure_threshold": 1000, "rate": None}
    opened = {
        name: connect(context, provider, values, policy=once, account=name)
        for name, (provider, values) in settings.items()
    }
    yield opened
    for port in opened.values():
        await port.close()


@pytest.fixture
async def everybody(
    tmp_path: Path,
    ports: dict[str, NotificationsPort],
    services: dict[str, NotificationsPort],
    vendors: dict[str, SandboxVendor],
) -> AsyncIterator[Post]:
    async with open_core(tmp_path, clock=FakeClock()) as core:
        made = await wire(core, ports | services, vendors, spare_seconds=0, recipient_rates=())
        yield made
        made.mark.close()


def _rows() -> Iterator[tuple[str, str, int | None, tuple[str, str]]]:
    """Vendor, code, status of HTTP, and what the caller is told."""
    login = OUTCOMES[Refusal.CREDENTIALS_REFUSED]
    unknown = ("OUTCOME_UNKNOWN", "ANSWER_LOST")
    yield from ((name, code, None, OUTCOMES[refusal]) for name, code, refusal in SMS_REFUSED)
    yield from ((name, code, None, login) for name, code in SMS_CREDENTIALS)
    yield from ((name, code, None, OUTCOMES[Refusal.PROVIDER_UNAVAILABLE]) for name, code, _ in LATER)
    yield ("smsc", "9", None, unknown)
    yield from ((name, code, status, OUTCOMES[refusal]) for name, code, status, refusal in SERVICE_REFUSED)
    yield from ((name, code, status, login) for name, code, status in SERVICE_CREDENTIALS)
    yield from ((name, code, status, unknown) for name, code, status in SERVICE_UNKNOWN)
    yield ("telegram", "429", None, OUTCOMES[Refusal.RATE_LIMITED])
    yield from ((name, "429", 429, OUTCOMES[Refusal.RATE_LIMITED]) for name in ("max", "unisender_go"))


async def _told(post: Post, name: str, number: int) -> tuple[str, str]:
    """Have one message sent by one account; return its state, and the reason of that."""
    channel = (CHANNELS | SMS).get(name, Channel.EMAIL)
    row = await post.service.create(
        post.core.call(number),
        Recipient(raw={channel: ADDRESSES[channel]}),
        CONTENT,
        Handling(route=((name, ""),)),
    )
    await post.core.outbox.run_due()
    found = await post.get(row)
    return found.state, found.failure_reason or found.unknown_reason


async def test_each_error_of_a_sheet_has_its_state_and_reason(
    everybody: Post, sandbox: Sandbox, subtests: pytest.Subtests
) -> None:
    for number, (name, code, status, outcome) in enumerate(_rows(), start=1):
        with subtests.test(vendor=name, code=code):
            vendor, operation = SENDERS[name]
            double = SandboxVendor(sandbox, vendor, operations={"send": operation}, denied={}, secrets=[])
            double.error("send", code, message="нет", **({} if status is None else {"http_status": status}))
            assert await _told(everybody, name, number) == outcome
    assert not sandbox.messages.book.all()


async def test_each_address_that_unisender_refuses_has_its_state_and_reason(
    everybody: Post, sandbox: Sandbox, subtests: pytest.Subtests
) -> None:
    for number, (word, refusal) in enumerate(FAILED_ADDRESSES.items(), start=1):
        with subtests.test(word=word):
            sandbox.messages.book.refusals[ADDRESSES[Channel.EMAIL]] = word
            assert await _told(everybody, "unisender_go", number) == OUTCOMES[refusal]


async def test_each_reply_of_an_smtp_server_has_its_state_and_reason(
    everybody: Post, sandbox: Sandbox, subtests: pytest.Subtests
) -> None:
    vendor = SmtpVendor(sandbox)
    rows = {reply: (stage, OUTCOMES[refusal]) for reply, (stage, refusal) in SMTP_REPLIES.items()}
    rows["421 4.7.0"] = ("mail", OUTCOMES[Refusal.PROVIDER_UNAVAILABLE])
    for number, (reply, (stage, outcome)) in enumerate(rows.items(), start=1):
        with subtests.test(reply=reply):
            vendor.reply(stage, reply)
            assert await _told(everybody, "smtp", number) == outcome
    assert not vendor.messages()
    vendor.reply("login", "535 5.7.8")
    await vendor.server.stop()  # so that the next one logs in anew
    await vendor.server.start()
    assert await _told(everybody, "smtp", 100) == OUTCOMES[Refusal.CREDENTIALS_REFUSED]
    vendor.fail("send", "answer_lost")
    assert await _told(everybody, "smtp", 101) == ("OUTCOME_UNKNOWN", "ANSWER_LOST")
