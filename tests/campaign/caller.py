"""A backend that calls the hub as a good one does: it repeats what may be repeated, until it knows."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Protocol, TypeVar

import grpc
from google.protobuf.message import Message
from google.rpc import error_details_pb2, status_pb2

from hub.rpc.contract import Contract, Method
from tests.campaign.simulation.rpc import RpcChannel, RpcWorld

M = TypeVar("M", bound=Message)

PATIENCE_SECONDS = 600.0
AGAIN_SECONDS = (1.0, 6.0)
AGAIN_GROWS = 1.6
LONGEST_AGAIN = 8.0  # times as long as at first
DEADLINE_SECONDS = (3.0, 40.0)
REPEATABLE = frozenset(
    {
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.ABORTED,
        grpc.StatusCode.DEADLINE_EXCEEDED,
        grpc.StatusCode.RESOURCE_EXHAUSTED,
        grpc.StatusCode.CANCELLED,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer that a caller got: of which call, with what status; `response` if it was OK."""

    caller: str
    method: Method
    request_id: str
    code: grpc.StatusCode
    reason: str = ""
    message: str = ""
    response: Any = field(default=None, repr=False)
    from_hub: bool = True
    """False if the wire ended the call: the hub said nothing."""

    @property
    def ok(self) -> bool:
        """Whether the call succeeded."""
        return self.code is grpc.StatusCode.OK


class Calls(Protocol):
    """Backends that call the hub."""

    async def call(self, caller: str, path: str, request: Message) -> Answer:
        """Call once."""
        ...

    async def until(
        self, caller: str, path: str, request: Message, is_settled: Callable[[Any], bool] = lambda _: True
    ) -> Answer:
        """Call again and again until the answer is settled, refused for good, or patience ends."""
        ...


@dataclass(slots=True, kw_only=True)
class Backend:
    """All callers of one run, and every answer they got."""

    world: RpcWorld
    contract: Contract
    random: Random
    addresses: Sequence[str]
    answers: list[Answer] = field(default_factory=list)

    async def call(self, caller: str, path: str, request: Message) -> Answer:
        """Call once, at any replica."""
        service, _, name = path.rpartition("/")
        method = self.contract.services[service].methods[f"/{service}/{name}"]
        channel = RpcChannel(world=self.world, address=self.random.choice(self.addresses), identity=caller.encode())
        send: Any = channel.unary_unary(
            method.path, method.request_class.SerializeToString, method.response_class.FromString
        )
        request_id = str(getattr(request, "request_id", ""))
        try:
            response = await send(request, timeout=self.random.uniform(*DEADLINE_SECONDS))
            answer = Answer(
                caller=caller, method=method, request_id=request_id, code=grpc.StatusCode.OK, response=response
            )
        except grpc.aio.AioRpcError as error:
            reason = reason_of(error)
            answer = Answer(
                caller=caller,
                method=method,
                request_id=request_id,
                code=error.code(),
                reason=reason,
                message=error.details() or "",
                from_hub=bool(reason),
            )
        self.answers.append(answer)
        self.world.loop.note("answer", caller, path, request_id, answer.code.name, answer.reason)
        return answer

    async def until(
        self, caller: str, path: str, request: Message, is_settled: Callable[[Any], bool] = lambda _: True
    ) -> Answer:
        """Call again and again until the answer is settled, refused for good, or patience ends."""
        end, grown = self.world.loop.time() + PATIENCE_SECONDS, 1.0
        while True:
            answer = await self.call(caller, path, request)
            if answer.ok and is_settled(answer.response):
                return answer
            if not answer.ok and answer.code not in REPEATABLE:
                return answer
            if self.world.loop.time() > end:
                return answer
            await asyncio.sleep(self.random.uniform(*AGAIN_SECONDS) * grown)
            grown = min(grown * AGAIN_GROWS, LONGEST_AGAIN)


def reason_of(error: grpc.aio.AioRpcError) -> str:
    """The reason that the hub gave; empty if it said nothing."""
    for key, value in error.trailing_metadata() or ():
        if key == "grpc-status-details-bin" and isinstance(value, bytes):
            for detail in status_pb2.Status.FromString(value).details:
                info = error_details_pb2.ErrorInfo()
                if detail.Unpack(info):
                    return str(info.reason)
    return ""
