"""What administration speaks of as messages of landhub.hub.v1: only renaming, no rules."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

from hub.core.audit_store import StoredRecord
from hub.core.call import trace_id_of
from hub.core.findings import Finding, Verdict
from hub.core.jobs import JobState
from hub.core.mode import Mode
from hub.core.outbox_store import JobView
from hub.resilience.gate import BreakerState
from hub.resilience.upstream import UpstreamStatus
from hub.rpc.services.ports import ModuleStatus, StoryLine, StuckLine
from landhub.hub.v1 import hub_pb2

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
_VERDICTS = {
    Verdict.OK: hub_pb2.VERDICT_OK,
    Verdict.WARN: hub_pb2.VERDICT_WARN,
    Verdict.FAIL: hub_pb2.VERDICT_FAIL,
}
_JOB_STATES = {
    JobState.READY: hub_pb2.OUTBOX_JOB_STATE_READY,
    JobState.LEASED: hub_pb2.OUTBOX_JOB_STATE_LEASED,
    JobState.DONE: hub_pb2.OUTBOX_JOB_STATE_DONE,
    JobState.DEAD: hub_pb2.OUTBOX_JOB_STATE_DEAD,
}
_JOB_STATES_ASKED = {number: state for state, number in _JOB_STATES.items()}


def mode(asked: hub_pb2.ModuleMode.ValueType) -> Mode:
    """Read a mode."""
    return _MODES_ASKED[asked]


def job_states(asked: Iterable[hub_pb2.OutboxJobState.ValueType]) -> frozenset[JobState]:
    """Read a filter of states."""
    return frozenset(_JOB_STATES_ASKED[state] for state in asked)


def module(status: ModuleStatus) -> hub_pb2.Module:
    """Write a module."""
    return hub_pb2.Module(
        name=status.name,
        mode=_MODES[status.mode],
        ready=status.is_ready,
        not_ready_reason="" if status.is_ready else status.reason,
        providers=status.providers,
    )


def upstream(status: UpstreamStatus) -> hub_pb2.Upstream:
    """Write how an upstream does."""
    return hub_pb2.Upstream(
        name=status.name,
        breaker_state=_BREAKERS[status.breaker],
        last_success_time=timestamp(status.last_success_time),
        last_failure_time=timestamp(status.last_failure_time),
        consecutive_failures=status.consecutive_failures,
        breaker_change_time=timestamp(status.breaker_changed_time),
        last_failure_reason=status.last_failure_reason,
        token_expire_time=timestamp(status.token_expire_time),
        certificate_expire_time=timestamp(status.certificate_expire_time),
        quota_left=status.quota_left,
        in_flight=status.in_flight,
        latency_median=duration(status.latency_median_seconds),
        latency_p95=duration(status.latency_p95_seconds),
    )


def finding(found: Finding) -> hub_pb2.Finding:
    """Write what was looked at."""
    return hub_pb2.Finding(check=found.check, verdict=_VERDICTS[found.verdict], told=found.told, remedy=found.remedy)


def record(stored: StoredRecord) -> hub_pb2.AuditRecord:
    """Write an audit record."""
    return hub_pb2.AuditRecord(
        instance=stored.instance,
        sequence=stored.sequence,
        record_time=timestamp(stored.time),
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


def entry(line: StoryLine) -> hub_pb2.StoryEntry:
    """Write a line of a story."""
    return hub_pb2.StoryEntry(
        entry_time=timestamp(line.time),
        source=line.source,
        title=line.title,
        resource=line.resource,
        state=line.state,
        trace_id=line.trace_id,
    )


def job(view: JobView) -> hub_pb2.OutboxJob:
    """Write a job of the outbox; its payload is left out."""
    new = view.job.new
    return hub_pb2.OutboxJob(
        job_id=view.job.id,
        kind=new.kind,
        state=_JOB_STATES[view.state],
        resource=f"{new.resource}/{new.resource_id}" if new.resource else "",
        caller=new.caller,
        method=new.method,
        request_id=new.request_id,
        business_reference=new.business_reference,
        trace_id=trace_id_of(new.traceparent),
        run_time=timestamp(view.run_at),
        attempts=view.job.attempt,
        setbacks=view.job.setbacks,
        failures=view.job.failures,
        reason=view.reason,
        sent_time=timestamp(view.job.sent_at),
        holder=view.holder or "",
        lease_expire_time=timestamp(view.lease_until),
        create_time=timestamp(view.job.created_at),
        update_time=timestamp(view.updated_at),
    )


def stuck(line: StuckLine) -> hub_pb2.StuckWork:
    """Write work that doesn't go on."""
    return hub_pb2.StuckWork(
        resource=line.resource,
        kind=line.kind,
        cause=line.cause,
        last_error=line.last_error,
        since_time=timestamp(line.since),
        business_reference=line.business_reference,
        remedy=line.remedy,
        job_id=line.job_id,
        next_attempt_time=timestamp(line.next_attempt),
    )


def duration(seconds: float | None) -> Duration | None:
    """Write a length of time; None is unset."""
    if seconds is None:
        return None
    message = Duration()
    message.FromTimedelta(timedelta(seconds=seconds))
    return message


def timestamp(moment: datetime | None) -> Timestamp | None:
    """Write a time; None is unset."""
    if moment is None:
        return None
    stamp = Timestamp()
    stamp.FromDatetime(moment)
    return stamp
