"""landhub.hub.v1.HubService: what administrators see and settle; messages in, ports of this folder out."""

from datetime import datetime

from google.protobuf.timestamp_pb2 import Timestamp

from hub.core.audit_store import AuditPlace, StoredRecord
from hub.core.call import Call
from hub.core.mode import Mode
from hub.resilience.gate import BreakerState
from hub.resilience.upstream import UpstreamStatus
from hub.rpc.pages import PageTokens, page_size
from hub.rpc.services.ports import (
    AuditPort,
    ModulesPort,
    ModuleStatus,
    StoriesPort,
    StoryLine,
    StuckLine,
    StuckWorkPort,
    UpstreamsPort,
)
from landhub.hub.v1 import hub_pb2, hub_service_pb2

_MODES = {
    Mode.OFF: hub_pb2.MODULE_MODE_OFF,
    Mode.READ_ONLY: hub_pb2.MODULE_MODE_READ_ONLY,
    Mode.ON: hub_pb2.MODULE_MODE_ON,
}
_MODES_ASKED = {number: mode for mode, number in _MODES.items()}
_BREAKERS = {
    BreakerState.CLOSED: hub_pb2.BREAKER_STATE_CLOSED,
    BreakerState.OPEN: hub_pb2.BREAKER_STATE_OPEN,
    BreakerState.HALF_OPEN: hub_pb2.BREAKER_STATE_HALF_OPEN,
}


class HubServicer:
    """Serves administration; who may call it is the server's matter."""

    def __init__(
        self,
        *,
        modules: ModulesPort,
        upstreams: UpstreamsPort,
        audit: AuditPort,
        stories: StoriesPort,
        stuck_work: StuckWorkPort,
        pages: PageTokens,
    ) -> None:
        self._modules = modules
        self._upstreams = upstreams
        self._audit = audit
        self._stories = stories
        self._stuck_work = stuck_work
        self._pages = pages

    async def list_modules(
        self, request: hub_service_pb2.ListModulesRequest, call: Call
    ) -> hub_service_pb2.ListModulesResponse:
        """Return all modules."""
        del request, call
        return hub_service_pb2.ListModulesResponse(modules=map(_module, await self._modules.statuses()))

    async def set_module_mode(
        self, request: hub_service_pb2.SetModuleModeRequest, call: Call
    ) -> hub_service_pb2.SetModuleModeResponse:
        """Let a module further or less far."""
        mode = _MODES_ASKED[request.mode]
        status = await self._modules.set_mode(call, request.module, mode, reason=request.reason)
        return hub_service_pb2.SetModuleModeResponse(module=_module(status))

    async def list_upstreams(
        self, request: hub_service_pb2.ListUpstreamsRequest, call: Call
    ) -> hub_service_pb2.ListUpstreamsResponse:
        """Return all upstreams."""
        del request, call
        return hub_service_pb2.ListUpstreamsResponse(upstreams=map(_upstream, await self._upstreams.statuses()))

    async def reset_breaker(
        self, request: hub_service_pb2.ResetBreakerRequest, call: Call
    ) -> hub_service_pb2.ResetBreakerResponse:
        """Close a breaker now."""
        status = await self._upstreams.reset_breaker(call, request.upstream, reason=request.reason)
        return hub_service_pb2.ResetBreakerResponse(upstream=_upstream(status))

    async def list_audit_records(
        self, request: hub_service_pb2.ListAuditRecordsRequest, call: Call
    ) -> hub_service_pb2.ListAuditRecordsResponse:
        """Return a page of audit records, newest first."""
        position, limit = self._pages.position(call, request), page_size(request)
        found = await self._audit.records(
            business_reference=request.business_reference,
            caller=request.caller,
            before=_place(position) if position else None,
            limit=limit,
        )
        more = self._pages.make(call, request, _position(found[-1])) if len(found) == limit else ""
        return hub_service_pb2.ListAuditRecordsResponse(records=map(_record, found), next_page_token=more)

    async def get_story(self, request: hub_service_pb2.GetStoryRequest, call: Call) -> hub_service_pb2.GetStoryResponse:
        """Tell the story of a business reference."""
        del call
        story = await self._stories.tell(request.business_reference)
        return hub_service_pb2.GetStoryResponse(
            entries=map(_entry, story.lines), missing_sources=list(story.missing_sources)
        )

    async def list_stuck_work(
        self, request: hub_service_pb2.ListStuckWorkRequest, call: Call
    ) -> hub_service_pb2.ListStuckWorkResponse:
        """Return a page of work that waits for a person, oldest first."""
        limit = page_size(request)
        found = await self._stuck_work.waiting(after=self._pages.position(call, request), limit=limit)
        more = self._pages.make(call, request, found[-1].place) if len(found) == limit else ""
        return hub_service_pb2.ListStuckWorkResponse(work=map(_stuck, found), next_page_token=more)

    async def resolve_outcome(
        self, request: hub_service_pb2.ResolveOutcomeRequest, call: Call
    ) -> hub_service_pb2.ResolveOutcomeResponse:
        """Settle an outcome that can't be found out by asking."""
        vendor_id = request.happened.vendor_id if request.WhichOneof("resolution") == "happened" else None
        state = await self._stuck_work.resolve(call, request.resource, vendor_id=vendor_id, reason=request.reason)
        return hub_service_pb2.ResolveOutcomeResponse(resource=request.resource, state=state)


def _module(status: ModuleStatus) -> hub_pb2.Module:
    return hub_pb2.Module(
        name=status.name,
        mode=_MODES[status.mode],
        ready=status.is_ready,
        not_ready_reason="" if status.is_ready else status.reason,
        providers=status.providers,
    )


def _upstream(status: UpstreamStatus) -> hub_pb2.Upstream:
    return hub_pb2.Upstream(
        name=status.name,
        breaker_state=_BREAKERS[status.breaker],
        last_success_time=_time(status.last_success_time),
        last_failure_time=_time(status.last_failure_time),
        consecutive_failures=status.consecutive_failures,
    )


def _record(stored: StoredRecord) -> hub_pb2.AuditRecord:
    return hub_pb2.AuditRecord(
        instance=stored.instance,
        sequence=stored.sequence,
        record_time=_time(stored.time),
        phase=stored.record.phase.value,
        caller=stored.record.caller,
        method=stored.record.method,
        request_id=stored.record.request_id,
        business_reference=stored.record.business_reference,
        resource=stored.record.resource,
        outcome=stored.record.code,
        reason=stored.record.reason,
        trace_id=stored.record.trace_id,
        hash=stored.hash,
    )


def _entry(line: StoryLine) -> hub_pb2.StoryEntry:
    return hub_pb2.StoryEntry(
        entry_time=_time(line.time),
        source=line.source,
        title=line.title,
        resource=line.resource,
        state=line.state,
        trace_id=line.trace_id,
    )


def _stuck(line: StuckLine) -> hub_pb2.StuckWork:
    return hub_pb2.StuckWork(
        resource=line.resource,
        kind=line.kind,
        cause=line.cause,
        last_error=line.last_error,
        since_time=_time(line.since),
        business_reference=line.business_reference,
        remedy=line.remedy,
    )


def _position(stored: StoredRecord) -> str:
    return f"{stored.time.isoformat()} {stored.instance} {stored.sequence}"


def _place(position: str) -> AuditPlace:
    time, instance, sequence = position.split(" ")  # a token's MAC says that we wrote it
    return AuditPlace(time=datetime.fromisoformat(time), instance=instance, sequence=int(sequence))


def _time(moment: datetime | None) -> Timestamp | None:
    if moment is None:
        return None
    stamp = Timestamp()
    stamp.FromDatetime(moment)
    return stamp
