"""An event loop on which a run is a function of its seed: virtual time, no threads, no sockets, processes that die.

Time stands while anything can run and then jumps to the next timer. What `run_in_executor` is given is run in a step
of its own. Among the processes that have something to do, the seed says whose turn it is; within one, order is kept.
"""

import asyncio
import contextvars
import hashlib
import heapq
import itertools
from asyncio import Handle, Task, TimerHandle
from collections.abc import Callable, Coroutine
from random import Random
from typing import Any, TypeVar

from tests.campaign.simulation.places import place_of, waits_in
from tests.campaign.simulation.process import PROCESS, PointKind, Process

T = TypeVar("T")

MAX_STEPS = 3_000_000  # some hundred times what a run takes: one that goes on spins
EXECUTOR_SECONDS = 0.001  # how long a thread takes at most


class SimulationStuckError(Exception):
    """Nothing can run any more, or the run spins."""


class SimulatedLoop(asyncio.BaseEventLoop):
    """Runs the processes of one machine. `digest` tells one schedule from another."""

    def __init__(self, *, random: Random) -> None:
        super().__init__()
        self.random = random
        self.errors: list[str] = []
        self._now = 0.0
        self._order = itertools.count()
        self._timers: list[tuple[float, int, TimerHandle]] = []
        self._processes: list[Process] = []  # the dead too: what they held must not be collected yet
        self._living: list[Process] = []
        self._finished = False
        self._steps = 0
        self._hash = hashlib.sha256()
        self.set_task_factory(_make_task)
        self.set_exception_handler(self._note_error)

    @property
    def digest(self) -> str:
        """A hash over every step that was run: equal if and only if the runs were the same."""
        return self._hash.hexdigest()[:16]

    @property
    def steps(self) -> int:
        """How many steps were run."""
        return self._steps

    def add(self, process: Process) -> Process:
        """Let a process live on this machine."""
        self._living = [*(known for known in self._living if known.alive), process]
        self._processes.append(process)
        return process

    def spawn(self, process: Process, coroutine: Coroutine[Any, Any, T]) -> Task[T]:
        """Run a coroutine as a task of a process."""
        return self.create_task(coroutine, context=process.context())

    def note(self, *what: object) -> None:
        """Make something part of the digest."""
        self._hash.update(repr((round(self._now, 6), *what)).encode())

    def run(self, main: Coroutine[Any, Any, T], *, process: Process) -> T:
        """Run until the coroutine is done."""
        asyncio.events._set_running_loop(self)
        try:
            task = self.spawn(process, main)
            while not task.done():
                self._step()
            return task.result()
        finally:
            self._finished = True
            asyncio.events._set_running_loop(None)

    def time(self) -> float:
        """Virtual seconds since the run began."""
        return self._now

    def call_soon(self, callback: Callable[..., Any], *args: Any, context: contextvars.Context | None = None) -> Handle:  # type: ignore[override]
        """Queue a callback for the process that it belongs to."""
        handle = Handle(callback, args, self, context)
        self._queue(handle)
        return handle

    def call_soon_threadsafe(  # type: ignore[override]
        self, callback: Callable[..., Any], *args: Any, context: contextvars.Context | None = None
    ) -> Handle:
        """There are no threads."""
        return self.call_soon(callback, *args, context=context)

    def call_later(  # type: ignore[override]
        self, delay: float, callback: Callable[..., Any], *args: Any, context: contextvars.Context | None = None
    ) -> TimerHandle:
        """Queue a callback for later."""
        return self.call_at(self._now + delay, callback, *args, context=context)

    def call_at(  # type: ignore[override]
        self, when: float, callback: Callable[..., Any], *args: Any, context: contextvars.Context | None = None
    ) -> TimerHandle:
        """Queue a callback for a time."""
        timer = TimerHandle(when, callback, args, self, context)
        if not self._finished:
            heapq.heappush(self._timers, (max(when, self._now), next(self._order), timer))
        return timer

    def run_in_executor(self, executor: object, func: Callable[..., T], *args: Any) -> asyncio.Future[T]:  # type: ignore[override]
        """Run a function a moment later, in a step of its own."""
        del executor
        done: asyncio.Future[T] = self.create_future()

        def run() -> None:
            if done.cancelled():
                return
            try:
                result = func(*args)
            except BaseException as error:  # noqa: BLE001 - it belongs to whoever waits
                self.call_soon(_fail, done, error)
            else:
                self.call_soon(_succeed, done, result)

        self.call_later(self.random.random() * EXECUTOR_SECONDS, run)
        return done

    async def shutdown_default_executor(self) -> None:
        """There is none."""

    def close(self) -> None:
        """Let nothing that is collected afterwards run any more."""
        self._finished = True
        self._timers.clear()
        for process in self._processes:
            process.ready.clear()

    def is_closed(self) -> bool:
        """Never: what is collected after the run may still call, to no effect."""
        return False

    def get_debug(self) -> bool:
        """Debugging a run is replaying it."""
        return False

    def _timer_handle_cancelled(self, handle: TimerHandle) -> None:
        """It is passed over when its time comes."""

    def _queue(self, handle: Handle) -> None:
        process = handle._context.get(PROCESS)  # type: ignore[attr-defined]
        if process is not None and process.alive and not self._finished:
            process.ready.append(handle)

    def _step(self) -> None:
        able = [process for process in self._living if process.ready and process.runs]
        if not able:
            self._advance()
            return
        self._steps += 1
        if self._steps > MAX_STEPS:
            raise SimulationStuckError(f"still running after {MAX_STEPS} steps, at {self._now:.0f} s")
        process = able[0] if len(able) == 1 else able[self.random.randrange(len(able))]
        handle = process.ready.popleft()
        if handle.cancelled() or (process.dies_at is not None and self._dies_before(process, handle)):
            return
        if process.stops_at is not None and waits_in(handle) and process.stops_before(PointKind.AWAIT):
            process.ready.appendleft(handle)
            return
        self._hash.update(process.name.encode())
        handle._run()

    def _dies_before(self, process: Process, handle: Handle) -> bool:
        """Whether the process dies rather than take this step."""
        assert process.dies_at is not None
        if process.dies_at.kind is PointKind.STEP:
            return not process.pass_point(PointKind.STEP, place_of(handle))
        if process.dies_at.kind is PointKind.AWAIT and waits_in(handle):
            return not process.pass_point(PointKind.AWAIT, place_of(handle))
        return False

    def _advance(self) -> None:
        while self._timers:
            when, _, timer = heapq.heappop(self._timers)
            if timer.cancelled():
                continue
            process = timer._context.get(PROCESS)  # type: ignore[attr-defined]
            if process is None or not process.alive:
                continue
            self._now = when
            process.ready.append(timer)
            if not process.stopped:
                return
        raise SimulationStuckError(f"nothing can run any more, at {self._now:.0f} s")

    def _note_error(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        self.errors.append(f"{context.get('message')}: {error!r}")


def _make_task(loop: asyncio.AbstractEventLoop, coroutine: Any, context: contextvars.Context | None = None) -> Any:
    task: Task[Any] = Task(coroutine, loop=loop, context=context)
    task._log_destroy_pending = False  # type: ignore[attr-defined]
    process = (context or contextvars.copy_context()).get(PROCESS)
    if process is not None:
        process.tasks.append(task)
    return task


def _succeed(future: asyncio.Future[Any], result: Any) -> None:
    if not future.done():
        future.set_result(result)


def _fail(future: asyncio.Future[Any], error: BaseException) -> None:
    if not future.done():
        future.set_exception(error)
