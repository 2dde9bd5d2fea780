"""What is each SMS gateway's own: its tables row by row, its fields, its callbacks."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from pydantic import ValidationError

from hub.core.errors import ExhaustedError, HubError, OutcomeUnknownError, PreconditionError, UnavailableError
from hub.core.money import Money
from hub.modules.notifications.port import (
    Callback,
    Channel,
    Content,
    ContentNotCarriedError,
    Fate,
    Message,
    NotificationsPort,
    Refusal,
    RefusedError,
    Sought,
)
from hub.modules.notifications.providers import smsaero, smsc, smsru
from hub.modules.notifications.states import state_of
from sandbox.app import Sandbox
from sandbox.messages import smsaero as aero_vendor
from sandbox.messages import smsc as smsc_vendor
from sandbox.messages import smsru as smsru_vendor
from tests.contract.notifications_contract import sought, told
from tests.contract.notifications_rows import LATER, SMS_CREDENTIALS, SMS_REFUSED, SMS_STATUSES, STATES
from tests.contract.notifications_sandbox import START, SandboxVendor, connect, sandbox_settings, secret_file
from tests.contract.notifications_vendor import OTHER_REFERENCE, a_message
from tests.contract.provider_context import Context

OPERATIONS = {"send": "send", "status": "status"}
MESSAGE = a_message(Channel.SMS)


@pytest.fixture
async def sandbox(tmp_path: Path) -> AsyncIterator[Sandbox]:
    async with Sandbox.start(sandbox_settings(tmp_path)) as started:
        yield started


def _vendor(sandbox: Sandbox, name: str) -> SandboxVendor:
    return SandboxVendor(sandbox, name, operations=OPERATIONS, denied={}, secrets=[])


@pytest.fixture
async def ports(sandbox: Sandbox, context: Context, tmp_path: Path) -> AsyncIterator[dict[str, NotificationsPort]]:
    """All three, by name, each with one attempt a call."""
    urls = sandbox.messages.urls()
    key = secret_file(tmp_path, "smsc.key", smsc_vendor.Login().key)
    api_id = secret_file(tmp_path, "smsru.key", smsru_vendor.Login().api_id)
    aero_key = secret_file(tmp_path, "smsaero.key", aero_vendor.Login().api_key)
    aero = {"email": aero_vendor.Login().email, "api_key": aero_key, "sender": "SMS Aero"}
    once = {"max_attempts": 1, "failure_threshold": 100}
    opened = {
        "smsc": connect(context, smsc, {"api_url": f"{urls['smsc']}/sys", "key": key}, policy=once),
        "smsru": connect(context, smsru, {"api_url": urls["smsru"], "api_id": api_id}, policy=once, account="ru"),
        "smsaero": connect(
            context,
            smsaero,
            {"api_url": f"{urls['smsaero']}/v2", "callback_url": "https://hub.example/cb", **aero},
            policy=once,
            account="aero",
        ),
    }
    yield opened
    for port in opened.values():
        await port.close()


async def test_each_refusal_of_a_sheet_has_its_reason(
    sandbox: Sandbox, ports: dict[str, NotificationsPort], subtests: pytest.Subtests
) -> None:
    for name, code, refusal in SMS_REFUSED:
        with subtests.test(vendor=name, code=code):
            _vendor(sandbox, name).error("send", code)
            with pytest.raises(RefusedError) as caught:
                await ports[name].send(MESSAGE)
            assert caught.value.refusal is refusal
            assert caught.value.vendor_code.startswith(code)
    assert not sandbox.messages.book.all()


async def test_each_code_that_means_our_login_says_so(
    sandbox: Sandbox, ports: dict[str, NotificationsPort], subtests: pytest.Subtests
) -> None:
    for name, code in SMS_CREDENTIALS:
        with subtests.test(vendor=name, code=code):
            _vendor(sandbox, name).error("send", code)
            with pytest.raises(PreconditionError) as caught:
                await ports[name].send(MESSAGE)
            assert caught.value.reason == "UPSTREAM_CREDENTIALS_REFUSED"


async def test_each_status_of_a_sheet_has_its_fate(
    sandbox: Sandbox, ports: dict[str, NotificationsPort], subtests: pytest.Subtests
) -> None:
    accepted = {name: await port.send(MESSAGE) for name, port in ports.items()}
    for name, word, fate, refusal in SMS_STATUSES:
        with subtests.test(vendor=name, status=word):
            sandbox.clock.advance(seconds=61)
            _vendor(sandbox, name).fail("status", "unknown_status", word=word)
            report = await told(ports[name], MESSAGE, accepted[name])
            assert (report.fate, report.refusal, report.vendor_code) == (fate, refusal, word)
            assert state_of(report) == STATES[fate, refusal]


@pytest.mark.parametrize(("name", "code", "minutes"), LATER)
async def test_a_vendor_that_says_later_took_nothing(
    sandbox: Sandbox, ports: dict[str, NotificationsPort], name: str, code: str, minutes: int
) -> None:
    _vendor(sandbox, name).error("send", code)
    with pytest.raises(UnavailableError) as caught:
        await ports[name].send(MESSAGE)
    assert caught.value.retry_after
    assert caught.value.retry_after >= timedelta(minutes=minutes)


async def test_smsc_that_calls_a_message_a_repetition_may_have_it(
    sandbox: Sandbox, ports: dict[str, NotificationsPort]
) -> None:
    port = ports["smsc"]
    _vendor(sandbox, "smsc").fail("send", "false_duplicate")
    with pytest.raises(OutcomeUnknownError):
        await port.send(MESSAGE)
    assert await port.find(sought(MESSAGE)), "the same message again: it is there"
    other = a_message(Channel.SMS, reference=OTHER_REFERENCE)
    with pytest.raises(OutcomeUnknownError):
        await port.send(other)
    assert await port.find(sought(other)) is None, "the same text under another reference: it isn't"


async def test_smsc_that_was_asked_too_often_is_asked_later(ports: dict[str, NotificationsPort]) -> None:
    accepted = await ports["smsc"].send(MESSAGE)
    for _ in range(5):
        await told(ports["smsc"], MESSAGE, accepted)
    with pytest.raises(ExhaustedError) as caught:
        await told(ports["smsc"], MESSAGE, accepted)
    assert caught.value.retry_after == timedelta(minutes=1)


@pytest.mark.parametrize(
    ("code", "error", "reason"),
    [
        *[(code, UnavailableError, "UPSTREAM_ANSWER_INVALID") for code in ("1", "3", "5", "6", "7", "8", "77")],
        ("2", PreconditionError, "UPSTREAM_CREDENTIALS_REFUSED"),
        ("4", UnavailableError, "UPSTREAM_UNAVAILABLE"),
        ("9", ExhaustedError, "UPSTREAM_QUOTA_EXCEEDED"),
    ],
)
async def test_what_smsc_says_to_a_question_tells_nothing_of_the_message(
    sandbox: Sandbox, ports: dict[str, NotificationsPort], code: str, error: type[HubError], reason: str
) -> None:
    accepted = await ports["smsc"].send(MESSAGE)
    for question in (told(ports["smsc"], MESSAGE, accepted), ports["smsc"].find(sought(MESSAGE))):
        _vendor(sandbox, "smsc").error("status", code)
        with pytest.raises(error) as caught:
            await question
        assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("field", "message", "refusal"),
    [
        ("number", a_message(Channel.SMS, address="+7"), Refusal.RECIPIENT_INVALID),
        ("sign", a_message(Channel.SMS, sender=" "), Refusal.SENDER_NOT_ALLOWED),
        ("text", a_message(Channel.SMS, text="a"), Refusal.CONTENT_REFUSED),
    ],
)
async def test_smsaero_names_the_field_that_it_refuses(
    sandbox: Sandbox, ports: dict[str, NotificationsPort], field: str, message: Message, refusal: Refusal
) -> None:
    with pytest.raises(RefusedError) as caught:
        await ports["smsaero"].send(message)
    assert (caught.value.refusal, caught.value.vendor_code) == (refusal, f"400 {field}")
    assert not sandbox.messages.book.all()


async def test_smsc_gets_our_number_utf_8_and_a_validity(sandbox: Sandbox, ports: dict[str, NotificationsPort]) -> None:
    message = a_message(Channel.SMS, text="€ [я]", sender="LANDHUB")
    accepted = await ports["smsc"].send(message)
    sent = _vendor(sandbox, "smsc").sent("send")[0]
    assert sent == {
        "charset": "utf-8", "fmt": "3", "phones": "79991234567", "mes": "€ [я]", "sender": "LANDHUB",
        "id": accepted.vendor_id, "cost": "3",
    }  # fmt: skip
    assert 1 <= int(accepted.vendor_id) < 2**31
    assert (accepted.cost, accepted.parts) == (Money(160, "RUB"), 1)


async def test_no_login_is_in_an_address(sandbox: Sandbox, ports: dict[str, NotificationsPort]) -> None:
    """SMSC and SMS.ru take it as a parameter; in an address it would be in every log on the way."""
    for name, port in ports.items():
        await port.send(MESSAGE)
        assert set(_vendor(sandbox, name).sent("send")[-1]) & {"login", "psw", "apikey", "api_id"} == set()
        assert not sandbox.messages[name].queries


async def test_smsaero_names_where_it_may_tell(sandbox: Sandbox, ports: dict[str, NotificationsPort]) -> None:
    accepted = await ports["smsaero"].send(MESSAGE)
    assert accepted.cost == Money(549, "RUB")
    sent = _vendor(sandbox, "smsaero").sent("send")[0]
    assert (sent["callbackUrl"], sent["callbackFormat"]) == ("https://hub.example/cb", "json")
    assert (sent["number"], sent["sign"]) == (79991234567, "SMS Aero")


def _callback(body: bytes, method: str = "POST") -> Callback:
    return Callback(method=method, headers={}, query=(), body=body)


async def test_callbacks_are_read_and_believed_in_nothing(
    sandbox: Sandbox, ports: dict[str, NotificationsPort]
) -> None:
    for port in ports.values():
        await port.send(MESSAGE)
    true = {message.vendor: message for message in sandbox.messages.book.all()}
    bodies = {
        "smsc": urlencode(smsc_vendor.callback(true["smsc"], "1")).encode(),
        "smsru": urlencode(smsru_vendor.callback(true["smsru"], "103", START)).encode(),
        "smsaero": str(aero_vendor.callback(true["smsaero"], 1)).replace("'", '"').encode(),
    }
    for name, body in bodies.items():
        read = ports[name].read_callback(_callback(body))
        assert read
        assert not read.trusted
        assert [(one.vendor_id, one.fate) for one in read.reports] == [(true[name].id, Fate.DELIVERED)]
        assert read.body == (b"100" if name == "smsru" else b"")
        assert ports[name].read_callback(_callback(body, method="GET")) is None


@pytest.mark.parametrize(
    "body",
    [b"", b"\xff\xfe", b"{}", b"[1]", b"null", b"id=1", b"id=a&status=1", b"data[0]=", b"data[0]=sms_status", b"{"],
)
async def test_a_callback_of_nobody_is_refused_or_says_nothing(
    ports: dict[str, NotificationsPort], body: bytes
) -> None:
    for port in ports.values():
        read = port.read_callback(_callback(body))
        assert read is None or read.reports == ()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("smsc", Content(text="a", subject="b")),
        ("smsru", Content(text="я" * 537)),
        ("smsaero", Content(text="a")),
        ("smsaero", Content(text="a" * 641)),
    ],
)
async def test_what_no_sms_of_theirs_carries_is_refused_before(
    ports: dict[str, NotificationsPort], name: str, content: Content
) -> None:
    with pytest.raises(ContentNotCarriedError):
        ports[name].check(content, sender="")


@pytest.mark.parametrize("sender", ["ДЛИННОЕ", "ABCDEFGHIJKL", "1" * 16, "A\nB"])
async def test_a_name_that_no_operator_takes_is_refused_before(
    ports: dict[str, NotificationsPort], sender: str
) -> None:
    for port in ports.values():
        with pytest.raises(ContentNotCarriedError):
            port.check(MESSAGE.content, sender=sender)


def test_a_login_is_one_of_two() -> None:
    for login in ({}, {"login": "a"}, {"login": "a", "password": "env:P", "key": "env:K"}):
        with pytest.raises(ValidationError):
            smsc.Settings.model_validate({"ca_bundle": "ca.crt", **login})


async def test_each_balance_is_money(ports: dict[str, NotificationsPort]) -> None:
    for port in ports.values():
        assert (await port.balance()).money == Money(100_000_000, "RUB")


async def test_an_id_that_a_person_made_up_is_no_question(ports: dict[str, NotificationsPort]) -> None:
    made_up = Sought(reference=MESSAGE.reference, address=MESSAGE.address, vendor_id="по телефону")
    for port in ports.values():
        assert {one.fate for one in await port.reports([made_up])} <= {Fate.NOT_FOUND}
