"""The last step: the servicer's own method, with its answer or its stream of answers."""

import asyncio
from collections.abc import Callable
from contextlib import aclosing

from google.protobuf.message import Message

from hub.core.errors import HubError, UnavailableError
from hub.rpc.passage import Passage

_STOPPING = "the hub is stopping; subscribe again, at another replica or in a moment"


class Handling:
    """Calls servicers, and knows the streams of answers that are open, to end those that must not go on."""

    def __init__(self) -> None:
        self._streams: dict[int, tuple[Passage, asyncio.Task[None]]] = {}

    async def run(self, passage: Passage) -> bytes:
        """Return the serialised answer; of a stream, write each and return nothing.

        Raises:
            UnavailableError: the server stops and ends its streams (SHUTTING_DOWN).
            HubError: of a stream: its caller was withdrawn.
        """
        function = passage.function
        assert function is not None
        if passage.method.streams_responses:
            return await self._stream(passage)
        return _serialised(passage, await function(passage.request, passage.call()))

    def end_streams(self) -> None:
        """End every open stream of answers; their callers are told that the hub is stopping."""
        for passage, task in tuple(self._streams.values()):
            _end(passage, task, UnavailableError(_STOPPING, reason="SHUTTING_DOWN"))

    def end_refused(self, check: Callable[[Passage], None]) -> None:
        """End every open stream of answers whose caller would not be let in any more, and tell him why."""
        for passage, task in tuple(self._streams.values()):
            try:
                check(passage)
            except HubError as error:
                _end(passage, task, error)

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
            if passage.ended_by is None:
                raise
            task.uncancel()
            raise passage.ended_by from None
        finally:
            del self._streams[id(passage)]
        return b""


def _end(passage: Passage, task: "asyncio.Task[None]", why: HubError) -> None:
    if passage.ended_by is None:
        passage.ended_by = why
        task.cancel()


def _serialised(passage: Passage, answer: Message) -> bytes:
    if not isinstance(answer, passage.method.response_class):
        raise TypeError(f"{passage.method.path} was answered with a {type(answer).__name__}")
    return answer.SerializeToString()
