"""Many messages that are held after a restore, settled alike: each once, by whom and why in the audit."""

from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from hub.core.audit import AuditRecord, Phase
from hub.core.jobs import NewJob
from hub.modules.notifications.bulk_settlement import RESOLVE, RESOLVE_METHOD, BulkSettlement, count_held
from hub.modules.notifications.planning import Handling
from hub.modules.notifications.port import NotificationsPort
from hub.modules.notifications.tables import notifications
from tests.contract.notifications_sandbox import SandboxVendor
from tests.modules.notifications.conftest import Post, wire
from tests.support.core_fixtures import open_core

ALL = {"owner": "", "account": "", "campaign_id": "", "unknown_reason": "", "reason": "by the cabinet's list"}
AERO = Handling(route=(("smsaero", ""),))


@pytest.fixture
async def post(
    tmp_path: Path, ports: dict[str, NotificationsPort], vendors: dict[str, SandboxVendor]
) -> AsyncIterator[Post]:
    """Nine messages of two callers and a campaign, all of them held since the database is older than what was sent."""
    async with open_core(tmp_path) as core:
        made = await wire(core, ports, vendors, callers=("crm", "office"))
        for number in range(1, 5):
            await made.create(number, handling=AERO, phone=f"+7999100000{number}")
        await made.create(5, handling=AERO, caller="office", group="office")
        await made.campaign(4, 6, handling=AERO)
        made.mark.close()
    (tmp_path / "notifications-sent").write_text("7")
    async with open_core(tmp_path, seed=2) as core:
        held = await wire(core, ports, vendors, callers=("crm", "office"))
        bulk = BulkSettlement(
            store=held.engine.store, ledger=held.engine.ledger, database=core.database, audit=core.audit
        )
        for kind in bulk.kinds():
            core.outbox.register(kind)
        await held.pass_time(10)
        yield held
        held.mark.close()


async def resolve(post: Post, finding: str, **wanted: str) -> list[AuditRecord]:
    """Give the hub the errand, and return what the audit says of it."""
    payload = {**ALL, "finding": finding, **wanted}
    job = NewJob(kind=RESOLVE, payload=payload, caller="local:hub", method=RESOLVE_METHOD, request_id="r-1")
    await post.core.database.write(lambda conn: post.core.outbox.enqueue(conn, job), label="test")
    await post.pass_time(60)
    records = await post.core.database.read(lambda conn: post.core.stores.audit.list(conn, caller="local:hub"))
    return [row.record for row in records if "finding" in row.record.details]


async def states(post: Post) -> Counter[tuple[str, str]]:
    """How many notifications of each owner are in each state."""
    query = select(notifications.c.owner, notifications.c.state)
    found = await post.core.database.read(lambda conn: conn.execute(query).all())
    return Counter((owner, state) for owner, state in found)


async def test_all_of_a_caller_are_sent_again_each_once_and_audited(post: Post) -> None:
    counted = await post.core.database.read(count_held)
    assert sorted((one.owner, one.count) for one in counted) == [("crm", 4), ("crm", 4), ("office", 1)]
    records = await resolve(post, "send_again", owner="crm")
    assert await states(post) == {("crm", "DELIVERED"): 8, ("office", "OUTCOME_UNKNOWN"): 1}
    messages = post.vendors["smsaero"].messages()
    assert len({message.address for message in messages}) == len(messages) == 8
    phases = Counter(record.phase for record in records)
    assert phases == {Phase.OUTCOME: 8, Phase.ADMIN: 1}
    assert {record.details["reason"] for record in records} == {"by the cabinet's list"}
    assert [record.details["settled"] for record in records if record.phase is Phase.ADMIN] == ["8"]


@pytest.mark.parametrize(("finding", "state"), [("sent", "SENT"), ("not_sent", "FAILED")])
async def test_what_went_out_or_never_will_is_noted_and_nothing_sent(post: Post, finding: str, state: str) -> None:
    counted = await post.core.database.read(count_held)
    campaign = next(one.campaign_id for one in counted if one.campaign_id)
    await resolve(post, finding, campaign_id=campaign)
    assert await states(post) == {("crm", state): 4, ("crm", "OUTCOME_UNKNOWN"): 4, ("office", "OUTCOME_UNKNOWN"): 1}
    await resolve(post, finding, account="smsc")
    await resolve(post, finding, unknown_reason="ANSWER_LOST")
    assert (await states(post))["crm", "OUTCOME_UNKNOWN"] == 4
    assert not post.vendors["smsaero"].messages()


async def test_what_says_nothing_any_more_ends_instead_of_waiting_to_be_sent(post: Post) -> None:
    await post.core.database.write(
        lambda conn: conn.execute(notifications.update().values(letter=None, pseudonym="")), label="test"
    )
    await resolve(post, "send_again")
    assert {state for _, state in await states(post)} == {"FAILED"}
    assert not post.vendors["smsaero"].messages()
