"""One gRPC server over mTLS: the contract's services behind the chain, with health and reflection beside them."""

import asyncio
import re
from collections.abc import Iterable

import grpc
from google.protobuf.empty_pb2 import Empty
from opentelemetry.trace import Tracer

from hub.core.audit import Audit
from hub.core.clock import Clock
from hub.core.health import HealthRegistry, ServiceState
from hub.rpc.access import Access
from hub.rpc.auditing import Auditing
from hub.rpc.authorize import Authorize
from hub.rpc.binding import BindingError, BoundService, ServiceBinding
from hub.rpc.chain import Chain
from hub.rpc.contract import Contract, Method, Safety, Service
from hub.rpc.deadline import Deadline
from hub.rpc.errors import Errors
from hub.rpc.handling import Handling
from hub.rpc.health import HealthServicer, health_service
from hub.rpc.identify import Identify
from hub.rpc.limit import Limit
from hub.rpc.metrics import RpcMetrics
from hub.rpc.options import AccessRules, ServerOptions
from hub.rpc.passage import Context, Passage
from hub.rpc.reflection import SERVICES as REFLECTION_SERVICES
from hub.rpc.reflection import ReflectionServicer, reflection_service
from hub.rpc.refusals import Refusals
from hub.rpc.tls import server_credentials
from hub.rpc.tracing import Tracing
from hub.rpc.trust import Trust
from hub.rpc.validating import Rules, Validating

_KEEPALIVE_MILLISECONDS = 60_000  # finds a dead peer behind a middlebox that forgets idle connections
_KEEPALIVE_TIMEOUT_MILLISECONDS = 20_000
_FASTEST_CLIENT_PING_MILLISECONDS = 10_000
_RECHECK_SECONDS = 1.0  # a look at three files, and one into a table for each stream

_UNKNOWN_METHOD = Method(
    path="/unknown",
    service="",
    function="",
    request_class=Empty,
    response_class=Empty,
    safety=Safety.READ,
    streams_requests=True,
    streams_responses=True,
)


class Server:
    """A server of some of the contract's services.

    Every service named answers, bound or not: one that nobody serves is UNIMPLEMENTED with a reason and audited, like a
    method that doesn't exist. Health and reflection answer any known caller.

    Args:
        options: Where, whom, how much.
        contract: The services and their rules.
        services: Full names of those that belong on this server; administration has a server of its own.
        audit, health, metrics, tracer, clock: Shared with the rest of the process.
    """

    def __init__(
        self,
        *,
        options: ServerOptions,
        contract: Contract,
        services: Iterable[str],
        audit: Audit,
        health: HealthRegistry,
        metrics: RpcMetrics,
        tracer: Tracer,
        clock: Clock,
    ) -> None:
        self._options = options
        self._services = {name: BoundService(contract.services[name]) for name in services}
        methods = [method for bound in self._services.values() for method in bound.service.methods.values()]
        trust = Trust(files=options.tls, clock=clock)
        self._access = Access(rules=options.access)
        self._health = health
        self._handling = Handling()
        self._refusals = Refusals(audit=audit, metrics=metrics, clock=clock)
        self._auditing = Auditing(audit=audit, refusals=self._refusals)
        self._chain = Chain(
            tracing=Tracing(tracer=tracer, metrics=metrics, clock=clock),
            errors=Errors(),
            deadline=Deadline(deadlines=options.deadlines, clock=clock),
            identify=Identify(access=self._access, trust=trust, clock=clock),
            limit=Limit(limits=options.limits, metrics=metrics, clock=clock),
            refusals=self._refusals,
            auditing=self._auditing,
            authorize=Authorize(access=self._access),
            validating=Validating(
                rules=Rules(pool=contract.pool, methods=methods), largest_stream_bytes=options.largest_stream_bytes
            ),
            handling=self._handling,
        )
        self._bind_own()
        self._server: grpc.aio.Server | None = None
        self._clock = clock
        self._background: list[asyncio.Task[None]] = []

    def bind(self, binding: ServiceBinding) -> None:
        """Let a servicer take a service's calls, from now on; may be repeated when a module was built anew.

        Raises:
            BindingError: the service is not one of this server's, or the servicer lacks a method.
        """
        bound = self._services.get(binding.service)
        if bound is None:
            raise BindingError(f"{binding.service} is not a service of this server")
        bound.bind(binding)

    def let_in(self, rules: AccessRules) -> None:
        """Judge callers by these rules from the next call on; what runs goes on."""
        self._access.replace(rules)

    async def start(self) -> int:
        """Listen; returns the port.

        Raises:
            OSError: the address can't be listened on.
            ValueError: the TLS files can't be used.
        """
        server = grpc.aio.server(options=_arguments(self._options))
        server.add_generic_rpc_handlers((_Dispatch(chain=self._chain, services=self._services.values()),))
        try:
            port = server.add_secure_port(self._options.address, server_credentials(self._options.tls))
        except RuntimeError as error:
            raise OSError(f"can't listen on {self._options.address}; is it taken by another process?") from error
        await server.start()
        self._server = server
        self._background = [
            asyncio.create_task(self._refusals.run(), name="count refusals"),
            asyncio.create_task(self._end_refused_streams(), name="end refused streams"),
        ]
        return port

    async def drain(self, grace_seconds: float) -> None:
        """Stop: health says NOT_SERVING, nothing new is taken, streams of answers are ended, other calls may finish.

        What is still running after the grace is cancelled; outward calls go on as jobs of the outbox, which is drained
        after this.
        """
        for service in ("", *self._services):
            if self._health.get(service).state is ServiceState.SERVING:
                self._health.set(service, ServiceState.NOT_SERVING, reason="the hub is stopping")
        await asyncio.sleep(0)  # lets watchers of health tell it before their streams are ended
        if self._server is not None:
            stopping = asyncio.create_task(self._server.stop(grace_seconds))
            await asyncio.sleep(0)
            self._handling.end_streams()
            await stopping
        for task in self._background:
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)
        self._refusals.flush()
        await self._auditing.close()

    async def _end_refused_streams(self) -> None:
        """Hold open streams of answers against who is let in now: a call is checked once, and a stream lasts."""
        while True:
            await self._clock.sleep(_RECHECK_SECONDS)
            self._handling.end_refused(self._chain.recheck)

    def _bind_own(self) -> None:
        health = health_service()
        self._bind_open(health, HealthServicer(health=self._health))
        if self._options.reflection:
            servicer = ReflectionServicer(services=(*self._services, *REFLECTION_SERVICES))
            for name in REFLECTION_SERVICES:
                self._bind_open(reflection_service(name), servicer)

    def _bind_open(self, service: Service, servicer: object) -> None:
        bound = BoundService(service)
        bound.bind(ServiceBinding(service=service.full_name, servicer=servicer))
        self._services[service.full_name] = bound


class _Dispatch(grpc.GenericRpcHandler):
    """Finds the method of a path. Handlers get raw bytes, so that parsing happens inside the chain."""

    def __init__(self, *, chain: Chain, services: Iterable[BoundService]) -> None:
        self._chain = chain
        self._handlers = {
            path: _handler(chain, bound, method) for bound in services for path, method in bound.service.methods.items()
        }

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> "grpc.RpcMethodHandler[bytes, bytes]":
        path = handler_call_details.method
        return self._handlers.get(path) or _unknown(self._chain, path)


def _handler(chain: Chain, bound: BoundService, method: Method) -> "grpc.RpcMethodHandler[bytes, bytes]":
    async def unary(body: bytes, context: Context) -> bytes:
        return await chain.run(Passage(method=method, service=bound, context=context, body=body))

    async def stream(requests: object, context: Context) -> bytes:
        del requests  # read from the context, where a size is known before a message is kept
        return await chain.run(Passage(method=method, service=bound, context=context))

    async def answers(body: bytes, context: Context) -> None:
        await chain.run(Passage(method=method, service=bound, context=context, body=body))

    async def both(requests: object, context: Context) -> None:
        del requests
        await chain.run(Passage(method=method, service=bound, context=context))

    match method.streams_requests, method.streams_responses:
        case False, False:
            return grpc.unary_unary_rpc_method_handler(unary)
        case True, False:
            return grpc.stream_unary_rpc_method_handler(stream)
        case False, True:
            return grpc.unary_stream_rpc_method_handler(answers)
        case _:
            return grpc.stream_stream_rpc_method_handler(both)


def _unknown(chain: Chain, path: str) -> "grpc.RpcMethodHandler[bytes, bytes]":
    asked = re.sub(r"[^\w./]", "?", path, flags=re.ASCII)[:128]  # whatever a stranger sent goes into the audit cleaned

    async def refuse(requests: object, context: Context) -> None:
        del requests
        await chain.run(Passage(method=_UNKNOWN_METHOD, service=None, context=context, asked=asked))

    return grpc.stream_stream_rpc_method_handler(refuse)


def _arguments(options: ServerOptions) -> list[tuple[str, int]]:
    return [
        ("grpc.so_reuseport", int(options.shares_port)),  # else two hubs on one port would share its calls at random
        ("grpc.max_receive_message_length", options.largest_message_bytes),
        ("grpc.max_send_message_length", options.largest_message_bytes),
        ("grpc.keepalive_time_ms", _KEEPALIVE_MILLISECONDS),
        ("grpc.keepalive_timeout_ms", _KEEPALIVE_TIMEOUT_MILLISECONDS),
        ("grpc.http2.min_recv_ping_interval_without_data_ms", _FASTEST_CLIENT_PING_MILLISECONDS),
        ("grpc.keepalive_permit_without_calls", 1),
        ("grpc.max_connection_age_ms", options.max_connection_age_seconds * 1000),
        ("grpc.max_connection_age_grace_ms", options.connection_age_grace_seconds * 1000),
    ]
