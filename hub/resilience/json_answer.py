"""JSON that an upstream answered: read strictly, nothing unsafe in it, and told when it says something new."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

from hub.resilience.failures import AnswerInvalidError
from hub.resilience.policy import Surprise

_MOST_DIGITS = 18  # of an amount or a time in milliseconds; more is no number of theirs


def parse_object(body: bytes) -> dict[str, Any]:
    """Return the object that a body holds, whatever its declared type.

    Raises:
        AnswerInvalidError: no JSON in UTF-8, no object, a member twice, or nested too deeply.
    """
    try:
        value = json.loads(
            body.decode("utf-8-sig"), object_pairs_hook=_once, parse_float=Decimal, parse_constant=_no_constant
        )
    except (ValueError, RecursionError) as error:
        # The cause is left out: it may quote the answer.
        raise AnswerInvalidError(f"the answer is no JSON ({type(error).__name__})") from None
    if not isinstance(value, dict):
        raise AnswerInvalidError("the answer is no JSON object")
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member stands twice")
    return members


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


class Fields:
    """The members of an object. Names that aren't known are told as a surprise."""

    def __init__(self, value: Mapping[str, Any], *, known: frozenset[str], surprise: Surprise, where: str = "") -> None:
        self._value = value
        self._where = where
        for name in value.keys() - known:
            surprise("field", f"{where}{name}")

    def has(self, name: str) -> bool:
        """Whether there is such a member."""
        return name in self._value

    def is_true(self, name: str) -> bool:
        """Whether it is true; false if it is missing or anything else."""
        return self._value.get(name) is True

    def text(self, name: str) -> str:
        """Return a text, or a whole number as text.

        Raises:
            AnswerInvalidError: it is missing, empty or neither.
        """
        found = self.optional_text(name)
        if not found:
            raise self._invalid(name)
        return found

    def optional_text(self, name: str) -> str:
        """Return a text, or a whole number as text; empty if it is missing or null."""
        found = self._value.get(name)
        if found is None:
            return ""
        if isinstance(found, bool) or not isinstance(found, str | int):
            raise self._invalid(name)
        return str(found)

    def number(self, name: str) -> int:
        """Return a whole number, that may be written as a text."""
        found = self.optional_number(name)
        if found is None:
            raise self._invalid(name)
        return found

    def optional_number(self, name: str) -> int | None:
        """Return a whole number, that may be written as a text; None if it is missing, null or empty."""
        text = self.optional_text(name)
        if not text:
            return None
        digits = text.removeprefix("-")
        if not digits.isascii() or not digits.isdecimal() or len(digits) > _MOST_DIGITS:
            raise self._invalid(name)
        return int(text)

    def optional_decimal(self, name: str) -> Decimal | None:
        """Return a number with or without decimals, that may be written as a text; None if it is missing or null."""
        found = self._value.get(name)
        if found is None or found == "":
            return None
        if isinstance(found, bool) or not isinstance(found, str | int | Decimal):
            raise self._invalid(name)
        try:
            value = Decimal(found)
        except InvalidOperation:
            raise self._invalid(name) from None
        if not value.is_finite() or value.adjusted() > _MOST_DIGITS:
            raise self._invalid(name)
        return value

    def optional_object(self, name: str, known: frozenset[str], surprise: Surprise) -> "Fields | None":
        """Return an object; None if it is missing, null or an empty list, as PHP writes an empty object."""
        found = self._value.get(name)
        if found is None or found == []:
            return None
        if not isinstance(found, dict):
            raise self._invalid(name)
        return Fields(found, known=known, surprise=surprise, where=f"{self._where}{name}.")

    def objects(self, name: str, known: frozenset[str], surprise: Surprise) -> "Sequence[Fields]":
        """Return a list of objects; empty if it is missing or null."""
        found = self._value.get(name)
        if found is None:
            return ()
        if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
            raise self._invalid(name)
        return [Fields(item, known=known, surprise=surprise, where=f"{self._where}{name}.") for item in found]

    def _invalid(self, name: str) -> AnswerInvalidError:
        return AnswerInvalidError(f"{self._where}{name} is not of its form")
