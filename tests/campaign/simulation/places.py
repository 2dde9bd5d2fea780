"""Where in the hub's code a step goes on: which await, of which job, handler or effect."""

from asyncio import Handle, Task
from collections.abc import Iterator
from types import CodeType, FrameType
from typing import Any

ROOTS = frozenset(
    {
        "JobRuns._run",
        "Effects._commit_and_run",
        "_handler.<locals>.unary",  # a call on its way through the inbound chain
        "_handler.<locals>.stream",
        "Audit.write",
        "PublicListening._answer",  # a callback
    }
)
"""The coroutines at whose awaits work may be half done; everything they await counts as theirs."""


def waits_in(handle: Handle) -> bool:
    """Whether a step goes on with a job, a handler or an effect."""
    task = getattr(handle._callback, "__self__", None)  # type: ignore[attr-defined]
    return isinstance(task, Task) and any(_code(frame).co_qualname in ROOTS for frame in _frames(task))


def place_of(handle: Handle) -> str:
    """The innermost line of the hub's in a step: "core/effects.py:159 Effects._commit_and_run"."""
    task = getattr(handle._callback, "__self__", None)  # type: ignore[attr-defined]
    found = ""
    for frame in _frames(task) if isinstance(task, Task) else ():
        name = frame.f_code.co_filename
        if "/hub/" in name:
            found = f"{name.rpartition('/hub/')[2]}:{frame.f_lineno} {frame.f_code.co_qualname}"
    return found or getattr(handle._callback, "__qualname__", "?")  # type: ignore[attr-defined]


def _frames(task: Task[Any]) -> Iterator[FrameType]:
    """The frames of a task that waits, outermost first."""
    waiting: Any = task.get_coro()
    while waiting is not None:
        frame = getattr(waiting, "cr_frame", None) or getattr(waiting, "ag_frame", None)
        if frame is not None:
            yield frame
        waiting = getattr(waiting, "cr_await", None) or getattr(waiting, "ag_await", None)


def _code(frame: FrameType) -> CodeType:
    return frame.f_code
