"""What somebody does with nothing but gRPC: reflection, calls without our stubs, health."""

import threading
from queue import Queue
from typing import Any

import grpc
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

from sandbox.demo.stack import Stack
from sandbox.registry import SINGLE_OWNER
from tests.support.stack import channel

SIGNATURES = "landhub.signatures.v1.SignaturesService"
SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING


def test_reflection_is_enough_to_list_the_services_and_look_a_plot_up(stack: Stack) -> None:
    with channel(stack.installation) as opened:
        database = ProtoReflectionDescriptorDatabase(opened)
        services = set(database.get_services())
        pool = DescriptorPool(database)
        method = pool.FindServiceByName("landhub.rosreestr.v1.RosreestrService").FindMethodByName("GetLandPlot")
        request_class, response_class = GetMessageClass(method.input_type), GetMessageClass(method.output_type)
        call = opened.unary_unary(
            "/landhub.rosreestr.v1.RosreestrService/GetLandPlot",
            request_serializer=request_class.SerializeToString,
            response_deserializer=response_class.FromString,
        )
        answer: Any = call(request_class(cadastral_number=SINGLE_OWNER), timeout=10)
    assert answer.land_plot.address.startswith("Московская область")
    assert {"landhub.rosreestr.v1.RosreestrService", SIGNATURES, "landhub.events.v1.EventsService"} <= services
    assert "landhub.hub.v1.HubService" not in services  # administration is elsewhere


def test_a_conversation_by_reflection_ends_as_well_as_it_began(stack: Stack) -> None:
    question = reflection_pb2.ServerReflectionRequest(list_services="")
    with channel(stack.installation) as opened:
        stub: Any = reflection_pb2_grpc.ServerReflectionStub(opened)
        answers = list(stub.ServerReflectionInfo(iter([question, question]), timeout=10))
    assert len(answers) == 2


def test_a_client_without_a_certificate_gets_no_connection(stack: Stack) -> None:
    installation = stack.installation
    credentials = grpc.ssl_channel_credentials((installation.pki / "ca.crt").read_bytes())
    with grpc.secure_channel(f"127.0.0.1:{installation.ports.hub}", credentials) as opened:
        failure = _failure(opened.unary_unary("/landhub.rosreestr.v1.RosreestrService/GetLandPlot"))
    assert failure.code() is grpc.StatusCode.UNAVAILABLE


def test_the_health_of_signatures_follows_the_agent_killed_and_started_again(stack: Stack) -> None:
    told: Queue[int] = Queue()
    with channel(stack.installation) as opened:
        stub: Any = health_pb2_grpc.HealthStub(opened)
        watch = stub.Watch(health_pb2.HealthCheckRequest(service=SIGNATURES), timeout=90)

        def listen() -> None:
            try:
                for answer in watch:
                    told.put(answer.status)
            except grpc.RpcError:
                told.put(-1)

        listener = threading.Thread(target=listen)
        listener.start()
        try:
            assert told.get(timeout=20) == SERVING
            stack.agent.kill()
            assert told.get(timeout=20) == NOT_SERVING
            stack.agent.start()
            assert told.get(timeout=60) == SERVING
        finally:
            watch.cancel()
            listener.join(timeout=10)
            if stack.agent.pid is None:
                stack.agent.start()
            stack.wait_until_ready()


def _failure(call: Any) -> Any:
    try:
        call(b"", timeout=10)
    except grpc.RpcError as error:
        return error
    raise AssertionError("the call went through")
