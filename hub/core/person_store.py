"""The port to the table that says which resources are about whom; every method works in the caller's transaction."""

import abc
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection


@dataclass(frozen=True, slots=True, order=True)
class PersonLink:
    """A resource that holds data of a person, known by a keyed pseudonym alone."""

    resource: str
    resource_id: str


class PersonStore(abc.ABC):
    """Rows of `person_links`."""

    @abc.abstractmethod
    def add(self, conn: Connection, pseudonym: str, link: PersonLink) -> None:
        """Note that a resource holds data of a person; noted twice is noted once."""

    @abc.abstractmethod
    def ask(self, conn: Connection, pseudonyms: Collection[str], *, now: datetime) -> int:
        """Mark what is linked to the persons to be erased; returns how many resources that are."""

    @abc.abstractmethod
    def asked(self, conn: Connection, *, after: PersonLink | None, limit: int) -> Sequence[PersonLink]:
        """Return resources that are to be erased, in order, after one."""

    @abc.abstractmethod
    def forget(self, conn: Connection, link: PersonLink) -> None:
        """Delete the links of a resource that holds nothing any more."""
