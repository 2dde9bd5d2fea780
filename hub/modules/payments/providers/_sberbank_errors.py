"""What the RBS gateway says instead of an answer: its codes in the port's terms, by what was asked.

`errorCode` says whether the *request* was processed, under HTTP 200. A code may have several meanings: 5 is a bad login
and a bad amount (ours are checked before), 7 a state that forbids it and an outage.
"""

from collections.abc import Mapping
from enum import Enum, auto
from typing import Any

from hub.core.errors import HubError
from hub.modules.payments.port import (
    OrderNotFoundError,
    ReferenceTakenError,
    RefusedByProviderError,
    UnclearRefusalError,
)
from hub.resilience.failures import AnswerInvalidError, AttemptError, CredentialsRefusedError, UpstreamFailedError
from hub.resilience.policy import Surprise

_REGISTER_REFUSALS = frozenset({3, 4, 13, 14})


class Asked(Enum):
    """What kind of request it was."""

    REGISTER = auto()
    CHANGE = auto()
    """deposit, decline, reverse, refund."""
    STATUS = auto()


class GatewayBusyError(AttemptError):
    """The gateway is at work on this very order and says so: it is well, and knows soon."""

    counts = False


def error_code(answer: Mapping[str, Any]) -> int:
    """Return the code of an answer, wherever and however it is written; 0 if there is none.

    Raises:
        AnswerInvalidError: it is no number.
    """
    nested = answer.get("error")
    places = [
        nested.get("code") if isinstance(nested, dict) else None,
        answer.get("errorCode"),
        answer.get("ErrorCode"),
    ]
    for told in places:
        if told is None:
            continue
        try:
            code = int(str(told))
        except ValueError:
            raise AnswerInvalidError("the error code is no number") from None
        if code:
            return code
    return 0


def raise_error(code: int, asked: Asked, *, reference: str, surprise: Surprise) -> None:
    """Raise what a code means; return if it is 0."""
    if code:
        raise _meaning(code, asked, reference, surprise)


def _meaning(code: int, asked: Asked, reference: str, surprise: Surprise) -> HubError | AttemptError:
    match asked, code:
        case _, 5:
            return CredentialsRefusedError("code 5")
        case Asked.REGISTER, 1:
            return ReferenceTakenError(reference=reference)
        case Asked.REGISTER, _ if code in _REGISTER_REFUSALS:
            return RefusedByProviderError(vendor_code=str(code))
        case Asked.REGISTER, 7:
            return UpstreamFailedError("code 7")
        case Asked.CHANGE, 7:
            return UnclearRefusalError(vendor_code="7")
        case ((Asked.CHANGE | Asked.STATUS), 6):
            return OrderNotFoundError()
        case Asked.STATUS, 7:
            return GatewayBusyError("code 7")
    surprise("error_code", str(code))
    return AnswerInvalidError("an error with a code that is not on the list")
