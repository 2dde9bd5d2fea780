"""The Telegram Bot API: the token in the path, an envelope for each answer, and patience demanded by `retry_after`."""

import math
from collections.abc import Sequence
from itertools import count
from typing import Any

from sandbox.clock import SandboxClock
from sandbox.faults import Fault
from sandbox.messages.book import Message, MessageBook
from sandbox.messages.pace import Pace
from sandbox.messages.vendor import Asked, Route, Told

NAME = "telegram"
TOKEN = "1234567890:AAsandbox-token_ofthebot0123456789abc"  # noqa: S105 - of a simulator
_LONGEST = 4096
_DESCRIPTIONS = {
    "403": "Forbidden: bot was blocked by the user",
    "400": "Bad Request: chat not found",
}


class Telegram:
    """The vendor. `refusals` of the book name a code: 403 blocked, 400 no such chat, "migrated" to another chat."""

    def __init__(self, *, book: MessageBook, clock: SandboxClock, token: str = TOKEN) -> None:
        self._book = book
        self._clock = clock
        self._token = token
        self._ids = count(100)
        self._paces = {
            "chat": Pace(clock=clock, calls=1, seconds=1),
            "all": Pace(clock=clock, calls=30, seconds=1),
            "group": Pace(clock=clock, calls=20, seconds=60),
        }

    @property
    def name(self) -> str:
        """Its name in faults and messages."""
        return NAME

    def routes(self) -> Sequence[Route]:
        """Its methods, by POST and GET."""
        methods = (("sendMessage", self._send, True), ("getMe", self._get_me, False))
        return [
            Route(operation=name, method=method, path=f"/bot{{token}}/{name}", answer=answer, writes=writes)
            for name, answer, writes in methods
            for method in ("POST", "GET")
        ]

    def failure(self, fault: Fault) -> Told:
        """An error of this code; with `retry_after_seconds` it says so."""
        wait = fault.retry_after_seconds
        return _error(int(fault.code), fault.message, **({} if wait is None else {"retry_after": wait}))

    def forget(self) -> None:
        """Begin anew."""
        for pace in self._paces.values():
            pace.clear()

    def _send(self, asked: Asked) -> Told:
        if asked.match["token"] != self._token:
            return _error(401, "Unauthorized")
        fields: dict[str, Any] = asked.document() or dict(asked.fields())
        chat, text = str(fields.get("chat_id", "")), str(fields.get("text", ""))
        refused = self._refused(chat, text)
        if refused is not None:
            return refused
        wait = self._wait_seconds(chat)
        if wait:
            return _error(429, f"Too Many Requests: retry after {wait}", retry_after=wait)
        number = next(self._ids)
        message = Message(
            vendor=NAME,
            channel=NAME,
            id=f"{chat}/{number}",
            recipient=chat,
            sender="landhub_sandbox_bot",
            text=text,
            accepted_at=self._clock.now(),
        )
        self._book.add(message)
        when = int(self._clock.now().timestamp())
        chat_shown = {"id": int(chat), "type": "group" if chat.startswith("-") else "private"}
        result = {"message_id": number, "date": when, "chat": chat_shown, "text": text, "from": _bot()}
        return Told(value={"ok": True, "result": result})

    def _refused(self, chat: str, text: str) -> Told | None:
        code = self._book.refusals.get(chat)
        if code == "migrated":
            upgraded = "Bad Request: group chat was upgraded to a supergroup chat"
            return _error(400, upgraded, migrate_to_chat_id=-1001234567890)
        if code is not None:
            return _error(int(code), _DESCRIPTIONS.get(code, "Bad Request"))
        if not chat.removeprefix("-").isdecimal():
            return _error(400, "Bad Request: chat not found")
        if not text.strip():
            return _error(400, "Bad Request: message text is empty")
        if len(text) > _LONGEST:
            return _error(400, "Bad Request: message is too long")
        return None

    def _wait_seconds(self, chat: str) -> int:
        asked = [("chat", chat), ("all", "")] + ([("group", chat)] if chat.startswith("-") else [])
        wait = max(self._paces[name].wait_seconds(key) for name, key in asked)
        if not wait:
            for name, key in asked:
                self._paces[name].take(key)
        return math.ceil(wait)

    def _get_me(self, asked: Asked) -> Told:
        if asked.match["token"] != self._token:
            return _error(401, "Unauthorized")
        return Told(value={"ok": True, "result": _bot()})


def _bot() -> dict[str, Any]:
    return {"id": 1234567890, "is_bot": True, "first_name": "Хаб", "username": "landhub_sandbox_bot"}


def _error(code: int, description: str, **parameters: int) -> Told:
    more = {"parameters": parameters} if parameters else {}
    return Told(status=code, value={"ok": False, "error_code": code, "description": description, **more})
