"""A real server with mTLS on a free port, an audit one can look into, and channels of callers."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import grpc
from google.protobuf.message import Message
from google.rpc import error_details_pb2, status_pb2
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client import CollectorRegistry

from hub.core.audit import Audit, AuditRecord
from hub.core.clock import Clock, SystemClock
from hub.core.health import HealthRegistry, ServiceState
from hub.rpc.contract import Contract
from hub.rpc.metrics import RpcMetrics
from hub.rpc.options import AccessRules, Caller, Deadlines, RateLimits, ServerOptions, TlsFiles
from hub.rpc.server import Server
from tests.support.pki import Authority, Pair

ROSREESTR = "landhub.rosreestr.v1.RosreestrService"
SIGNATURES = "landhub.signatures.v1.SignaturesService"
EVENTS = "landhub.events.v1.EventsService"

CALLERS = {
    "crm": Caller(roles=frozenset({"deal"}), group="sales"),
    "archive": Caller(roles=frozenset({"reader"})),
}
ROLES = {
    "deal": ("landhub.rosreestr.v1.*", "landhub.signatures.v1.*", "landhub.events.v1.*"),
    "reader": (f"{ROSREESTR}/GetLandPlot",),
}


class RecordingAudit:
    """Keeps records in memory; can be made to fail, or to be low on space."""

    low_on_space = False

    def __init__(self) -> None:
        self.durable: list[AuditRecord] = []
        self.later: list[AuditRecord] = []
        self.failure: Exception | None = None
        self._changed = asyncio.Event()

    async def write(self, record: AuditRecord) -> None:
        await asyncio.sleep(0)
        if self.failure is not None:
            raise self.failure
        self.durable.append(record)
        self._changed.set()

    def append_later(self, record: AuditRecord) -> None:
        self.later.append(record)
        self._changed.set()

    async def until(self, records: int) -> None:
        """Wait, ten seconds at most, until there are so many records."""
        async with asyncio.timeout(10):
            while len(self.durable) + len(self.later) < records:
                self._changed.clear()
                await self._changed.wait()

    @property
    def last(self) -> AuditRecord:
        return (self.durable + self.later)[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """What a caller was told when its call failed."""

    code: grpc.StatusCode
    message: str
    info: error_details_pb2.ErrorInfo
    fields: Mapping[str, str]
    retry_after_seconds: float | None
    pushback_milliseconds: str | None
    quotas: tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class Site:
    """A running server with all a test wants to look at."""

    server: Server
    port: int
    audit: RecordingAudit
    health: HealthRegistry
    registry: CollectorRegistry
    spans: InMemorySpanExporter
    authority: Authority
    folder: Path
    root_pem: bytes
    channels: list[grpc.aio.Channel] = field(default_factory=list)

    def channel(self, caller: str | Pair | None = "crm") -> grpc.aio.Channel:
        """Return a channel with a caller's certificate; None shows none."""
        pair = self.authority.issue(caller) if isinstance(caller, str) else caller
        credentials = grpc.ssl_channel_credentials(
            root_certificates=self.root_pem,
            private_key=pair.key_pem if pair else None,
            certificate_chain=pair.pem if pair else None,
        )
        channel = grpc.aio.secure_channel(
            f"127.0.0.1:{self.port}", credentials, options=(("grpc.ssl_target_name_override", "localhost"),)
        )
        self.channels.append(channel)
        return channel

    async def close(self) -> None:
        for channel in self.channels:
            await channel.close()
        await self.server.drain(2.0)


@asynccontextmanager
async def serving(
    folder: Path,
    *,
    clock: Clock | None = None,
    services: tuple[str, ...] = (ROSREESTR, SIGNATURES, EVENTS),
    limits: RateLimits | None = None,
    deadlines: Deadlines | None = None,
    change: Callable[[ServerOptions], ServerOptions] = lambda options: options,
) -> AsyncIterator[Site]:
    """Start a server in this process and close it in the end."""
    authority = Authority()
    certificate, key = Authority("test servers CA").issue_server().write(folder, "server")
    client_ca = folder / "callers.crt"
    client_ca.write_bytes(authority.pair.pem)
    revocations = folder / "callers.crl"
    revocations.write_bytes(authority.crl())
    options = ServerOptions(
        address="127.0.0.1:0",
        tls=TlsFiles(
            certificate=certificate,
            key=key,
            client_ca=client_ca,
            revocations=revocations,
            denied=folder / "denied.txt",
        ),
        access=AccessRules(callers=CALLERS, roles=ROLES),
    )
    options = replace(
        options, limits=limits or options.limits, deadlines=deadlines or options.deadlines, reflection=True
    )
    audit, health, registry, spans = RecordingAudit(), HealthRegistry(), CollectorRegistry(), InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    health.set("", ServiceState.SERVING)
    server = Server(
        options=change(options),
        contract=Contract.committed(),
        services=services,
        audit=cast("Audit", audit),
        health=health,
        metrics=RpcMetrics(registry=registry),
        tracer=provider.get_tracer("test"),
        clock=clock or SystemClock(),
    )
    site = Site(
        server=server,
        port=await server.start(),
        audit=audit,
        health=health,
        registry=registry,
        spans=spans,
        authority=authority,
        folder=folder,
        root_pem=certificate.read_bytes(),
    )
    try:
        yield site
    finally:
        await site.close()
        provider.shutdown()


async def failure_of(call: Any) -> Failure:
    """Await a call that must fail and return what it said."""
    try:
        await call
    except grpc.aio.AioRpcError as error:
        return explained(error)
    raise AssertionError("the call succeeded")


def explained(error: grpc.aio.AioRpcError) -> Failure:
    """Unpack the details of a status."""
    trailing = dict(error.trailing_metadata() or ())
    status = status_pb2.Status.FromString(cast("bytes", trailing.get("grpc-status-details-bin", b"")))
    info, bad = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest()
    retry, quota = error_details_pb2.RetryInfo(), error_details_pb2.QuotaFailure()
    details: tuple[Message, ...] = (info, bad, retry, quota)
    unpacked = [detail for packed in status.details for detail in details if packed.Unpack(detail)]
    return Failure(
        code=error.code(),
        message=error.details() or "",
        info=info,
        fields={violation.field: violation.reason for violation in bad.field_violations},
        retry_after_seconds=retry.retry_delay.ToTimedelta().total_seconds() if retry in unpacked else None,
        pushback_milliseconds=cast("str | None", trailing.get("grpc-retry-pushback-ms")),
        quotas=tuple(violation.subject for violation in quota.violations),
    )
