"""Says what rules would make of something that happened, or might, and why: nothing is sent or kept."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from hub.core.call import Call
from hub.core.clock import Clock
from hub.core.database import Database
from hub.core.errors import HubError, InvalidRequestError, NotFoundError
from hub.core.events import Event, Events, StoredEvent
from hub.core.persons import Persons
from hub.modules.notifications.accounts import Accounts
from hub.modules.notifications.addresses import pseudonym_of
from hub.modules.notifications.message import Channel, Content
from hub.modules.notifications.recipient_store import Contact, RecipientStore
from hub.modules.notifications.rule_firing import is_late, told_by, values_of
from hub.modules.notifications.rule_follower import matches, planned
from hub.modules.notifications.rule_store import Firing, Rule, RuleStore
from hub.modules.notifications.rules_service import MOST_RULES
from hub.modules.notifications.template_wording import TemplateWording
from hub.modules.notifications.triggers import TRIGGERS
from hub.modules.notifications.wording import Telling, TemplateUse


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
    """What one contact would be told by one channel of the rule's route."""

    contact_id: str
    channel: Channel
    content: Content = field(default_factory=Content, repr=False)
    opted_out: bool = False
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
        accounts: Accounts,
        persons: Persons,
        events: Events,
        database: Database,
        clock: Clock,
    ) -> None:
        self._store = store
        self._recipients = recipients
        self._wording = wording
        self._accounts = accounts
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
        return [await self._preview(call, rule, stored) for rule in reversed(rules)]

    async def _preview(self, call: Call, rule: Rule, stored: StoredEvent) -> RulePreview:
        trigger = TRIGGERS.get(stored.event.type)
        if trigger is None or rule.event_type != stored.event.type:
            return RulePreview(rule=rule, verdict=Verdict.OTHER_EVENT)
        if not matches(rule, stored):
            return RulePreview(rule=rule, verdict=Verdict.OTHER_STATE)
        if int(stored.cursor) <= rule.after_position:
            return RulePreview(rule=rule, verdict=Verdict.RULE_IS_NEWER)
        now = self._clock.now()
        plan = planned(rule, trigger, stored, firing_id="", now=now)
        made, told = await self._database.read(lambda conn: self._facts(conn, rule, plan))
        if made is not None:
            return RulePreview(rule=rule, verdict=Verdict.HAS_FIRED, due_time=made.due_time, firing=made)
        if is_late(rule, plan.due_time, now):
            return RulePreview(rule=rule, verdict=Verdict.TOO_LATE, due_time=plan.due_time)
        if not told:
            return RulePreview(rule=rule, verdict=Verdict.NOBODY, due_time=plan.due_time)
        messages = [message for contact in told for message in await self._messages(call, rule, plan, contact, now=now)]
        return RulePreview(rule=rule, verdict=Verdict.WOULD_TELL, due_time=plan.due_time, messages=tuple(messages))

    def _facts(self, conn: Connection, rule: Rule, plan: Firing) -> tuple[Firing | None, Sequence[Contact]]:
        made = self._store.find_firing(conn, rule.id, plan.once) if plan.once else None
        return made, told_by(conn, self._recipients, rule, plan)

    async def _messages(
        self, call: Call, rule: Rule, plan: Firing, contact: Contact, *, now: datetime
    ) -> list[PreviewedMessage]:
        channels = [channel for channel in self._channels(call, rule) if channel.value in contact.channels.split()]
        use = TemplateUse(
            template=rule.template,
            version=rule.template_version,
            values=values_of(plan, contact, now=max(now, plan.due_time)),
        )
        try:
            worded = await self._wording.render(rule.owner, use, channels)
        except InvalidRequestError as error:
            return [
                PreviewedMessage(contact_id=contact.id, channel=channel, problem=error.reason) for channel in channels
            ]
        return [
            PreviewedMessage(
                contact_id=contact.id,
                channel=channel,
                content=content,
                opted_out=await self._opted_out(rule, contact, channel, now=now),
            )
            for channel, content in worded.contents.items()
        ]

    def _channels(self, call: Call, rule: Rule) -> Sequence[Channel]:
        names = [step.account for step in rule.route] or self._accounts.default_route(call)
        accounts = [account for account in map(self._accounts.get, names) if account is not None]
        return list(dict.fromkeys(account.port.channel for account in accounts))

    async def _opted_out(self, rule: Rule, contact: Contact, channel: Channel, *, now: datetime) -> bool:
        assert contact.card is not None
        address = contact.card["addresses"][channel.value]
        telling = Telling(
            owner=rule.owner,
            channel=channel,
            address=address,
            pseudonym=pseudonym_of(self._persons, channel, address),
            template=rule.template,
            urgent=True,
            time_zone=contact.time_zone,
        )
        try:
            admission = await self._database.read(lambda conn: self._wording.admit(conn, telling, now=now))
        except HubError:
            return False
        return admission.refusal is not None
