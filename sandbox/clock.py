"""The sandbox's time: real time that can be pushed forward, or a time that stands still until pushed."""

import asyncio
from datetime import UTC, datetime, timedelta

_LOOK_SECONDS = 0.02  # how soon a pushed clock is noticed


class SandboxClock:
    """Tells the moment the simulated world lives in."""

    def __init__(self, *, frozen_at: datetime | None = None) -> None:
        """`frozen_at` (aware) makes time stand still there; without it time runs on from now."""
        self._frozen_at = frozen_at
        self._offset = timedelta()

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        return (self._frozen_at or datetime.now(UTC)) + self._offset

    def advance(self, *, seconds: float) -> datetime:
        """Push time forward and return the new moment.

        Raises:
            ValueError: `seconds` is negative; time never goes back.
        """
        if seconds < 0:
            raise ValueError("seconds must not be negative: time never goes back")
        self._offset += timedelta(seconds=seconds)
        return self.now()

    async def reached(self, moment: datetime) -> None:
        """Wait until then."""
        while self.now() < moment:  # noqa: ASYNC110 - a clock that is pushed tells nobody
            await asyncio.sleep(_LOOK_SECONDS)

    def reset(self) -> None:
        """Take all advances back: the one way time goes back, for a sandbox begun anew."""
        self._offset = timedelta()
