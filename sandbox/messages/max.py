"""The MAX bot API: a bare token in `Authorization`, two messages a second to one chat, attachments not ready yet."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any

from sandbox.clock import SandboxClock
from sandbox.faults import Fault
from sandbox.messages.book import Message, MessageBook
from sandbox.messages.pace import Pace
from sandbox.messages.vendor import Asked, Route, Told

NAME = "max"
TOKEN = "sandbox-max-token-0123456789"  # noqa: S105 - of a simulator
SECRET_HEADER = "X-Max-Bot-Api-Secret"  # noqa: S105 - the name of a header
_LONGEST = 4000
_MOST_ATTACHMENTS = 12
_NOT_READY_TIMES = 2
_SECRET = re.compile(r"[A-Za-z0-9_-]{5,256}")
_REFUSALS = {
    "403": (403, "chat.denied", "error.chat.denied"),
    "404": (404, "chat.not.found", "Chat not found"),
    "blocked": (403, "dialog.suspended", "The user has suspended the dialog with the bot"),
}


class Max:
    """The vendor. `refusals` of the book name a row of `_REFUSALS`."""

    def __init__(self, *, book: MessageBook, clock: SandboxClock, token: str = TOKEN) -> None:
        self._book = book
        self._clock = clock
        self._token = token
        self._ids = count(1)
        self._all = Pace(clock=clock, calls=30, seconds=1)
        self._chats = Pace(clock=clock, calls=2, seconds=1)
        self._not_ready = Counter[str]()
        self.subscriptions: dict[str, Mapping[str, Any]] = {}
        """By URL, what is posted there, and under which secret."""

    @property
    def name(self) -> str:
        """Its name in faults and messages."""
        return NAME

    def routes(self) -> Sequence[Route]:
        """Its methods."""
        return [
            Route(operation="send", method="POST", path="/messages", answer=self._send, writes=True),
            Route(operation="me", method="GET", path="/me", answer=self._me),
            Route(operation="subscribe", method="POST", path="/subscriptions", answer=self._subscribe),
        ]

    def failure(self, fault: Fault) -> Told:
        """An error: `code` is its own word, the HTTP status the fault's `http_status` (400)."""
        return _error(fault.http_status or 400, fault.code, fault.message)

    def forget(self) -> None:
        """Begin anew."""
        for part in (self._all, self._chats, self._not_ready, self.subscriptions):
            part.clear()

    def _send(self, asked: Asked) -> Told:
        refused = self._unauthorised(asked)
        if refused is not None:
            return refused
        recipient = asked.query.get("user_id") or asked.query.get("chat_id") or ""
        document = asked.document() or {}
        refused = self._refused(recipient, document)
        if refused is not None:
            return refused
        number = next(self._ids)
        message = Message(
            vendor=NAME,
            channel=NAME,
            id=f"mid.{number:016x}",
            recipient=recipient,
            sender="landhub_sandbox",
            text=str(document.get("text") or ""),
            accepted_at=self._clock.now(),
        )
        self._book.add(message, lag_seconds=asked.lag_seconds)
        when = int(self._clock.now().timestamp() * 1000)
        body = {"mid": message.id, "seq": number, "text": message.text}
        return Told(value={"message": {"recipient": {"user_id": int(recipient)}, "timestamp": when, "body": body}})

    def _refused(self, recipient: str, document: Mapping[str, Any]) -> Told | None:
        if recipient in self._book.refusals:
            return _error(*_REFUSALS[self._book.refusals[recipient]])
        text, attachments = document.get("text") or "", document.get("attachments") or []
        if not recipient.removeprefix("-").isdecimal():
            return _error(400, "proto.payload", "user_id or chat_id must be a number")
        if len(text) > _LONGEST or len(attachments) > _MOST_ATTACHMENTS or not (text or attachments):
            return _error(400, "proto.payload", "text: size must be between 1 and 4000")
        if self._all.wait_seconds() or self._chats.wait_seconds(recipient):
            return _error(429, "too.many.requests", "Too many requests")
        self._all.take()
        self._chats.take(recipient)
        key = str(attachments)
        if attachments and self._not_ready[key] < _NOT_READY_TIMES:
            self._not_ready[key] += 1
            return _error(400, "attachment.not.ready", "Key: errors.process.attachment.file.not.processed")
        return None

    def _me(self, asked: Asked) -> Told:
        shown = {"user_id": 1, "first_name": "Хаб", "username": "landhub_sandbox", "is_bot": True}
        return self._unauthorised(asked) or Told(value=shown)

    def _subscribe(self, asked: Asked) -> Told:
        refused = self._unauthorised(asked)
        if refused is not None:
            return refused
        document = asked.document() or {}
        url, secret = str(document.get("url", "")), str(document.get("secret", ""))
        if not url.startswith("https://") or (secret and not _SECRET.fullmatch(secret)):
            return _error(400, "proto.payload", "url must be https, and the secret plain")
        self.subscriptions[url] = document
        return Told(value={"success": True})

    def _unauthorised(self, asked: Asked) -> Told | None:
        if asked.headers.get("Authorization") == self._token:
            return None
        return _error(401, "verify.token", "Invalid access_token")


def _error(status: int, code: str, text: str) -> Told:
    return Told(status=status, value={"code": code, "message": text})
