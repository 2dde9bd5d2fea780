"""The channel that generated stubs get on the asyncio side: every call is prepared and its failure told."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from typing import Any

import grpc.aio

from landhub_client.aio_following import FollowingAioChannel
from landhub_client.contract import Method
from landhub_client.outgoing import Defaults, Outgoing, outgoing

Starter = Callable[[], Outgoing]


class AioChannel:
    """What a generated stub needs of a channel. Calls are coroutines and async iterators, and nothing more."""

    def __init__(
        self, *, channel: grpc.aio.Channel | FollowingAioChannel, methods: Mapping[str, Method], defaults: Defaults
    ) -> None:
        self._channel = channel
        self._methods = methods
        self._defaults = defaults

    def unary_unary(
        self, path: str, request_serializer: Any, response_deserializer: Any, _registered_method: object = None
    ) -> Callable[..., Any]:
        """Return the callable of a method with one request and one answer."""
        call = self._channel.unary_unary(path, request_serializer, response_deserializer)
        return _one_answer(call, outgoing(self._methods, path, self._defaults))

    def unary_stream(
        self, path: str, request_serializer: Any, response_deserializer: Any, _registered_method: object = None
    ) -> Callable[..., Any]:
        """Return the callable of a method with one request and a stream of answers."""
        call = self._channel.unary_stream(path, request_serializer, response_deserializer)
        return _many_answers(call, outgoing(self._methods, path, self._defaults))

    def stream_unary(
        self, path: str, request_serializer: Any, response_deserializer: Any, _registered_method: object = None
    ) -> Callable[..., Any]:
        """Return the callable of a method with a stream of requests and one answer."""
        call = self._channel.stream_unary(path, request_serializer, response_deserializer)
        return _many_requests(call, outgoing(self._methods, path, self._defaults))


def _one_answer(call: Any, start: Starter) -> Callable[..., Any]:
    async def invoke(request: Any, *, timeout: float | None = None, metadata: Any = None) -> Any:  # noqa: ASYNC109
        out = start()
        with out.telling():
            prepared, told, repeats = out.prepared(request), out.metadata(metadata), out.repeats(timeout)
            while True:
                try:
                    return await call(prepared, timeout=repeats.timeout_seconds(), metadata=told)
                except grpc.RpcError as error:
                    pause = repeats.pause_seconds(error)
                await asyncio.sleep(pause)

    return invoke


def _many_answers(call: Any, start: Starter) -> Callable[..., Any]:
    async def invoke(
        request: Any,
        *,
        timeout: float | None = None,  # noqa: ASYNC109 - grpc's deadline, which travels
        metadata: Any = None,
    ) -> AsyncIterator[Any]:
        out = start()
        with out.telling():
            answers = call(out.prepared(request), timeout=timeout, metadata=out.metadata(metadata))
            try:
                async for answer in answers:
                    yield answer
            finally:
                answers.cancel()  # left early: the hub must not go on sending

    return invoke


def _many_requests(call: Any, start: Starter) -> Callable[..., Any]:
    async def invoke(
        requests: AsyncIterator[Any] | Iterable[Any],
        *,
        timeout: float | None = None,  # noqa: ASYNC109 - grpc's deadline, which travels
        metadata: Any = None,
    ) -> Any:
        out = start()
        with out.telling():
            seconds = out.defaults.timeout_seconds if timeout is None else timeout
            return await call(_prepared(requests, out), timeout=seconds, metadata=out.metadata(metadata))

    return invoke


async def _prepared(requests: AsyncIterator[Any] | Iterable[Any], out: Outgoing) -> AsyncIterator[Any]:
    if isinstance(requests, AsyncIterator):
        async for request in requests:
            yield out.prepared(request)
    else:
        for request in requests:
            yield out.prepared(request)
