"""Accounts that are left alone for a while: out of money, or refused. Vendors block who keeps asking."""

from datetime import timedelta

from hub.core.clock import Clock
from hub.modules.notifications.answers import Refusal


class Spared:
    """Which accounts of this process are spared, until when and why. Another process finds out by itself."""

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock
        self._until: dict[str, tuple[float, Refusal]] = {}

    def spare(self, account: str, refusal: Refusal, *, seconds: float) -> None:
        """Leave an account alone for so long; one message then tries again."""
        self._until[account] = (self._clock.monotonic() + seconds, refusal)

    def why(self, account: str) -> tuple[Refusal, timedelta] | None:
        """Return why an account is left alone and for how long yet; None if it isn't."""
        until, refusal = self._until.get(account, (0.0, Refusal.OTHER))
        left = until - self._clock.monotonic()
        return (refusal, timedelta(seconds=left)) if left > 0 else None
