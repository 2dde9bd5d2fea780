"""When a simulated vendor tells its client what became of messages: as its clock goes on, or early on demand."""

import asyncio
import dataclasses
import heapq
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import count

from sandbox.callbacks import Callback, CallbackSender, answered_ok
from sandbox.clock import SandboxClock
from sandbox.faults import FaultBoard, FaultKind
from sandbox.messages.book import Fate, Message, MessageBook

_LOOK_SECONDS = 0.05  # how soon a pushed clock is noticed


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How one vendor calls back. Attempts and pauses are ours where the vendor publishes none.

    Attributes:
        steps: After how many steps of a message it tells which status.
        write: The request's headers and body.
        forge: One that proves nothing.
        is_heard: Whether an answer, status and body, ends the attempts.
    """

    steps: Callable[[Message], Sequence[tuple[int, str]]]
    write: Callable[[Message, str, datetime], tuple[Mapping[str, str], bytes]]
    forge: Callable[[Message, str, datetime], tuple[Mapping[str, str], bytes]]
    attempts: int = 5
    pause_seconds: float = 60.0
    is_heard: Callable[[int, bytes], bool] = answered_ok
    probes: bool = False
    """It looks by GET whether somebody is there before it takes a URL."""


class DeliveryCallbacks:
    """Calls one vendor's client back, at `url`, or at a message's own where the vendor takes one."""

    def __init__(self, *, name: str, style: Style, clock: SandboxClock, faults: FaultBoard, book: MessageBook) -> None:
        self._name = name
        self._style = style
        self._clock = clock
        self._faults = faults
        self._book = book
        self._order = count()
        self._due: list[tuple[datetime, int, Message, str]] = []
        self._task: asyncio.Task[None] | None = None
        self.url = ""
        self.sender = CallbackSender(
            name=name,
            clock=clock,
            faults=faults,
            attempts=self._style.attempts,
            pause_seconds=self._style.pause_seconds,
            is_heard=self._style.is_heard,
        )

    @property
    def probes(self) -> bool:
        """Whether the vendor looks by GET whether somebody is at a URL before it takes it."""
        return self._style.probes

    def watch(self, message: Message) -> None:
        """Tell of a message's states as they come; at once if a callback is to overtake the answer."""
        if message.vendor != self._name or message.is_test or not (message.callback_url or self.url):
            return
        for step, status in self._style.steps(message):
            if message.fate == Fate.STUCK and step > 1:
                continue
            due = self._book.moment(message, step)
            heapq.heappush(self._due, (due, next(self._order), message, status))
        if self._is_early():
            self._tell(everything=True)

    async def start(self) -> None:
        """Begin to tell."""
        self.sender.start()
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Tell nothing more."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        await self.sender.stop()

    async def wait_until_told(self, *, timeout_seconds: float = 10) -> None:
        """Wait until all that is due by now is heard or given up.

        Raises:
            TimeoutError: something isn't.
        """
        self._tell(everything=False)
        await self.sender.wait_until_idle(timeout_seconds=timeout_seconds)

    def clear(self) -> None:
        """Forget what is to be told, and where."""
        self._due.clear()
        self.url = ""

    def _is_early(self) -> bool:
        early = (fault.operation for fault in self._faults.waiting if fault.kind is FaultKind.CALLBACK_EARLY)
        return f"{self._name}.callback" in early

    async def _run(self) -> None:
        while True:
            self._tell(everything=False)
            await asyncio.sleep(_LOOK_SECONDS)

    def _tell(self, *, everything: bool) -> None:
        now = self._clock.now()
        while self._due and (everything or self._due[0][0] <= now):
            _, _, message, status = heapq.heappop(self._due)
            self.sender.send(
                self._request(message, self._style.write(message, status, now)),
                about=status,
                forged=self._request(message, self._style.forge(message, status, now)),
            )

    def _request(self, message: Message, told: tuple[Mapping[str, str], bytes]) -> Callback:
        headers, body = told
        return Callback(url=message.callback_url or self.url, headers=headers, body=body)
