"""Runs the three programs of an installation - sandbox, signer agent, hub - and knows when they are ready."""

import json
import sys
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sandbox.demo.installation import Installation
from sandbox.demo.ports import HOST
from sandbox.demo.processes import Background, ProcessFailedError
from sandbox.messages.vendors import DEFAULT_PORTS

_PROJECT = Path(__file__).resolve().parents[2]
_TIMEOUT_SECONDS = 5


class Stack:
    """The programs of one installation. Start and stop it, or kill one and start it again."""

    def __init__(
        self, installation: Installation, *, step_seconds: float = 1.0, sandbox_options: Sequence[str] = ()
    ) -> None:
        """Write how each is started; nothing runs yet.

        Args:
            installation: Made by `install`.
            step_seconds: How long a registration stays in each state at the simulated register.
            sandbox_options: More of the sandbox's command line.
        """
        self.installation = installation
        folder, ports = installation.folder.resolve(), installation.ports
        python = sys.executable
        sandbox_ports = ("--gateway-port", str(ports.gateway), "--control-port", str(ports.control))
        stamps = ("--timestamp-port", str(ports.timestamps), "--timestamp-ca", str(folder / "gost"))
        acquirers = [
            word
            for name in ("sberbank", "tbank", "yookassa")
            for word in (f"--{name}-port", str(ports.by_name()[name]))
        ]
        callbacks = ("--sberbank-callback-url", f"http://{HOST}:{ports.public}/payments/callbacks/sber")
        messages = [
            word for name in DEFAULT_PORTS for word in (f"--{name.replace('_', '-')}-port", str(ports.by_name()[name]))
        ]
        register = ("--signature-ca", str(folder / "chain.pem"), "--step-seconds", str(step_seconds))
        self.sandbox = self._background(
            "sandbox",
            python,
            "-m",
            "sandbox",
            "--dir",
            str(folder / "sandbox"),
            *sandbox_ports,
            *acquirers,
            *callbacks,
            *stamps,
            *messages,
            *register,
            *sandbox_options,
        )
        self.agent = self._background("agent", python, "-m", "signer_agent", "serve", str(folder / "agent"))
        self.hub = self._background("hub", python, "-m", "hub", "serve", str(folder))

    def start(self, *, timeout_seconds: float = 30) -> None:
        """Start all three and wait until they serve.

        Raises:
            ProcessFailedError: one ended, or doesn't get ready.
        """
        self.sandbox.start()
        self.sandbox.wait_until(lambda: fetch(self.installation.ports.control, "/state") is not None, what="up")
        self.agent.start()
        self.hub.start()
        self.wait_until_ready(timeout_seconds=timeout_seconds)

    def wait_until_ready(self, *, timeout_seconds: float = 30) -> None:
        """Wait until every service of the hub is ready, which needs the agent and the sandbox.

        Raises:
            ProcessFailedError: the hub ended, or doesn't get ready.
        """
        try:
            self.hub.wait_until(
                lambda: self.unready_services() == {},
                what="ready with all its services",
                timeout_seconds=timeout_seconds,
            )
        except ProcessFailedError as error:
            raise ProcessFailedError(f"{error}\nnot ready: {self.unready_services()}") from error

    def unready_services(self) -> dict[str, str]:
        """The hub's services that are not ready, with the reason; all of it is unready while it doesn't answer."""
        answer = fetch(self.installation.ports.private, "/readyz")
        if answer is None:
            return {"hub": "doesn't answer"}
        return {
            name: service["reason"] for name, service in answer["services"].items() if service["state"] != "SERVING"
        }

    def stop(self) -> None:
        """End all that runs: first the hub, which may still tell the others something."""
        for program in (self.hub, self.agent, self.sandbox):
            program.stop()

    def _background(self, name: str, *command: str) -> Background:
        return Background(name=name, run=self.installation.run, command=command, folder=_PROJECT)


def fetch(port: int, path: str) -> Any:
    """JSON of an HTTP listener on loopback, whatever its status; None while nobody answers."""
    return _exchange(urllib.request.Request(f"http://{HOST}:{port}{path}"))


def post(port: int, path: str, body: Any) -> Any:
    """Send JSON to an HTTP listener on loopback, and return its answer's; None if nobody answers."""
    return _exchange(urllib.request.Request(f"http://{HOST}:{port}{path}", data=json.dumps(body).encode()))


def _exchange(request: urllib.request.Request) -> Any:
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310 - an address of ours
            return json.load(answer)
    except urllib.error.HTTPError as error:
        return json.load(error)
    except OSError:
        return None
