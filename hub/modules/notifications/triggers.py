"""What rules may act on: events of the bus, how often each may be told, from when its delay counts, what it says."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hub.core.event_store import Event
from hub.modules.notifications.template_words import MOSCOW


class Once(enum.Enum):
    """What a rule acts on once, and never again."""

    EVENT = "event"
    """Each event: a registration may be suspended twice, and is told of twice."""
    STATE = "state"
    """Each state of a subject: a payment is received once."""
    SUBJECT = "subject"
    """Each subject: a debt that is published every day is told of once by each rule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """One type of event that rules may act on.

    Attributes:
        event_type: As the bus has it.
        once: What is told once.
        late_after: How long after its time it is still told, where the rule doesn't say; the hub may have slept.
        is_step: A newer event of the same subject makes an older one that wasn't told in time no news any more.
        revoked_by: The type of event of the same subject that makes what still waits moot.
        counts_from: The field with the day from which a rule's delay counts; empty: the event's time.
        amount: The field that templates know as `amount`.
    """

    event_type: str
    once: Once
    late_after: timedelta
    is_step: bool = False
    revoked_by: str = ""
    counts_from: str = ""
    amount: str = ""

    def once_key(self, event_id: str, event: Event) -> str:
        """Return what stands for this event among those that a rule acts on once."""
        match self.once:
            case Once.EVENT:
                return event_id
            case Once.STATE:
                return f"{event.subject}:{event.data.get('state', '')}"
            case Once.SUBJECT:
                return event.subject

    def due_time(self, event: Event, event_time: datetime, delay: timedelta) -> datetime:
        """Return when a rule with this delay acts: so long after the event, or after the day that its field names."""
        day = _day(event.data.get(self.counts_from, "")) if self.counts_from else None
        if day is None:
            return event_time + delay
        return datetime(day.year, day.month, day.day, tzinfo=MOSCOW).astimezone(UTC) + delay

    def values(self, event: Event, *, now: datetime) -> dict[str, Any]:
        """Return what templates may say of it: the event's own fields, `reference`, and what is reckoned from them."""
        values: dict[str, Any] = {**event.data, "reference": event.business_reference}
        if self.amount and self.amount in event.data:
            values["amount"] = event.data[self.amount]
        day = _day(event.data.get(self.counts_from, "")) if self.counts_from else None
        if day is not None:
            values["days_overdue"] = max((now.astimezone(MOSCOW).date() - day).days, 0)
        return values


TRIGGERS: Mapping[str, Trigger] = {
    trigger.event_type: trigger
    for trigger in (
        Trigger(
            event_type="rosreestr.registration.state_changed",
            once=Once.EVENT,
            late_after=timedelta(days=14),
            is_step=True,
        ),
        Trigger(
            event_type="payments.payment.state_changed",
            once=Once.STATE,
            late_after=timedelta(days=14),
            amount="captured",
        ),
        Trigger(
            event_type="contributions.debt.overdue",
            once=Once.SUBJECT,
            late_after=timedelta(days=60),
            revoked_by="contributions.debt.settled",
            counts_from="due_date",
        ),
    )
}
REVOKED_BY: Mapping[str, Trigger] = {trigger.revoked_by: trigger for trigger in TRIGGERS.values() if trigger.revoked_by}
TYPES = (*TRIGGERS, *REVOKED_BY)
"""All types that are read from the event log."""


def entered_state(event: Event) -> str:
    """Return the state that an event says its subject came to; empty if it was there before, or it has no states."""
    state = event.data.get("state", "")
    return "" if state == event.data.get("previous_state", "") else state


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
