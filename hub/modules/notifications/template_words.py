"""The words templates have for values: Russian money, dates, plural forms, safe links. Pure functions."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

MOSCOW = ZoneInfo("Europe/Moscow")
NO_BREAK = "\u00a0"
_WHOLE = re.compile(r"-?[0-9]{1,18}")
_LINK = re.compile(r"https://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[!#-;=?-~]*)?")
_SIGNS = {"RUB": "₽", "USD": "$", "EUR": "€", "CNY": "¥", "KZT": "₸", "BYN": "Br"}
_MONTHS = (
    "января", "февраля", "марта", "апреля", "мая", "июня",
    "июля", "августа", "сентября", "октября", "ноября", "декабря",
)  # fmt: skip


class WordError(ValueError):
    """A value that a word of a template can't be said of. The message never has the value in it."""


def money(value: Any, currency: str = "RUB") -> str:
    """Return an amount as it is written in Russian: 150000000 is "1 500 000,00 ₽", with blanks that don't break.

    Args:
        value: Minor units, as a number or text, or a mapping with `minor_units` and `currency_code`.
        currency: ISO 4217 code, unless the mapping has one.
    """
    if isinstance(value, Mapping):
        currency = str(value.get("currency_code", currency))
        value = value.get("minor_units")
    units = whole(value, "money")
    major, minor = divmod(abs(units), 100)
    grouped = f"{major:,}".replace(",", NO_BREAK)
    if not re.fullmatch(r"[A-Z]{3}", currency):
        raise WordError("money: a currency is three capital letters")
    return f"{'−' if units < 0 else ''}{grouped},{minor:02d}{NO_BREAK}{_SIGNS.get(currency, currency)}"


def long_date(value: Any, zone: ZoneInfo = MOSCOW) -> str:
    """Return a day as "26 ноября 2026 г.": of a date as it is, of a time (ISO 8601 with an offset) in the zone."""
    day = _day(value, zone)
    return f"{day.day}{NO_BREAK}{_MONTHS[day.month - 1]} {day.year}{NO_BREAK}г."


def short_date(value: Any, zone: ZoneInfo = MOSCOW) -> str:
    """Return a day as "26.11.2026"."""
    return _day(value, zone).strftime("%d.%m.%Y")


def date_time(value: Any, zone: ZoneInfo = MOSCOW) -> str:
    """Return a moment as "26 ноября 2026 г., 14:05 (МСК+2)": in the zone, and how far that is from Moscow."""
    moment = _moment(value)
    if moment is None:
        raise WordError("datetime: needs a time with its offset, as 2026-11-26T14:05:00+03:00")
    local = moment.astimezone(zone)
    return f"{long_date(value, zone)}, {local:%H:%M} ({_from_moscow(local)})"


def plural(value: Any, one: str, few: str, many: str) -> str:
    """Return the form a Russian noun has after a whole number: 1 день, 2 дня, 5 дней, 11 дней, 21 день."""
    count = abs(whole(value, "plural"))
    if 11 <= count % 100 <= 14:
        return many
    return {1: one, 2: few, 3: few, 4: few}.get(count % 10, many)


def link(value: Any) -> str:
    """Return an address that may stand in a link: https, and no letter that ends an attribute or a line."""
    if not isinstance(value, str) or not _LINK.fullmatch(value):
        raise WordError("link: needs an https address")
    return value


def whole(value: Any, word: str) -> int:
    """Return a whole number that came as one, or as text.

    Raises:
        WordError: it is none.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and _WHOLE.fullmatch(value):
        return int(value)
    raise WordError(f"{word}: needs a whole number")


def _day(value: Any, zone: ZoneInfo) -> date:
    moment = _moment(value)
    if moment is not None:
        return moment.astimezone(zone).date()
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise WordError("date: needs a day, as 2026-11-26, or a time with its offset") from None


def _moment(value: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo is not None and 1900 < moment.year < 9000 else None


def _from_moscow(local: datetime) -> str:
    here = local.utcoffset() or timedelta()
    moscow = local.astimezone(MOSCOW).utcoffset() or timedelta()
    minutes = round((here - moscow).total_seconds() / 60)
    if minutes == 0:
        return "МСК"
    hours, rest = divmod(abs(minutes), 60)
    return f"МСК{'+' if minutes > 0 else '−'}{hours}{f':{rest:02d}' if rest else ''}"


def is_one_line(text: str) -> bool:
    """Return whether a text may stand in a header: no line break of any alphabet, no control character."""
    return not any(unicodedata.category(letter) in {"Cc", "Cs", "Zl", "Zp"} for letter in text)


def is_time_zone(name: str) -> bool:
    """Return whether there is such a zone."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True
