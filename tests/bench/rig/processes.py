"""Hubs of one and of two processes, each with a database of its own on one PostgreSQL, on both cores."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.rig import proxies
from tests.bench.rig.installations import client_of, make_hub, make_provider
from tests.bench.rig.load import Target, grpc_target
from tests.bench.rig.lookups import LOOKUP, lookup_request
from tests.bench.rig.machine import cores
from tests.bench.rig.runner import Runner
from tests.support.ports import free_ports
from tests.support.postgres import PostgresServer, running_server

_CONNECTIONS = 32  # enough for the system to spread them over two processes about evenly


@dataclass(frozen=True, slots=True)
class Hubs:
    """How each of them is asked, by its number of processes."""

    lookups: Mapping[int, Target]


@contextmanager
def hubs_of_processes(folder: Path, *counts: int) -> Iterator[Hubs]:
    """Run a hub for each number of processes while the context lasts."""
    make_provider(folder)
    provider, stub, sink = free_ports(3)
    with ExitStack() as running:
        database = running.enter_context(running_server())
        runner = Runner(folder, running)
        doors, lookups = [], {}
        for count in counts:
            port = _serve(runner, database, count, provider=provider, sink=sink)
            (door,) = free_ports(1)
            doors.append(proxies.door(name=f"hub{count}", port=door, to=[port], tls=client_of(folder / f"hub{count}")))
            body = folder / f"{count}.request"
            lookups[count] = grpc_target(door, LOOKUP, lookup_request(), body, connections=_CONNECTIONS, streams=1)
        stub_command = ("-m", "tests.bench.rig.provider", str(folder / "fernet.key"), str(stub))
        runner.python("provider", *stub_command, ready=stub, on=cores().both)
        gateway = proxies.gateway(
            port=provider, to=stub, pair=folder / "tls/server.pem", client_ca=folder / "tls/ca.crt"
        )
        runner.haproxy(proxies.configuration(gateway, proxies.sink(port=sink), *doors), on=cores().both)
        yield Hubs(lookups)


def _serve(runner: Runner, database: PostgresServer, count: int, *, provider: int, sink: int) -> int:
    """Run a hub of so many processes; returns its port."""
    port, administration, public = free_ports(3)
    addresses = {
        "server.address": port,
        "administration.address": administration,
        "web.public_address": public,
        "web.private_address": _ports_in_a_row(count),
    }
    url = database.make_database(template="template0").render_as_string(hide_password=False)
    folder = runner.folder / f"hub{count}"
    more = {"server.processes": str(count), "storage.url": f'"{url}"'}
    make_hub(folder, provider=provider, sink=sink, addresses=addresses, more=more)
    runner.python(f"hub{count}", "-m", "hub", "serve", str(folder), ready=port, on=cores().both)
    return port


def _ports_in_a_row(count: int) -> int:
    """A port that is free now, and so are those after it: each process has a private one."""
    while True:
        (first,) = free_ports(1)
        if first + count < 65536:
            return first
