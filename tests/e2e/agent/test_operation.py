"""What an operator sees of a running agent: health while its clock is wrong, metrics, spans of its tools."""

import urllib.request
from datetime import timedelta
from pathlib import Path

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from landhub.signer.v1 import signer_service_pb2 as pb
from signer_agent.app import Agent
from signer_agent.clock import SystemClock
from signer_agent.keys.port import KeyUnavailableError
from signer_agent.keys.tool_process import ToolProcess
from signer_agent.settings import load_settings
from tests.e2e.agent.support import CALL_SECONDS, Installation, connected, refused, serving, sign_request
from tests.support.ports import free_ports
from tests.unit.agent.support import Keys, SetClock

SERVICE = "landhub.signer.v1.SignerService"
SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING


async def test_while_the_clock_stands_behind_the_journal_nothing_is_signed_and_health_says_so_and_it_returns_by_itself(
    installation: Installation, keys: Keys
) -> None:
    clock = SetClock(SystemClock().now())
    agent = Agent.build(settings=load_settings(installation.directory), directory=installation.directory, clock=clock)
    port = await agent.start()
    try:
        async with connected(installation, port) as client:
            stub = health_pb2_grpc.HealthStub(client.channel)
            watch = stub.Watch(health_pb2.HealthCheckRequest(service=SERVICE), timeout=CALL_SECONDS)  # type: ignore[attr-defined]
            told = aiter(watch)
            assert (await anext(told)).status == SERVING
            clock.move(timedelta(seconds=-20))
            assert (await anext(told)).status == NOT_SERVING
            failure = await refused(client, "Sign", sign_request(keys))
            status = await client.stub.GetStatus(pb.GetStatusRequest(), timeout=CALL_SECONDS)
            assert (failure.code, failure.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "CLOCK_BEHIND_JOURNAL")
            assert status.not_serving_reason == "CLOCK_BEHIND_JOURNAL"
            clock.move(timedelta(seconds=20))
            assert (await anext(told)).status == SERVING
            assert (await client.stub.Sign(sign_request(keys), timeout=CALL_SECONDS)).cms
            watch.cancel()
    finally:
        await agent.stop()


async def test_the_agents_metrics_count_signatures_refusals_and_the_journal(
    installation: Installation, keys: Keys
) -> None:
    (port_of_metrics,) = free_ports(1)
    installation.set('otlp_endpoint = ""', f'otlp_endpoint = ""\nmetrics_address = "127.0.0.1:{port_of_metrics}"')
    async with serving(installation) as port, connected(installation, port) as client:
        await client.stub.Sign(sign_request(keys), timeout=CALL_SECONDS)
        await refused(client, "Sign", sign_request(keys, caller="stranger"))
        text = _metrics(port_of_metrics)

    assert 'landhub_signer_signatures_total{outcome="SIGNED",reason="",rule="hub"} 1.0' in text
    assert 'landhub_signer_signatures_total{outcome="REFUSED",reason="POLICY_REFUSED",rule="hub"} 1.0' in text
    assert 'landhub_signer_key_seconds_count{backend="gost_file",outcome="ok"} 1.0' in text
    assert "landhub_signer_journal_records 4.0" in text  # start, decision, signature, refusal
    assert f'landhub_signer_certificate_days_left{{certificate="{keys.thumbprints["seller"]}"}}' in text
    assert "stranger" not in text


def _metrics(port: int) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=CALL_SECONDS) as answer:
        text: str = answer.read().decode()
    return text


def test_a_run_of_a_tool_is_a_span_with_its_name_and_outcome_and_none_of_its_words(tmp_path: Path) -> None:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    process = ToolProcess(folder=tmp_path / "private", timeout_seconds=0.2, monotonic=lambda: 0.0)
    process.tracer = provider.get_tracer("test")
    with process.private_folder() as folder:
        process.run(("/bin/echo", "canary-words"), folder=folder)
        with pytest.raises(KeyUnavailableError):
            process.run(("/bin/sh", "-c", "sleep 60", "canary-words"), folder=folder)

    told = [(span.name, dict(span.attributes or {})) for span in exporter.get_finished_spans()]
    assert told == [
        ("tool echo", {"landhub.tool": "echo", "landhub.outcome": "ended"}),
        ("tool sh", {"landhub.tool": "sh", "landhub.outcome": "TIMED_OUT"}),
    ]
    assert not any("canary" in str(span.to_json()) for span in exporter.get_finished_spans())
