"""`hub outbox`: what durable work there is; have a piece of it done now, or never.

A running hub is asked. While none runs, its database is read and changed by the same audited code, under the lock that
keeps a hub from starting meanwhile.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from google.protobuf.json_format import MessageToDict

from hub.app.core import Core
from hub.app.offline import local_call, offline_core
from hub.app.outbox_administration import NOT_DONE, OutboxAdministration
from hub.cli.administration import TIMEOUT_SECONDS, HubDownError, administration
from hub.cli.main import OK, CommandError
from hub.cli.words import moment
from hub.core.clock import SystemClock
from hub.core.errors import HubError
from hub.core.ids import Ids
from hub.core.jobs import JobState
from hub.installation.migration import SchemaTooOldError
from hub.rpc.services import administration_wire as wire
from hub.settings import Settings, load_settings
from hub.storage.files import InstallationLockedError
from hub.storage.migrate import SchemaTooNewError
from landhub.hub.v1 import hub_pb2, hub_service_pb2

_PAGE = 500
_SERVICE = "/landhub.hub.v1.HubService"
_STATES = {state.value: state for state in JobState}

Work = Callable[[Core, OutboxAdministration], Awaitable[Sequence[hub_pb2.OutboxJob]]]
Change = hub_service_pb2.RetryOutboxJobRequest | hub_service_pb2.DiscardOutboxJobRequest


def run(arguments: argparse.Namespace) -> int:
    """Do what the action names."""
    settings = load_settings(arguments.folder)
    if arguments.action == "list":
        return _list(settings, arguments)
    return _change(settings, arguments)


def _list(settings: Settings, arguments: argparse.Namespace) -> int:
    try:
        jobs = _asked(settings, arguments)
    except HubDownError:
        _tell_down()
        jobs = asyncio.run(_offline(arguments.folder, lambda _, outbox: _read(outbox, arguments)))
    for job in jobs:
        print(json.dumps(MessageToDict(job), ensure_ascii=False) if arguments.json else _line(job))
    if not jobs and not arguments.json:
        print("no such jobs")
    return OK


def _asked(settings: Settings, arguments: argparse.Namespace) -> Sequence[hub_pb2.OutboxJob]:
    found: list[hub_pb2.OutboxJob] = []
    with administration(settings, arguments.folder) as stub:
        token = ""
        while len(found) < arguments.limit:
            request = hub_service_pb2.ListOutboxJobsRequest(
                page_size=min(_PAGE, arguments.limit - len(found)),
                page_token=token,
                states=[_number(state) for state in arguments.state],
                kind=arguments.kind,
                business_reference=arguments.reference,
            )
            answer = stub.ListOutboxJobs(request, timeout=TIMEOUT_SECONDS)
            found += answer.jobs
            token = answer.next_page_token
            if not token:
                break
    return found


async def _read(outbox: OutboxAdministration, arguments: argparse.Namespace) -> Sequence[hub_pb2.OutboxJob]:
    views = await outbox.jobs(
        states=frozenset(_STATES[state] for state in arguments.state) or NOT_DONE,
        kind=arguments.kind,
        business_reference=arguments.reference,
        before="",
        limit=arguments.limit,
    )
    return [wire.job(view) for view in views]


def _change(settings: Settings, arguments: argparse.Namespace) -> int:
    request_id = Ids(clock=SystemClock()).resource_id()
    request: Change = hub_service_pb2.RetryOutboxJobRequest(
        request_id=request_id, job_id=arguments.job, reason=arguments.reason
    )
    if arguments.action == "discard":
        request = hub_service_pb2.DiscardOutboxJobRequest(
            request_id=request_id, job_id=arguments.job, reason=arguments.reason, even_if_sent=arguments.even_if_sent
        )
    try:
        with administration(settings, arguments.folder) as stub:
            call = stub.DiscardOutboxJob if arguments.action == "discard" else stub.RetryOutboxJob
            job = call(request, timeout=TIMEOUT_SECONDS).job  # type: ignore[arg-type]  # each its own request
    except HubDownError:
        _tell_down()
        [job] = asyncio.run(_offline(arguments.folder, lambda core, outbox: _changed(core, outbox, request)))
    print(_line(job))
    return OK


async def _changed(core: Core, outbox: OutboxAdministration, request: Change) -> Sequence[hub_pb2.OutboxJob]:
    name = type(request).__name__.removesuffix("Request")
    fingerprint = request.SerializeToString(deterministic=True)
    call = local_call(core, method=f"{_SERVICE}/{name}", request_id=request.request_id, fingerprint=fingerprint)
    if isinstance(request, hub_service_pb2.DiscardOutboxJobRequest):
        view = await outbox.discard(call, request.job_id, reason=request.reason, even_if_sent=request.even_if_sent)
    else:
        view = await outbox.retry(call, request.job_id, reason=request.reason)
    return [wire.job(view)]


async def _offline(folder: Path, work: Work) -> Sequence[hub_pb2.OutboxJob]:
    try:
        async with offline_core(folder) as core:
            outbox = OutboxAdministration(
                database=core.database, store=core.outbox_store, effects=core.effects, audit=core.audit
            )
            return await work(core, outbox)
    except HubError as error:
        raise CommandError(f"{error.message} ({error.reason})") from error
    except (InstallationLockedError, SchemaTooNewError, SchemaTooOldError) as error:
        raise CommandError(str(error)) from error


def _tell_down() -> None:
    print("hub: no hub answers, so this works on its database directly", file=sys.stderr)


def _number(state: str) -> hub_pb2.OutboxJobState.ValueType:
    return hub_pb2.OutboxJobState.Value(f"OUTBOX_JOB_STATE_{state.upper()}")


def _line(job: hub_pb2.OutboxJob) -> str:
    state = hub_pb2.OutboxJobState.Name(job.state).removeprefix("OUTBOX_JOB_STATE_").lower()
    parts = [
        job.job_id,
        f"{state:<6}",
        job.kind,
        job.resource,
        job.business_reference,
        f"attempts {job.attempts}",
        f"setbacks {job.setbacks}" if job.setbacks else "",
        job.reason,
        f"runs {moment(job.run_time)}" if state == "ready" else "",
        f"sent {moment(job.sent_time)}" if job.HasField("sent_time") else "",
        f"made {moment(job.create_time)}",
    ]
    return "  ".join(part for part in parts if part)
