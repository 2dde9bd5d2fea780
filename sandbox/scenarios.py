"""What befalls a registration: scripts of states, and the state a registration is in at a given moment."""

import dataclasses
from datetime import datetime, timedelta, timezone
from typing import Literal

MOSCOW = timezone(timedelta(hours=3), "MSK")

WaitsFor = Literal["documents", "payment", "control"]

ACCEPTED = "ACCEPTED"
WITHDRAWN = "WITHDRAWN"
_REFUSED_WORDS = frozenset({"REJECTED", "REFUSED", "ОТКАЗАНО"})
_REGISTERED_WORDS = frozenset({"COMPLETED", "REGISTERED", "ЗАРЕГИСТРИРОВАНО"})
_WITHDRAWN_WORDS = frozenset({"WITHDRAWN", "CANCELLED", "ОТОЗВАНО"})


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One state of a script: entered when the one before has lasted, or when what that one waits for has come."""

    word: str
    reason: str | None = None
    days: int | None = None
    """`Until` is so many days after entering; what is waited for and does not come by then ends in a refusal."""
    duty_kopecks: int | None = None
    waits_for: WaitsFor | None = None


_SUSPENDED = Step(
    word="SUSPENDED",
    reason="Не представлено нотариально удостоверенное согласие супруга продавца",
    days=90,
    waits_for="documents",
)
_REQUIREMENTS = Step(word="REQUIREMENTS", reason="Представьте доверенность представителя", waits_for="documents")
_DUTY = Step(word="AWAITING_PAYMENT", duty_kopecks=400_000, waits_for="payment")
_IN_PROGRESS = Step(word="IN_PROGRESS")
_REGISTERED = Step(word="REGISTERED")

SCENARIOS: dict[str, tuple[Step, ...]] = {
    "straight": (_IN_PROGRESS, _REGISTERED),
    "suspended": (_IN_PROGRESS, _SUSPENDED, _IN_PROGRESS, _REGISTERED),
    "requirements": (_IN_PROGRESS, _REQUIREMENTS, _IN_PROGRESS, _REGISTERED),
    "duty": (_DUTY, _IN_PROGRESS, _REGISTERED),
    "refused": (_IN_PROGRESS, Step(word="REFUSED", reason="Продавец не является правообладателем участка")),
    "stuck": (Step(word="IN_PROGRESS", waits_for="control"),),
    "russian": (Step(word="В работе"), Step(word="Зарегистрировано")),
}
"""By name. What follows ACCEPTED; a contract number that ends in `-NAME` picks one too."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """A registration's status as the gateway tells it. `until` and `completion_date` are `YYYY-MM-DD`, Moscow days."""

    word: str
    at: datetime
    reason: str | None = None
    until: str | None = None
    uin: str | None = None
    duty_kopecks: int | None = None
    registration_number: str | None = None
    completion_date: str | None = None

    @property
    def is_registered(self) -> bool:
        """Whether the right is in the register."""
        return self.word.upper() in _REGISTERED_WORDS

    @property
    def is_final(self) -> bool:
        """Whether nothing can follow."""
        return self.is_registered or self.word.upper() in _REFUSED_WORDS | _WITHDRAWN_WORDS


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where a registration is in its script."""

    history: tuple[Status, ...]
    remaining: tuple[Step, ...]
    waits_for: WaitsFor | None = None
    waits_until: datetime | None = None
    since: datetime
    """From when the next step is counted."""

    @property
    def status(self) -> Status:
        """The present status."""
        return self.history[-1]


def begin(scenario: str, now: datetime) -> Progress:
    """A registration just accepted.

    Raises:
        ValueError: no scenario of that name.
    """
    return Progress(history=(Status(word=ACCEPTED, at=now),), remaining=steps_of(scenario), since=now)


def steps_of(scenario: str) -> tuple[Step, ...]:
    """The script of that name.

    Raises:
        ValueError: there is none.
    """
    if scenario not in SCENARIOS:
        raise ValueError(f"no scenario {scenario!r}: there are {', '.join(sorted(SCENARIOS))}")
    return SCENARIOS[scenario]


def scenario_named_by(contract_number: str) -> str | None:
    """The scenario that a contract number like `2026/17-suspended` asks for."""
    suffix = contract_number.rpartition("-")[2].lower()
    return suffix if suffix in SCENARIOS else None


def advance(progress: Progress, *, now: datetime, step: timedelta, cadastral_number: str, sequence: int) -> Progress:
    """The progress as of `now`: all steps that fell due are entered, each at its own moment."""
    while True:
        if progress.waits_for is not None:
            if progress.waits_until is None or now < progress.waits_until:
                return progress
            status = Status(word="REFUSED", at=progress.waits_until, reason="Причины приостановления не устранены")
            return enter(progress, status, remaining=())
        due = progress.since + step
        if not progress.remaining or now < due:
            return progress
        first, *others = progress.remaining
        status = _status(first, due, cadastral_number=cadastral_number, sequence=sequence)
        progress = enter(progress, status, remaining=tuple(others), waits_for=first.waits_for, days=first.days)


def enter(
    progress: Progress,
    status: Status,
    *,
    remaining: tuple[Step, ...],
    waits_for: WaitsFor | None = None,
    days: int | None = None,
) -> Progress:
    """The progress with `status` on top."""
    return Progress(
        history=(*progress.history, status),
        remaining=remaining,
        waits_for=waits_for,
        waits_until=None if days is None else status.at + timedelta(days=days),
        since=status.at,
    )


def come(progress: Progress, what: WaitsFor, *, now: datetime) -> Progress:
    """The progress after `what` has come; unchanged if it was not waited for."""
    if progress.waits_for != what:
        return progress
    return dataclasses.replace(progress, waits_for=None, waits_until=None, since=now)


def registration_number(cadastral_number: str, moment: datetime, sequence: int) -> str:
    """The number of the record in the register, as the register writes it."""
    return f"{cadastral_number}-{cadastral_number[:2]}/020/{moment.astimezone(MOSCOW).year}-{sequence}"


def _status(step: Step, at: datetime, *, cadastral_number: str, sequence: int) -> Status:
    status = Status(
        word=step.word,
        at=at,
        reason=step.reason,
        until=None if step.days is None else moscow_day(at + timedelta(days=step.days)),
        uin=None if step.duty_kopecks is None else f"{sequence:020d}",
        duty_kopecks=step.duty_kopecks,
    )
    return completed(status, cadastral_number=cadastral_number, sequence=sequence)


def completed(status: Status, *, cadastral_number: str, sequence: int) -> Status:
    """The status with what a final one also tells."""
    if not status.is_final:
        return status
    number = registration_number(cadastral_number, status.at, sequence) if status.is_registered else None
    return dataclasses.replace(status, completion_date=moscow_day(status.at), registration_number=number)


def moscow_day(moment: datetime) -> str:
    """The Moscow day of a moment, `YYYY-MM-DD`."""
    return moment.astimezone(MOSCOW).date().isoformat()
