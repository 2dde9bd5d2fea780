"""SMS.ru, by docs/modules/notifications.md: forms, an envelope that is well and errors inside it for each number."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from types import MappingProxyType
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from hub.core.errors import HubError
from hub.core.secrets import Secret
from hub.modules.notifications.port import (
    Accepted,
    Balance,
    Callback,
    CallbackRead,
    Capabilities,
    Channel,
    Content,
    Estimate,
    Fate,
    Guard,
    Message,
    NotificationsPort,
    Refusal,
    RefusedError,
    Report,
    Sought,
)
from hub.modules.notifications.providers._silent import SilentPort
from hub.modules.notifications.providers._wire import (
    Place,
    SenderName,
    check_sender_name,
    check_sms,
    digits,
    form_request,
    open_gateway,
    roubles,
    unnamed,
)
from hub.resilience.context import ProviderContext
from hub.resilience.failures import (
    AnswerInvalidError,
    AttemptError,
    CredentialsRefusedError,
    UpstreamClosedError,
)
from hub.resilience.http import HttpAnswer, HttpGateway, check_status
from hub.resilience.json_answer import Fields, parse_object
from hub.resilience.policy import Policy, Safety
from hub.resilience.upstream import Upstream

T = TypeVar("T")

NAME = "smsru"
_TAKEN = frozenset({100, 101, 102, 103})
_CREDENTIALS = frozenset({200, 300, 301, 302, *range(501, 508)})
"""501 to 507: our address, network or country is refused."""
_LATER = frozenset({220, 500})
"""The vendor did nothing and says: again."""
_REFUSALS = MappingProxyType(
    {
        105: Refusal.OTHER,
        201: Refusal.NO_MONEY,
        202: Refusal.RECIPIENT_INVALID,
        203: Refusal.CONTENT_REFUSED,
        204: Refusal.SENDER_NOT_ALLOWED,
        205: Refusal.CONTENT_REFUSED,
        206: Refusal.RATE_LIMITED,
        207: Refusal.RECIPIENT_UNREACHABLE,
        208: Refusal.CONTENT_REFUSED,
        209: Refusal.RECIPIENT_OPTED_OUT,
        210: Refusal.CONTENT_REFUSED,
        211: Refusal.CONTENT_REFUSED,
        212: Refusal.CONTENT_REFUSED,
        213: Refusal.CONTENT_REFUSED,
        214: Refusal.RECIPIENT_UNREACHABLE,
        215: Refusal.RECIPIENT_OPTED_OUT,
        230: Refusal.RATE_LIMITED,
        231: Refusal.DUPLICATE,
        232: Refusal.DUPLICATE,
        233: Refusal.DUPLICATE,
        303: Refusal.OTHER,
        304: Refusal.OTHER,
        305: Refusal.OTHER,
        901: Refusal.OTHER,
        902: Refusal.OTHER,
    }
)
_WAITS = MappingProxyType({206: timedelta(days=1), 230: timedelta(days=1)})
"""Daily limits: the vendor's ban on trying again before."""
_FATES = MappingProxyType(
    {
        -1: (Fate.NOT_FOUND, Refusal.OTHER),
        100: (Fate.UNDER_WAY, Refusal.OTHER),
        101: (Fate.UNDER_WAY, Refusal.OTHER),
        102: (Fate.UNDER_WAY, Refusal.OTHER),
        103: (Fate.DELIVERED, Refusal.OTHER),
        104: (Fate.EXPIRED, Refusal.OTHER),
        105: (Fate.NOT_DELIVERED, Refusal.RECIPIENT_UNREACHABLE),
        106: (Fate.NOT_DELIVERED, Refusal.RECIPIENT_UNREACHABLE),
        107: (Fate.NOT_DELIVERED, Refusal.OTHER),
        108: (Fate.NOT_DELIVERED, Refusal.CONTENT_REFUSED),
        110: (Fate.DELIVERED, Refusal.OTHER),
        150: (Fate.NOT_DELIVERED, Refusal.RECIPIENT_UNREACHABLE),
    }
)
_MOST_PARTS = 8
_AT_ONCE = 100
_ENVELOPE = frozenset({"status", "status_code", "status_text", "sms", "balance", "total_cost", "total_sms"})
_ROW = frozenset({"status", "status_code", "status_text", "sms_id", "cost", "sms"})
_EVENT = "sms_status"


class Settings(Place):
    """The `[modules.notifications.accounts.NAME.settings]` table."""

    api_url: str = "https://sms.ru"
    api_id: str
    """A secret's reference."""
    sender: str = SenderName
    policy: Policy = Policy(max_concurrent=16)


def build(settings: Settings, ctx: ProviderContext, *, account: str) -> NotificationsPort:
    """Make the provider of one account. Nothing is sent before its first call.

    Raises:
        ValueError: the address isn't https or is private.
        SecretError, OSError: a secret or the CA bundle can't be read.
    """
    upstream = ctx.upstreams.open(f"notifications.{account}", settings.policy)
    gateway = open_gateway(settings, ctx, upstream=upstream, api_url=settings.api_url)
    key = ctx.secrets.resolve(settings.api_id)
    return SmsRu(account=account, sender=settings.sender, key=key, gateway=gateway, upstream=upstream)


class SmsRu(SilentPort):
    """See the port. It takes no number of ours, so a lost answer stays unknown."""

    def __init__(self, *, account: str, sender: str, key: Secret, gateway: HttpGateway, upstream: Upstream) -> None:
        super().__init__(account=account)
        self._sender = sender
        self._key = key
        self._gateway = gateway
        self._upstream = upstream

    @property
    def name(self) -> str:
        """See the port."""
        return NAME

    @property
    def channel(self) -> Channel:
        """See the port."""
        return Channel.SMS

    @property
    def capabilities(self) -> Capabilities:
        """See the port."""
        return Capabilities(reports=True, reports_at_once=_AT_ONCE, callbacks=True, estimates=True)

    def check(self, content: Content, *, sender: str) -> None:
        """See the port."""
        check_sms(content, account=self._account, most_parts=_MOST_PARTS)
        check_sender_name(sender, account=self._account)

    async def send(self, message: Message, *, guard: Guard | None = None) -> Accepted:
        """See the port."""

        def read(answer: HttpAnswer) -> Accepted:
            row = self._row("send", answer, digits(message.address))
            return Accepted(vendor_id=row.text("sms_id"), vendor_code=row.text("status_code"))

        fields = self._message_fields(message)
        return await self._ask("send", "/sms/send", fields, read, safety=Safety.ASK_STATUS_FIRST, guard=guard)

    async def reports(self, sought: Sequence[Sought]) -> Sequence[Report]:
        """See the port."""
        ids = [one.vendor_id for one in sought]

        def read(answer: HttpAnswer) -> Sequence[Report]:
            envelope = self._envelope("status", answer)
            surprise = self._upstream.surprises("status")
            rows = envelope.optional_object("sms", frozenset(ids), surprise)
            found = [(number, rows and rows.optional_object(number, _ROW, surprise)) for number in ids]
            return [self._report(number, row) for number, row in found if row is not None]

        return await self._ask("status", "/sms/status", {"sms_id": ",".join(ids)}, read, safety=Safety.READ)

    def read_callback(self, callback: Callback) -> CallbackRead | None:
        """See the port. Entries of several lines: "sms_status", the id, the code. Nothing is signed."""
        if callback.method != "POST":
            return None
        fields = parse_qsl(callback.body.decode("utf-8", "replace"))
        entries = [text.split("\n") for name, text in fields if name.startswith("data[")]
        if not entries:
            return None
        told = [entry for entry in entries if entry[0] == _EVENT and len(entry) >= 3 and entry[2].isdecimal()]
        reports = tuple(_reported(number, int(code)) for _, number, code, *_ in told if number)
        return CallbackRead(reports=reports, trusted=False, body=b"100")

    async def balance(self) -> Balance:
        """See the port."""

        def read(answer: HttpAnswer) -> Balance:
            return Balance(money=roubles(self._envelope("balance", answer), "balance"))

        return await self._ask("balance", "/my/balance", {}, read, safety=Safety.READ)

    async def estimate(self, message: Message) -> Estimate:
        """See the port."""

        def read(answer: HttpAnswer) -> Estimate:
            row = self._row("cost", answer, digits(message.address))
            return Estimate(cost=roubles(row, "cost"), parts=row.number("sms"))

        return await self._ask("cost", "/sms/cost", self._message_fields(message), read, safety=Safety.READ)

    async def probe(self) -> None:
        """See the port."""
        await self.balance()

    async def close(self) -> None:
        """See the port."""
        await self._gateway.close()

    def _message_fields(self, message: Message) -> dict[str, str]:
        sender = message.sender or self._sender
        fields = {"to": digits(message.address), "msg": message.content.text}
        return fields | ({"from": sender} if sender else {})

    async def _ask(
        self,
        operation: str,
        path: str,
        fields: Mapping[str, Any],
        read: Callable[[HttpAnswer], T],
        *,
        safety: Safety,
        guard: Guard | None = None,
    ) -> T:
        request = form_request(operation, path, {"api_id": self._key.text(), "json": 1, **fields})
        return await self._gateway.post(request, read, safety=safety, guard=guard)

    def _envelope(self, operation: str, answer: HttpAnswer) -> Fields:
        check_status(answer)
        surprise = self._upstream.surprises(operation)
        envelope = Fields(parse_object(answer.body), known=_ENVELOPE, surprise=surprise)
        code = envelope.number("status_code")
        if code != 100:
            raise self._meaning(code, operation)
        return envelope

    def _row(self, operation: str, answer: HttpAnswer, phone: str) -> Fields:
        """Return what it says of our one number."""
        surprise = self._upstream.surprises(operation)
        rows = self._envelope(operation, answer).optional_object("sms", frozenset({phone}), unnamed(surprise))
        row = rows.optional_object(phone, _ROW, unnamed(surprise)) if rows else None
        if row is None:
            raise AnswerInvalidError("the answer is about another number")
        code = row.number("status_code")
        if code not in _TAKEN:
            raise self._meaning(code, operation)
        return row

    def _meaning(self, code: int, operation: str) -> HubError | AttemptError:
        if code in _CREDENTIALS:
            return CredentialsRefusedError(f"code {code}")
        if code in _LATER:
            return UpstreamClosedError(f"code {code}")
        if code not in _REFUSALS:
            self._upstream.surprise(operation, kind="error_code", word=str(code))
        if operation not in {"send", "cost"}:
            return AnswerInvalidError("an error that says nothing about the message")
        refusal = _REFUSALS.get(code, Refusal.OTHER)
        return RefusedError(refusal, vendor_code=str(code), retry_after=_WAITS.get(code))

    def _report(self, number: str, row: Fields) -> Report:
        code = row.number("status_code")
        if code not in _FATES:
            self._upstream.surprise("status", kind="status", word=str(code))
        return _reported(number, code, row)


def _reported(number: str, code: int, row: Fields | None = None) -> Report:
    fate, refusal = _FATES.get(code, (Fate.UNDER_WAY, Refusal.OTHER))
    cost = roubles(row, "cost") if row else None
    return Report(vendor_id=number, fate=fate, refusal=refusal, vendor_code=str(code), cost=cost)
