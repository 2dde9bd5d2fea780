"""What befalls a registration: scripts of states, and the state a registration is in at a given moment."""

import dataclasses
from datetime import datetime, timedelta
from typing import Literal

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
