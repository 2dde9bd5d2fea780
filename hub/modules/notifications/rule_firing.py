"""Does what rules planned, when its time has come: each notification of a firing has a request id made of the firing.

So a firing that is run again after a crash meets what it made before, as a caller that repeats his request does.
"""

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection

from hub.core.call import Call
from hub.core.clock import Clock
from hub.core.database import Database
from hub.core.errors import HubError, InvalidRequestError, PreconditionError
from hub.core.jobs import Again, Done, Job, JobKind, Lease, Next
from hub.modules.notifications.recipient_store import Contact, RecipientStore
from hub.modules.notifications.rule_follower import FIRE, FIRING, RuleFollower
from hub.modules.notifications.rule_store import (
    ACTIVE,
    FAILED,
    FIRED,
    LATE,
    NOBODY,
    REVOKED,
    WAITING,
    Firing,
    Rule,
    RuleStore,
)
from hub.modules.notifications.service import Planned
from hub.modules.notifications.triggers import TRIGGERS
from hub.modules.notifications.wording import TemplateUse

MOST_CONTACTS = 50  # of one business reference that one rule tells
SECONDS = 60.0  # for one notification to become durable
_METHOD = "notifications.fire"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """One notification that a rule asks for."""

    business_reference: str
    rule: Rule
    contact: Contact = field(repr=False)
    use: TemplateUse = field(repr=False)


class Outlet(Protocol):
    """What makes notifications for the caller that made a rule."""

    async def plan(self, call: Call, sending: Sending) -> Planned:
        """Return what `send` would make, and make nothing; raises as it does."""
        ...

    async def send(self, call: Call, sending: Sending) -> str:
        """Make a notification once for the call's request id, and return its id.

        Raises:
            InvalidRequestError, PreconditionError: it can't be made, now or ever; nothing was.
        """
        ...


class RuleFiring:
    """The handler of what is due."""

    def __init__(
        self,
        *,
        store: RuleStore,
        recipients: RecipientStore,
        follower: RuleFollower,
        outlet: Outlet,
        database: Database,
        clock: Clock,
    ) -> None:
        self._store = store
        self._recipients = recipients
        self._follower = follower
        self._outlet = outlet
        self._database = database
        self._clock = clock

    def kind(self) -> JobKind:
        """Return the kind of job to register."""
        return JobKind(name=FIRE, handler=self.fire)

    async def fire(self, job: Job, lease: Lease) -> Next:
        """Tell the contacts of a firing's business reference, unless something since then made it moot."""
        await self._follower.catch_up()  # it may have been settled, or be no news any more, while the hub slept
        firing, rule = await self._database.read(lambda conn: self._read(conn, job.resource_id))
        if firing is None or firing.state != WAITING:
            return Done()
        now = self._clock.now()
        if firing.due_time > now:
            return Again(delay=firing.due_time - now, reason="NOT_DUE")
        if rule is None or rule.state != ACTIVE:
            return await self._end(lease, firing, REVOKED, reason="RULE_ENDED")
        if is_late(rule, firing.due_time, now):
            return await self._end(lease, firing, LATE, reason="TOO_LATE")
        told = await self._database.read(lambda conn: told_by(conn, self._recipients, rule, firing))
        if not told:
            return await self._end(lease, firing, NOBODY, reason="NO_CONTACT")
        return await self._tell(lease, firing, rule, told, now=now)

    async def _tell(self, lease: Lease, firing: Firing, rule: Rule, told: Sequence[Contact], *, now: datetime) -> Next:
        made: list[str] = []
        problem: HubError | None = None
        for contact in told:
            call = call_of(rule, firing, contact, deadline=self._clock.monotonic() + SECONDS)
            try:
                made.append(await self._outlet.send(call, sending_of(rule, firing, contact, now=now)))
            except (InvalidRequestError, PreconditionError) as error:
                problem = error  # this one can't be told: no address for the route, or a value is missing
        if not made and problem is not None:
            return await self._end(lease, firing, FAILED, reason=problem.reason)
        return await self._end(lease, replace(firing, notification_ids=tuple(made)), FIRED)

    async def _end(self, lease: Lease, firing: Firing, state: str, *, reason: str = "") -> Next:
        def change(conn: Connection) -> None:
            ended = replace(firing, state=state, reason=reason, update_time=self._database.now(conn))
            self._store.update_firing(conn, ended, was=(WAITING,))

        return await lease.settle(change, then=Done(), reason=reason or state)

    def _read(self, conn: Connection, firing_id: str) -> tuple[Firing | None, Rule | None]:
        firing = self._store.get_firing(conn, firing_id)
        return firing, None if firing is None else self._store.get_rule(conn, firing.rule_id)


def told_by(conn: Connection, recipients: RecipientStore, rule: Rule, firing: Firing) -> Sequence[Contact]:
    """Return whom a rule tells: the contacts of the business reference in its roles, but those forgotten."""
    if not firing.business_reference:
        return ()
    found = recipients.list_contacts(
        conn, owner=firing.owner, business_reference=firing.business_reference, limit=MOST_CONTACTS
    )
    return [
        contact
        for contact in reversed(found)
        if contact.card is not None and (not rule.roles or contact.role in rule.roles)
    ]


def sending_of(rule: Rule, firing: Firing, contact: Contact, *, now: datetime) -> Sending:
    """Return what a rule asks for on behalf of one contact, as it would say it at a time."""
    use = TemplateUse(template=rule.template, version=rule.template_version, values=_values(firing, contact, now=now))
    return Sending(business_reference=firing.business_reference, rule=rule, contact=contact, use=use)


def _values(firing: Firing, contact: Contact, *, now: datetime) -> dict[str, Any]:
    """Return what a template may say: the contact's own values, over them what the event says, and his name."""
    card = contact.card or {}
    values: dict[str, Any] = dict(card.get("values", {}))
    if card.get("name"):
        values["name"] = card["name"]
    return values | TRIGGERS[firing.event_type].values(firing.event, now=now)


def call_of(rule: Rule, firing: Firing, contact: Contact, *, deadline: float) -> Call:
    """Return the call that a rule makes for a contact: the same whenever it is made again."""
    return Call(
        caller=rule.caller,
        group=rule.owner,
        method=_METHOD,
        request_id=_request_id(f"{FIRING}/{firing.id}/{firing.event_id}/{contact.id}"),
        business_reference=firing.business_reference,
        deadline=deadline,
        traceparent=firing.traceparent,
        fingerprint=f"{firing.id}/{contact.id}".encode(),
    )


def _request_id(what: str) -> str:
    """Return the UUID that stands for a notification of a firing, for ever the same."""
    return str(uuid.UUID(bytes=hashlib.sha256(what.encode()).digest()[:16], version=5))


def is_late(rule: Rule, due_time: datetime, now: datetime) -> bool:
    """Say whether a rule would no longer act."""
    return now - due_time > rule.late_after
