"""How often a simulated vendor lets itself be asked."""

from collections import deque
from datetime import datetime, timedelta

from sandbox.clock import SandboxClock


class Pace:
    """So many calls in so many seconds for each key, by the sandbox's clock."""

    def __init__(self, *, clock: SandboxClock, calls: int, seconds: float) -> None:
        self._clock = clock
        self._calls = calls
        self._window = timedelta(seconds=seconds)
        self._taken: dict[str, deque[datetime]] = {}

    def wait_seconds(self, key: str = "", *, calls: int | None = None) -> float:
        """How long until a call is let in, where so many are (else as many as it was made with); 0 if it is now."""
        taken = self._taken.get(key, deque())
        now = self._clock.now()
        while taken and taken[0] <= now - self._window:
            taken.popleft()
        most = self._calls if calls is None else calls
        return (taken[0] + self._window - now).total_seconds() if len(taken) >= most else 0.0

    def take(self, key: str = "") -> None:
        """Count a call."""
        self._taken.setdefault(key, deque()).append(self._clock.now())

    def clear(self) -> None:
        """Forget all calls."""
        self._taken.clear()
