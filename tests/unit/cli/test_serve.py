"""`hub serve` as a process: what it prints, whom it lets in, how it stops, and what is left behind."""

import os
import re
import signal
import sqlite3
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from hub.cli.main import main
from landhub.events.v1 import events_service_pb2, events_service_pb2_grpc
from landhub.hub.v1 import hub_service_pb2, hub_service_pb2_grpc
from landhub.rosreestr.v1 import rosreestr_service_pb2, rosreestr_service_pb2_grpc
from tests.support.ports import free_ports

PATIENCE_SECONDS = 120  # two noisy cores, four processes of this suite at once
FREE_PORTS = [
    part
    for path in ("server.address", "administration.address", "web.public_address", "web.private_address")
    for part in ("--set", f"{path}=127.0.0.1:0")
]
_PORTS = re.compile(r"landhub serves: grpc (\d+), administration (\d+), public http (\d+), private http (\d+)")


@dataclass(frozen=True)
class Hub:
    folder: Path
    process: subprocess.Popen[str]
    line: str

    def channel(self, port: int, ca: str, client: str) -> grpc.Channel:
        pki = self.folder / "pki"
        credentials = grpc.ssl_channel_credentials(
            (pki / f"{ca}.crt").read_bytes(), (pki / f"{client}.key").read_bytes(), (pki / f"{client}.crt").read_bytes()
        )
        found = _PORTS.search(self.line)
        assert found
        return grpc.secure_channel(f"localhost:{found[port]}", credentials)

    def callers(self, client: str = "client") -> grpc.Channel:
        return self.channel(1, "ca", client)

    def administration(self) -> grpc.Channel:
        return self.channel(2, "admin-ca", "admin")

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE_SECONDS)


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """One development hub for the tests that leave it as it was; a process takes seconds to start."""
    with serving(make(tmp_path_factory.mktemp("hub"), "--dev")) as hub:
        yield hub


def make(tmp_path: Path, *arguments: str) -> Path:
    folder = tmp_path / "hub"
    ports = () if "--port-base" in arguments else FREE_PORTS
    assert main(["init", str(folder), *arguments, *ports]) == 0
    return folder


@contextmanager
def serving(folder: Path) -> Iterator[Hub]:
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "hub", "serve", str(folder)],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
    assert process.stdout is not None
    watchdog = threading.Timer(PATIENCE_SECONDS, process.kill)
    watchdog.start()
    try:
        line = process.stdout.readline()
        assert line, (folder / "log").read_text()
        yield Hub(folder=folder, process=process, line=line)
    finally:
        watchdog.cancel()
        process.kill()
        process.wait()
        process.stdout.close()


def health(channel: grpc.Channel, service: str = "") -> int:
    request = health_pb2.HealthCheckRequest(service=service)
    stub: Any = health_pb2_grpc.HealthStub(channel)
    status: int = stub.Check(request, timeout=PATIENCE_SECONDS).status
    return status


def test_a_caller_is_served_and_told_that_a_module_is_off(hub: Hub) -> None:
    with hub.callers() as channel:
        assert health(channel) == health_pb2.HealthCheckResponse.SERVING
        stub = rosreestr_service_pb2_grpc.RosreestrServiceStub(channel)
        request = rosreestr_service_pb2.GetLandPlotRequest(cadastral_number="77:01:0001001:1")
        with pytest.raises(grpc.RpcError) as off:
            stub.GetLandPlot(request, timeout=PATIENCE_SECONDS)
        assert off.value.code() is grpc.StatusCode.UNIMPLEMENTED


def test_an_administrator_sees_all_modules_of_the_release(hub: Hub) -> None:
    with hub.administration() as channel:
        stub = hub_service_pb2_grpc.HubServiceStub(channel)
        listed = stub.ListModules(hub_service_pb2.ListModulesRequest(), timeout=PATIENCE_SECONDS)
        assert {module.name for module in listed.modules} >= {"rosreestr", "signatures"}


def test_a_second_hub_on_the_same_database_is_refused(hub: Hub) -> None:
    second = run_hub("serve", str(hub.folder))
    assert second.returncode == 1
    assert second.stderr.splitlines()[-1].startswith("hub: another hub already serves")
    assert "Traceback" not in second.stderr


def test_what_was_refused_is_in_the_story_whether_the_hub_is_up_or_down(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = make(tmp_path, "--dev", "--port-base", str(free_ports(4)[0]))
    with serving(folder) as hub:
        with hub.administration() as channel:
            reset_a_breaker_that_is_not_there(channel)
        assert story(folder, capsys) == ("ResetBreaker: отказано  NOT_FOUND UPSTREAM_NOT_FOUND", "")
        assert hub.stop() == 0
    line, complaint = story(folder, capsys)
    assert line == "ResetBreaker: отказано  NOT_FOUND UPSTREAM_NOT_FOUND"
    assert "the hub is down" in complaint
    assert main(["story", str(folder), "unheard-of"]) == 1
    assert main(["audit", "verify", str(folder)]) == 0
    alter_a_record(folder)
    capsys.readouterr()
    assert main(["audit", "verify", str(folder)]) == 1
    assert "altered: " in capsys.readouterr().out


def test_an_open_stream_does_not_keep_a_production_hub_with_encrypted_keys_from_stopping(tmp_path: Path) -> None:
    folder = make(tmp_path)
    assert main(["callers", "add", str(folder), "crm", "--role", "deal"]) == 0
    with serving(folder) as hub, hub.callers("callers/crm") as channel:
        stub = events_service_pb2_grpc.EventsServiceStub(channel)
        stream = stub.Subscribe(events_service_pb2.SubscribeRequest(), timeout=PATIENCE_SECONDS)
        next(stream)
        assert hub.stop() == 0
    assert main(["audit", "verify", str(folder)]) == 0


def test_a_killed_hub_leaves_an_audit_that_is_whole_and_a_denied_caller_is_refused_without_a_restart(
    tmp_path: Path,
) -> None:
    folder = make(tmp_path, "--dev")
    with serving(folder) as hub:
        hub.process.kill()
    with serving(folder) as hub, hub.callers() as channel:
        assert health(channel) == health_pb2.HealthCheckResponse.SERVING
        assert main(["callers", "deny", str(folder), "client"]) == 0
        assert refusal(channel) is grpc.StatusCode.UNAUTHENTICATED
        assert hub.stop() == 0
    assert main(["audit", "verify", str(folder)]) == 0


def test_a_caller_added_to_a_running_hub_is_let_in_at_hangup_and_a_spoilt_file_shuts_nobody_out(tmp_path: Path) -> None:
    folder = make(tmp_path, "--dev")
    with serving(folder) as hub:
        assert main(["callers", "add", str(folder), "shop", "--role", "deal"]) == 0
        hub.process.send_signal(signal.SIGHUP)
        with hub.callers("callers/shop") as channel:
            assert served(channel) == health_pb2.HealthCheckResponse.SERVING
            good = (folder / "landhub.toml").read_text()
            (folder / "landhub.toml").write_text(good.replace("[callers.shop]", "[callers.shop"))
            hub.process.send_signal(signal.SIGHUP)
            wait_for_log(folder, "settings.kept")
            assert health(channel) == health_pb2.HealthCheckResponse.SERVING
        assert hub.stop() == 0


def served(channel: grpc.Channel) -> int:
    """Call until let in; the watchdog bounds it."""
    while True:
        try:
            return health(channel)
        except grpc.RpcError as error:
            if error.code() is not grpc.StatusCode.UNAUTHENTICATED:
                raise


def wait_for_log(folder: Path, event: str) -> None:
    """Look until the hub has logged it; the watchdog ends the hub, and with it the log."""
    for _ in range(PATIENCE_SECONDS * 10):
        if event in (folder / "log").read_text():
            return
        threading.Event().wait(0.1)
    raise AssertionError(f"{event} was never logged")


def refusal(channel: grpc.Channel) -> grpc.StatusCode:
    """Call until refused: the hub looks at its lists once a second. The watchdog bounds it."""
    while True:
        try:
            health(channel)
        except grpc.RpcError as error:
            code: grpc.StatusCode = error.code()
            return code


def reset_a_breaker_that_is_not_there(channel: grpc.Channel) -> None:
    request = hub_service_pb2.ResetBreakerRequest(
        request_id="0192f0c4-7b1e-7000-8000-000000000001",
        business_reference="ДКП-17",
        upstream="ghost",
        reason="test",
    )
    with pytest.raises(grpc.RpcError) as missing:
        hub_service_pb2_grpc.HubServiceStub(channel).ResetBreaker(request, timeout=PATIENCE_SECONDS)
    assert missing.value.code() is grpc.StatusCode.NOT_FOUND


def story(folder: Path, capsys: pytest.CaptureFixture[str]) -> tuple[str, str]:
    """Return the last line of the story without its time and source, and what was said beside it."""
    capsys.readouterr()
    assert main(["story", str(folder), "ДКП-17"]) == 0
    told = capsys.readouterr()
    return told.out.splitlines()[-1].split("hub", 1)[1].strip(), told.err


def alter_a_record(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "state" / "landhub.db")) as database:
        database.execute("update audit_records set caller = 'mallory' where sequence = 2")
        database.commit()


def test_the_database_is_migrated_by_hand_and_found_up_to_date(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = make(tmp_path, "--dev")
    assert main(["db", "migrate", str(folder)]) == 0
    assert main(["db", "migrate", str(folder)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-2].endswith("brought to this release")
    assert lines[-1].endswith("is up to date")


def test_a_module_that_is_off_is_never_imported(tmp_path: Path) -> None:
    folder = make(tmp_path, "--dev", "--set", "modules.rosreestr.mode=off", "--set", "modules.signatures.mode=off")
    script = textwrap.dedent("""
        import asyncio, sys
        from pathlib import Path
        from hub.app.hub import serve
        from hub.app.prepare import prepare
        from hub.core.clock import SystemClock
        from hub.core.ids import Ids

        async def once():
            clock, stop = SystemClock(), asyncio.Event()
            ids = Ids(clock=clock)
            installation = prepare(Path(sys.argv[1]), ids=ids)
            await serve(installation, clock=clock, ids=ids, stop=stop, serving=lambda *_: stop.set())

        asyncio.run(once())
        print([name for name in sys.modules if name.startswith("hub.modules.")])
    """)
    done = run_python("-c", script, str(folder))
    assert done.stdout.splitlines()[-1] == "[]", done.stderr


def run_hub(*arguments: str) -> subprocess.CompletedProcess[str]:
    return run_python("-m", "hub", *arguments)


def run_python(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False)
