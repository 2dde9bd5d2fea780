"""Events: told with their state, read from a cursor, by their owner only."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from hub.core.errors import InvalidRequestError, NotFoundError, OutOfRangeError
from hub.core.events import Event, StoredEvent
from hub.core.jobs import Done, Job, Lease, Next
from hub.core.retention import Forgetting, Retention
from tests.support.core_fixtures import Core, settled


def _event(number: int, *, owner: str = "crm", kind: str = "test.made") -> Event:
    return Event(type=kind, subject=f"thing-{number}", owner=owner, business_reference="ДКП-1", data={"state": "MADE"})


async def _append(core: Core, *events: Event) -> list[str]:
    return await core.database.write(lambda conn: [core.events.append(conn, event) for event in events], label="test")


async def _take(stream: AsyncIterator[StoredEvent], count: int) -> list[str]:
    return [(await anext(stream)).event.subject for _ in range(count)]


async def test_a_subscriber_sees_what_was_before_and_then_what_comes(core: Core) -> None:
    await _append(core, _event(1), _event(2))
    async with contextlib.aclosing(core.events.stream(owner="crm", after="")) as stream:
        assert await _take(stream, 2) == ["thing-1", "thing-2"]
        coming = asyncio.create_task(_take(stream, 1))
        await settled(core)
        assert not coming.done()
        await _append(core, _event(3))
        assert await coming == ["thing-3"]


async def test_a_subscriber_resumes_right_after_its_cursor(core: Core) -> None:
    await _append(core, *(_event(number) for number in range(1, 6)))
    first = await core.events.list(owner="crm", limit=2)
    async with contextlib.aclosing(core.events.stream(owner="crm", after=first[-1].cursor)) as stream:
        assert await _take(stream, 3) == ["thing-3", "thing-4", "thing-5"]


async def test_without_a_cursor_a_subscription_starts_at_the_present(core: Core) -> None:
    await _append(core, _event(1))
    async with contextlib.aclosing(core.events.stream(owner="crm")) as stream:
        coming = asyncio.create_task(_take(stream, 1))
        await settled(core)
        await _append(core, _event(2))
        assert await coming == ["thing-2"]


async def test_a_page_boundary_loses_and_repeats_nothing(core: Core) -> None:
    await _append(core, *(_event(number) for number in range(600)))
    async with contextlib.aclosing(core.events.stream(owner="crm", after="")) as stream:
        assert await _take(stream, 600) == [f"thing-{number}" for number in range(600)]


async def test_another_owners_events_are_never_seen_but_an_administrator_sees_all(core: Core) -> None:
    await _append(core, _event(1), _event(2, owner="shop"), _event(3))
    assert [stored.event.subject for stored in await core.events.list(owner="crm")] == ["thing-1", "thing-3"]
    assert len(await core.events.list(owner=None)) == 3


async def test_events_are_chosen_by_type_by_its_beginning_and_by_business_reference(core: Core) -> None:
    await _append(core, _event(1), _event(2, kind="test.changed"), _event(3, kind="other%.made"))
    assert [e.event.subject for e in await core.events.list(owner=None, types=["test.changed"])] == ["thing-2"]
    assert len(await core.events.list(owner=None, types=["test.*"])) == 2
    assert len(await core.events.list(owner=None, types=["%*"])) == 0
    assert len(await core.events.list(owner=None, business_reference="ДКП-2")) == 0


async def test_an_event_of_a_transaction_that_fails_is_never_told(core: Core) -> None:
    def fail(conn: object) -> None:
        core.events.append(conn, _event(1))  # type: ignore[arg-type]
        raise NotFoundError("no")

    with pytest.raises(NotFoundError):
        await core.database.write(fail, label="test")
    assert await core.events.list(owner=None) == []


@pytest.mark.parametrize("cursor", ["x", "-1", "1.5", "٣", "1" * 19])
async def test_a_cursor_that_is_none_of_ours_is_refused(core: Core, cursor: str) -> None:
    with pytest.raises(InvalidRequestError):
        await core.events.list(owner="crm", after=cursor)


async def test_a_cursor_older_than_what_is_kept_is_refused_with_the_oldest_one(core: Core) -> None:
    Forgetting(
        database=core.database,
        outbox=core.outbox,
        jobs=core.stores.outbox,
        events=core.stores.events,
        keys=core.stores.idempotency,
        retention=Retention(events=timedelta(days=2)),
    )
    await core.outbox.run_due()
    await _append(core, _event(1), _event(2))
    core.clock.jump(5 * 86400)
    await _append(core, _event(3))
    assert await core.outbox.run_due() == 1
    with pytest.raises(OutOfRangeError) as refused:
        await core.events.list(owner="crm", after="1")
    oldest = refused.value.metadata["oldest_cursor"]
    assert [stored.event.subject for stored in await core.events.list(owner="crm", after=oldest)] == ["thing-3"]
    assert [stored.event.subject for stored in await core.events.list(owner="crm")] == ["thing-3"]


async def test_the_newest_event_stays_however_old_so_that_no_cursor_ever_points_before_it(core: Core) -> None:
    await _append(core, _event(1), _event(2))
    later = core.clock.now() + timedelta(days=1000)
    await core.database.write(lambda conn: core.stores.events.prune(conn, before=later, limit=10), label="test")
    assert [stored.event.subject for stored in await core.events.list(owner="crm")] == ["thing-2"]
    assert await core.events.list(owner="crm", after="2") == []


async def test_a_cursor_from_a_future_that_was_restored_away_is_refused(core: Core) -> None:
    await _append(core, _event(1))
    with pytest.raises(OutOfRangeError):
        await core.events.list(owner="crm", after="7")


async def test_a_module_gets_each_event_of_its_type_once_as_a_durable_job(core: Core) -> None:
    seen: list[str] = []

    async def match(job: Job, lease: Lease) -> Next:
        seen.append((await core.events.get(job.payload["event_id"])).event.subject)
        return Done()

    core.events.subscribe(type="test.made", name="other.match", handler=match)
    await _append(core, _event(1), _event(2, kind="test.changed"), _event(3))
    assert await core.outbox.run_due() == 2
    assert sorted(seen) == ["thing-1", "thing-3"]


async def test_an_unknown_event_is_not_found(core: Core) -> None:
    with pytest.raises(NotFoundError):
        await core.events.get("no such id")
