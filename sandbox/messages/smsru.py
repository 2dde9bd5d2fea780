"""SMS.ru: an envelope that is well, and errors inside it for each number."""

import dataclasses
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import count
from typing import Any

from sandbox.clock import SandboxClock
from sandbox.faults import Fault, FaultKind
from sandbox.messages.book import Fate, Message, MessageBook
from sandbox.messages.pace import Pace
from sandbox.messages.segments import parts
from sandbox.messages.vendor import Asked, Route, Told

NAME = "smsru"
_PHONE = re.compile(r"7\d{10}")
_MOST_NUMBERS = 100
_MOST_PARTS = 8
_SAME_TEXT_A_DAY = 5
_LADDER = ("100", "101", "102")
_FATES = {
    Fate.DELIVERED: "103",
    Fate.READ: "110",
    Fate.EXPIRED: "104",
    Fate.UNDELIVERABLE: "106",
    Fate.REJECTED: "108",
    Fate.STUCK: "102",
}
_TEXTS = {
    "-1": "Сообщение не найдено.",
    "100": "Сообщение принято к отправке.",
    "200": "Неправильный api_id.",
    "201": "Не хватает средств на лицевом счету.",
    "202": "Неправильно указан номер телефона получателя, либо на него нет маршрута.",
    "203": "Нет текста сообщения.",
    "205": "Сообщение слишком длинное.",
    "209": "Вы добавили этот номер в стоп-лист.",
    "212": "Текст сообщения необходимо передать в кодировке UTF-8.",
    "213": "Указано слишком много номеров.",
    "231": "Превышен лимит одинаковых сообщений на этот номер в минуту.",
    "232": "Превышен лимит одинаковых сообщений на этот номер в день.",
}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """What is let in."""

    api_id: str = "5A9D8B1C-SAND-BOX0-0000-000000000000"


class SmsRu:
    """The vendor. `part_cost` is kopecks for one SMS."""

    def __init__(
        self,
        *,
        book: MessageBook,
        clock: SandboxClock,
        login: Login,
        part_cost: int = 250,
        balance: int = 100_000_000,
    ) -> None:
        self._book = book
        self._clock = clock
        self._login = login
        self._part_cost = part_cost
        self._first_balance = self.balance = balance
        self._ids = count(10_000_000)
        self._same_minute = Pace(clock=clock, calls=1, seconds=60)
        self._same_day = Pace(clock=clock, calls=_SAME_TEXT_A_DAY, seconds=86_400)

    @property
    def name(self) -> str:
        """Its name in faults and messages."""
        return NAME

    def routes(self) -> Sequence[Route]:
        """Its methods, by POST and GET."""
        methods = (
            ("send", "/sms/send", self._send, True),
            ("status", "/sms/status", self._status, False),
            ("cost", "/sms/cost", self._cost, False),
            ("balance", "/my/balance", self._my_balance, False),
            ("check", "/auth/check", self._check, False),
        )
        return [
            Route(operation=name, method=method, path=path, answer=answer, writes=writes)
            for name, path, answer, writes in methods
            for method in ("POST", "GET")
        ]

    def failure(self, fault: Fault) -> Told:
        """One row of its table of codes, for the whole request."""
        return _whole(fault.code, fault.message)

    def forget(self) -> None:
        """Begin anew."""
        self.balance = self._first_balance
        self._same_minute.clear()
        self._same_day.clear()

    def _send(self, asked: Asked) -> Told:
        read = self._read(asked)
        if isinstance(read, Told):
            return read
        fields, texts = read
        shown = {phone: self._taken(asked, fields, phone, text) for phone, text in texts.items()}
        if "json" not in fields:
            lines = [row.get("sms_id", row["status_code"]) for row in shown.values()]
            balance = f"balance={self.balance / 100:.2f}"
            return Told(text="\n".join(["100", *map(str, lines), balance]), content_type="text/plain; charset=utf-8")
        return Told(value={**_ok(), "sms": shown, "balance": self.balance / 100})

    def _read(self, asked: Asked) -> tuple[dict[str, str], dict[str, str]] | Told:
        """The request's fields and the text for each number, or what refuses all of it."""
        try:
            fields = asked.fields()
        except UnicodeDecodeError:
            return _whole("212")
        if fields.get("api_id") != self._login.api_id:
            return _whole("200")
        texts = {name[3:-1]: text for name, text in fields.items() if name.startswith("to[")}
        texts |= {phone: fields.get("msg", "") for phone in fields.get("to", "").split(",") if phone}
        if not texts:
            return _whole("202")
        if len(texts) > _MOST_NUMBERS:
            return _whole("213")
        return fields, {re.sub(r"[\s()+-]", "", phone): text for phone, text in texts.items()}

    def _taken(self, asked: Asked, fields: Mapping[str, str], phone: str, text: str) -> dict[str, Any]:
        number = parts(text)
        code = self._refusal(phone, text, number)
        if code:
            return _row_error(code)
        is_test = fields.get("test") == "1"
        message_id = f"{self._clock.now():%Y%W}-{next(self._ids)}"
        message = Message(
            vendor=NAME,
            channel="sms",
            id=message_id,
            recipient=phone,
            sender=fields.get("from", "SMS.RU"),
            text=text,
            parts=number,
            cost=0 if is_test else number * self._part_cost,
            accepted_at=self._clock.now(),
            is_test=is_test,
        )
        self._book.add(message, lag_seconds=asked.lag_seconds)
        if not is_test:
            self.balance -= message.cost
            self._same_minute.take(f"{phone} {text}")
            self._same_day.take(f"{phone} {text}")
        return {"status": "OK", "status_code": 100, "sms_id": message_id}

    def _refusal(self, phone: str, text: str, number: int) -> str:
        """The code by which one number is refused; empty if it isn't."""
        same = f"{phone} {text}"
        rules = (
            (not _PHONE.fullmatch(phone), "202"),
            (not text, "203"),
            (phone in self._book.refusals, self._book.refusals.get(phone, "")),
            (number > _MOST_PARTS, "205"),
            (number * self._part_cost > self.balance, "201"),
            (self._same_minute.wait_seconds(same) > 0, "231"),
            (self._same_day.wait_seconds(same) > 0, "232"),
        )
        return next((code for broken, code in rules if broken), "")

    def _status(self, asked: Asked) -> Told:
        fields = asked.fields()
        if fields.get("api_id") != self._login.api_id:
            return _whole("200")
        ids = [number for number in fields.get("sms_id", "").split(",") if number]
        rows = {number: self._row(number, asked) for number in ids}
        return Told(value={**_ok(), "sms": rows, "balance": self.balance / 100})

    def _row(self, number: str, asked: Asked) -> dict[str, Any]:
        message = self._book.shown(NAME, number)
        if message is None:
            return _row_error("-1")
        steps = self._book.steps(message)
        code = (*_LADDER, final_status(message))[min(steps, len(_LADDER))]
        if word := asked.fault(FaultKind.UNKNOWN_STATUS):
            code = word.word
        return {
            "status": "OK",
            "status_code": int(code),
            "cost": f"{message.cost / 100:.2f}",
            "status_text": _TEXTS.get(code, "Состояние"),
        }

    def _cost(self, asked: Asked) -> Told:
        read = self._read(asked)
        if isinstance(read, Told):
            return read
        _, texts = read
        rows: dict[str, dict[str, Any]] = {}
        total = 0
        for phone, text in texts.items():
            number = parts(text)
            total += number
            cost = number * self._part_cost / 100
            rows[phone] = {"status": "OK", "status_code": 100, "cost": cost, "sms": number}
        return Told(value={**_ok(), "sms": rows, "total_cost": total * self._part_cost / 100, "total_sms": total})

    def _my_balance(self, asked: Asked) -> Told:
        if asked.fields().get("api_id") != self._login.api_id:
            return _whole("200")
        return Told(value={**_ok(), "balance": self.balance / 100})

    def _check(self, asked: Asked) -> Told:
        return Told(value=_ok()) if asked.fields().get("api_id") == self._login.api_id else _whole("200")


def callback(message: Message, code: str, time: datetime) -> Mapping[str, str]:
    """The fields of the form that is posted when a message's status changes."""
    return {"data[0]": f"sms_status\n{message.id}\n{code}\n{int(time.timestamp())}"}


def final_status(message: Message) -> str:
    """The status at the end."""
    return _FATES[Fate(message.fate)] if message.fate in _FATES else message.fate


def _ok() -> dict[str, Any]:
    return {"status": "OK", "status_code": 100}


def _whole(code: str, text: str = "") -> Told:
    return Told(value=_row_error(code, text))


def _row_error(code: str, text: str = "") -> dict[str, Any]:
    return {"status": "ERROR", "status_code": int(code), "status_text": text or _TEXTS.get(code, "Ошибка.")}
