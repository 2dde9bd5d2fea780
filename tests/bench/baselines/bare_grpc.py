"""A bare grpc.aio handler: mTLS in, one session out, the answer in the hub's own protobuf, and nothing else.

usage: bare_grpc.py FOLDER UPSTREAM_PORT PORT INSTALLATION
"""

import asyncio
import sys
from pathlib import Path

import aiohttp
import grpc

from landhub.rosreestr.v1 import rosreestr_pb2 as pb
from landhub.rosreestr.v1 import rosreestr_service_pb2 as service_pb
from landhub.rosreestr.v1 import rosreestr_service_pb2_grpc as service_grpc
from tests.bench.baselines.gateway_wire import Wire


class Lookup(service_grpc.RosreestrServiceServicer):
    """GetLandPlot alone."""

    def __init__(self, *, wire: Wire, session: aiohttp.ClientSession) -> None:
        self._wire = wire
        self._session = session

    async def GetLandPlot(  # noqa: N802 - the contract's name
        self, request: service_pb.GetLandPlotRequest, context: object
    ) -> service_pb.GetLandPlotResponse:
        """Ask the provider."""
        body = self._wire.request(request.cadastral_number)
        async with self._session.post(self._wire.url, data=body, headers=self._wire.headers) as response:
            response.raise_for_status()
            told = self._wire.answer(await response.read())
        plot = pb.LandPlot(
            cadastral_number=told["CadastralNumber"],
            address=told["Address"],
            area_square_meters=told["Area"],
            category=told["Category"],
            permitted_use=told["PermittedUse"],
            ownership_type=told["OwnershipType"],
            last_registration_date=told["LastRegistrationDate"],
        )
        plot.observe_time.GetCurrentTime()
        return service_pb.GetLandPlotResponse(land_plot=plot)


async def serve(wire: Wire, port: int, pki: Path) -> None:
    """Serve for ever."""
    server = grpc.aio.server()
    connector = aiohttp.TCPConnector(ssl=wire.tls, limit=32)
    async with aiohttp.ClientSession(connector=connector) as session:
        lookup = Lookup(wire=wire, session=session)  # type: ignore[abstract]  # the others answer UNIMPLEMENTED
        service_grpc.add_RosreestrServiceServicer_to_server(lookup, server)
        credentials = grpc.ssl_server_credentials(
            [((pki / "server.key").read_bytes(), (pki / "server.crt").read_bytes())],
            root_certificates=(pki / "ca.crt").read_bytes(),
            require_client_auth=True,
        )
        server.add_secure_port(f"127.0.0.1:{port}", credentials)
        await server.start()
        await server.wait_for_termination()


if __name__ == "__main__":
    folder, upstream_port, port, installation = sys.argv[1:]
    asyncio.run(serve(Wire(Path(folder), int(upstream_port)), int(port), Path(installation) / "pki"))
