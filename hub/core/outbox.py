"""Finds durable work that is due and has it done: claims jobs under a lease, fires schedules, wakes by the clock."""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from hub.core.clock import Clock
from hub.core.database import OUTBOX_TOPIC, Database
from hub.core.errors import HubError
from hub.core.ids import Ids
from hub.core.job_runs import SHORTEST_LEASE, JobRuns
from hub.core.jobs import Dead, Done, Job, JobKind, NewJob, Next
from hub.core.outbox_store import JobView, OutboxStore
from hub.core.schedules import Schedule, fire_due
from hub.core.waiting import wait_until_done

__all__ = ["Outbox", "Schedule"]

log = structlog.get_logger(__name__)

MAX_ADOPTED = 256  # jobs leased at birth that run at once; beyond, they queue like all others
MOST_CLAIMED = 256  # looked at in one transaction; what of them there is no room for is left for later
IDLE_POLL_SECONDS = 10.0  # what nobody announced is found at this rate; less than FAR_AHEAD
LONGEST_HANDLER_SECONDS = 3600.0  # bounds the single step of tests and campaigns
CLAIM_POLL_SECONDS = 0.05  # between looks whether the worker took a job that is due
RETRY_SECONDS = 1.0


class Outbox:
    """The worker of this process.

    Args:
        holder: The name its leases carry: this process instance's id.
    """

    def __init__(
        self, *, database: Database, store: OutboxStore, runs: JobRuns, clock: Clock, ids: Ids, holder: str
    ) -> None:
        self.holder = holder
        self._database = database
        self._store = store
        self._runs = runs
        self._clock = clock
        self._ids = ids
        self._kinds: dict[str, JobKind] = {}
        self._schedules: list[Schedule] = []
        self._fired: dict[str, datetime] = {}
        self._ahead = timedelta()
        self._poke = asyncio.Event()
        self._lacked_room = False  # of some kind, at the last look: then the end of a run is a reason for the next one
        self._loops: list[asyncio.Task[None]] = []
        self._stop_listening = database.listen(OUTBOX_TOPIC, self._poke.set)

    def register(self, kind: JobKind) -> None:
        """Make a kind known, before `start`.

        Raises:
            ValueError: it is known already, or its lease is too short to be renewed in time.
        """
        if kind.name in self._kinds:
            raise ValueError(f"job kind {kind.name} is registered twice")
        if kind.lease < SHORTEST_LEASE:
            raise ValueError(f"job kind {kind.name}: a lease shorter than {SHORTEST_LEASE} can't be renewed in time")
        longest = self._runs.longest_lease
        self._kinds[kind.name] = kind if longest is None else replace(kind, lease=min(kind.lease, longest))

    def schedule(self, schedule: Schedule) -> None:
        """Make a schedule known, before `start`; its kind is registered by then."""
        self._schedules.append(schedule)

    def enqueue(self, conn: Connection, job: NewJob) -> str | None:
        """Write a job in the transaction that makes it necessary; returns its id, None if its unique_key is taken."""
        job_id = self._ids.resource_id()
        return job_id if self._store.add(conn, job_id, job, now=self._database.now(conn)) else None

    def enqueue_leased(self, conn: Connection, job_id: str, job: NewJob) -> Job | None:
        """Write a job for this process to `adopt` at once; None if it is too busy and the job queues instead."""
        now = self._database.now(conn)
        if len(self._runs) >= MAX_ADOPTED:
            self._store.add(conn, job_id, job, now=now)
            return None
        until = now + self._kinds[job.kind].lease
        return self._store.add_leased(conn, job_id, job, now=now, holder=self.holder, until=until)

    def adopt(self, job: Job) -> None:
        """Run a job that was leased at birth, in a task of the hub's own."""
        self._spawn(job)

    def view(self, conn: Connection, job_id: str) -> JobView | None:
        """Return a job as it stands."""
        return self._store.get(conn, job_id)

    async def start(self, *, alone: bool = False) -> None:
        """Begin to claim and run jobs.

        Args:
            alone: No other process works on this database, so every lease of another holder is a dead process's: it
                ends now instead of when its time is over.
        """
        if alone:
            await self._database.write(
                lambda conn: self._store.release(conn, now=self._database.now(conn), other_than=self.holder),
                label="outbox.take_over",
            )
        self._loops = [asyncio.create_task(self._work_forever()), asyncio.create_task(self._runs.renew_forever())]

    async def stop(self, *, grace_seconds: float) -> None:
        """Claim no more; wait that long for what runs, then cancel it and give its leases back."""
        self._stop_listening()
        await _cancel(self._loops[:1])
        if not await self._runs.wait(None, seconds=grace_seconds):
            log.warning("outbox.drain_cut_short", running=len(self._runs))
        await _cancel(self._loops)
        await self._runs.cancel()
        await self._database.write(
            lambda conn: self._store.release(conn, now=self._database.now(conn), holder=self.holder),
            label="outbox.release",
        )

    async def run_due(self) -> int:
        """Run what is due, one job after the other in a fixed order, until nothing is; returns how many ran.

        For tests and campaigns, instead of `start`. Jobs that already run in this process are waited for first.
        """
        count = 0
        while True:
            await self._runs.wait(None, seconds=LONGEST_HANDLER_SECONDS)
            await self._fire_schedules()
            claimed = await self._claim(list(self._kinds.values()), limit=1)
            for job in claimed:
                self._spawn(job)
            count += len(claimed)
            if not claimed:
                return count

    async def wait_for_run(self, job_id: str, *, seconds: float) -> tuple[Next | None, JobView | None]:
        """Wait at most that long until the job's present or imminent run in this process ends.

        Returns:
            How the run ended (None if it didn't, or was elsewhere), and the job as it stands (None if done or dead).
        """
        end = self._clock.monotonic() + seconds
        if job_id not in self._runs and self._runs.ending(job_id) is None:
            await self._wait_for_claim(job_id, end=end)
        await self._runs.wait(job_id, seconds=end - self._clock.monotonic())
        ending = self._runs.ending(job_id)
        if isinstance(ending, Done | Dead):
            return ending, None
        view = await self._database.read(lambda conn: self._store.get(conn, job_id))
        return self._runs.ending(job_id), view

    async def _wait_for_claim(self, job_id: str, *, end: float) -> None:
        """Wait until the worker takes a job that is due: after a restart, or when it queued at birth."""
        while job_id not in self._runs and self._clock.monotonic() < end:
            view = await self._database.read(lambda conn: self._store.get(conn, job_id))
            if not self._loops or view is None or not view.state.is_open or not _is_due(view, self._now()):
                return
            self._poke.set()
            await self._clock.sleep(CLAIM_POLL_SECONDS)

    async def _work_forever(self) -> None:
        """Claim and run what is due, then sleep until a poke or the next due time."""
        while True:
            self._poke.clear()
            try:
                next_slot = await self._fire_schedules()
                next_due = await self._claim_what_fits()
            except HubError as error:
                log.warning("outbox.database_unavailable", reason=error.reason)
                await self._clock.sleep(RETRY_SECONDS)
                continue
            except Exception:
                # The edge of durable work: were the loop to end here, work would silently stop for ever.
                log.exception("outbox.claiming_failed")
                await self._clock.sleep(RETRY_SECONDS)
                continue
            await self._sleep_until(min((time for time in (next_slot, next_due) if time is not None), default=None))

    async def _sleep_until(self, time: datetime | None) -> None:
        seconds = IDLE_POLL_SECONDS
        if time is not None:
            seconds = min(seconds, (time - self._now()).total_seconds())
        poked = asyncio.ensure_future(self._poke.wait())
        await wait_until_done([poked], clock=self._clock, seconds=seconds)
        poked.cancel()

    async def _fire_schedules(self) -> datetime | None:
        """Fire the slots that have come, without a write when none has; returns when the next one begins."""
        now = self._now()
        due = [schedule for schedule in self._schedules if self._fired.get(schedule.name) != schedule.slot(now)]
        if due:
            now = await self._database.write(lambda conn: self._fire(conn, due), label="outbox.fire_schedules")
            self._fired.update({schedule.name: schedule.slot(now) for schedule in due})
        return min((schedule.slot(now) + schedule.every for schedule in self._schedules), default=None)

    def _fire(self, conn: Connection, due: Sequence[Schedule]) -> datetime:
        now = self._database.now(conn)
        fire_due(conn, due, store=self._store, now=now, new_id=self._ids.resource_id)
        return now

    async def _claim_what_fits(self) -> datetime | None:
        """Claim and spawn until nothing is due of the kinds that have room; returns when their next job is due."""
        while kinds := self._kinds_with_room():
            next_due = await self._next_due([kind.name for kind in kinds])
            if next_due is None or next_due > self._now():
                return next_due
            rooms = {kind.name: self._room(kind) for kind in kinds}
            claimed = await self._claim(kinds, limit=min(sum(rooms.values()), MOST_CLAIMED), rooms=rooms)
            for job in claimed:
                self._spawn(job)
            if not claimed:
                # Another replica is just taking what is due: look again when it has.
                return self._now() + timedelta(seconds=CLAIM_POLL_SECONDS)
        return None

    def _kinds_with_room(self) -> list[JobKind]:
        kinds = [kind for kind in self._kinds.values() if self._room(kind) > 0]
        self._lacked_room = len(kinds) < len(self._kinds)
        return kinds

    def _room(self, kind: JobKind) -> int:
        return kind.concurrency - self._runs.busy(kind.name)

    async def _next_due(self, kinds: Sequence[str]) -> datetime | None:
        def look(conn: Connection) -> tuple[datetime | None, datetime]:
            return self._store.next_due(conn, kinds), self._database.now(conn)

        next_due, now = await self._database.read(look)
        self._ahead = now - self._clock.now()
        return next_due

    def _now(self) -> datetime:
        """Return the database's time as far as it is known: this machine's clock may be fast or slow by seconds."""
        return self._clock.now() + self._ahead

    async def _claim(
        self, kinds: Sequence[JobKind], *, limit: int, rooms: Mapping[str, int] | None = None
    ) -> Sequence[Job]:
        leases = {kind.name: kind.lease for kind in kinds}
        return await self._database.write(
            lambda conn: self._store.claim(
                conn, leases=leases, limit=limit, holder=self.holder, now=self._database.now(conn), rooms=rooms
            ),
            label="outbox.claim",
        )

    def _spawn(self, job: Job) -> None:
        self._runs.spawn(job, self._kinds[job.kind]).add_done_callback(self._freed)

    def _freed(self, _run: asyncio.Task[None]) -> None:
        if self._lacked_room:
            self._poke.set()


def _is_due(view: JobView, now: datetime) -> bool:
    return (view.lease_until or view.run_at) <= now


async def _cancel(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
