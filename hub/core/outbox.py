"""Does durable work: claims jobs under a lease, runs their handlers, retries, gives up, wakes by the clock."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType

from sqlalchemy import Connection

from hub.core.jobs import JobKind, NewJob


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Work at every slot of `every` (counted from 1970, UTC): once over all replicas, once after a long sleep.

    Attributes:
        name: "<module>.<what>", for ever the same.
        every: The slot's length.
        kind: The JobKind that runs; its payload gets the slot's start as "slot" (ISO 8601).
        payload: More ids for the handler.
        catch_up: Run every missed slot, not just the last one.
    """

    name: str
    every: timedelta
    kind: str
    payload: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    catch_up: bool = False


class Outbox:
    """The worker of this process."""

    def register(self, kind: JobKind) -> None:
        """Make a kind known, before `start`. Raises ValueError if it is known already."""
        raise AssertionError((self, kind))

    def schedule(self, schedule: Schedule) -> None:
        """Make a schedule known, before `start`."""
        raise AssertionError((self, schedule))

    def enqueue(self, conn: Connection, job: NewJob) -> str | None:
        """Write a job in the transaction that makes it necessary; returns its id, None if its unique_key is taken."""
        raise AssertionError((self, conn, job))

    async def start(self) -> None:
        """Begin to claim and run jobs."""
        raise AssertionError(self)

    async def stop(self, *, grace_seconds: float) -> None:
        """Claim no more; wait that long for what runs, then cancel it and give its leases back."""
        raise AssertionError((self, grace_seconds))

    async def run_due(self) -> int:
        """Run what is due, one job after the other in a fixed order, until nothing is; returns how many ran.

        For tests and campaigns, instead of `start`.
        """
        raise AssertionError(self)
