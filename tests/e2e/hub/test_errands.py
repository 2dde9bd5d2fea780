"""What the command line gives a hub that serves through its database: a provider's new secret, a person's erasure."""

import asyncio
import subprocess
import sys
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from landhub.rosreestr.v1 import rosreestr_pb2
from landhub.rosreestr.v1 import rosreestr_service_pb2 as rosreestr
from landhub_client import Client
from sandbox.demo.installation import install
from sandbox.demo.stack import Stack
from tests.support.databases import database_settings
from tests.support.examples import transfer
from tests.support.ports import demo_ports
from tests.support.stack import PACE, START_SECONDS, STEP_SECONDS, command, connect

FIRST, SECOND, STRANGE = (Fernet.generate_key() for _ in range(3))
ERRAND_SECONDS = 120


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A landhub whose provider knows two keys; the hub holds its own in the sealed file."""
    base = tmp_path_factory.mktemp("errands")
    folder, files = base / "installation", []
    for name, key in (("first", FIRST), ("second", SECOND)):
        files.append(base / name)
        files[-1].touch(mode=0o600)
        files[-1].write_bytes(key)
    references = {"modules.rosreestr.providers.xml_gateway.fernet_keys": ["sealed:gateway", "sealed:gateway_before"]}
    installation = install(folder, demo_ports(), pace=PACE, settings={**database_settings(), **references})
    command("hub", "sealed", "init", str(folder))
    for name in ("gateway", "gateway_before"):
        assert run("sealed", "set", folder, name, given=FIRST)[0] == 0
    options = [option for file in files for option in ("--fernet-key-file", str(file))]
    made = Stack(installation, step_seconds=STEP_SECONDS, sandbox_options=options)
    try:
        made.start(timeout_seconds=START_SECONDS)
        yield made
    finally:
        made.stop()


def run(*arguments: str | Path, given: bytes) -> tuple[int, str]:
    """Run a command of the hub's with something on its standard input; returns its exit code and what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "hub", *map(str, arguments)],
        input=given, capture_output=True, timeout=ERRAND_SECONDS, check=False,
    )  # fmt: skip
    printed = (done.stdout + done.stderr).decode()
    assert given.decode() not in printed
    return done.returncode, printed


@asynccontextmanager
async def load(client: Client) -> AsyncIterator[list[str]]:
    """Look plots up and register all the time; a failure fails the test."""
    done, stop = list[str](), asyncio.Event()

    async def look_up() -> None:
        while not stop.is_set():
            request = rosreestr.GetLandPlotRequest(cadastral_number="50:20:0010101:101")
            request.max_age.SetInParent()
            done.append((await client.rosreestr.GetLandPlot(request)).land_plot.cadastral_number)

    async def register() -> None:
        while not stop.is_set():
            await registered(client)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(look_up())
        tasks.create_task(register())
        try:
            yield done
        finally:
            stop.set()


async def registered(client: Client) -> rosreestr_pb2.Registration:
    """Register a transfer, and follow it to its end."""
    number = str(uuid.uuid4())
    request = rosreestr.CreateRegistrationRequest(business_reference=number, transfer=transfer())
    request.transfer.contract_number = number
    answer = await client.rosreestr.CreateRegistration(request)
    return [state async for state in client.watch(answer.registration.registration_id)][-1]


async def test_a_secret_of_a_provider_is_changed_while_it_is_used_and_a_wrong_one_is_not_taken(stack: Stack) -> None:
    folder = stack.installation.folder
    async with connect(stack.installation) as client, load(client) as done:
        code, printed = await asyncio.to_thread(run, "secret", "rotate", folder, "gateway", given=STRANGE)
        assert (code, printed.startswith("sealed:gateway is as it was: the provider")) == (1, True), printed
        code, printed = await asyncio.to_thread(run, "secret", "rotate", folder, "gateway", given=SECOND)
        assert (code, "works and is in use" in printed) == (0, True), printed
        before = len(done)
        await registered(client)
    assert len(done) > before
    assert "whole" in command("hub", "audit", "verify", str(folder))


async def test_a_person_is_erased_from_what_is_final_while_the_hub_serves(stack: Stack) -> None:
    folder = stack.installation.folder
    seller = transfer().transferors[0].party
    async with connect(stack.installation) as client:
        final = await registered(client)
        assert final.state == rosreestr_pb2.REGISTRATION_STATE_REGISTERED
        async with load(client):
            inn = seller.person.inn.encode()
            code, printed = await asyncio.to_thread(run, "erase", folder, "--inn", given=inn)
            assert code == 0, printed
            erased = int(printed.split()[0])
            assert erased >= 1
            code, printed = await asyncio.to_thread(run, "erase", folder, "--inn", given=b"502099000766")
            assert code == 0, printed
        kept = await client.rosreestr.GetRegistration(
            rosreestr.GetRegistrationRequest(registration_id=final.registration_id)
        )
        assert kept.registration.state == final.state, "that there was a registration is no personal datum"
    assert "whole" in command("hub", "audit", "verify", str(folder))
