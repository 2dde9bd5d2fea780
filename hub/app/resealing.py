"""Seals encrypted columns anew under the first key of the settings, in the background, so that older keys can go."""

from datetime import timedelta

import structlog
from sqlalchemy import Connection

from hub.core.audit import Audit, AuditRecord, Phase
from hub.core.crypto import DecryptionError, KeyRing
from hub.core.database import Database
from hub.core.jobs import Done, Job, JobKind, Lease, Next
from hub.core.outbox import Outbox
from hub.core.schedules import Schedule
from hub.storage.sealed_rows import SealedPlace, replace_sealed, sealed_otherwise, sealed_places

log = structlog.get_logger(__name__)

KIND = "core.reseal"
EVERY = timedelta(hours=1)
BATCH = 200  # values in one transaction: some milliseconds, unless they are documents


class Resealing:
    """An hourly job. Where all is under the first key, it reads and changes nothing."""

    def __init__(self, *, database: Database, ring: KeyRing, audit: Audit, outbox: Outbox) -> None:
        self._database = database
        self._ring = ring
        self._audit = audit
        outbox.register(JobKind(name=KIND, handler=self._handle, concurrency=1))
        outbox.schedule(Schedule(name=KIND, every=EVERY, kind=KIND))

    async def _handle(self, job: Job, lease: Lease) -> Next:  # noqa: ARG002 - each batch is a transaction of its own
        resealed = unreadable = 0
        for place in await self._database.read(lambda conn: list(sealed_places(conn))):
            done, failed = await self._reseal(place)
            resealed, unreadable = resealed + done, unreadable + failed
        if resealed or unreadable:
            log.info("columns.resealed", values=resealed, unreadable=unreadable)
            counts = {"resealed": str(resealed), "unreadable": str(unreadable)}
            await self._audit.write(AuditRecord(phase=Phase.ADMIN, method=f"job/{KIND}", code="OK", details=counts))
        return Done()

    async def _reseal(self, place: SealedPlace) -> tuple[int, int]:
        """Seal a column's values anew; returns how many, and how many none of the keys opens."""
        resealed = unreadable = 0
        after: str | None = ""
        while after is not None:
            start = after
            after, done, failed = await self._database.write(lambda conn: self._batch(conn, place, start), label=KIND)  # noqa: B023 - awaited at once
            resealed, unreadable = resealed + done, unreadable + failed
        return resealed, unreadable

    def _batch(self, conn: Connection, place: SealedPlace, after: str) -> tuple[str | None, int, int]:
        rows = sealed_otherwise(conn, place, head=self._ring.active_head, after=after, limit=BATCH)
        done = failed = 0
        for row_id, old in rows:
            where = f"{place.table}.{place.column}.{row_id}"
            try:
                new = self._ring.seal(self._ring.open(old, place=where), place=where)
            except DecryptionError:
                failed += 1  # its key is gone, or it only looks like one of ours: it stays as it is
                continue
            done += replace_sealed(conn, place, row_id, old=old, new=new)
        return (rows[-1][0] if rows else None), done, failed
