"""Blanks personal data: after the retention time, and of one person when asked; the audit's chain stays as it is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from hub.core.audit import Audit, AuditRecord, Phase
from hub.core.database import Database
from hub.core.jobs import Done, Job, JobKind, Lease, Next
from hub.core.outbox import Outbox
from hub.core.person_store import PersonLink, PersonStore
from hub.core.schedules import Schedule

log = structlog.get_logger(__name__)

BLANK = "core.blank"
ERASE = "core.erase"
METHOD = "hub.erase"
EVERY = timedelta(days=1)
BATCH = 200  # resources in one transaction: some milliseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalData:
    """What one kind of resource holds about persons, and how it is forgotten. A module lists these.

    Attributes:
        resource: "rosreestr.Registration".
        keep: How long after its last change a final resource keeps its personal data.
        due: Returns the ids, so many at most, of resources in a final state that did not change since a time and still
            hold personal data.
        blank: Blanks all personal data of one resource and says True; False, and nothing done, while its state is not
            final, because the data is still needed. True, too, if there is no such resource.
    """

    resource: str
    keep: timedelta
    due: Callable[[Connection, datetime, int], Sequence[str]]
    blank: Callable[[Connection, str], bool]


@dataclass(slots=True)
class _Counts:
    """What a run did."""

    erased: int = 0
    waiting: int = 0

    def told(self) -> dict[str, str]:
        return {"erased": str(self.erased), "waiting": str(self.waiting)}


class Erasure:
    """Two jobs: a daily one for what is old or was asked for before, and one for each person that is to be forgotten.

    Args:
        kinds: What the modules that run hold; asked at every run, since modules may start late.
    """

    def __init__(
        self,
        *,
        database: Database,
        persons: PersonStore,
        audit: Audit,
        outbox: Outbox,
        kinds: Callable[[], Sequence[PersonalData]],
    ) -> None:
        self._database = database
        self._persons = persons
        self._audit = audit
        self._kinds = kinds
        outbox.register(JobKind(name=BLANK, handler=self._blank_old, concurrency=1))
        outbox.register(JobKind(name=ERASE, handler=self._erase, concurrency=1))
        outbox.schedule(Schedule(name=BLANK, every=EVERY, kind=BLANK))

    async def _blank_old(self, job: Job, lease: Lease) -> Next:  # noqa: ARG002 - each batch is a transaction of its own
        counts = _Counts()
        for kind in self._kinds():
            while gone := await self._blank_batch(kind):
                counts.erased += gone
        await self._erase_asked(counts)
        if counts.erased:
            await self._database.scrub()
            await self._audit.write(_record(job, counts))
        log.info("erasure.blanked", erased=counts.erased, waiting=counts.waiting)
        return Done()

    async def _erase(self, job: Job, lease: Lease) -> Next:
        pseudonyms = job.payload["pseudonyms"].split()
        counts = _Counts()
        await self._database.write(
            lambda conn: self._persons.ask(conn, pseudonyms, now=self._database.now(conn)), label="erasure.ask"
        )
        await self._erase_asked(counts)
        await self._database.scrub()
        return await lease.settle(lambda conn: self._audit.append(conn, _record(job, counts)))

    async def _blank_batch(self, kind: PersonalData) -> int:
        def blank(conn: Connection) -> int:
            ids = kind.due(conn, self._database.now(conn) - kind.keep, BATCH)
            for resource_id in ids:
                kind.blank(conn, resource_id)
                self._persons.forget(conn, PersonLink(kind.resource, resource_id))
            return len(ids)

        return await self._database.write(blank, label="erasure.blank")

    async def _erase_asked(self, counts: _Counts) -> None:
        """Blank what is to be erased and may be; what is still needed, or belongs to a module that is off, waits."""
        kinds = {kind.resource: kind for kind in self._kinds()}
        after: PersonLink | None = None
        while links := await self._asked(after):
            gone = await self._database.write(lambda conn: self._erase_batch(conn, links, kinds), label="erasure.erase")
            counts.erased += gone
            counts.waiting += len(links) - gone
            after = links[-1]

    async def _asked(self, after: PersonLink | None) -> Sequence[PersonLink]:
        return await self._database.read(lambda conn: self._persons.asked(conn, after=after, limit=BATCH))

    def _erase_batch(self, conn: Connection, links: Sequence[PersonLink], kinds: dict[str, PersonalData]) -> int:
        gone = 0
        for link in links:
            kind = kinds.get(link.resource)
            if kind is not None and kind.blank(conn, link.resource_id):
                self._persons.forget(conn, link)
                gone += 1
        return gone


def _record(job: Job, counts: _Counts) -> AuditRecord:
    """Tell how many, never who: the datum is not here, and neither is what stands for it."""
    return AuditRecord(
        phase=Phase.ADMIN,
        method=METHOD,
        caller=job.new.caller,
        request_id=job.new.request_id,
        code="OK",
        reason="ERASED" if job.kind == ERASE else "RETENTION_OVER",
        details=counts.told(),
    )
