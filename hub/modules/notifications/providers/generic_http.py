"""Gateways of SMS and e-mail that keep a contract of our own, in docs/modules/notifications.md."""

import base64
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, Literal, TypeVar

from pydantic import Field, model_validator

from hub.core.errors import HubError
from hub.core.secrets import Secret
from hub.modules.notifications.port import (
    Accepted,
    Capabilities,
    Channel,
    Content,
    ContentNotCarriedError,
    Fate,
    Guard,
    Message,
    NotificationsPort,
    NotToldError,
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
    form_request,
    money,
    open_gateway,
)
from hub.resilience.context import ProviderContext
from hub.resilience.failures import AnswerInvalidError
from hub.resilience.http import HttpAnswer, HttpGateway, HttpRequest, check_status
from hub.resilience.json_answer import Fields, parse_object
from hub.resilience.policy import Policy, Safety
from hub.resilience.upstream import Upstream

T = TypeVar("T")

NAME = "generic_http"
_REFUSALS = MappingProxyType(
    {
        "bad_recipient": Refusal.RECIPIENT_INVALID,
        "opted_out": Refusal.RECIPIENT_OPTED_OUT,
        "unreachable": Refusal.RECIPIENT_UNREACHABLE,
        "bad_sender": Refusal.SENDER_NOT_ALLOWED,
        "bad_message": Refusal.CONTENT_REFUSED,
        "duplicate": Refusal.DUPLICATE,
        "no_money": Refusal.NO_MONEY,
        "too_many": Refusal.RATE_LIMITED,
        "try_later": Refusal.PROVIDER_UNAVAILABLE,
    }
)
_FATES = MappingProxyType(
    {
        "queued": (Fate.UNDER_WAY, Refusal.OTHER),
        "sent": (Fate.UNDER_WAY, Refusal.OTHER),
        "delivered": (Fate.DELIVERED, Refusal.OTHER),
        "read": (Fate.DELIVERED, Refusal.OTHER),
        "expired": (Fate.EXPIRED, Refusal.OTHER),
        "undelivered": (Fate.NOT_DELIVERED, Refusal.RECIPIENT_UNREACHABLE),
        "rejected": (Fate.NOT_DELIVERED, Refusal.CONTENT_REFUSED),
    }
)
_REFUSED_STATUS = 422
_ANSWER = frozenset(
    {"message_id", "status", "cost", "parts", "delivery_time", "error_code", "message", "campaign_id", "template_id"}
)
_LARGEST_FILES_BYTES = 10 * 1024 * 1024


class Settings(Place):
    """The `[modules.notifications.accounts.NAME.settings]` table."""

    channel: Literal["SMS", "EMAIL"]
    api_url: str
    """https://host[/path]; /sms/send, /email/send and the others are below it."""
    api_key: str
    """A secret's reference. It goes in the body, never in an address."""
    sender: str = Field(min_length=1, max_length=254)
    """A name, or the address that e-mails come from."""
    sender_name: str = Field(default="", max_length=128)
    currency: str = Field(default="RUB", pattern=r"^[A-Z]{3}$")
    """Of the costs it tells."""
    has_status: bool = True
    """SMS: whether there is /sms/status."""
    status_by_reference: bool = False
    """SMS: whether /sms/status takes `reference`, so that a lost answer can be found out."""
    visibility_window_seconds: float = Field(default=120.0, ge=0, le=86_400)
    """How long after it was sent a message may not be found by our reference yet."""
    dedupes_seconds: float = Field(default=0.0, ge=0, le=2_592_000)
    """Within this time a second message of the same `reference` is taken for the first. Never say so where it isn't."""
    policy: Policy = Policy()

    @model_validator(mode="after")
    def _asks_what_there_is(self) -> "Settings":
        if self.status_by_reference and not (self.has_status and self.channel == "SMS"):
            raise ValueError("status_by_reference needs /sms/status")
        return self


def build(settings: Settings, ctx: ProviderContext, *, account: str) -> NotificationsPort:
    """Make the provider of one account. Nothing is sent before its first call.

    Raises:
        ValueError: the address isn't https or is private.
        SecretError, OSError: a secret or the CA bundle can't be read.
    """
    upstream = ctx.upstreams.open(f"notifications.{account}", settings.policy)
    gateway = open_gateway(settings, ctx, upstream=upstream, api_url=settings.api_url)
    key = ctx.secrets.resolve(settings.api_key)
    return GenericHttp(account=account, settings=settings, key=key, gateway=gateway, upstream=upstream)


class GenericHttp(SilentPort):
    """See the port."""

    def __init__(
        self, *, account: str, settings: Settings, key: Secret, gateway: HttpGateway, upstream: Upstream
    ) -> None:
        super().__init__(account=account)
        self._settings = settings
        self._key = key
        self._gateway = gateway
        self._upstream = upstream
        is_sms = settings.channel == "SMS"
        self._capabilities = Capabilities(
            found_by_reference=settings.status_by_reference,
            visibility_window=timedelta(seconds=settings.visibility_window_seconds),
            dedupes_for=timedelta(seconds=settings.dedupes_seconds) if settings.dedupes_seconds else None,
            reports=is_sms and settings.has_status,
            vendor_templates=not is_sms,
        )

    @property
    def name(self) -> str:
        """See the port."""
        return NAME

    @property
    def channel(self) -> Channel:
        """See the port."""
        return Channel(self._settings.channel)

    @property
    def capabilities(self) -> Capabilities:
        """See the port."""
        return self._capabilities

    def check(self, content: Content, *, sender: str) -> None:
        """See the port."""
        account = self._account
        if self.channel is Channel.SMS:
            check_sms(content, account=account)
            check_sender_name(sender, account=account)
            return
        if content.vendor_template is None and not (content.subject and (content.html or content.text)):
            raise ContentNotCarriedError(
                account=account, limit="content", at_most="a subject and a text, or a template"
            )
        if sum(len(one.content) for one in content.attachments) > _LARGEST_FILES_BYTES:
            at_most = f"{_LARGEST_FILES_BYTES} bytes"
            raise ContentNotCarriedError(account=account, limit="content.attachments", at_most=at_most)

    async def send(self, message: Message, *, guard: Guard | None = None) -> Accepted:
        """See the port."""
        operation, request = self._sms(message) if self.channel is Channel.SMS else self._email(message)

        def read(answer: HttpAnswer) -> Accepted:
            fields = self._fields(operation, answer)
            return Accepted(
                vendor_id=fields.text("message_id"),
                vendor_code=fields.optional_text("status"),
                cost=money(fields.optional_decimal("cost"), self._settings.currency),
                parts=fields.optional_number("parts") or 0,
            )

        return await self._gateway.post(request, read, safety=Safety.ASK_STATUS_FIRST, guard=guard)

    async def find(self, sought: Sought) -> Report | None:
        """See the port."""
        if not self._settings.status_by_reference:
            raise NotToldError(account=self._account)
        report = await self._status({"reference": sought.reference}, sought.vendor_id)
        return None if report.fate is Fate.NOT_FOUND else report

    async def reports(self, sought: Sequence[Sought]) -> Sequence[Report]:
        """See the port."""
        if not self._capabilities.reports:
            raise NotToldError(account=self._account)
        return [await self._status({"message_id": one.vendor_id}, one.vendor_id) for one in sought]

    async def probe(self) -> None:
        """See the port. The status of a message that can't be; e-mail has no read, so a connection is all."""
        if self._capabilities.reports:
            await self._status({"message_id": "landhub-probe"}, "landhub-probe")

    async def close(self) -> None:
        """See the port."""
        await self._gateway.close()

    def _sms(self, message: Message) -> tuple[str, HttpRequest]:
        fields = {
            "api_key": self._key.text(),
            "sender": message.sender or self._settings.sender,
            "phone": message.address,
            "message": message.content.text,
            "priority": "normal",
            "reference": message.reference,
        }
        return "send", form_request("send", "/sms/send", fields)

    def _email(self, message: Message) -> tuple[str, HttpRequest]:
        content = message.content
        sender: dict[str, str] = {"email": message.sender or self._settings.sender}
        if self._settings.sender_name and not message.sender:
            sender["name"] = self._settings.sender_name
        fields: dict[str, Any] = {
            "api_key": self._key.text(),
            "from": sender,
            "to": [{"email": message.address}],
            "reference": message.reference,
        }
        if content.vendor_template is not None:
            operation, path = "email_template", "/email/send_template"
            fields["template_id"] = content.vendor_template.template_id
            fields["template_data"] = dict(content.vendor_template.values)
        else:
            operation, path = "email", "/email/send"
            fields |= {"subject": content.subject, "html": content.html or _as_html(content.text)}
            if content.text:
                fields["text"] = content.text
            if content.attachments:
                fields["attachments"] = [
                    {"name": one.file_name, "type": one.content_type, "content": base64.b64encode(one.content).decode()}
                    for one in content.attachments
                ]
        body = json.dumps(fields, ensure_ascii=False).encode()
        return operation, HttpRequest(operation=operation, path=path, headers=JSON, body=body)

    async def _status(self, which: Mapping[str, str], vendor_id: str) -> Report:
        def read(answer: HttpAnswer) -> Report:
            if answer.status == 404 and _says(answer, "unknown_message"):
                return Report(reference=which.get("reference", ""), vendor_id=vendor_id, fate=Fate.NOT_FOUND)
            return self._report(self._fields("status", answer))

        request = form_request("status", "/sms/status", {"api_key": self._key.text(), **which})
        return await self._gateway.post(request, read, safety=Safety.READ)

    def _report(self, fields: Fields) -> Report:
        status = fields.text("status")
        if status not in _FATES:
            self._upstream.surprise("status", kind="status", word=status)
        fate, refusal = _FATES.get(status, (Fate.UNDER_WAY, Refusal.OTHER))
        return Report(
            vendor_id=fields.text("message_id"),
            fate=fate,
            refusal=refusal,
            vendor_code=status if status in _FATES else "status",
            time=_moment(fields.optional_text("delivery_time")) if fate is Fate.DELIVERED else None,
            cost=money(fields.optional_decimal("cost"), self._settings.currency),
            parts=fields.optional_number("parts") or 0,
        )

    def _fields(self, operation: str, answer: HttpAnswer) -> Fields:
        """Return the answer's members, or raise what it says instead."""
        surprise = self._upstream.surprises(operation)
        if answer.status != _REFUSED_STATUS:
            check_status(answer)
        fields = Fields(parse_object(answer.body), known=_ANSWER, surprise=surprise)
        if answer.status == _REFUSED_STATUS:
            raise self._refused(operation, fields.optional_text("error_code"))
        return fields

    def _refused(self, operation: str, word: str) -> HubError | AnswerInvalidError:
        if operation == "status":
            return AnswerInvalidError("an error that says nothing about the message")
        if word not in _REFUSALS:
            self._upstream.surprise(operation, kind="error_code", word=word)
            return RefusedError(Refusal.OTHER, vendor_code="error_code")
        return RefusedError(_REFUSALS[word], vendor_code=word)


def _says(answer: HttpAnswer, word: str) -> bool:
    try:
        return parse_object(answer.body).get("error_code") == word
    except AnswerInvalidError:
        return False


def _as_html(text: str) -> str:
    """A plain text where the contract wants HTML."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f'<div style="white-space: pre-wrap">{escaped}</div>'


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
