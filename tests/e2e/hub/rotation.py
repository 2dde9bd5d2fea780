"""The hub's own certificates, its callers' and both CAs replaced again and again while everybody calls."""

import asyncio
import threading
import uuid
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization

from hub.core.clock import SystemClock
from hub.installation import pki
from landhub.events.v1 import events_service_pb2 as events
from landhub.hub.v1 import hub_service_pb2 as hub_pb
from landhub.rosreestr.v1 import rosreestr_service_pb2 as rosreestr
from landhub_client import Client, LandhubError, SyncClient
from sandbox.demo.stack import Stack
from tests.e2e.agent.rotation import replace
from tests.support.examples import transfer
from tests.support.stack import connect, identity

SETTINGS = {"server.max_connection_age_seconds": 1, "limits.calls_per_second": 100_000, "limits.burst": 100_000}
"""Connections that live so shortly that each step meets handshakes of all kinds."""
CALLS_A_STEP = 20
TELL_EVERY = 10
_STEP_SECONDS = 60.0
_HOSTS = ("localhost", "127.0.0.1")


@dataclass(slots=True)
class Load:
    """What was called meanwhile, by whom, and what failed."""

    calls: dict[str, int] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)

    def called(self, name: str) -> None:
        """Count a call."""
        self.calls[name] = self.calls.get(name, 0) + 1


class HubRotation:
    """One CA after the other, as an operator goes: trust both, replace servers', then clients', trust the new one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._trusted = {name: (folder / f"{name}.crt").read_bytes() for name in ("ca", "admin-ca")}

    def steps(self) -> tuple[Callable[[], None], ...]:
        """What is done in a row for one rotation of both doors."""
        now = SystemClock().now()
        fresh = {
            name: pki.make_authority(f"{name} {uuid.uuid4()}", now=now, development=True) for name in self._trusted
        }
        new = {name: pki.certificate_pem(authority.certificate) for name, authority in fresh.items()}

        def trust_both() -> None:
            for name, pem in new.items():
                replace(self._folder / f"{name}.crt", self._trusted[name] + pem)

        def replace_servers() -> None:
            for name, server in (("ca", "server"), ("admin-ca", "admin-server")):
                self._put(server, pki.issue_server(fresh[name], name=server, hosts=_HOSTS, now=now))

        def replace_clients() -> None:
            for name, client, caller in (("ca", "client", "client"), ("admin-ca", "admin", "admin")):
                self._put(client, pki.issue_client(fresh[name], name=caller, now=now))

        def trust_the_new_one() -> None:
            self._trusted = new
            for name, pem in new.items():
                replace(self._folder / f"{name}.crt", pem)

        return trust_both, replace_servers, replace_clients, trust_the_new_one

    def _put(self, name: str, issued: pki.Issued) -> None:
        pem = issued.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        replace(self._folder / f"{name}.key", pem)
        replace(self._folder / f"{name}.crt", pki.certificate_pem(issued.certificate))


async def rotate_under_load(stack: Stack, *, rotations: int, tell: Callable[[str], None] = lambda _: None) -> Load:
    """Rotate so often while callers and an administrator call, and one listens to events."""
    rotation, load, stop = HubRotation(stack.installation.pki), Load(), asyncio.Event()
    async with connect(stack.installation) as client, connect(stack.installation, "administrator") as administrator:
        tasks = [
            asyncio.create_task(work)
            for work in (
                _again_and_again("lookups", lambda: _look_up(client), load, stop),
                _again_and_again("lists", lambda: _list(client), load, stop),
                _again_and_again("registrations", lambda: _register(client), load, stop),
                _again_and_again("administration", lambda: _administer(administrator), load, stop),
                _listen(client, load),
            )
        ]
        with _synchronous(stack, load):
            for number in range(rotations):
                for step in rotation.steps():
                    step()
                    await _all_called_again(load)
                if (number + 1) % TELL_EVERY == 0:
                    tell(f"{number + 1} rotations, {sum(load.calls.values())} calls, {len(load.failed)} failed")
        stop.set()
        tasks[-1].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return load


async def _all_called_again(load: Load) -> None:
    """Wait until everybody has called often enough to have met what was changed, which is looked at once a second."""
    before = dict(load.calls)
    loop = asyncio.get_running_loop()
    earliest = loop.time() + 1.2
    async with asyncio.timeout(_STEP_SECONDS):
        while loop.time() < earliest or any(  # noqa: ASYNC110 - a thread counts, too
            load.calls.get(name, 0) - before.get(name, 0) < calls for name, calls in _ENOUGH.items()
        ):
            await asyncio.sleep(0.05)


_ENOUGH = {"lookups": CALLS_A_STEP, "lists": CALLS_A_STEP, "administration": CALLS_A_STEP, "threads": CALLS_A_STEP,
           "registrations": 2, "events": 2}  # fmt: skip


async def _again_and_again(name: str, call: Callable[[], Awaitable[object]], load: Load, stop: asyncio.Event) -> None:
    while not stop.is_set():
        try:
            await call()
        except LandhubError as error:
            load.failed.append(f"{name}: {error!r}")
        load.called(name)
        await asyncio.sleep(0.01)


async def _look_up(client: Client) -> None:
    await client.rosreestr.GetLandPlot(rosreestr.GetLandPlotRequest(cadastral_number="50:20:0010101:101"))


async def _list(client: Client) -> None:
    await client.rosreestr.ListRegistrations(rosreestr.ListRegistrationsRequest(page_size=1))


async def _register(client: Client) -> None:
    number = str(uuid.uuid4())
    request = rosreestr.CreateRegistrationRequest(business_reference=number, transfer=transfer())
    request.transfer.contract_number = number
    await client.rosreestr.CreateRegistration(request)


async def _administer(client: Client) -> None:
    await client.hub.ListModules(hub_pb.ListModulesRequest())


async def _listen(client: Client, load: Load) -> None:
    try:
        async for _ in client.subscribe(events.SubscribeRequest()):
            load.called("events")
    except LandhubError as error:
        load.failed.append(f"events: {error!r}")


@contextmanager
def _synchronous(stack: Stack, load: Load) -> Iterator[None]:
    """Call by the synchronous client, too, on a thread."""
    who, stop = identity(stack.installation, "client"), threading.Event()

    def call(client: Any) -> None:
        while not stop.wait(0.01):
            try:
                client.rosreestr.ListRegistrations(rosreestr.ListRegistrationsRequest(page_size=1))
            except LandhubError as error:
                load.failed.append(f"threads: {error!r}")
            load.called("threads")

    with SyncClient.connect(who.address, ca=who.ca, certificate=who.certificate, key=who.key) as client:
        thread = threading.Thread(target=call, args=(client,))
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()
