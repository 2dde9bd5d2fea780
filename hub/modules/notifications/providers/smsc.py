"""SMSC.ru, by docs/modules/notifications.md: forms to scripts, which answer 200 to everything."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from pydantic import Field, model_validator

from hub.core.clock import Clock
from hub.core.errors import HubError
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
    number_of,
)
from hub.modules.notifications.providers._wire import (
    ASK_AGAIN,
    Place,
    SenderName,
    check_sender_name,
    check_sms,
    digits,
    form_request,
    maybe_sent,
    open_gateway,
    roubles,
)
from hub.resilience.context import ProviderContext
from hub.resilience.failures import (
    AnswerInvalidError,
    AttemptError,
    CredentialsRefusedError,
    QuotaExceededError,
    UpstreamClosedError,
)
from hub.resilience.http import HttpAnswer, HttpGateway, check_status
from hub.resilience.json_answer import Fields, parse_object
from hub.resilience.policy import Policy, Safety, Surprise
from hub.resilience.upstream import Upstream

T = TypeVar("T")

NAME = "smsc"
_ID_BITS = 31
_NUMBER, _STATUS = re.compile(r"[0-9]{1,10}"), re.compile(r"-?[0-9]{1,3}")
_BLOCKED_FOR = timedelta(minutes=10)  # "temporarily": nobody says how long, and who goes on is blocked for longer
_SHORTEST_VALIDITY, _LONGEST_VALIDITY = timedelta(minutes=1), timedelta(hours=24)
_REFUSALS = MappingProxyType(
    {
        1: Refusal.CONTENT_REFUSED,
        3: Refusal.NO_MONEY,
        5: Refusal.CONTENT_REFUSED,
        6: Refusal.CONTENT_REFUSED,
        7: Refusal.RECIPIENT_INVALID,
        8: Refusal.RECIPIENT_UNREACHABLE,
    }
)
_FATES = MappingProxyType(
    {
        -3: (Fate.NOT_FOUND, Refusal.OTHER),
        -2: (Fate.UNDER_WAY, Refusal.OTHER),
        -1: (Fate.UNDER_WAY, Refusal.OTHER),
        0: (Fate.UNDER_WAY, Refusal.OTHER),
        1: (Fate.DELIVERED, Refusal.OTHER),
        2: (Fate.DELIVERED, Refusal.OTHER),
        3: (Fate.EXPIRED, Refusal.OTHER),
        4: (Fate.DELIVERED, Refusal.OTHER),
        20: (Fate.NOT_DELIVERED, Refusal.RECIPIENT_UNREACHABLE),
        22: (Fate.NOT_DELIVERED, Refusal.RECIPIENT_INVALID),
        23: (Fate.NOT_DELIVERED, Refusal.CONTENT_REFUSED),
        24: (Fate.NOT_DELIVERED, Refusal.NO_MONEY),
        25: (Fate.NOT_DELIVERED, Refusal.RECIPIENT_UNREACHABLE),
    }
)
_SENT_FIELDS = frozenset({"id", "cnt", "cost", "balance", "phones"})
_STATUS_FIELDS = frozenset(
    {
        "status", "last_date", "last_timestamp", "err", "cost", "phone", "sms_cnt", "send_date", "send_timestamp",
        "sender_id", "status_name", "message", "mccmnc", "country", "operator", "region", "type", "id", "int_id",
        "flag",
    }
)  # fmt: skip
_ERROR_FIELDS = frozenset({"error", "error_code"})


class Settings(Place):
    """The `[modules.notifications.accounts.NAME.settings]` table."""

    api_url: str = "https://smsc.ru/sys"
    login: str = Field(default="", max_length=64)
    password: str = ""
    """A secret's reference. Login and password, or `key`."""
    key: str = ""
    """A secret's reference."""
    sender: str = SenderName
    visibility_window_seconds: float = Field(default=120.0, ge=60, le=86_400)
    """How long after it was sent a message may not be found by our number yet. SMSC publishes nothing."""
    policy: Policy = Policy(max_concurrent=4)
    """Five calls at a time are refused (code 9)."""

    @model_validator(mode="after")
    def _one_way_to_log_in(self) -> "Settings":
        if bool(self.key) == bool(self.login and self.password):
            raise ValueError("log in by login and password, or by key")
        return self


def build(settings: Settings, ctx: ProviderContext, *, account: str) -> NotificationsPort:
    """Make the provider of one account. Nothing is sent before its first call.

    Raises:
        ValueError: the address isn't https or is private.
        SecretError, OSError: a secret or the CA bundle can't be read.
    """
    upstream = ctx.upstreams.open(f"notifications.{account}", settings.policy)
    gateway = open_gateway(settings, ctx, upstream=upstream, api_url=settings.api_url)
    if settings.key:
        login = {"apikey": ctx.secrets.resolve(settings.key).text()}
    else:
        login = {"login": settings.login, "psw": ctx.secrets.resolve(settings.password).text()}
    return Smsc(
        account=account, settings=settings, login=_Login(login), gateway=gateway, upstream=upstream, clock=ctx.clock
    )


@dataclass(frozen=True, slots=True)
class _Login:
    fields: Mapping[str, str] = field(repr=False)


class Smsc(NotificationsPort):
    """See the port."""

    def __init__(
        self,
        *,
        account: str,
        settings: Settings,
        login: _Login,
        gateway: HttpGateway,
        upstream: Upstream,
        clock: Clock,
    ) -> None:
        self._account = account
        self._sender = settings.sender
        self._login = login
        self._gateway = gateway
        self._upstream = upstream
        self._clock = clock
        self._capabilities = Capabilities(
            found_by_reference=True,
            visibility_window=timedelta(seconds=settings.visibility_window_seconds),
            reports=True,
            report_pace=timedelta(seconds=15),  # five a minute of one message are refused
            callbacks=True,
            estimates=True,
        )

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
        return self._capabilities

    def check(self, content: Content, *, sender: str) -> None:
        """See the port."""
        check_sms(content, account=self._account)
        check_sender_name(sender, account=self._account)

    async def send(self, message: Message, *, guard: Guard | None = None) -> Accepted:
        """See the port."""
        number = number_of(message.reference, bits=_ID_BITS)

        def read(answer: HttpAnswer) -> Accepted:
            fields = self._fields("send", answer, _SENT_FIELDS)
            if fields.number("id") != number:
                raise AnswerInvalidError("the answer is about another message")
            return Accepted(vendor_id=str(number), cost=roubles(fields, "cost"), parts=fields.number("cnt"))

        fields = {**self._message_fields(message), "id": number, "cost": 3}
        if message.expire_time is not None:
            fields["valid"] = _validity(message.expire_time - self._clock.now())
        return await self._ask("send", fields, read, safety=Safety.ASK_STATUS_FIRST, guard=guard)

    async def find(self, sought: Sought) -> Report | None:
        """See the port."""
        found = await self._status(sought, number_of(sought.reference, bits=_ID_BITS))
        return None if found.fate is Fate.NOT_FOUND else found

    async def reports(self, sought: Sequence[Sought]) -> Sequence[Report]:
        """See the port. One at a time: a question about several is answered once a minute."""
        return [await self._status(one, int(one.vendor_id)) for one in sought if _NUMBER.fullmatch(one.vendor_id)]

    def read_callback(self, callback: Callback) -> CallbackRead | None:
        """See the port. Its hash isn't documented well enough to rest on: the message is asked for."""
        fields = dict(parse_qsl(callback.body.decode("utf-8", "replace"))) | dict(callback.query)
        number, status = fields.get("id", ""), fields.get("status", "")
        if callback.method != "POST" or not _NUMBER.fullmatch(number) or not _STATUS.fullmatch(status):
            return None
        fate, refusal = _FATES.get(int(status), (Fate.UNDER_WAY, Refusal.OTHER))
        report = Report(vendor_id=number, fate=fate, refusal=refusal, vendor_code=status)
        return CallbackRead(reports=(report,), trusted=False)

    async def balance(self) -> Balance:
        """See the port."""

        def read(answer: HttpAnswer) -> Balance:
            return Balance(money=roubles(self._fields("balance", answer, frozenset({"balance"})), "balance"))

        return await self._ask("balance", {}, read, safety=Safety.READ)

    async def estimate(self, message: Message) -> Estimate:
        """See the port."""

        def read(answer: HttpAnswer) -> Estimate:
            fields = self._fields("cost", answer, _SENT_FIELDS)
            return Estimate(cost=roubles(fields, "cost"), parts=fields.number("cnt"))

        return await self._ask("cost", {**self._message_fields(message), "cost": 1}, read, safety=Safety.READ)

    async def probe(self) -> None:
        """See the port."""
        await self.balance()

    async def close(self) -> None:
        """See the port."""
        await self._gateway.close()

    def _message_fields(self, message: Message) -> dict[str, Any]:
        sender = message.sender or self._sender
        fields: dict[str, Any] = {"phones": digits(message.address), "mes": message.content.text}
        return fields | ({"sender": sender} if sender else {})

    async def _status(self, sought: Sought, number: int) -> Report:
        def read(answer: HttpAnswer) -> Report:
            return self._report(self._fields("status", answer, _STATUS_FIELDS), str(number))

        fields = {"phone": digits(sought.address), "id": number, "all": 1}
        return await self._ask("status", fields, read, safety=Safety.READ)

    def _report(self, fields: Fields, number: str) -> Report:
        status = fields.number("status")
        if status not in _FATES:
            self._upstream.surprise("status", kind="status", word=str(status))
        fate, refusal = _FATES.get(status, (Fate.UNDER_WAY, Refusal.OTHER))
        seconds = fields.optional_number("last_timestamp")
        return Report(
            vendor_id=number,
            fate=fate,
            refusal=refusal,
            vendor_code=str(status),
            time=datetime.fromtimestamp(seconds, UTC) if fate is Fate.DELIVERED and seconds else None,
            cost=roubles(fields, "cost"),
            parts=fields.optional_number("sms_cnt") or 0,
        )

    async def _ask(
        self,
        operation: str,
        fields: Mapping[str, Any],
        read: Callable[[HttpAnswer], T],
        *,
        safety: Safety,
        guard: Guard | None = None,
    ) -> T:
        whole = {**self._login.fields, "charset": "utf-8", "fmt": 3, **fields}
        script = "send" if operation == "cost" else operation
        request = form_request(operation, f"/{script}.php", whole)
        return await self._gateway.post(request, read, safety=safety, guard=guard)

    def _fields(self, operation: str, answer: HttpAnswer, known: frozenset[str]) -> Fields:
        """Return the answer's members, or raise what it says instead."""
        check_status(answer)
        value = parse_object(answer.body)
        surprise = self._upstream.surprises(operation)
        fields = Fields(value, known=known | _ERROR_FIELDS, surprise=surprise)
        code = fields.optional_number("error_code")
        if code:
            raise self._meaning(code, operation, surprise)
        return fields

    def _meaning(self, code: int, operation: str, surprise: Surprise) -> HubError | AttemptError:
        match code:
            case 2:
                return CredentialsRefusedError("code 2")
            case 4:
                return UpstreamClosedError("code 4", retry_after=_BLOCKED_FOR)
            case 9 if operation == "send":
                # Too many at once, or a repetition: of another message, or of this one. Only a question tells.
                return maybe_sent(self._upstream.name)
            case 9:
                return QuotaExceededError("code 9", retry_after=ASK_AGAIN)
        if code not in _REFUSALS:
            surprise("error_code", str(code))
        if operation not in {"send", "cost"}:
            return AnswerInvalidError("an error that says nothing about the message")
        return RefusedError(_REFUSALS.get(code, Refusal.OTHER), vendor_code=str(code))


def _validity(left: timedelta) -> str:
    """Write how long an SMS is tried for, as "hours:minutes"."""
    minutes = int(min(max(left, _SHORTEST_VALIDITY), _LONGEST_VALIDITY).total_seconds()) // 60
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
