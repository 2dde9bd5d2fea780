"""Recurring work as slots of time: a slot fires once over all replicas, and the last one once after a long sleep."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from sqlalchemy import Connection

from hub.core.jobs import NewJob
from hub.core.outbox_store import OutboxStore

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MAX_CAUGHT_UP_SLOTS = 1000  # a schedule of minutes that slept for a month doesn't flood the outbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Work at every slot of `every` (counted from 1970, UTC): once over all replicas, once after a long sleep.

    Attributes:
        name: "<module>.<what>", for ever the same.
        every: The slot's length.
        kind: The JobKind that runs; its payload gets the slot's start as "slot" (ISO 8601).
        payload: More ids for the handler.
        catch_up: Run every missed slot (the last thousand at most), not just the last one.
    """

    name: str
    every: timedelta
    kind: str
    payload: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    catch_up: bool = False

    def slot(self, time: datetime) -> datetime:
        """Return the start of the slot that a time is in."""
        return _EPOCH + (time - _EPOCH) // self.every * self.every

    def missed(self, last: datetime, slot: datetime) -> Iterator[datetime]:
        """Yield the slots to fire, after `last` and up to `slot`."""
        if not self.catch_up:
            yield slot
            return
        first = max(last + self.every, slot - self.every * (MAX_CAUGHT_UP_SLOTS - 1))
        while first <= slot:
            yield first
            first += self.every


def fire_due(
    conn: Connection,
    schedules: Sequence[Schedule],
    *,
    store: OutboxStore,
    now: datetime,
    new_id: Callable[[], str],
) -> None:
    """Write a job for each slot that has come, once over all replicas."""
    for schedule in schedules:
        slot = schedule.slot(now)
        last = store.take_slot(conn, schedule.name, slot)
        if last is None:
            continue
        for start in schedule.missed(last, slot):
            store.add(conn, new_id(), _slot_job(schedule, start), now=now)


def _slot_job(schedule: Schedule, start: datetime) -> NewJob:
    return NewJob(
        kind=schedule.kind,
        payload={**schedule.payload, "slot": start.isoformat()},
        unique_key=f"schedule:{schedule.name}:{start.isoformat()}",
    )
