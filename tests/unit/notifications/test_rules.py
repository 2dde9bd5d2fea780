"""Rules tell each thing once: whatever dies in between, and however long the hub slept."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy import Connection

from hub.core.clock import FakeClock
from hub.modules.notifications.rule_follower import RuleFollower
from tests.support.core_fixtures import open_core
from tests.unit.notifications.rules_rig import (
    DAY,
    DEBT,
    PAYMENT,
    REFERENCE,
    REGISTRATION,
    SETTLED,
    START,
    Outlet,
    Rules,
    wire,
)


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
