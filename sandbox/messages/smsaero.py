"""SMS Aero v2: JSON under HTTP Basic, costs that are numbers here and texts there."""

import base64
import dataclasses
import re
from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any

from sandbox.clock import SandboxClock
from sandbox.faults import Fault, FaultKind
from sandbox.messages.book import Fate, Message, MessageBook
from sandbox.messages.segments import parts
from sandbox.messages.vendor import Asked, Route, Told

NAME = "smsaero"
_PHONE = re.compile(r"\d{11,15}")
_TEXT_LENGTHS = range(2, 641)
_LEGACY = frozenset({"no credits", "reject"})
_FATES = {
    Fate.DELIVERED: 1,
    Fate.READ: 1,
    Fate.EXPIRED: 2,
    Fate.UNDELIVERABLE: 2,
    Fate.REJECTED: 6,
    Fate.STUCK: 3,
}
_WORDS = {0: "queue", 1: "delivery", 2: "failed", 3: "smsc submit", 4: "pending", 6: "smsc reject", 8: "moderation"}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """What is let in."""

    email: str = "landhub@example.ru"
    api_key: str = "smsaero-sandbox-key"


class SmsAero:
    """The vendor. `part_cost` is kopecks for one SMS."""

    def __init__(
        self,
        *,
        book: MessageBook,
        clock: SandboxClock,
        login: Login,
        part_cost: int = 549,
        balance: int = 100_000_000,
    ) -> None:
        self._book = book
        self._clock = clock
        self._login = login
        self._part_cost = part_cost
        self._first_balance = self.balance = balance
        self._ids = count(12_345)

    @property
    def name(self) -> str:
        """Its name in faults and messages."""
        return NAME

    def routes(self) -> Sequence[Route]:
        """Its methods, by POST and GET."""
        methods = (
            ("send", "sms/send", self._send, True),
            ("testsend", "sms/testsend", self._send_test, True),
            ("status", "sms/status", self._status, False),
            ("teststatus", "sms/teststatus", self._status, False),
            ("balance", "balance", self._balance, False),
            ("auth", "auth", self._auth, False),
        )
        return [
            Route(operation=name, method=method, path=f"/v2/{path}", answer=answer, writes=writes)
            for name, path, answer, writes in methods
            for method in ("POST", "GET")
        ]

    def failure(self, fault: Fault) -> Told:
        """One of its errors: `code` is its HTTP status, "no credits" or "reject"."""
        if fault.code in _LEGACY:
            reason = {"reason": fault.message} if fault.code == "reject" else {}
            return Told(value={"result": fault.code, **reason})
        return Told(status=int(fault.code), value={"success": False, "data": None, "message": fault.message})

    def forget(self) -> None:
        """Begin anew."""
        self.balance = self._first_balance

    def _send(self, asked: Asked) -> Told:
        return self._sent(asked, is_test=False)

    def _send_test(self, asked: Asked) -> Told:
        return self._sent(asked, is_test=True)

    def _sent(self, asked: Asked, *, is_test: bool) -> Told:
        if not self._is_let_in(asked):
            return _unauthorised()
        document = asked.document() or {}
        numbers = document.get("numbers")
        phones = [str(phone) for phone in (numbers if numbers is not None else [document.get("number", "")])]
        text = str(document.get("text", ""))
        wrong = _violations(phones, text, str(document.get("sign", "")))
        if wrong:
            return Told(status=400, value={"success": False, "data": wrong, "message": "Validation error."})
        refused = next((self._book.refusals[phone] for phone in phones if phone in self._book.refusals), "")
        if refused:
            return Told(value={"result": "reject", "reason": refused})
        if parts(text) * len(phones) * self._part_cost > self.balance and not is_test:
            return Told(value={"result": "no credits"})
        rows = [self._taken(asked, document, phone, text, is_test=is_test) for phone in phones]
        return Told(value={"success": True, "data": rows if numbers is not None else rows[0], "message": None})

    def _taken(
        self, asked: Asked, document: Mapping[str, Any], phone: str, text: str, *, is_test: bool
    ) -> dict[str, Any]:
        number = parts(text)
        message = Message(
            vendor=NAME,
            channel="sms",
            id=str(next(self._ids)),
            recipient=phone,
            sender=str(document["sign"]),
            text=text,
            parts=number,
            cost=number * self._part_cost,
            accepted_at=self._clock.now(),
            is_test=is_test,
            callback_url=str(document.get("callbackUrl", "")),
        )
        self._book.add(message, lag_seconds=asked.lag_seconds)
        if not is_test:
            self.balance -= message.cost
        return self._shown(message, 8 if message.fate == "moderation" else 0) | {"cost": message.cost / 100}

    def _status(self, asked: Asked) -> Told:
        if not self._is_let_in(asked):
            return _unauthorised()
        number = (asked.document() or asked.query).get("id", "")
        message = self._book.shown(NAME, str(number))
        if message is None:
            return Told(status=404, value={"success": False, "data": None, "message": "Not found."})
        status = (0, 3, final_status(message))[min(self._book.steps(message), 2)]
        if message.fate == "moderation":
            status = 8
        if word := asked.fault(FaultKind.UNKNOWN_STATUS):
            status = int(word.word)
        return Told(value={"success": True, "data": self._shown(message, status), "message": None})

    def _shown(self, message: Message, status: int) -> dict[str, Any]:
        moment = int(message.accepted_at.timestamp())
        return {
            "id": int(message.id),
            "from": message.sender,
            "number": message.recipient,
            "text": message.text,
            "status": status,
            "extendStatus": _WORDS.get(status, "unknown"),
            "channel": "FREE SIGN",
            "cost": f"{message.cost / 100:.2f}",
            "dateCreate": moment,
            "dateSend": moment,
        }

    def _balance(self, asked: Asked) -> Told:
        if not self._is_let_in(asked):
            return _unauthorised()
        return Told(value={"success": True, "data": {"balance": self.balance / 100}, "message": None})

    def _auth(self, asked: Asked) -> Told:
        if not self._is_let_in(asked):
            return _unauthorised()
        return Told(value={"success": True, "data": None, "message": "Successful authorization."})

    def _is_let_in(self, asked: Asked) -> bool:
        pair = base64.b64encode(f"{self._login.email}:{self._login.api_key}".encode()).decode()
        return asked.headers.get("Authorization") == f"Basic {pair}"


def callback(message: Message, status: int) -> Mapping[str, Any]:
    """The JSON that is posted to a message's `callbackUrl` when its status changes."""
    return {
        "id": int(message.id),
        "number": message.recipient,
        "status": status,
        "extendStatus": _WORDS.get(status, "unknown"),
    }


def final_status(message: Message) -> int:
    """The status at the end."""
    return _FATES[Fate(message.fate)] if message.fate in _FATES else _number(message.fate)


def _number(word: str) -> int:
    return 8 if word == "moderation" else int(word)


def _violations(phones: Sequence[str], text: str, sign: str) -> dict[str, list[str]]:
    wrong: dict[str, list[str]] = {}
    if not phones or not all(_PHONE.fullmatch(phone) for phone in phones):
        wrong["number"] = ["Wrong number format."]
    if len(text) not in _TEXT_LENGTHS:
        wrong["text"] = ["The text must be from 2 to 640 characters long."]
    if not sign.strip():
        wrong["sign"] = ["This value should not be blank."]
    return wrong


def _unauthorised() -> Told:
    return Told(
        status=401, value={"success": False, "data": None, "message": "Your request was made with invalid credentials."}
    )
