"""One simulated process: what is ready to run in it, whether it runs, is stopped or is dead, and where it dies."""

import contextvars
from asyncio import Handle, Task
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

PROCESS: Final[contextvars.ContextVar["Process | None"]] = contextvars.ContextVar("process", default=None)
"""Whose code runs. Tasks, timers and callbacks inherit it, so that all of a process stops when it is killed."""


class PointKind(StrEnum):
    """Where a process may die. Every one of them is generated: counted as the process passes it."""

    AWAIT = "await"
    """A job run, a handler or an effect goes on after an await."""
    STEP = "step"
    """Any step of the event loop: background loops, start-up, the network's callbacks."""
    BEFORE_COMMIT = "before_commit"
    AFTER_COMMIT = "after_commit"
    """A transaction is durable, and nobody hears of it."""
    BEFORE_SEND = "before_send"
    AFTER_SEND = "after_send"
    """Bytes are on the wire to a vendor or an agent."""


@dataclass(frozen=True, slots=True)
class CrashPoint:
    """The process dies, or is stopped, at its `count`-th point of a kind at a place that contains a text."""

    kind: PointKind
    count: int
    place: str = ""


@dataclass(slots=True, eq=False)
class Process:
    """A process of the simulated machine. What it does after its death has no effect."""

    name: str
    dies_at: CrashPoint | None = None
    stops_at: CrashPoint | None = None
    """Where it is stopped as by SIGSTOP, an AWAIT or BEFORE_COMMIT; whoever listens to `on_stop` lets it go on."""
    alive: bool = True
    stopped: bool = False
    ready: deque[Handle] = field(default_factory=deque)
    tasks: list[Task[Any]] = field(default_factory=list)
    """Kept to the end of the run: a task that was collected would run its `finally` blocks."""
    passed: Counter[PointKind] = field(default_factory=Counter)
    passed_to_stop: int = 0
    died_at: str = ""
    """The place in the code where it was killed, if it was by a crash point."""
    on_death: list[Callable[[], None]] = field(default_factory=list)
    on_stop: Callable[[], None] | None = None

    @property
    def runs(self) -> bool:
        """Whether its code is run: it is neither dead nor stopped."""
        return self.alive and not self.stopped

    def pass_point(self, kind: PointKind, place: str) -> bool:
        """Count a point; the process may die here. Return whether it lives on."""
        self.passed[kind] += 1
        point = self.dies_at
        if self.alive and point is not None and point.kind is kind and self.passed[kind] >= point.count:
            self.died_at = f"{kind.value} {place}"
            self.kill()
        return self.alive

    def stops_before(self, kind: PointKind, place: str = "") -> bool:
        """Count a point where it may be stopped; whether it is, now."""
        point = self.stops_at
        if point is None or point.kind is not kind or point.place not in place:
            return False
        self.passed_to_stop += 1
        if self.passed_to_stop < point.count:
            return False
        self.stops_at, self.stopped = None, True
        if self.on_stop is not None:
            self.on_stop()
        return True

    def kill(self) -> None:
        """End it as `kill -9` does: nothing of it runs any more, and its peers lose their connections."""
        if not self.alive:
            return
        self.alive = False
        self.ready.clear()
        for tell in self.on_death:
            tell()

    def context(self) -> contextvars.Context:
        """A context in which code is this process's."""
        context = contextvars.copy_context()
        context.run(PROCESS.set, self)
        return context


def current_process() -> Process:
    """The process whose code runs."""
    process = PROCESS.get()
    assert process is not None, "only code of a simulated process may do this"
    return process
