"""The one tree of errors that a client of the agent is told; each class is one gRPC status, mapped in rpc/errors.py."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

SIGNER_DOMAIN = "landhub.signer.v1"
COMMON_DOMAIN = "landhub.common.v1"


@dataclass(frozen=True, slots=True)
class FieldViolation:
    """One broken rule: the field's path in the request ("requests[3].digest"), what to do about it, the rule's id."""

    field: str
    description: str
    rule_id: str = ""


class AgentError(Exception):
    """Something a client is told. Raise the most specific class.

    Args:
        message: What to do about it. Never personal data or secrets.
        reason: A value of the domain's ErrorReason enum without its prefix.
        domain: The proto package whose ErrorReason it is.
        metadata: Ids and states that the enum value's comment lists.
        retry_after: How long to wait before asking again; None: asking again will not help.
        violations: The fields that broke a rule.
    """

    def __init__(
        self,
        message: str,
        *,
        reason: str,
        domain: str = SIGNER_DOMAIN,
        metadata: Mapping[str, str] = MappingProxyType({}),
        retry_after: timedelta | None = None,
        violations: tuple[FieldViolation, ...] = (),
    ) -> None:
        super().__init__(message)
        self.message = message
        self.reason = reason
        self.domain = domain
        self.metadata = MappingProxyType(dict(metadata))
        self.retry_after = retry_after
        self.violations = violations


class InvalidRequestError(AgentError):
    """INVALID_ARGUMENT: malformed bytes, a bad or contradictory request."""


class NotFoundError(AgentError):
    """NOT_FOUND: no such certificate here."""


class AlreadyExistsError(AgentError):
    """ALREADY_EXISTS: the request_id was used for other content."""


class PermissionDeniedError(AgentError):
    """PERMISSION_DENIED: the policy or the attestation says no."""


class UnauthenticatedError(AgentError):
    """UNAUTHENTICATED: the client's certificate is refused, or its name is not on the list."""


class PreconditionError(AgentError):
    """FAILED_PRECONDITION: the certificate, the key, the clock or a checkpoint is not in order."""


class ExhaustedError(AgentError):
    """RESOURCE_EXHAUSTED: a cap or a bounded queue is full."""


class UnavailableError(AgentError):
    """UNAVAILABLE: the journal can't be written, or the agent is stopping. Nothing was signed."""


class DeadlineExceededError(AgentError):
    """DEADLINE_EXCEEDED: out of time; metadata names what was waited for."""


class UnimplementedError(AgentError):
    """UNIMPLEMENTED: the method is not in this release."""


class InternalError(AgentError):
    """INTERNAL: what the key made did not verify, or our bug."""


class SettingsError(Exception):
    """The installation can't be used as it is. The message names the file or the setting and what to do."""
