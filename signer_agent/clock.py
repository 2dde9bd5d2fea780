"""The agent's only source of time, so that any decision can be replayed."""

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Wall time, for what is signed, journaled and judged."""

    def now(self) -> datetime:
        """Return the present, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the machine's time in UTC."""
        return datetime.now(UTC)


def milliseconds(moment: datetime) -> int:
    """Whole milliseconds since 1970 of an aware moment."""
    return round(moment.timestamp() * 1000)


def moment(milliseconds_since_1970: int) -> datetime:
    """The aware moment, UTC, of whole milliseconds since 1970."""
    return datetime.fromtimestamp(milliseconds_since_1970 / 1000, UTC)
