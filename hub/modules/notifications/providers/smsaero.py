"""SMS Aero, by docs/modules/notifications.md: JSON under HTTP Basic."""

import base64
import json
import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, TypeVar

from pydantic import Field

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
    ContentNotCarriedError,
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
    JSON,
    Place,
    check_sender_name,
    check_sms,
    digits,
    open_gateway,
    roubles,
)
from hub.resilience.context import ProviderContext
from hub.resilience.failures import AnswerInvalidError
from hub.resilience.http import HttpAnswer, HttpGateway, HttpRequest, check_status
from hub.resilience.json_answer import Fields, parse_object
from hub.resilience.policy import Policy, Safety
from hub.resilience.upstream import Upstream

T = TypeVar("T")

NAME = "smsaero"
_SHORTEST, _LONGEST = 2, 640
_FATES = MappingProxyType(
    {
        0: (Fate.UNDER_WAY, Refusal.OTHER),
        1: (Fate.DELIVERED, Refusal.OTHER),
        2: (Fate.NOT_DELIVERED, Refusal.RECIPIENT_UNREACHABLE),
        3: (Fate.UNDER_WAY, Refusal.OTHER),
        4: (Fate.UNDER_WAY, Refusal.OTHER),
        6: (Fate.NOT_DELIVERED, Refusal.CONTENT_REFUSED),
        8: (Fate.UNDER_WAY, Refusal.OTHER),
    }
)
_VIOLATIONS = MappingProxyType(
    {
        "number": Refusal.RECIPIENT_INVALID,
        "numbers": Refusal.RECIPIENT_INVALID,
        "sign": Refusal.SENDER_NOT_ALLOWED,
        "text": Refusal.CONTENT_REFUSED,
    }
)
_RESULTS = MappingProxyType({"no credits": Refusal.NO_MONEY, "reject": Refusal.CONTENT_REFUSED})
_ENVELOPE = frozenset({"success", "data", "message", "result", "reason"})
_DATA = frozenset(
    {
        "id", "from", "number", "text", "status", "extendStatus", "channel", "cost", "dateCreate", "dateSend",
        "dateAnswer",
    }
)  # fmt: skip
_NUMBER, _STATUS = re.compile(r"[0-9]{1,18}"), re.compile(r"[0-9]{1,3}")


class Settings(Place):
    """The `[modules.notifications.accounts.NAME.settings]` table."""

    api_url: str = "https://gate.smsaero.ru/v2"
    email: str = Field(min_length=3, max_length=254, pattern=r"^[^:\s]+@[^:\s]+$")
    """The login."""
    api_key: str
    """A secret's reference."""
    sender: str = Field(pattern=r"^[A-Za-z0-9!?_.() -]{1,11}$")
    """The signature, which each message must have."""
    callback_url: str = Field(default="", pattern=r"^$|^https://")
    """Where the vendor tells what became of messages; empty: it is only asked."""
    policy: Policy = Policy(max_concurrent=16)


def build(settings: Settings, ctx: ProviderContext, *, account: str) -> NotificationsPort:
    """Make the provider of one account. Nothing is sent before its first call.

    Raises:
        ValueError: the address isn't https or is private.
        SecretError, OSError: a secret or the CA bundle can't be read.
    """
    upstream = ctx.upstreams.open(f"notifications.{account}", settings.policy)
    gateway = open_gateway(settings, ctx, upstream=upstream, api_url=settings.api_url)
    key = ctx.secrets.resolve(settings.api_key)
    return SmsAero(account=account, settings=settings, key=key, gateway=gateway, upstream=upstream)


class SmsAero(SilentPort):
    """See the port. It takes no number of ours, so a lost answer stays unknown."""

    def __init__(
        self, *, account: str, settings: Settings, key: Secret, gateway: HttpGateway, upstream: Upstream
    ) -> None:
        super().__init__(account=account)
        self._settings = settings
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
        return Capabilities(reports=True, callbacks=bool(self._settings.callback_url))

    def check(self, content: Content, *, sender: str) -> None:
        """See the port."""
        check_sms(content, account=self._account)
        check_sender_name(sender, account=self._account)
        if not _SHORTEST <= len(content.text) <= _LONGEST:
            at_most = f"{_SHORTEST} to {_LONGEST} characters"
            raise ContentNotCarriedError(account=self._account, limit="content.text", at_most=at_most)

    async def send(self, message: Message, *, guard: Guard | None = None) -> Accepted:
        """See the port."""
        number = digits(message.address)

        def read(answer: HttpAnswer) -> Accepted:
            data = self._data("send", answer)
            if data.text("number") != number:
                raise AnswerInvalidError("the answer is about another number")
            return Accepted(vendor_id=data.text("id"), vendor_code=data.text("status"), cost=roubles(data, "cost"))

        fields: dict[str, Any] = {
            "number": int(number),
            "text": message.content.text,
            "sign": message.sender or self._settings.sender,
        }
        if self._settings.callback_url:
            fields |= {"callbackUrl": self._settings.callback_url, "callbackFormat": "json"}
        return await self._ask("send", "/sms/send", fields, read, safety=Safety.ASK_STATUS_FIRST, guard=guard)

    async def reports(self, sought: Sequence[Sought]) -> Sequence[Report]:
        """See the port."""
        return [await self._status(one.vendor_id) for one in sought if _NUMBER.fullmatch(one.vendor_id)]

    def read_callback(self, callback: Callback) -> CallbackRead | None:
        """See the port. Nothing is signed: the message is asked for."""
        try:
            value = json.loads(callback.body)
        except ValueError:
            return None
        if callback.method != "POST" or not isinstance(value, dict):
            return None
        number, status = str(value.get("id", "")), str(value.get("status", ""))
        if not _NUMBER.fullmatch(number) or not _STATUS.fullmatch(status):
            return None
        fate, refusal = _FATES.get(int(status), (Fate.UNDER_WAY, Refusal.OTHER))
        report = Report(vendor_id=number, fate=fate, refusal=refusal, vendor_code=status)
        return CallbackRead(reports=(report,), trusted=False)

    async def balance(self) -> Balance:
        """See the port."""

        def read(answer: HttpAnswer) -> Balance:
            envelope = self._envelope("balance", answer)
            data = envelope.optional_object("data", frozenset({"balance"}), self._upstream.surprises("balance"))
            return Balance(money=roubles(data, "balance") if data else None)

        return await self._ask("balance", "/balance", {}, read, safety=Safety.READ)

    async def probe(self) -> None:
        """See the port."""
        await self.balance()

    async def close(self) -> None:
        """See the port."""
        await self._gateway.close()

    async def _status(self, number: str) -> Report:
        def read(answer: HttpAnswer) -> Report:
            if answer.status == 404:
                return Report(vendor_id=number, fate=Fate.NOT_FOUND, vendor_code="404")
            data = self._data("status", answer)
            if data.text("id") != number:
                raise AnswerInvalidError("the answer is about another message")
            return self._report(data)

        return await self._ask("status", "/sms/status", {"id": int(number)}, read, safety=Safety.READ)

    def _report(self, data: Fields) -> Report:
        status = data.number("status")
        if status not in _FATES:
            self._upstream.surprise("status", kind="status", word=str(status))
        fate, refusal = _FATES.get(status, (Fate.UNDER_WAY, Refusal.OTHER))
        cost = roubles(data, "cost")
        return Report(vendor_id=data.text("id"), fate=fate, refusal=refusal, vendor_code=str(status), cost=cost)

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
        pair = f"{self._settings.email}:{self._key.text()}".encode()
        headers = {**JSON, "Authorization": f"Basic {base64.b64encode(pair).decode()}"}
        body = json.dumps(fields, ensure_ascii=False).encode()
        request = HttpRequest(operation=operation, path=path, headers=headers, body=body)
        return await self._gateway.post(request, read, safety=safety, guard=guard)

    def _data(self, operation: str, answer: HttpAnswer) -> Fields:
        data = self._envelope(operation, answer).optional_object("data", _DATA, self._upstream.surprises(operation))
        if data is None:
            raise AnswerInvalidError("the answer holds no message")
        return data

    def _envelope(self, operation: str, answer: HttpAnswer) -> Fields:
        """Return the answer's members, or raise what it says instead: by status, by `success`, or by `result`."""
        if answer.status != 400:
            check_status(answer)
        envelope = Fields(parse_object(answer.body), known=_ENVELOPE, surprise=self._upstream.surprises(operation))
        if answer.status == 400 or envelope.has("result") or not envelope.is_true("success"):
            raise self._refused(operation, answer, envelope)
        return envelope

    def _refused(self, operation: str, answer: HttpAnswer, envelope: Fields) -> HubError | AnswerInvalidError:
        if operation != "send":
            return AnswerInvalidError("an error that says nothing about the message")
        word = envelope.optional_text("result")
        if word:
            if word not in _RESULTS:
                self._upstream.surprise(operation, kind="result", word=word)
            return RefusedError(_RESULTS.get(word, Refusal.OTHER), vendor_code=word if word in _RESULTS else "result")
        wrong = envelope.optional_object("data", frozenset(_VIOLATIONS), self._upstream.surprises(operation))
        named = next((name for name in _VIOLATIONS if wrong and wrong.has(name)), "")
        code = f"{answer.status} {named}".strip()
        return RefusedError(_VIOLATIONS.get(named, Refusal.CONTENT_REFUSED), vendor_code=code)
