"""Starts what a benchmark needs in one folder, and has it end with the context."""

import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from tests.bench.rig.machine import cores
from tests.bench.rig.programs import Program, listens
from tests.bench.rig.proxies import bound_ports


class Runner:
    """Programs of one folder; each has NAME.log there."""

    def __init__(self, folder: Path, running: ExitStack) -> None:
        self.folder = folder
        self._running = running

    def python(
        self,
        name: str,
        *arguments: str,
        ready: int,
        on: frozenset[int] | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> Program:
        """Run Python on the server's core, or another, and wait until it listens on port `ready`."""
        return self.start(
            name, sys.executable, *arguments, ready=[ready], on=on or cores().server, environment=environment
        )

    def haproxy(self, configuration: str, *, on: frozenset[int] | None = None) -> Program:
        """Run HAProxy beside the server, or on other cores, and wait until it listens on all its ports."""
        path = self.folder / "haproxy.cfg"
        path.write_text(configuration)
        command = ("haproxy", "-db", "-f", str(path))
        return self.start("haproxy", *command, ready=bound_ports(configuration), on=on or cores().others)

    def start(
        self,
        name: str,
        *command: str,
        ready: Sequence[int],
        on: frozenset[int],
        environment: Mapping[str, str] | None = None,
    ) -> Program:
        """Run a program and wait until it listens on its ports."""
        program = Program(command, log=self.folder / f"{name}.log", cores=on, environment=environment)
        self._running.callback(program.stop)
        return program.wait_until(lambda: all(map(listens, ready)))
