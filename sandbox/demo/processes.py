"""Programs that run in the background, each with `run/NAME.pid`, `run/NAME.log` and `run/NAME.cmd`, which starts it."""

import contextlib
import os
import shlex
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

_POLL_SECONDS = 0.02
_LOG_LINES = 15
_STOP_SECONDS = 40  # a hub drains for up to 30
_KILL_SECONDS = 10


class ProcessFailedError(Exception):
    """A program ended, or doesn't do what is waited for; the message holds the end of its log."""


class Background:
    """One program. It outlives this process, and whoever has its folder can end it and start it again."""

    def __init__(self, *, name: str, run: Path, command: Sequence[str], folder: Path) -> None:
        """Write `run/NAME.cmd`; nothing is started.

        Args:
            name: What it is called: "hub".
            run: The folder of its files; must exist.
            command: Program and arguments.
            folder: Its working directory.
        """
        self.name = name
        self.command_file = run / f"{name}.cmd"
        self.pid_file = run / f"{name}.pid"
        self.log_file = run / f"{name}.log"
        self.command_file.write_text(_script(command, folder=folder, pid=self.pid_file, log=self.log_file))
        self.command_file.chmod(0o700)

    @property
    def pid(self) -> int | None:
        """Its process id while it runs."""
        return running_pid(self.pid_file)

    def start(self) -> None:
        """Run `NAME.cmd`, which returns at once."""
        subprocess.run([self.command_file], check=True, timeout=10)

    def wait_until(self, condition: Callable[[], bool], *, what: str, timeout_seconds: float = 90) -> None:
        """Wait until the condition holds.

        Raises:
            ProcessFailedError: the program ended, or the time is up.
        """
        end = time.monotonic() + timeout_seconds
        while not condition():
            if self.pid is None:
                raise ProcessFailedError(f"{self.name} ended before {what}:\n{self.log_tail()}")
            if time.monotonic() > end:
                raise ProcessFailedError(f"{self.name}: not {what} in {timeout_seconds:g} s:\n{self.log_tail()}")
            time.sleep(_POLL_SECONDS)

    def kill(self) -> None:
        """End it as a power cut would."""
        if (pid := self.pid) is not None:
            _end(pid, signal.SIGKILL, timeout_seconds=_KILL_SECONDS)

    def stop(self) -> None:
        """Ask it to end, and wait until it has.

        Raises:
            ProcessFailedError: it had to be killed.
        """
        if (pid := self.pid) is not None and not stop_pid(pid):
            raise ProcessFailedError(f"{self.name} did not end by itself:\n{self.log_tail()}")

    def log_tail(self) -> str:
        """The end of what it wrote."""
        if not self.log_file.exists():
            return f"  ({self.log_file} is missing)"
        lines = self.log_file.read_text(errors="replace").splitlines()
        return "\n".join(f"  {line}" for line in lines[-_LOG_LINES:])


def stop_pid(pid: int) -> bool:
    """Ask a process to end and wait; one that does not is killed. Return whether it ended by itself."""
    if _end(pid, signal.SIGTERM, timeout_seconds=_STOP_SECONDS):
        return True
    _end(pid, signal.SIGKILL, timeout_seconds=_KILL_SECONDS)
    return False


def running_pid(pid_file: Path) -> int | None:
    """The process id in the file while that process runs; None if it has ended or there is no such file."""
    try:
        pid = int(pid_file.read_text())
    except (FileNotFoundError, ValueError):
        return None
    return pid if _runs(pid) else None


def _end(pid: int, number: signal.Signals, *, timeout_seconds: float) -> bool:
    """Send a signal and wait until the process has ended; return whether it has."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)
    end = time.monotonic() + timeout_seconds
    while _runs(pid):
        if time.monotonic() > end:
            return False
        time.sleep(_POLL_SECONDS)
    return True


def _runs(pid: int) -> bool:
    """Whether the process runs. One that only waits to be reaped, which may take for ever in a container, doesn't."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except ProcessLookupError:
        return False
    except FileNotFoundError:
        return not Path("/proc/self/stat").exists()  # a system without /proc has told all it can; else it is gone


def _script(command: Sequence[str], *, folder: Path, pid: Path, log: Path) -> str:
    folder_, log_, pid_ = (shlex.quote(str(path.resolve())) for path in (folder, log, pid))
    return (
        "#!/bin/sh\n"
        f"# Starts it in the background, and says where it runs in {pid.name}.\n"
        f"cd {folder_} || exit 1\n"
        f"nohup {shlex.join(command)} >>{log_} 2>&1 </dev/null &\n"
        f"echo $! >{pid_}\n"
    )
