"""Health v1 and reflection: for every known caller, whatever its role."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2
from grpc_health.v1.health_pb2_grpc import HealthStub
from grpc_reflection.v1alpha import reflection_pb2
from grpc_reflection.v1alpha.reflection_pb2_grpc import ServerReflectionStub

from hub.core.health import ServiceState
from tests.support.rpc_fixtures import ROSREESTR, SIGNATURES, Site, failure_of, serving

SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING
UNKNOWN = health_pb2.HealthCheckResponse.SERVICE_UNKNOWN


def health(site: Site, caller: str = "archive") -> Any:
    return HealthStub(site.channel(caller))


def about(service: str) -> health_pb2.HealthCheckRequest:
    return health_pb2.HealthCheckRequest(service=service)


async def test_check_tells_the_hub_and_each_service(site: Site) -> None:
    stub = health(site)
    assert (await stub.Check(about(""), timeout=10)).status == SERVING
    site.health.set(SIGNATURES, ServiceState.NOT_SERVING, reason="no agent")
    assert (await stub.Check(about(SIGNATURES), timeout=10)).status == NOT_SERVING


@pytest.mark.parametrize("service", [ROSREESTR, "no.such.Service"])
async def test_check_knows_no_service_that_is_off(site: Site, service: str) -> None:
    assert (await failure_of(health(site).Check(about(service), timeout=10))).code is grpc.StatusCode.NOT_FOUND


async def test_watch_tells_the_state_now_and_each_change_of_that_service_alone(site: Site) -> None:
    async with asyncio.timeout(20):
        watch = health(site).Watch(about(SIGNATURES))
        assert (await watch.read()).status == UNKNOWN
        site.health.set(ROSREESTR, ServiceState.SERVING)
        for state, status in ((ServiceState.SERVING, SERVING), (ServiceState.NOT_SERVING, NOT_SERVING)):
            site.health.set(SIGNATURES, state)
            assert (await watch.read()).status == status
        site.health.set(SIGNATURES, ServiceState.NOT_SERVING, reason="another reason, the same state")
        site.health.set(SIGNATURES, ServiceState.UNKNOWN)
        assert (await watch.read()).status == UNKNOWN
        watch.cancel()


async def test_a_watcher_of_a_server_that_drains_hears_it_before_the_stream_ends(site: Site) -> None:
    async with asyncio.timeout(20):
        watch = health(site).Watch(about(""))
        assert (await watch.read()).status == SERVING
        drain = asyncio.ensure_future(site.server.drain(5.0))
        assert (await watch.read()).status == NOT_SERVING
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await watch.read()
        assert caught.value.code() is grpc.StatusCode.UNAVAILABLE
        await drain


async def test_list_tells_all_services(site: Site) -> None:
    site.health.set(ROSREESTR, ServiceState.SERVING)
    response = getattr(health_pb2, "HealthListResponse")  # noqa: B009 - newer than its stubs
    call: Any = site.channel().unary_unary("/grpc.health.v1.Health/List", response_deserializer=response.FromString)
    assert {name: state.status for name, state in (await call(b"", timeout=10)).statuses.items()} == {
        "": SERVING,
        ROSREESTR: SERVING,
    }


async def test_a_stranger_learns_nothing_of_the_hubs_health(site: Site) -> None:
    failure = await failure_of(health(site, "stranger").Check(about(""), timeout=10))
    assert failure.code is grpc.StatusCode.UNAUTHENTICATED


@pytest.mark.parametrize("version", ["v1", "v1alpha"])
async def test_reflection_lists_this_servers_services_and_gives_their_files(site: Site, version: str) -> None:
    questions = [
        reflection_pb2.ServerReflectionRequest(list_services=""),
        reflection_pb2.ServerReflectionRequest(file_containing_symbol=ROSREESTR),
    ]
    call: Any = site.channel("archive").stream_stream(
        f"/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo",
        request_serializer=reflection_pb2.ServerReflectionRequest.SerializeToString,
        response_deserializer=reflection_pb2.ServerReflectionResponse.FromString,
    )
    listed, file = [answer async for answer in call(iter(questions), timeout=10)]
    names = {service.name for service in listed.list_services_response.service}
    assert {ROSREESTR, SIGNATURES, "grpc.health.v1.Health", f"grpc.reflection.{version}.ServerReflection"} <= names
    assert "landhub.hub.v1.HubService" not in names
    assert file.file_descriptor_response.file_descriptor_proto


async def test_reflection_that_is_switched_off_is_not_there(tmp_path: Path) -> None:
    async with serving(tmp_path, change=lambda options: replace(options, reflection=False)) as site:
        channel: Any = site.channel()
        call: Any = ServerReflectionStub(channel).ServerReflectionInfo
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            async for _ in call(iter([reflection_pb2.ServerReflectionRequest(list_services="")]), timeout=10):
                pass
    assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED
