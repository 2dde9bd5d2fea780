"""Several hub processes on one port and one PostgreSQL: restarted in turn, killed, stopped, asked all at once."""

import asyncio
import dataclasses
import json
import os
import re
import signal
import tomllib
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import aclosing, contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

import psycopg
import pytest

from landhub.events.v1 import events_service_pb2
from landhub.rosreestr.v1 import rosreestr_pb2, rosreestr_service_pb2
from landhub_client import Client, LandhubError
from sandbox.demo.deal import Deal, Names
from sandbox.demo.ports import Ports
from sandbox.demo.stack import Stack
from tests.support.databases import postgres_settings
from tests.support.ports import free_ports
from tests.support.postgres import PostgresServer
from tests.support.stack import command, connect, control, running_stack

PLOT = "50:20:0010101:101"
CHANNELS = 6
PATIENCE_SECONDS = 60.0
LIMITS = {"calls_per_second": 100_000, "burst": 100_000}
GATEWAY = "modules.rosreestr.providers.xml_gateway"
PACED = {
    f"{GATEWAY}.policy.rate.calls": 2,
    f"{GATEWAY}.policy.rate.per_seconds": 3.0,
    f"{GATEWAY}.policy.attempt_timeout": 2.0,
    f"{GATEWAY}.policy.total_timeout": 60.0,
}
"""The register is asked so seldom that submissions wait their turn with a lease in hand."""


@pytest.fixture(scope="module")
def pair(postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with _two_processes(postgres, tmp_path_factory.mktemp("pair")) as running:
        yield running


@pytest.fixture
def paced_pair(postgres: PostgresServer, tmp_path: Path) -> Iterator[Stack]:
    with _two_processes(postgres, tmp_path, PACED) as running:
        yield running


@contextmanager
def _two_processes(
    postgres: PostgresServer, folder: Path, settings: Mapping[str, Any] = MappingProxyType({})
) -> Iterator[Stack]:
    chosen = {**postgres_settings(postgres), "server.processes": 2, **settings}
    with running_stack(folder / "installation", limits=LIMITS, settings=chosen, ports=_ports()) as running:
        running.hub.wait_until(lambda: len(_serving_pids(running)) == 2, what="serving twice", timeout_seconds=90)
        yield running


def _ports() -> Ports:
    """Free ports, and the one after the private listener's free as well: each process has its own."""
    row = free_ports(len(Ports().by_name()) + 2)
    return dataclasses.replace(Ports.from_base(row[0]), private=row[-2])


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


async def test_a_restart_in_turn_under_load_drops_no_call_and_streams_go_on_behind_their_cursor(pair: Stack) -> None:
    done, lookups, signed, told = asyncio.Event(), list[int](), list[str](), dict[str, str]()

    async def listen(client: Client) -> None:
        async with aclosing(client.subscribe(events_service_pb2.SubscribeRequest(after_cursor="0"))) as events:
            async for event in events:
                assert event.id not in told, "told twice"
                told[event.id] = event.subject

    before = _serving_pids(pair)
    clients = [connect(pair.installation) for _ in range(CHANNELS)]
    listening = asyncio.create_task(listen(clients[0]))
    async with asyncio.TaskGroup() as tasks:
        for number, client in enumerate(clients):
            tasks.create_task(_load(client, done, lookups))
            if number % 3 == 0:
                tasks.create_task(_sign(client, pair, done, signed, 1000 * number))
        await _until(lambda: len(lookups) > 20)
        assert pair.hub.pid is not None
        os.kill(pair.hub.pid, signal.SIGHUP)
        await _until(lambda: "supervisor.restarted" in _log(pair))
        so_far = len(lookups)
        await _until(lambda: len(lookups) > so_far + 20)
        done.set()
    after = _serving_pids(pair)[len(before) :]
    assert len(before) == len(after) == 2
    assert not set(before) & set(after)
    await _until(lambda: listening.done() or set(signed) <= set(told.values()))
    assert not listening.done()
    listening.cancel()
    for client in clients:
        await client.close()
    command("hub", "audit", "verify", str(pair.installation.folder))


async def _a_thousand_times(stack: Stack, *, channels: int, number: int) -> None:
    """Create one registration by a thousand calls at once; all are answered by it, and the register has it once."""
    clients = [connect(stack.installation) for _ in range(channels)]
    deals = [_new_deal(client, stack, number) for client in clients]
    signatures = await _signatures(deals[0])
    answers = await asyncio.gather(*(deals[call % channels].submit(signatures) for call in range(1000)))
    assert len({(answer.registration_id, answer.vendor_reference) for answer in answers}) == 1
    await deals[0].reach(answers[0].registration_id, rosreestr_pb2.REGISTRATION_STATE_REGISTERED)
    items = control(stack, "/state")["registrations"]["items"]
    (item,) = [item for item in items if item["contract_number"] == f"load/{number}"]
    assert item["client_reference"] == answers[0].vendor_reference
    assert len(_submitted(stack, f"load/{number}")) == 1
    for client in clients:
        await client.close()


async def _signatures(deal: Deal) -> list[bytes]:
    thumbprint = (await deal.list_certificates())[0].thumbprint
    signature = await deal.sign(thumbprint)
    return [signature.cms, (await deal.attach_foreign()).signature.cms]


def _submitted(stack: Stack, contract_number: str) -> list[Any]:
    """The submissions of a contract that reached the register."""
    return [call for call in _all_submitted(stack) if contract_number in (call["document"] or "")]


async def test_a_thousand_calls_with_one_request_id_at_one_process_are_one_effect_and_one_answer(stack: Stack) -> None:
    await _a_thousand_times(stack, channels=1, number=50_001)


async def test_a_thousand_calls_with_one_request_id_over_two_processes_are_one_effect_and_one_answer(
    pair: Stack, postgres: PostgresServer
) -> None:
    await _a_thousand_times(pair, channels=8, number=50_002)
    found = _query(pair, "SELECT count(DISTINCT instance) FROM audit_records WHERE business_reference = 'load-50002'")
    assert found == [(2,)], "both processes were asked"


async def test_a_worker_that_was_stopped_past_its_lease_sends_nothing_when_it_goes_on(paced_pair: Stack) -> None:
    stack, count = paced_pair, 4
    async with connect(stack.installation) as client, connect(stack.installation) as other:
        signatures = await _signatures(_new_deal(client, stack, 10))
        deals = [_new_deal(client if number % 2 else other, stack, 10 + number) for number in range(count)]
        creating = [asyncio.create_task(_created(deal, signatures)) for deal in deals]
        job, holder = await _held_job(stack)
        pid = _pid_of(stack, holder)
        os.kill(pid, signal.SIGSTOP)
        try:
            # The others' worker takes it over once the lease is past, and brings it to its end.
            await _until(lambda: _query(stack, f"SELECT state FROM outbox_jobs WHERE id = '{job}'") == [("done",)])
        finally:
            os.kill(pid, signal.SIGCONT)
        await _until(lambda: any(job in line and "job.lease_lost" in line for line in _log(stack).splitlines()))
        (reference,) = _query(stack, f"SELECT business_reference FROM outbox_jobs WHERE id = '{job}'")
        assert len(_submitted(stack, str(reference[0]).replace("-", "/"))) == 1
        await asyncio.gather(*creating)
        done = "SELECT count(*) FROM outbox_jobs WHERE kind = 'rosreestr.submit' AND state = 'done'"
        await _until(lambda: _query(stack, done) == [(count,)])
    counts = Counter(item["contract_number"] for item in control(stack, "/state")["registrations"]["items"])
    assert counts == {f"load/{10 + number}": 1 for number in range(count)}
    assert len(_all_submitted(stack)) == count


async def _created(deal: Deal, signatures: Sequence[bytes]) -> rosreestr_pb2.Registration:
    """Ask until answered, as a backend does whose hub stands still."""
    while True:
        try:
            return await deal.submit(signatures)
        except LandhubError as error:
            if not error.may_retry:
                raise


async def _held_job(stack: Stack) -> tuple[str, str]:
    """Wait for a submission that a worker holds and has not sent; its id and the worker."""
    found: list[tuple[Any, ...]] = []

    def look() -> bool:
        where = "kind = 'rosreestr.submit' AND state = 'leased' AND sent_at IS NULL"
        found[:] = _query(stack, f"SELECT id, holder FROM outbox_jobs WHERE {where} ORDER BY created_at DESC")
        return bool(found)

    await _until(look)
    job, holder = found[0]
    return job, holder


def _pid_of(stack: Stack, instance: str) -> int:
    """The process that a worker's instance is: its place is in its first record, its pid with the supervisor."""
    lines = [json.loads(line) for line in _log(stack).splitlines() if line.startswith("{")]
    (place,) = [line["process"] for line in lines if line.get("instance") == instance and "process" in line]
    (pid,) = [line["pid"] for line in lines if line["event"] == "supervisor.process_serves" and line["place"] == place]
    return int(pid)


def _all_submitted(stack: Stack) -> list[Any]:
    calls = control(stack, "/calls?operation=registration.submit")["calls"]
    assert isinstance(calls, list)
    return calls


def _query(stack: Stack, statement: str) -> list[tuple[Any, ...]]:
    """Look into the installation's database behind the hub's back."""
    settings = tomllib.loads((stack.installation.folder / "landhub.toml").read_text(encoding="utf-8"))
    with psycopg.connect(settings["storage"]["url"]) as connection:
        return connection.execute(statement).fetchall()
