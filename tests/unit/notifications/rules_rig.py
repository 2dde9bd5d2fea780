"""What tests of rules work with: the follower and the firing over a real core, and what notifications they made."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from hub.core.call import Call
from hub.core.errors import InvalidRequestError, UnavailableError
from hub.core.events import Event
from hub.modules.notifications.recipient_store import Contact, RecipientStore
from hub.modules.notifications.rule_firing import RuleFiring, Sending
from hub.modules.notifications.rule_follower import RuleFollower
from hub.modules.notifications.rule_store import Firing, RouteStep, Rule, RuleStore
from hub.modules.notifications.service import Planned
from hub.modules.notifications.triggers import TRIGGERS
from tests.support.core_fixtures import Core

REFERENCE = "ДКП-2025/17"
REGISTRATION = "rosreestr.registration.state_changed"
PAYMENT = "payments.payment.state_changed"
DEBT = "contributions.debt.overdue"
SETTLED = "contributions.debt.settled"
START = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
DAY = 86_400.0


@dataclass(slots=True)
class Outlet:
    """Makes notifications once for a request id, as the module does; `dying` raises after making that many."""

    made: dict[str, Sending] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    dying: int = -1
    refuses: str = ""

    async def send(self, call: Call, sending: Sending) -> str:
        self.calls.append(call)
        if sending.contact.role == self.refuses:
            raise InvalidRequestError("no way", reason="NO_WAY_TO_RECIPIENT", domain="landhub.notifications.v1")
        self.made.setdefault(call.request_id, sending)
        self.dying -= 1
        if self.dying == 0:
            raise UnavailableError("the process died here")
        return f"notification-{call.request_id}"

    async def plan(self, call: Call, sending: Sending) -> Planned:
        raise NotImplementedError

    @property
    def told(self) -> list[tuple[str, str]]:
        """The template and the role of all that was made, in order."""
        return [(sending.rule.template, sending.contact.role) for sending in self.made.values()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    core: Core
    outlet: Outlet
    store: RuleStore
    recipients: RecipientStore
    follower: RuleFollower

    async def happens(self, kind: str, subject: str = "thing-1", *, owner: str = "crm", **data: str) -> None:
        event = Event(type=kind, subject=subject, owner=owner, business_reference=REFERENCE, data=data)
        await self.core.database.write(lambda conn: self.core.events.append(conn, event), label="test")

    async def work(self) -> None:
        """What the hub does by itself: read what happened, and do what is due."""
        await self.follower.catch_up()
        await self.core.outbox.run_due()

    async def firings(self) -> Sequence[Firing]:
        return await self.core.database.read(lambda conn: self.store.list_firings(conn, owner="crm", limit=100))

    async def states(self) -> list[tuple[str, str]]:
        return [(firing.state, firing.reason) for firing in reversed(await self.firings())]

    async def rule(
        self,
        event_type: str,
        *states: str,
        template: str = "t",
        delay: timedelta = timedelta(),
        roles: tuple[str, ...] = (),
    ) -> Rule:
        now = self.core.clock.now()
        made = Rule(
            id=self.core.ids.resource_id(),
            owner="crm",
            caller="crm",
            business_reference="",
            event_type=event_type,
            states=states,
            delay=delay,
            late_after=TRIGGERS[event_type].late_after,
            template=template,
            template_version=0,
            route=(RouteStep(account="smsc"),),
            roles=roles,
            after_position=int(await self.core.events.newest()),
            create_time=now,
            update_time=now,
        )
        await self.core.database.write(lambda conn: self.store.add_rule(conn, made), label="test")
        return made

    async def contact(self, role: str, *, name: str = "", owner: str = "crm") -> Contact:
        contact = Contact(
            id=self.core.ids.resource_id(),
            owner=owner,
            business_reference=REFERENCE,
            role=role,
            channels="SMS",
            time_zone="",
            create_time=self.core.clock.now(),
            card={"addresses": {"SMS": "+79990000001"}, "name": name, "values": {"plot": "участок 1", "state": "x"}},
        )
        await self.core.database.write(lambda conn: self.recipients.add_contact(conn, contact), label="test")
        return contact


def wire(core: Core, outlet: Outlet) -> Rules:
    store, recipients = RuleStore(), RecipientStore(ring=core.columns)
    follower = RuleFollower(
        store=store,
        events=core.events,
        outbox=core.outbox,
        database=core.database,
        clock=core.clock,
        ids=core.ids,
    )
    firing = RuleFiring(
        store=store,
        recipients=recipients,
        follower=follower,
        outlet=outlet,
        database=core.database,
        clock=core.clock,
    )
    core.outbox.register(firing.kind())
    return Rules(core=core, outlet=outlet, store=store, recipients=recipients, follower=follower)
