"""UniSender Go: a batch of addresses of which some fail, templates kept there, a webhook signed over its raw bytes."""

import dataclasses
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import count
from typing import Any

from sandbox.clock import SandboxClock
from sandbox.faults import Fault
from sandbox.messages.book import Fate, Message, MessageBook
from sandbox.messages.vendor import Asked, Route, Told

NAME = "unisender_go"
BASE = "/ru/transactional/api/v1"
API_KEY = "unisender-sandbox-key"
TEMPLATE_ID = "0000aaaa-1111-2222-3333-4444bbbbcccc"
_ADDRESS = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_MOST_RECIPIENTS = 500
_MOST_METADATA = 10
_LARGEST_BYTES = 10 * 1024 * 1024
_VARIABLE = re.compile(r"\{\{(\w+)\}\}")
_FATES = {
    Fate.DELIVERED: "delivered",
    Fate.READ: "opened",
    Fate.EXPIRED: "soft_bounced",
    Fate.UNDELIVERABLE: "hard_bounced",
    Fate.REJECTED: "spam",
    Fate.STUCK: "sent",
}
_REFUSALS = frozenset({"invalid", "duplicate", "permanent_unavailable", "temporary_unavailable", "unsubscribed"})


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A template kept at the vendor."""

    subject: str
    html: str
    plaintext: str


_TEMPLATES = {
    TEMPLATE_ID: Template(
        subject="Счёт {{order}}",
        html="<p>Здравствуйте, {{to_name}}! Счёт {{order}} от {{farm}}.</p>",
        plaintext="Здравствуйте, {{to_name}}! Счёт {{order}} от {{farm}}.",
    )
}


class UnisenderGo:
    """The vendor. `refusals` of the book name a value of `failed_emails`."""

    def __init__(self, *, book: MessageBook, clock: SandboxClock, api_key: str = API_KEY) -> None:
        self._book = book
        self._clock = clock
        self._api_key = api_key
        self._jobs = count(1)
        self.templates: dict[str, Template] = dict(_TEMPLATES)
        """By id, what is kept there."""

    @property
    def name(self) -> str:
        """Its name in faults and messages."""
        return NAME

    def routes(self) -> Sequence[Route]:
        """Its methods: POST and JSON alone."""
        return [
            Route(operation="send", method="POST", path=f"{BASE}/email/send.json", answer=self._send, writes=True),
            Route(operation="templates", method="POST", path=f"{BASE}/template/list.json", answer=self._list),
            Route(operation="info", method="POST", path=f"{BASE}/system/info.json", answer=self._info),
        ]

    def failure(self, fault: Fault) -> Told:
        """An error of this code, under the fault's `http_status` (400)."""
        return _error(fault.http_status or 400, int(fault.code), fault.message)

    def forget(self) -> None:
        """Begin anew."""
        self.templates = dict(_TEMPLATES)

    def _send(self, asked: Asked) -> Told:
        document = asked.document()
        refused = self._refused(asked, document)
        if refused is not None or document is None:
            return refused or _error(400, 150, "no body")
        message: Mapping[str, Any] = document["message"]
        job, failed, taken = f"1{next(self._jobs):05d}-00041N-9X", {}, []
        for recipient in message["recipients"]:
            address = str(recipient.get("email", ""))
            fate = self._book.refusals.get(address, "" if _ADDRESS.fullmatch(address) else "invalid")
            if not fate and address in taken:
                fate = "duplicate"
            if fate in _REFUSALS:
                failed[address] = fate
                continue
            taken.append(address)
            self._take(asked, message, recipient, job)
        if not taken:
            value = {"status": "error", "code": 204, "message": "No valid recipients", "failed_emails": failed}
            return Told(status=400, value=value)
        more = {"failed_emails": failed} if failed else {}
        return Told(value={"status": "success", "job_id": job, "emails": taken, **more})

    def _refused(self, asked: Asked, document: Mapping[str, Any] | None) -> Told | None:
        key = asked.headers.get("X-API-KEY") or (document or {}).get("api_key")
        if key != self._api_key:
            return _error(401, 114, "User with id 0 not found")
        if len(asked.body) > _LARGEST_BYTES:
            return _error(413, 413, "The request is too large")
        message = (document or {}).get("message")
        if not isinstance(message, dict) or not isinstance(message.get("recipients"), list):
            return _error(400, 150, "message.recipients is required")
        if not 0 < len(message["recipients"]) <= _MOST_RECIPIENTS:
            return _error(400, 150, "there must be from 1 to 500 recipients")
        if any(len(one.get("metadata", {})) > _MOST_METADATA for one in message["recipients"]):
            return _error(400, 150, "there must be no more than 10 metadata keys")
        template = message.get("template_id")
        if template is not None and template not in self.templates:
            return _error(404, 704, "Template not found")
        if template is None and not (message.get("subject") and message.get("body") and message.get("from_email")):
            return _error(400, 150, "subject, body and from_email are required")
        return None

    def _take(self, asked: Asked, message: Mapping[str, Any], recipient: Mapping[str, Any], job: str) -> None:
        template = self.templates.get(message.get("template_id", ""))
        body = message.get("body", {})
        values = {**message.get("global_substitutions", {}), **recipient.get("substitutions", {})}
        shape = template or Template(
            subject=message["subject"], html=body.get("html", ""), plaintext=body.get("plaintext", "")
        )
        self._book.add(
            Message(
                vendor=NAME,
                channel="email",
                id=f"{job}/{recipient['email']}",
                recipient=recipient["email"],
                sender=message.get("from_email", "template@example.ru"),
                subject=_filled(message.get("subject") or shape.subject, values),
                text=_filled(shape.plaintext, values),
                html=_filled(shape.html, values),
                attachments=tuple(one["name"] for one in message.get("attachments", ())),
                reference=str(recipient.get("metadata", {}).get("hub_id", "")),
                accepted_at=self._clock.now(),
                more={"job_id": job, "metadata": recipient.get("metadata", {})},
            ),
            lag_seconds=asked.lag_seconds,
        )

    def _list(self, asked: Asked) -> Told:
        if asked.headers.get("X-API-KEY") != self._api_key:
            return _error(401, 114, "User with id 0 not found")
        shown = [{"id": number, "subject": template.subject} for number, template in self.templates.items()]
        return Told(value={"status": "success", "templates": shown})

    def _info(self, asked: Asked) -> Told:
        if asked.headers.get("X-API-KEY") != self._api_key:
            return _error(401, 114, "User with id 0 not found")
        return Told(value={"status": "success", "user_id": 456, "email": "landhub@example.ru"})


def callback(events: Sequence[tuple[Message, str]], time: datetime, *, api_key: str = API_KEY) -> bytes:
    """The body of a webhook that tells of these messages' statuses, signed over its raw bytes."""
    told = [{"event_name": "transactional_email_status", "event_data": _event(*event, time)} for event in events]
    by_user = [{"user_id": 456, "project_id": "6432890213745872", "project_name": "Проект", "events": told}]
    body = json.dumps({"auth": api_key, "events_by_user": by_user}, ensure_ascii=False, separators=(",", ":"))
    auth = hashlib.md5(body.encode(), usedforsecurity=False).hexdigest()
    return body.replace(f'"auth":"{api_key}"', f'"auth":"{auth}"', 1).encode()


def final_status(message: Message) -> str:
    """The status at the end."""
    return _FATES[Fate(message.fate)] if message.fate in _FATES else message.fate


def _event(message: Message, status: str, time: datetime) -> dict[str, Any]:
    bounced = status in {"hard_bounced", "soft_bounced"}
    info = {"delivery_status": "err_user_unknown", "destination_response": "550 no such user"} if bounced else {}
    return {
        "job_id": message.more["job_id"],
        "metadata": dict(message.more["metadata"]),
        "email": message.recipient,
        "status": status,
        "event_time": f"{time:%Y-%m-%d %H:%M:%S}",
        "delivery_info": info or {"delivery_status": "ok_delivered"},
    }


def _filled(text: str, values: Mapping[str, Any]) -> str:
    return _VARIABLE.sub(lambda found: str(values.get(found[1], "")), text)


def _error(status: int, code: int, text: str) -> Told:
    return Told(status=status, value={"status": "error", "code": code, "message": text})
