"""What a check found and what to do about it: the words of `hub doctor` and `hub probe`."""

import enum
from dataclasses import dataclass
from datetime import datetime

_URGENT_DAYS, _SOON_DAYS, _LATER_DAYS = 1, 7, 30


class Verdict(enum.StrEnum):
    """OK needs nothing, WARN will need something, FAIL needs it now."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line: what was looked at, how it is, and, unless that is OK, what to do. Never a secret."""

    check: str
    verdict: Verdict
    told: str
    remedy: str = ""


def good(check: str, told: str) -> Finding:
    """Return a line that needs nothing."""
    return Finding(check=check, verdict=Verdict.OK, told=told)


def doubtful(check: str, told: str, remedy: str) -> Finding:
    """Return a line that will need something."""
    return Finding(check=check, verdict=Verdict.WARN, told=told, remedy=remedy)


def bad(check: str, told: str, remedy: str) -> Finding:
    """Return a line that needs something now."""
    return Finding(check=check, verdict=Verdict.FAIL, told=told, remedy=remedy)


def expiry(check: str, expire_time: datetime, now: datetime, *, remedy: str) -> Finding:
    """Judge a date of expiry: a warning from 30 days before, a failure from one day before on."""
    days = (expire_time - now).total_seconds() / 86_400
    day = expire_time.date().isoformat()
    if days <= 0:
        return bad(check, f"it expired on {day}", remedy)
    if days <= _URGENT_DAYS:
        return bad(check, f"it expires within a day, on {day}", remedy)
    if days <= _SOON_DAYS:
        return doubtful(check, f"it expires in {days:.0f} days, on {day}: renew it this week", remedy)
    if days <= _LATER_DAYS:
        return doubtful(check, f"it expires in {days:.0f} days, on {day}", remedy)
    return good(check, f"it is good for {days:.0f} days, until {day}")
