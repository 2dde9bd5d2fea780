"""The Telegram Bot API, by docs/modules/notifications.md: the token in the path, an envelope for each answer."""

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any, TypeVar

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
from hub.modules.notifications.providers._wire import JSON, Place, check_chat_text, open_gateway
from hub.resilience.context import ProviderContext
from hub.resilience.failures import AnswerInvalidError, AttemptError, CredentialsRefusedError, QuotaExceededError
from hub.resilience.http import HttpAnswer, HttpGateway, HttpRequest, check_status
from hub.resilience.json_answer import Fields, parse_object
from hub.resilience.policy import Policy, Rate, Safety, Surprise
from hub.resilience.upstream import Upstream

T = TypeVar("T")

NAME = "telegram"
_LONGEST = 4096
_SOURCE = "core.telegram.org/bots/faq"
_ALL = Rate(calls=30, per_seconds=1.0, published="2026-11-22", source=_SOURCE)
_ONE_CHAT = Rate(calls=1, per_seconds=1.0, published="2026-11-22", source=_SOURCE)
_REFUSALS = MappingProxyType({400: Refusal.RECIPIENT_INVALID, 403: Refusal.RECIPIENT_OPTED_OUT})
"""What is ours to get right (text, length) is checked before, so that 400 speaks of the chat."""
_OF_TOKEN = frozenset({401, 404})
_ENVELOPE = frozenset({"ok", "result", "error_code", "description", "parameters"})
_PARAMETERS = frozenset({"retry_after", "migrate_to_chat_id"})
_RESULT = frozenset({"message_id", "date", "chat", "text", "from", "entities", "sender_chat", "link_preview_options"})
_LONGEST_WAIT = timedelta(hours=1)


class Settings(Place):
    """The `[modules.notifications.accounts.NAME.settings]` table."""

    api_url: str = "https://api.telegram.org"
    token: str
    """A secret's reference: the bot's token, "NUMBER:LETTERS"."""
    policy: Policy = Policy(rate=_ALL)


def build(settings: Settings, ctx: ProviderContext, *, account: str) -> NotificationsPort:
    """Make the provider of one account. Nothing is sent before its first call.

    Raises:
        ValueError: the address isn't https or is private.
        SecretError, OSError: a secret or the CA bundle can't be read.
    """
    upstream = ctx.upstreams.open(f"notifications.{account}", settings.policy)
    gateway = open_gateway(settings, ctx, upstream=upstream, api_url=settings.api_url)
    return Telegram(account=account, token=ctx.secrets.resolve(settings.token), gateway=gateway, upstream=upstream)


class Telegram(SilentPort):
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
        return Channel.TELEGRAM

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
        """See the port."""

        def read(answer: HttpAnswer) -> Accepted:
            result = self._result("sendMessage", answer, _RESULT)
            return Accepted(vendor_id=result.text("message_id"))

        fields = {"chat_id": int(message.address), "text": message.content.text}
        return await self._ask("sendMessage", fields, read, safety=Safety.ASK_STATUS_FIRST, guard=guard)

    async def probe(self) -> None:
        """See the port."""
        known = frozenset({"id", "is_bot", "first_name", "username"})
        await self._ask("getMe", {}, lambda answer: self._result("getMe", answer, known), safety=Safety.READ)

    async def close(self) -> None:
        """See the port."""
        await self._gateway.close()

    async def _ask(
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
            path=f"/bot{self._token.text()}/{operation}",
            route=f"/bot…/{operation}",  # all that spans and logs see of it
            headers=JSON,
            body=json.dumps(fields, ensure_ascii=False).encode(),
        )
        return await self._gateway.post(request, read, safety=safety, guard=guard)

    def _result(self, operation: str, answer: HttpAnswer, known: frozenset[str]) -> Fields:
        """Return the result, or raise what the envelope says instead; proxies in front of it speak by status alone."""
        surprise = self._upstream.surprises(operation)
        try:
            envelope = Fields(parse_object(answer.body), known=_ENVELOPE, surprise=surprise)
            code = envelope.optional_number("error_code")
        except AnswerInvalidError:
            check_status(answer)
            raise
        if code is not None:
            raise self._meaning(code, envelope, surprise)
        check_status(answer)
        result = envelope.optional_object("result", known, surprise)
        if result is None or not envelope.is_true("ok"):
            raise AnswerInvalidError("the envelope is neither well nor an error")
        return result

    def _meaning(self, code: int, envelope: Fields, surprise: Surprise) -> HubError | AttemptError:
        parameters = envelope.optional_object("parameters", _PARAMETERS, surprise)
        if code == 429:
            seconds = (parameters.optional_number("retry_after") if parameters else None) or 1
            wait = min(timedelta(seconds=seconds), _LONGEST_WAIT)
            return QuotaExceededError("code 429", retry_after=wait)
        if code in _OF_TOKEN:
            return CredentialsRefusedError(f"code {code}")
        if code in _REFUSALS:
            moved = parameters is not None and parameters.has("migrate_to_chat_id")
            return RefusedError(_REFUSALS[code], vendor_code=f"{code} migrated" if moved else str(code))
        if code >= 500:
            return AnswerInvalidError(f"code {code}")
        surprise("error_code", str(code))
        return RefusedError(Refusal.OTHER, vendor_code=str(code))
