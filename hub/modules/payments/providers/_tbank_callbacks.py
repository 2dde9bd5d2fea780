"""How T-Bank tells of changes: JSON with a token over its scalars, as in requests; answered by `OK` alone."""

import json
from collections.abc import Mapping
from typing import Any, NoReturn

from hub.modules.payments.notice import (
    CallbackAnswer,
    CallbackProblem,
    CallbackReader,
    CallbackRefusedError,
    CallbackRequest,
    Notice,
)
from hub.modules.payments.providers._tbank_token import is_signed

_MOST_FIELDS = 100
_LONGEST_ID = 50
_OK = b"OK"


class TBankCallbacks(CallbackReader):
    """Takes notifications of one terminal. Those about no payment (about cards) are read as about no order of ours.

    Args:
        terminal_key: The terminal.
        password: Its password, which makes the token.
    """

    def __init__(self, *, terminal_key: str, password: str) -> None:
        self._terminal_key = terminal_key
        self._password = password

    @property
    def methods(self) -> frozenset[str]:
        """See the port."""
        return frozenset({"POST"})

    @property
    def answer(self) -> CallbackAnswer:
        """Capital letters, no tags, no line's end: else it comes again, hourly for a day, then daily for a month."""
        return CallbackAnswer(body=_OK)

    def read(self, request: CallbackRequest) -> Notice:
        """See the port."""
        told = _object(request.body)
        if "Token" not in told:
            raise CallbackRefusedError(CallbackProblem.UNSIGNED)
        if told.get("TerminalKey") != self._terminal_key or not self._is_proven(told):
            raise CallbackRefusedError(CallbackProblem.SIGNATURE_WRONG)
        return Notice(vendor_id=_id(told, "PaymentId"), reference=_id(told, "OrderId"))

    def _is_proven(self, told: Mapping[str, Any]) -> bool:
        """Whether the token is right: DATA was a text once, and then among the scalars or not."""
        without = {name: value for name, value in told.items() if name != "DATA"}
        return is_signed(told, self._password) | is_signed(without, self._password)


def _object(body: bytes) -> Mapping[str, Any]:
    """Return what was told, numbers as they are written: the token is over text."""
    try:
        told = json.loads(body, parse_int=str, parse_float=str, parse_constant=_no_constant, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise CallbackRefusedError(CallbackProblem.UNREADABLE) from error
    if not isinstance(told, dict) or len(told) > _MOST_FIELDS:
        raise CallbackRefusedError(CallbackProblem.UNREADABLE)
    return told


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member stands twice")
    return members


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _id(told: Mapping[str, Any], name: str) -> str:
    """Return an id, which is a number here and a text there."""
    value = told.get(name)
    fits = isinstance(value, str) and len(value) <= _LONGEST_ID and value.isascii() and value.isprintable()
    return str(value) if fits else ""
