"""What messages say and to whom goes after its time, and of one person when asked; no byte of it stays."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy import Connection, select

from hub.core.erasure import ERASE, EVERY, Erasure
from hub.core.jobs import NewJob
from hub.core.persons import Identifier
from hub.modules.notifications.personal import personal_data
from hub.modules.notifications.planning import Handling
from hub.modules.notifications.port import NotificationsPort
from hub.modules.notifications.tables import campaigns, chunks, notifications
from tests.contract.notifications_sandbox import SandboxVendor
from tests.modules.notifications.conftest import ROUTE, Post, wire
from tests.support.core_fixtures import open_core
from tests.support.databases import stored_bytes

KEEP = timedelta(days=10)


def _upkeep(post: Post) -> None:
    core = post.core
    Erasure(
        database=core.database,
        persons=core.stores.persons,
        audit=core.audit,
        outbox=core.outbox,
        kinds=lambda: personal_data(keep=KEEP),
    )


async def _sealed(post: Post) -> set[bytes]:
    """All that is kept of anybody, as it lies there."""

    def read(conn: Connection) -> set[bytes]:
        columns = (notifications.c.letter, campaigns.c.letter, chunks.c.letter)
        return {found for column in columns for found in conn.scalars(select(column)).all() if found is not None}

    return await post.core.database.read(read)


async def _days(post: Post, count: float) -> None:
    for _ in range(round(count / (EVERY.total_seconds() / 86_400)) + 1):
        await post.core.outbox.run_due()
        post.core.clock.jump(EVERY.total_seconds())
    await post.core.outbox.run_due()


async def test_no_byte_of_a_message_or_a_campaign_stays_after_its_time(
    tmp_path: Path, ports: dict[str, NotificationsPort], vendors: dict[str, SandboxVendor]
) -> None:
    async with open_core(tmp_path) as core:
        post = await wire(core, ports, vendors)
        _upkeep(post)
        vendors["smsaero"].fail("send", "answer_lost")
        rows = [await post.create(1), await post.create(2, handling=Handling(route=(("smsaero", ""),)))]
        await core.outbox.run_due()
        later = Handling(route=ROUTE, send_time=core.clock.now() + timedelta(days=25))
        waiting = await post.create(3, handling=later)
        vendors["smsaero"].fail("send", "answer_lost")
        campaign = await post.campaign(5, 4, handling=Handling(route=(("smsaero", ""),)))
        await post.pass_time(120)
        sealed = await _sealed(post)
        assert len(sealed) == 3 + 5 + 1
        assert {(await post.get(row)).state for row in rows} == {"DELIVERED", "OUTCOME_UNKNOWN"}
        await _days(post, 11)
        left = await _sealed(post)
        assert len(left & sealed) == len(left) == 1  # of what is still to be sent
        assert {(await post.get(row)).pseudonym for row in rows} == {""}
        assert await post.totals(campaign) == {"DELIVERED": 4, "OUTCOME_UNKNOWN": 1}
        assert (await post.get(waiting)).state == "QUEUED"
        post.mark.close()
    found = stored_bytes(tmp_path)
    assert all(part not in found for part in sealed - left)


async def test_a_person_is_forgotten_when_asked_and_others_are_not(
    tmp_path: Path, ports: dict[str, NotificationsPort], vendors: dict[str, SandboxVendor]
) -> None:
    async with open_core(tmp_path) as core:
        post = await wire(core, ports, vendors)
        _upkeep(post)
        theirs = await post.create(1, phone="+79991111111")
        others = await post.create(2, phone="+79992222222")
        await post.pass_time(60)
        person = core.persons.pseudonym(Identifier.PHONE, "+79991111111")
        job = NewJob(kind=ERASE, payload={"pseudonyms": person}, caller="local:hub", request_id="r-1")
        await core.database.write(lambda conn: core.outbox.enqueue(conn, job), label="test")
        await core.outbox.run_due()
        assert ((await post.get(theirs)).letter, (await post.get(theirs)).pseudonym) == (None, "")
        assert (await post.get(others)).letter is not None
        post.mark.close()
