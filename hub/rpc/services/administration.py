"""landhub.hub.v1.HubService: what administrators see and settle; messages in, ports of this folder out."""

from datetime import datetime

from hub.core.audit_store import AuditPlace, StoredRecord
from hub.core.call import Call
from hub.rpc.pages import PageTokens, page_size
from hub.rpc.services import administration_wire as wire
from hub.rpc.services.ports import (
    AuditPort,
    ModulesPort,
    OutboxPort,
    ProbesPort,
    StoriesPort,
    StuckWorkPort,
    UpstreamsPort,
)
from landhub.hub.v1 import hub_service_pb2


class HubServicer:
    """Serves administration; who may call it is the server's matter."""

    def __init__(
        self,
        *,
        modules: ModulesPort,
        upstreams: UpstreamsPort,
        probes: ProbesPort,
        audit: AuditPort,
        stories: StoriesPort,
        outbox: OutboxPort,
        stuck_work: StuckWorkPort,
        pages: PageTokens,
    ) -> None:
        self._modules = modules
        self._upstreams = upstreams
        self._probes = probes
        self._audit = audit
        self._stories = stories
        self._outbox = outbox
        self._stuck_work = stuck_work
        self._pages = pages

    async def list_modules(
        self, request: hub_service_pb2.ListModulesRequest, call: Call
    ) -> hub_service_pb2.ListModulesResponse:
        """Return all modules."""
        del request, call
        return hub_service_pb2.ListModulesResponse(modules=map(wire.module, await self._modules.statuses()))

    async def set_module_mode(
        self, request: hub_service_pb2.SetModuleModeRequest, call: Call
    ) -> hub_service_pb2.SetModuleModeResponse:
        """Let a module further or less far."""
        mode = wire.mode(request.mode)
        status = await self._modules.set_mode(call, request.module, mode, reason=request.reason)
        return hub_service_pb2.SetModuleModeResponse(module=wire.module(status))

    async def list_upstreams(
        self, request: hub_service_pb2.ListUpstreamsRequest, call: Call
    ) -> hub_service_pb2.ListUpstreamsResponse:
        """Return all upstreams."""
        del request, call
        return hub_service_pb2.ListUpstreamsResponse(upstreams=map(wire.upstream, await self._upstreams.statuses()))

    async def probe_upstream(
        self, request: hub_service_pb2.ProbeUpstreamRequest, call: Call
    ) -> hub_service_pb2.ProbeUpstreamResponse:
        """Look how far one gets with an upstream."""
        del call
        found = await self._probes.probe(request.upstream)
        return hub_service_pb2.ProbeUpstreamResponse(findings=map(wire.finding, found))

    async def reset_breaker(
        self, request: hub_service_pb2.ResetBreakerRequest, call: Call
    ) -> hub_service_pb2.ResetBreakerResponse:
        """Close a breaker now."""
        status = await self._upstreams.reset_breaker(call, request.upstream, reason=request.reason)
        return hub_service_pb2.ResetBreakerResponse(upstream=wire.upstream(status))

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
        return hub_service_pb2.ListAuditRecordsResponse(records=map(wire.record, found), next_page_token=more)

    async def get_story(self, request: hub_service_pb2.GetStoryRequest, call: Call) -> hub_service_pb2.GetStoryResponse:
        """Tell the story of a business reference."""
        del call
        story = await self._stories.tell(request.business_reference)
        return hub_service_pb2.GetStoryResponse(
            entries=map(wire.entry, story.lines), missing_sources=list(story.missing_sources)
        )

    async def list_outbox_jobs(
        self, request: hub_service_pb2.ListOutboxJobsRequest, call: Call
    ) -> hub_service_pb2.ListOutboxJobsResponse:
        """Return a page of the outbox's jobs, newest first."""
        limit = page_size(request)
        found = await self._outbox.jobs(
            states=wire.job_states(request.states),
            kind=request.kind,
            business_reference=request.business_reference,
            before=self._pages.position(call, request),
            limit=limit,
        )
        more = self._pages.make(call, request, found[-1].job.id) if len(found) == limit else ""
        return hub_service_pb2.ListOutboxJobsResponse(jobs=map(wire.job, found), next_page_token=more)

    async def retry_outbox_job(
        self, request: hub_service_pb2.RetryOutboxJobRequest, call: Call
    ) -> hub_service_pb2.RetryOutboxJobResponse:
        """Have a job run now."""
        view = await self._outbox.retry(call, request.job_id, reason=request.reason)
        return hub_service_pb2.RetryOutboxJobResponse(job=wire.job(view))

    async def discard_outbox_job(
        self, request: hub_service_pb2.DiscardOutboxJobRequest, call: Call
    ) -> hub_service_pb2.DiscardOutboxJobResponse:
        """Have a job never run."""
        view = await self._outbox.discard(
            call, request.job_id, reason=request.reason, even_if_sent=request.even_if_sent
        )
        return hub_service_pb2.DiscardOutboxJobResponse(job=wire.job(view))

    async def list_stuck_work(
        self, request: hub_service_pb2.ListStuckWorkRequest, call: Call
    ) -> hub_service_pb2.ListStuckWorkResponse:
        """Return a page of work that waits for a person, oldest first."""
        limit = page_size(request)
        found = await self._stuck_work.waiting(after=self._pages.position(call, request), limit=limit)
        more = self._pages.make(call, request, found[-1].place) if len(found) == limit else ""
        return hub_service_pb2.ListStuckWorkResponse(work=map(wire.stuck, found), next_page_token=more)

    async def resolve_outcome(
        self, request: hub_service_pb2.ResolveOutcomeRequest, call: Call
    ) -> hub_service_pb2.ResolveOutcomeResponse:
        """Settle an outcome that can't be found out by asking."""
        vendor_id = request.happened.vendor_id if request.WhichOneof("resolution") == "happened" else None
        state = await self._stuck_work.resolve(call, request.resource, vendor_id=vendor_id, reason=request.reason)
        return hub_service_pb2.ResolveOutcomeResponse(resource=request.resource, state=state)


def _position(stored: StoredRecord) -> str:
    return f"{stored.time.isoformat()} {stored.instance} {stored.sequence}"


def _place(position: str) -> AuditPlace:
    time, instance, sequence = position.split(" ")  # a token's MAC says that we wrote it
    return AuditPlace(time=datetime.fromisoformat(time), instance=instance, sequence=int(sequence))
