"""A channel on the asyncio side that follows its PEM files: certificates are replaced and no call is dropped."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

import grpc
import grpc.aio

from landhub_client.files import LOOK_SECONDS, Files
from landhub_client.renewal import CONNECT_SECONDS, RENEWED_SECONDS

_RETIRE_SECONDS = 86_400.0  # the oldest a connection gets at any hub; streams on it end with it
_ON_THE_WAY = (grpc.ChannelConnectivity.IDLE, grpc.ChannelConnectivity.CONNECTING)
_UNFIT = object()


class FollowingAioChannel:
    """What AioChannel needs of a channel. Changed files make a new one, which takes over once it is connected.

    So files that are written by halves, or a hub that doesn't know our new CA yet, leave the channel there is in place.

    Raises:
        OSError: the files can't be used.
    """

    def __init__(
        self,
        *,
        files: Files,
        open_channel: Callable[[grpc.ChannelCredentials], grpc.aio.Channel],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._files = files
        self._open = open_channel
        self._monotonic = monotonic
        self._stamp = files.stamp()
        self._channel = open_channel(files.read())
        self._looked = monotonic()
        self._renewed_until = 0.0
        self._renewal: asyncio.Task[None] | None = None
        self._retiring: set[asyncio.Task[None]] = set()

    def unary_unary(self, path: str, request_serializer: Any, response_deserializer: Any) -> Callable[..., Any]:
        """Return the callable of a method, over whichever channel is in use when it is called."""
        return self._bound(lambda channel: channel.unary_unary(path, request_serializer, response_deserializer))

    def unary_stream(self, path: str, request_serializer: Any, response_deserializer: Any) -> Callable[..., Any]:
        """Return the callable of a method, over whichever channel is in use when it is called."""
        return self._bound(lambda channel: channel.unary_stream(path, request_serializer, response_deserializer))

    def stream_unary(self, path: str, request_serializer: Any, response_deserializer: Any) -> Callable[..., Any]:
        """Return the callable of a method, over whichever channel is in use when it is called."""
        return self._bound(lambda channel: channel.stream_unary(path, request_serializer, response_deserializer))

    def renewing(self) -> bool:
        """Look at the files now. True if a new channel is about to take over, or has just done so."""
        self._look()
        return self._renewal is not None or self._monotonic() < self._renewed_until

    async def close(self) -> None:
        """Close it, and what it replaced; calls under way are cancelled."""
        tasks = [*self._retiring, *([self._renewal] if self._renewal else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._channel.close()

    def _bound(self, make: Callable[[grpc.aio.Channel], Callable[..., Any]]) -> Callable[..., Any]:
        made: tuple[object, Callable[..., Any]] = _UNFIT, make(self._channel)

        def call(requests: Any, *, timeout: float | None, metadata: Any) -> Any:
            nonlocal made
            channel = self._current()
            if made[0] is not channel:
                made = channel, make(channel)
            return made[1](requests, timeout=timeout, metadata=metadata)

        return call

    def _current(self) -> grpc.aio.Channel:
        if self._monotonic() - self._looked >= LOOK_SECONDS:
            self._look()
        return self._channel

    def _look(self) -> None:
        self._looked = self._monotonic()
        if self._renewal is None and self._files.stamp() != self._stamp:
            self._renewal = asyncio.create_task(self._renew())

    async def _renew(self) -> None:
        try:
            stamp = self._files.stamp()
            fresh = self._open(self._files.read())
            if stamp != self._files.stamp() or not await _is_connected(fresh):
                await fresh.close()
                return
            old, self._channel, self._stamp = self._channel, fresh, stamp
            self._renewed_until = self._monotonic() + RENEWED_SECONDS
            self._retire(old.close(_RETIRE_SECONDS))
        except OSError:
            return  # not whole yet: looked at again
        finally:
            self._renewal = None

    def _retire(self, closing: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(closing)
        self._retiring.add(task)
        task.add_done_callback(self._retiring.discard)


async def _is_connected(channel: grpc.aio.Channel) -> bool:
    state = channel.get_state(try_to_connect=True)
    with suppress(TimeoutError):
        async with asyncio.timeout(CONNECT_SECONDS):
            while state in _ON_THE_WAY:
                await channel.wait_for_state_change(state)
                state = channel.get_state(try_to_connect=True)
    return state is grpc.ChannelConnectivity.READY
