"""A provider's secret is changed under load: a wrong one is not taken, a right one costs no call."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest
from cryptography.fernet import Fernet
from opentelemetry.trace import NoOpTracer
from prometheus_client import CollectorRegistry

from hub.app.secret_rotation import ROTATE, SecretRotation
from hub.core.clock import Clock, SystemClock
from hub.core.ids import Ids
from hub.core.jobs import NewJob
from hub.core.secrets import Secrets
from hub.core.telemetry import Telemetry
from hub.module_api import Renewal, RunningModule, prove_apart
from hub.modules.rosreestr.exchangeable import ExchangeablePort
from hub.resilience.upstream import Upstreams
from sandbox.app import Sandbox
from sandbox.registry import SINGLE_OWNER
from sealed.master_key import MasterKey, new_key
from sealed.store import SealedFile
from tests.contract.xml_gateway_vendor import connect, sandbox_settings
from tests.support.core_fixtures import Core, open_core

FIRST, SECOND, STRANGE = (Fernet.generate_key() for _ in range(3))
REFERENCES = ("sealed:first", "sealed:second")


@dataclass(frozen=True, kw_only=True)
class Context:
    secrets: Secrets
    path: Callable[[str], Path]
    upstreams: Upstreams
    clock: Clock = field(default_factory=SystemClock)
    ids: Ids = field(default_factory=lambda: Ids(clock=SystemClock()))
    telemetry: Telemetry = field(default_factory=lambda: Telemetry(tracer=NoOpTracer()))
    development: bool = True


@dataclass(frozen=True, kw_only=True)
class Site:
    core: Core
    sealed: SealedFile
    port: ExchangeablePort
    upstreams: Upstreams
    rotation: SecretRotation

    async def rotate(self, name: str, value: bytes) -> str:
        """Do what `hub secret rotate` does; returns the reason that the audit tells."""
        self.sealed.stage(name, value)
        request_id = f"rotation-{name}-{value.hex()[:8]}"
        job = NewJob(kind=ROTATE, payload={"name": name}, caller="local:hub", request_id=request_id)
        await self.core.database.write(lambda conn: self.core.outbox.enqueue(conn, job), label="test")
        await self.core.outbox.run_due()
        rows = await self.core.database.read(lambda conn: self.core.stores.audit.list(conn, caller="local:hub"))
        records = [row.record for row in rows if row.record.phase == "admin" and row.record.request_id == request_id]
        (record,) = records
        assert record.resource == f"hub.Secret/{name}"
        assert value.decode() not in repr(rows)
        return record.reason


@asynccontextmanager
async def site_of(tmp_path: Path) -> AsyncIterator[Site]:
    key = MasterKey(path=tmp_path / "elsewhere" / "master")
    key.write([new_key()])
    sealed = SealedFile(path=tmp_path / "hub" / "sealed", master_key=key)
    for name in ("first", "second", "unused"):
        sealed.put(name, FIRST, now=SystemClock().now())
    keys = (FIRST.decode(), SECOND.decode())
    secrets = Secrets(base=tmp_path, environment={}, sealed=sealed.get)
    upstreams = Upstreams(clock=SystemClock(), ids=Ids(clock=SystemClock()), registry=CollectorRegistry())
    async with (
        Sandbox.start(sandbox_settings(tmp_path, fernet_keys=keys)) as sandbox,
        open_core(tmp_path) as core,
    ):
        context = Context(secrets=secrets, path=lambda name: tmp_path / name, upstreams=upstreams)

        def build(ctx: Any) -> Any:
            return connect(ctx, sandbox, fernet_keys=REFERENCES)

        port = ExchangeablePort(build(context))
        renewal = Renewal(
            references=frozenset(REFERENCES),
            prove=lambda tried: prove_apart(port.exchange, cast("Any", context), build, tried),
        )
        running = RunningModule(services={}, renewals={"rosreestr.xml_gateway": renewal})
        rotation = SecretRotation(
            hosted=lambda: [cast("Any", _Hosted(running))],
            secrets=secrets,
            sealed=lambda: sealed,
            audit=core.audit,
            clock=core.clock,
            outbox=core.outbox,
        )
        yield Site(core=core, sealed=sealed, port=port, upstreams=upstreams, rotation=rotation)
        await port.close()


@dataclass(frozen=True)
class _Hosted:
    running: RunningModule


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with site_of(tmp_path) as opened:
        yield opened


@asynccontextmanager
async def load(site: Site) -> AsyncIterator[list[str]]:
    """Read plots all the time; a failure fails the test."""
    told: list[str] = []
    stop = asyncio.Event()

    async def read() -> None:
        while not stop.is_set():
            told.append((await site.port.get_land_plot(SINGLE_OWNER)).cadastral_number)

    async with asyncio.TaskGroup() as tasks:
        for _ in range(8):
            tasks.create_task(read())
        yield told
        stop.set()


async def test_a_wrong_secret_is_not_taken_and_a_right_one_is_without_a_failed_call(site: Site) -> None:
    async with load(site) as told:
        reason = await site.rotate("first", STRANGE)
        assert reason not in {"", "ROTATED"}
        assert site.sealed.get("first") == FIRST
        assert site.sealed.secrets()["first"].candidate is None
        assert await site.rotate("first", SECOND) == "ROTATED"
        assert site.sealed.get("first") == SECOND
        assert site.sealed.secrets()["first"].previous == FIRST
        for _ in range(20):
            await site.port.get_land_plot(SINGLE_OWNER)
    assert set(told) == {SINGLE_OWNER}
    (status,) = site.upstreams.statuses()
    assert status.consecutive_failures == 0  # the wrong one did not touch the breaker of the calls


async def test_a_value_that_is_no_key_and_a_secret_that_nobody_uses_are_told_as_such(site: Site) -> None:
    assert await site.rotate("first", b"no fernet key") == "SECRET_UNUSABLE"
    assert await site.rotate("unused", SECOND) == "NOT_IN_USE"
    assert site.sealed.get("unused") == FIRST


async def test_another_process_follows_what_was_proven(site: Site) -> None:
    watch = asyncio.create_task(site.rotation.run_forever())
    site.sealed.stage("first", SECOND)
    site.sealed.promote("first", now=site.core.clock.now())
    before = site.port._in_use.present
    async with asyncio.timeout(20):
        while site.port._in_use.present is before:
            await site.core.clock.advance(5)
            await asyncio.sleep(0.01)
    assert (await site.port.get_land_plot(SINGLE_OWNER)).cadastral_number == SINGLE_OWNER
    watch.cancel()
    await asyncio.gather(watch, return_exceptions=True)
