"""The hub and the sketch before one stub bank; the callers of both are in this process, on the other core."""

import asyncio
import itertools
import ssl
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from landhub.common.v1 import money_pb2
from landhub.payments.v1 import payments_service_pb2 as pb
from landhub_client import Client
from tests.bench.rig import proxies
from tests.bench.rig.installations import make_hub, make_provider
from tests.bench.rig.machine import cores
from tests.bench.rig.programs import Program
from tests.bench.rig.runner import Runner
from tests.support.ports import free_ports

_AT_ONCE = 16
_CALL_SECONDS = 60.0
_ACCOUNT = "modules.payments.accounts.sber"
_RETURN_URL = "https://shop.example/paid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Payments:
    """What takes payments, and the programs that do."""

    client: Client
    session: aiohttp.ClientSession
    sketch_url: str
    hub: Program
    sketch: Program

    async def by_hub(self) -> None:
        """One payment by the hub: audited, kept, found again after a crash."""
        request = pb.CreatePaymentRequest(
            request_id=str(uuid.uuid4()),
            business_reference="ДКП-2026/17",
            amount=money_pb2.Money(minor_units=1_250_000, currency_code="RUB"),
            description="Оплата по договору",
            return_url=_RETURN_URL,
        )
        answer = await self.client.payments.CreatePayment(request, timeout=_CALL_SECONDS)
        assert answer.payment.payment_url, answer

    async def by_sketch(self) -> None:
        """One payment by the sketch."""
        body = {"amount": 1_250_000, "description": "Оплата по договору", "return_url": _RETURN_URL}
        async with self.session.post(self.sketch_url, json=body) as response:
            assert (await response.json())["payment_url"]


async def per_cpu_second(create: Callable[[], Awaitable[None]], program: Program, *, count: int) -> float:
    """Create so many payments, 16 at a time, and return how many were made a second of the program's CPU."""
    cpu, left = program.cpu_seconds(), itertools.count()

    async def ask() -> None:
        while next(left) < count:
            await create()

    await asyncio.gather(*(ask() for _ in range(_AT_ONCE)))
    return count / (program.cpu_seconds() - cpu)


@asynccontextmanager
async def payments(folder: Path) -> AsyncIterator[Payments]:
    """Run all of it while the context lasts."""
    make_provider(folder)
    bank, stub, sink, provider = free_ports(4)
    with ExitStack() as running:
        runner = Runner(folder, running)
        runner.python("bank", "-m", "tests.bench.rig.bank", str(stub), ready=stub, on=cores().others)
        gateway = proxies.bank(port=bank, to=stub, pair=folder / "tls/server.pem")
        runner.haproxy(proxies.configuration(gateway, proxies.sink(port=sink)))
        port, hub = _hub(runner, bank=bank, provider=provider, sink=sink)
        (sketch_port,) = free_ports(1)
        where = (str(folder), str(bank), str(sketch_port))
        sketch = runner.python("sketch", "-m", "tests.bench.baselines.fastapi_payments", *where, ready=sketch_port)
        pki = folder / "hub/pki"
        async with (
            Client.connect(
                f"127.0.0.1:{port}", ca=pki / "ca.crt", certificate=pki / "client.crt", key=pki / "client.key"
            ) as client,
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=_tls(folder))) as session,
        ):
            url = f"https://localhost:{sketch_port}/payments"
            yield Payments(client=client, session=session, sketch_url=url, hub=hub, sketch=sketch)


def _tls(folder: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=folder / "tls/ca.crt")


def _hub(runner: Runner, *, bank: int, provider: int, sink: int) -> tuple[int, Program]:
    port, administration, public, private = free_ports(4)
    addresses = {
        "server.address": port,
        "administration.address": administration,
        "web.public_address": public,
        "web.private_address": private,
    }
    password = runner.folder / "bank.password"
    password.touch(mode=0o600)
    password.write_text("not a secret")
    more = {
        "modules.payments.mode": '"on"',
        "modules.payments.return_hosts.client": '["shop.example"]',
        "modules.payments.poll_initial": "86400.0",  # what is measured is the making
        "modules.payments.poll_max": "86400.0",
        f"{_ACCOUNT}.provider": '"sberbank"',
        f"{_ACCOUNT}.callers": '["client"]',
        f"{_ACCOUNT}.settings.dialect": '"ecom"',
        f"{_ACCOUNT}.settings.api_url": f'"https://localhost:{bank}"',
        f"{_ACCOUNT}.settings.user_name": '"landhub-api"',
        f"{_ACCOUNT}.settings.password": '"file:../bank.password"',
        f"{_ACCOUNT}.settings.ca_bundle": '"../tls/ca.crt"',
    }
    folder = runner.folder / "hub"
    make_hub(folder, provider=provider, sink=sink, addresses=addresses, more=more)
    return port, runner.python("hub", "-m", "hub", "serve", str(folder), ready=port)
