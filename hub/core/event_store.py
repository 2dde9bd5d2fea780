"""The port to the event table; every method works inside the caller's transaction."""

import abc
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import Connection

HUBS_OWN = ""
"""The owner of what happens to the hub itself: administrators are told."""


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
class EventRow:
    """An event with its sequence number, from 1 without gaps."""

    sequence: int
    id: str
    time: datetime
    event: Event


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFilter:
    """Which events: owner None is every owner, no types are all types, an empty reference is any.

    A type with a trailing "*" stands for every type that begins so.
    """

    owner: str | None
    types: Sequence[str] = ()
    business_reference: str = ""


@dataclass(frozen=True, slots=True)
class EventPage:
    """The next matching events, and the place up to which the log was looked through."""

    rows: Sequence[EventRow]
    looked_to: int


class EventStore(abc.ABC):
    """Rows of `events`."""

    @abc.abstractmethod
    def add(self, conn: Connection, event_id: str, event: Event, *, time: datetime) -> None:
        """Append an event."""

    @abc.abstractmethod
    def get(self, conn: Connection, event_id: str) -> EventRow | None:
        """Return an event by id."""

    @abc.abstractmethod
    def page(self, conn: Connection, wanted: EventFilter, *, after: int, limit: int) -> EventPage:
        """Return the next events after a sequence number."""

    @abc.abstractmethod
    def bounds(self, conn: Connection) -> tuple[int, int]:
        """Return the oldest and the newest sequence number kept; (0, 0) if there never was an event."""

    @abc.abstractmethod
    def prune(self, conn: Connection, *, before: datetime, limit: int) -> int:
        """Delete so many events at most, oldest first, that are older than a time; returns how many.

        Never the newest one: it tells where the log is.
        """
