"""The agent's gRPC server: mTLS on a CA of its own, raw bytes in, health beside it."""

import re
from collections.abc import AsyncIterator
from typing import Any, Final

import grpc
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.message_factory import GetMessageClass
from grpc_health.v1 import health_pb2_grpc

from landhub.signer.v1 import signer_service_pb2
from signer_agent.errors import SettingsError
from signer_agent.rpc.chain import Chain, Context, Method
from signer_agent.rpc.health import Health
from signer_agent.rpc.servicer import SignerServicer
from signer_agent.rpc.tls import ServerCredentials
from signer_agent.settings import ServerSettings

_SERVICE: Final = signer_service_pb2.DESCRIPTOR.services_by_name["SignerService"]
_WORD_START: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_MAX_MESSAGE_BYTES: Final = 16 * 1024 * 1024  # the contract's


class Server:
    """Serves from `start` to `stop`."""

    def __init__(
        self, *, settings: ServerSettings, credentials: ServerCredentials, chain: Chain, servicer: SignerServicer
    ) -> None:
        self._listen = settings.listen
        self._credentials = credentials
        self._health = Health(services=(_SERVICE.full_name,))
        self._server = grpc.aio.server(
            options=(
                ("grpc.so_reuseport", 0),  # else two agents would share a port and a folder of keys unseen
                ("grpc.max_receive_message_length", _MAX_MESSAGE_BYTES),
                ("grpc.max_send_message_length", _MAX_MESSAGE_BYTES),
                ("grpc.max_connection_age_ms", settings.max_connection_age_seconds * 1000),
                ("grpc.max_connection_age_grace_ms", settings.max_stream_seconds * 1000),
            ),
            # Beyond the chain's own bound, whose refusal says when to come back; health is asked beside it
            maximum_concurrent_rpcs=2 * settings.max_concurrent_calls,
        )
        handlers = _handlers(chain, servicer)
        self._server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(_SERVICE.full_name, handlers),))
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)

    async def start(self) -> int:
        """Begin to serve and return the port.

        Raises:
            SettingsError: the address can't be had.
        """
        try:
            port: int = self._server.add_secure_port(self._listen, self._credentials.credentials())
        except RuntimeError as error:
            raise SettingsError(f"{self._listen} can't be listened on: is another agent running there?") from error
        await self.tell_health(serving=True)
        await self._server.start()
        return port

    async def tell_health(self, *, serving: bool) -> None:
        """Tell the watchers of health, if it is another than before."""
        await self._health.tell(serving=serving)

    async def stop(self, *, grace_seconds: float) -> None:
        """Tell the watchers of health and let them go, take no new call, and leave those under way that long."""
        await self._health.stop()
        await self._server.stop(grace_seconds)


def _handlers(chain: Chain, servicer: SignerServicer) -> "dict[str, grpc.RpcMethodHandler[Any, Any]]":
    return {method.name: _handler(chain, servicer, method) for method in _SERVICE.methods}


def _handler(chain: Chain, servicer: SignerServicer, descriptor: MethodDescriptor) -> "grpc.RpcMethodHandler[Any, Any]":
    method = Method(
        service=_SERVICE.full_name,
        name=descriptor.name,
        request_class=GetMessageClass(descriptor.input_type),
        handler=getattr(servicer, _WORD_START.sub("_", descriptor.name).lower()),
        streams=descriptor.client_streaming,
    )

    async def serve(data: bytes, context: Context) -> bytes:
        return await chain.run(method, data, context)

    async def serve_stream(parts: AsyncIterator[bytes], context: Context) -> bytes:
        return await chain.run(method, parts, context)

    if method.streams:
        return grpc.stream_unary_rpc_method_handler(serve_stream)
    return grpc.unary_unary_rpc_method_handler(serve)
