"""gRPC between simulated processes: stubs and handlers are the real ones, the channel between them is in memory.

Messages cross as bytes. A call can be lost on its way there, its answer on the way back; a deadline, a cancelled caller
and a peer that dies or was never there end it as gRPC ends it.
"""

import asyncio
import contextvars
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, cast

import grpc
import grpc.aio

from tests.campaign.simulation.network import LONGEST_LATENCY_SECONDS, Network
from tests.campaign.simulation.process import PointKind, Process, current_process

Metadata = Sequence[tuple[str, str | bytes]]


@dataclass(slots=True)
class RpcFaults:
    """What the wire does to calls whose path contains a text: by count, so that it ends."""

    random: Random
    waiting: list[tuple[str, str]] = field(default_factory=list)
    """(text, what): "refused", "request_lost", "answer_lost" or "slow"; each strikes once."""
    struck: list[str] = field(default_factory=list)

    def take(self, path: str) -> str:
        """The fault that strikes this call, or nothing."""
        for index, (text, what) in enumerate(self.waiting):
            if text in path:
                del self.waiting[index]
                self.struck.append(f"rpc_{what}")
                return what
        return ""


class RpcWorld:
    """The servers of one machine by address. Put it in place of grpc.aio's with `install`."""

    def __init__(self, *, loop: Network, faults: RpcFaults, slow_seconds: float = 12.0) -> None:
        self.loop = loop
        self.faults = faults
        self.slow_seconds = slow_seconds
        self.servers: dict[str, RpcServer] = {}


class RpcServer:
    """What grpc.aio.server makes."""

    def __init__(self, *, world: RpcWorld) -> None:
        self.process: Process = current_process()
        self.context = contextvars.copy_context()
        self._world = world
        self._handlers: list[Any] = []
        self._address = ""
        self.calls: set[asyncio.Future[Any]] = set()
        self.process.on_death.append(self._die)

    def add_generic_rpc_handlers(self, handlers: Sequence[Any]) -> None:
        """See grpc.aio.Server."""
        self._handlers += handlers

    def add_registered_method_handlers(self, _service: str, _handlers: Mapping[str, Any]) -> None:
        """The generic handlers hold them too."""

    def add_secure_port(self, address: str, _credentials: object) -> int:
        """See grpc.aio.Server."""
        self._address = address
        return int(address.rpartition(":")[2])

    async def start(self) -> None:
        """See grpc.aio.Server."""
        self._world.servers[self._address] = self

    async def stop(self, _grace: float | None) -> None:
        """See grpc.aio.Server."""
        if self._world.servers.get(self._address) is self:
            del self._world.servers[self._address]

    def handler(self, path: str, metadata: Metadata) -> Any:
        """Find who serves a path."""
        details = _Details(method=path, invocation_metadata=tuple(metadata))
        for generic in self._handlers:
            found = generic.service(details)
            if found is not None:
                return found
        return None

    def _die(self) -> None:
        for call in tuple(self.calls):
            if not call.done():
                call.set_exception(failure(grpc.StatusCode.UNAVAILABLE, "the connection was lost"))


@dataclass(frozen=True, slots=True)
class _Details(grpc.HandlerCallDetails):
    method: str
    invocation_metadata: tuple[tuple[str, str | bytes], ...]


class _AbortError(Exception):
    """The handler ended the call with a status."""

    def __init__(self, status: grpc.aio.AioRpcError) -> None:
        super().__init__("aborted")
        self.status = status


class RpcContext:
    """A servicer's context: who calls, until when, and how to end the call."""

    def __init__(
        self,
        *,
        loop: Network,
        identity: bytes,
        deadline: float | None,
        metadata: Metadata,
        write: Callable[[bytes], None] | None = None,
    ) -> None:
        self._loop = loop
        self._identity = identity
        self._deadline = deadline
        self._metadata = metadata
        self._write = write

    def auth_context(self) -> Mapping[str, Sequence[bytes]]:
        """The peer's certificate."""
        return {"x509_pem_cert": [self._identity]}

    def invocation_metadata(self) -> Metadata:
        """What came with the call."""
        return self._metadata

    def time_remaining(self) -> float | None:
        """Seconds until the caller's deadline."""
        return None if self._deadline is None else self._deadline - self._loop.time()

    def peer(self) -> str:
        """Where it comes from."""
        return "memory"

    async def send_initial_metadata(self, _metadata: Metadata) -> None:
        """Nobody reads it."""

    async def write(self, message: bytes) -> None:
        """One answer of a stream."""
        assert self._write is not None
        self._write(message)

    async def abort(self, code: grpc.StatusCode, details: str = "", trailing_metadata: Metadata = ()) -> None:
        """End the call."""
        raise _AbortError(failure(code, details, trailing_metadata))


class RpcChannel:
    """What grpc.aio.secure_channel makes. `identity` is the client's certificate, PEM, or whatever the server reads."""

    def __init__(self, *, world: RpcWorld, address: str, identity: bytes) -> None:
        self._world = world
        self._address = address
        self._identity = identity

    def unary_unary(
        self, path: str, request_serializer: Any = None, response_deserializer: Any = None, **_: Any
    ) -> Callable[..., Awaitable[Any]]:
        """See grpc.aio.Channel."""

        async def call(request: Any, *, timeout: float | None = None, metadata: Metadata = (), **_: Any) -> Any:  # noqa: ASYNC109 - gRPC's
            return response_deserializer(await self._call(path, request_serializer(request), timeout, metadata))

        return call

    def unary_stream(
        self, path: str, request_serializer: Any = None, response_deserializer: Any = None, **_: Any
    ) -> Callable[..., AsyncIterator[Any]]:
        """See grpc.aio.Channel."""

        async def call(request: Any, *, metadata: Metadata = (), **_: Any) -> AsyncIterator[Any]:
            async for answer in self._stream(path, request_serializer(request), metadata):
                yield response_deserializer(answer)

        return call

    def stream_unary(self, *_: Any, **__: Any) -> Callable[..., Any]:
        """Streams of requests are not simulated."""
        return _not_simulated

    stream_stream = stream_unary

    async def close(self, _grace: float | None = None) -> None:
        """See grpc.aio.Channel."""

    def get_state(self, try_to_connect: bool = False) -> grpc.ChannelConnectivity:
        """Connected if somebody listens there."""
        del try_to_connect
        server = self._world.servers.get(self._address)
        is_there = server is not None and server.process.alive
        return grpc.ChannelConnectivity.READY if is_there else grpc.ChannelConnectivity.TRANSIENT_FAILURE

    async def wait_for_state_change(self, _state: grpc.ChannelConnectivity) -> None:
        """No state lasts."""
        await self._on_its_way(0.0)

    async def _call(self, path: str, request: bytes, seconds: float | None, metadata: Metadata) -> bytes:
        try:
            async with asyncio.timeout(seconds):
                return await self._exchange(path, request, seconds, metadata)
        except TimeoutError as error:
            raise failure(grpc.StatusCode.DEADLINE_EXCEEDED, "out of time") from error

    async def _exchange(self, path: str, request: bytes, seconds: float | None, metadata: Metadata) -> bytes:
        loop, fault = self._world.loop, self._world.faults.take(path)
        deadline = None if seconds is None else loop.time() + seconds
        await self._on_its_way(self._world.slow_seconds if fault == "slow" else 0.0)
        server = self._world.servers.get(self._address)
        if server is None or not server.process.alive or fault in {"refused", "request_lost"}:
            raise failure(grpc.StatusCode.UNAVAILABLE, "connection refused")
        context = RpcContext(loop=loop, identity=self._identity, deadline=deadline, metadata=metadata)
        handler = server.handler(path, metadata)
        if handler is None:
            raise failure(grpc.StatusCode.UNIMPLEMENTED, path)
        current_process().pass_point(PointKind.AFTER_SEND, path)
        ended: asyncio.Future[bytes] = loop.create_future()
        server.calls.add(ended)
        ended.add_done_callback(server.calls.discard)
        task = loop.create_task(_serve(handler, request, context), context=server.process.context())
        task.add_done_callback(lambda task: _tell(task, ended), context=server.context)
        try:
            answer = await ended
        except asyncio.CancelledError:
            loop.call_soon(task.cancel, context=server.context)  # gRPC cancels what nobody waits for
            raise
        await self._on_its_way(0.0)
        if fault == "answer_lost":
            raise failure(grpc.StatusCode.UNAVAILABLE, "connection reset")
        return answer

    async def _stream(self, path: str, request: bytes, metadata: Metadata) -> AsyncIterator[bytes]:
        loop = self._world.loop
        await self._on_its_way(0.0)
        server = self._world.servers.get(self._address)
        if server is None or not server.process.alive:
            raise failure(grpc.StatusCode.UNAVAILABLE, "connection refused")
        answers: asyncio.Queue[bytes | None] = asyncio.Queue()
        ended: asyncio.Future[bytes] = loop.create_future()
        ended.add_done_callback(lambda _: answers.put_nowait(None))
        server.calls.add(ended)
        context = RpcContext(
            loop=loop, identity=self._identity, deadline=None, metadata=metadata, write=answers.put_nowait
        )
        handler = server.handler(path, metadata)
        task = loop.create_task(_serve_stream(handler, request, context), context=server.process.context())
        task.add_done_callback(lambda task: _tell(task, ended), context=server.context)
        while (answer := await answers.get()) is not None:
            yield answer
        ended.result()

    async def _on_its_way(self, seconds: float) -> None:
        await asyncio.sleep(seconds + self._world.loop.random.random() * LONGEST_LATENCY_SECONDS)


def install(world: Callable[[], RpcWorld], *, hub_certificate: bytes) -> None:
    """Put the simulated gRPC in place of grpc.aio's, for this whole process and for good."""
    aio = cast("Any", grpc.aio)
    aio.secure_channel = lambda address, credentials=None, **_: RpcChannel(
        world=world(), address=address, identity=hub_certificate
    )
    aio.server = lambda **_: RpcServer(world=world())


def failure(code: grpc.StatusCode, details: str, trailing: Metadata = ()) -> grpc.aio.AioRpcError:
    """The error of a call that failed."""
    return grpc.aio.AioRpcError(code, grpc.aio.Metadata(), grpc.aio.Metadata(*trailing), details=details)


async def _serve(handler: Any, request: bytes, context: RpcContext) -> bytes:
    parsed = request if handler.request_deserializer is None else handler.request_deserializer(request)
    answer = await handler.unary_unary(parsed, context)
    return cast("bytes", answer if handler.response_serializer is None else handler.response_serializer(answer))


async def _serve_stream(handler: Any, request: bytes, context: RpcContext) -> bytes:
    parsed = request if handler.request_deserializer is None else handler.request_deserializer(request)
    serialise = handler.response_serializer or bytes
    inner = context._write
    assert inner is not None
    context._write = lambda message: inner(serialise(message))
    await handler.unary_stream(parsed, context)
    return b""


def _tell(task: asyncio.Task[bytes], ended: asyncio.Future[bytes]) -> None:
    if ended.done():
        if not task.cancelled():
            task.exception()
    elif task.cancelled():
        ended.set_exception(failure(grpc.StatusCode.CANCELLED, "cancelled"))
    elif (error := task.exception()) is None:
        ended.set_result(task.result())
    elif isinstance(error, _AbortError):
        ended.set_exception(error.status)
    else:
        ended.set_exception(failure(grpc.StatusCode.UNKNOWN, type(error).__name__))


def _not_simulated(*_: Any, **__: Any) -> Generator[Any, Any, Any]:
    raise NotImplementedError("streams of requests are not simulated")
