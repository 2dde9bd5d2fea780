"""The MAX bot API, by docs/modules/notifications.md: a bare token in `Authorization`, errors by status and word."""

import json
from datetime import timedelta
from types import MappingProxyType
from typing import TypeVar

from hub.core.errors import HubError
from hub.core.secrets import Secret
from hub.modules.notifications.port import (
    Accepted,
    Capabilities,
    Channel,
    Content,
    ContentNotCarriedError,
    Guard,
    Message,
    NotificationsPort,
    Refusal,
    RefusedError,
)
from hub.modules.notifications.providers._silent import SilentPort
from hub.modules.notifications.providers._wire import JSON, Place, VendorBusyError, check_chat_text, open_gateway
from hub.resilience.context import ProviderContext
from hub.resilience.failures import AnswerInvalidError, AttemptError, QuotaExceededError
from hub.resilience.http import HttpAnswer, HttpGateway, HttpRequest, check_status
from hub.resilience.json_answer import Fields, parse_object
from hub.resilience.policy import Policy, Rate, Safety, Surprise
from hub.resilience.upstream import Upstream

T = TypeVar("T")

NAME = "max"
_LONGEST = 4000
_SOURCE = "dev.max.ru/docs-api"
_ALL = Rate(calls=30, per_seconds=1.0, published="2026-11-22", source=_SOURCE)
_ONE_CHAT = Rate(calls=2, per_seconds=1.0, published="2026-11-22", source=_SOURCE)
_ONE_SECOND = timedelta(seconds=1)
_REFUSALS = MappingProxyType(
    {
        400: Refusal.CONTENT_REFUSED,
        403: Refusal.RECIPIENT_OPTED_OUT,
        404: Refusal.RECIPIENT_INVALID,
        405: Refusal.CONTENT_REFUSED,
    }
)
_NOT_READY = "attachment.not.ready"
_WORDS = frozenset({"code", "message"})
_MESSAGE = frozenset({"recipient", "timestamp", "body", "sender", "link", "stat", "url", "constructor"})
_BODY = frozenset({"mid", "seq", "text", "attachments", "markup"})


class Settings(Place):
    """The `[modules.notifications.accounts.NAME.settings]` table."""

    api_url: str = "https://platform-api2.max.ru"
    token: str
    """A secret's reference: the bot's token."""
    policy: Policy = Policy(rate=_ALL)


def build(settings: Settings, ctx: ProviderContext, *, account: str) -> NotificationsPort:
    """Make the provider of one account. Nothing is sent before its first call.

    Raises:
        ValueError: the address isn't https or is private.
        SecretError, OSError: a secret or the CA bundle can't be read.
    """
    upstream = ctx.upstreams.open(f"notifications.{account}", settings.policy)
    gateway = open_gateway(settings, ctx, upstream=upstream, api_url=settings.api_url)
    return Max(account=account, token=ctx.secrets.resolve(settings.token), gateway=gateway, upstream=upstream)


class Max(SilentPort):
    """See the port. Nobody tells whether a message was read: SENT is the end."""

    def __init__(self, *, account: str, token: Secret, gateway: HttpGateway, upstream: Upstream) -> None:
        super().__init__(account=account)
        self._token = token
        self._gateway = gateway
        self._upstream = upstream

    @property
    def name(self) -> str:
        """See the port."""
        return NAME

    @property
    def channel(self) -> Channel:
        """See the port."""
        return Channel.MAX

    @property
    def capabilities(self) -> Capabilities:
        """See the port."""
        return Capabilities(senders=False, recipient_rates=(_ONE_CHAT,))

    def check(self, content: Content, *, sender: str) -> None:
        """See the port."""
        check_chat_text(content, account=self._account, longest=_LONGEST)
        if sender:
            raise ContentNotCarriedError(account=self._account, limit="sender", at_most="the bot itself")

    async def send(self, message: Message, *, guard: Guard | None = None) -> Accepted:
        """See the port. A group's number is negative, a person's isn't."""

        def read(answer: HttpAnswer) -> Accepted:
            fields = self._fields("send", answer, frozenset({"message"}))
            told = fields.optional_object("message", _MESSAGE, self._upstream.surprises("send"))
            body = told.optional_object("body", _BODY, self._upstream.surprises("send")) if told else None
            if body is None:
                raise AnswerInvalidError("the answer holds no message")
            return Accepted(vendor_id=body.text("mid"))

        number = int(message.address)
        whom = f"chat_id={number}" if number < 0 else f"user_id={number}"
        request = HttpRequest(
            operation="send",
            path=f"/messages?{whom}",
            route="/messages",  # whom it goes to is nobody's business who reads spans
            headers={**JSON, "Authorization": self._token.text()},
            body=json.dumps({"text": message.content.text, "notify": True}, ensure_ascii=False).encode(),
        )
        return await self._gateway.post(request, read, safety=Safety.ASK_STATUS_FIRST, guard=guard)

    async def probe(self) -> None:
        """See the port."""
        request = HttpRequest(operation="me", path="/me", headers={"Authorization": self._token.text()})
        known = frozenset({"user_id", "first_name", "last_name", "name", "username", "is_bot", "last_activity_time"})
        await self._gateway.get(request, lambda answer: self._fields("me", answer, known))

    async def close(self) -> None:
        """See the port."""
        await self._gateway.close()

    def _fields(self, operation: str, answer: HttpAnswer, known: frozenset[str]) -> Fields:
        """Return the answer's members, or raise what status and word say instead."""
        surprise = self._upstream.surprises(operation)
        if answer.status != 200:
            raise self._meaning(answer, surprise)
        return Fields(parse_object(answer.body), known=known, surprise=surprise)

    def _meaning(self, answer: HttpAnswer, surprise: Surprise) -> HubError | AttemptError:
        status = answer.status
        try:
            word = Fields(parse_object(answer.body), known=_WORDS, surprise=surprise).optional_text("code")
        except AnswerInvalidError:
            word = ""  # a proxy in front of it: the status alone speaks
        if word == _NOT_READY:
            return VendorBusyError(word, retry_after=_ONE_SECOND)
        if status == 429:
            wait = _ONE_SECOND if answer.retry_after is None else answer.retry_after
            return QuotaExceededError("HTTP 429", retry_after=wait)
        if word and status in _REFUSALS:
            return RefusedError(_REFUSALS[status], vendor_code=str(status))
        return _failure(answer)


def _failure(answer: HttpAnswer) -> AttemptError:
    try:
        check_status(answer)
    except AttemptError as failure:
        return failure
    return AnswerInvalidError(f"HTTP {answer.status}")
