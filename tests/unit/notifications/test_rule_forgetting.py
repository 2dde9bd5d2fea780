"""What rules did is forgotten after its time, and no rule does a thing twice because of that."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, func, select

from hub.modules.notifications.rule_forgetting import BATCH_ROWS, RuleForgetting
from hub.modules.notifications.wording_tables import fired, firings
from tests.unit.notifications.rules_rig import DAY, DEBT, PAYMENT, REGISTRATION, SETTLED, Rules

KEEP = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgetful:
    """Rules whose daily job forgets what ended a month ago."""

    rules: Rules

    async def days_go_by(self, days: int) -> None:
        """What happened is read, and done if it is due; then time passes, and the daily job has its turn."""
        await self.rules.work()
        self.rules.core.clock.jump(days * DAY)
        await self.rules.work()

    async def rows(self) -> tuple[int, int]:
        """How many firings are told of, and how many are remembered in short."""
        counts = [select(func.count()).select_from(table) for table in (firings, fired)]
        told, short = await self.rules.core.database.read(lambda conn: [conn.scalar(count) for count in counts])
        return told or 0, short or 0


@pytest.fixture
def forgetful(rules: Rules) -> Forgetful:
    forgetting = RuleForgetting(store=rules.store, database=rules.core.database, keep=KEEP)
    rules.core.outbox.register(forgetting.kind())
    rules.core.outbox.schedule(forgetting.schedule())
    return Forgetful(rules=rules)


async def test_a_payment_that_is_captured_again_years_later_is_told_of_once(forgetful: Forgetful) -> None:
    rules = forgetful.rules
    await rules.rule(PAYMENT, "CAPTURED")
    await rules.contact("payer")
    await rules.happens(PAYMENT, state="CAPTURED", previous_state="PENDING", captured="100", currency="RUB")
    await rules.work()
    assert await forgetful.rows() == (1, 0)
    await forgetful.days_go_by(29)
    assert await forgetful.rows() == (1, 0)
    await forgetful.days_go_by(3)
    assert await forgetful.rows() == (0, 1)
    await rules.happens(PAYMENT, state="CAPTURED", previous_state="REFUNDED", captured="100", currency="RUB")
    await rules.work()
    assert len(rules.outlet.told) == 1
    assert await forgetful.rows() == (0, 1)
    await rules.happens(PAYMENT, "thing-2", state="CAPTURED", previous_state="PENDING", captured="100", currency="RUB")
    await rules.work()
    assert len(rules.outlet.told) == 2, "another payment is another matter"


async def test_a_debt_that_is_published_for_months_is_told_of_once(forgetful: Forgetful) -> None:
    rules = forgetful.rules
    await rules.rule(DEBT, delay=timedelta(days=5))
    await rules.contact("member")
    for day in range(0, 90, 3):  # and its due day moves, so that it would never be too late
        rules.core.clock.jump(3 * DAY)
        due = (rules.core.clock.now() - timedelta(days=6)).date().isoformat()
        await rules.happens(DEBT, "obligation-1", due_date=due, amount=str(day), currency="RUB")
        await rules.work()
    assert len(rules.outlet.told) == 1
    assert await forgetful.rows() == (0, 1)


async def test_a_debt_that_was_settled_and_is_overdue_again_is_told_of_again(forgetful: Forgetful) -> None:
    rules = forgetful.rules
    await rules.rule(DEBT, delay=timedelta(days=5))
    await rules.contact("member")
    await rules.happens(DEBT, "obligation-1", due_date="2026-11-16", amount="1000")
    await rules.work()
    await rules.happens(SETTLED, "obligation-1")
    await forgetful.days_go_by(33)
    assert await forgetful.rows() == (0, 0)
    due = rules.core.clock.now().date().isoformat()
    await rules.happens(DEBT, "obligation-1", due_date=due, amount="1000")
    await forgetful.days_go_by(6)
    assert len(rules.outlet.told) == 1


async def test_an_event_that_was_read_needs_no_memory_since_the_log_is_never_read_back(forgetful: Forgetful) -> None:
    rules = forgetful.rules
    await rules.rule(REGISTRATION)
    await rules.contact("buyer")
    await rules.happens(REGISTRATION, state="REGISTERED", previous_state="")
    await forgetful.days_go_by(33)
    assert await forgetful.rows() == (0, 0)
    await forgetful.days_go_by(3)
    assert len(rules.outlet.told) == 1


async def test_what_still_waits_is_never_forgotten(forgetful: Forgetful) -> None:
    rules = forgetful.rules
    await rules.rule(DEBT, delay=timedelta(days=60))
    await rules.contact("member")
    await rules.happens(DEBT, "obligation-1", due_date="2026-11-16", amount="1000")
    await forgetful.days_go_by(59)
    assert await forgetful.rows() == (1, 0)
    await forgetful.days_go_by(2)
    assert len(rules.outlet.told) == 1


@pytest.mark.parametrize("outcome", ["FAILED", "NOBODY", "LATE"])
async def test_what_could_not_be_told_is_not_told_years_later_either(forgetful: Forgetful, outcome: str) -> None:
    rules = forgetful.rules
    await rules.rule(PAYMENT, "CAPTURED")
    if outcome != "NOBODY":
        await rules.contact("payer")
    rules.outlet.refuses = "payer"
    await rules.happens(PAYMENT, state="CAPTURED", previous_state="PENDING", captured="100", currency="RUB")
    rules.core.clock.jump(15 * DAY if outcome == "LATE" else 1)
    await rules.work()
    assert [state for state, _ in await rules.states()] == [outcome]
    await forgetful.days_go_by(33)
    assert await forgetful.rows() == (0, 1)
    rules.outlet.refuses = ""
    await rules.contact("payer")
    await rules.happens(PAYMENT, state="CAPTURED", previous_state="REFUNDED", captured="100", currency="RUB")
    await rules.work()
    assert not rules.outlet.told


async def test_of_a_rule_that_acts_no_more_nothing_stays(forgetful: Forgetful) -> None:
    rules = forgetful.rules
    rule, lasting = await rules.rule(PAYMENT), await rules.rule(PAYMENT)
    await rules.happens(PAYMENT, state="CAPTURED", previous_state="PENDING", captured="100", currency="RUB")
    await forgetful.days_go_by(33)
    assert await forgetful.rows() == (0, 2)
    now = rules.core.clock.now()
    await rules.core.database.write(lambda conn: rules.store.end_rule(conn, rule.id, now=now), label="test")
    await forgetful.days_go_by(2)
    left = await rules.core.database.read(lambda conn: conn.scalars(select(fired.c.rule_id)).all())
    assert left == [lasting.id]


async def test_more_than_a_transaction_holds_is_forgotten_in_one_run(forgetful: Forgetful) -> None:
    rules = forgetful.rules
    await rules.rule(PAYMENT)
    await rules.happens(PAYMENT, state="CAPTURED", previous_state="PENDING")
    await rules.work()
    (one,) = await rules.firings()
    more = [replace(one, id=f"firing-{number}", once=f"other-{number}:CAPTURED") for number in range(BATCH_ROWS)]

    def add(conn: Connection) -> None:
        for firing in more:
            rules.store.add_firing(conn, firing)

    await rules.core.database.write(add, label="test")
    rules.core.clock.jump(33 * DAY)
    await rules.work()
    assert await forgetful.rows() == (0, BATCH_ROWS + 1)
