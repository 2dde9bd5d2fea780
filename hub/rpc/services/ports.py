"""What administration asks of the rest of the process; the composition root gives it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from hub.core.audit_store import AuditPlace, StoredRecord
from hub.core.call import Call
from hub.core.findings import Finding
from hub.core.jobs import JobState
from hub.core.mode import Mode
from hub.core.outbox_store import JobView
from hub.resilience.upstream import UpstreamStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleStatus:
    """One module of the settings; `reason` says why it isn't ready."""

    name: str
    mode: Mode
    is_ready: bool
    reason: str = ""
    providers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryLine:
    """One line of a story; `source` is "hub", "agent" or an upstream's name, `title` is for people."""

    time: datetime
    source: str
    title: str
    resource: str = ""
    state: str = ""
    trace_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """The lines in the order of time, 1,000 at most, and the sources that couldn't be asked."""

    lines: Sequence[StoryLine]
    missing_sources: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StuckLine:
    """Work that does not go on as it should; the causes are those of the contract's StuckWork.

    `job_id` is the outbox's job, if there is one; `next_attempt` when the hub goes on by itself, if it does; `place` is
    where a next page goes on.
    """

    resource: str
    kind: str
    cause: str
    since: datetime
    last_error: str = ""
    business_reference: str = ""
    remedy: str = ""
    job_id: str = ""
    next_attempt: datetime | None = None
    place: str = ""


class ModulesPort(Protocol):
    """The modules. A change is idempotent by the call's request_id, audited with its reason, and outlives a restart."""

    async def statuses(self) -> Sequence[ModuleStatus]:
        """Return all modules of this release, also those that are off."""
        ...

    async def set_mode(self, call: Call, name: str, mode: Mode, *, reason: str) -> ModuleStatus:
        """Let a module further or less far.

        Raises:
            NotFoundError: MODULE_NOT_FOUND.
            PreconditionError: RESTART_REQUIRED: it is not loaded.
        """
        ...


class UpstreamsPort(Protocol):
    """The services outside, as this process sees them."""

    async def statuses(self) -> Sequence[UpstreamStatus]:
        """Return all that are open."""
        ...

    async def reset_breaker(self, call: Call, name: str, *, reason: str) -> UpstreamStatus:
        """Close a breaker, audited with its reason.

        Raises:
            NotFoundError: UPSTREAM_NOT_FOUND.
        """
        ...


class ProbesPort(Protocol):
    """The ways to the services outside."""

    async def probe(self, name: str) -> Sequence[Finding]:
        """Go the way to an upstream step by step, and make one harmless read.

        Raises:
            NotFoundError: UPSTREAM_NOT_FOUND.
        """
        ...


class AuditPort(Protocol):
    """The audit, for reading."""

    async def records(
        self, *, business_reference: str, caller: str, before: AuditPlace | None, limit: int
    ) -> Sequence[StoredRecord]:
        """Return records older than a place, newest first; an empty reference or caller is any."""
        ...


class StoriesPort(Protocol):
    """Stories over all sources."""

    async def tell(self, business_reference: str) -> Story:
        """Tell the story of a reference; one nobody has heard of has no lines."""
        ...


class StuckWorkPort(Protocol):
    """Work that doesn't go on by itself, of all modules."""

    async def waiting(self, *, after: str, limit: int) -> Sequence[StuckLine]:
        """Return the oldest first, after a line's place; empty is from the oldest."""
        ...

    async def resolve(self, call: Call, resource: str, *, vendor_id: str | None, reason: str) -> str:
        """Settle "rosreestr.Registration/<id>": it happened (vendor_id) or did not (None); returns its state.

        Raises:
            NotFoundError: no such resource.
            PreconditionError: OUTCOME_KNOWN.
        """
        ...


class OutboxPort(Protocol):
    """Jobs of the outbox. A change is idempotent by the call's request_id and audited with its reason."""

    async def jobs(
        self, *, states: Collection[JobState], kind: str, business_reference: str, before: str, limit: int
    ) -> Sequence[JobView]:
        """Return jobs newest first, older than an id; no states are all but DONE, an empty text is any."""
        ...

    async def retry(self, call: Call, job_id: str, *, reason: str) -> JobView:
        """Have a dead or waiting job run now.

        Raises:
            NotFoundError: no such job.
            PreconditionError: JOB_NOT_IDLE.
        """
        ...

    async def discard(self, call: Call, job_id: str, *, reason: str, even_if_sent: bool) -> JobView:
        """Have a dead or waiting job never run.

        Raises:
            NotFoundError: no such job.
            PreconditionError: JOB_NOT_IDLE, JOB_MAY_HAVE_SENT.
        """
        ...
