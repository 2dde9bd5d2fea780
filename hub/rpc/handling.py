"""The last step: the servicer's own method, with its answer or its stream of answers."""

import asyncio
from contextlib import aclosing

from google.protobuf.message import Message

from hub.core.errors import UnavailableError
from hub.rpc.passage import Passage


class Handling:
    """Calls servicers, and knows the streams of answers that are open, to end them when the server stops."""

    def __init__(self) -> None:
        self._streams: dict[int, tuple[Passage, asyncio.Task[None]]] = {}

    async def run(self, passage: Passage) -> bytes:
        """Return the serialised answer; of a stream, write each and return nothing.

        Raises:
            UnavailableError: the server stops and ends its streams (SHUTTING_DOWN).
        """
        function = passage.function
        assert function is not None
        if passage.method.streams_responses:
            return await self._stream(passage)
        return _serialised(passage, await function(passage.request, passage.call()))

    def end_streams(self) -> None:
        """End every open stream of answers; their callers are told that the hub is stopping."""
        for passage, task in tuple(self._streams.values()):
            passage.ended_by_drain = True
            task.cancel()

    async def _stream(self, passage: Passage) -> bytes:
        function, task = passage.function, asyncio.current_task()
        assert function is not None
        assert task is not None
        self._streams[id(passage)] = passage, task
        try:
            async with aclosing(function(passage.request, passage.call())) as answers:
                async for answer in answers:
                    await passage.write(_serialised(passage, answer))
        except asyncio.CancelledError:
            if not passage.ended_by_drain:
                raise
            task.uncancel()
            raise UnavailableError(
                "the hub is stopping; subscribe again, at another replica or in a moment", reason="SHUTTING_DOWN"
            ) from None
        finally:
            del self._streams[id(passage)]
        return b""


def _serialised(passage: Passage, answer: Message) -> bytes:
    if not isinstance(answer, passage.method.response_class):
        raise TypeError(f"{passage.method.path} was answered with a {type(answer).__name__}")
    return answer.SerializeToString()
