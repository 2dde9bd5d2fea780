"""UniSender Go's webhooks: signed over their raw bytes, many events at once, and sent again without a number."""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hub.modules.notifications.port import Callback, CallbackRead, Fate, NotificationsPort, Refusal
from hub.modules.notifications.providers import unisender_go
from hub.modules.notifications.states import state_of
from sandbox.messages import unisender_go as vendor
from sandbox.messages.book import Message
from sandbox.tls import ThrowAwayPki
from tests.contract.notifications_rows import STATES
from tests.contract.notifications_sandbox import START, connect, secret_file
from tests.contract.provider_context import Context


@pytest.fixture
def port(context: Context, tmp_path: Path) -> NotificationsPort:
    """Nobody is called: a callback is only read."""
    ThrowAwayPki.create(tmp_path / "sandbox")
    key = secret_file(tmp_path, "unisender.key", vendor.API_KEY)
    return connect(context, unisender_go, {"api_key": key, "sender": "no-reply@example.ru"})


def _message(number: str = "1") -> Message:
    return Message(
        vendor=vendor.NAME,
        channel="email",
        id=f"job-{number}/ivan@example.ru",
        recipient="ivan@example.ru",
        accepted_at=START,
        text="Долг",
        more={"job_id": f"job-{number}", "metadata": {"hub_id": f"REF{number}"}},
    )


def _read(port: NotificationsPort, body: bytes, method: str = "POST") -> CallbackRead | None:
    return port.read_callback(Callback(method=method, headers={}, query=(), body=body))


@pytest.mark.parametrize(
    ("status", "fate", "refusal"),
    [
        ("sent", Fate.UNDER_WAY, Refusal.OTHER),
        *[(word, Fate.DELIVERED, Refusal.OTHER) for word in ("delivered", "opened", "clicked")],
        *[(word, Fate.DELIVERED, Refusal.OTHER) for word in ("unsubscribed", "subscribed", "spam")],
        ("soft_bounced", Fate.NOT_DELIVERED, Refusal.RECIPIENT_UNREACHABLE),
        ("hard_bounced", Fate.NOT_DELIVERED, Refusal.RECIPIENT_INVALID),
    ],
)
def test_each_status_has_its_fate(port: NotificationsPort, status: str, fate: Fate, refusal: Refusal) -> None:
    read = _read(port, vendor.callback([(_message(), status)], START))
    assert read
    assert read.trusted
    report = read.reports[0]
    assert (report.fate, report.refusal, report.vendor_code) == (fate, refusal, status)
    assert state_of(report) == STATES[fate, refusal]
    assert (report.reference, report.vendor_id) == ("REF1", "job-1")
    assert report.time == (datetime(2026, 11, 23, 9, 0, tzinfo=UTC) if fate is Fate.DELIVERED else None)


def test_a_bounce_that_will_be_tried_again_is_under_way(port: NotificationsPort) -> None:
    told = _message()
    body = vendor.callback([(told, "soft_bounced")], START).replace(b"err_user_unknown", b"err_will_retry")
    assert _read(port, body) is None, "it isn't signed any more"
    signed = _signed(body)
    read = _read(port, signed)
    assert read
    assert read.reports[0].fate is Fate.UNDER_WAY


def _signed(body: bytes) -> bytes:
    auth = json.loads(body)["auth"].encode()
    proof = hashlib.md5(body.replace(auth, vendor.API_KEY.encode()), usedforsecurity=False).hexdigest()
    return body.replace(auth, proof.encode())


def test_many_events_are_read_and_what_nobody_knows_is_left_out(port: NotificationsPort, context: Context) -> None:
    body = vendor.callback([(_message("1"), "delivered"), (_message("2"), "novel"), (_message("3"), "sent")], START)
    read = _read(port, body)
    assert read
    assert [report.vendor_id for report in read.reports] == ["job-1", "job-3"]


def test_the_proof_is_over_raw_bytes_so_a_change_of_one_is_seen(port: NotificationsPort) -> None:
    body = vendor.callback([(_message(), "delivered")], START)
    assert _read(port, body)
    assert _read(port, body + b" ") is None
    assert _read(port, body.replace(b"delivered", b"clicked__")) is None


@pytest.mark.parametrize("body", [b"", b"{}", b'{"auth":"' + b"0" * 32 + b'"}', b'{"auth":1}', b"\xff", b"[" * 10_000])
def test_what_is_forged_or_no_webhook_is_refused(port: NotificationsPort, body: bytes) -> None:
    assert _read(port, body) is None


def test_a_webhook_signed_under_another_key_is_refused(port: NotificationsPort) -> None:
    assert _read(port, vendor.callback([(_message(), "delivered")], START, api_key="other-key")) is None


@pytest.mark.parametrize("inside", [b"null", b"[]", b"{}", b'[1,{"events":2},{"events":[3,{}]}]', b'[{"events":null}]'])
def test_a_signed_webhook_of_another_form_says_nothing(port: NotificationsPort, inside: bytes) -> None:
    read = _read(port, _signed(b'{"auth":"' + b"0" * 32 + b'","events_by_user":' + inside + b"}"))
    assert read
    assert read.reports == ()


def test_who_only_looks_whether_somebody_is_here_is_answered(port: NotificationsPort) -> None:
    read = _read(port, b"", method="GET")
    assert read
    assert (read.status, read.reports, read.trusted) == (200, (), False)
