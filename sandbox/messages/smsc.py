"""SMSC.ru: scripts that answer 200 to everything, in four formats, and refuse what comes twice within a minute."""

import dataclasses
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta, timezone
from functools import partial
from itertools import count
from typing import Any
from xml.sax.saxutils import escape

from sandbox.clock import SandboxClock
from sandbox.faults import Fault, FaultKind
from sandbox.messages.book import Fate, Message, MessageBook
from sandbox.messages.pace import Pace
from sandbox.messages.segments import parts
from sandbox.messages.vendor import Asked, Route, Told

NAME = "smsc"
_PHONE = re.compile(r"7\d{10}|[1-689]\d{9,14}")
_IDS = range(1, 2**31)
_MINUTE_SECONDS = 60
_MOSCOW = timezone(timedelta(hours=3))
_MOST_AT_ONCE = 5
_MOST_POLLS_A_MINUTE = 5
_TEXTS = {
    1: "parameters error",
    2: "authorise error",
    3: "insufficient funds",
    4: "IP is blocked",
    5: "invalid date format",
    6: "message is denied",
    7: "invalid number",
    8: "message to this number can't be delivered",
    9: "duplicate request, wait a minute",
}
_BUSY = "too many concurrent requests"
_FATES = {
    Fate.DELIVERED: "1",
    Fate.READ: "2",
    Fate.EXPIRED: "3",
    Fate.UNDELIVERABLE: "20",
    Fate.REJECTED: "23",
    Fate.STUCK: "0",
}
_TEXT_TYPES = {"0": "text/plain", "1": "text/plain", "2": "text/xml", "3": "application/json"}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """What is let in: login and password (as it is, or as MD5), or a key."""

    login: str = "landhub"
    password: str = "sandbox&psw=+"  # noqa: S105 - of a simulator; odd characters must survive a form
    key: str = "smsc-sandbox-key"


class _RefusedError(Exception):
    def __init__(self, code: int, text: str = "", *, message_id: str = "") -> None:
        super().__init__(text or _TEXTS.get(code, "error"))
        self.code = code
        self.message_id = message_id


class Smsc:
    """The vendor. `part_cost` is kopecks for one SMS; `balance` goes down by it."""

    def __init__(
        self,
        *,
        book: MessageBook,
        clock: SandboxClock,
        login: Login,
        part_cost: int = 160,
        balance: int = 100_000_000,
        most_at_once: int = _MOST_AT_ONCE,
    ) -> None:
        self._book = book
        self._clock = clock
        self._login = login
        self._part_cost = part_cost
        self._first_balance = self.balance = balance
        self._most_at_once = most_at_once
        self._ids = count(1_000)
        self._equal = Pace(clock=clock, calls=1, seconds=_MINUTE_SECONDS)

    @property
    def name(self) -> str:
        """Its name in faults and messages."""
        return NAME

    def routes(self) -> Sequence[Route]:
        """Its scripts, by POST and GET."""
        scripts = (("send", self._send, True), ("status", self._status, False), ("balance", self._balance, False))
        return [
            Route(
                operation=name,
                method=method,
                path=f"/sys/{name}.php",
                answer=partial(_told_or_refused, answer),
                writes=writes,
            )
            for name, answer, writes in scripts
            for method in ("POST", "GET")
        ]

    def failure(self, fault: Fault) -> Told:
        """One row of its table of errors."""
        return _error("3", _RefusedError(int(fault.code), fault.message))

    def forget(self) -> None:
        """Begin anew."""
        self.balance = self._first_balance
        self._equal.clear()

    def _send(self, asked: Asked, fields: Mapping[str, str], form: str) -> Told:
        if asked.in_flight >= self._most_at_once:
            raise _RefusedError(9, _BUSY)
        self._let_in(fields)
        told = self._priced(fields, form) if fields.get("cost") == "1" else self._taken(asked, fields, form)
        if asked.fault(FaultKind.FALSE_DUPLICATE):
            raise _RefusedError(9, message_id=fields.get("id", ""))
        return told

    def _taken(self, asked: Asked, fields: Mapping[str, str], form: str) -> Told:
        phones, texts = self._checked(fields)
        message_id = self._message_id(fields)
        self._refuse_repeated("send", fields, most=1, message_id=message_id)
        counts = [parts(text) for text in texts]
        cost = sum(counts) * self._part_cost
        if cost > self.balance:
            raise _RefusedError(3)
        for phone, text, number in zip(phones, texts, counts, strict=True):
            if refused := self._book.refusals.get(phone):
                raise _RefusedError(int(refused), message_id=message_id)
            self._take(asked, fields, message_id, phone=phone, text=text, number=number)
        self.balance -= cost
        shown: dict[str, Any] = {"id": int(message_id), "cnt": sum(counts)}
        if fields.get("cost") in {"2", "3"}:
            shown["cost"] = _roubles(cost)
        if fields.get("cost") == "3":
            shown["balance"] = _roubles(self.balance)
        if fields.get("op") == "1":
            shown["phones"] = [
                {"phone": phone, "mccmnc": "25001", "cost": _roubles(n * self._part_cost), "status": "0", "error": "0"}
                for phone, n in zip(phones, counts, strict=True)
            ]
        return _told(form, shown, text=f"OK - {shown['cnt']} SMS, ID - {message_id}")

    def _take(
        self, asked: Asked, fields: Mapping[str, str], message_id: str, *, phone: str, text: str, number: int
    ) -> None:
        self._book.add(
            Message(
                vendor=NAME,
                channel="sms",
                id=message_id,
                recipient=phone,
                sender=fields.get("sender", "SMSC.RU"),
                text=text,
                reference=fields.get("id", ""),
                parts=number,
                cost=number * self._part_cost,
                accepted_at=self._clock.now(),
                more={"translit": fields.get("translit", "0"), "valid": fields.get("valid", "")},
            ),
            lag_seconds=asked.lag_seconds,
        )

    def _priced(self, fields: Mapping[str, str], form: str) -> Told:
        _, texts = self._checked(fields)
        self._refuse_repeated("cost", fields, most=5, message_id="")
        number = sum(parts(text) for text in texts)
        cost = _roubles(number * self._part_cost)
        return _told(form, {"cost": cost, "cnt": number}, text=f"{cost} ({number} SMS)")

    def _checked(self, fields: Mapping[str, str]) -> tuple[list[str], list[str]]:
        if "list" in fields:
            pairs = [line.partition(":") for line in fields["list"].splitlines()]
            phones, texts = [phone for phone, _, _ in pairs], [text for _, _, text in pairs]
        else:
            phones = [phone for phone in re.split("[,;]", fields.get("phones", "")) if phone]
            texts = [fields.get("mes", "")] * len(phones)
        if not phones or not all(texts):
            raise _RefusedError(1)
        phones = [re.sub(r"[\s()+-]", "", phone) for phone in phones]
        if not all(_PHONE.fullmatch(phone) for phone in phones):
            raise _RefusedError(7)
        if fields.get("time") and not re.fullmatch(r"\d{10}|\d{1,2}-\d{1,2}|\+\d+|0\d+", fields["time"]):
            raise _RefusedError(5)
        return phones, texts

    def _message_id(self, fields: Mapping[str, str]) -> str:
        chosen = fields.get("id", "")
        if not chosen:
            return str(next(self._ids))
        if not chosen.isdecimal() or int(chosen) not in _IDS:
            raise _RefusedError(1)
        return chosen

    def _refuse_repeated(self, what: str, fields: Mapping[str, str], *, most: int, message_id: str) -> None:
        """Count equal requests within a minute. Its own number makes no request another one."""
        parts_of_key = [fields.get(name, "") for name in ("phones", "mes", "list", "sender")]
        key = hashlib.sha256("\0".join([what, *parts_of_key]).encode()).hexdigest()
        if self._equal.wait_seconds(key, calls=most):
            raise _RefusedError(9, message_id=message_id)
        self._equal.take(key)

    def _status(self, asked: Asked, fields: Mapping[str, str], form: str) -> Told:
        self._let_in(fields)
        phones, ids = fields.get("phone", "").split(","), fields.get("id", "").split(",")
        if not all(phones) or not all(ids) or len(phones) != len(ids):
            raise _RefusedError(1)
        key = {"phones": fields["phone"], "mes": fields["id"]}
        self._refuse_repeated("status", key, most=_MOST_POLLS_A_MINUTE if len(ids) == 1 else 1, message_id="")
        rows = [self._row(phone, number, asked) for phone, number in zip(phones, ids, strict=True)]
        if len(rows) > 1:
            return Told(value=[{**row, "phone": phone} for row, phone in zip(rows, phones, strict=True)])
        return _told(form, rows[0], text=f"Status = {rows[0]['status']}, check_time = {rows[0]['last_date']}")

    def _row(self, phone: str, number: str, asked: Asked) -> dict[str, Any]:
        message = self._book.shown(NAME, number)
        if message is None or message.recipient != phone:
            return {"status": -3, "last_date": "", "last_timestamp": 0, "err": 0}
        steps = self._book.steps(message)
        status = ("-1", "0", _FATES.get(Fate(message.fate)) if message.fate in _FATES else message.fate)[min(steps, 2)]
        if word := asked.fault(FaultKind.UNKNOWN_STATUS):
            status = word.word
        changed = self._book.changed_at(message, min(steps, 2))
        row: dict[str, Any] = {
            "status": int(str(status)),
            "last_date": changed.astimezone(_MOSCOW).strftime("%d.%m.%Y %H:%M:%S"),
            "last_timestamp": int(changed.timestamp()),
            "err": 0 if status in {"-1", "0", "1", "2"} else 13,
        }
        if asked.fields("latin-1").get("all"):
            row |= {"cost": _roubles(message.cost), "phone": phone, "sms_cnt": message.parts}
        return row

    def _balance(self, _asked: Asked, fields: Mapping[str, str], form: str) -> Told:
        self._let_in(fields)
        return _told(form, {"balance": _roubles(self.balance)}, text=_roubles(self.balance))

    def _let_in(self, fields: Mapping[str, str]) -> None:
        login = self._login
        hashed = hashlib.md5(login.password.encode(), usedforsecurity=False).hexdigest()
        by_password = fields.get("login") == login.login and fields.get("psw") in {login.password, hashed}
        if not by_password and fields.get("apikey") != login.key:
            raise _RefusedError(2)


def callback(message: Message, status: str) -> Mapping[str, str]:
    """The fields of the form that is posted when a message's status changes."""
    return {"id": message.id, "phone": message.recipient, "status": status, "err": "0" if status in "12" else "13"}


def final_status(message: Message) -> str:
    """The status at the end."""
    return _FATES[Fate(message.fate)] if message.fate in _FATES else message.fate


def _told_or_refused(answer: Callable[[Asked, Mapping[str, str], str], Told], asked: Asked) -> Told:
    fields = _read(asked)
    form = fields.get("fmt", "0")
    try:
        return answer(asked, fields, form)
    except _RefusedError as refusal:
        return _error(form, refusal)


def _read(asked: Asked) -> dict[str, str]:
    """The fields, in the charset that they name themselves: windows-1251 if they don't."""
    charset = asked.fields("latin-1").get("charset", "windows-1251")
    try:
        return asked.fields(charset)
    except (UnicodeDecodeError, LookupError):
        return {"fmt": asked.fields("latin-1").get("fmt", "0")}


def _told(form: str, shown: Mapping[str, Any], *, text: str) -> Told:
    kind = _TEXT_TYPES.get(form, "text/plain")
    match form:
        case "3":
            return Told(value=shown, content_type=kind)
        case "2":
            inner = "".join(f"<{name}>{escape(str(value))}</{name}>" for name, value in shown.items())
            return Told(text=f"<result>{inner}</result>", content_type=kind)
        case "1":
            return Told(text=",".join(str(value) for value in shown.values()), content_type=kind)
    return Told(text=text, content_type=kind)


def _error(form: str, refusal: _RefusedError) -> Told:
    kind = _TEXT_TYPES.get(form, "text/plain")
    match form:
        case "3":
            shown: dict[str, Any] = {"error": str(refusal), "error_code": refusal.code}
            return Told(
                value=shown | ({"id": int(refusal.message_id)} if refusal.message_id else {}), content_type=kind
            )
        case "2":
            text = f"<error>{escape(str(refusal))}</error><error_code>{refusal.code}</error_code>"
            return Told(text=f"<result>{text}</result>", content_type=kind)
        case "1":
            return Told(text=f"{refusal.message_id or 0},-{refusal.code}", content_type=kind)
    return Told(text=f"ERROR = {refusal.code} ({refusal})", content_type=kind)


def _roubles(kopecks: int) -> str:
    return f"{kopecks // 100}.{kopecks % 100:02d}"
