"""What the XML gateway says instead of an answer: its `Error` documents in the port's terms."""

from collections.abc import Callable
from typing import NoReturn

from hub.core.errors import HubError
from hub.modules.rosreestr.port import LandPlotNotFoundError, RefusedByProviderError, RegistrationNotFoundError
from hub.resilience.failures import (
    AnswerInvalidError,
    AttemptError,
    CredentialsRefusedError,
    QuotaExceededError,
    UpstreamClosedError,
    UpstreamFailedError,
)
from hub.resilience.http import HttpAnswer
from hub.resilience.policy import Surprise
from hub.resilience.xml import Node

Refusal = Callable[[str], HubError | None]
"""Given an error code of the gateway, what it means for this operation in particular."""

ERROR_FIELDS = frozenset({"Code", "Message", "RequestID"})


class TakenError(HubError):
    """The gateway has other content under our reference."""

    def __init__(self, vendor_id: str) -> None:
        super().__init__("The reference is taken.", reason="REFERENCE_TAKEN")
        self.vendor_id = vendor_id


def raise_error(node: Node, answer: HttpAnswer, refusal: Refusal, surprise: Surprise) -> NoReturn:
    """Raise what an `Error` document means."""
    code = node.text("Code")
    if meant := refusal(code):
        raise meant
    match code:
        case "REFUSED" | "BAD_REQUEST" | "NOT_FOUND":
            raise RefusedByProviderError(vendor_code=code, vendor_message=node.optional_text("Message"))
        case "DUPLICATE":
            raise TakenError(node.optional_text("RequestID"))
    raise _failure_by_code(code, answer, surprise)


def no_plot(cadastral_number: str) -> Refusal:
    """NOT_FOUND means that there is no such plot."""
    return lambda code: LandPlotNotFoundError(cadastral_number) if code == "NOT_FOUND" else None


def no_registration(code: str) -> HubError | None:
    """REQUEST_NOT_FOUND means that there is no such registration."""
    return RegistrationNotFoundError() if code == "REQUEST_NOT_FOUND" else None


def nothing_special(_code: str) -> None:
    """No code means anything in particular."""
    return


def _failure_by_code(code: str, answer: HttpAnswer, surprise: Surprise) -> AttemptError:
    match code:
        case "ACCESS_DENIED":
            return CredentialsRefusedError(code)
        case "TOO_MANY_REQUESTS":
            return QuotaExceededError(code, retry_after=answer.retry_after)
        case "MAINTENANCE":
            return UpstreamClosedError(code, retry_after=answer.retry_after)
        case "INTERNAL":
            return UpstreamFailedError(code)
    surprise("error_code", code)
    return AnswerInvalidError("an error with a code that is not on the list")
