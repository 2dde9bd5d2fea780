"""What is each messenger's and each e-mail service's own: its errors row by row, its limits, its templates."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from hub.core.errors import ExhaustedError, OutcomeUnknownError, PreconditionError
from hub.core.money import Money
from hub.modules.notifications.port import (
    Attachment,
    Channel,
    Content,
    ContentNotCarriedError,
    Message,
    NotificationsPort,
    Refusal,
    RefusedError,
    VendorTemplate,
)
from hub.modules.notifications.providers import generic_http, telegram, unisender_go
from hub.modules.notifications.providers import max as max_provider
from sandbox.app import Sandbox
from sandbox.messages import generic as generic_vendor
from sandbox.messages import max as max_vendor
from sandbox.messages import telegram as telegram_vendor
from sandbox.messages import unisender_go as unisender_vendor
from tests.contract.notifications_rows import (
    CHANNELS,
    FAILED_ADDRESSES,
    SENDING,
    SERVICE_CREDENTIALS,
    SERVICE_REFUSED,
    SERVICE_UNKNOWN,
)
from tests.contract.notifications_sandbox import SandboxVendor, connect, sandbox_settings, secret_file
from tests.contract.notifications_vendor import REFERENCE, a_message
from tests.contract.provider_context import Context

Ports = dict[str, NotificationsPort]


@pytest.fixture
async def sandbox(tmp_path: Path) -> AsyncIterator[Sandbox]:
    async with Sandbox.start(sandbox_settings(tmp_path)) as started:
        yield started


@pytest.fixture
async def ports(sandbox: Sandbox, context: Context, tmp_path: Path) -> AsyncIterator[Ports]:
    """All of them, by name, each with one attempt a call."""
    urls = sandbox.messages.urls()
    key = secret_file(tmp_path, "generic.key", generic_vendor.API_KEY)
    generic = {"api_url": urls["generic_http"], "api_key": key, "sender": "no-reply@example.ru"}
    unisender_url = f"{urls['unisender_go']}{unisender_vendor.BASE}"
    unisender_key = secret_file(tmp_path, "unisender.key", unisender_vendor.API_KEY)
    unisender = {"api_url": unisender_url, "api_key": unisender_key, "sender": "no-reply@example.ru"}
    telegram_token = secret_file(tmp_path, "telegram.token", telegram_vendor.TOKEN)
    max_token = secret_file(tmp_path, "max.token", max_vendor.TOKEN)
    settings: dict[str, tuple[Any, dict[str, Any]]] = {
        "telegram": (telegram, {"api_url": urls["telegram"], "token": telegram_token}),
        "max": (max_provider, {"api_url": urls["max"], "token": max_token}),
        "unisender_go": (unisender_go, unisender),
        "generic_sms": (generic_http, {"channel": "SMS", **generic, "sender": "LANDHUB", "dedupes_seconds": 600}),
        "generic_email": (generic_http, {"channel": "EMAIL", **generic}),
    }
    once = {"max_attempts": 1, "failure_threshold": 100, "rate": None}
    opened = {
        name: connect(context, provider, values, policy=once, account=name)
        for name, (provider, values) in settings.items()
    }
    yield opened
    for port in opened.values():
        await port.close()


def _fail(sandbox: Sandbox, name: str, code: str, http_status: int | None = None) -> None:
    vendor, operation = SENDING[name]
    double = SandboxVendor(sandbox, vendor, operations={"send": operation}, denied={}, secrets=[])
    double.error("send", code, http_status=http_status, message="нет")


async def test_each_refusal_of_a_sheet_has_its_reason(
    sandbox: Sandbox, ports: Ports, subtests: pytest.Subtests
) -> None:
    for name, code, status, refusal in SERVICE_REFUSED:
        with subtests.test(vendor=name, code=code):
            _fail(sandbox, name, code, status)
            with pytest.raises(RefusedError) as caught:
                await ports[name].send(a_message(CHANNELS[name]))
            assert caught.value.refusal is refusal
    assert not sandbox.messages.book.all()


async def test_each_code_that_means_our_login_says_so(
    sandbox: Sandbox, ports: Ports, subtests: pytest.Subtests
) -> None:
    for name, code, status in SERVICE_CREDENTIALS:
        with subtests.test(vendor=name, code=code):
            _fail(sandbox, name, code, status)
            with pytest.raises(PreconditionError) as caught:
                await ports[name].send(a_message(CHANNELS[name]))
            assert caught.value.reason == "UPSTREAM_CREDENTIALS_REFUSED"


async def test_a_vendor_that_failed_may_have_sent_it(sandbox: Sandbox, ports: Ports, subtests: pytest.Subtests) -> None:
    for name, code, status in SERVICE_UNKNOWN:
        with subtests.test(vendor=name, code=code):
            _fail(sandbox, name, code, status)
            with pytest.raises(OutcomeUnknownError):
                await ports[name].send(a_message(CHANNELS[name]))


async def test_telegram_says_how_long_to_wait(sandbox: Sandbox, ports: Ports) -> None:
    await ports["telegram"].send(a_message(Channel.TELEGRAM))
    with pytest.raises(ExhaustedError) as caught:
        await ports["telegram"].send(a_message(Channel.TELEGRAM))
    assert caught.value.retry_after == timedelta(seconds=1)
    assert len(sandbox.messages.book.all()) == 1


async def test_a_chat_that_moved_is_told_of_as_such(sandbox: Sandbox, ports: Ports) -> None:
    sandbox.messages.book.refusals["-5"] = "migrated"
    with pytest.raises(RefusedError) as caught:
        await ports["telegram"].send(a_message(Channel.TELEGRAM, address="-5"))
    assert (caught.value.refusal, caught.value.vendor_code) == (Refusal.RECIPIENT_INVALID, "400 migrated")


async def test_max_takes_two_messages_a_second_to_one_chat(sandbox: Sandbox, ports: Ports) -> None:
    for _ in range(2):
        await ports["max"].send(a_message(Channel.MAX))
    with pytest.raises(ExhaustedError):
        await ports["max"].send(a_message(Channel.MAX))
    assert [rate.calls for rate in ports["max"].capabilities.recipient_rates] == [2]


async def test_max_that_isnt_ready_is_asked_again(sandbox: Sandbox, context: Context, tmp_path: Path) -> None:
    url = sandbox.messages.urls()["max"]
    values = {"api_url": url, "token": secret_file(tmp_path, "max.token", max_vendor.TOKEN)}
    port = connect(context, max_provider, values, policy={"max_attempts": 3})
    vendor = SandboxVendor(sandbox, "max", operations={"send": "send"}, denied={}, secrets=[])
    vendor.error("send", "attachment.not.ready", http_status=400, message="нет", times=2)
    await port.send(a_message(Channel.MAX))
    await port.close()
    assert sandbox.messages["max"].operations["send"] == 3
    assert len(sandbox.messages.book.all()) == 1


@pytest.mark.parametrize("name", ["telegram", "max"])
@pytest.mark.parametrize("content", [Content(text=" "), Content(text="🚜" * 2049), Content(text="a", html="<b>a</b>")])
async def test_what_no_messenger_carries_is_refused_before(ports: Ports, name: str, content: Content) -> None:
    with pytest.raises(ContentNotCarriedError):
        ports[name].check(content, sender="")
    with pytest.raises(ContentNotCarriedError):
        ports[name].check(Content(text="a"), sender="Заря")


@pytest.mark.parametrize(("word", "refusal"), FAILED_ADDRESSES.items())
async def test_unisender_says_why_an_address_failed(
    sandbox: Sandbox, ports: Ports, word: str, refusal: Refusal
) -> None:
    message = a_message(Channel.EMAIL)
    sandbox.messages.book.refusals[message.address] = word
    with pytest.raises(RefusedError) as caught:
        await ports["unisender_go"].send(message)
    assert (caught.value.refusal, caught.value.vendor_code) == (refusal, word)


@pytest.mark.parametrize("name", ["unisender_go", "generic_email"])
async def test_a_template_kept_at_the_vendor_is_filled_there(sandbox: Sandbox, ports: Ports, name: str) -> None:
    template = VendorTemplate(
        template_id=unisender_vendor.TEMPLATE_ID, values={"to_name": "Иван", "order": "7", "farm": "Заря"}
    )
    message = Message(reference=REFERENCE, address="a@example.ru", content=Content(vendor_template=template))
    ports[name].check(message.content, sender="")
    assert ports[name].capabilities.vendor_templates
    await ports[name].send(message)
    taken = sandbox.messages.book.all()[0]
    if name == "unisender_go":
        assert (taken.subject, taken.text) == ("Счёт 7", "Здравствуйте, Иван! Счёт 7 от Заря.")
    else:
        assert (taken.more["template_id"], taken.more["template_data"]) == (template.template_id, template.values)


@pytest.mark.parametrize("name", ["unisender_go", "generic_email"])
async def test_files_go_along_up_to_a_limit(sandbox: Sandbox, ports: Ports, name: str) -> None:
    def content(size: int) -> Content:
        file = Attachment(file_name="акт.pdf", content_type="application/pdf", content=b"0" * size)
        return Content(subject="Акт", text="Во вложении <акт>", attachments=(file,))

    await ports[name].send(Message(reference=REFERENCE, address="a@example.ru", content=content(10)))
    taken = sandbox.messages.book.all()[0]
    assert (taken.attachments, taken.reference) == (("акт.pdf",), REFERENCE)
    assert "<акт>" not in taken.html
    with pytest.raises(ContentNotCarriedError) as caught:
        ports[name].check(content(11 * 1024 * 1024), sender="")
    assert caught.value.metadata["limit"] == "content.attachments"


async def test_a_generic_gateway_gets_the_fields_of_the_contract(sandbox: Sandbox, ports: Ports) -> None:
    accepted = await ports["generic_sms"].send(a_message(Channel.SMS, text="Долг"))
    assert accepted.cost == Money(300, "RUB")
    assert ports["generic_sms"].capabilities.dedupes_for == timedelta(minutes=10)
    sent = sandbox.messages["generic_http"].calls[-1].fields
    assert sent == {
        "sender": "LANDHUB",
        "phone": "+79991234567",
        "message": "Долг",
        "priority": "normal",
        "reference": REFERENCE,
    }
    assert not sandbox.messages["generic_http"].queries, "a key in an address is in every log on the way"


def test_a_status_by_reference_needs_a_status() -> None:
    values = {"ca_bundle": "ca.crt", "api_url": "https://a.example", "api_key": "env:K", "sender": "a@example.ru"}
    with pytest.raises(ValidationError):
        generic_http.Settings.model_validate({**values, "channel": "EMAIL", "status_by_reference": True})
