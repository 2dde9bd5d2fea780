"""What administrators see and settle, put together from modules, upstreams and audit; HubService speaks to this."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from hub.app.modules import Modules
from hub.core.audit import Audit, AuditRecord, Phase
from hub.core.audit_store import AuditPlace, StoredRecord
from hub.core.audit_trail import AuditTrail
from hub.core.call import Call
from hub.core.database import MODES_TOPIC, Database, touch
from hub.core.effects import Claim, Effects
from hub.core.errors import NotFoundError, PreconditionError, UnavailableError
from hub.core.mode import Mode
from hub.resilience.upstream import Upstreams, UpstreamStatus
from hub.rpc.services.ports import ModuleStatus
from hub.storage.inserts import insert_new
from hub.storage.tables import module_modes

DOMAIN = "landhub.hub.v1"


class ModulesAdministration:
    """Shows the modules and changes their mode, durably.

    Args:
        shipped: The modules of this release.
    """

    def __init__(
        self, *, modules: Modules, shipped: Sequence[str], database: Database, effects: Effects, audit: Audit
    ) -> None:
        self._modules = modules
        self._shipped = shipped
        self._database = database
        self._effects = effects
        self._audit = audit

    async def statuses(self) -> Sequence[ModuleStatus]:
        """Return all modules of this release, also those that are off."""
        return [self._status(name) for name in sorted({*self._shipped, *self._modules.hosted})]

    async def set_mode(self, call: Call, name: str, mode: Mode, *, reason: str) -> ModuleStatus:
        """Let a module further or less far; see ModulesPort."""
        hosted = self._modules.hosted.get(name)
        if hosted is None and name not in self._shipped:
            raise NotFoundError(
                "no such module; ListModules names them",
                reason="MODULE_NOT_FOUND",
                domain=DOMAIN,
                metadata={"module": name},
            )
        if hosted is None or (not hosted.is_loaded and mode is not Mode.OFF):
            raise PreconditionError(
                f"module {name} is off and not loaded: set its mode in the settings and restart the hub",
                reason="RESTART_REQUIRED",
                domain=DOMAIN,
            )

        def change(conn: Connection, claim: Claim) -> None:
            touch(conn, MODES_TOPIC)
            values = {"mode": mode.value, "changed_by": call.caller, "reason": reason, "changed_at": claim.now}
            if not insert_new(conn, module_modes, {"module": name, **values}):
                conn.execute(module_modes.update().where(module_modes.c.module == name).values(values))
            self._audit.append(conn, admin_record(call, f"hub.Module/{name}", reason, mode=mode.value))

        recorded = await self._effects.record(call, resource="hub.Module", resource_id=name, change=change)
        if not recorded.replayed:
            self._modules.set_mode(name, mode)
        return self._status(name)

    def _status(self, name: str) -> ModuleStatus:
        hosted = self._modules.hosted.get(name)
        if hosted is None:
            return ModuleStatus(name=name, mode=Mode.OFF, is_ready=False, reason="it is off in the settings")
        running = hosted.running
        return ModuleStatus(
            name=name,
            mode=hosted.mode,
            is_ready=running is not None and hosted.is_ready,
            reason=hosted.reason,
            providers=tuple(running.providers) if running is not None else (),
        )


class UpstreamsAdministration:
    """Shows the upstreams and closes their breakers."""

    def __init__(self, *, upstreams: Upstreams, effects: Effects, audit: Audit) -> None:
        self._upstreams = upstreams
        self._effects = effects
        self._audit = audit

    async def statuses(self) -> Sequence[UpstreamStatus]:
        """Return all that are open."""
        return self._upstreams.statuses()

    async def reset_breaker(self, call: Call, name: str, *, reason: str) -> UpstreamStatus:
        """Close a breaker; see UpstreamsPort."""
        upstream = self._upstreams.get(name)
        if upstream is None:
            raise NotFoundError(
                "no such upstream; ListUpstreams names them",
                reason="UPSTREAM_NOT_FOUND",
                domain=DOMAIN,
                metadata={"upstream": name},
            )

        def change(conn: Connection, _claim: Claim) -> None:
            self._audit.append(conn, admin_record(call, f"hub.Upstream/{name}", reason))

        recorded = await self._effects.record(call, resource="hub.Upstream", resource_id=name, change=change)
        if not recorded.replayed:
            upstream.reset_breaker()
        return upstream.status()


class AuditReader:
    """Reads the audit, in the database and in its segments."""

    def __init__(self, *, trail: AuditTrail) -> None:
        self._trail = trail

    async def records(
        self, *, business_reference: str, caller: str, before: AuditPlace | None, limit: int
    ) -> Sequence[StoredRecord]:
        """Return records older than a place, newest first.

        Raises:
            UnavailableError: some of them are in a segment that can't be read here.
        """
        found = await self._trail.list(business_reference=business_reference, caller=caller, before=before, limit=limit)
        if found.missing:
            raise UnavailableError(
                "older records are in segments that can't be read here; bring them back, and run: hub audit verify",
                reason="AUDIT_UNAVAILABLE",
                metadata={"segments": " ".join(found.missing)},
            )
        return found.records


async def stored_modes(database: Database) -> dict[str, Mode]:
    """Return the modes that administrators have set, by module."""

    def read(conn: Connection) -> dict[str, Mode]:
        rows = conn.execute(select(module_modes.c.module, module_modes.c.mode))
        return {row.module: Mode(row.mode) for row in rows}

    return await database.read(read)


def admin_record(call: Call, resource: str, reason: str, *, code: str = "OK", mode: str = "") -> AuditRecord:
    """Return the record of what an administrator did, with his reason."""
    return AuditRecord(
        phase=Phase.ADMIN,
        method=call.method,
        caller=call.caller,
        request_id=call.request_id,
        business_reference=call.business_reference,
        resource=resource,
        code=code,
        trace_id=call.trace_id,
        details={"reason": reason, "mode": mode} if mode else {"reason": reason},
    )
