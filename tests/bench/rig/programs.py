"""Programs that are measured or help measuring: pinned to cores, watched for CPU time and memory, ended by their id."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_MIB = 1024 * 1024
_READY_SECONDS = 60
_STOP_SECONDS = 40
ROOT = Path(__file__).resolve().parents[3]


class Program:
    """One program in the background. Its output goes to `log`."""

    def __init__(
        self, command: Sequence[str], *, log: Path, cores: frozenset[int], environment: Mapping[str, str] | None = None
    ) -> None:
        self._log = log
        self._name = " ".join(command[:4])
        pinned = ["taskset", "-c", ",".join(map(str, sorted(cores))), *command]
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                pinned,
                stdout=output,
                stderr=output,
                stdin=subprocess.DEVNULL,
                cwd=ROOT,
                env={**os.environ, **(environment or {})},
            )

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def wait_until(self, condition: Callable[[], bool]) -> "Program":
        """Wait until the condition holds.

        Raises:
            AssertionError: the program ended, or a minute has passed; with the end of its log.
        """
        end = time.monotonic() + _READY_SECONDS
        while not condition():
            assert self._process.poll() is None, f"{self._name} ended:\n{self._tail()}"
            assert time.monotonic() < end, f"{self._name} is not ready:\n{self._tail()}"
            time.sleep(0.05)
        return self

    def cpu_seconds(self) -> float:
        """CPU time it has used, in user and kernel mode, its children that have ended included."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(") ")[2].split()
        return sum(int(field) for field in fields[11:15]) / _TICKS

    def resident_mib(self) -> float:
        """Memory it holds now."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / _MIB

    def stop(self) -> None:
        """Ask it to end, and see to it."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def _tail(self) -> str:
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-20:])


def listens(port: int) -> bool:
    """Whether somebody listens on a port of this machine."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
