"""What an acquirer does or tells late: work that waits for the sandbox's clock, and states that show only then."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from sandbox.clock import SandboxClock

T = TypeVar("T")


class Lateness(Generic[T]):
    """Late work and late sight of things that have ids."""

    def __init__(self, *, clock: SandboxClock) -> None:
        self._clock = clock
        self._hidden_until: dict[str, datetime] = {}
        self._shown_as: dict[str, tuple[datetime, T]] = {}
        self._late: list[tuple[datetime, Callable[[], object]]] = []

    def later(self, seconds: float, work: Callable[[], object]) -> None:
        """Have work done only then, though its caller gave up long before."""
        self._late.append((self._clock.now() + timedelta(seconds=seconds), work))

    def hide(self, key: str, seconds: float) -> None:
        """Let nobody see a thing before then."""
        self._hidden_until[key] = self._clock.now() + timedelta(seconds=seconds)

    def show_as_before(self, key: str, before: T, seconds: float) -> None:
        """Let a thing be seen as it was (a copy of it) for a while."""
        self._shown_as[key] = self._clock.now() + timedelta(seconds=seconds), before

    def shown(self, key: str, thing: T) -> T | None:
        """Return a thing as it is seen now; None if it isn't yet."""
        now = self._clock.now()
        if now < self._hidden_until.get(key, now):
            return None
        until, before = self._shown_as.get(key, (now, thing))
        return before if now < until else thing

    def catch_up(self) -> None:
        """Do the work that is due."""
        now = self._clock.now()
        due = [work for time, work in self._late if time <= now]
        self._late = [(time, work) for time, work in self._late if time > now]
        for work in due:
            work()

    def clear(self) -> None:
        """Forget all."""
        self._hidden_until.clear()
        self._shown_as.clear()
        self._late.clear()
