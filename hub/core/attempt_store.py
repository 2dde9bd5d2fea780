"""The port to the table of attempts at upstreams; every method works in the caller's transaction."""

import abc
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class UpstreamAttempt:
    """One attempt, as its span told it: ids, an operation's name and how it ended."""

    trace_id: str
    span_id: str
    time: datetime
    business_reference: str
    upstream: str
    operation: str
    outcome: str


class AttemptStore(abc.ABC):
    """Rows of `upstream_attempts`."""

    @abc.abstractmethod
    def add(self, conn: Connection, attempts: Sequence[UpstreamAttempt]) -> None:
        """Write attempts; each is written once."""

    @abc.abstractmethod
    def of(self, conn: Connection, business_reference: str, *, limit: int) -> Sequence[UpstreamAttempt]:
        """Return the newest attempts of a business reference, oldest first."""

    @abc.abstractmethod
    def prune(self, conn: Connection, *, before: datetime, limit: int) -> int:
        """Delete so many attempts at most that are older than a time; returns how many."""
