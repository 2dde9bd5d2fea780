"""The hub and its baselines before one stub provider, each behind a door that h2load can drive."""

import csv
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from google.protobuf.message import Message

from landhub.rosreestr.v1 import rosreestr_service_pb2 as service_pb
from tests.bench.rig import proxies
from tests.bench.rig.installations import client_of, make_hub, make_provider
from tests.bench.rig.load import Target, drive, grpc_target
from tests.bench.rig.machine import cores
from tests.bench.rig.programs import Program
from tests.bench.rig.runner import Runner
from tests.support.ports import free_ports

_SERVICE = "/landhub.rosreestr.v1.RosreestrService"
LOOKUP = f"{_SERVICE}/GetLandPlot"
_NUMBER = "50:20:0010101:101"
_BATCH = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """Plots a second as they came, and plots a second of the server's CPU.

    The second is what is compared: provider and generator share the other core with whatever else runs here, and what
    they are short of must not make a fast server look slow, nor a slow one fast.
    """

    per_second: float
    per_cpu_second: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """One thing that is measured: its program, and how it is asked. All are asked for 32 plots at a time and more."""

    program: Program
    lookup: Target
    plots_a_call: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookups:
    """All of them, by name: "hub", "bare", "batch" (of the hub), "sketch", "shared"."""

    servers: Mapping[str, Server]
    private_port: int
    statistics_port: int

    def measure(self, name: str, *, seconds: int) -> Speed:
        """Drive one of them.

        Raises:
            AssertionError: a call failed, or was answered without asking the provider.
        """
        server = self.servers[name]
        asked, cpu, succeeded = self._asked(), server.program.cpu_seconds(), self._succeeded()
        load = drive(server.lookup, seconds=seconds, cores=cores().others)
        asked, cpu = self._asked() - asked, server.program.cpu_seconds() - cpu
        assert asked >= load.calls * server.plots_a_call, f"{name} answered {load.calls} calls and asked {asked} times"
        if name in {"hub", "batch"}:
            assert self._succeeded() - succeeded >= load.calls, "h2load took a refusal for an answer"
        return Speed(per_second=load.per_second * server.plots_a_call, per_cpu_second=asked / cpu)

    def _asked(self) -> int:
        """How many requests the provider has seen."""
        rows = csv.DictReader(_get(self.statistics_port, "/;csv").removeprefix("# ").splitlines())
        return next(int(row["req_tot"]) for row in rows if row["pxname"] == "provider" and row["svname"] == "FRONTEND")

    def _succeeded(self) -> int:
        """How many lookups the hub has answered with OK."""
        lines = _get(self.private_port, "/metrics").splitlines()
        counted = (line for line in lines if line.startswith("landhub_rpc_requests_total{") and 'code="OK"' in line)
        return sum(int(float(line.rpartition(" ")[2])) for line in counted if "GetLandPlot" in line)


@contextmanager
def lookups(folder: Path) -> Iterator[Lookups]:
    """Run the hub and its baselines while the context lasts, all in `folder`."""
    make_provider(folder)
    with ExitStack() as running:
        rig = _Rig(Runner(folder, running))
        hub, bare = rig.hub(), rig.bare()
        sketch, shared = rig.fastapi("sketch", "request"), rig.fastapi("shared", "shared")
        rig.open()
        one = (lookup_request(), 8, 4)
        servers = {
            "hub": Server(program=hub, lookup=rig.grpc("GetLandPlot", *one, door="hub")),
            "bare": Server(program=bare, lookup=rig.grpc("GetLandPlot", *one, door="bare")),
            "batch": Server(
                program=hub, lookup=rig.grpc("BatchGetLandPlots", _many(), 2, 1, door="hub"), plots_a_call=_BATCH
            ),
            "sketch": sketch,
            "shared": shared,
        }
        yield Lookups(
            servers=servers,
            private_port=rig.private_port,
            statistics_port=rig.statistics_port,
        )


class _Rig:
    """Builds up one part after the other; `open` starts what stands between them."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner
        self._folder = runner.folder
        self._provider, self._stub, self._sink, self.statistics_port, self.private_port = free_ports(5)
        self._installation = self._folder / "hub"
        self._doors: dict[str, tuple[int, int]] = {}

    def hub(self) -> Program:
        port, administration, public, door = free_ports(4)
        addresses = {
            "server.address": port,
            "administration.address": administration,
            "web.public_address": public,
            "web.private_address": self.private_port,
        }
        make_hub(self._installation, provider=self._provider, sink=self._sink, addresses=addresses)
        self._doors["hub"] = door, port
        return self._runner.python("hub", "-m", "hub", "serve", str(self._installation), ready=port)

    def bare(self) -> Program:
        port, door = free_ports(2)
        self._doors["bare"] = door, port
        where = (str(self._folder), str(self._provider), str(port), str(self._installation))
        return self._runner.python("bare", "-m", "tests.bench.baselines.bare_grpc", *where, ready=port)

    def fastapi(self, name: str, session_of: str) -> Server:
        (port,) = free_ports(1)
        where = (str(self._folder), str(self._provider), str(port), session_of)
        program = self._runner.python(name, "-m", "tests.bench.baselines.fastapi_app", *where, ready=port)
        return Server(program=program, lookup=Target(f"http://127.0.0.1:{port}/land-plots/{_NUMBER}", is_http1=True))

    def open(self) -> None:
        """Start the provider and the proxies."""
        folder = self._folder
        stub = ("-m", "tests.bench.rig.provider", str(folder / "fernet.key"), str(self._stub))
        self._runner.python("provider", *stub, ready=self._stub, on=cores().others)
        tls = client_of(self._installation)
        doors = [proxies.door(name=name, port=door, to=[to], tls=tls) for name, (door, to) in self._doors.items()]
        gateway = proxies.gateway(
            port=self._provider, to=self._stub, pair=folder / "tls/server.pem", client_ca=folder / "tls/ca.crt"
        )
        sink, statistics = proxies.sink(port=self._sink), proxies.statistics(port=self.statistics_port)
        self._runner.haproxy(proxies.configuration(gateway, sink, statistics, *doors))

    def grpc(self, rpc: str, request: Message, connections: int, streams: int, *, door: str) -> Target:
        body = self._folder / f"{rpc}.{door}.request"
        port = self._doors[door][0]
        return grpc_target(port, f"{_SERVICE}/{rpc}", request, body, connections=connections, streams=streams)


def lookup_request() -> Message:
    """Asks for one plot as it is now: an age of zero takes nothing from the hub's cache."""
    request = service_pb.GetLandPlotRequest(cadastral_number=_NUMBER)
    request.max_age.SetInParent()
    return request


def _many() -> Message:
    """Asks for 64 plots, likewise."""
    numbers = [f"50:20:0010101:{1000 + index}" for index in range(_BATCH)]
    request = service_pb.BatchGetLandPlotsRequest(cadastral_numbers=numbers)
    request.max_age.SetInParent()
    return request


def _get(port: int, path: str) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        text: str = answer.read().decode()
    return text
