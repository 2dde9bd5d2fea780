"""Who is in which resource, as rows in SQL."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, select, tuple_, update

from hub.core.database import defer, write_deferred_to
from hub.core.person_store import PersonLink, PersonStore
from hub.storage.prepared import inserting_new
from hub.storage.tables import person_links as links

_ADD = inserting_new(links)


class SqlPersonStore(PersonStore):
    """See PersonStore."""

    def add(self, conn: Connection, pseudonym: str, link: PersonLink) -> None:
        """See PersonStore.add."""
        values = {"pseudonym": pseudonym, "resource": link.resource, "resource_id": link.resource_id}
        defer(conn, [{**values, "erase_from": None}], _ADD.run_each)

    def ask(self, conn: Connection, pseudonyms: Collection[str], *, now: datetime) -> int:
        """See PersonStore.ask."""
        write_deferred_to(conn, _ADD.run_each)
        theirs = links.c.pseudonym.in_(pseudonyms)
        found = conn.execute(select(links.c.resource, links.c.resource_id).where(theirs).distinct()).all()
        conn.execute(update(links).where(theirs, links.c.erase_from.is_(None)).values(erase_from=now))
        return len(found)

    def asked(self, conn: Connection, *, after: PersonLink | None, limit: int) -> Sequence[PersonLink]:
        """See PersonStore.asked."""
        query = select(links.c.resource, links.c.resource_id).where(links.c.erase_from.is_not(None)).distinct()
        if after is not None:
            query = query.where(tuple_(links.c.resource, links.c.resource_id) > (after.resource, after.resource_id))
        ordered = query.order_by(links.c.resource, links.c.resource_id).limit(limit)
        return [PersonLink(row.resource, row.resource_id) for row in conn.execute(ordered)]

    def forget(self, conn: Connection, link: PersonLink) -> None:
        """See PersonStore.forget."""
        write_deferred_to(conn, _ADD.run_each)
        conn.execute(delete(links).where(links.c.resource == link.resource, links.c.resource_id == link.resource_id))
