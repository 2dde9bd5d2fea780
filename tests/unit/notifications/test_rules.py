"""Rules tell each thing once: whatever dies in between, and however long the hub slept."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from hub.core.call import Call
from hub.core.clock import FakeClock
from hub.core.errors import InvalidRequestError, UnavailableError
from hub.core.events import Event
from hub.modules.notifications.recipient_store import Contact, RecipientStore
from hub.modules.notifications.rule_firing import RuleFiring, Sending
from hub.modules.notifications.rule_follower import RuleFollower
from hub.modules.notifications.rule_store import Firing, RouteStep, Rule, RuleStore
from hub.modules.notifications.triggers import TRIGGERS
from tests.support.core_fixtures import Core, open_core

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


@pytest.fixture
async def rules(tmp_path: Path) -> AsyncIterator[Rules]:
    async with open_core(tmp_path, clock=FakeClock(START)) as core:
        wired = wire(core, Outlet())
        await wired.follower.catch_up()
        yield wired


async def test_both_parties_are_told_of_a_step_once(rules: Rules) -> None:
    await rules.rule(REGISTRATION, "REGISTERED", template="done")
    await rules.contact("seller", name="Иван")
    await rules.contact("buyer", name="Пётр")
    await rules.happens(REGISTRATION, state="IN_REVIEW", previous_state="SUBMITTED")
    await rules.happens(REGISTRATION, state="REGISTERED", previous_state="IN_REVIEW")
    for _ in range(3):
        await rules.work()
    assert rules.outlet.told == [("done", "seller"), ("done", "buyer")]
    assert await rules.states() == [("FIRED", "")]
    sending = next(iter(rules.outlet.made.values()))
    assert sending.use.values["name"] == "Иван"
    assert sending.use.values["plot"] == "участок 1"
    assert sending.use.values["state"] == "REGISTERED"  # the event's word stands over the contact's
    assert sending.use.values["reference"] == REFERENCE


async def test_only_the_roles_of_the_rule_are_told_and_of_other_owners_nobody(rules: Rules) -> None:
    await rules.rule(REGISTRATION, roles=("buyer",))
    await rules.contact("seller")
    await rules.contact("buyer")
    await rules.contact("buyer", owner="other")
    await rules.happens(REGISTRATION, state="REGISTERED", previous_state="")
    await rules.happens(REGISTRATION, "thing-2", owner="other", state="REGISTERED", previous_state="")
    await rules.work()
    assert rules.outlet.told == [("t", "buyer")]


async def test_what_happened_before_a_rule_was_made_is_none_of_its_business(rules: Rules) -> None:
    await rules.contact("buyer")
    await rules.happens(REGISTRATION, state="REGISTERED", previous_state="")
    await rules.rule(REGISTRATION)
    await rules.work()
    assert rules.outlet.told == []


async def test_a_process_that_dies_anywhere_leaves_each_told_once(tmp_path: Path) -> None:
    outlet = Outlet(dying=1)
    async with open_core(tmp_path, clock=FakeClock(START)) as core:
        first = wire(core, outlet)
        await first.follower.catch_up()
        await first.rule(REGISTRATION)
        await first.contact("seller")
        await first.contact("buyer")
        await first.happens(REGISTRATION, state="REGISTERED", previous_state="")
        await first.work()
        assert outlet.told == [("t", "seller")]  # and then it died, before it noted that
        clock = core.clock
    clock.jump(5 * 60)
    async with open_core(tmp_path, clock=clock, seed=2) as core:
        second = wire(core, outlet)
        await second.work()
        assert await second.states() == [("FIRED", "")]
        await second.work()
    assert sorted(outlet.told) == [("t", "buyer"), ("t", "seller")]
    assert len({call.request_id for call in outlet.calls}) == 2
    assert {call.fingerprint for call in outlet.calls} != set()


async def test_two_replicas_that_read_at_once_write_down_each_event_once(rules: Rules) -> None:
    await rules.rule(REGISTRATION)
    await rules.contact("buyer")
    await rules.happens(REGISTRATION, state="REGISTERED", previous_state="")
    other = RuleFollower(
        store=rules.store,
        events=rules.core.events,
        outbox=rules.core.outbox,
        database=rules.core.database,
        clock=rules.core.clock,
        ids=rules.core.ids,
    )
    place = await rules.core.database.read(lambda conn: rules.store.position(conn, "rules"))
    assert place is not None
    await other.catch_up()

    def late(conn: Connection) -> bool:
        return rules.store.move(conn, "rules", before=place, after=place + 1)

    assert not await rules.core.database.write(late, label="test")
    await rules.work()
    assert rules.outlet.told == [("t", "buyer")]


async def test_a_debt_is_told_by_mail_on_the_fifth_day_and_by_sms_on_the_tenth(rules: Rules) -> None:
    await rules.rule(DEBT, template="mail", delay=timedelta(days=5))
    await rules.rule(DEBT, template="sms", delay=timedelta(days=10))
    await rules.contact("member")
    told = []
    for day in range(1, 13):  # published every day as long as it is there
        rules.core.clock.jump(DAY)
        await rules.happens(DEBT, "obligation-1", due_date="2026-11-16", amount=str(1000 * day), currency="RUB")
        await rules.work()
        told.append(len(rules.outlet.told))
    assert rules.outlet.told == [("mail", "member"), ("sms", "member")]
    assert told == [0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2]
    mail, sms = rules.outlet.made.values()
    assert (mail.use.values["days_overdue"], mail.use.values["amount"]) == (5, "5000")
    assert (sms.use.values["days_overdue"], sms.use.values["amount"]) == (10, "10000")


async def test_a_hub_that_slept_for_ten_days_tells_each_rule_once(rules: Rules) -> None:
    await rules.rule(DEBT, template="mail", delay=timedelta(days=5))
    await rules.rule(DEBT, template="sms", delay=timedelta(days=10))
    await rules.contact("member")
    await rules.happens(DEBT, "obligation-1", due_date="2026-11-16", amount="1000", currency="RUB")
    await rules.work()
    for _ in range(10):  # the module is off, the rest of the hub goes on
        rules.core.clock.jump(DAY)
        await rules.happens(DEBT, "obligation-1", due_date="2026-11-16", amount="2000", currency="RUB")
    await rules.work()
    await rules.work()
    assert sorted(rules.outlet.told) == [("mail", "member"), ("sms", "member")]


async def test_of_the_steps_that_were_slept_through_only_the_last_is_told(rules: Rules) -> None:
    await rules.rule(REGISTRATION)
    await rules.contact("buyer")
    steps = ["SUBMITTED", "IN_REVIEW", "SUSPENDED", "IN_REVIEW", "REGISTERED"]
    for previous, state in zip(["PENDING", *steps], steps, strict=False):
        await rules.happens(REGISTRATION, state=state, previous_state=previous)
        rules.core.clock.jump(2 * DAY)
    await rules.work()
    assert [sending.use.values["state"] for sending in rules.outlet.made.values()] == ["REGISTERED"]
    assert await rules.states() == [("REVOKED", "SUPERSEDED")] * 4 + [("FIRED", "")]


async def test_steps_that_follow_each_other_quickly_are_all_told(rules: Rules) -> None:
    await rules.rule(REGISTRATION)
    await rules.contact("buyer")
    for previous, state in (("", "SUBMITTED"), ("SUBMITTED", "IN_REVIEW"), ("IN_REVIEW", "REGISTERED")):
        await rules.happens(REGISTRATION, state=state, previous_state=previous)
        rules.core.clock.jump(1)
    await rules.work()
    assert len(rules.outlet.told) == 3


async def test_what_is_too_late_is_not_told_and_says_so(rules: Rules) -> None:
    await rules.rule(PAYMENT, "CAPTURED")
    await rules.contact("payer")
    await rules.happens(PAYMENT, state="CAPTURED", previous_state="PENDING", captured="100", currency="RUB")
    rules.core.clock.jump(15 * DAY)
    await rules.work()
    assert rules.outlet.told == []
    assert await rules.states() == [("LATE", "TOO_LATE")]


async def test_a_debt_that_was_settled_meanwhile_is_not_told(rules: Rules) -> None:
    await rules.rule(DEBT, delay=timedelta(days=5))
    await rules.contact("member")
    await rules.happens(DEBT, "obligation-1", due_date="2026-11-16", amount="1000")
    await rules.work()
    rules.core.clock.jump(9 * DAY)
    await rules.happens(SETTLED, "obligation-1")
    await rules.core.outbox.run_due()  # the job is due, and nobody has read yet that it is settled
    assert rules.outlet.told == []
    assert await rules.states() == [("REVOKED", "SETTLED")]
    await rules.happens(DEBT, "obligation-1", due_date="2026-11-16", amount="1000")
    await rules.work()
    assert rules.outlet.told == [("t", "member")]  # it is overdue again: the payment was taken back


async def test_a_payment_is_received_once_however_often_its_amounts_move(rules: Rules) -> None:
    await rules.rule(PAYMENT, "CAPTURED")
    await rules.contact("payer")
    for previous, state in (("PENDING", "CAPTURED"), ("CAPTURED", "CAPTURED"), ("REFUNDED", "CAPTURED")):
        await rules.happens(PAYMENT, state=state, previous_state=previous, captured="19900", currency="RUB")
        await rules.work()
    (sending,) = rules.outlet.made.values()
    assert sending.use.values["amount"] == "19900"


async def test_a_rule_that_was_ended_does_no_more_of_what_it_planned(rules: Rules) -> None:
    rule = await rules.rule(DEBT, delay=timedelta(days=5))
    await rules.contact("member")
    await rules.happens(DEBT, "obligation-1", due_date="2026-11-16", amount="1000")
    await rules.work()
    now = rules.core.clock.now()
    await rules.core.database.write(lambda conn: rules.store.end_rule(conn, rule.id, now=now), label="test")
    rules.core.clock.jump(6 * DAY)
    await rules.work()
    assert rules.outlet.told == []
    assert await rules.states() == [("REVOKED", "RULE_ENDED")]


async def test_where_nobody_can_be_told_the_firing_says_why(rules: Rules) -> None:
    await rules.rule(REGISTRATION)
    await rules.happens(REGISTRATION, "thing-1", state="REGISTERED", previous_state="")
    await rules.work()
    contact = await rules.contact("buyer")
    rules.outlet.refuses = "buyer"
    await rules.happens(REGISTRATION, "thing-2", state="REGISTERED", previous_state="")
    await rules.work()
    await rules.core.database.write(lambda conn: rules.recipients.blank_contact(conn, contact.id), label="test")
    await rules.happens(REGISTRATION, "thing-3", state="REGISTERED", previous_state="")
    await rules.work()
    assert await rules.states() == [
        ("NOBODY", "NO_CONTACT"),
        ("FAILED", "NO_WAY_TO_RECIPIENT"),
        ("NOBODY", "NO_CONTACT"),
    ]


async def test_a_thousand_events_are_read_over_several_pages(rules: Rules) -> None:
    await rules.rule(REGISTRATION, "REGISTERED")
    await rules.contact("buyer")
    for number in range(450):
        await rules.happens(REGISTRATION, f"thing-{number}", state="REGISTERED", previous_state="")
    await rules.follower.catch_up()
    count = await rules.core.database.read(lambda conn: len(rules.store.list_firings(conn, owner="crm", limit=1000)))
    assert count == 450
