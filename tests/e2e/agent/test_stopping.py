"""An agent that stops: watches of its health end at once, and what was begun is brought to its end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from landhub.signer.v1 import signer_service_pb2 as pb
from signer_agent.app import Agent
from signer_agent.settings import load_settings
from tests.e2e.agent.support import CALL_SECONDS, HubClient, Installation, connected, install
from tests.e2e.agent.test_stream import DOCUMENT, RULES, chunks, header
from tests.unit.agent.support import Keys

SERVICE = "landhub.signer.v1.SignerService"
SERVING, NOT_SERVING, UNKNOWN = 1, 2, 3


@asynccontextmanager
async def running(installation: Installation) -> AsyncIterator[tuple[Agent, HubClient]]:
    """An agent that would wait ten minutes for what is still open; the test stops it."""
    installation.set("[tls]", "drain_seconds = 600\n\n[tls]")
    agent = Agent.build(settings=load_settings(installation.directory), directory=installation.directory)
    port = await agent.start()
    async with connected(installation, port) as client:
        yield agent, client


async def watch(client: HubClient, service: str) -> AsyncIterator[int]:
    stub: Any = health_pb2_grpc.HealthStub(client.channel)
    async for answer in stub.Watch(health_pb2.HealthCheckRequest(service=service)):
        yield answer.status


@pytest.mark.parametrize(("service", "seen"), [("", NOT_SERVING), (SERVICE, NOT_SERVING), ("somebody.else", UNKNOWN)])
async def test_watches_are_told_and_end_and_the_agent_waits_for_none(
    service: str, seen: int, installation: Installation
) -> None:
    async with running(installation) as (agent, client), asyncio.timeout(CALL_SECONDS):
        told = watch(client, service)
        first = await anext(told)
        await agent.stop()
        rest = [status async for status in told]

    assert [first, *rest] == ([UNKNOWN] if seen == UNKNOWN else [SERVING, NOT_SERVING])


async def test_what_was_begun_is_signed_and_nothing_new_is_taken(tmp_path: Path, keys: Keys) -> None:
    sent, go_on = asyncio.Event(), asyncio.Event()

    async def parts() -> AsyncIterator[pb.SignStreamRequest]:
        first, *others = chunks(DOCUMENT)
        yield header(keys)
        yield first
        sent.set()
        await go_on.wait()
        for part in others:
            yield part

    seen = install(tmp_path / "agent", keys, rules=RULES)
    async with running(seen) as (agent, client), asyncio.timeout(CALL_SECONDS):
        told = watch(client, SERVICE)
        await anext(told)
        begun = asyncio.ensure_future(client.stub.SignStream(parts()))
        await sent.wait()
        await client.stub.GetStatus(pb.GetStatusRequest())  # on one connection, so the stream is there before it
        stopping = asyncio.create_task(agent.stop())
        assert [status async for status in told] == [NOT_SERVING]
        with pytest.raises(grpc.aio.AioRpcError):
            await client.stub.GetStatus(pb.GetStatusRequest(), timeout=1)
        assert not stopping.done()
        go_on.set()
        assert (await begun).signature.cms
        await stopping
