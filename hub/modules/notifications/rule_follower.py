"""Reads the event log from a durable place on, and writes down once what each rule makes of what happened.

The place and what was found move in one transaction: whatever dies in between, no event is lost and none counts twice.
However long the hub slept, it goes on from where it was, and the events that came meanwhile are judged together.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from hub.core.clock import Clock
from hub.core.database import EVENTS_TOPIC, Database
from hub.core.errors import HubError, OutOfRangeError
from hub.core.events import Events, StoredEvent
from hub.core.ids import Ids
from hub.core.jobs import NewJob
from hub.core.outbox import Outbox
from hub.core.waiting import wait_until_done
from hub.modules.notifications.rule_store import REVOKED, WAITING, Firing, Rule, RuleStore
from hub.modules.notifications.triggers import REVOKED_BY, TRIGGERS, TYPES, Trigger, entered_state

log = structlog.get_logger(__name__)

FIRE = "notifications.fire"
FIRING = "notifications.Firing"
PLACE = "rules"
PAGE = 200  # events of one transaction
LOOK_AGAIN_SECONDS = 15.0  # other replicas' events are found at this rate; this process's own are announced
OLD_NEWS = timedelta(minutes=15)  # a step that was not told in that time is no news once there is a newer one


class RuleFollower:
    """Follows the event log for all rules. Make it inside the running event loop."""

    def __init__(
        self, *, store: RuleStore, events: Events, outbox: Outbox, database: Database, clock: Clock, ids: Ids
    ) -> None:
        self._store = store
        self._events = events
        self._outbox = outbox
        self._database = database
        self._clock = clock
        self._ids = ids
        self._reading = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to follow. An event log that was never followed is followed from its present end on."""
        await self.catch_up()
        self._task = asyncio.create_task(self._follow_forever(), name="notifications.rules")

    async def close(self) -> None:
        """Follow no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def catch_up(self) -> None:
        """Read up to the present end of the log.

        Raises:
            HubError: the database can't be read or written now.
        """
        async with self._reading:
            while await self._read_page():
                pass

    async def _follow_forever(self) -> None:
        changed = asyncio.Event()
        stop_listening = self._database.listen(EVENTS_TOPIC, changed.set)
        try:
            while True:
                waiting = asyncio.ensure_future(changed.wait())
                await wait_until_done([waiting], clock=self._clock, seconds=LOOK_AGAIN_SECONDS)
                waiting.cancel()
                changed.clear()
                try:
                    await self.catch_up()
                except HubError as error:
                    log.warning("notifications.rules_not_read", reason=error.reason)
        finally:
            stop_listening()

    async def _read_page(self) -> bool:
        """Read on by a page; True if there may be more."""
        newest = int(await self._events.newest())
        place = await self._database.read(lambda conn: self._store.position(conn, PLACE))
        if place is None:
            await self._database.write(
                lambda conn: self._store.begin_at(conn, PLACE, newest), label="notifications.rules_begin"
            )
            return False
        if place >= newest:
            return False
        page = await self._page(place)
        is_whole = len(page) == PAGE
        after = int(page[-1].cursor) if is_whole else max([newest, *(int(stored.cursor) for stored in page)])

        def write(conn: Connection) -> None:
            if self._store.move(conn, PLACE, before=place, after=after):
                for stored in page:
                    self._take(conn, stored)

        await self._database.write(write, label="notifications.rules_read")
        return is_whole

    async def _page(self, place: int) -> Sequence[StoredEvent]:
        try:
            return await self._events.list(owner=None, after=str(place), types=TYPES, limit=PAGE)
        except OutOfRangeError:
            # Nobody followed for longer than events are kept: what is left is judged by how late it is.
            log.warning("notifications.rules_missed_events", place=place)
            return await self._events.list(owner=None, types=TYPES, limit=PAGE)

    def _take(self, conn: Connection, stored: StoredEvent) -> None:
        event = stored.event
        now = self._database.now(conn)
        if (moot := REVOKED_BY.get(event.type)) is not None:
            self._store.revoke(
                conn,
                owner=event.owner,
                subject=event.subject,
                event_type=moot.event_type,
                reason="SETTLED",
                now=now,
            )
        trigger = TRIGGERS.get(event.type)
        if trigger is None:
            return
        if trigger.is_step and entered_state(event):
            self._store.revoke(
                conn,
                owner=event.owner,
                subject=event.subject,
                event_type=event.type,
                reason="SUPERSEDED",
                now=now,
                happened_before=min(stored.time, now - OLD_NEWS),
            )
        rules = self._store.rules_on(conn, owner=event.owner, event_type=event.type, position=int(stored.cursor))
        for rule in rules:
            if matches(rule, stored):
                self._write_down(conn, rule, trigger, stored, now=now)

    def _write_down(
        self, conn: Connection, rule: Rule, trigger: Trigger, stored: StoredEvent, *, now: datetime
    ) -> None:
        firing = planned(rule, trigger, stored, firing_id=self._ids.resource_id(), now=now)
        present = self._store.find_firing(conn, rule.id, firing.once)
        if present is None:
            if self._store.has_fired(conn, rule.id, firing.once):
                return
            self._store.add_firing(conn, firing)
        elif present.state == WAITING or may_act_again(trigger, present):
            # The newest word about a debt that was not told of yet; or it is overdue again after it was settled.
            firing = replace(firing, id=present.id, create_time=present.create_time)
            if present.state == WAITING:
                # What it makes is known by this id: made anew after a crash, it must be the same.
                firing = replace(firing, event_id=present.event_id)
            self._store.update_firing(conn, firing, was=(WAITING, REVOKED))
        else:
            return
        self._outbox.enqueue(conn, _job(firing))


def matches(rule: Rule, stored: StoredEvent) -> bool:
    """Say whether an event of the rule's type is one that the rule acts on."""
    return not rule.states or entered_state(stored.event) in rule.states


def may_act_again(trigger: Trigger, made: Firing | None) -> bool:
    """Say whether what was made moot may become of interest again: a debt that was settled is overdue once more."""
    return made is not None and made.state == REVOKED and bool(trigger.revoked_by)


def planned(rule: Rule, trigger: Trigger, stored: StoredEvent, *, firing_id: str, now: datetime) -> Firing:
    """Return what a rule makes of an event that it acts on."""
    event = stored.event
    return Firing(
        id=firing_id,
        owner=rule.owner,
        rule_id=rule.id,
        once=trigger.once_key(stored.id, event),
        event_id=stored.id,
        event_type=event.type,
        subject=event.subject,
        business_reference=event.business_reference,
        data=event.data,
        traceparent=event.traceparent,
        event_time=stored.time,
        due_time=trigger.due_time(event, stored.time, rule.delay),
        create_time=now,
        update_time=now,
    )


def _job(firing: Firing) -> NewJob:
    return NewJob(
        kind=FIRE,
        resource=FIRING,
        resource_id=firing.id,
        owner=firing.owner,
        business_reference=firing.business_reference,
        traceparent=firing.traceparent,
        unique_key=f"{FIRE}:{firing.id}:{firing.event_id}",
        run_at=firing.due_time,
    )
