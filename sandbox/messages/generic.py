"""Gateways of a contract of our own, after docs/modules/notifications.md: SMS by forms, e-mail by JSON."""

import re
from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any

from sandbox.clock import SandboxClock
from sandbox.faults import Fault, FaultKind
from sandbox.messages.book import Fate, Message, MessageBook
from sandbox.messages.segments import parts
from sandbox.messages.vendor import Asked, Route, Told

NAME = "generic_http"
API_KEY = "generic-sandbox-key"
_PHONE = re.compile(r"\+?\d{10,15}")
_ADDRESS = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_FATES = {
    Fate.DELIVERED: "delivered",
    Fate.READ: "read",
    Fate.EXPIRED: "expired",
    Fate.UNDELIVERABLE: "undelivered",
    Fate.REJECTED: "rejected",
    Fate.STUCK: "sent",
}
_UNKNOWN = "unknown_message"


class GenericHttp:
    """Both gateways. `part_cost` is kopecks for one SMS."""

    def __init__(self, *, book: MessageBook, clock: SandboxClock, api_key: str = API_KEY, part_cost: int = 300) -> None:
        self._book = book
        self._clock = clock
        self._api_key = api_key
        self._part_cost = part_cost
        self._ids = count(1)

    @property
    def name(self) -> str:
        """Its name in faults and messages."""
        return NAME

    def routes(self) -> Sequence[Route]:
        """Its methods; a status may be asked for by GET too."""
        return [
            Route(operation="send", method="POST", path="/sms/send", answer=self._send, writes=True),
            Route(operation="send_bulk", method="POST", path="/sms/send_bulk", answer=self._send_bulk, writes=True),
            Route(operation="status", method="POST", path="/sms/status", answer=self._status),
            Route(operation="status", method="GET", path="/sms/status", answer=self._status),
            Route(operation="email", method="POST", path="/email/send", answer=self._email, writes=True),
            Route(
                operation="email_template", method="POST", path="/email/send_template", answer=self._email, writes=True
            ),
        ]

    def failure(self, fault: Fault) -> Told:
        """An error of this code, under the fault's `http_status` (422)."""
        return _error(fault.http_status or 422, fault.code)

    def forget(self) -> None:
        """Nothing is kept but messages."""

    def _send(self, asked: Asked) -> Told:
        fields = asked.fields()
        refused = self._refused(fields, [fields.get("phone", "")])
        if refused is not None:
            return refused
        message = self._take_sms(asked, fields, fields["phone"])
        shown = {
            "message_id": message.id,
            "status": "sent",
            "cost": f"{message.cost / 100:.2f}",
            "parts": message.parts,
        }
        return Told(value=shown)

    def _send_bulk(self, asked: Asked) -> Told:
        fields = asked.fields()
        phones = [phone for phone in fields.get("phones", "").split(",") if phone]
        refused = self._refused(fields, phones)
        if refused is not None:
            return refused
        messages = [self._take_sms(asked, fields, phone) for phone in phones]
        cost = sum(message.cost for message in messages)
        shown = {message.recipient: message.id for message in messages}
        value = {"campaign_id": f"c{next(self._ids)}", "status": "sent", "cost": f"{cost / 100:.2f}", "messages": shown}
        return Told(value=value)

    def _refused(self, fields: Mapping[str, Any], phones: Sequence[str]) -> Told | None:
        if fields.get("api_key") != self._api_key:
            return _error(401, "bad_api_key")
        if not phones or not all(_PHONE.fullmatch(phone) for phone in phones):
            return _error(422, "bad_recipient")
        if not fields.get("message"):
            return _error(422, "bad_message")
        code = next((self._book.refusals[phone] for phone in phones if phone in self._book.refusals), None)
        return None if code is None else _error(422, code)

    def _take_sms(self, asked: Asked, fields: Mapping[str, str], phone: str) -> Message:
        number = parts(fields["message"])
        message = Message(
            vendor=NAME,
            channel="sms",
            id=f"m{next(self._ids)}",
            recipient=phone.removeprefix("+"),
            sender=fields.get("sender", ""),
            text=fields["message"],
            reference=fields.get("reference", ""),
            parts=number,
            cost=number * self._part_cost,
            accepted_at=self._clock.now(),
            more={"priority": fields.get("priority", "")},
        )
        return self._book.add(message, lag_seconds=asked.lag_seconds)

    def _status(self, asked: Asked) -> Told:
        fields = asked.fields()
        if fields.get("api_key", asked.headers.get("X-API-Key")) != self._api_key:
            return _error(401, "bad_api_key")
        message = self._sought(fields)
        if message is None:
            return _error(404, _UNKNOWN)
        status = ("queued", "sent", final_status(message))[min(self._book.steps(message), 2)]
        if word := asked.fault(FaultKind.UNKNOWN_STATUS):
            status = word.word
        moment = self._book.changed_at(message, 2).isoformat() if status == "delivered" else None
        code = None if status in {"queued", "sent", "delivered", "read"} else "absent_subscriber"
        shown = {"message_id": message.id, "status": status, "delivery_time": moment, "error_code": code}
        return Told(value=shown | {"cost": f"{message.cost / 100:.2f}", "parts": message.parts})

    def _sought(self, fields: Mapping[str, str]) -> Message | None:
        number = fields.get("message_id", "")
        if not number:
            known = (one.id for one in self._book.of(NAME) if one.reference == fields.get("reference"))
            number = next(known, "")
        return self._book.shown(NAME, number)

    def _email(self, asked: Asked) -> Told:
        document = asked.document() or {}
        if document.get("api_key") != self._api_key:
            return _error(401, "bad_api_key")
        addresses = [str(one.get("email", "")) for one in document.get("to", ())]
        if len(addresses) != 1 or not _ADDRESS.fullmatch(addresses[0]):
            return _error(422, "bad_recipient")
        if addresses[0] in self._book.refusals:
            return _error(422, self._book.refusals[addresses[0]])
        by_template = asked.operation == "email_template"
        if not (document.get("template_id") if by_template else document.get("subject") and document.get("html")):
            return _error(422, "bad_message")
        message = self._take_email(asked, document, addresses[0])
        return Told(value={"message_id": message.id, "status": "sent", "delivery_time": None})

    def _take_email(self, asked: Asked, document: Mapping[str, Any], address: str) -> Message:
        message = Message(
            vendor=NAME,
            channel="email",
            id=f"e{next(self._ids)}",
            recipient=address,
            sender=str(document.get("from", {}).get("email", "")),
            subject=str(document.get("subject", "")),
            text=str(document.get("text", document.get("template_id", ""))),
            html=str(document.get("html", "")),
            attachments=tuple(str(one["name"]) for one in document.get("attachments", ())),
            reference=str(document.get("reference", "")),
            accepted_at=self._clock.now(),
            more={"template_id": document.get("template_id"), "template_data": document.get("template_data")},
        )
        return self._book.add(message, lag_seconds=asked.lag_seconds)


def final_status(message: Message) -> str:
    """The status at the end."""
    return _FATES[Fate(message.fate)] if message.fate in _FATES else message.fate


def _error(status: int, code: str) -> Told:
    return Told(status=status, value={"error_code": code, "message": "refused"})
