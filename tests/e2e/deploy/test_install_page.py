"""docs/operations/install.md, followed word for word in a folder of its own, ends in a hub and an agent that serve.

Its ```console install blocks are run as they stand, but for absolute paths, which move below the folder, and for what
needs a running systemd or another user. PR_SET_MDWE stands in for the unit's MemoryDenyWriteExecute=.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.demo.ports import HOST
from tests.support.pki import Authority
from tests.support.ports import demo_ports

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs/operations/install.md"
EXAMPLE = ROOT / "docs/examples/landhub.toml"
BLOCK = re.compile(r"^```console install\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ABSOLUTE = re.compile(r"(?<![\w.])/(?=(opt/landhub|etc/|var/lib/|usr/lib/))")
ONLY_ON_A_REAL_MACHINE = ("apt-get", "systemctl", "systemd-tmpfiles", "chown")
PIP = "/opt/landhub/bin/pip install"  # uv does the same, and takes what it has already fetched
COMMAND_SECONDS = 300
READY_SECONDS = 60
# prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN), which outlives exec; kernels before 6.3 know no such thing.
WITHOUT_WRITABLE_CODE = """
import ctypes, os, sys
ctypes.CDLL(None).prctl(65, 1, 0, 0, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""


def commands(page: str) -> Iterator[tuple[str, list[str]]]:
    """Each command with the lines it must print."""
    for block in BLOCK.findall(page):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, *expected = part.rstrip().splitlines()
            yield command, expected


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that stands for / after the page was followed."""
    top = tmp_path_factory.mktemp("machine")
    for line in (ROOT / "deploy/systemd/tmpfiles.conf").read_text(encoding="utf-8").splitlines():
        if line.startswith("d "):
            _, path, mode, *_ = line.split()
            (top / path.lstrip("/")).mkdir(mode=int(mode, 8), parents=True)
    for command, expected in commands(PAGE.read_text(encoding="utf-8")):
        if not command.startswith(ONLY_ON_A_REAL_MACHINE):
            printed = run(command, top)
            for line in expected:
                assert moved(line, top) in printed, f"{command} did not print {line!r}:\n{printed}"
    return top


def run(command: str, top: Path) -> str:
    uv = f"{Path(sys.executable).with_name('uv')} pip install --python {top}/opt/landhub/bin/python"
    command = moved(command.replace(PIP, uv), top).replace("systemd-sysusers", f"systemd-sysusers --root={top}")
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", command], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, timeout=COMMAND_SECONDS, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{command}\n{done.stdout}"
    return done.stdout


def moved(text: str, top: Path) -> str:
    return ABSOLUTE.sub(f"{top}/", text)


def test_the_program_brings_nothing_that_only_tests_need(machine: Path) -> None:
    site = next((machine / "opt/landhub/lib").glob("python3.*/site-packages"))
    assert (site / "hub").is_dir()
    assert not [name for name in ("pytest", "mypy", "grpc_tools", "tests", "tools") if (site / name).exists()]


def test_two_users_are_made(machine: Path) -> None:
    users = (machine / "etc/passwd").read_text(encoding="utf-8")
    assert "landhub:" in users
    assert "landhub-signer:" in users


def test_what_was_installed_serves_without_writable_code(machine: Path) -> None:
    ports = demo_ports()
    at = {
        "SERVER__ADDRESS": ports.hub,
        "ADMINISTRATION__ADDRESS": ports.administration,
        "WEB__PUBLIC_ADDRESS": ports.public,
        "WEB__PRIVATE_ADDRESS": ports.private,
    }
    environment = {f"LANDHUB_{key}": f"{HOST}:{port}" for key, port in at.items()}
    environment["CREDENTIALS_DIRECTORY"] = str(machine / "etc/landhub-credentials")
    for settings in (machine / "etc/landhub-signer/signer-agent.toml", machine / "etc/landhub/landhub.toml"):
        text = settings.read_text(encoding="utf-8")
        settings.write_text(text.replace(f"{HOST}:7444", f"{HOST}:{ports.agent}"), encoding="utf-8")
    programs = [
        start(machine, {}, "signer-agent", "serve", str(machine / "etc/landhub-signer")),
        start(machine, environment, "hub", "serve", str(machine / "etc/landhub")),
    ]
    try:
        services = ready(ports.private, programs)
        assert services["landhub.signatures.v1.SignaturesService"]["state"] == "SERVING"
    finally:
        for program in reversed(programs):
            program.terminate()
            assert program.wait(timeout=40) == 0
    assert (machine / "var/lib/landhub/landhub.db").exists()
    assert list((machine / "var/lib/landhub-signer").iterdir())


def test_the_example_for_production_is_good(machine: Path) -> None:
    folder = machine / "etc/landhub"
    authority = Authority()
    for name in ("gateway", "trust"):
        (folder / "pki" / name).mkdir(exist_ok=True)
    for file in ("gateway/ca.crt", "trust/roots.pem", "trust/accredited.pem"):
        (folder / "pki" / file).write_bytes(authority.pair.pem)
    client = authority.issue_server("hub.company.ru")
    (folder / "pki/gateway/client.crt").write_bytes(client.pem)
    key = folder / "pki/gateway/client.key"
    plain = machine / "client.key.plain"
    plain.write_bytes(client.key_pem)
    encrypt = (
        f"openssl pkcs8 -topk8 -v2 aes-256-cbc -in {plain} -out {key} -passout file:/etc/landhub-credentials/passphrase"
    )
    run(encrypt, machine)
    fernet = folder / "keys/gateway.key"
    fernet.write_text("A" * 43 + "=", encoding="utf-8")
    for private in (key, fernet):
        private.chmod(0o600)
    shutil.copytree(folder / "pki/agent", folder / "pki/agent-reserve", dirs_exist_ok=True)
    kept = (folder / "landhub.toml").read_text(encoding="utf-8")
    (folder / "landhub.toml").write_text(moved(EXAMPLE.read_text(encoding="utf-8"), machine), encoding="utf-8")
    try:
        printed = run(
            "CREDENTIALS_DIRECTORY=/etc/landhub-credentials /opt/landhub/bin/hub check-config /etc/landhub", machine
        )
    finally:
        (folder / "landhub.toml").write_text(kept, encoding="utf-8")
    assert "the settings are good. profile production, modules: signatures on, rosreestr read_only" in printed


def start(machine: Path, environment: dict[str, str], program: str, *arguments: str) -> subprocess.Popen[bytes]:
    log = (machine / f"{program}.log").open("wb")
    with log:
        return subprocess.Popen(
            [sys.executable, "-c", WITHOUT_WRITABLE_CODE, machine / "opt/landhub/bin" / program, *arguments],
            env=os.environ | environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )


def ready(port: int, programs: list[subprocess.Popen[bytes]]) -> Any:
    """The services of /readyz once all of them serve."""
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end:
        assert all(program.poll() is None for program in programs)
        try:
            with urllib.request.urlopen(f"http://{HOST}:{port}/readyz", timeout=5) as answer:
                services = json.load(answer)["services"]
            if all(service["state"] == "SERVING" for service in services.values()):
                return services
        except OSError:
            pass
        time.sleep(0.1)
    raise AssertionError("not ready in time")
