"""Several hub processes on one port and one PostgreSQL: restarted in turn, killed, stopped, asked all at once."""

import asyncio
import os
import re
import signal
import socket
import uuid
from collections.abc import Callable, Iterator
from contextlib import aclosing
from pathlib import Path

import pytest

from landhub.events.v1 import events_service_pb2
from landhub.rosreestr.v1 import rosreestr_service_pb2
from landhub_client import Client
from sandbox.demo.deal import Deal, Names
from sandbox.demo.ports import HOST, Ports
from sandbox.demo.stack import Stack
from tests.support.postgres import PostgresServer
from tests.support.postgres_fixtures import on_postgres_server
from tests.support.stack import command, connect, running_stack

__all__ = ["on_postgres_server"]

PLOT = "50:20:0010101:101"
CHANNELS = 6
PATIENCE_SECONDS = 60.0


@pytest.fixture
def stack(on_postgres_server: PostgresServer, tmp_path: Path) -> Iterator[Stack]:
    limits = {"calls_per_second": 100_000, "burst": 100_000}
    settings = {"server.processes": 2}
    with running_stack(tmp_path / "installation", limits=limits, settings=settings, ports=_ports()) as running:
        yield running


def _ports() -> Ports:
    """Free ports, and the one after the private listener's free as well: each process has its own."""
    while True:
        ports = Ports.free()
        try:
            socket.create_server((HOST, ports.private + 1)).close()
        except OSError:
            continue
        if ports.private + 1 not in ports.by_name().values():
            return ports


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not condition():  # noqa: ASYNC110 - what is waited for happens in other processes
            await asyncio.sleep(0.05)


def _log(stack: Stack) -> str:
    return stack.hub.log_file.read_text(errors="replace")


def _serving_pids(stack: Stack) -> list[int]:
    """The processes that took calls, in the order in which they began."""
    lines = [line for line in _log(stack).splitlines() if '"supervisor.process_serves"' in line]
    return [int(found[1]) for line in lines if (found := re.search(r'"pid": ?(\d+)', line))]


def _new_deal(client: Client, stack: Stack, number: int) -> Deal:
    names = Names(reference=f"load-{number}", contract_number=f"load/{number}", seed=uuid.UUID(int=7000 + number))
    return Deal(client=client, installation=stack.installation, names=names)


async def _load(client: Client, done: asyncio.Event, counts: list[int]) -> None:
    """Look plots up until told to stop; whatever fails fails the test."""
    while not done.is_set():
        answer = await client.rosreestr.GetLandPlot(rosreestr_service_pb2.GetLandPlotRequest(cadastral_number=PLOT))
        assert answer.land_plot.cadastral_number == PLOT
        counts.append(1)


async def _sign(client: Client, stack: Stack, done: asyncio.Event, made: list[str], first: int) -> None:
    """Have documents signed one after the other until told to stop."""
    number = first
    while not done.is_set():
        deal = _new_deal(client, stack, number)
        thumbprint = (await deal.list_certificates())[0].thumbprint
        signature = await deal.sign(thumbprint)
        made.append(signature.signature_id)
        number += 1


async def test_a_restart_in_turn_under_load_drops_no_call_and_streams_go_on_behind_their_cursor(stack: Stack) -> None:
    done, lookups, signed, told = asyncio.Event(), list[int](), list[str](), list[str]()

    async def listen(client: Client) -> None:
        async with aclosing(client.subscribe(events_service_pb2.SubscribeRequest(after_cursor="0"))) as events:
            async for event in events:
                told.append(event.subject)

    before = _serving_pids(stack)
    clients = [connect(stack.installation) for _ in range(CHANNELS)]
    listening = asyncio.create_task(listen(clients[0]))
    async with asyncio.TaskGroup() as tasks:
        for number, client in enumerate(clients):
            tasks.create_task(_load(client, done, lookups))
            if number % 3 == 0:
                tasks.create_task(_sign(client, stack, done, signed, 1000 * number))
        await _until(lambda: len(lookups) > 20)
        assert stack.hub.pid is not None
        os.kill(stack.hub.pid, signal.SIGHUP)
        await _until(lambda: "supervisor.restarted" in _log(stack))
        so_far = len(lookups)
        await _until(lambda: len(lookups) > so_far + 20)
        done.set()
    after = _serving_pids(stack)[len(before) :]
    assert len(before) == len(after) == 2
    assert not set(before) & set(after)
    await _until(lambda: len(set(told)) >= len(set(signed)))
    listening.cancel()
    assert len(told) == len(set(told))
    for client in clients:
        await client.close()
    command("hub", "audit", "verify", str(stack.installation.folder))
