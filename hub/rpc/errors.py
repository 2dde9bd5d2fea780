"""One mapping from our errors to gRPC statuses with google.rpc details, and the only place that catches the rest."""

import asyncio
import traceback
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import timedelta
from types import MappingProxyType

import grpc
import structlog
from google.protobuf.any_pb2 import Any
from google.protobuf.message import Message
from google.rpc import error_details_pb2, status_pb2

from hub.core import errors
from hub.core.call import trace_id_of
from hub.core.errors import COMMON_DOMAIN, HubError
from hub.rpc.passage import Passage

log = structlog.get_logger(__name__)

CODES: Mapping[type[HubError], grpc.StatusCode] = MappingProxyType(
    {
        errors.InvalidRequestError: grpc.StatusCode.INVALID_ARGUMENT,
        errors.NotFoundError: grpc.StatusCode.NOT_FOUND,
        errors.AlreadyExistsError: grpc.StatusCode.ALREADY_EXISTS,
        errors.InProgressError: grpc.StatusCode.ABORTED,
        errors.PreconditionError: grpc.StatusCode.FAILED_PRECONDITION,
        errors.OutOfRangeError: grpc.StatusCode.OUT_OF_RANGE,
        errors.UnavailableError: grpc.StatusCode.UNAVAILABLE,
        errors.ExhaustedError: grpc.StatusCode.RESOURCE_EXHAUSTED,
        errors.DeadlineExceededError: grpc.StatusCode.DEADLINE_EXCEEDED,
        errors.PermissionDeniedError: grpc.StatusCode.PERMISSION_DENIED,
        errors.UnauthenticatedError: grpc.StatusCode.UNAUTHENTICATED,
        errors.ModuleDisabledError: grpc.StatusCode.UNIMPLEMENTED,
    }
)
# Ask again after this, where the contract promises a RetryInfo and nobody knew better.
_DEFAULT_RETRY: Mapping[grpc.StatusCode, timedelta] = MappingProxyType(
    {
        grpc.StatusCode.UNAVAILABLE: timedelta(seconds=1),
        grpc.StatusCode.ABORTED: timedelta(seconds=1),
        grpc.StatusCode.RESOURCE_EXHAUSTED: timedelta(seconds=1),
    }
)
# Clients refuse more than 8 KiB of trailing metadata by default; base64 takes a third, and the message is in it twice.
_LARGEST_DETAILS_BYTES = 4096
_LONGEST_MESSAGE = 400
_MOST_VIOLATIONS = 20
_Trailing = tuple[tuple[str, str | bytes], ...]


class Errors:
    """Answers what went wrong."""

    async def around(self, passage: Passage, inner: Callable[[Passage], Awaitable[bytes]]) -> bytes:
        """Run the rest of the chain; abort the call with the status of what it raised."""
        try:
            return await inner(passage)
        except asyncio.CancelledError:
            passage.code = grpc.StatusCode.CANCELLED
            raise  # the caller has left: there is nobody to answer
        except HubError as error:
            known = error if type(error) is not errors.OutcomeUnknownError else _internal(passage, error)
        except Exception as error:  # noqa: BLE001 - the one place; see the module's docstring
            known = _internal(passage, error)
        passage.code = code_of(known)
        passage.reason = known.reason
        await passage.context.abort(passage.code, _cut(known.message), trailing_of(known))
        raise AssertionError("abort always raises")


def code_of(error: BaseException) -> grpc.StatusCode:
    """Return the status of an error; INTERNAL for what is not of our tree."""
    return next((CODES[kind] for kind in type(error).__mro__ if kind in CODES), grpc.StatusCode.INTERNAL)


def trailing_of(error: HubError) -> _Trailing:
    """Return the trailing metadata that says it in full: google.rpc.Status, and the delay as native retries read it."""
    code = code_of(error)
    retry_after = error.retry_after
    if retry_after is None and _promises_retry(error):
        retry_after = _DEFAULT_RETRY.get(code)
    number: int = code.value[0]
    violations = error.violations[:_MOST_VIOLATIONS]
    status = _status(number, error, violations, retry_after)
    while status.ByteSize() > _LARGEST_DETAILS_BYTES and violations:
        violations = violations[: len(violations) // 2]
        status = _status(number, error, violations, retry_after)
    trailing: _Trailing = (("grpc-status-details-bin", status.SerializeToString()),)
    if retry_after is not None:
        trailing += (("grpc-retry-pushback-ms", str(max(1, round(retry_after.total_seconds() * 1000)))),)
    return trailing


def _promises_retry(error: HubError) -> bool:
    return error.reason not in {"SHUTTING_DOWN", "DISK_SPACE_LOW"}  # as their comments in the contract say


def _status(
    number: int, error: HubError, violations: Iterable[errors.FieldViolation], retry_after: timedelta | None
) -> status_pb2.Status:
    details: list[Message] = [
        error_details_pb2.ErrorInfo(reason=error.reason, domain=error.domain, metadata=dict(error.metadata))
    ]
    fields = [
        error_details_pb2.BadRequest.FieldViolation(
            field=violation.field, description=_cut(violation.description), reason=violation.rule_id
        )
        for violation in violations
    ]
    if fields:
        details.append(error_details_pb2.BadRequest(field_violations=fields))
    if retry_after is not None:
        retry = error_details_pb2.RetryInfo()
        retry.retry_delay.FromTimedelta(retry_after)
        details.append(retry)
    if error.quota:
        quotas = [
            error_details_pb2.QuotaFailure.Violation(subject=quota.subject, description=quota.description)
            for quota in error.quota
        ]
        details.append(error_details_pb2.QuotaFailure(violations=quotas))
    return status_pb2.Status(code=number, message=_cut(error.message), details=[_packed(detail) for detail in details])


def _packed(detail: Message) -> Any:
    packed = Any()
    packed.Pack(detail)
    return packed


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_MESSAGE else text[: _LONGEST_MESSAGE - 1] + "…"


def _internal(passage: Passage, error: Exception) -> HubError:
    """Log our own bug by class and place, never by message, which may hold anything; answer its trace id only."""
    trace_id = trace_id_of(passage.traceparent)
    frame = traceback.extract_tb(error.__traceback__)[-1]
    log.error(
        "rpc_failed",
        method=passage.method.path,
        error=type(error).__name__,
        cause=type(error.__cause__).__name__ if error.__cause__ else "",
        at=f"{frame.filename.rpartition('/hub/')[2]}:{frame.lineno} {frame.name}",
        trace_id=trace_id,
    )
    return HubError(
        "an error inside the hub; tell its operator the trace id",
        reason="INTERNAL",
        domain=COMMON_DOMAIN,
        metadata={"trace_id": trace_id},
    )
