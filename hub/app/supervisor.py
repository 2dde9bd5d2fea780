"""Runs several hub processes on one port: starts them, replaces those that die, restarts them one by one on demand."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import structlog

from hub.core.clock import Clock
from hub.core.waiting import wait_until_done

log = structlog.get_logger(__name__)

READY_MARK = b"landhub serves:"
READY_SECONDS = 120.0  # a start is a matter of seconds; modules have their own patience
KILL_MARGIN_SECONDS = 15.0  # beyond the drain, for what comes after it
FIRST_DELAY_SECONDS = 1.0
LONGEST_DELAY_SECONDS = 60.0
STABLE_SECONDS = 60.0  # who ran so long may be replaced at once


class WorkersFailedError(Exception):
    """A process did not start; its own words are on standard error."""


@dataclass(eq=False, slots=True)
class _Worker:
    """One hub process: in which place, and whether it takes calls."""

    place: int
    process: asyncio.subprocess.Process
    started: float
    ready: "asyncio.Future[bool]"
    ended: "asyncio.Task[int]"
    reading: "asyncio.Task[None]"
    is_leaving: bool = False


@dataclass(slots=True)
class _Place:
    """Where one process belongs; `worker` is None while its successor waits to be started."""

    number: int
    worker: _Worker | None = None
    delay_seconds: float = FIRST_DELAY_SECONDS
    leaving: set[_Worker] = field(default_factory=set)


class Supervisor:
    """Keeps so many processes serving.

    Args:
        command: The command of the process in a place. It prints a line that begins with READY_MARK when it takes
            calls, drains on SIGTERM, and drains when its standard input ends: so none outlives this process for long.
        processes: How many.
        drain_seconds: How long a process may take to end.
        clock: Measures and waits.
    """

    def __init__(
        self, *, command: Callable[[int], Sequence[str]], processes: int, drain_seconds: float, clock: Clock
    ) -> None:
        self._command = command
        self._places = [_Place(number) for number in range(processes)]
        self._patience_seconds = drain_seconds + KILL_MARGIN_SECONDS
        self._clock = clock
        self._tasks: set[asyncio.Task[None]] = set()
        self._restarting = asyncio.Lock()
        self._stopping = asyncio.Event()

    async def run(self, stop: asyncio.Event, *, serving: Callable[[], None]) -> None:
        """Serve until `stop` is set, then drain all; `serving` is told once all take calls.

        Raises:
            WorkersFailedError: one did not start at first; the others were stopped.
        """
        try:
            async with self._restarting:  # a restart that is asked for meanwhile waits for its turn
                started = await asyncio.gather(*(self._start(place) for place in self._places))
            if not all(started):
                raise WorkersFailedError("a hub process did not start; see what it said")
            serving()
            await stop.wait()
        finally:
            await self._stop()

    def restart(self) -> None:
        """Replace the processes one by one, in the background: the new one takes calls before the old one drains."""
        task = asyncio.create_task(self._restart(), name="rolling restart")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _restart(self) -> None:
        async with self._restarting:
            for place in self._places:
                old = place.worker
                if self._stopping.is_set() or not await self._start(place):
                    log.error("supervisor.restart_given_up", place=place.number)
                    return
                if old is not None:
                    await self._leave(place, old)
            log.info("supervisor.restarted", processes=len(self._places))

    async def _start(self, place: _Place) -> bool:
        """Start a process and put it in its place once it takes calls; False if it ended or took too long."""
        worker = await self._spawn(place.number)
        await wait_until_done([worker.ready], clock=self._clock, seconds=READY_SECONDS)
        if not (worker.ready.done() and worker.ready.result()):
            log.error("supervisor.process_not_ready", place=place.number, pid=worker.process.pid)
            await self._leave(place, worker)
            return False
        place.worker = worker
        log.info("supervisor.process_serves", place=place.number, pid=worker.process.pid)
        task = asyncio.create_task(self._watch(place, worker), name=f"watch process {place.number}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return True

    async def _spawn(self, number: int) -> _Worker:
        process = await asyncio.create_subprocess_exec(
            *self._command(number), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
        )
        ready: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        return _Worker(
            place=number,
            process=process,
            started=self._clock.monotonic(),
            ready=ready,
            ended=asyncio.create_task(process.wait()),
            reading=asyncio.create_task(_await_mark(process, ready)),
        )

    async def _watch(self, place: _Place, worker: _Worker) -> None:
        """Replace a process that ends unasked, the later the faster it ended."""
        code = await asyncio.shield(worker.ended)
        if worker.is_leaving or self._stopping.is_set():
            return
        log.error("supervisor.process_died", place=place.number, pid=worker.process.pid, code=code)
        if place.worker is worker:
            place.worker = None
        if self._clock.monotonic() - worker.started >= STABLE_SECONDS:
            place.delay_seconds = FIRST_DELAY_SECONDS
        while not await self._is_filled(place):
            place.delay_seconds = min(place.delay_seconds * 2, LONGEST_DELAY_SECONDS)

    async def _is_filled(self, place: _Place) -> bool:
        """Wait as long as is due, then start a process unless a restart has done so meanwhile."""
        await self._clock.sleep(place.delay_seconds)
        async with self._restarting:
            return self._stopping.is_set() or place.worker is not None or await self._start(place)

    async def _leave(self, place: _Place, worker: _Worker) -> None:
        """Have a process drain; one that doesn't end is killed."""
        worker.is_leaving = True
        place.leaving.add(worker)
        try:
            with suppress(ProcessLookupError):
                worker.process.terminate()
            if not await wait_until_done([worker.ended], clock=self._clock, seconds=self._patience_seconds):
                log.error("supervisor.process_killed", place=place.number, pid=worker.process.pid)
                with suppress(ProcessLookupError):
                    worker.process.kill()
                await worker.ended
            await worker.reading
        finally:
            place.leaving.discard(worker)

    async def _stop(self) -> None:
        """Drain all at once, those that were being started or replaced included."""
        self._stopping.set()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        leaving = [(place, worker) for place in self._places for worker in (place.worker, *place.leaving)]
        await asyncio.gather(*(self._leave(place, worker) for place, worker in leaving if worker is not None))


async def _await_mark(process: asyncio.subprocess.Process, ready: "asyncio.Future[bool]") -> None:
    """Read what a process prints to its end, so that it never waits for us, and tell when it takes calls."""
    assert process.stdout is not None
    async for line in process.stdout:
        if line.startswith(READY_MARK) and not ready.done():
            ready.set_result(True)
    if not ready.done():
        ready.set_result(False)
