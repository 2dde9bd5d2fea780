"""The RBS gateway of Sberbank and the banks that use the same: docs/modules/payments.md, in both its dialects."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from ipaddress import ip_network
from typing import Any, TypeVar
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from hub.core.money import Money
from hub.modules.payments.notice import CallbackReader
from hub.modules.payments.port import (
    Capabilities,
    Observation,
    Opened,
    Order,
    OrderNotFoundError,
    OrderPage,
    PaymentMethod,
    PaymentsPort,
    RefundOrder,
    UnsupportedByProviderError,
)
from hub.modules.payments.providers import _sberbank_answers as answers
from hub.modules.payments.providers import _sberbank_requests as requests
from hub.modules.payments.providers._sberbank_callbacks import SberbankCallbacks, callback_key
from hub.modules.payments.providers._sberbank_errors import Asked, error_code, raise_error
from hub.modules.payments.providers._sberbank_requests import Dialect, Fiscal, Login
from hub.resilience.addresses import LOOPBACK
from hub.resilience.context import ProviderContext
from hub.resilience.failures import AnswerInvalidError
from hub.resilience.http import HttpAnswer, HttpGateway, HttpRequest, check_status, server_only_tls
from hub.resilience.json_answer import Fields, parse_object
from hub.resilience.policy import Guard, Policy, Safety, Surprise
from hub.resilience.upstream import Upstream

T = TypeVar("T")

NAME = "sberbank"
_NO_ORDER = "landhub-probe"  # no order's number has such a form
_MAX_ANSWER_BYTES = 1024 * 1024
_REFERENCE_LENGTH = 32  # the classic dialect's; ecom takes 36
_STATUS = "getOrderStatusExtended.do"
_LIST = "getLastOrdersForMerchants.do"
_VAT_CODES = {"none": 0, "0": 1, "10": 2, "10/110": 4, "20": 6, "20/120": 7, "5": 10, "7": 12}
_TAX_SYSTEMS = {"general": 0, "usn_income": 1, "usn_income_expense": 2, "eshn": 4, "patent": 5}


class Settings(BaseModel):
    """The `[modules.payments.accounts.NAME.settings]` table. Paths are relative to the installation; files PEM."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    dialect: Dialect
    """classic: forms, as the banks of the RBS family speak it. ecom: Sberbank's JSON, since 2023."""
    api_url: str
    """https://host/payment/rest or https://host/ecomm/gw/partner/api/v1"""
    user_name: str = Field(default="", max_length=30)
    """The API login, which ends in -api."""
    password: str = ""
    """A secret's reference. Either this, or `token`."""
    token: str = ""
    """A secret's reference."""
    ca_bundle: str
    """The CAs that may have issued the gateway's certificate (Sberbank: the Минцифры's); no others are trusted."""
    payment_hosts: tuple[str, ...] = ()
    """Hosts a payment page may be at, besides the gateway's own; ".payecom.ru" is all below it."""
    private_networks: tuple[str, ...] = ()
    """Networks ("10.20.0.0/16") the gateway may be in; other private addresses are refused."""
    keyed_refunds: bool | None = None
    """Whether the gateway takes `externalRefundId`, and makes a refund of one id once. Unset: only in ecom. Never say
    yes where it isn't so: a refund whose answer is lost is sent again by its id."""
    lists_orders: bool | None = None
    """Whether the login may ask `getLastOrdersForMerchants.do` for a day's orders. Unset: only in classic."""
    hold_days: float | None = Field(default=None, gt=0, le=60)
    """How long a hold lasts by the contract with the bank."""
    session_seconds: int = Field(default=1_200, ge=60, le=7_776_000)
    """How long the payer has if the order doesn't say, as the account is set up at the bank."""
    visibility_window_seconds: float = Field(default=600.0, ge=0, le=604_800)
    """How long after it was sent something may not show yet."""
    callback_secrets: tuple[str, ...] = ()
    """Secrets' references: what the cabinet calls the token of (symmetrically signed) callbacks, the old one beside
    the new one for as long as it is exchanged. With neither these nor certificates no callbacks are taken."""
    callback_certificates: tuple[str, ...] = ()
    """Files of the bank's certificates that (asymmetrically signed) callbacks are signed under."""
    vat_codes: dict[str, int] = Field(default_factory=dict)
    """НДС of a receipt's items to the vendor's taxType, beside the built-in ones or in place of them: the law adds
    rates from time to time. 22 % is such a one: its code is the bank's to tell."""
    tax_systems: dict[str, int] = Field(default_factory=lambda: dict(_TAX_SYSTEMS))
    """Tax systems to the vendor's taxSystem."""
    tax_system: str = "general"
    """The seller's, where a receipt doesn't say."""
    company_inn: str = ""
    """ecom: the seller on receipts."""
    company_email: str = ""
    company_payment_address: str = ""
    policy: Policy = Policy(attempt_timeout=20.0, total_timeout=60.0)

    @field_validator("private_networks")
    @classmethod
    def _networks_are_networks(cls, networks: tuple[str, ...]) -> tuple[str, ...]:
        for network in networks:
            ip_network(network)
        return networks

    @model_validator(mode="after")
    def _one_way_to_log_in(self) -> "Settings":
        if bool(self.token) == bool(self.user_name and self.password):
            raise ValueError("log in by user_name and password, or by token")
        return self


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
    login = Login(
        user_name=settings.user_name,
        password=ctx.secrets.resolve(settings.password).text() if settings.password else "",
        token=ctx.secrets.resolve(settings.token).text() if settings.token else "",
    )
    return Sberbank(
        gateway=gateway, upstream=upstream, settings=settings, login=login, callbacks=_callbacks(settings, ctx)
    )


def _callbacks(settings: Settings, ctx: ProviderContext) -> CallbackReader | None:
    secrets = [ctx.secrets.resolve(reference) for reference in settings.callback_secrets]
    keys = [callback_key(ctx.path(name).read_bytes()) for name in settings.callback_certificates]
    return SberbankCallbacks(secrets=secrets, certificates=keys) if secrets or keys else None


class Sberbank(PaymentsPort):
    """One account at one gateway."""

    def __init__(
        self,
        *,
        gateway: HttpGateway,
        upstream: Upstream,
        settings: Settings,
        login: Login,
        callbacks: CallbackReader | None = None,
    ) -> None:
        self._callbacks = callbacks
        self._gateway = gateway
        self._upstream = upstream
        self._settings = settings
        self._login = login
        self._dialect = settings.dialect
        self._payment_hosts = (urlsplit(settings.api_url).hostname or "", *settings.payment_hosts)
        keyed = settings.keyed_refunds
        self._capabilities = Capabilities(
            reference_length=_REFERENCE_LENGTH,
            visibility_window=timedelta(seconds=settings.visibility_window_seconds),
            keyed_refunds=self._dialect is Dialect.ECOM if keyed is None else keyed,
            hold_lasts=None if settings.hold_days is None else timedelta(days=settings.hold_days),
            expires_after=timedelta(seconds=settings.session_seconds),
        )
        self._fiscal = Fiscal(
            vat_codes=_VAT_CODES | settings.vat_codes,
            tax_systems=settings.tax_systems,
            tax_system=settings.tax_system,
            inn=settings.company_inn,
            email=settings.company_email,
            payment_address=settings.company_payment_address,
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
    def callbacks(self) -> CallbackReader | None:
        """See the port."""
        return self._callbacks

    def check_order(self, order: Order) -> None:
        """See the port."""
        if order.amount.currency not in answers.CURRENCIES:
            raise UnsupportedByProviderError(provider=NAME, limit="amount.currency_code", at_most="RUB")
        if order.method is PaymentMethod.SBP_QR and (self._dialect is Dialect.CLASSIC or order.two_stage):
            raise UnsupportedByProviderError(provider=NAME, limit="payment_method", at_most="PAGE")
        if order.receipt is not None:
            tax_system = order.receipt.tax_system or self._fiscal.tax_system
            if tax_system not in self._fiscal.tax_systems:
                at_most = ", ".join(sorted(self._fiscal.tax_systems))
                raise UnsupportedByProviderError(provider=NAME, limit="receipt.tax_system", at_most=at_most)
            if any(item.vat not in self._fiscal.vat_codes for item in order.receipt.items):
                at_most = ", ".join(sorted(self._fiscal.vat_codes))
                raise UnsupportedByProviderError(provider=NAME, limit="receipt.items.vat", at_most=at_most)

    async def create(self, reference: str, order: Order, *, guard: Guard | None = None) -> Opened:
        """See the port."""
        operation = "registerPreAuth.do" if order.two_stage else "register.do"

        def read(answer: HttpAnswer) -> Opened:
            surprise = self._upstream.surprises(operation)
            value = _checked(answer, Asked.REGISTER, reference=reference, surprise=surprise)
            opened = answers.opened(_fields(value, answers.OPENED_FIELDS, surprise), surprise)
            self._check_payment_url(opened.payment_url)
            return opened

        fields = requests.register_fields(self._dialect, reference, order, self._fiscal)
        return await self._post(operation, fields, read, safety=Safety.ASK_STATUS_FIRST, guard=guard)

    async def find(self, reference: str, *, since: datetime | None = None) -> Observation | None:  # noqa: ARG002
        """See the port. The gateway knows our numbers for ever."""
        try:
            found = await self._post(_STATUS, {"orderNumber": reference}, self._read_status, safety=Safety.READ)
        except OrderNotFoundError:
            return None
        return found

    async def get(self, vendor_id: str) -> Observation:
        """See the port."""

        def read(answer: HttpAnswer) -> Observation:
            seen = self._read_status(answer)
            if seen.vendor_id != vendor_id:
                raise AnswerInvalidError("the answer is about another order")
            return seen

        return await self._post(_STATUS, {"orderId": vendor_id}, read, safety=Safety.READ)

    async def capture(self, vendor_id: str, amount: Money, *, guard: Guard | None = None) -> None:
        """See the port."""
        _refuse_all(amount)
        await self._change("deposit.do", {"orderId": vendor_id, "amount": amount.minor_units}, guard=guard)

    async def decline(self, vendor_id: str, *, guard: Guard | None = None) -> None:
        """See the port."""
        await self._change("decline.do", {"orderId": vendor_id}, guard=guard)

    async def reverse(self, vendor_id: str, *, guard: Guard | None = None) -> int:
        """See the port. One that was captured on the same day is undone, which is no refund."""
        await self._change("reverse.do", {"orderId": vendor_id}, guard=guard)
        return 0

    async def refund(self, refund: RefundOrder, *, guard: Guard | None = None) -> None:
        """See the port."""
        _refuse_all(refund.amount)
        keyed = self._capabilities.keyed_refunds
        fields = requests.refund_fields(self._dialect, refund, keyed=keyed)
        safety = Safety.IDEMPOTENT_BY_KEY if keyed else Safety.ASK_STATUS_FIRST
        await self._change("refund.do", fields, safety=safety, guard=guard)

    async def list_orders(self, since: datetime, until: datetime, *, page: str = "") -> OrderPage | None:
        """See the port."""
        if not (
            self._dialect is Dialect.CLASSIC if self._settings.lists_orders is None else self._settings.lists_orders
        ):
            return None

        def read(answer: HttpAnswer) -> OrderPage:
            surprise = self._upstream.surprises(_LIST)
            value = _checked(answer, Asked.STATUS, reference="", surprise=surprise)
            return answers.order_page(_fields(value, answers.LIST_FIELDS, surprise), surprise, page=int(page or 0))

        fields = requests.list_fields(since, until, page=int(page or 0))
        return await self._post(_LIST, fields, read, safety=Safety.READ)

    async def probe(self) -> None:
        """See the port. The status of an order that can't be: it needs the login, and costs nothing."""
        await self.find(_NO_ORDER)

    async def close(self) -> None:
        """See the port."""
        await self._gateway.close()

    def _read_status(self, answer: HttpAnswer) -> Observation:
        surprise = self._upstream.surprises(_STATUS)
        value = _checked(answer, Asked.STATUS, reference="", surprise=surprise)
        if value.get("orderStatus") is None:
            raise OrderNotFoundError
        seen = answers.observation(_fields(value, answers.STATUS_FIELDS, surprise), surprise)
        if not seen.vendor_id:
            raise AnswerInvalidError("the answer doesn't say which order it is about")
        return seen

    async def _change(
        self,
        operation: str,
        fields: Mapping[str, Any],
        *,
        safety: Safety = Safety.ASK_STATUS_FIRST,
        guard: Guard | None,
    ) -> None:
        read = partial(_read_done, surprise=self._upstream.surprises(operation))
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
        content_type, body = requests.encode(self._dialect, self._login, fields)
        request = HttpRequest(
            operation=operation, path=f"/{operation}", headers={"Content-Type": content_type}, body=body
        )
        return await self._gateway.post(request, read, safety=safety, guard=guard)

    def _check_payment_url(self, url: str) -> None:
        """Refuse to send a payer to a host that isn't the bank's."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        known = any(host == name or (name.startswith(".") and host.endswith(name)) for name in self._payment_hosts)
        if parts.scheme != "https" or "@" in parts.netloc or not known:
            raise AnswerInvalidError("the payment page is at a host that the settings don't name")


def _read_done(answer: HttpAnswer, *, surprise: Surprise) -> None:
    _checked(answer, Asked.CHANGE, reference="", surprise=surprise)


def _checked(answer: HttpAnswer, asked: Asked, *, reference: str, surprise: Surprise) -> dict[str, Any]:
    """Return the answer's object, or raise what the gateway says instead. Its declared type is often wrong."""
    check_status(answer)
    value = parse_object(answer.body)
    raise_error(error_code(value), asked, reference=reference, surprise=surprise)
    return value


def _fields(value: Mapping[str, Any], known: frozenset[str], surprise: Surprise) -> Fields:
    return Fields(value, known=known | answers.ERROR_FIELDS, surprise=surprise)


def _refuse_all(amount: Money) -> None:
    """Zero is "all of it" to this gateway; nobody means that who writes a number."""
    if amount.minor_units <= 0:
        raise ValueError("an amount of zero would be all of it")
