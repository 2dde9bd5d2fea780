"""The port to the outbox's table; every method works inside the caller's transaction."""

import abc
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from hub.core.jobs import Job, JobState, NewJob

FAR_AHEAD = timedelta(seconds=15)
"""Work that is due so much later is announced to nobody: each worker looks for more well before (IDLE_POLL_SECONDS)."""


@dataclass(frozen=True, slots=True)
class JobView:
    """A job with its present state, for waiting callers and operators. `reason` is the last ending's code."""

    job: Job
    state: JobState
    run_at: datetime
    holder: str | None
    lease_until: datetime | None
    reason: str
    updated_at: datetime

    def held_by_another(self, holder: str, now: datetime) -> bool:
        """Return whether somebody else's lease on it is alive."""
        return (
            self.state is JobState.LEASED
            and self.holder != holder
            and self.lease_until is not None
            and self.lease_until > now
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """What becomes of a job when a lease ends: its next state, and whether the counters go up or start anew."""

    state: JobState
    run_at: datetime
    reason: str
    setback: bool = False
    failure: bool = False
    clear_sent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class JobCount:
    """How many jobs of a kind are in a state, since when the oldest, and since when the first has been due."""

    kind: str
    state: JobState
    jobs: int
    oldest: datetime
    overdue: datetime | None


class OutboxStore(abc.ABC):
    """Rows of `outbox_jobs` and `schedules`."""

    @abc.abstractmethod
    def add(self, conn: Connection, job_id: str, job: NewJob, *, now: datetime) -> bool:
        """Write a READY job; False if its unique_key is taken."""

    @abc.abstractmethod
    def add_leased(
        self, conn: Connection, job_id: str, job: NewJob, *, now: datetime, holder: str, until: datetime
    ) -> Job:
        """Write a job that the holder is already working on, its first lease."""

    @abc.abstractmethod
    def claim(
        self,
        conn: Connection,
        *,
        leases: Mapping[str, timedelta],
        limit: int,
        holder: str,
        now: datetime,
        rooms: Mapping[str, int] | None = None,
    ) -> Sequence[Job]:
        """Lease due jobs of the given kinds by priority, run_at, id. A lease that expired counts as a failure.

        `rooms`: so many of each kind at most; what is beyond that stays, though it is among the first `limit` due.
        """

    @abc.abstractmethod
    def next_due(self, conn: Connection, kinds: Sequence[str]) -> datetime | None:
        """Return when the next job of the kinds can be claimed."""

    @abc.abstractmethod
    def extend(
        self,
        conn: Connection,
        job_id: str,
        *,
        holder: str,
        fence: int,
        until: datetime,
        sent_at: datetime | None = None,
    ) -> bool:
        """Prolong a lease, marking the job as sent if a time is given; False if it was lost."""

    @abc.abstractmethod
    def finish(self, conn: Connection, job_id: str, *, holder: str, fence: int, ending: Ending, now: datetime) -> bool:
        """End a lease; False if it was lost, and nothing is changed."""

    @abc.abstractmethod
    def release(self, conn: Connection, *, now: datetime, holder: str | None = None, other_than: str = "") -> int:
        """Give back all leases of a holder, or of everybody but one; returns how many."""

    @abc.abstractmethod
    def get(self, conn: Connection, job_id: str) -> JobView | None:
        """Return a job as it stands."""

    @abc.abstractmethod
    def stuck(
        self, conn: Connection, *, limit: int, least_setbacks: int = 1, reasons: Collection[str] = ()
    ) -> Sequence[JobView]:
        """Return dead letters, and open jobs with so many setbacks in a row or that last ended by one of the reasons,
        by id.
        """

    @abc.abstractmethod
    def list(
        self,
        conn: Connection,
        *,
        states: Collection[JobState],
        kind: str = "",
        business_reference: str = "",
        before: str = "",
        limit: int,
    ) -> Sequence[JobView]:
        """Return jobs newest first, older than an id; an empty kind or reference is any."""

    @abc.abstractmethod
    def counts(self, conn: Connection, *, now: datetime) -> Sequence[JobCount]:
        """Count the jobs that are not done, by kind and state."""

    @abc.abstractmethod
    def of_resources(self, conn: Connection, resource_ids: Collection[str]) -> Sequence[JobView]:
        """Return the jobs that work on these resources and are not done."""

    @abc.abstractmethod
    def hasten(self, conn: Connection, job_id: str, *, now: datetime) -> bool:
        """Let a READY job be due now; False if it is not READY."""

    @abc.abstractmethod
    def by_business_reference(self, conn: Connection, reference: str, *, limit: int) -> Sequence[JobView]:
        """Return the jobs of one deal in the order of their creation."""

    @abc.abstractmethod
    def revive(self, conn: Connection, job_id: str, *, now: datetime) -> bool:
        """Make a dead letter READY again, with its counters at zero; False if it is not dead."""

    @abc.abstractmethod
    def discard(self, conn: Connection, job_id: str, *, now: datetime, reason: str) -> bool:
        """Call a READY or dead job DONE without running it; False if it is running or done."""

    @abc.abstractmethod
    def prune(self, conn: Connection, *, before: datetime, limit: int) -> int:
        """Delete so many jobs at most that were DONE before a time; returns how many."""

    @abc.abstractmethod
    def take_slot(self, conn: Connection, name: str, slot: datetime) -> datetime | None:
        """Move a schedule to a slot; returns the slot it was at before, or None if there is nothing to fire.

        A schedule that is new is put at the slot and fires from the next one on.
        """
