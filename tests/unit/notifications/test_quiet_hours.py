"""People are told by day where they are."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from hub.modules.notifications.quiet_hours import QuietHours, Span, zones_of_phone

HOURS = QuietHours(weekdays=Span.parse("22:00-08:00"), weekends=Span.parse("20:00-09:00"))
MOSCOW = ZoneInfo("Europe/Moscow")


def moscow(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of November 2026; the 23rd is a Monday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=MOSCOW).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "begins"),
    [
        (moscow(24, 12), None),
        (moscow(24, 8), None),
        (moscow(24, 21, 59), None),
        (moscow(24, 22), moscow(25, 8)),
        (moscow(24, 7, 59), moscow(24, 8)),
        (moscow(27, 23), moscow(28, 9)),  # Friday night ends on a Saturday
        (moscow(28, 20), moscow(29, 9)),
        (moscow(29, 23), moscow(30, 8)),  # Sunday night ends on a Monday
    ],
)
def test_a_night_ends_in_the_morning_and_later_at_weekends(now: datetime, begins: datetime | None) -> None:
    assert HOURS.day_begins(now, [MOSCOW]) == begins


def test_days_without_quiet_hours_leave_those_of_the_others() -> None:
    by_week = QuietHours(weekdays=Span.parse("22:00-08:00"), weekends=Span.parse(""))
    assert by_week.day_begins(moscow(24, 23), [MOSCOW]) == moscow(25, 8)
    assert by_week.day_begins(moscow(27, 23), [MOSCOW]) == moscow(28, 0), "Friday night ends where Saturday begins"
    assert by_week.day_begins(moscow(28, 23), [MOSCOW]) is None
    at_weekends = QuietHours(weekdays=Span.parse(""), weekends=Span.parse("20:00-09:00"))
    assert at_weekends.day_begins(moscow(24, 23), [MOSCOW]) is None
    assert at_weekends.day_begins(moscow(28, 7), [MOSCOW]) == moscow(28, 9)
    assert at_weekends.day_begins(moscow(29, 23), [MOSCOW]) == moscow(30, 0)


def test_a_night_is_where_the_recipient_is() -> None:
    now = moscow(24, 20)
    assert HOURS.day_begins(now, [MOSCOW]) is None
    assert HOURS.day_begins(now, [ZoneInfo("Asia/Novosibirsk")]) == moscow(25, 4)


def test_of_several_zones_it_is_day_in_all_or_else_in_the_first() -> None:
    far = ZoneInfo("Asia/Kamchatka")
    assert HOURS.day_begins(moscow(24, 5), [MOSCOW, far]) == moscow(24, 8)
    assert HOURS.day_begins(moscow(24, 14), [MOSCOW, far]) == moscow(25, 8)
    other_side = ZoneInfo("Pacific/Honolulu")
    assert HOURS.day_begins(moscow(24, 5), [MOSCOW, other_side]) is not None


def test_summer_time_moves_the_morning() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    before = datetime(2027, 3, 27, 23, 0, tzinfo=berlin).astimezone(UTC)
    assert HOURS.day_begins(before, [berlin]) == datetime(2027, 3, 28, 7, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("number", "zones"),
    [("+74951234567", ("Europe/Moscow",)), ("+79161234567", ()), ("+4930123456", ("Europe/Berlin",)), ("x", ())],
)
def test_a_number_tells_of_its_zone_unless_it_could_be_anywhere_in_the_country(number: str, zones: tuple[str]) -> None:
    assert tuple(zone.key for zone in zones_of_phone(number)) == zones


@pytest.mark.parametrize("text", ["22-08", "08:00-22:00", "25:00-08:00", "22:00-08:00\n"])
def test_quiet_hours_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="quiet hours"):
        Span.parse(text)
