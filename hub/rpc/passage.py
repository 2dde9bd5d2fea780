"""One call on its way through the chain: what is known of it so far, and what came of it."""

import asyncio
import math
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import grpc
from google.protobuf.message import Message

from hub.core.call import Call
from hub.core.errors import HubError
from hub.rpc.binding import BoundService, ServicerFunction
from hub.rpc.contract import Method

Context = grpc.aio.ServicerContext[Any, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Whose certificate it is, as the settings know him."""

    caller: str
    group: str
    roles: frozenset[str]


_NOBODY = Identity(caller="", group="", roles=frozenset())


@dataclass(slots=True, kw_only=True)
class Passage:
    """One call. Each step of the chain fills in what the next ones need.

    Attributes:
        method: What is asked for.
        service: Who serves it; None for a method this server doesn't have.
        context: gRPC's own.
        body: The raw request; empty for a stream of requests.
        asked: The path on the wire, if this server doesn't have it; cut and cleaned, for the audit.
        traceparent: W3C context of the server span; the caller's own if there is no span.
        deadline: On the clock's monotonic scale, our margin taken off.
        identity: Who asks; nobody until identified.
        function: The servicer's method, once the service is known to take calls.
        request: The parsed request, or the iterator of a stream's parsed requests.
        request_id, business_reference, fingerprint: From the request, or the first of a stream.
        resource: "<type>/<id>" of the resource the request names; empty if none.
        ended_by: Why the server has cancelled this stream of answers; None while it has not.
        code, reason: What is answered; written to the audit, the span and the metrics.
    """

    method: Method
    service: BoundService | None
    context: Context
    asked: str = ""
    body: bytes = field(default=b"", repr=False)
    traceparent: str = ""
    deadline: float = math.inf
    identity: Identity = _NOBODY
    function: ServicerFunction | None = None
    request: Message | AsyncIterator[Message] | None = field(default=None, repr=False)
    request_id: str = ""
    business_reference: str = ""
    resource: str = ""
    fingerprint: bytes = field(default=b"", repr=False)
    ended_by: HubError | None = None
    code: grpc.StatusCode = grpc.StatusCode.OK
    reason: str = ""

    async def write(self, answer: bytes) -> None:
        """Write one answer of a stream; a caller that has left cancels the call."""
        try:
            await self.context.write(answer)
        except grpc.aio.InternalError as error:
            raise asyncio.CancelledError from error

    async def require_caller(self) -> None:
        """Let the call go on only if its caller is still there.

        gRPC shows a stream that broke off as one that has ended. Headers can only be sent to somebody, so sending them
        tells the two apart. With a stream of answers they are sent already, and writing an answer tells.
        """
        if self.method.streams_responses:
            return
        try:
            await self.context.send_initial_metadata(())
        except grpc.aio.InternalError as error:
            raise asyncio.CancelledError from error

    def call(self) -> Call:
        """Return what the domain needs to know of it."""
        return Call(
            caller=self.identity.caller,
            group=self.identity.group,
            method=self.method.path,
            deadline=self.deadline,
            roles=self.identity.roles,
            request_id=self.request_id,
            business_reference=self.business_reference,
            traceparent=self.traceparent,
            fingerprint=self.fingerprint,
        )
