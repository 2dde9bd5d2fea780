"""A whole landhub on free ports for tests: sandbox, signer agent and hub as programs of their own."""

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc

from landhub_client import Client
from sandbox.demo.installation import Installation, install
from sandbox.demo.ports import HOST, Ports
from sandbox.demo.stack import Stack, fetch, post
from tests.support.databases import database_settings
from tests.support.ports import demo_ports

# A register of seconds, so that a deal takes one or two.
STEP_SECONDS = 0.15
START_SECONDS = 90  # several interpreters at once on a machine that others use, too
PACE = {"status_poll_initial": 0.15, "poll_base": 1.3, "visibility_window_seconds": 1.0}


@contextmanager
def running_stack(
    folder: Path,
    *callers: str,
    limits: Mapping[str, int] | None = None,
    settings: Mapping[str, Any] | None = None,
    ports: Ports | None = None,
    sandbox_options: Sequence[str] = (),
) -> Iterator[Stack]:
    """Run a landhub while the context lasts; each of the callers has the role `deal` beside the caller `client`.

    `limits` overrides what `[limits]` of its settings says, `settings` anything else by its path; `sandbox_options`
    are more of the sandbox's command line.
    """
    chosen = {**database_settings(), **(settings or {})}
    stack = Stack(
        install(folder, ports or demo_ports(), pace=PACE, settings=chosen),
        step_seconds=STEP_SECONDS,
        sandbox_options=sandbox_options,
    )
    file = folder / "landhub.toml"
    for name, value in (limits or {}).items():
        text, found = re.subn(rf"(?m)^{name} = .*$", f"{name} = {value}", file.read_text(encoding="utf-8"))
        assert found == 1, f"{name} stands {found} times in {file}"
        file.write_text(text, encoding="utf-8")
    for name in callers:
        command("hub", "callers", "add", str(folder), name, "--role", "deal")
    try:
        stack.start(timeout_seconds=START_SECONDS)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who calls, by which certificate, at which port."""

    address: str
    ca: Path
    certificate: Path
    key: Path


def identity(installation: Installation, caller: str) -> Identity:
    """The identity of `client`, of a caller that was added, or of `administrator`."""
    pki, ports = installation.pki, installation.ports
    if caller == "administrator":
        stem, ca, port = pki / "admin", pki / "admin-ca.crt", ports.administration
    else:
        stem, ca, port = pki / ("client" if caller == "client" else f"callers/{caller}"), pki / "ca.crt", ports.hub
    return Identity(address=f"{HOST}:{port}", ca=ca, certificate=stem.with_suffix(".crt"), key=stem.with_suffix(".key"))


def connect(installation: Installation, caller: str = "client") -> Client:
    """The Python client as that caller."""
    who = identity(installation, caller)
    return Client.connect(who.address, ca=who.ca, certificate=who.certificate, key=who.key)


def channel(installation: Installation, caller: str = "client") -> grpc.Channel:
    """A plain synchronous channel as that caller, for what users without our client do."""
    who = identity(installation, caller)
    credentials = grpc.ssl_channel_credentials(who.ca.read_bytes(), who.key.read_bytes(), who.certificate.read_bytes())
    return grpc.secure_channel(who.address, credentials)


def control(stack: Stack, path: str, body: Any = None) -> Any:
    """Ask the sandbox's control API; with a body, tell it."""
    port = stack.installation.ports.control
    answer = fetch(port, path) if body is None else post(port, path, body)
    assert answer is not None, "the sandbox doesn't answer"
    assert "error" not in answer, answer
    return answer
