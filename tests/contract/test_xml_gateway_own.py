"""What is the XML gateway's own beyond the contract: extensions, limits, keys, TLS, connections, spans and counts."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import datetime, time, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives import serialization

from hub.core.errors import OutcomeUnknownError, PreconditionError, UnavailableError
from hub.core.money import Money
from hub.core.secrets import SecretError
from hub.modules.rosreestr.port import (
    LookupNotSupportedError,
    Person,
    RegistrationState,
    Representative,
    RosreestrPort,
    Transfer,
    TransferParty,
    UnsupportedByProviderError,
)
from hub.resilience.gate import BreakerState
from sandbox.app import Sandbox
from sandbox.faults import Fault, FaultKind
from sandbox.scenarios import MOSCOW
from sandbox.settings import PLAIN_GATEWAY
from sandbox.tls import ThrowAwayPki
from tests.contract.provider_context import Context
from tests.contract.rosreestr_vendor import BUYER, CONSENT, SELLER, a_transfer
from tests.contract.xml_gateway_vendor import START, XmlGatewayVendor, connect, sandbox_settings

PLAIN = {
    "client_reference": False,
    "documents": False,
    "right_details": False,
    "status_detail": False,
    "withdrawal": False,
}
UPSTREAM = "rosreestr.xml_gateway"


Connected = Callable[..., RosreestrPort]


@pytest.fixture
async def connected(context: Context) -> AsyncIterator[Connected]:
    """Connects a port to a vendor, with settings by name; all are closed afterwards."""
    ports: list[RosreestrPort] = []

    def open_port(vendor: XmlGatewayVendor, other: Context | None = None, **settings: Any) -> RosreestrPort:
        ports.append(connect(other or context, vendor.sandbox, **settings))
        return ports[-1]

    yield open_port
    for port in ports:
        await port.close()


@pytest.fixture
async def vendor(tmp_path: Path) -> AsyncIterator[XmlGatewayVendor]:
    async with Sandbox.start(sandbox_settings(tmp_path)) as sandbox:
        yield XmlGatewayVendor(sandbox)


@pytest.fixture
async def plain_vendor(tmp_path: Path) -> AsyncIterator[XmlGatewayVendor]:
    async with Sandbox.start(sandbox_settings(tmp_path, extensions=PLAIN_GATEWAY)) as sandbox:
        yield XmlGatewayVendor(sandbox)


async def test_without_extensions_the_plain_gateway_takes_a_registration(
    plain_vendor: XmlGatewayVendor, connected: Connected
) -> None:
    port = connected(plain_vendor, extensions=PLAIN)
    submission = await port.submit("REF1", a_transfer(plain_vendor))
    assert submission.document_count == 0, "documents are not sent, and that is told"
    assert "REF1" not in plain_vendor.sent_texts()
    assert (await port.get_status(submission.vendor_id)).state is RegistrationState.SUBMITTED
    (right,) = await port.list_rights(plain_vendor.single_owner)
    assert (right.owner_inn, right.share, right.restrictions_known) == ("", None, False)


async def test_without_extensions_what_needs_them_is_refused_and_nothing_is_sent(
    plain_vendor: XmlGatewayVendor, connected: Connected
) -> None:
    port = connected(plain_vendor, extensions=PLAIN)
    assert not port.can_find
    assert not port.can_withdraw
    with pytest.raises(UnsupportedByProviderError):
        await port.withdraw("R1", "")
    assert not port.carries_documents
    with pytest.raises(LookupNotSupportedError):
        await port.find("REF1")
    with pytest.raises(UnsupportedByProviderError):
        await port.add_documents("REF2", "R1", (CONSENT,))
    represented = TransferParty(SELLER, representative=Representative(Person("Доверенная", "Анна"), "poa.pdf"))
    with pytest.raises(UnsupportedByProviderError) as caught:
        await port.submit("REF1", replace(a_transfer(plain_vendor), transferors=(represented,)))
    assert caught.value.metadata["limit"] == "representatives"
    assert not plain_vendor.sandbox.gateway.calls


async def test_details_that_were_not_agreed_on_are_counted_and_not_believed(
    vendor: XmlGatewayVendor, context: Context, connected: Connected
) -> None:
    port = connected(vendor, extensions=PLAIN)
    (right,) = await port.list_rights(vendor.arrested)
    assert (right.owner_inn, right.restrictions, right.restrictions_known) == ("", (), False)
    labels = {"upstream": UPSTREAM, "operation": "rights.check", "kind": "element"}
    assert context.metric("landhub_upstream_surprises_total", **labels) == 2


def _half(party: TransferParty) -> tuple[TransferParty, TransferParty]:
    return replace(party, share=Fraction(1, 2)), replace(party, share=Fraction(1, 2))


@pytest.mark.parametrize(
    ("limit", "change"),
    [
        ("transferors", {"transferors": _half(TransferParty(SELLER))}),
        ("transferees", {"transferees": _half(TransferParty(BUYER))}),
        ("cadastral_numbers", {"cadastral_numbers": ("50:20:0010101:101", "50:20:0010101:102")}),
        ("price.currency_code", {"price": Money(100, "USD")}),
    ],
)
async def test_a_deal_it_cannot_carry_is_refused_by_name_and_nothing_is_sent(
    vendor: XmlGatewayVendor, connected: Connected, limit: str, change: dict[str, Any]
) -> None:
    port = connected(vendor)
    transfer: Transfer = replace(a_transfer(vendor), **change)
    with pytest.raises(UnsupportedByProviderError) as caught:
        port.check_transfer(transfer)
    assert caught.value.metadata["limit"] == limit
    assert caught.value.metadata["provider"] == "xml_gateway"
    with pytest.raises(UnsupportedByProviderError):
        await port.submit("REF1", transfer)
    assert not vendor.sandbox.gateway.calls


async def test_unknown_words_and_elements_are_counted(
    vendor: XmlGatewayVendor, context: Context, connected: Connected
) -> None:
    port = connected(vendor)
    vendor_id = (await port.submit("REF1", a_transfer(vendor))).vendor_id
    vendor.fail("status", "unknown_status", word="НОВОЕ")
    vendor.fail("status", "unknown_element")
    await port.get_status(vendor_id)
    labels = {"upstream": UPSTREAM, "operation": "registration.status"}
    assert context.metric("landhub_upstream_surprises_total", kind="status", **labels) == 1
    assert context.metric("landhub_upstream_surprises_total", kind="element", **labels) >= 1


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("  Приостановлено ", RegistrationState.SUSPENDED),
        ("ТРЕБУЮТСЯ ДОКУМЕНТЫ", RegistrationState.REQUIREMENTS),
        ("ожидает оплаты", RegistrationState.DUTY_DUE),
        ("Зарегистрировано", RegistrationState.REGISTERED),
        ("Отказано", RegistrationState.REFUSED),
        ("Отозвано", RegistrationState.WITHDRAWN),
        ("received", RegistrationState.SUBMITTED),
    ],
)
async def test_status_words_compare_without_case_and_spaces(
    vendor: XmlGatewayVendor, connected: Connected, word: str, state: RegistrationState
) -> None:
    port = connected(vendor)
    vendor_id = (await port.submit("REF1", a_transfer(vendor))).vendor_id
    vendor.set_status(vendor_id, word)
    assert (await port.get_status(vendor_id)).state is state


async def test_keys_rotate_without_a_lost_answer(tmp_path: Path, connected: Connected) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    for name, key in (("old", old), ("new", new)):
        path = tmp_path / f"{name}.key"
        path.touch(mode=0o600)
        path.write_text(key + "\n")
    async with Sandbox.start(sandbox_settings(tmp_path, fernet_keys=(old, new))) as sandbox:
        port = connected(XmlGatewayVendor(sandbox), fernet_keys=["file:new.key", "file:old.key"])
        await port.get_land_plot(XmlGatewayVendor.single_owner)
        stranger = connected(XmlGatewayVendor(sandbox), fernet_keys=["file:new.key"])
        with pytest.raises(UnavailableError) as caught:
            await stranger.get_land_plot(XmlGatewayVendor.single_owner)
        assert caught.value.reason == "UPSTREAM_ANSWER_INVALID"


async def test_a_key_the_gateway_does_not_share_is_told_as_refused_credentials(
    vendor: XmlGatewayVendor, connected: Connected, tmp_path: Path
) -> None:
    path = tmp_path / "other.key"
    path.touch(mode=0o600)
    path.write_bytes(Fernet.generate_key())
    port = connected(vendor, fernet_keys=["file:other.key"])
    with pytest.raises(PreconditionError) as caught:
        await port.submit("REF1", a_transfer(vendor))
    assert caught.value.reason == "UPSTREAM_CREDENTIALS_REFUSED"


async def test_a_certificate_of_another_ca_gets_nothing_done(
    vendor: XmlGatewayVendor, connected: Connected, tmp_path: Path
) -> None:
    ThrowAwayPki.create(tmp_path / "foreign", name="another CA").client()
    port = connected(vendor, client_certificate="foreign/client.crt", client_key="foreign/client.key")
    # With TLS 1.3 the server judges our certificate after our first bytes left, and its alert may be lost on the way.
    with pytest.raises((PreconditionError, OutcomeUnknownError)):
        await port.submit("REF1", a_transfer(vendor))
    assert not vendor.sandbox.gateway.calls


async def test_a_gateway_of_another_ca_gets_nothing(
    vendor: XmlGatewayVendor, connected: Connected, tmp_path: Path
) -> None:
    ThrowAwayPki.create(tmp_path / "foreign", name="another CA")
    port = connected(vendor, ca_bundle="foreign/ca.crt")
    with pytest.raises(UnavailableError):
        await port.submit("REF1", a_transfer(vendor))
    assert not vendor.sandbox.gateway.calls


async def test_a_gateway_that_is_down_is_unavailable_and_after_a_while_not_even_tried(
    vendor: XmlGatewayVendor, context: Context, connected: Connected
) -> None:
    port = connected(vendor)
    await vendor.sandbox.gateway.stop()
    with pytest.raises(UnavailableError) as caught:
        await port.submit("REF1", a_transfer(vendor))
    assert caught.value.retry_after
    with pytest.raises(UnavailableError):
        await port.submit("REF1", a_transfer(vendor))
    (status,) = context.upstreams.statuses()
    assert (status.name, status.breaker) == (UPSTREAM, BreakerState.OPEN)
    assert status.last_failure_time
    await vendor.sandbox.gateway.start()
    with pytest.raises(UnavailableError):
        await port.get_land_plot(vendor.single_owner)
    upstream = context.upstreams.get(UPSTREAM)
    assert upstream
    upstream.reset_breaker()
    await port.get_land_plot(vendor.single_owner)


async def test_twenty_reads_take_one_connection(vendor: XmlGatewayVendor, connected: Connected) -> None:
    port = connected(vendor)
    for _ in range(20):
        await port.get_land_plot(vendor.single_owner)
    assert vendor.sandbox.gateway.handshakes["finished"] == 1


async def test_each_attempt_is_a_span_of_the_callers_trace_and_tells_nothing_personal(
    vendor: XmlGatewayVendor, context: Context, connected: Connected
) -> None:
    port = connected(vendor)
    vendor.fail("read_rights", "server_error")
    with context.telemetry.span("the caller's"):
        await port.list_rights(vendor.single_owner)
        await port.submit("REF1", a_transfer(vendor))
    first, second, third, parent = context.spans.get_finished_spans()
    assert [span.name for span in (first, second, third)] == [
        "POST /rights/check",
        "POST /rights/check",
        "POST /registration/submit",
    ]
    assert parent.context
    trace_id = f"{parent.context.trace_id:032x}"
    traceparents = [call.traceparent or "" for call in vendor.sandbox.gateway.calls]
    assert [traceparent.split("-")[1] for traceparent in traceparents] == [trace_id] * 3
    assert dict(first.attributes or {})["http.response.status_code"] == 500
    assert dict(second.attributes or {})["http.request.resend_count"] == 1
    shown = "".join(span.to_json() for span in context.spans.get_finished_spans())
    assert "Тестов" not in shown
    assert "502099000124" not in shown


async def test_a_submission_is_too_large_only_by_the_gateways_word(
    vendor: XmlGatewayVendor, connected: Connected
) -> None:
    port = connected(vendor)
    vendor.sandbox.faults.add(Fault(kind=FaultKind.HTTP_STATUS, operation="registration.submit", http_status=413))
    with pytest.raises(PreconditionError) as caught:
        await port.submit("REF1", a_transfer(vendor))
    assert caught.value.metadata["vendor_code"] == "TOO_LARGE"


async def test_documents_are_not_repeated_where_the_gateway_would_not_recognise_them(
    vendor: XmlGatewayVendor, connected: Connected
) -> None:
    port = connected(vendor, extensions={"client_reference": False})
    vendor_id = (await port.submit("REF1", a_transfer(vendor))).vendor_id
    vendor.fail("documents", "answer_lost")
    with pytest.raises(OutcomeUnknownError):
        await port.add_documents("REF2", vendor_id, (CONSENT,))
    assert vendor.calls("documents") == 1


async def test_errors_told_by_http_status_are_read_all_the_same(tmp_path: Path, connected: Connected) -> None:
    async with Sandbox.start(sandbox_settings(tmp_path, errors_as_http=True)) as sandbox:
        vendor = XmlGatewayVendor(sandbox)
        port = connected(XmlGatewayVendor(sandbox))
        assert await port.find("NEVER") is None
        await port.submit("REF1", a_transfer(vendor))
        with pytest.raises(OutcomeUnknownError):
            await port.submit("REF1", a_transfer(vendor, number="other"))


@pytest.fixture
def encrypted(tmp_path: Path, vendor: XmlGatewayVendor) -> dict[str, str]:
    """The client's key under a password, as production wants it."""
    key = serialization.load_pem_private_key((tmp_path / "sandbox/client.key").read_bytes(), None)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"the password"),
    )
    for name, content in (("encrypted.key", pem), ("password", b"the password")):
        (tmp_path / name).touch(mode=0o600)
        (tmp_path / name).write_bytes(content)
    return {"client_key": "encrypted.key", "client_key_password": "file:password"}


async def test_production_refuses_a_loopback_gateway_unless_its_network_is_named(
    vendor: XmlGatewayVendor, context: Context, connected: Connected, encrypted: dict[str, str]
) -> None:
    with pytest.raises(ValueError, match="private address"):
        connected(vendor, context.in_production(), **encrypted)
    url = vendor.sandbox.gateway.url.replace("127.0.0.1", "localhost")
    by_name = connected(vendor, context.in_production(), api_url=url, **encrypted)
    with pytest.raises(UnavailableError):
        await by_name.get_land_plot(vendor.single_owner)
    assert not vendor.sandbox.gateway.calls
    named = connected(vendor, context.in_production(), private_networks=["127.0.0.0/8"], **encrypted)
    await named.get_land_plot(vendor.single_owner)


async def test_production_refuses_an_unencrypted_key(
    vendor: XmlGatewayVendor, context: Context, connected: Connected
) -> None:
    with pytest.raises(ValueError, match="unencrypted key"):
        connected(vendor, context.in_production(), private_networks=["127.0.0.0/8"])


async def test_settings_that_cannot_work_are_refused_with_the_reason(
    vendor: XmlGatewayVendor, connected: Connected, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match="https"):
        connected(vendor, api_url="http://gateway.example")
    (tmp_path / "short.key").touch(mode=0o600)
    (tmp_path / "short.key").write_text("abc")
    with pytest.raises(ValueError, match=r"short\.key holds no Fernet key"):
        connected(vendor, fernet_keys=["file:short.key"])
    (tmp_path / "sandbox/client.key").chmod(0o644)
    with pytest.raises(SecretError, match="chmod 600"):
        connected(vendor)


async def test_an_answer_about_something_else_is_not_believed(vendor: XmlGatewayVendor, connected: Connected) -> None:
    port = connected(vendor, policy={"max_attempts": 1})
    plots = vendor.sandbox.registry._plots
    plots[vendor.unknown_plot] = plots[vendor.single_owner]
    for read in (port.get_land_plot, port.list_rights):
        with pytest.raises(UnavailableError) as caught:
            await read(vendor.unknown_plot)
        assert caught.value.reason == "UPSTREAM_ANSWER_INVALID"


async def test_a_status_of_another_registration_is_not_believed(vendor: XmlGatewayVendor, connected: Connected) -> None:
    port = connected(vendor)
    vendor_id = (await port.submit("REF1", a_transfer(vendor))).vendor_id
    registrations = vendor.sandbox.book._registrations
    registrations["R-OTHER"] = registrations[vendor_id]
    with pytest.raises(UnavailableError) as caught:
        await port.get_status("R-OTHER")
    assert caught.value.reason == "UPSTREAM_ANSWER_INVALID"


async def test_leading_zeros_make_no_other_plot(vendor: XmlGatewayVendor, connected: Connected) -> None:
    plots = vendor.sandbox.registry._plots
    plots["50:20:0010101:0101"] = plots[vendor.single_owner]
    assert (await connected(vendor).get_land_plot("50:20:0010101:0101")).cadastral_number == vendor.single_owner


async def test_a_moment_without_an_offset_is_moscow_time_and_a_day_ends_at_its_moscow_midnight(
    vendor: XmlGatewayVendor, connected: Connected
) -> None:
    port = connected(vendor)
    vendor.choose("suspended")
    vendor_id = (await port.submit("REF1", a_transfer(vendor))).vendor_id
    vendor.advance(2)
    told = await port.get_status(vendor_id)
    vendor.fail("status", "no_offset")
    assert (await port.get_status(vendor_id)).status_time == told.status_time == START + timedelta(seconds=2)
    last_day = (START + timedelta(days=90)).date()
    assert told.until == datetime.combine(last_day + timedelta(days=1), time(), tzinfo=MOSCOW)
