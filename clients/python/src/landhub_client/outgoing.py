"""What is done to every call before it leaves: request id, deadline, trace context; and how its failure is told."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import grpc
from google.protobuf.message import Message
from opentelemetry import trace
from opentelemetry.propagate import inject
from opentelemetry.trace import SpanKind, Status, StatusCode

from landhub_client.contract import Method, RequestIdPlace
from landhub_client.errors import LandhubError, error_from
from landhub_client.renewal import Renewal
from landhub_client.repeating import Repeats

Metadata = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """What holds for every call that doesn't say otherwise.

    Attributes:
        timeout_seconds: For a call with one answer, over all its retries. Streams of answers have no end of their own.
        new_request_id: Makes a UUID for a request that has none.
        tracer: Makes a client span a call; none is recorded unless the process sets OpenTelemetry up.
        renewing: Whether a channel with new certificates is about to take over, or has just done so.
    """

    timeout_seconds: float
    new_request_id: Callable[[], str]
    tracer: trace.Tracer
    renewing: Callable[[], bool]


class Outgoing:
    """One call on its way. `telling()` goes around it: it ends the span and makes a failure a LandhubError."""

    def __init__(self, *, method: Method, defaults: Defaults) -> None:
        self.defaults = defaults
        self._method = method
        self._request_id = ""
        # Not made current: between two answers of a stream the consumer's own spans must not become its children.
        self._span = defaults.tracer.start_span(
            method.path.removeprefix("/"),
            kind=SpanKind.CLIENT,
            attributes={"rpc.system": "grpc", "rpc.service": method.service, "rpc.method": method.name},
        )

    def prepared(self, request: Any) -> Any:
        """Return the request with a request id: the one it has, or a copy with a new one.

        The caller's message is left as it is, so that sending it twice means two requests.
        """
        place = self._method.request_id
        if place is RequestIdPlace.NOWHERE or (place is RequestIdPlace.HEADER and not request.HasField("header")):
            return request
        if not _holder(request, place).request_id:
            request = _copied(request)
            _holder(request, place).request_id = self.defaults.new_request_id()
        self._request_id = _holder(request, place).request_id
        return request

    def metadata(self, given: Metadata | None) -> Metadata:
        """Return the metadata to send: what was given, and the W3C trace context."""
        carrier: dict[str, str] = {}
        inject(carrier, context=trace.set_span_in_context(self._span))
        return (*(given or ()), *carrier.items())

    def repeats(self, timeout_seconds: float | None) -> Repeats:
        """Return the attempts of a call with one answer."""
        seconds = self.defaults.timeout_seconds if timeout_seconds is None else timeout_seconds
        renewal = Renewal(renewing=self.defaults.renewing)
        return Repeats(method=self._method, timeout_seconds=seconds, failure=self._failure, renewal=renewal)

    @contextmanager
    def telling(self) -> Iterator[None]:
        """End the span at the end, and tell a failed call as a LandhubError."""
        try:
            yield
        except grpc.RpcError as error:
            failure = self._failure(error)
            self._span.set_attribute("rpc.grpc.status_code", failure.code.value[0])
            self._span.set_attribute("error.type", failure.reason or failure.code.name)
            self._span.set_status(Status(StatusCode.ERROR))
            raise failure from error
        finally:
            self._span.end()

    def _failure(self, error: Any) -> LandhubError:
        # Both faces of grpc put the call's outcome on the exception itself, which their types don't say.
        return error_from(
            code=error.code() or grpc.StatusCode.UNKNOWN,
            message=error.details() or "",
            trailing_metadata=tuple(error.trailing_metadata() or ()),
            method=self._method.path,
            request_id=self._request_id,
        )


def outgoing(methods: Mapping[str, Method], path: str, defaults: Defaults) -> Callable[[], Outgoing]:
    """Return what makes an Outgoing for each call of the method at `path`."""
    method = methods[path]
    return lambda: Outgoing(method=method, defaults=defaults)


def _holder(request: Any, place: RequestIdPlace) -> Any:
    return request.header if place is RequestIdPlace.HEADER else request


def _copied(message: Message) -> Message:
    copy = type(message)()
    copy.CopyFrom(message)
    return copy
