"""What a check found and what to do about it; the hub's doctor speaks the same words."""

import enum
from dataclasses import dataclass
from datetime import datetime

_URGENT_DAYS, _LATER_DAYS = 1, 30


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
    """A line that needs nothing."""
    return Finding(check=check, verdict=Verdict.OK, told=told)


def doubtful(check: str, told: str, remedy: str) -> Finding:
    """A line that will need something."""
    return Finding(check=check, verdict=Verdict.WARN, told=told, remedy=remedy)


def bad(check: str, told: str, remedy: str) -> Finding:
    """A line that needs something now."""
    return Finding(check=check, verdict=Verdict.FAIL, told=told, remedy=remedy)


def expiry(check: str, expire_time: datetime, now: datetime, *, remedy: str) -> Finding:
    """Judge a date of expiry: a warning from 30 days before, a failure from one day before on."""
    days = (expire_time - now).total_seconds() / 86_400
    day = expire_time.date().isoformat()
    if days <= 0:
        return bad(check, f"it expired on {day}", remedy)
    if days <= _URGENT_DAYS:
        return bad(check, f"it expires within a day, on {day}", remedy)
    if days <= _LATER_DAYS:
        return doubtful(check, f"it expires in {days:.0f} days, on {day}", remedy)
    return good(check, f"it is good until {day}")


def summed(check: str, judged: list[Finding]) -> list[Finding]:
    """What is not OK, after one line that counts what is."""
    fine = sum(finding.verdict is Verdict.OK for finding in judged)
    found = [finding for finding in judged if finding.verdict is not Verdict.OK]
    return ([good(check, f"{fine} are good for more than {_LATER_DAYS} days")] if fine else []) + found
