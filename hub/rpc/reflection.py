"""gRPC reflection, v1 and v1alpha, from the generated descriptors; switched on by a setting, off in production."""

from collections.abc import AsyncIterator, Iterable

from grpc_reflection.v1alpha import reflection_pb2
from grpc_reflection.v1alpha.reflection import aio

from hub.core.call import Call
from hub.rpc.contract import Method, Safety, Service

_METHOD = "ServerReflectionInfo"
# v1 is v1alpha under its final name; the messages are the same on the wire, and the library offers only the older one.
SERVICES = ("grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection")


def reflection_service(full_name: str) -> Service:
    """Describe one of SERVICES."""
    path = f"/{full_name}/{_METHOD}"
    method = Method(
        path=path,
        service=full_name,
        function="server_reflection_info",
        request_class=reflection_pb2.ServerReflectionRequest,
        response_class=reflection_pb2.ServerReflectionResponse,
        safety=Safety.READ,
        streams_requests=True,
        streams_responses=True,
        open=True,
    )
    return Service(full_name=full_name, methods={path: method})


class ReflectionServicer:
    """Lists this server's services and gives their files."""

    def __init__(self, *, services: Iterable[str]) -> None:
        self._library = aio.ReflectionServicer(list(services))

    async def server_reflection_info(
        self, requests: AsyncIterator[reflection_pb2.ServerReflectionRequest], call: Call
    ) -> AsyncIterator[reflection_pb2.ServerReflectionResponse]:
        """Answer each question about the services."""
        del call
        answers: AsyncIterator[reflection_pb2.ServerReflectionResponse]
        answers = self._library.ServerReflectionInfo(requests, None)  # type: ignore[assignment]  # a generator
        async for answer in answers:
            yield answer
