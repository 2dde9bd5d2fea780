"""The provider `smtp` keeps the notifications contract against a real SMTP server, and what is its own."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from hub.core.errors import OutcomeUnknownError, UnavailableError
from hub.modules.notifications.port import (
    Attachment,
    Channel,
    Content,
    ContentNotCarriedError,
    Message,
    NotificationsPort,
    Refusal,
    RefusedError,
)
from hub.modules.notifications.providers import smtp
from sandbox.app import Sandbox
from sandbox.faults import Fault, FaultKind
from sandbox.messages.smtp import PASSWORD, USERNAME
from tests.contract.notifications_contract import NotificationsContract
from tests.contract.notifications_rows import SMTP_REPLIES
from tests.contract.notifications_sandbox import connect, sandbox_settings, secret_file
from tests.contract.notifications_vendor import NotificationsVendor, TrueMessage, a_message
from tests.contract.provider_context import Context

_STATUS = {"server_error": 502, "too_many_requests": 0, "access_denied": 0}


class SmtpVendor(NotificationsVendor):
    """The sandbox's SMTP server."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.server = sandbox.messages.smtp

    def fail(self, operation: str, fault: str, *, times: int = 1, seconds: float = 1.0, word: str = "") -> None:
        match fault:
            case "too_many_requests":
                self.reply("mail", "421 4.7.0", times=times)
            case "access_denied":
                self.reply("login", "535 5.7.8", times=times)
            case "answer_hangs":
                self._add(f"smtp.{operation}", kind=FaultKind.ANSWER_LOST, answer="hang", times=times)
            case "server_error":
                self._add(f"smtp.{operation}", kind=FaultKind.HTTP_STATUS, http_status=502, times=times)
            case _:
                more = {"word": word} if word else {}
                self._add(f"smtp.{operation}", kind=FaultKind(fault), seconds=seconds, times=times, **more)

    def reply(self, stage: str, reply: str, *, times: int = 1) -> None:
        """Have the server answer so at a stage: login, mail, rcpt, data."""
        self._add(f"smtp.{stage}", kind=FaultKind.ERROR, code=reply, message="not today", times=times)

    def _add(self, operation: str, **values: Any) -> None:
        self.sandbox.faults.add(Fault(operation=operation, **values))

    def calls(self, operation: str) -> int:
        """How often a message came in whole; or a login was tried and refused."""
        counts = self.server.operations
        return counts[operation] or (counts["login"] if not counts["mail"] else 0)

    def messages(self) -> Sequence[TrueMessage]:
        return [
            TrueMessage(
                vendor_id=message.id,
                address=message.recipient,
                sender=message.sender,
                subject=message.subject,
                text=message.text,
                parts=0,
                cost=0,
            )
            for message in self.sandbox.messages.book.of("smtp")
        ]

    def fate(self, address: str, fate: str) -> None:
        self.sandbox.messages.book.fates[address] = fate

    def refuse(self, address: str, code: str) -> None:
        self.sandbox.messages.book.refusals[address] = code

    def advance(self, seconds: float) -> None:
        self.sandbox.clock.advance(seconds=seconds)

    def secrets(self) -> Sequence[str]:
        return [PASSWORD]


@pytest.fixture
async def sandbox(tmp_path: Path) -> AsyncIterator[Sandbox]:
    async with Sandbox.start(sandbox_settings(tmp_path)) as started:
        yield started


@pytest.fixture
def vendor(sandbox: Sandbox) -> SmtpVendor:
    return SmtpVendor(sandbox)


@pytest.fixture
def values(vendor: SmtpVendor, tmp_path: Path) -> dict[str, Any]:
    return {
        "host": vendor.server.host,
        "port": vendor.server.port,
        "username": USERNAME,
        "password": secret_file(tmp_path, "smtp.password", PASSWORD),
        "sender": "Кооператив «Заря» <no-reply@zarya.example>",
        "retry_after_seconds": 1,
    }


@pytest.fixture
async def port(context: Context, values: dict[str, Any]) -> AsyncIterator[NotificationsPort]:
    connected = connect(context, smtp, values)
    yield connected
    await connected.close()


@pytest.fixture
async def impatient_port(context: Context, values: dict[str, Any]) -> AsyncIterator[NotificationsPort]:
    connected = connect(context, smtp, values, policy={"attempt_timeout": 1.0})
    yield connected
    await connected.close()


class TestSmtp(NotificationsContract):
    async def test_a_quota_that_is_used_up_says_that_nothing_was_sent(
        self, port: NotificationsPort, vendor: NotificationsVendor
    ) -> None:
        """SMTP has no word for a quota of its own: the server closes (421), and is come back to."""
        vendor.fail("send", "too_many_requests", times=3)
        with pytest.raises(UnavailableError):
            await port.send(a_message(port.channel))
        assert not vendor.messages()


@pytest.mark.parametrize("reply", SMTP_REPLIES)
async def test_each_refusal_has_its_meaning_and_nothing_was_sent(
    port: NotificationsPort, vendor: SmtpVendor, reply: str
) -> None:
    stage, refusal = SMTP_REPLIES[reply]
    vendor.reply(stage, reply)
    with pytest.raises(RefusedError) as caught:
        await port.send(a_message(Channel.EMAIL))
    assert (caught.value.refusal, caught.value.vendor_code) == (refusal, reply)
    assert (caught.value.retry_after is not None) == (refusal is Refusal.PROVIDER_UNAVAILABLE)
    assert not vendor.messages()
    await port.send(a_message(Channel.EMAIL))  # the same connection goes on
    assert (len(vendor.messages()), vendor.server.operations["login"]) == (1, 1)


async def test_one_bad_recipient_of_two_leaves_the_other_its_message(
    port: NotificationsPort, vendor: SmtpVendor
) -> None:
    vendor.refuse("net@example.ru", "550 5.1.1 User unknown")
    with pytest.raises(RefusedError):
        await port.send(a_message(Channel.EMAIL, address="net@example.ru"))
    await port.send(a_message(Channel.EMAIL))
    assert [message.address for message in vendor.messages()] == ["kanareyka@example.ru"]


async def test_a_greylisted_recipient_is_told_later_and_gets_through_then(
    port: NotificationsPort, vendor: SmtpVendor
) -> None:
    vendor.server.greylist_seconds = 60
    with pytest.raises(RefusedError) as caught:
        await port.send(a_message(Channel.EMAIL))
    assert (caught.value.refusal, caught.value.retry_after) == (Refusal.PROVIDER_UNAVAILABLE, timedelta(seconds=1))
    vendor.advance(61)
    await port.send(a_message(Channel.EMAIL))
    assert len(vendor.messages()) == 1


async def test_a_server_without_tls_gets_neither_login_nor_message(
    context: Context, vendor: SmtpVendor, values: dict[str, Any]
) -> None:
    await vendor.server.stop()
    vendor.server.plain = True
    await vendor.server.start()
    for tls in ("implicit", "starttls"):
        port = connect(context, smtp, values | {"tls": tls}, account=tls, policy={"attempt_timeout": 2.0})
        with pytest.raises(UnavailableError):
            await port.send(a_message(Channel.EMAIL))
        await port.close()
    assert not vendor.server.operations


async def test_starttls_is_demanded_and_works(context: Context, vendor: SmtpVendor, values: dict[str, Any]) -> None:
    await vendor.server.stop()
    vendor.server.starttls = True
    await vendor.server.start()
    port = connect(context, smtp, values | {"tls": "starttls"})
    await port.send(a_message(Channel.EMAIL))
    await port.close()
    assert len(vendor.messages()) == 1


async def test_a_private_address_is_refused_in_production(
    context: Context, vendor: SmtpVendor, values: dict[str, Any]
) -> None:
    port = connect(context.in_production(), smtp, values)
    with pytest.raises(UnavailableError):
        await port.send(a_message(Channel.EMAIL))
    assert not vendor.server.operations


async def test_the_message_carries_text_html_and_files_and_one_id_whenever_it_is_sent(
    port: NotificationsPort, vendor: SmtpVendor
) -> None:
    file = Attachment(file_name="квитанция.pdf", content_type="application/pdf", content=b"%PDF-1.7")
    content = Content(text="Долг 100 ₽", subject="Долг", html="<b>Долг 100 ₽</b>", attachments=(file,))
    message = Message(reference="A" * 32, address="ivan@example.ru", content=content)
    await port.send(message)
    await port.send(message)
    first, second = vendor.sandbox.messages.book.of("smtp")
    assert (first.subject, first.text, first.html, first.attachments) == (
        "Долг",
        "Долг 100 ₽",
        "<b>Долг 100 ₽</b>",
        ("квитанция.pdf",),
    )
    assert first.sender == "Кооператив «Заря» <no-reply@zarya.example>"
    assert first.reference == second.reference == f"<{'a' * 32}@zarya.example>"


INJECTIONS = ["Долг\r\nBcc: all@example.ru", "Долг\nX: y", "Долг\rX: y", "Долг\x00", "Долг\u2028Bcc: all@example.ru"]


@pytest.mark.parametrize("bad", INJECTIONS)
async def test_header_injection_is_refused(port: NotificationsPort, vendor: SmtpVendor, bad: str) -> None:
    for content, sender in (
        (Content(text="т", subject=bad), ""),
        (Content(text="т", subject="Долг"), f"{bad} <no-reply@zarya.example>"),
        (
            Content(
                text="т",
                attachments=(Attachment(file_name=bad, content_type="application/pdf", content=b"1"),),
            ),
            "",
        ),
    ):
        with pytest.raises(ContentNotCarriedError):
            port.check(content, sender=sender)
    assert not vendor.server.operations


async def test_files_have_a_limit(context: Context, values: dict[str, Any]) -> None:
    port = connect(context, smtp, values | {"attachments_bytes": 10})
    file = Attachment(file_name="a.pdf", content_type="application/pdf", content=b"12345678901")
    with pytest.raises(ContentNotCarriedError) as caught:
        port.check(Content(text="т", attachments=(file,)), sender="")
    assert dict(caught.value.metadata) == {"account": "main", "limit": "attachments_bytes", "at_most": "10"}
    await port.close()


async def test_a_connection_cut_after_the_final_dot_is_unknown_whether_it_was_taken_or_not(
    port: NotificationsPort, vendor: SmtpVendor
) -> None:
    for fault, taken in (("answer_lost", 1), ("reset", 1)):
        vendor.fail("send", fault)
        with pytest.raises(OutcomeUnknownError):
            await port.send(a_message(Channel.EMAIL))
        assert len(vendor.messages()) == taken


async def test_a_connection_that_the_server_closed_meanwhile_is_made_anew(
    port: NotificationsPort, vendor: SmtpVendor
) -> None:
    await port.send(a_message(Channel.EMAIL))
    await vendor.server.stop()
    await vendor.server.start()
    await port.send(a_message(Channel.EMAIL))
    assert len(vendor.messages()) == 2


async def test_the_probe_logs_in_and_sends_nothing(port: NotificationsPort, vendor: SmtpVendor) -> None:
    await port.probe()
    assert dict(vendor.server.operations) == {"login": 1}
