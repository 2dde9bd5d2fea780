"""The two HTTP listeners, over real sockets."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client import CollectorRegistry, Counter

from hub.core.health import HealthRegistry, ServiceState
from hub.web.listener import Listener
from hub.web.private import private_application

Fetch = Callable[..., Awaitable[tuple[int, str]]]


@asynccontextmanager
async def listening(application: web.Application) -> AsyncIterator[Fetch]:
    listener = Listener(application=application, address="127.0.0.1:0")
    port = await listener.start()
    timeout = aiohttp.ClientTimeout(total=10)
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}", timeout=timeout) as session:

        async def fetch(path: str, *, method: str = "GET", data: bytes | None = None) -> tuple[int, str]:
            async with session.request(method, path, data=data) as answer:
                return answer.status, await answer.text()

        yield fetch
    await listener.close()


@pytest.fixture
def health() -> HealthRegistry:
    return HealthRegistry()


async def test_metrics_are_those_of_the_given_registry(health: HealthRegistry) -> None:
    registry = CollectorRegistry()
    Counter("landhub_test", "Only for this test", registry=registry).inc(3)
    async with listening(private_application(registry=registry, health=health, spans=lambda: ())) as fetch:
        status, text = await fetch("/metrics")
    assert status == 200
    assert "landhub_test_total 3.0" in text


async def test_readiness_follows_the_hub_and_names_what_is_wrong_while_liveness_does_not(
    health: HealthRegistry,
) -> None:
    health.set("landhub.signatures.v1.SignaturesService", ServiceState.NOT_SERVING, reason="no agent answers")
    async with listening(private_application(registry=CollectorRegistry(), health=health, spans=lambda: ())) as fetch:
        assert (await fetch("/readyz"))[0] == 503
        health.set("", ServiceState.SERVING)
        status, text = await fetch("/readyz")
        assert status == 200
        assert "no agent answers" in text
        health.set("", ServiceState.NOT_SERVING, reason="stopping")
        assert (await fetch("/readyz"))[0] == 503
        assert (await fetch("/healthz"))[0] == 200


async def test_traces_are_grouped_and_one_can_be_asked_for(health: HealthRegistry) -> None:
    kept = InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(kept))
    tracer = provider.get_tracer("test")
    with tracer.start_as_current_span("first"), tracer.start_as_current_span("inner"):
        pass
    with tracer.start_as_current_span("second") as second:
        wanted = f"{second.get_span_context().trace_id:032x}"
    application = private_application(registry=CollectorRegistry(), health=health, spans=kept.get_finished_spans)
    async with listening(application) as fetch:
        _, everything = await fetch("/traces")
        _, one = await fetch(f"/traces?trace_id={wanted}")
    provider.shutdown()
    assert everything.index("second") < everything.index("first") < everything.index("inner")
    assert "second" in one
    assert "first" not in one


async def test_an_address_that_is_taken_is_an_error_of_the_system() -> None:
    first = Listener(application=web.Application(), address="127.0.0.1:0")
    port = await first.start()
    second = Listener(application=web.Application(), address=f"127.0.0.1:{port}")
    with pytest.raises(OSError, match="address already in use"):
        await second.start()
    await second.close()
    await first.close()
