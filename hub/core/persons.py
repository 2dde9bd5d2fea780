"""Persons as the hub knows them: keyed pseudonyms, by which what it holds of one is found and erased."""

import enum
import re
from collections.abc import Iterable

from sqlalchemy import Connection

from hub.core.crypto import KeyedHash
from hub.core.person_store import PersonLink, PersonStore

_NOT_A_LETTER = re.compile(r"[^0-9a-zа-яё@.]", re.IGNORECASE)
_PURPOSE = "person"


class Identifier(enum.StrEnum):
    """What a person is known by. A value is compared without blanks and dashes, and without case."""

    INN = "inn"
    SNILS = "snils"
    OGRNIP = "ogrnip"
    PASSPORT = "passport"
    PHONE = "phone"
    EMAIL = "email"


class Persons:
    """Notes which resource holds data of whom."""

    def __init__(self, *, store: PersonStore, hashes: KeyedHash) -> None:
        self._store = store
        self._hashes = hashes

    def pseudonym(self, kind: Identifier, value: str) -> str:
        """Return what stands for a person in the database; nobody without the key can make or guess it.

        Raises:
            ValueError: the value is empty.
        """
        return pseudonym(self._hashes, kind, value)

    def link(
        self, conn: Connection, *, resource: str, resource_id: str, known_by: Iterable[tuple[Identifier, str]]
    ) -> None:
        """Note, in the transaction that writes it, whose data a resource holds; empty values are left out."""
        pseudonyms = [self.pseudonym(kind, value) for kind, value in known_by if value]
        self.link_pseudonyms(conn, resource=resource, resource_id=resource_id, pseudonyms=pseudonyms)

    def link_pseudonyms(self, conn: Connection, *, resource: str, resource_id: str, pseudonyms: Iterable[str]) -> None:
        """The same for whoever made the pseudonyms already."""
        for stands_for in pseudonyms:
            self._store.add(conn, stands_for, PersonLink(resource, resource_id))


def pseudonym(hashes: KeyedHash, kind: Identifier, value: str) -> str:
    """Return what stands for a person; see Persons.pseudonym."""
    plain = _NOT_A_LETTER.sub("", value).lower()
    if not plain:
        raise ValueError("an identifier has letters or digits")
    return hashes.pseudonym(f"{_PURPOSE}.{kind.value}", plain)
