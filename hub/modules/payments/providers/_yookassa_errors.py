"""What YooKassa says instead of an answer: its HTTP statuses and codes in the port's terms, by what was asked.

400 is a refusal of this very request; 404 an object it doesn't have; 401 and 403 are our own credentials; 429 our pace.
500 and 202 say nothing of what became of it: the same request with the same key is answered by what it came to.
"""

import json
import re
from collections.abc import Mapping
from datetime import timedelta
from enum import Enum, auto
from types import MappingProxyType
from typing import Any

from hub.core.errors import HubError
from hub.modules.payments.port import (
    OrderNotFoundError,
    ReferenceTakenError,
    RefusedByProviderError,
    UnclearRefusalError,
)
from hub.resilience.failures import AttemptError
from hub.resilience.http import HttpAnswer, check_status
from hub.resilience.policy import Surprise

CODES = MappingProxyType(
    {
        400: "invalid_request",
        401: "invalid_credentials",
        403: "forbidden",
        404: "not_found",
        405: "method_not_allowed",
        415: "unsupported_media_type",
        429: "too_many_requests",
        500: "internal_server_error",
    }
)
"""The code that goes with each status."""

_KEY_PARAMETER = "idempotence-key"
_PLAIN_PARAMETER = re.compile(r"[A-Za-z0-9_.\[\]-]{1,40}", re.ASCII)
_SOON = timedelta(seconds=1.8)  # what the vendor's own SDK waits where nothing is told
_LONGEST_WAIT = timedelta(minutes=1)


class Asked(Enum):
    """What kind of request it was."""

    CREATE = auto()
    CHANGE = auto()
    """Capture, cancel, refund."""
    READ = auto()


class ProcessingError(AttemptError):
    """202: taken, and not done yet. It is well; the same request is to be sent again."""

    counts = False


def check(answer: HttpAnswer, asked: Asked, *, reference: str, was_repeated: bool, surprise: Surprise) -> None:
    """Raise what an answer means that is no object; return if its status is 200.

    Args:
        answer: The answer.
        asked: What was asked for.
        reference: Our number of the payment.
        was_repeated: An earlier attempt of this call may have arrived: then a refusal of the last one proves nothing.
        surprise: Told of codes that aren't on the list.

    Raises:
        AttemptError, HubError: by kind.
    """
    if answer.status == 200:
        return
    told = _error_of(answer.body)
    if answer.status == 202:
        raise ProcessingError("HTTP 202", retry_after=_wait(told))
    code = told.get("code") if told.get("type") == "error" else None
    if not isinstance(code, str):
        check_status(answer)  # a proxy's word, not YooKassa's
        return
    if CODES.get(answer.status) != code:
        surprise("error_code", code)
    refusal = _refusal(answer.status, told, asked, reference, was_repeated=was_repeated)
    if refusal is not None:
        raise refusal
    check_status(answer)


def _refusal(
    status: int, told: Mapping[str, Any], asked: Asked, reference: str, *, was_repeated: bool
) -> HubError | None:
    match asked, status:
        case ((Asked.CHANGE | Asked.READ), 404):
            return OrderNotFoundError()
        case ((Asked.CREATE | Asked.CHANGE), 400):
            vendor_code = _vendor_code(told)
            if str(told.get("parameter", "")).lower() == _KEY_PARAMETER:
                taken = ReferenceTakenError(reference=reference)
                return taken if asked is Asked.CREATE else UnclearRefusalError(vendor_code=vendor_code)
            if was_repeated:
                return UnclearRefusalError(vendor_code=vendor_code)
            return RefusedByProviderError(vendor_code=vendor_code)
    return None


def _vendor_code(told: Mapping[str, Any]) -> str:
    """The code and the parameter at fault; never the description, which may quote what was sent."""
    parameter = told.get("parameter")
    if isinstance(parameter, str) and _PLAIN_PARAMETER.fullmatch(parameter):
        return f"invalid_request: {parameter}"
    return "invalid_request"


def _error_of(body: bytes) -> Mapping[str, Any]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _wait(told: Mapping[str, Any]) -> timedelta:
    milliseconds = told.get("retry_after")
    if not isinstance(milliseconds, int) or isinstance(milliseconds, bool) or milliseconds < 0:
        return _SOON
    return min(timedelta(milliseconds=min(milliseconds, 10_000_000)), _LONGEST_WAIT)
