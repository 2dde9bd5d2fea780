"""What has been kept long enough goes in batches, so that a day's worth never holds up who writes."""

from datetime import timedelta
from unittest.mock import patch

from sqlalchemy import func, select

from hub.core import retention
from hub.core.event_store import Event
from hub.core.jobs import Done, Job, JobKind, Lease, NewJob, Next
from hub.core.retention import Forgetting, Retention
from hub.storage.tables import events, idempotency_keys, outbox_jobs
from tests.support.core_fixtures import Core

KEPT = timedelta(days=2)


async def done(job: Job, lease: Lease) -> Next:
    return Done()


async def counts(core: Core) -> tuple[int, ...]:
    """Return how many events, keys and done jobs of `thing.made` there are."""
    queries = (
        select(func.count()).select_from(events),
        select(func.count()).select_from(idempotency_keys),
        select(func.count()).select_from(outbox_jobs).where(outbox_jobs.c.kind == "thing.made"),
    )
    return await core.database.read(lambda conn: tuple(conn.scalar(query) or 0 for query in queries))


async def make(core: Core, count: int) -> None:
    """Append events, with a job each and a key each."""
    for number in range(count):
        event = Event(type="thing.made", subject=f"thing-{number}", owner="crm")
        await core.database.write(
            lambda conn, event=event: (  # type: ignore[misc]  # bound now
                core.events.append(conn, event),
                core.outbox.enqueue(conn, NewJob(kind="thing.made", payload={})),
            ),
            label="test",
        )
        await core.effects.record(
            core.call(number), resource="thing", resource_id=f"{number}", change=lambda conn, claim: None
        )


async def test_all_that_is_old_goes_a_batch_in_each_transaction(core: Core) -> None:
    core.outbox.register(JobKind(name="thing.made", handler=done))
    stores = core.stores
    Forgetting(
        database=core.database,
        outbox=core.outbox,
        jobs=stores.outbox,
        events=stores.events,
        keys=stores.idempotency,
        retention=Retention(done_jobs=KEPT, events=KEPT),
    )
    await make(core, 7)
    await core.outbox.run_due()
    assert await counts(core) == (7, 7, 7)
    labels: list[str] = []
    write = core.database.write

    async def watched(*arguments: object, label: str) -> object:
        labels.append(label)
        return await write(*arguments, label=label)  # type: ignore[arg-type]

    core.clock.jump(timedelta(days=40).total_seconds())
    with patch.object(retention, "BATCH_ROWS", 3), patch.object(core.database, "write", watched):
        await core.outbox.run_due()
    assert await counts(core) == (1, 0, 0), "the newest event stays: it tells where the log is"
    assert labels.count("retention.forget") == 3
