"""YooKassa by its API v3: docs/modules/payments.md.

It takes a repetition under the same `Idempotence-Key` for the same request, for 24 hours. It can't be asked for our
number of a payment: that stands in the metadata, and is looked up in lists.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from ipaddress import ip_network
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator

from hub.core.clock import Clock
from hub.core.errors import OutcomeUnknownError, UnavailableError
from hub.core.money import Money
from hub.modules.payments.notice import CallbackReader
from hub.modules.payments.observation import VendorOperation, VendorOperationKind
from hub.modules.payments.port import (
    Capabilities,
    Observation,
    Opened,
    Order,
    OrderNotFoundError,
    OrderPage,
    PaymentMethod,
    PaymentsPort,
    ReferenceTakenError,
    RefundOrder,
    RefusedByProviderError,
    Standing,
    UnclearRefusalError,
    UnsupportedByProviderError,
)
from hub.modules.payments.providers import _yookassa_answers as answers
from hub.modules.payments.providers import _yookassa_requests as requests
from hub.modules.payments.providers._yookassa_api import Write, YookassaApi, in_path
from hub.modules.payments.providers._yookassa_callbacks import PUBLISHED_NETWORKS, YookassaCallbacks
from hub.modules.payments.providers._yookassa_errors import Asked
from hub.modules.payments.providers._yookassa_requests import Fiscal, Login
from hub.resilience.addresses import LOOPBACK
from hub.resilience.context import ProviderContext
from hub.resilience.failures import AnswerInvalidError
from hub.resilience.http import HttpGateway, server_only_tls
from hub.resilience.json_answer import Fields
from hub.resilience.policy import Guard, Policy, Surprise

NAME = "yookassa"
_MAX_ANSWER_BYTES = 4 * 1024 * 1024  # a page of a hundred payments is a tenth of it
_REFERENCE_LENGTH = 32
_MOST_REFUND_PAGES = 20  # 2000 refunds of one payment
_CLOCKS_APART = timedelta(hours=1)
_LONGEST_DESCRIPTION = 128
_LONGEST_CLIENT_ID = 200
_LONGEST_CODE = 64
_ID_IN_KEY = 40  # ids have 36 characters, keys at most 64
_VAT_CODES = {
    "none": 1, "0": 2, "10": 3, "20": 4, "10/110": 5, "20/120": 6, "5": 7, "7": 8, "5/105": 9, "7/107": 10,
    "22": 11, "22/122": 12,
}  # fmt: skip
_TAX_SYSTEMS = {"general": 1, "usn_income": 2, "usn_income_expense": 3, "eshn": 5, "patent": 6}


class Settings(BaseModel):
    """The `[modules.payments.accounts.NAME.settings]` table. Paths are relative to the installation; files PEM."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    api_url: str = "https://api.yookassa.ru/v3"
    shop_id: str = Field(pattern=r"^[0-9]{1,20}$")
    secret_key: str
    """A secret's reference."""
    ca_bundle: str
    """The CAs that may have issued the API's certificate; no others are trusted."""
    payment_hosts: tuple[str, ...] = ("yoomoney.ru", ".yoomoney.ru", "yookassa.ru", ".yookassa.ru")
    """Hosts a payment page may be at, besides the API's own; ".yoomoney.ru" is all below it."""
    private_networks: tuple[str, ...] = ()
    """Networks ("10.20.0.0/16") the API may be in; other private addresses are refused."""
    key_hours: float = Field(default=24.0, gt=0, le=168)
    """How long the API knows an idempotence key; looking a payment up begins so long before it was sent."""
    look_first_days: float = Field(default=0.0, ge=0, le=366)
    """Before a payment is opened, look for it that far back. For the time after an older database was restored, which
    may have forgotten payments whose keys the API has forgotten, too; it costs a list or more for each payment."""
    most_pages: int = Field(default=300, ge=1, le=10_000)
    """How many pages of a hundred payments are read to look one up: more than the shop takes while keys last."""
    hold_days: float | None = Field(default=None, gt=0, le=60)
    """How long a hold lasts where the API doesn't say; mostly it does."""
    session_seconds: int = Field(default=3_600, ge=60, le=7_776_000)
    """How long the payer has, as the shop is set up; a payment can't say otherwise."""
    visibility_window_seconds: float = Field(default=600.0, ge=0, le=604_800)
    """How long after it was sent something may not show yet; less than keys last."""
    callback_networks: tuple[str, ...] = PUBLISHED_NETWORKS
    """Networks that notifications come from; none: no notifications are taken."""
    vat_codes: dict[str, int] = Field(default_factory=lambda: dict(_VAT_CODES))
    """НДС of a receipt's items to the vendor's vat_code; the law adds rates from time to time."""
    tax_systems: dict[str, int] = Field(default_factory=lambda: dict(_TAX_SYSTEMS))
    """Tax systems to the vendor's tax_system_code."""
    tax_system: str = "general"
    """The seller's, where a receipt doesn't say."""
    policy: Policy = Policy(attempt_timeout=20.0, total_timeout=60.0)

    @field_validator("private_networks", "callback_networks")
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
    login = Login(shop_id=settings.shop_id, secret_key=ctx.secrets.resolve(settings.secret_key).text())
    api = YookassaApi(gateway=gateway, upstream=upstream, login=login)
    return Yookassa(api=api, settings=settings, clock=ctx.clock)


class Yookassa(PaymentsPort):
    """One shop."""

    def __init__(self, *, api: YookassaApi, settings: Settings, clock: Clock) -> None:
        self._api = api
        self._settings = settings
        self._clock = clock
        self._payment_hosts = (urlsplit(settings.api_url).hostname or "", *settings.payment_hosts)
        self._key_life = timedelta(hours=settings.key_hours)
        self._capabilities = Capabilities(
            reference_length=_REFERENCE_LENGTH,
            visibility_window=timedelta(seconds=settings.visibility_window_seconds),
            keyed_refunds=True,
            hold_lasts=None if settings.hold_days is None else timedelta(days=settings.hold_days),
            expires_after=timedelta(seconds=settings.session_seconds),
            declines_unpaid=False,
            keyed_changes=True,
        )
        self._fiscal = Fiscal(
            vat_codes=settings.vat_codes, tax_systems=settings.tax_systems, tax_system=settings.tax_system
        )
        networks = [ip_network(name) for name in settings.callback_networks]
        self._callbacks = YookassaCallbacks(networks=networks) if networks else None

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
        receipt = order.receipt
        tax_system = self._fiscal.tax_system if receipt is None else receipt.tax_system or self._fiscal.tax_system
        items = () if receipt is None else receipt.items
        known_vat = ", ".join(sorted(self._fiscal.vat_codes))
        for limit, at_most, is_met in (
            ("amount.currency_code", "RUB", order.amount.currency == "RUB"),
            ("payment_method", "PAGE", not (order.method is PaymentMethod.SBP_QR and order.two_stage)),
            ("fail_url", "return_url", order.fail_url in {"", order.return_url}),
            ("expire_after", "the shop's own time", order.expire_after is None),
            ("description", "128 characters", len(order.description) <= _LONGEST_DESCRIPTION),
            ("client_id", "200 characters", len(order.client_id) <= _LONGEST_CLIENT_ID),
            ("receipt.tax_system", ", ".join(sorted(self._fiscal.tax_systems)), tax_system in self._fiscal.tax_systems),
            ("receipt.items.vat", known_vat, all(item.vat in self._fiscal.vat_codes for item in items)),
            ("receipt.items.name", "128 characters", all(len(item.name) <= _LONGEST_DESCRIPTION for item in items)),
            ("receipt.items.payment_object", "1-27, 30-33", all(i.payment_object in requests.SUBJECTS for i in items)),
        ):
            if not is_met:
                raise UnsupportedByProviderError(provider=NAME, limit=limit, at_most=at_most)

    async def create(self, reference: str, order: Order, *, guard: Guard | None = None) -> Opened:
        """See the port. The number is the key, too: what it opened within 24 hours is returned as it was then."""

        def read(answer: Fields, surprise: Surprise) -> Opened:
            seen = answers.payment(answer, surprise)
            if (seen.reference, seen.marker, seen.amount) != (reference, order.marker, order.amount):
                raise AnswerInvalidError("the answer is about another payment")
            if seen.standing is not Standing.UNPAID:
                raise ReferenceTakenError(reference=reference)  # from before a restore, or ended at once: look it up
            if not self._is_known_page(seen.payment_url) and not seen.sbp_payload.startswith("https://"):
                raise AnswerInvalidError("the payment page is at a host that the settings don't name")
            return Opened(vendor_id=seen.vendor_id, payment_url=seen.payment_url, sbp_payload=seen.sbp_payload)

        if self._settings.look_first_days and await self.find(reference) is not None:
            raise ReferenceTakenError(reference=reference)
        body = requests.payment_body(reference, order, self._fiscal)
        write = Write(operation="payments.create", path="/payments", key=reference, body=body, asked=Asked.CREATE)
        return await self._api.write(write, read, known=answers.PAYMENT_FIELDS, guard=guard)

    async def find(self, reference: str, *, since: datetime | None = None) -> Observation | None:
        """See the port."""

        def pick(items: Sequence[Fields], _surprise: Surprise) -> str:
            ours = (item for item in items if answers.told_metadata(item).get(answers.REFERENCE) == reference)
            found = next(ours, None)
            return "" if found is None else found.text("id")

        now = self._clock.now()
        forgotten = now - timedelta(days=self._settings.look_first_days)
        after = min(since or now, forgotten) - self._key_life - _CLOCKS_APART
        page = ""
        for _ in range(self._settings.most_pages):
            vendor_id, page = await self._api.payments(after, None, page, pick)
            if vendor_id:
                return await self._get_if_there(vendor_id)
            if not page:
                return None
        raise UnavailableError(
            f"{self._api.name} has more payments than most_pages allows to look through; raise it.",
            metadata={"upstream": self._api.name},
        )

    async def get(self, vendor_id: str) -> Observation:
        """See the port."""

        def read(answer: Fields, surprise: Surprise) -> Observation:
            seen = answers.payment(answer, surprise)
            if seen.vendor_id != vendor_id:
                raise AnswerInvalidError("the answer is about another payment")
            if seen.payment_url and not self._is_known_page(seen.payment_url):
                surprise("payment_host", urlsplit(seen.payment_url).hostname or "")
                return replace(seen, payment_url="")
            return seen

        seen = await self._api.payment(vendor_id, read)
        if seen.standing is not Standing.PAID:
            return seen
        return answers.with_refunds(seen, await self._refunds(vendor_id))

    async def capture(self, vendor_id: str, amount: Money, *, guard: Guard | None = None) -> None:
        """See the port. A payment is captured once, so its id and the amount make the key."""
        _refuse_all(amount)
        key = f"capture-{vendor_id[:_ID_IN_KEY]}-{amount.minor_units}"
        body = requests.capture_body(amount)
        await self._change(vendor_id, "capture", key, body, Standing.PAID, guard=guard)

    async def decline(self, vendor_id: str, *, guard: Guard | None = None) -> None:
        """See the port. Refused for one that isn't paid: it runs out. One that was held just now is let go."""
        await self.reverse(vendor_id, guard=guard)

    async def reverse(self, vendor_id: str, *, guard: Guard | None = None) -> int:
        """See the port. One that was captured is refused."""
        key = f"cancel-{vendor_id[:_ID_IN_KEY]}"
        await self._change(vendor_id, "cancel", key, b"{}", Standing.REVERSED, guard=guard)
        return 0

    async def refund(self, refund: RefundOrder, *, guard: Guard | None = None) -> None:
        """See the port. Some ways of paying take their time to give back: then its outcome isn't known yet."""
        _refuse_all(refund.amount)
        body = requests.refund_body(refund)
        write = Write(operation="refunds.create", path="/refunds", key=refund.reference, body=body)
        await self._api.write(write, _read_refund, known=answers.REFUND_FIELDS, guard=guard)

    async def list_orders(self, since: datetime, until: datetime, *, page: str = "") -> OrderPage | None:
        """See the port."""

        def read(items: Sequence[Fields], surprise: Surprise) -> tuple[list[Observation], int]:
            orders: list[Observation] = []
            for item in items:
                with suppress(AnswerInvalidError):
                    orders.append(answers.payment(item, surprise))
            return orders, len(items) - len(orders)

        (orders, unreadable), next_page = await self._api.payments(since, until, page, read)
        return OrderPage(orders=orders, unreadable=unreadable, next_page=next_page)

    async def probe(self) -> None:
        """See the port. A list of what comes later than now: it needs the login, is empty, and costs nothing."""
        await self._api.payments(self._clock.now() + _CLOCKS_APART, None, "", lambda _items, _surprise: None)

    async def close(self) -> None:
        """See the port."""
        await self._api.close()

    async def _get_if_there(self, vendor_id: str) -> Observation | None:
        try:
            return await self.get(vendor_id)
        except OrderNotFoundError:
            return None

    async def _refunds(self, vendor_id: str) -> list[VendorOperation]:
        refunds: list[VendorOperation] = []
        page = ""
        for _ in range(_MOST_REFUND_PAGES):
            some, page = await self._api.refunds(
                vendor_id, page, lambda items, surprise: [answers.refund(item, surprise) for item in items]
            )
            refunds += some
            if not page:
                return refunds[::-1]  # told newest first
        raise UnavailableError(
            "The payment has more refunds than are looked at.", metadata={"upstream": self._api.name}
        )

    async def _change(
        self, vendor_id: str, what: str, key: str, body: bytes, expected: Standing, *, guard: Guard | None
    ) -> None:
        def read(answer: Fields, surprise: Surprise) -> None:
            seen = answers.payment(answer, surprise)
            if seen.standing is not expected:
                raise UnclearRefusalError(vendor_code=seen.vendor_status[:_LONGEST_CODE])

        write = Write(
            operation=f"payments.{what}",
            path=f"/payments/{in_path(vendor_id)}/{what}",
            route=f"/payments/{{id}}/{what}",
            key=key,
            body=body,
        )
        await self._api.write(write, read, known=answers.PAYMENT_FIELDS, guard=guard)

    def _is_known_page(self, url: str) -> bool:
        """Whether a payer may be sent there: no host that isn't the vendor's."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        known = any(host == name or (name.startswith(".") and host.endswith(name)) for name in self._payment_hosts)
        return parts.scheme == "https" and "@" not in parts.netloc and known


def _read_refund(answer: Fields, surprise: Surprise) -> None:
    match answers.refund(answer, surprise).kind:
        case VendorOperationKind.REFUND_UNDER_WAY:
            raise OutcomeUnknownError("The acquirer took the refund and is at it; look the payment up.")
        case VendorOperationKind.REFUND_FAILED:
            reason = answers.reason(answer, surprise)
            raise RefusedByProviderError(vendor_code=reason[:_LONGEST_CODE] or "canceled")


def _refuse_all(amount: Money) -> None:
    """Some acquirers take zero for all of it; nobody means that who writes a number."""
    if amount.minor_units <= 0:
        raise ValueError("an amount of zero would be all of it")
