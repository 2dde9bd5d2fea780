"""The one mapping from the agent's errors to gRPC statuses with their details."""

from datetime import timedelta
from typing import Any, Final

import grpc
from google.protobuf import any_pb2
from google.protobuf.message import Message
from google.rpc import error_details_pb2, status_pb2

from landhub.signer.v1 import signer_service_pb2 as pb
from signer_agent.errors import (
    COMMON_DOMAIN,
    AgentError,
    AlreadyExistsError,
    DeadlineExceededError,
    ExhaustedError,
    InternalError,
    InvalidRequestError,
    NotFoundError,
    PermissionDeniedError,
    PreconditionError,
    UnauthenticatedError,
    UnavailableError,
    UnimplementedError,
)

Metadata = tuple[tuple[str, str | bytes], ...]

_CODES: Final[dict[type[AgentError], grpc.StatusCode]] = {
    InvalidRequestError: grpc.StatusCode.INVALID_ARGUMENT,
    NotFoundError: grpc.StatusCode.NOT_FOUND,
    AlreadyExistsError: grpc.StatusCode.ALREADY_EXISTS,
    PermissionDeniedError: grpc.StatusCode.PERMISSION_DENIED,
    UnauthenticatedError: grpc.StatusCode.UNAUTHENTICATED,
    PreconditionError: grpc.StatusCode.FAILED_PRECONDITION,
    ExhaustedError: grpc.StatusCode.RESOURCE_EXHAUSTED,
    UnavailableError: grpc.StatusCode.UNAVAILABLE,
    DeadlineExceededError: grpc.StatusCode.DEADLINE_EXCEEDED,
    UnimplementedError: grpc.StatusCode.UNIMPLEMENTED,
    InternalError: grpc.StatusCode.INTERNAL,
}


def code_of(error: AgentError) -> grpc.StatusCode:
    """The status of an error."""
    return _CODES.get(type(error), grpc.StatusCode.INTERNAL)


def trailing_metadata(error: AgentError) -> Metadata:
    """The details as gRPC carries them, and the delay as native gRPC retries read it."""
    details: list[Message] = [
        error_details_pb2.ErrorInfo(reason=error.reason, domain=error.domain, metadata=dict(error.metadata))
    ]
    metadata: Metadata = ()
    if error.retry_after is not None:
        retry = error_details_pb2.RetryInfo()
        retry.retry_delay.FromTimedelta(error.retry_after)
        details.append(retry)
        metadata = (("grpc-retry-pushback-ms", str(_milliseconds(error.retry_after))),)
    if error.violations:
        violations = [
            error_details_pb2.BadRequest.FieldViolation(field=item.field, description=item.description)
            for item in error.violations
        ]
        details.append(error_details_pb2.BadRequest(field_violations=violations))
    status = status_pb2.Status(code=_number(error), message=error.message, details=[_packed(item) for item in details])
    return (*metadata, ("grpc-status-details-bin", status.SerializeToString()))


def failure_of(error: AgentError) -> pb.SignFailure:
    """The same for one request of a batch."""
    message = error.message
    if error.violations:
        message += ": " + "; ".join(f"{item.field} {item.description}" for item in error.violations)
    delay = _milliseconds(error.retry_after) if error.retry_after is not None else 0
    return pb.SignFailure(code=_number(error), reason=error.reason, message=message, retry_delay_ms=delay)


def internal(trace_id: str) -> InternalError:
    """Our bug: the trace id and nothing else."""
    return InternalError(
        "an error of the agent's own: its log has the trace id",
        reason="INTERNAL",
        domain=COMMON_DOMAIN,
        metadata={"trace_id": trace_id},
    )


def _number(error: AgentError) -> int:
    value: Any = code_of(error).value
    return int(value[0])


def _packed(message: Message) -> any_pb2.Any:
    packed = any_pb2.Any()
    packed.Pack(message)
    return packed


def _milliseconds(delay: timedelta) -> int:
    return max(1, round(delay.total_seconds() * 1000))
