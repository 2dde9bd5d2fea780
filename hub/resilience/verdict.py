"""What a failed call means to a hub's caller: the last failure in the terms of the contract's error table."""

from datetime import timedelta

from hub.core.errors import (
    ExhaustedError,
    HubError,
    OutcomeUnknownError,
    PreconditionError,
    QuotaViolation,
    UnavailableError,
)
from hub.resilience.failures import (
    AnswerInvalidError,
    CredentialsRefusedError,
    QuotaExceededError,
    RequestRejectedError,
)
from hub.resilience.gate import GateClosedError
from hub.resilience.ratelimit import PaceExceededError

_ASK_AGAIN = timedelta(seconds=5)  # where nobody told: long enough for a restart or a connection to come back


def verdict(upstream: str, operation: str, failure: Exception, *, unknown: bool) -> HubError:
    """Return the error for a call that failed; `unknown` if something that changes the world may have been done."""
    where = {"upstream": upstream}
    if unknown:
        return OutcomeUnknownError(
            f"{upstream} gave no usable answer to {operation}, which may have been done; ask it before trying again.",
            reason="UPSTREAM_UNAVAILABLE",
            metadata=where,
        )
    match failure:
        case CredentialsRefusedError():
            return PreconditionError(
                f"{upstream} refuses our credentials; the hub's operator must renew its certificate or key.",
                reason="UPSTREAM_CREDENTIALS_REFUSED",
                metadata=where,
            )
        case QuotaExceededError() | PaceExceededError():
            return ExhaustedError(
                f"The quota of {upstream} is used up; ask again after the delay.",
                reason="UPSTREAM_QUOTA_EXCEEDED",
                metadata=where,
                retry_after=_wait(failure),
                quota=(QuotaViolation(subject=f"upstream:{upstream}", description="calls in a period"),),
            )
        case AnswerInvalidError() | RequestRejectedError():
            return UnavailableError(
                f"{upstream} gave an answer to {operation} that can't be read; tell the hub's operator if it goes on.",
                reason="UPSTREAM_ANSWER_INVALID",
                metadata=where,
                retry_after=_wait(failure),
            )
    return UnavailableError(
        f"{upstream} can't be reached now and nothing was done; ask again after the delay.",
        reason="UPSTREAM_UNAVAILABLE",
        metadata=where,
        retry_after=_wait(failure),
    )


def _wait(failure: Exception) -> timedelta:
    match failure:
        case GateClosedError():
            return timedelta(seconds=failure.retry_after_seconds)
        case PaceExceededError():
            return timedelta(seconds=failure.wait_seconds)
    asked: timedelta | None = getattr(failure, "retry_after", None)
    return asked or _ASK_AGAIN
