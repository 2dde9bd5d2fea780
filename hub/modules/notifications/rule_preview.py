"""Says what rules would make of something that happened, or might, and why: nothing is sent or kept."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from hub.core.call import Call
from hub.core.clock import Clock
from hub.core.database import Database
from hub.core.errors import InvalidRequestError, NotFoundError, PreconditionError
from hub.core.events import Event, Events, StoredEvent
from hub.core.persons import Persons
from hub.modules.notifications.addresses import pseudonym_of
from hub.modules.notifications.message import Channel, Content
from hub.modules.notifications.recipient_store import Contact, RecipientStore
from hub.modules.notifications.rule_firing import SECONDS, Outlet, call_of, is_late, sending_of, told_by
from hub.modules.notifications.rule_follower import matches, may_act_again, planned
from hub.modules.notifications.rule_store import Firing, Rule, RuleStore
from hub.modules.notifications.rules_service import MOST_RULES
from hub.modules.notifications.template_wording import TemplateWording
from hub.modules.notifications.triggers import TRIGGERS
from hub.modules.notifications.wording import Telling


class Verdict(enum.StrEnum):
    """What one rule would make of an event; the words are the contract's."""

    WOULD_TELL = "WOULD_TELL"
    OTHER_EVENT = "OTHER_EVENT"
    OTHER_STATE = "OTHER_STATE"
    RULE_IS_NEWER = "RULE_IS_NEWER"
    HAS_FIRED = "HAS_FIRED"
    TOO_LATE = "TOO_LATE"
    NOBODY = "NOBODY"


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewedMessage:
    """What one contact would be told by one channel of the rule's route, or why by none (`problem`)."""

    contact_id: str
    channel: Channel | None = None
    content: Content = field(default_factory=Content, repr=False)
    opted_out: bool = False
    quiet_until: datetime | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RulePreview:
    """What one rule would make of an event, and why. `firing`: what it made already."""

    rule: Rule
    verdict: Verdict
    due_time: datetime | None = None
    firing: Firing | None = None
    messages: tuple[PreviewedMessage, ...] = field(default=(), repr=False)


class RulePreviews:
    """Judges as `RuleFollower` and `RuleFiring` do, and does nothing."""

    def __init__(
        self,
        *,
        store: RuleStore,
        recipients: RecipientStore,
        wording: TemplateWording,
        outlet: Outlet,
        persons: Persons,
        events: Events,
        database: Database,
        clock: Clock,
    ) -> None:
        self._store = store
        self._recipients = recipients
        self._wording = wording
        self._outlet = outlet
        self._persons = persons
        self._events = events
        self._database = database
        self._clock = clock

    async def of_event(self, call: Call, event_id: str) -> Sequence[RulePreview]:
        """Preview the caller's rules on an event of the caller's; raises NotFoundError."""
        stored = await self._events.get(event_id)
        if stored.event.owner != call.group:
            raise NotFoundError("There is no such event.", metadata={"resource": "events.Event"})
        return await self._previews(call, stored)

    async def of_supposed(self, call: Call, event: Event) -> Sequence[RulePreview]:
        """Preview the caller's rules on something that might happen now."""
        cursor = str(int(await self._events.newest()) + 1)
        stored = StoredEvent(id="", cursor=cursor, source="", time=self._clock.now(), event=event)
        return await self._previews(call, stored)

    async def _previews(self, call: Call, stored: StoredEvent) -> Sequence[RulePreview]:
        rules = await self._database.read(lambda conn: self._store.list_rules(conn, owner=call.group, limit=MOST_RULES))
        return [await self._preview(rule, stored) for rule in reversed(rules)]

    async def _preview(self, rule: Rule, stored: StoredEvent) -> RulePreview:
        trigger = TRIGGERS.get(stored.event.type)
        if trigger is None or rule.event_type != stored.event.type:
            return RulePreview(rule=rule, verdict=Verdict.OTHER_EVENT)
        if not matches(rule, stored):
            return RulePreview(rule=rule, verdict=Verdict.OTHER_STATE)
        if int(stored.cursor) <= rule.after_position:
            return RulePreview(rule=rule, verdict=Verdict.RULE_IS_NEWER)
        now = self._clock.now()
        plan = planned(rule, trigger, stored, firing_id="", now=now)
        has_fired, made, told = await self._database.read(lambda conn: self._facts(conn, rule, plan))
        if has_fired and not may_act_again(trigger, made):
            due_time = None if made is None else made.due_time
            return RulePreview(rule=rule, verdict=Verdict.HAS_FIRED, due_time=due_time, firing=made)
        if is_late(rule, plan.due_time, now):
            return RulePreview(rule=rule, verdict=Verdict.TOO_LATE, due_time=plan.due_time)
        if not told:
            return RulePreview(rule=rule, verdict=Verdict.NOBODY, due_time=plan.due_time)
        messages = [message for contact in told for message in await self._messages(rule, plan, contact, now=now)]
        return RulePreview(rule=rule, verdict=Verdict.WOULD_TELL, due_time=plan.due_time, messages=tuple(messages))

    def _facts(self, conn: Connection, rule: Rule, plan: Firing) -> tuple[bool, Firing | None, Sequence[Contact]]:
        made = self._store.find_firing(conn, rule.id, plan.once) if plan.once else None
        has_fired = made is not None or self._store.has_fired(conn, rule.id, plan.once)
        return has_fired, made, told_by(conn, self._recipients, rule, plan)

    async def _messages(self, rule: Rule, plan: Firing, contact: Contact, *, now: datetime) -> list[PreviewedMessage]:
        then = max(now, plan.due_time)
        call = call_of(rule, plan, contact, deadline=self._clock.monotonic() + SECONDS)
        try:
            planned = await self._outlet.plan(call, sending_of(rule, plan, contact, now=then))
        except (InvalidRequestError, PreconditionError) as error:
            return [PreviewedMessage(contact_id=contact.id, problem=error.reason)]
        tellings = [
            self._telling(rule, contact, channel, planned.addresses[channel]) for channel in planned.plan.channels
        ]
        admissions = await self._database.read(
            lambda conn: [self._wording.admit(conn, telling, now=then) for telling in tellings]
        )
        return [
            PreviewedMessage(
                contact_id=contact.id,
                channel=telling.channel,
                content=planned.plan.contents[telling.channel],
                opted_out=admission.refusal is not None,
                quiet_until=admission.wait_until,
            )
            for telling, admission in zip(tellings, admissions, strict=True)
        ]

    def _telling(self, rule: Rule, contact: Contact, channel: Channel, address: str) -> Telling:
        return Telling(
            owner=rule.owner,
            channel=channel,
            address=address,
            pseudonym=pseudonym_of(self._persons, channel, address),
            template=rule.template,
            time_zone=contact.time_zone,
        )
