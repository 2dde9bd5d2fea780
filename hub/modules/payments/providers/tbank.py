"""T-Bank's internet acquiring, API v2: docs/modules/payments.md."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from ipaddress import ip_network
from typing import Any, Literal, TypeVar
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator

from hub.core.clock import Clock
from hub.core.errors import HubError
from hub.core.money import Money
from hub.modules.payments.notice import CallbackReader
from hub.modules.payments.port import (
    Capabilities,
    Observation,
    Opened,
    Order,
    OrderNotFoundError,
    PaymentMethod,
    PaymentsPort,
    RefundOrder,
    RefusedByProviderError,
    Standing,
    UnclearRefusalError,
    UnsupportedByProviderError,
)
from hub.modules.payments.providers import _tbank_answers as answers
from hub.modules.payments.providers import _tbank_requests as requests
from hub.modules.payments.providers._tbank_callbacks import TBankCallbacks
from hub.modules.payments.providers._tbank_errors import Asked, error_code, raise_error
from hub.modules.payments.providers._tbank_requests import Fiscal, Terminal
from hub.resilience.addresses import LOOPBACK
from hub.resilience.context import ProviderContext
from hub.resilience.failures import AnswerInvalidError
from hub.resilience.http import HttpAnswer, HttpGateway, HttpRequest, check_status, server_only_tls
from hub.resilience.json_answer import Fields, parse_object
from hub.resilience.policy import Guard, Policy, Safety, Surprise
from hub.resilience.upstream import Upstream

T = TypeVar("T")

NAME = "tbank"
_NO_ORDER = "landhub-probe"  # no order's number has such a form
_MAX_ANSWER_BYTES = 1024 * 1024
_REFERENCE_LENGTH = 32  # of the 50 that OrderId takes; some of its cabinets show 36
_LONGEST_DESCRIPTION = 140
_LONGEST_CUSTOMER_KEY = 36
_LEAST_BY_QR = 1_000  # kopecks
_ENDED = frozenset({Standing.DECLINED, Standing.EXPIRED})
_VAT_WORDS = {
    "none": "none",
    "0": "vat0",
    "5": "vat5",
    "7": "vat7",
    "10": "vat10",
    "20": "vat20",
    "5/105": "vat105",
    "7/107": "vat107",
    "10/110": "vat110",
    "20/120": "vat120",
}
_TAX_SYSTEMS = {
    "general": "osn",
    "usn_income": "usn_income",
    "usn_income_expense": "usn_income_outcome",
    "eshn": "esn",
    "patent": "patent",
}


class Settings(BaseModel):
    """The `[modules.payments.accounts.NAME.settings]` table. Paths are relative to the installation; files PEM."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    api_url: str = "https://securepay.tinkoff.ru/v2"
    terminal_key: str = Field(min_length=1, max_length=20)
    """The terminal, as the cabinet names it; one that ends in DEMO takes no real money."""
    password: str
    """A secret's reference: the terminal's password. It is never sent; every request proves that we know it."""
    ca_bundle: str
    """The CAs that may have issued the gateway's certificate; no others are trusted."""
    payment_hosts: tuple[str, ...] = ()
    """Hosts a payment page may be at, besides the gateway's own; ".tbank.ru" is all below it."""
    private_networks: tuple[str, ...] = ()
    """Networks ("10.20.0.0/16") the gateway may be in; other private addresses are refused."""
    notification_url: str = Field(default="", pattern=r"^((https://|http://127\.0\.0\.1:)[!-~]{1,2000})?$")
    """Where T-Bank tells of changes, as docs/modules/payments.md has it; empty: as the cabinet has it."""
    hold_days: float | None = Field(default=None, gt=0, le=60)
    """How long a hold lasts by the contract with the bank."""
    session_seconds: int = Field(default=86_400, ge=60, le=7_776_000)
    """How long the payer has if the order doesn't say, as the terminal is set up."""
    visibility_window_seconds: float = Field(default=600.0, ge=0, le=604_800)
    """How long after it was sent something may not show yet."""
    ffd_version: Literal["1.05", "1.2"] = "1.2"
    """Which ФФД the till speaks."""
    vat_words: dict[str, str] = Field(default_factory=lambda: dict(_VAT_WORDS))
    """НДС of a receipt's items to the vendor's Tax; the law adds rates from time to time."""
    tax_systems: dict[str, str] = Field(default_factory=lambda: dict(_TAX_SYSTEMS))
    """Tax systems to the vendor's Taxation."""
    tax_system: str = "general"
    """The seller's, where a receipt doesn't say."""
    policy: Policy = Policy(attempt_timeout=20.0, total_timeout=60.0)

    @field_validator("private_networks")
    @classmethod
    def _networks_are_networks(cls, networks: tuple[str, ...]) -> tuple[str, ...]:
        for network in networks:
            ip_network(network)
        return networks


def build(settings: Settings, ctx: ProviderContext, *, account: str) -> PaymentsPort:
    """Make the provider of one account. Nothing is sent before its first call.

    Raises:
        ValueError: the address isn't https or is private.
        SecretError, OSError: a secret or the CA bundle can't be read.
    """
    upstream = ctx.upstreams.open(f"payments.{account}", settings.policy)
    gateway = HttpGateway(
        upstream=upstream,
        base_url=settings.api_url,
        tls=server_only_tls(ca_bundle=ctx.path(settings.ca_bundle)),
        networks=(*(LOOPBACK if ctx.development else ()), *(ip_network(name) for name in settings.private_networks)),
        max_answer_bytes=_MAX_ANSWER_BYTES,
        telemetry=ctx.telemetry,
    )
    terminal = Terminal(key=settings.terminal_key, password=ctx.secrets.resolve(settings.password).text())
    return TBank(gateway=gateway, upstream=upstream, settings=settings, terminal=terminal, clock=ctx.clock)


class TBank(PaymentsPort):
    """One terminal."""

    def __init__(
        self, *, gateway: HttpGateway, upstream: Upstream, settings: Settings, terminal: Terminal, clock: Clock
    ) -> None:
        self._gateway = gateway
        self._upstream = upstream
        self._settings = settings
        self._terminal = terminal
        self._clock = clock
        self._callbacks = TBankCallbacks(terminal_key=terminal.key, password=terminal.password)
        self._payment_hosts = (urlsplit(settings.api_url).hostname or "", *settings.payment_hosts)
        self._capabilities = Capabilities(
            reference_length=_REFERENCE_LENGTH,
            visibility_window=timedelta(seconds=settings.visibility_window_seconds),
            keyed_refunds=True,
            shows_refund_numbers=False,
            hold_lasts=None if settings.hold_days is None else timedelta(days=settings.hold_days),
            expires_after=timedelta(seconds=settings.session_seconds),
        )
        self._fiscal = Fiscal(
            vat_words=settings.vat_words,
            tax_systems=settings.tax_systems,
            tax_system=settings.tax_system,
            version=settings.ffd_version,
        )

    @property
    def name(self) -> str:
        """See the port."""
        return NAME

    @property
    def capabilities(self) -> Capabilities:
        """See the port."""
        return self._capabilities

    @property
    def callbacks(self) -> CallbackReader:
        """See the port."""
        return self._callbacks

    def check_order(self, order: Order) -> None:
        """See the port."""
        is_qr = order.method is PaymentMethod.SBP_QR
        tax_system = order.receipt.tax_system if order.receipt and order.receipt.tax_system else self._fiscal.tax_system
        items = order.receipt.items if order.receipt else ()
        checks = (
            ("amount.currency_code", answers.CURRENCY, order.amount.currency == answers.CURRENCY),
            ("amount.minor_units", str(requests.MORE_THAN_ANY - 1), order.amount.minor_units < requests.MORE_THAN_ANY),
            ("payment_method", "PAGE", not (is_qr and (order.two_stage or order.amount.minor_units < _LEAST_BY_QR))),
            ("description", f"{_LONGEST_DESCRIPTION} characters", len(order.description) <= _LONGEST_DESCRIPTION),
            ("client_id", f"{_LONGEST_CUSTOMER_KEY} characters", len(order.client_id) <= _LONGEST_CUSTOMER_KEY),
            ("receipt.tax_system", _listed(self._fiscal.tax_systems), tax_system in self._fiscal.tax_systems),
            (
                "receipt.items.vat",
                _listed(self._fiscal.vat_words),
                all(item.vat in self._fiscal.vat_words for item in items),
            ),
            ("receipt.items.payment_object", "13", all(i.payment_object in requests.PAYMENT_OBJECTS for i in items)),
        )
        for limit, at_most, is_kept in checks:
            if not is_kept:
                raise UnsupportedByProviderError(provider=NAME, limit=limit, at_most=at_most)

    async def create(self, reference: str, order: Order, *, guard: Guard | None = None) -> Opened:
        """See the port."""

        def read(answer: HttpAnswer) -> Opened:
            surprise = self._upstream.surprises("Init")
            fields = Fields(
                _checked(answer, Asked.INIT, reference=reference, surprise=surprise),
                known=answers.INIT_FIELDS,
                surprise=surprise,
            )
            if fields.text("OrderId") != reference:
                raise AnswerInvalidError("the answer is about another order")
            url = fields.text("PaymentURL")
            self._check_payment_url(url)
            return Opened(vendor_id=fields.text("PaymentId"), payment_url=url)

        fields = requests.init_fields(
            reference,
            order,
            self._fiscal,
            now=self._clock.now(),
            notification_url=self._settings.notification_url,
        )
        opened = await self._post("Init", fields, read, safety=Safety.ASK_STATUS_FIRST, guard=guard)
        if order.method is not PaymentMethod.SBP_QR:
            return opened
        return replace(opened, sbp_payload=await self._qr(opened.vendor_id, guard))

    async def find(self, reference: str, *, since: datetime | None = None) -> Observation | None:  # noqa: ARG002 - asked by number
        """See the port. A payment that isn't the only one alive under our number is shown as not ours."""

        def read(answer: HttpAnswer) -> answers.Found | None:
            surprise = self._upstream.surprises("CheckOrder")
            value = _checked(answer, Asked.STATUS, reference=reference, surprise=surprise)
            return answers.found(Fields(value, known=answers.ORDER_FIELDS, surprise=surprise), surprise)

        try:
            found = await self._post("CheckOrder", {"OrderId": reference}, read, safety=Safety.READ)
            if found is None:
                return None
            seen = await self.get(found.vendor_id)
        except OrderNotFoundError:
            return None
        return seen if found.is_alone else replace(seen, marker="")

    async def get(self, vendor_id: str) -> Observation:
        """See the port."""

        def read(answer: HttpAnswer) -> Observation:
            surprise = self._upstream.surprises("GetState")
            check_status(answer)
            value = parse_object(answer.body)
            if not value.get("Status"):  # with one, the code is of the payer's last attempt
                raise_error(error_code(value), Asked.STATUS, reference="", surprise=surprise)
            seen = answers.observation(Fields(value, known=answers.STATE_FIELDS, surprise=surprise), surprise)
            if seen.vendor_id != vendor_id:
                raise AnswerInvalidError("the answer is about another payment")
            return seen

        return await self._post("GetState", {"PaymentId": vendor_id}, read, safety=Safety.READ)

    async def capture(self, vendor_id: str, amount: Money, *, guard: Guard | None = None) -> None:
        """See the port."""
        _refuse_all(amount)
        fields = {"PaymentId": vendor_id, "Amount": amount.minor_units}
        await self._change("Confirm", fields, Asked.CHANGE, safety=Safety.ASK_STATUS_FIRST, guard=guard)

    async def decline(self, vendor_id: str, *, guard: Guard | None = None) -> None:
        """See the port. `Cancel` would give paid money back; with more than there can be, it can't."""
        fields = requests.decline_fields(vendor_id)
        try:
            await self._change("Cancel", fields, Asked.CHANGE, safety=Safety.ASK_STATUS_FIRST, guard=guard)
        except (RefusedByProviderError, UnclearRefusalError):
            if not await self._has_ended(vendor_id):
                raise

    async def reverse(self, vendor_id: str, *, guard: Guard | None = None) -> int:
        """See the port. Nothing in a `Cancel` could keep it from giving captured money back."""

        def read(answer: HttpAnswer) -> int:
            surprise = self._upstream.surprises("Cancel")
            value = _checked(answer, Asked.CHANGE, reference="", surprise=surprise)
            return answers.given_back(Fields(value, known=answers.CANCEL_FIELDS, surprise=surprise))

        fields = requests.reverse_fields(vendor_id)
        return await self._post("Cancel", fields, read, safety=Safety.ASK_STATUS_FIRST, guard=guard)

    async def refund(self, refund: RefundOrder, *, guard: Guard | None = None) -> None:
        """See the port."""
        _refuse_all(refund.amount)
        safety = Safety.IDEMPOTENT_BY_KEY if refund.keyed else Safety.ASK_STATUS_FIRST
        await self._change("Cancel", requests.refund_fields(refund), Asked.REFUND, safety=safety, guard=guard)

    async def probe(self) -> None:
        """See the port. An order that can't be: it needs the token, and costs nothing."""
        await self.find(_NO_ORDER)

    async def close(self) -> None:
        """See the port."""
        await self._gateway.close()

    async def _qr(self, vendor_id: str, guard: Guard | None) -> str:
        """Return what the QR code of a payment says; asked again, it is of the same payment.

        Raises:
            RefusedByProviderError: there is none for it, and the payment was ended.
            UnclearRefusalError: none came, and the payment stands.
        """

        def read(answer: HttpAnswer) -> str:
            surprise = self._upstream.surprises("GetQr")
            value = _checked(answer, Asked.QR, reference="", surprise=surprise)
            return Fields(value, known=answers.QR_FIELDS, surprise=surprise).text("Data")

        try:
            return await self._post(
                "GetQr", requests.qr_fields(vendor_id), read, safety=Safety.IDEMPOTENT_BY_KEY, guard=guard
            )
        except RefusedByProviderError:
            with suppress(HubError):
                await self.decline(vendor_id, guard=guard)
            raise
        except HubError as error:
            raise UnclearRefusalError(vendor_code=error.reason) from error

    async def _has_ended(self, vendor_id: str) -> bool:
        try:
            return (await self.get(vendor_id)).standing in _ENDED
        except HubError:
            return False

    async def _change(
        self, operation: str, fields: Mapping[str, Any], asked: Asked, *, safety: Safety, guard: Guard | None
    ) -> None:
        read = partial(_read_done, asked=asked, surprise=self._upstream.surprises(operation))
        await self._post(operation, fields, read, safety=safety, guard=guard)

    async def _post(
        self,
        operation: str,
        fields: Mapping[str, Any],
        read: Callable[[HttpAnswer], T],
        *,
        safety: Safety,
        guard: Guard | None = None,
    ) -> T:
        request = HttpRequest(
            operation=operation,
            path=f"/{operation}",
            headers={"Content-Type": "application/json"},
            body=self._terminal.seal(fields),
        )
        return await self._gateway.post(request, read, safety=safety, guard=guard)

    def _check_payment_url(self, url: str) -> None:
        """Refuse to send a payer to a host that isn't the bank's."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        known = any(host == name or (name.startswith(".") and host.endswith(name)) for name in self._payment_hosts)
        if parts.scheme != "https" or "@" in parts.netloc or not known:
            raise AnswerInvalidError("the payment page is at a host that the settings don't name")


def _read_done(answer: HttpAnswer, *, asked: Asked, surprise: Surprise) -> None:
    _checked(answer, asked, reference="", surprise=surprise)


def _checked(answer: HttpAnswer, asked: Asked, *, reference: str, surprise: Surprise) -> dict[str, Any]:
    """Return the answer's object, or raise what T-Bank says instead."""
    check_status(answer)
    value = parse_object(answer.body)
    raise_error(error_code(value), asked, reference=reference, surprise=surprise)
    return value


def _listed(words: Mapping[str, str]) -> str:
    return ", ".join(sorted(words))


def _refuse_all(amount: Money) -> None:
    """No amount is "all of it" to T-Bank; nobody means that who writes a number."""
    if amount.minor_units <= 0:
        raise ValueError("an amount of zero would be all of it")
