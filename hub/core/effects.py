"""The only way to change the outside world: intent, call, outcome, each durable before the next."""

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Generic, TypeVar

from sqlalchemy import Connection

from hub.core.call import Call
from hub.core.errors import HubError
from hub.core.vendor_reference import ReferenceShape, VendorReference

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Claim:
    """What `begin` is given: this request is new, and ours. `now` is the database's time."""

    call: Call
    resource_id: str
    job_id: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Started:
    """The effect that the request stands for; `replayed` if an earlier call with the same request_id began it."""

    resource_id: str
    job_id: str
    replayed: bool


class Progress(enum.Enum):
    """How far the work has come when the waiting ends."""

    SETTLED = "settled"
    WAITING = "waiting"
    RUNNING = "running"


@dataclass(frozen=True, slots=True)
class Awaited:
    """The end of waiting: SETTLED (done or given up), WAITING (goes on later; `error`: why), RUNNING (time is up)."""

    progress: Progress
    error: HubError | None = None


@dataclass(frozen=True, slots=True)
class Recorded(Generic[T]):
    """A change without an outward call. `value` is what `change` returned; None when replayed: read the resource."""

    resource_id: str
    replayed: bool
    value: T | None


class Effects:
    """Runs outward changes as jobs that are leased at birth, so that recovery after a crash runs the very same code."""

    def reference(self, call: Call, *, shape: ReferenceShape, attempt: int = 1) -> VendorReference:
        """Return our reference for the call at a vendor; `begin` stores it with the resource."""
        raise AssertionError((call, shape, attempt))

    async def start(
        self,
        call: Call,
        *,
        kind: str,
        resource: str,
        resource_id: str,
        begin: Callable[[Connection, Claim], None],
        payload: Mapping[str, str] = MappingProxyType({}),
        keep_forever: bool = False,
    ) -> Started:
        """Claim the request_id and, if it is new, write the intent; the job runs at once in a task of the hub's own.

        One transaction: idempotency key, `begin` (the PENDING resource with its vendor reference), audit intent, job.
        Cancelling the caller stops neither the transaction nor the job.

        Args:
            call: Who asks; its request_id must not be empty.
            kind: The JobKind that does the outward work.
            resource: The resource's type, "rosreestr.Registration".
            resource_id: A new id (Ids.resource_id), or that of the resource that is changed.
            begin: Writes the resource; not run on a replay. What it raises undoes all and is raised here.
            payload: More ids for the job's handler.
            keep_forever: Keep the idempotency key for ever (money, registrations) instead of 30 days.

        Raises:
            AlreadyExistsError: the request_id was used for other content (REQUEST_ID_REUSED).
            InProgressError: another process holds its job; retry_after says when to ask again.
            ExhaustedError: the disk is nearly full (DISK_SPACE_LOW), or too many writes wait.
            UnavailableError: nothing can be made durable, or the hub is stopping.
        """
        raise AssertionError((self, call, kind, resource, resource_id, begin, payload, keep_forever))

    async def await_outcome(self, call: Call, started: Started) -> Awaited:
        """Wait until the job's present run ends, or the call's deadline; then read the resource as it stands."""
        raise AssertionError((self, call, started))

    async def record(
        self,
        call: Call,
        *,
        resource: str,
        resource_id: str,
        change: Callable[[Connection, Claim], T],
        keep_forever: bool = False,
    ) -> Recorded[T]:
        """Make a change that needs no outward call: idempotency key, `change` and the audit record in one transaction.

        `change` appends its events and jobs itself. Raises as `start` does.
        """
        raise AssertionError((self, call, resource, resource_id, change, keep_forever))
