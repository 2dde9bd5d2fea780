"""A disk that fills up under a running hub: nothing new begins, what began ends, and service returns by itself."""

import errno
import os
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.rpc import error_details_pb2, status_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc

from hub.installation.template import set_value
from landhub.rosreestr.v1 import rosreestr_pb2
from landhub.rosreestr.v1 import rosreestr_service_pb2 as rosreestr
from landhub.rosreestr.v1.rosreestr_service_pb2_grpc import RosreestrServiceStub
from sandbox.demo.installation import install
from sandbox.demo.stack import Stack
from sandbox.registry import SINGLE_OWNER
from tests.support.examples import transfer
from tests.support.ports import demo_ports
from tests.support.stack import PACE, STEP_SECONDS, channel, command, control

DISK_BYTES = 24 << 20
WATERMARK_BYTES = 8 << 20
UNDER_THE_WATERMARK_BYTES = 6 << 20
PATIENCE_SECONDS = 30.0


def can_mount() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Stack, Path]]:
    """A landhub whose state lies on a small file system of its own."""
    if not can_mount():
        pytest.skip("mounting a small file system takes root")
    folder = tmp_path_factory.mktemp("disk") / "installation"
    stack = Stack(install(folder, demo_ports(), pace=PACE), step_seconds=STEP_SECONDS)
    settings = folder / "landhub.toml"
    text = set_value(settings.read_text(), "storage.free_space_watermark_bytes", str(WATERMARK_BYTES))
    settings.write_text(set_value(text, "audit.checkpoint_seconds", "0.2"))
    state = folder / "state"
    size = f"size={DISK_BYTES},mode=0700"
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", state], capture_output=True, check=False)
    if mounted.returncode != 0:
        if os.environ.get("CI") == "true":
            pytest.fail(f"mount: {mounted.stderr.decode()}")
        pytest.skip("this machine lets nobody mount a file system")
    try:
        stack.start()
        yield stack, state
    finally:
        stack.stop()
        subprocess.run(["umount", "--lazy", state], check=True)


class Ballast:
    """A file that takes room."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "ballast"

    def leave(self, free_bytes: int) -> None:
        """Fill the disk until so much is free; 0 is until nothing more goes in."""
        with self._path.open("ab", buffering=0) as file:
            while True:
                status = os.statvfs(self._path)
                room = status.f_bavail * status.f_frsize - free_bytes
                if room <= 0:
                    return
                try:
                    file.write(bytes(min(room, 1 << 16)))
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise
                    return

    def remove(self) -> None:
        self._path.unlink(missing_ok=True)


def create(opened: grpc.Channel, number: str, *, timeout: float = 20) -> rosreestr_pb2.Registration:
    request = rosreestr.CreateRegistrationRequest(
        request_id=str(uuid.uuid5(uuid.NAMESPACE_OID, number)), business_reference=number, transfer=transfer()
    )
    request.transfer.contract_number = number
    return RosreestrServiceStub(opened).CreateRegistration(request, timeout=timeout).registration


def refusal(call: Callable[[], object]) -> tuple[grpc.StatusCode, str, float] | None:
    """Return the code, the reason and the delay of a call that is refused; None if it is not."""
    try:
        call()
    except grpc.RpcError as refused:
        error: Any = refused
    else:
        return None  # the hub looks at its disk twice a second
    details = next(value for key, value in error.trailing_metadata() if key == "grpc-status-details-bin")
    info, retry = error_details_pb2.ErrorInfo(), error_details_pb2.RetryInfo()
    for part in status_pb2.Status.FromString(details).details:
        part.Unpack(info)
        part.Unpack(retry)
    return error.code(), info.reason, retry.retry_delay.ToTimedelta().total_seconds()


def health(opened: grpc.Channel) -> int:
    stub: Any = health_pb2_grpc.HealthStub(opened)
    status: int = stub.Check(health_pb2.HealthCheckRequest(), timeout=5).status
    return status


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def room_is_seen(opened: grpc.Channel, number: str) -> Callable[[], bool]:
    def asked() -> bool:
        refused = refusal(lambda: create(opened, number))
        assert refused is None or refused[0] in {grpc.StatusCode.RESOURCE_EXHAUSTED, grpc.StatusCode.UNAVAILABLE}
        return refused is None

    return asked


SERVING = health_pb2.HealthCheckResponse.SERVING
LOW = (grpc.StatusCode.RESOURCE_EXHAUSTED, "DISK_SPACE_LOW", 60.0)


def test_a_disk_that_fills_up_stops_new_work_alone_and_frees_it_again(disk: tuple[Stack, Path]) -> None:
    stack, state = disk
    ballast = Ballast(state)
    with channel(stack.installation) as opened, ThreadPoolExecutor(1) as pool:
        before = create(opened, "disk/1")
        slow = {"kind": "latency", "operation": "registration.submit", "seconds": 3.0, "times": 1}
        control(stack, "/faults", {"faults": [slow]})
        calls = len(control(stack, "/calls?operation=registration.submit")["calls"])
        under_way = pool.submit(create, opened, "disk/2")
        until(lambda: len(control(stack, "/calls?operation=registration.submit")["calls"]) > calls)
        ballast.leave(UNDER_THE_WATERMARK_BYTES)
        until(lambda: refusal(lambda: create(opened, f"disk/{uuid.uuid4()}")) == LOW)
        assert not under_way.done()
        assert under_way.result().state not in {
            rosreestr_pb2.REGISTRATION_STATE_PENDING,
            rosreestr_pb2.REGISTRATION_STATE_OUTCOME_UNKNOWN,
        }
        assert health(opened) == SERVING
        assert create(opened, "disk/1").registration_id == before.registration_id
        plot = rosreestr.GetLandPlotRequest(cadastral_number=SINGLE_OWNER)
        assert RosreestrServiceStub(opened).GetLandPlot(plot, timeout=10).land_plot.cadastral_number == SINGLE_OWNER
        ballast.remove()
        until(room_is_seen(opened, "disk/3"))
    assert "whole" in command("hub", "audit", "verify", str(stack.installation.folder))


def test_with_no_byte_left_the_hub_answers_and_goes_on_when_there_is_room(disk: tuple[Stack, Path]) -> None:
    stack, state = disk
    ballast = Ballast(state)
    with channel(stack.installation) as opened:
        ballast.leave(0)
        until(lambda: refusal(lambda: create(opened, f"disk/{uuid.uuid4()}")) == LOW)
        for _ in range(200):  # some checkpoints' time: the audit meets the full disk, too
            assert health(opened) == SERVING
            plot = rosreestr.GetLandPlotRequest(cadastral_number=SINGLE_OWNER)
            assert RosreestrServiceStub(opened).GetLandPlot(plot, timeout=10).HasField("land_plot")
        assert stack.hub.pid is not None
        ballast.remove()
        until(room_is_seen(opened, "disk/4"))
    stack.hub.stop()
    assert "whole" in command("hub", "audit", "verify", str(stack.installation.folder))
