"""What a call can fail with: one tree, read from the `google.rpc.Status` that a hub sends."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import ClassVar

import grpc
from google.protobuf.message import DecodeError, Message
from google.rpc import error_details_pb2, status_pb2

_DETAILS_KEY = "grpc-status-details-bin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One field that breaks a rule, or one quota that is used up.

    Attributes:
        field: Path of the field, "transfer.price"; for a quota, its subject.
        description: What is wrong.
    """

    field: str
    description: str


class LandhubError(Exception):
    """A call failed. Catch the class that fits, and decide by `reason` within `domain`.

    Attributes:
        code: The gRPC status.
        reason: A value of the package's `ErrorReason` without its prefix: "LAND_PLOT_NOT_FOUND". Empty if the failure
            isn't told by a hub, for example while none can be reached.
        domain: The proto package of the reason: "landhub.rosreestr.v1".
        message: What happened and what to do, in English, for developers.
        metadata: What the reason's comment in the proto says it carries.
        violations: The fields or quotas concerned.
        retry_after: How long to wait before asking again; None if nothing was said.
        method: The method's path.
        request_id: The one the call had; with the same content it may be called again. Empty for a read.
    """

    may_retry: ClassVar[bool] = False
    """Whether the same call, with the same request id, may succeed later."""

    def __init__(
        self,
        *,
        code: grpc.StatusCode,
        message: str,
        method: str,
        request_id: str = "",
        reason: str = "",
        domain: str = "",
        metadata: Mapping[str, str] = MappingProxyType({}),
        violations: tuple[Violation, ...] = (),
        retry_after: timedelta | None = None,
    ) -> None:
        super().__init__(": ".join(part for part in (method, code.name, reason, message) if part))
        self.code = code
        self.message = message
        self.method = method
        self.request_id = request_id
        self.reason = reason
        self.domain = domain
        self.metadata = metadata
        self.violations = violations
        self.retry_after = retry_after


class InvalidArgumentError(LandhubError):
    """The request breaks the contract: `violations` names each field."""


class NotFoundError(LandhubError):
    """No such thing, or it is not yours."""


class RequestIdReusedError(LandhubError):
    """The request id was used before, with other content."""


class RequestInProgressError(LandhubError):
    """The same request is running elsewhere; ask again after `retry_after`."""

    may_retry = True


class RefusedError(LandhubError):
    """It can't be done as things stand: a reason of business, a state, a provider's refusal."""


class OutOfRangeError(LandhubError):
    """A cursor is older than what is kept."""


class UnavailableError(LandhubError):
    """The hub, an agent or a provider is down."""

    may_retry = True


class ExhaustedError(LandhubError):
    """A quota, ours or a provider's, is used up; ask again after `retry_after`."""

    may_retry = True


class DeadlineError(LandhubError):
    """Time ran out. Whether anything was done is told by the same call with the same request id."""

    may_retry = True


class UnauthenticatedError(LandhubError):
    """The hub doesn't know this client certificate."""


class NotAllowedError(LandhubError):
    """The caller has no role for the method."""


class NotServedError(LandhubError):
    """The module is off, or the method is not in the hub's release."""


class CallCancelledError(LandhubError):
    """The call was cancelled: on this side, or by a hub that stops and did not take it."""

    may_retry = True


class HubFailedError(LandhubError):
    """A defect in the hub: metadata["trace_id"] finds it."""


_CLASSES: Mapping[grpc.StatusCode, type[LandhubError]] = MappingProxyType(
    {
        grpc.StatusCode.INVALID_ARGUMENT: InvalidArgumentError,
        grpc.StatusCode.NOT_FOUND: NotFoundError,
        grpc.StatusCode.ALREADY_EXISTS: RequestIdReusedError,
        grpc.StatusCode.ABORTED: RequestInProgressError,
        grpc.StatusCode.FAILED_PRECONDITION: RefusedError,
        grpc.StatusCode.OUT_OF_RANGE: OutOfRangeError,
        grpc.StatusCode.UNAVAILABLE: UnavailableError,
        grpc.StatusCode.RESOURCE_EXHAUSTED: ExhaustedError,
        grpc.StatusCode.DEADLINE_EXCEEDED: DeadlineError,
        grpc.StatusCode.UNAUTHENTICATED: UnauthenticatedError,
        grpc.StatusCode.PERMISSION_DENIED: NotAllowedError,
        grpc.StatusCode.UNIMPLEMENTED: NotServedError,
        grpc.StatusCode.CANCELLED: CallCancelledError,
    }
)


def error_from(
    *,
    code: grpc.StatusCode,
    message: str,
    trailing_metadata: Iterable[tuple[str, str | bytes]],
    method: str,
    request_id: str,
) -> LandhubError:
    """Make the error that a failed call is told by."""
    info = error_details_pb2.ErrorInfo()
    retry = error_details_pb2.RetryInfo()
    request = error_details_pb2.BadRequest()
    quota = error_details_pb2.QuotaFailure()
    _read_details(trailing_metadata, (info, retry, request, quota))
    fields = (Violation(field=item.field, description=item.description) for item in request.field_violations)
    quotas = (Violation(field=item.subject, description=item.description) for item in quota.violations)
    return _CLASSES.get(code, HubFailedError)(
        code=code,
        message=message,
        method=method,
        request_id=request_id,
        reason=info.reason,
        domain=info.domain,
        metadata=MappingProxyType(dict(info.metadata)),
        violations=(*fields, *quotas),
        retry_after=retry.retry_delay.ToTimedelta() if retry.HasField("retry_delay") else None,
    )


def _read_details(trailing_metadata: Iterable[tuple[str, str | bytes]], wanted: tuple[Message, ...]) -> None:
    """Fill each wanted message from the details; what can't be read stays empty, since the status alone tells much."""
    status = status_pb2.Status()
    for key, value in trailing_metadata:
        if key == _DETAILS_KEY and isinstance(value, bytes):
            try:
                status.ParseFromString(value)
                for detail in status.details:
                    for message in wanted:
                        detail.Unpack(message)
            except DecodeError:
                return
