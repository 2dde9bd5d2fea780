"""When people may be told: by day where they are. Pure functions of time and zone."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import phonenumbers
from phonenumbers import timezone as phone_zones

SATURDAY = 5
MOST_ZONES_OF_A_NUMBER = 3  # of more (any mobile number of Russia: all of its zones), the number says nothing
_SPAN = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class Span:
    """Quiet from a time of day to one of the next morning: "22:00-08:00"."""

    begin: time
    end: time

    @classmethod
    def parse(cls, text: str) -> "Span":
        """Read "22:00-08:00", or "": none.

        Raises:
            ValueError: it is no span over midnight.
        """
        if not text:
            return cls(time.max, time.min)
        match = _SPAN.fullmatch(text)
        if match is None:
            raise ValueError("quiet hours are written as 22:00-08:00")
        begin_hour, begin_minute, end_hour, end_minute = map(int, match.groups())
        span = cls(time(begin_hour, begin_minute), time(end_hour, end_minute))
        if span.end >= span.begin:
            raise ValueError("quiet hours go over midnight: 22:00-08:00")
        return span


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """The nights: those that begin or end on a Saturday or Sunday may be longer."""

    weekdays: Span
    weekends: Span

    def day_begins(self, now: datetime, zones: Sequence[ZoneInfo]) -> datetime | None:
        """Return when it is next day in all the zones; None if it is day now.

        Where it is never day in all of them at once, the first zone counts alone.
        """
        moment = self._day_in_all(now, zones) or self._day_in_all(now, zones[:1]) or now
        return None if moment == now else moment

    def _day_in_all(self, now: datetime, zones: Sequence[ZoneInfo]) -> datetime | None:
        moment = now
        for _ in range(2 * len(zones) + 1):
            later = [end for zone in zones if (end := self._night_ends(moment, zone)) is not None]
            if not later:
                return moment
            moment = max(later)
        return None

    def _night_ends(self, moment: datetime, zone: ZoneInfo) -> datetime | None:
        local = moment.astimezone(zone)
        today = self._of(local)
        if today.end <= local.time() < today.begin:
            return None
        day = local if local.time() < today.end else local + timedelta(days=1)
        return datetime.combine(day.date(), self._of(day).end, tzinfo=zone).astimezone(moment.tzinfo)

    def _of(self, local: datetime) -> Span:
        return self.weekends if local.weekday() >= SATURDAY else self.weekdays


def zones_of_phone(number: str) -> Sequence[ZoneInfo]:
    """Return the time zones that a number ("+74951234567") tells of; none if it tells of a whole country."""
    try:
        names = phone_zones.time_zones_for_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return ()
    if len(names) > MOST_ZONES_OF_A_NUMBER or "Etc/Unknown" in names:
        return ()
    return tuple(ZoneInfo(name) for name in names)
