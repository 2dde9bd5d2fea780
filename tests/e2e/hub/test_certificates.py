"""The hub's doors under load: certificates and CAs are replaced and no call fails; who is withdrawn is out at once."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import grpc
import pytest

from landhub.events.v1 import events_service_pb2 as events
from landhub.hub.v1 import hub_service_pb2 as hub_pb
from landhub.rosreestr.v1 import rosreestr_service_pb2 as rosreestr
from landhub_client import Client, LandhubError
from sandbox.demo.stack import Stack
from tests.e2e.hub.rotation import SETTINGS, rotate_under_load
from tests.support.stack import command, connect, running_stack

LIST = rosreestr.ListRegistrationsRequest()
OUT_SECONDS = 10.0  # a look each second, on a machine that is busy; the connections here would live for an hour


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running_stack(tmp_path_factory.mktemp("hub") / "installation", "denied", "removed") as made:
        yield made


async def test_certificates_and_cas_change_at_both_doors_and_no_call_fails(tmp_path: Path) -> None:
    with running_stack(tmp_path / "installation", settings=SETTINGS) as stack:
        load = await rotate_under_load(stack, rotations=1)
    assert load.failed == []


@pytest.mark.parametrize("name", ["denied", "removed"])
async def test_a_withdrawn_caller_is_refused_on_the_connection_he_has(stack: Stack, name: str) -> None:
    folder = stack.installation.folder
    async with connect(stack.installation, name) as client:
        await client.rosreestr.ListRegistrations(LIST)
        listening = asyncio.create_task(heard(client))
        if name == "denied":
            command("hub", "callers", "deny", str(folder), name)
        else:
            settings = folder / "landhub.toml"
            settings.write_text(settings.read_text().replace(f"[callers.{name}]", "[callers.somebody-else]"))
        async with asyncio.timeout(OUT_SECONDS):
            failure = await refused(lambda: client.rosreestr.ListRegistrations(LIST))
            ended = await listening
    assert failure.code is ended.code is grpc.StatusCode.UNAUTHENTICATED
    assert failure.reason == ended.reason == ("CERTIFICATE_REFUSED" if name == "denied" else "CALLER_UNKNOWN")


async def test_a_withdrawn_administrator_is_refused_on_the_connection_he_has(stack: Stack) -> None:
    folder = stack.installation.folder
    async with connect(stack.installation, "administrator") as client:
        await client.hub.ListModules(hub_pb.ListModulesRequest())
        command("hub", "callers", "deny", str(folder), "admin")
        async with asyncio.timeout(OUT_SECONDS):
            failure = await refused(lambda: client.hub.ListModules(hub_pb.ListModulesRequest()))
    assert failure.reason == "CERTIFICATE_REFUSED"
    (folder / "pki/admin-denied").write_text("")  # lets him in again, for who uses this stack next


async def heard(client: Client) -> LandhubError:
    """Listen until refused."""
    try:
        async for _ in client.subscribe(events.SubscribeRequest()):
            pass
    except LandhubError as error:
        return error
    raise AssertionError("the stream ended in good order")


async def refused(call: Callable[[], Awaitable[object]]) -> LandhubError:
    """Call until refused."""
    while True:
        try:
            await call()
        except LandhubError as error:
            return error
