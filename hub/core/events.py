"""The event log: facts appended in the transaction of the state they tell of, read from a cursor."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import Connection

from hub.core.jobs import JobHandler


@dataclass(frozen=True, slots=True)
class Event:
    """A fact to be told. Ids and states only: no personal data, no secrets.

    Attributes:
        type: CloudEvents type: "rosreestr.registration.submitted".
        subject: The resource's id.
        owner: The caller or group whose resource it is; only they see it.
        business_reference: The contract's or member's number.
        data: Ids and states.
        traceparent: W3C trace context of the cause.
    """

    type: str
    subject: str
    owner: str
    business_reference: str = ""
    data: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    traceparent: str = ""


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event with its place in the log: `cursor` resumes right after it; `source` is the CloudEvents source."""

    id: str
    cursor: str
    source: str
    time: datetime
    event: Event


class Events:
    """Appends events, streams them to subscribers, and hands them to modules as durable jobs."""

    def append(self, conn: Connection, event: Event) -> str:
        """Write the event in the transaction of the state it tells of; returns its id."""
        raise AssertionError((self, conn, event))

    def subscribe(self, *, type: str, name: str, handler: JobHandler) -> None:  # noqa: A002 - CloudEvents' own word
        """Have `handler` run as a job for each event of the type; `name` ("contributions.match") is its kind.

        The job's payload has the event's id as "event_id"; `get` reads it.
        """
        raise AssertionError((self, type, name, handler))

    async def get(self, event_id: str) -> StoredEvent:
        """Return one event.

        Raises:
            NotFoundError: there is none with this id, or it is older than the retention time.
        """
        raise AssertionError((self, event_id))

    async def list(
        self,
        *,
        owner: str | None,
        after: str = "",
        types: Sequence[str] = (),
        business_reference: str = "",
        limit: int = 100,
    ) -> Sequence[StoredEvent]:
        """Return the next events after a cursor; an empty cursor is the oldest kept, owner None is every owner.

        Raises:
            OutOfRangeError: the cursor is older than what is kept (CURSOR_EXPIRED).
            InvalidRequestError: the cursor is none of ours.
        """
        raise AssertionError((self, owner, after, types, business_reference, limit))

    def stream(
        self, *, owner: str | None, after: str | None = None, types: Sequence[str] = (), business_reference: str = ""
    ) -> AsyncIterator[StoredEvent]:
        """Yield events after a cursor, then each new one as it is committed, until closed; None starts at the present.

        Raises as `list` does.
        """
        raise AssertionError((self, owner, after, types, business_reference))
