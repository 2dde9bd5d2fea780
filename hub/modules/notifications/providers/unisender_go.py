"""UniSender Go (and UniOne), by docs/modules/notifications.md: JSON, templates kept there, webhooks signed by MD5."""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, TypeVar

from pydantic import Field

from hub.core.errors import HubError
from hub.core.secrets import Secret
from hub.modules.notifications.port import (
    Accepted,
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
)
from hub.modules.notifications.providers._silent import SilentPort
from hub.modules.notifications.providers._wire import JSON, Place, open_gateway, unnamed
from hub.resilience.context import ProviderContext
from hub.resilience.failures import AnswerInvalidError, AttemptError, CredentialsRefusedError
from hub.resilience.http import HttpAnswer, HttpGateway, HttpRequest, check_status
from hub.resilience.json_answer import Fields, parse_object
from hub.resilience.policy import Policy, Safety, Surprise
from hub.resilience.upstream import Upstream

T = TypeVar("T")

NAME = "unisender_go"
_REFERENCE = "hub_id"
"""The name of our reference among a recipient's metadata, which webhooks tell again."""
_LARGEST_BYTES = 10 * 1024 * 1024  # of a whole request; files grow by a third in it
_LARGEST_FILES_BYTES = 7 * 1024 * 1024
_WRONG_DATA_CENTRE = 114
_FAILED = MappingProxyType(
    {
        "invalid": Refusal.RECIPIENT_INVALID,
        "duplicate": Refusal.DUPLICATE,
        "permanent_unavailable": Refusal.RECIPIENT_UNREACHABLE,
        "temporary_unavailable": Refusal.RECIPIENT_UNREACHABLE,
        "unsubscribed": Refusal.RECIPIENT_OPTED_OUT,
    }
)
_FATES = MappingProxyType(
    {
        "sent": (Fate.UNDER_WAY, Refusal.OTHER),
        "delivered": (Fate.DELIVERED, Refusal.OTHER),
        "opened": (Fate.DELIVERED, Refusal.OTHER),
        "clicked": (Fate.DELIVERED, Refusal.OTHER),
        "unsubscribed": (Fate.DELIVERED, Refusal.OTHER),
        "subscribed": (Fate.DELIVERED, Refusal.OTHER),
        "spam": (Fate.DELIVERED, Refusal.OTHER),
        "soft_bounced": (Fate.NOT_DELIVERED, Refusal.RECIPIENT_UNREACHABLE),
        "hard_bounced": (Fate.NOT_DELIVERED, Refusal.RECIPIENT_INVALID),
    }
)
"""Whoever opens, unsubscribes or complains has the message."""
_WILL_RETRY = "err_will_retry"
_SENT = frozenset({"status", "job_id", "emails", "failed_emails", "code", "message"})
_AUTH = re.compile(rb'"auth"\s*:\s*"([0-9a-f]{32})"')
_EVENT = "transactional_email_status"
_MOST_EVENTS = 1_000  # the vendor says 100


class Settings(Place):
    """The `[modules.notifications.accounts.NAME.settings]` table."""

    api_url: str = "https://go1.unisender.ru/ru/transactional/api/v1"
    """By the account's data centre: go1 or go2; the wrong one knows no such user."""
    api_key: str
    """A secret's reference."""
    sender: str = Field(min_length=3, max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")
    """The address messages come from; its domain is confirmed at the vendor."""
    sender_name: str = Field(default="", max_length=128)
    template_engine: str = Field(default="simple", pattern=r"^(simple|velocity)$")
    policy: Policy = Policy(attempt_timeout=20.0, total_timeout=60.0)


def build(settings: Settings, ctx: ProviderContext, *, account: str) -> NotificationsPort:
    """Make the provider of one account. Nothing is sent before its first call.

    Raises:
        ValueError: the address isn't https or is private.
        SecretError, OSError: a secret or the CA bundle can't be read.
    """
    upstream = ctx.upstreams.open(f"notifications.{account}", settings.policy)
    gateway = open_gateway(settings, ctx, upstream=upstream, api_url=settings.api_url)
    key = ctx.secrets.resolve(settings.api_key)
    return UnisenderGo(account=account, settings=settings, key=key, gateway=gateway, upstream=upstream)


class UnisenderGo(SilentPort):
    """See the port. It can't be asked what became of a message: webhooks tell, and a lost answer stays unknown."""

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
        return Channel.EMAIL

    @property
    def capabilities(self) -> Capabilities:
        """See the port."""
        return Capabilities(callbacks=True, vendor_templates=True)

    def check(self, content: Content, *, sender: str) -> None:  # noqa: ARG002 - addresses are checked by the module
        """See the port."""
        account = self._account
        if content.vendor_template is None and not (content.subject and (content.text or content.html)):
            raise ContentNotCarriedError(
                account=account, limit="content", at_most="a subject and a text, or a template"
            )
        if sum(len(one.content) for one in content.attachments) > _LARGEST_FILES_BYTES:
            at_most = f"{_LARGEST_FILES_BYTES} bytes"
            raise ContentNotCarriedError(account=account, limit="content.attachments", at_most=at_most)

    async def send(self, message: Message, *, guard: Guard | None = None) -> Accepted:
        """See the port."""

        def read(answer: HttpAnswer) -> Accepted:
            fields = self._fields("send", answer, message.address)
            return Accepted(vendor_id=fields.text("job_id"))

        body = json.dumps({"message": self._message(message)}, ensure_ascii=False).encode()
        if len(body) > _LARGEST_BYTES:
            raise ContentNotCarriedError(account=self._account, limit="content", at_most=f"{_LARGEST_BYTES} bytes")
        request = self._request("send", "/email/send.json", body)
        return await self._gateway.post(request, read, safety=Safety.ASK_STATUS_FIRST, guard=guard)

    def read_callback(self, callback: Callback) -> CallbackRead | None:
        """See the port. A GET only asks whether somebody is here."""
        if callback.method != "POST":
            return CallbackRead(reports=(), trusted=False) if callback.method == "GET" else None
        found = _AUTH.search(callback.body)
        if found is None:
            return None
        keyed = callback.body[: found.start(1)] + self._key.reveal() + callback.body[found.end(1) :]
        proof = hashlib.md5(keyed, usedforsecurity=False).hexdigest()  # the vendor's choice, keyed by what it shares
        if not hmac.compare_digest(proof.encode(), found[1]):
            return None
        try:
            value = json.loads(callback.body)
        except ValueError:
            return None
        reports = (self._report(event) for event in list(_events(value))[:_MOST_EVENTS])
        return CallbackRead(reports=tuple(one for one in reports if one is not None), trusted=True)

    async def probe(self) -> None:
        """See the port."""

        def read(answer: HttpAnswer) -> None:
            self._fields("probe", answer, "")

        await self._gateway.post(self._request("probe", "/system/info.json", b"{}"), read, safety=Safety.READ)

    async def close(self) -> None:
        """See the port."""
        await self._gateway.close()

    def _request(self, operation: str, path: str, body: bytes) -> HttpRequest:
        return HttpRequest(operation=operation, path=path, headers={**JSON, "X-API-KEY": self._key.text()}, body=body)

    def _message(self, message: Message) -> dict[str, Any]:
        content = message.content
        recipient: dict[str, Any] = {"email": message.address, "metadata": {_REFERENCE: message.reference}}
        whole: dict[str, Any] = {
            "recipients": [recipient],
            "from_email": message.sender or self._settings.sender,
            "track_links": 0,
            "track_read": 0,
        }
        if self._settings.sender_name and not message.sender:
            whole["from_name"] = self._settings.sender_name
        if content.subject:
            whole["subject"] = content.subject
        if content.vendor_template is not None:
            recipient["substitutions"] = dict(content.vendor_template.values)
            whole["template_id"] = content.vendor_template.template_id
            whole["template_engine"] = self._settings.template_engine
            return whole
        body = {"html": content.html, "plaintext": content.text}
        whole["body"] = {name: text for name, text in body.items() if text}
        if content.attachments:
            whole["attachments"] = [
                {
                    "type": one.content_type,
                    "name": one.file_name,
                    "content": base64.b64encode(one.content).decode(),
                }
                for one in content.attachments
            ]
        return whole

    def _fields(self, operation: str, answer: HttpAnswer, address: str) -> Fields:
        """Return the answer's members, or raise what it says instead: of our address, or of all of it."""
        surprise = self._upstream.surprises(operation)
        if answer.status in {401, 403, 429} or answer.status >= 500:
            check_status(answer)
        known = (
            _SENT if operation == "send" else _SENT | {"user_id", "email", "project_id", "project_name", "accounting"}
        )
        fields = Fields(parse_object(answer.body), known=known, surprise=surprise)
        failed = fields.optional_object("failed_emails", frozenset({address}), unnamed(surprise))
        word = failed.optional_text(address) if failed else ""
        if word:
            raise _refused(word, surprise)
        if fields.optional_text("status") != "success":
            raise _meaning(operation, answer, fields)
        return fields

    def _report(self, event: Mapping[str, Any]) -> Report | None:
        """Read one event; None if it isn't about a message, or says nothing that we know."""
        data = event.get("event_data")
        if event.get("event_name") != _EVENT or not isinstance(data, dict):
            return None
        status, job = data.get("status"), data.get("job_id")
        if not isinstance(status, str) or not isinstance(job, str) or not job:
            return None
        if status not in _FATES:
            self._upstream.surprise("callback", kind="status", word=status)
            return None
        fate, refusal = _FATES[status]
        info = data.get("delivery_info")
        if status == "soft_bounced" and isinstance(info, dict) and info.get("delivery_status") == _WILL_RETRY:
            fate, refusal = Fate.UNDER_WAY, Refusal.OTHER
        metadata = data.get("metadata")
        reference = metadata.get(_REFERENCE, "") if isinstance(metadata, dict) else ""
        return Report(
            reference=reference if isinstance(reference, str) else "",
            vendor_id=job,
            fate=fate,
            refusal=refusal,
            vendor_code=status,
            time=_moment(data.get("event_time")) if fate is Fate.DELIVERED else None,
        )


def _refused(word: str, surprise: Surprise) -> RefusedError:
    if word not in _FAILED:
        surprise("failed_email", word)
        return RefusedError(Refusal.OTHER, vendor_code="failed_email")
    return RefusedError(_FAILED[word], vendor_code=word)


def _meaning(operation: str, answer: HttpAnswer, fields: Fields) -> HubError | AttemptError:
    code = fields.optional_number("code")
    if code == _WRONG_DATA_CENTRE:
        return CredentialsRefusedError("code 114")
    if answer.status < 400 or code is None:
        return AnswerInvalidError("the answer is neither well nor an error")
    if operation != "send":
        return AnswerInvalidError(f"code {code}")
    return RefusedError(Refusal.CONTENT_REFUSED, vendor_code=str(code))


def _events(value: Any) -> Iterable[Mapping[str, Any]]:
    """All events of a webhook, whatever is around them."""
    users = value.get("events_by_user") if isinstance(value, dict) else None
    for user in users if isinstance(users, list) else ():
        events = user.get("events") if isinstance(user, dict) else None
        for event in events if isinstance(events, list) else ():
            if isinstance(event, dict):
                yield event


def _moment(text: object) -> datetime | None:
    """Read a moment, which is of UTC without saying so."""
    try:
        return datetime.strptime(str(text), "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        return None
