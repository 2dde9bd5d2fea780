"""A whole landhub on free ports for tests: sandbox, signer agent and hub as programs of their own."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc

from landhub_client import Client
from sandbox.demo.installation import Installation, install
from sandbox.demo.ports import HOST, Ports
from sandbox.demo.stack import Stack, fetch, post

# A register of seconds, so that a deal takes one or two.
STEP_SECONDS = 0.15
PACE = {"status_poll_initial": 0.15, "visibility_window_seconds": 1.0}


@contextmanager
def running_stack(folder: Path, *callers: str) -> Iterator[Stack]:
    """Run a landhub while the context lasts; each of the callers has the role `deal` beside the caller `client`."""
    stack = Stack(install(folder, Ports.free(), pace=PACE), step_seconds=STEP_SECONDS)
    for name in callers:
        command("hub", "callers", "add", str(folder), name, "--role", "deal")
    try:
        stack.start()
        yield stack
    finally:
        stack.stop()


def command(module: str, *arguments: str) -> str:
    """Run one of our commands and return what it prints; it must succeed."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, f"{module} {' '.join(arguments)}: {done.stdout}{done.stderr}"
    return done.stdout


def connect(installation: Installation, caller: str = "client") -> Client:
    """The Python client as that caller."""
    pki = installation.pki
    certificate, key = pki / f"{caller}.crt", pki / f"{caller}.key"
    if not certificate.exists():
        certificate, key = pki / f"callers/{caller}.crt", pki / f"callers/{caller}.key"
    return Client.connect(f"{HOST}:{installation.ports.hub}", ca=pki / "ca.crt", certificate=certificate, key=key)


def connect_administrator(installation: Installation) -> Client:
    """The Python client as the administrator, at the administration's address."""
    pki = installation.pki
    address = f"{HOST}:{installation.ports.administration}"
    return Client.connect(address, ca=pki / "admin-ca.crt", certificate=pki / "admin.crt", key=pki / "admin.key")


def channel(installation: Installation) -> grpc.Channel:
    """A plain synchronous channel with the demo's client certificate, for what users without our client do."""
    pki = installation.pki
    credentials = grpc.ssl_channel_credentials(
        (pki / "ca.crt").read_bytes(), (pki / "client.key").read_bytes(), (pki / "client.crt").read_bytes()
    )
    return grpc.secure_channel(f"{HOST}:{installation.ports.hub}", credentials)


def control(stack: Stack, path: str, body: Any = None) -> Any:
    """Ask the sandbox's control API; with a body, tell it."""
    port = stack.installation.ports.control
    answer = fetch(port, path) if body is None else post(port, path, body)
    assert answer is not None, "the sandbox doesn't answer"
    assert "error" not in answer, answer
    return answer
