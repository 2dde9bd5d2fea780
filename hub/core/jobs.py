"""The words of durable work: what a job is, what its handler is given and what the handler answers."""

import abc
import enum
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType

from sqlalchemy import Connection

from hub.core.errors import HubError


@dataclass(frozen=True, slots=True)
class NewJob:
    """Work to be done at least once, written in the transaction that makes it necessary.

    Attributes:
        kind: A registered JobKind's name, "rosreestr.submit".
        payload: Ids only, as text. What must be sent again is kept in an encrypted column by the module.
        resource, resource_id: What it works on, "rosreestr.Registration" and its id; empty if nothing.
        owner, caller, method, request_id, business_reference, traceparent: of the call that caused it.
        unique_key: A second job with the same key is not written, as long as the first one is kept (30 days).
        run_at: Not before this time; None is now.
        priority: Lower goes first.
    """

    kind: str
    payload: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    resource: str = ""
    resource_id: str = ""
    owner: str = ""
    caller: str = ""
    method: str = ""
    request_id: str = ""
    business_reference: str = ""
    traceparent: str = ""
    unique_key: str | None = None
    run_at: datetime | None = None
    priority: int = 100


class JobState(enum.StrEnum):
    """Where a job stands."""

    READY = "ready"
    LEASED = "leased"
    DONE = "done"
    DEAD = "dead"

    @property
    def is_open(self) -> bool:
        """Whether it will be run (again) without a person."""
        return self in {JobState.READY, JobState.LEASED}


@dataclass(frozen=True, slots=True)
class Job:
    """A job as its handler sees it.

    `attempt` counts leases from 1, `setbacks` those in a row that got no further, `failures` those of them that ended
    by a crash or an unexpected error. `handed` is what `Effects.start` was given for the run at birth, which needn't
    read then what was just written; None in every other run.
    """

    id: str
    new: NewJob
    attempt: int
    setbacks: int
    failures: int
    fence: int
    created_at: datetime
    sent_at: datetime | None
    handed: object = field(default=None, repr=False, compare=False)

    @property
    def kind(self) -> str:
        """The registered kind."""
        return self.new.kind

    @property
    def payload(self) -> Mapping[str, str]:
        """The ids it was written with."""
        return self.new.payload

    @property
    def resource_id(self) -> str:
        """The id of what it works on."""
        return self.new.resource_id


@dataclass(frozen=True, slots=True)
class Done:
    """Nothing more to do."""


@dataclass(frozen=True, slots=True)
class Again:
    """Run it again later: after `delay`, or after the kind's backoff if there is none.

    Attributes:
        delay: How long to wait, which is no setback (polling); None is a setback and takes the kind's backoff.
        reason: Why, as a code ("BREAKER_OPEN", "STILL_IN_REVIEW"); shown to operators.
        nothing_sent: True if certainly nothing reached the vendor in this attempt: the "sent" mark is taken back.
        error: What a caller that waits for the outcome may be told.
    """

    delay: timedelta | None = None
    reason: str = ""
    nothing_sent: bool = False
    error: HubError | None = None


@dataclass(frozen=True, slots=True)
class Dead:
    """Give up; a person looks at it (`hub outbox list`). The reason is a code."""

    reason: str


Next = Done | Again | Dead


class Lease(abc.ABC):
    """The right to work on one job until it ends or is lost. Nothing is settled by a worker that lost it."""

    @property
    @abc.abstractmethod
    def attempt(self) -> int:
        """Which lease of the job this is, from 1."""

    @property
    @abc.abstractmethod
    def fence(self) -> int:
        """A number that grows with every lease of the job."""

    @property
    @abc.abstractmethod
    def may_have_been_sent(self) -> bool:
        """True if an earlier attempt passed `check` and its outcome was never settled: ask the vendor first."""

    @property
    @abc.abstractmethod
    def sent_at(self) -> datetime | None:
        """When an attempt, this one included, last passed `check`; the vendor's visibility window starts there."""

    @abc.abstractmethod
    async def check(self, change: Callable[[Connection], None] | None = None) -> None:
        """Call this just before any outward *write*: proves the lease, extends it, marks the job as sent, durably.

        The write must take less time than the kind's lease. Don't call it before a vendor read. `change` is written in
        the same transaction: what must be known of this write should the process die during it (whom it went to).

        Raises:
            LeaseLostError: send nothing.
        """

    @abc.abstractmethod
    async def settle(
        self,
        change: Callable[[Connection], None],
        *,
        then: Next | None = None,
        code: str = "OK",
        reason: str = "",
        payload_hash: str | Callable[[Connection], str] = "",
    ) -> Next:
        """Write what happened in one transaction: fence check, `change`, the audit outcome, the job's next state.

        Args:
            change: Moves the resource by compare-and-set and appends its events; what it raises undoes all.
            then: What becomes of the job; None is Done().
            code: The outcome's gRPC status name for the audit record.
            reason: The outcome's reason code for the audit record.
            payload_hash: SHA-256, hex, of what came of it, for the audit record: evidence is bound to it; or what reads
                it after `change`, where it is over more than `change` writes.

        Returns:
            `then`, so that a handler can `return await lease.settle(...)`.

        Raises:
            LeaseLostError: nothing was written.
        """


JobHandler = Callable[[Job, Lease], Awaitable[Next]]
OnDead = Callable[[Connection, Job, str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class JobKind:
    """How one kind of job is run.

    Attributes:
        name: "<module>.<verb>".
        handler: Does the work and settles it. A HubError it raises means: again after retry_after or the backoff, for
            as long as it takes; any other error is a failure.
        concurrency: At most so many at once in this process.
        lease: How long a lease lasts without renewal; longer than any one outward attempt.
        max_run: A handler that runs longer is cancelled, which is a failure.
        max_failures: So many failures in a row make it a dead letter.
        first_delay, max_delay: The backoff doubles from the one to the other, with jitter.
        on_dead: Runs in the transaction that gives up, with the reason: lets the resource say so.
    """

    name: str
    handler: JobHandler
    concurrency: int = 8
    lease: timedelta = timedelta(seconds=60)
    max_run: timedelta = timedelta(minutes=10)
    max_failures: int = 20
    first_delay: timedelta = timedelta(seconds=1)
    max_delay: timedelta = timedelta(minutes=10)
    on_dead: OnDead | None = None
