"""How a simulated acquirer calls its merchant back: until it is heard, and late, lost, doubled or early on demand."""

import asyncio
import dataclasses
from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import aiohttp

from sandbox.clock import SandboxClock
from sandbox.faults import FaultBoard, FaultKind

_ANSWER_SECONDS = 10.0  # as vendors wait
_DELIVERIES_KEPT = 1000
_OK = 200


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """One HTTP request to the merchant."""

    url: str
    method: str = "POST"
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)
    body: bytes = b""


@dataclasses.dataclass(slots=True, kw_only=True)
class Delivery:
    """What became of a callback: an answer's status for each attempt, or `failed`."""

    callback: Callback
    about: str
    """What happened, in the vendor's word: "deposited"."""
    answers: list[str] = dataclasses.field(default_factory=list)
    is_heard: bool = False


def answered_ok(status: int, _body: bytes) -> bool:
    """Whether the merchant heard a callback, for vendors that look at the status alone."""
    return status == _OK


class CallbackSender:
    """Sends the callbacks of one vendor. Pauses are by the sandbox's clock.

    Faults at the operation `<name>.callback`: CALLBACK_LOST, CALLBACK_LATE, CALLBACK_TWICE, CALLBACK_FORGED,
    CALLBACK_EARLY.

    Args:
        name: The vendor's.
        attempts: How often a callback is sent at most.
        pause_seconds: After an attempt, by its number if that matters.
        is_heard: Whether an answer ends them, by its status and body.
    """

    def __init__(
        self,
        *,
        name: str,
        clock: SandboxClock,
        faults: FaultBoard,
        attempts: int,
        pause_seconds: float | Callable[[int], float],
        is_heard: Callable[[int, bytes], bool] = answered_ok,
    ) -> None:
        self._name = name
        self._clock = clock
        self._faults = faults
        self._attempts = attempts
        self._pause = pause_seconds if callable(pause_seconds) else lambda _attempt: pause_seconds
        self._is_heard = is_heard
        self._session: aiohttp.ClientSession | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._early: list[asyncio.Task[None]] = []
        self.deliveries: deque[Delivery] = deque(maxlen=_DELIVERIES_KEPT)
        """The last ones, oldest first; what was lost isn't among them."""

    def start(self) -> None:
        """Be able to send. Before that, callbacks are lost."""
        self._session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=_ANSWER_SECONDS), connector=aiohttp.TCPConnector(force_close=True)
        )

    async def stop(self) -> None:
        """Give up what is under way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()
            self._session = None

    def send(self, callback: Callback, *, about: str, forged: Callback | None = None) -> None:
        """Send a callback in the background; `forged` is one that proves nothing, for the fault of that name."""
        faults = {fault.kind: fault for fault in self._faults.take(f"{self._name}.callback")}
        if self._session is None:
            return
        if forged is not None and FaultKind.CALLBACK_FORGED in faults:
            self._begin(forged, "forged", self._clock.now())
        if FaultKind.CALLBACK_LOST in faults:
            return
        late = faults.get(FaultKind.CALLBACK_LATE)
        due = self._clock.now() + timedelta(seconds=late.seconds if late else 0)
        for _ in range(2 if FaultKind.CALLBACK_TWICE in faults else 1):
            task = self._begin(callback, about, due)
            if FaultKind.CALLBACK_EARLY in faults:
                self._early.append(task)

    async def send_early(self) -> None:
        """Have those sent now that overtake the answer of the call they come of."""
        early, self._early = self._early, []
        if early:
            await asyncio.wait(early, timeout=_ANSWER_SECONDS)

    async def wait_until_idle(self, *, timeout_seconds: float = 10) -> None:
        """Wait until all that is under way is heard or given up; the clock may have to be pushed for it.

        Raises:
            TimeoutError: something is under way still.
        """
        async with asyncio.timeout(timeout_seconds):
            while self._tasks:
                await asyncio.wait(self._tasks)

    def _begin(self, callback: Callback, about: str, due: datetime) -> asyncio.Task[None]:
        delivery = Delivery(callback=callback, about=about)
        self.deliveries.append(delivery)
        task = asyncio.create_task(self._deliver(delivery, due))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _deliver(self, delivery: Delivery, due: datetime) -> None:
        for number in range(1, self._attempts + 1):
            await self._clock.reached(due)
            await self._attempt(delivery)
            if delivery.is_heard:
                return
            due = self._clock.now() + timedelta(seconds=self._pause(number))

    async def _attempt(self, delivery: Delivery) -> None:
        sent = delivery.callback
        session = self._session
        if session is None:
            return
        try:
            async with session.request(
                sent.method, sent.url, headers=sent.headers, data=sent.body or None, allow_redirects=False
            ) as answer:
                body = await answer.read()
        except (aiohttp.ClientError, TimeoutError):
            delivery.answers.append("failed")
            return
        delivery.answers.append(str(answer.status))
        delivery.is_heard = self._is_heard(answer.status, body)
