"""One worker process as the agent sees it: started, asked one thing at a time, killed when it takes too long."""

import contextlib
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from typing import IO, Any, Final

from signer_agent.keys.frames import Frame, FrameError, read_frame, write_frame
from signer_agent.keys.port import (
    KeyBackendError,
    KeyFailedError,
    KeyLockedError,
    KeyMissingError,
    KeyUnavailableError,
    PinRefusedError,
)

START_SECONDS: Final = 60.0  # Python and a library; a second on an idle machine

_CLOSE_SECONDS: Final = 5.0
_ERRORS: Final[Mapping[str, type[KeyBackendError]]] = {
    kind.__name__: kind for kind in (KeyFailedError, KeyLockedError, KeyMissingError, KeyUnavailableError)
}
_NEW_GROUP: Final = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)  # Windows


class WorkerGoneError(Exception):
    """The process ended or was killed. ``begun``: the library was called, so anything may have been done."""

    def __init__(self, *, begun: bool, timed_out: bool = False) -> None:
        super().__init__("the worker is gone")
        self.begun = begun
        self.timed_out = timed_out


class Worker:
    """One process. One thread uses it at a time.

    Args:
        place: The first frame: the kind of library and what it needs.
        environment: Of the process; None: the agent's.

    Raises:
        KeyBackendError: the library said why it can't be used.
        WorkerGoneError: it ended before it said anything.
    """

    def __init__(self, *, place: Frame, environment: Mapping[str, str] | None) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "signer_agent.keys.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # what a library prints may hold anything
            env=environment,
            start_new_session=sys.platform != "win32",  # a Ctrl-C is for the agent, which drains first
            creationflags=_NEW_GROUP,
        )
        self.resident_bytes = 0
        try:
            with self._killed_after(START_SECONDS):
                write_frame(self._requests, place)
                hello = read_frame(self._answers)
        except FrameError as error:
            self.kill()
            raise WorkerGoneError(begun=False) from error
        if "error" in hello:
            self.kill()
            raise error_of(hello)

    @property
    def pid(self) -> int:
        """The process."""
        return self._process.pid

    def ask(self, request: Frame, *, timeout_seconds: float) -> Frame:
        """What came of a request.

        Raises:
            WorkerGoneError: it is dead, or took too long and was killed.
        """
        begun = False
        late = threading.Event()
        try:
            with self._killed_after(timeout_seconds, late):
                write_frame(self._requests, request)
                begun = bool(read_frame(self._answers).get("begun"))
                answer = read_frame(self._answers)
        except FrameError as error:
            self.kill()
            raise WorkerGoneError(begun=begun, timed_out=late.is_set()) from error
        self.resident_bytes = int(answer.get("resident_bytes", 0))
        return answer

    def close(self) -> None:
        """Let it log out and end; kill it if it does not."""
        with contextlib.suppress(WorkerGoneError):
            self.ask({"do": "close"}, timeout_seconds=_CLOSE_SECONDS)
        self.kill()

    def kill(self) -> None:
        """End it now."""
        self._process.kill()
        self._process.wait()
        for stream in (self._requests, self._answers):
            with contextlib.suppress(OSError):  # what is left in the buffer of a pipe that nobody reads
                stream.close()

    @property
    def _requests(self) -> IO[bytes]:
        assert self._process.stdin is not None
        return self._process.stdin

    @property
    def _answers(self) -> IO[bytes]:
        assert self._process.stdout is not None
        return self._process.stdout

    @contextlib.contextmanager
    def _killed_after(self, seconds: float, late: threading.Event | None = None) -> Iterator[None]:
        """Reading a pipe can't be given a time limit on every system; a dead process ends the reading."""

        def kill() -> None:
            if late is not None:
                late.set()
            self._process.kill()

        timer = threading.Timer(seconds, kill)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            timer.join()  # so that it can't kill what comes after


def error_of(answer: Frame) -> KeyBackendError:
    """The error that a worker told of."""
    message, cause, code = (str(answer.get(name, "")) for name in ("message", "cause", "code"))
    if answer["error"] == PinRefusedError.__name__:
        tries: Any = answer.get("tries_left")
        return PinRefusedError(message, code=code, tries_left=tries)
    return _ERRORS.get(answer["error"], KeyFailedError)(message, cause=cause, code=code)
