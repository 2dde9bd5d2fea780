"""A day in Moscow, by which acquirers' days and ours are compared. Moscow has had no summer time since 2014."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone

MOSCOW = timezone(timedelta(hours=3), "MSK")
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Day:
    """One day, from its midnight to before the next one."""

    date: date

    @classmethod
    def of(cls, moment: datetime) -> "Day":
        """Return the day that it is in Moscow."""
        return cls(moment.astimezone(MOSCOW).date())

    @classmethod
    def parse(cls, text: str) -> "Day":
        """Return the day of "2026-11-25"; raises ValueError."""
        return cls(date.fromisoformat(text))

    @property
    def begins(self) -> datetime:
        """Its midnight."""
        return datetime.combine(self.date, time(), tzinfo=MOSCOW)

    @property
    def ends(self) -> datetime:
        """The next midnight."""
        return self.begins + ONE_DAY

    def before(self, days: int) -> "Day":
        """Return the day so many days earlier."""
        return Day(self.date - timedelta(days=days))

    def __str__(self) -> str:
        """Return "2026-11-25"."""
        return self.date.isoformat()
