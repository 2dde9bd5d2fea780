"""What T-Bank says instead of an answer: its codes in the port's terms, by what was asked.

`ErrorCode` comes under HTTP 200, with `Success` false. A code on no list concludes nothing.
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

_LOGIN = frozenset({202, 204, 205, 501})
"""The terminal is blocked, the token is wrong, there is no such terminal."""
_FAILED = frozenset({3, 21, 401, 9999})
"""It failed: what it did before, nobody knows."""
_LATER = frozenset({55, 99, 100, 120, 123, 125, 402, 9001})
"""Try again later."""
_UNCLEAR = frozenset({4, 8, 50, 51, 52})
"""The state forbids it, maybe since ours was done before; or it was done, and telling of it failed."""
_NOT_FOUND = frozenset({63, 217, 255, 335})
"""No such payment or order; an id that is no id."""
_INIT_REFUSALS = frozenset(
    {1, 2, 5, 9, 10, 11, 12, 13, 14, 16, 17, 53, 191, 201, 203, 206, 207, 208, 209, 210, 211, 212, 213, 214, 215, 216,
     224, 251, 253, 308, 309, 310, 313, 314, 315, 317, 318, 319, 320, 334, 620, 632, 648, 1003, 1099, 1202, 1203, 1204}
)  # fmt: skip
_REFUND_REFUSALS = frozenset({2, 4, 8, 14, 17, 79, 201, 203, 217, 251, 334, 3002, 3029, 3030, 3041, 3042, 8001, 8003})
_CHANGE_REFUSALS = frozenset({2, 201, 203, 217, 251, 334, 8001, 8003})
_QR_REFUSALS = frozenset({2, 3001, 3016, 3019})


class Asked(Enum):
    """What kind of request it was."""

    INIT = auto()
    QR = auto()
    """GetQr, after Init."""
    CHANGE = auto()
    """Confirm; Cancel of what is unpaid or held."""
    REFUND = auto()
    """Cancel of what was captured. Under a key that it knows, T-Bank answers how the payment stands: a refusal means
    that this refund isn't there."""
    STATUS = auto()


class BusyError(AttemptError):
    """T-Bank asks to be asked later: it is well."""

    counts = False


def error_code(answer: Mapping[str, Any]) -> int:
    """Return the code of an answer; 0 if it is a success.

    Raises:
        AnswerInvalidError: the code is no number, or the answer says neither success nor why not.
    """
    told = answer.get("ErrorCode")
    try:
        code = int(str(told)) if told not in {None, ""} else 0
    except ValueError:
        raise AnswerInvalidError("the error code is no number") from None
    if not code and answer.get("Success") is not True:
        raise AnswerInvalidError("the answer says neither success nor why not")
    return code


def raise_error(code: int, asked: Asked, *, reference: str, surprise: Surprise) -> None:
    """Raise what a code means; return if it is 0."""
    if code:
        raise _meaning(code, asked, reference, surprise)


def _meaning(code: int, asked: Asked, reference: str, surprise: Surprise) -> HubError | AttemptError:
    if code in _LOGIN:
        return CredentialsRefusedError(f"code {code}")
    if asked is Asked.INIT and code == 20:
        return ReferenceTakenError(reference=reference)
    if code in _refusals(asked):
        return RefusedByProviderError(vendor_code=str(code))
    if code in _FAILED:
        return UpstreamFailedError(f"code {code}")
    if code in _LATER:
        reads = asked in {Asked.STATUS, Asked.QR}
        return BusyError(f"code {code}") if reads else UnclearRefusalError(vendor_code=str(code))
    if code in _NOT_FOUND and asked is not Asked.INIT:
        return OrderNotFoundError()
    if code in _UNCLEAR and asked is not Asked.STATUS:
        return UnclearRefusalError(vendor_code=str(code))
    surprise("error_code", str(code))
    return AnswerInvalidError("an error with a code that is not on the list")


def _refusals(asked: Asked) -> frozenset[int]:
    match asked:
        case Asked.INIT:
            return _INIT_REFUSALS
        case Asked.QR:
            return _QR_REFUSALS
        case Asked.CHANGE:
            return _CHANGE_REFUSALS
        case Asked.REFUND:
            return _REFUND_REFUSALS
        case Asked.STATUS:
            return frozenset()
