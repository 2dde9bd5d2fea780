"""Work of all modules that does not go on as it should, each with what a person may do about it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from hub.app.administration import admin_record
from hub.app.modules import HostedModule
from hub.app.outbox_administration import resource_of
from hub.core.audit import Audit
from hub.core.call import Call
from hub.core.database import Database
from hub.core.errors import NotFoundError
from hub.core.jobs import JobState
from hub.core.outbox_store import JobView, OutboxStore
from hub.module_api import Resolution, StuckResource
from hub.rpc.services.ports import StuckLine

MAX_STUCK = 1000  # of each source; who has more stuck work than this has another problem
LEAST_SETBACKS = 3  # in a row: some seconds of backoff; fewer are an ordinary day

_GIVEN_UP = "The work was given up: find the cause by its reason and trace, mend it, then `hub outbox retry` it."
_TRIED_AGAIN = "The hub goes on by itself; find the cause by its reason and trace."
_ASKED = "The hub asks by itself; nothing to do yet."
_MODULE = "Its RPCs answer MODULE_NOT_READY; mend what its reason names: it is tried again by itself."
_REMEDIES = {
    "UPSTREAM_UNAVAILABLE": "The provider is away or its breaker is open: `hub upstreams`, then `hub probe` it.",
    "UPSTREAM_ANSWER_INVALID": "The provider's answers can't be read: `hub probe` it, and ask its operator.",
    "UPSTREAM_QUOTA_EXCEEDED": "The provider's quota is used up; the work goes on when it is there again.",
    "UPSTREAM_CREDENTIALS_REFUSED": "Renew the provider's certificate or key, `hub probe` it; the work then goes on.",
    "AGENT_UNAVAILABLE": "The signer agent can't be reached: `hub probe` it, start it; the work then goes on.",
    "MODULE_READ_ONLY": "The module lets nothing out: switch it on (SetModuleMode) when it may.",
    "DISK_SPACE_LOW": "Make room on the hub's disk.",
    "INTERNAL": "A fault of the hub: look into its log by the trace, and report it.",
    "RAN_TOO_LONG": "The work hangs: look into the log by the trace.",
}


class StuckWork:
    """Lists it, and settles outcomes that nobody can find out by asking."""

    def __init__(
        self,
        *,
        hosted: Callable[[], Iterable[HostedModule]],
        database: Database,
        outbox: OutboxStore,
        audit: Audit,
    ) -> None:
        self._hosted = hosted
        self._database = database
        self._outbox = outbox
        self._audit = audit

    async def waiting(self, *, after: str, limit: int) -> Sequence[StuckLine]:
        """Return the oldest first, after a line's place."""
        unknown = [item for hosted in self._hosted() for item in await _stuck(hosted)]
        lines = await self._database.read(lambda conn: self._lines(conn, unknown))
        lines += [
            _not_ready(hosted, since) for hosted in self._hosted() if (since := hosted.not_ready_since) is not None
        ]
        return sorted((line for line in lines if line.place > after), key=lambda line: line.place)[:limit]

    async def resolve(self, call: Call, resource: str, *, vendor_id: str | None, reason: str) -> str:
        """Settle an unknown outcome; see StuckWorkPort. A dead letter of it is settled with it."""
        kind, _, resource_id = resource.partition("/")
        for hosted in self._hosted():
            resolver = hosted.running.resolvers.get(kind) if hosted.running is not None else None
            if resolver is not None:
                await self._audit.write(admin_record(call, resource, reason, code=""))
                state = await resolver(call, Resolution(resource_id=resource_id, vendor_id=vendor_id, reason=reason))
                await self._database.write(lambda conn: self._bury(conn, kind, resource_id), label="stuck.resolve")
                return state
        raise NotFoundError("no such resource; ListStuckWork names those that wait", metadata={"resource": kind})

    def _bury(self, conn: Connection, kind: str, resource_id: str) -> None:
        """Discard the dead letters of a resource that is settled now."""
        now = self._database.now(conn)
        for view in self._outbox.of_resources(conn, [resource_id]):
            if view.state is JobState.DEAD and view.job.new.resource == kind:
                self._outbox.discard(conn, view.job.id, now=now, reason="RESOLVED")

    def _lines(self, conn: Connection, unknown: Sequence[StuckResource]) -> list[StuckLine]:
        waiting: dict[str, str] = {}
        for hosted in self._hosted():
            waiting |= hosted.running.remedies if hosted.running is not None else {}
        found = self._outbox.stuck(conn, limit=MAX_STUCK, least_setbacks=LEAST_SETBACKS, reasons=waiting)
        resource_ids = [item.resource.partition("/")[2] for item in unknown]
        jobs = {resource_of(view): view for view in self._outbox.of_resources(conn, resource_ids)}
        lines = [_unknown(item, jobs.get(item.resource)) for item in unknown]
        told = {line.job_id for line in lines}
        return lines + [_hindered(view, waiting) for view in found if view.job.id not in told]


async def _stuck(hosted: HostedModule) -> Sequence[StuckResource]:
    if hosted.running is None or hosted.running.stuck is None:
        return ()
    return await hosted.running.stuck(MAX_STUCK)


def _unknown(item: StuckResource, view: JobView | None) -> StuckLine:
    line = StuckLine(
        resource=item.resource,
        kind=item.kind,
        cause="OUTCOME_UNKNOWN",
        since=item.since,
        last_error=item.last_error,
        business_reference=item.business_reference,
        remedy=item.remedy,
        place=_place(item.since, item.resource),
    )
    if view is None:
        return line
    line = replace(line, job_id=view.job.id, last_error=view.reason or item.last_error)
    return replace(line, next_attempt=view.run_at, remedy=_ASKED) if view.state.is_open else line


def _hindered(view: JobView, waiting: Mapping[str, str]) -> StuckLine:
    is_dead, resource = view.state is JobState.DEAD, resource_of(view)
    cause = "DEAD_LETTER" if is_dead else "WAITING" if view.reason in waiting else "SETBACKS"
    return StuckLine(
        resource=resource,
        kind=view.job.kind,
        cause=cause,
        since=view.updated_at if is_dead else view.job.created_at,
        last_error=view.reason,
        business_reference=view.job.new.business_reference,
        remedy=_GIVEN_UP if is_dead else waiting.get(view.reason) or _REMEDIES.get(view.reason, _TRIED_AGAIN),
        job_id=view.job.id,
        next_attempt=None if is_dead else view.run_at,
        place=_place(view.updated_at if is_dead else view.job.created_at, f"{resource} {view.job.id}"),
    )


def _not_ready(hosted: HostedModule, since: datetime) -> StuckLine:
    resource = f"hub.Module/{hosted.name}"
    return StuckLine(
        resource=resource,
        kind=hosted.name,
        cause="MODULE_NOT_READY",
        since=since,
        last_error=hosted.reason,
        remedy=_MODULE,
        place=_place(since, resource),
    )


def _place(since: datetime, resource: str) -> str:
    return f"{since.isoformat(timespec='microseconds')} {resource}"
