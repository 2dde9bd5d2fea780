"""grpc.health.v1 whose watches end when the agent stops: the library's never do, and a drain would wait for them."""

import asyncio
from collections.abc import Collection
from typing import Any, Final

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

_Status = health_pb2.HealthCheckResponse
_Context = grpc.aio.ServicerContext[health_pb2.HealthCheckRequest, Any]


class Health(health_pb2_grpc.HealthServicer):
    """Check and Watch of the services named; "" is the whole agent. NOT_SERVING until told otherwise."""

    def __init__(self, *, services: Collection[str]) -> None:
        self._services: Final = frozenset({"", *services})
        self._status: int = _Status.NOT_SERVING
        self._stopping = False
        self._changed: Final = asyncio.Condition()

    async def tell(self, *, serving: bool) -> None:
        """Tell the watchers, if it is another than before and the agent isn't stopping."""
        async with self._changed:
            self._status = _Status.SERVING if serving and not self._stopping else _Status.NOT_SERVING
            self._changed.notify_all()

    async def stop(self) -> None:
        """Tell the watchers NOT_SERVING, for good, and let each watch end once it was told."""
        async with self._changed:
            self._stopping, self._status = True, _Status.NOT_SERVING
            self._changed.notify_all()

    async def Check(self, request: health_pb2.HealthCheckRequest, context: _Context) -> health_pb2.HealthCheckResponse:  # noqa: N802 - gRPC's name
        """Answer with the state; NOT_FOUND of a service that isn't here."""
        if request.service not in self._services:
            await context.abort(grpc.StatusCode.NOT_FOUND)
        return _Status(status=self._status)

    async def Watch(self, request: health_pb2.HealthCheckRequest, context: _Context) -> None:  # noqa: N802 - gRPC's name
        """Write the state now and at each change, SERVICE_UNKNOWN included, until the agent stops."""
        told: int | None = None
        while True:
            status = self._state_of(request.service)
            if status != told:
                told = status
                await context.write(_Status(status=status))
            elif self._stopping:
                return
            else:
                await self._wait(request.service, told)

    async def _wait(self, service: str, told: int) -> None:
        """Wait for another state than the one that was told, or for the end."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._stopping or self._state_of(service) != told)

    def _state_of(self, service: str) -> int:
        return self._status if service in self._services else _Status.SERVICE_UNKNOWN
