"""Running a tool that may hang, lie or ask: a private folder, a bare environment, no stdin, a time limit."""

import contextlib
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from opentelemetry.trace import NoOpTracer, Tracer

from signer_agent.errors import SettingsError
from signer_agent.keys.port import KeyFailedError, KeyUnavailableError

MAX_OUTPUT_BYTES: Final = 4 * 1024 * 1024  # a list of 1000 certificates has some 1.5 MB
HAS_TERMINALS: Final = sys.platform != "win32"

_PROMPT: Final = re.compile(r"(password|passphrase|\bpin\b|pin.code|пароль|пин)[^\r\n]*:\s*\Z", re.IGNORECASE)
_NEW_PIN: Final = re.compile(r"(new|confirm|нов\w+|подтверд\w+)\s+(password|pin|пароль|пин)", re.IGNORECASE)
_REFUSED: Final = re.compile(r"Wrong password|Неверный пароль", re.IGNORECASE)
_KEPT: Final = ("PATH", "HOME", "USER", "LOGNAME", "SYSTEMROOT", "USERPROFILE", "APPDATA", "LOCALAPPDATA")
_UMASK: Final = 0o077 if HAS_TERMINALS else -1
_NEW_GROUP: Final = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)  # Windows
_LEFT_OVER_SECONDS: Final = 3600.0  # the longest run that the settings allow has 600
_READ_BYTES: Final = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolResult:
    """What a tool printed (both streams) and its exit status. ``pin_refused``: it asked again after it had the PIN."""

    output: bytes
    status: int
    pin_refused: bool = False


class ToolProcess:
    """Runs programs. Safe to use from several threads.

    Args:
        folder: Where private folders are made; it is made 0700, and what a killed agent left in it is removed.
        timeout_seconds: For one run, after which the whole process group is killed.
        monotonic: Seconds that never go back.

    Raises:
        SettingsError: the folder can't be made.
    """

    def __init__(self, *, folder: Path, timeout_seconds: float, monotonic: Callable[[], float]) -> None:
        self.tracer: Tracer = NoOpTracer()
        """Makes a span of each run: the program's name and how it ended, never its words."""
        self._folder = folder
        self._monotonic = monotonic
        self._timeout_seconds = timeout_seconds
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _remove_left_overs(folder)
        except OSError as error:
            raise SettingsError(f"{folder} can't be made: {error.strerror}") from error

    @contextlib.contextmanager
    def private_folder(self) -> Iterator[Path]:
        """A folder (0700) for the files of one request, removed with all that is in it."""
        path = Path(tempfile.mkdtemp(dir=self._folder))
        try:
            yield path
        finally:
            shutil.rmtree(path, ignore_errors=True)

    def run(self, command: Sequence[str | bytes], *, folder: Path) -> ToolResult:
        """Run a program that needs nothing from anybody.

        Raises:
            KeyUnavailableError: it did not end in time, and was killed with all it had started.
            KeyFailedError: it can't be run at all.
        """
        with self._span(command), tempfile.TemporaryFile(dir=folder) as output:  # 0600, and without a name
            try:
                process = subprocess.Popen(  # noqa: S603 - a program of the settings, arguments of ours
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    cwd=folder,
                    env=_environment(folder),
                    umask=_UMASK,
                    start_new_session=HAS_TERMINALS,
                    creationflags=_NEW_GROUP,
                )
            except OSError as error:
                raise _not_run(error) from error
            try:
                status = process.wait(self._timeout_seconds)
            except subprocess.TimeoutExpired as error:
                raise self._late(process) from error
            finally:
                _end(process)
            output.seek(0)
            return ToolResult(output=output.read(MAX_OUTPUT_BYTES), status=status)

    def run_at_terminal(self, command: Sequence[str | bytes], *, folder: Path, pin: bytes) -> ToolResult:
        """Run a program at a pseudo-terminal of its own and answer its first prompt for a PIN, once.

        Raises:
            KeyUnavailableError: it did not end in time.
            KeyFailedError: it can't be run, or asked for a new PIN.
        """
        if sys.platform == "win32":
            raise KeyFailedError("there are no pseudo-terminals here", cause="NO_TERMINAL")
        ours, its = os.openpty()
        try:
            with self._span(command):
                process = self._started_at(its, command, folder)
                try:
                    return self._converse(process, ours, pin)
                finally:
                    _end(process)
        finally:
            os.close(ours)

    @contextlib.contextmanager
    def _span(self, command: Sequence[str | bytes]) -> Iterator[None]:
        name = Path(os.fsdecode(command[0])).stem
        with self.tracer.start_as_current_span(
            f"tool {name}", record_exception=False, set_status_on_exception=False
        ) as span:
            span.set_attribute("landhub.tool", name)
            outcome = "interrupted"
            try:
                yield
                outcome = "ended"
            except (KeyUnavailableError, KeyFailedError) as error:
                outcome = error.cause
                raise
            finally:
                span.set_attribute("landhub.outcome", outcome)

    def _started_at(self, terminal: int, command: Sequence[str | bytes], folder: Path) -> "subprocess.Popen[bytes]":
        """The program with that terminal as its own; our copy of it is closed."""
        try:
            _without_echo(terminal)
            return subprocess.Popen(  # noqa: S603 - see above
                ["setsid", "--ctty", *command],  # noqa: S607 - util-linux's; it becomes the program, in one process
                stdin=terminal,
                stdout=terminal,
                stderr=terminal,
                cwd=folder,
                env=_environment(folder),
                umask=_UMASK,
            )
        except OSError as error:
            raise _not_run(error) from error
        finally:
            os.close(terminal)

    def _converse(self, process: "subprocess.Popen[bytes]", terminal: int, pin: bytes) -> ToolResult:
        deadline = self._monotonic() + self._timeout_seconds
        output, answered_at = b"", -1
        while len(output) < MAX_OUTPUT_BYTES:
            left = deadline - self._monotonic()
            if left <= 0 or not select.select([terminal], [], [], left)[0]:
                raise self._late(process)
            read = _read(terminal)
            if not read:
                break
            output += read
            said = output[max(answered_at, 0) :].decode("utf-8", "replace")
            if _NEW_PIN.search(said):
                raise KeyFailedError("the tool asked for a new PIN: set one by hand", cause="NEW_PIN_ASKED")
            if answered_at >= 0 and (_PROMPT.search(said) or _REFUSED.search(said)):
                return ToolResult(output=_without(pin, output), status=-1, pin_refused=True)
            if answered_at < 0 and _PROMPT.search(said):
                answered_at = len(output)
                os.write(terminal, pin + b"\n")
        try:
            status = process.wait(max(0.0, deadline - self._monotonic()))
        except subprocess.TimeoutExpired as error:
            raise self._late(process) from error
        return ToolResult(output=_without(pin, output), status=status)

    def _late(self, process: "subprocess.Popen[bytes]") -> KeyUnavailableError:
        _end(process)
        return KeyUnavailableError(
            f"the tool did not end within {self._timeout_seconds:g} s and was killed: does it wait for a window?",
            cause="TIMED_OUT",
        )


def _remove_left_overs(folder: Path) -> None:
    """What is old: another process of this installation (`signer-agent keys`) may use its own just now."""
    new = Path(tempfile.mkdtemp(dir=folder))
    now = new.stat().st_mtime
    new.rmdir()
    for path in folder.iterdir():
        if now - path.stat().st_mtime > _LEFT_OVER_SECONDS:
            shutil.rmtree(path, ignore_errors=True)


def _environment(folder: Path) -> Mapping[str, str]:
    """English labels in UTF-8, and nothing of ours that might be a secret."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {**kept, "LC_ALL": "C.UTF-8", "LANG": "C.UTF-8", "TMPDIR": str(folder)}


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Kill a run and all it started, if it still runs."""
    if process.poll() is not None:
        return
    with contextlib.suppress(OSError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _without_echo(terminal: int) -> None:
    if sys.platform != "win32":
        import termios  # noqa: PLC0415 - Windows has none

        attributes = termios.tcgetattr(terminal)
        attributes[3] &= ~termios.ECHO
        termios.tcsetattr(terminal, termios.TCSANOW, attributes)


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, _READ_BYTES)
    except OSError:  # Linux says EIO where the other side is closed
        return b""


def _without(pin: bytes, output: bytes) -> bytes:
    return output.replace(pin, b"") if pin else output


def _not_run(error: OSError) -> KeyFailedError:
    return KeyFailedError(f"a tool can't be run: {error.strerror}", cause="TOOL_MISSING")
