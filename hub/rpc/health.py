"""grpc.health.v1 over the core's health registry: Check and Watch, for "" and for each service."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from google.protobuf.descriptor import Descriptor
from google.protobuf.message import Message
from grpc_health.v1 import health_pb2

from hub.core.call import Call
from hub.core.errors import NotFoundError
from hub.core.health import HealthRegistry, ServiceHealth, ServiceState
from hub.rpc.contract import Service, describe_service

_LIST_RESPONSE: type[Message] = getattr(health_pb2, "HealthListResponse")  # noqa: B009 - newer than its stubs
_STATUSES = {
    ServiceState.SERVING: health_pb2.HealthCheckResponse.SERVING,
    ServiceState.NOT_SERVING: health_pb2.HealthCheckResponse.NOT_SERVING,
    ServiceState.UNKNOWN: health_pb2.HealthCheckResponse.SERVICE_UNKNOWN,
}


def health_service() -> Service:
    """Describe grpc.health.v1.Health."""
    descriptor: Any = health_pb2.DESCRIPTOR.services_by_name["Health"]  # upb's class, which the stubs hold for another
    return describe_service(descriptor, message_class=_message_class, is_open=True)


class HealthServicer:
    """Answers what each service can do; once the server stops, NOT_SERVING for all."""

    def __init__(self, *, health: HealthRegistry) -> None:
        self._health = health

    async def check(self, request: health_pb2.HealthCheckRequest, call: Call) -> health_pb2.HealthCheckResponse:
        """Return a service's state.

        Raises:
            NotFoundError: there is no such service, or its module is off.
        """
        del call
        health = self._health.get(request.service)
        if health.state is ServiceState.UNKNOWN:
            raise NotFoundError("no such service on this hub, or its module is off")
        return health_pb2.HealthCheckResponse(status=_STATUSES[health.state])

    async def list(self, request: Message, call: Call) -> Message:
        """Return the states of all services."""
        del request, call
        states = {
            service: health_pb2.HealthCheckResponse(status=_STATUSES[health.state])
            for service, health in self._health.all().items()
        }
        return _LIST_RESPONSE(statuses=states)

    async def watch(
        self, request: health_pb2.HealthCheckRequest, call: Call
    ) -> AsyncIterator[health_pb2.HealthCheckResponse]:
        """Yield a service's state now and at each change, SERVICE_UNKNOWN included; as the protocol has it."""
        del call
        changed = asyncio.Event()

        def observe(service: str, _: ServiceHealth) -> None:
            if service == request.service:
                changed.set()

        stop = self._health.observe(observe)
        told: ServiceState | None = None
        try:
            while True:
                state = self._health.get(request.service).state
                if state is not told:
                    told = state
                    yield health_pb2.HealthCheckResponse(status=_STATUSES[state])
                await changed.wait()
                changed.clear()
        finally:
            stop()


def _message_class(message: Descriptor) -> type[Message]:
    found: type[Message] = getattr(health_pb2, message.name)
    return found
