"""The one tree of errors; each class is one status of the contract's error table, and nothing here knows of gRPC."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import ClassVar

COMMON_DOMAIN = "landhub.common.v1"


@dataclass(frozen=True, slots=True)
class FieldViolation:
    """One broken rule: the field's path in the request ("parties[0].inn"), what to do about it, the rule's id."""

    field: str
    description: str
    rule_id: str = ""


@dataclass(frozen=True, slots=True)
class QuotaViolation:
    """One used-up quota: whose ("caller:crm", "upstream:gateway") and what it allows, for people."""

    subject: str
    description: str


class HubError(Exception):
    """Something a caller is told. Subclass it in a module's port.py; raise the most specific class.

    Args:
        message: What to do about it, for the caller's developer. Never personal data, secrets or vendor answers.
        reason: A value of the package's ErrorReason enum without its prefix; the class has a default.
        domain: The proto package whose ErrorReason it is.
        metadata: Ids and states that the enum value's comment lists.
        retry_after: How long to wait before asking again; sent as RetryInfo.
        violations: The fields that broke a rule.
        quota: The quotas that are used up.
    """

    default_reason: ClassVar[str] = "INTERNAL"
    default_domain: ClassVar[str] = COMMON_DOMAIN

    def __init__(
        self,
        message: str,
        *,
        reason: str | None = None,
        domain: str | None = None,
        metadata: Mapping[str, str] = MappingProxyType({}),
        retry_after: timedelta | None = None,
        violations: tuple[FieldViolation, ...] = (),
        quota: tuple[QuotaViolation, ...] = (),
    ) -> None:
        super().__init__(message)
        self.message = message
        self.reason = reason or self.default_reason
        self.domain = domain or self.default_domain
        self.metadata = MappingProxyType(dict(metadata))
        self.retry_after = retry_after
        self.violations = violations
        self.quota = quota


class InvalidRequestError(HubError):
    """INVALID_ARGUMENT: malformed bytes, a bad or contradictory request; sending it again will not help."""

    default_reason = "VALIDATION_FAILED"


class NotFoundError(HubError):
    """NOT_FOUND: no such thing, or it belongs to another caller; the two look the same."""

    default_reason = "RESOURCE_NOT_FOUND"


class AlreadyExistsError(HubError):
    """ALREADY_EXISTS: the request_id was used for other content."""

    default_reason = "REQUEST_ID_REUSED"


class InProgressError(HubError):
    """ABORTED + RetryInfo: the same request_id is being worked on by another process."""

    default_reason = "REQUEST_IN_PROGRESS"


class PreconditionError(HubError):
    """FAILED_PRECONDITION: refused for a business reason, a state, a read-only module or our credentials."""

    default_reason = "STATE_NOT_ALLOWED"


class OutOfRangeError(HubError):
    """OUT_OF_RANGE: a cursor older than what is kept; begin anew from the oldest."""

    default_reason = "CURSOR_EXPIRED"
    default_domain = "landhub.events.v1"


class UnavailableError(HubError):
    """UNAVAILABLE + RetryInfo: down, stopping or a breaker open. Nothing was written."""

    default_reason = "UPSTREAM_UNAVAILABLE"


class ExhaustedError(HubError):
    """RESOURCE_EXHAUSTED + RetryInfo, QuotaFailure: a quota or a bounded queue, ours or theirs."""

    default_reason = "OVERLOADED"


class DeadlineExceededError(HubError):
    """DEADLINE_EXCEEDED: out of time and nothing written; metadata names what was waited for."""

    default_reason = "DEADLINE_EXCEEDED"


class PermissionDeniedError(HubError):
    """PERMISSION_DENIED: the caller is known and has no role for this."""

    default_reason = "CALLER_NOT_ALLOWED"


class UnauthenticatedError(HubError):
    """UNAUTHENTICATED: no certificate, an unknown caller, or a certificate that is refused."""

    default_reason = "CALLER_UNKNOWN"


class ModuleDisabledError(HubError):
    """UNIMPLEMENTED: the module is off, or the method is not in this release."""

    default_reason = "MODULE_DISABLED"


class OutcomeUnknownError(HubError):
    """Written, and no answer: it may have been done. It never leaves the hub; the resource says OUTCOME_UNKNOWN."""


class LeaseLostError(Exception):
    """This worker no longer holds the job: write nothing outside and settle nothing; another one has it or will."""
