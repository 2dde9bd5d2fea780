"""Where a person at the agent's own machine unlocks keys: a unix socket that only the agent's account can open.

One request a connection, one line of JSON each way: ``{"do": "list"}``, ``{"do": "unlock", "thumbprint", "pin",
"seconds"}``, ``{"do": "lock", "thumbprint"}``. The answer has ``keys``, or ``error`` and maybe ``tries_left``.
"""

import asyncio
import json
import os
import socket
import struct
import sys
from collections.abc import Mapping
from concurrent.futures import Executor
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import structlog

from signer_agent.errors import AgentError, SettingsError
from signer_agent.journal import Journal
from signer_agent.journal_file import Draft
from signer_agent.journal_record import Entry, Phase, with_details
from signer_agent.keys.port import KeyBackendError, PinRefusedError, Unlockable
from signer_agent.settings import Settings

LOG = structlog.get_logger(__name__)

SOCKET: Final = "run/console.sock"  # in the journal's folder, which is the one that is surely writable
MAX_LINE_BYTES: Final = 4096  # a PIN has 64 at most
MAX_PATH_BYTES: Final = 107  # of a unix socket's address

_READ_SECONDS: Final = 10.0  # a person's PIN is read before the connection is made
_CREDENTIALS = struct.Struct("3i")  # pid, uid, gid: struct ucred of unix(7)


def console_path(settings: Settings, directory: Path) -> Path:
    """The socket of an installation."""
    return directory / settings.journal.folder / SOCKET


class Console:
    """Serves one installation's socket from `start` to `stop`.

    Args:
        path: The socket; its folder is made 0700.
        backend: What is unlocked. It is called in ``workers``: a PIN is tried by a tool or token.
        journal: Keeps who unlocked what and for how long; a key whose unlocking can't be kept stays locked.
        max_seconds: For how long a key may be unlocked.
    """

    def __init__(
        self, *, path: Path, backend: Unlockable, journal: Journal, workers: Executor, max_seconds: float
    ) -> None:
        self._path = path
        self._backend = backend
        self._journal = journal
        self._workers = workers
        self._max_seconds = max_seconds
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Begin to serve.

        Raises:
            SettingsError: the socket can't be made.
        """
        if sys.platform == "win32":
            raise SettingsError('keys.pins: "ask" needs a unix socket, which is not there: use sealed: or file:')
        if len(os.fsencode(self._path.resolve())) > MAX_PATH_BYTES:
            raise SettingsError(f"{self._path} is too long for a socket: put the installation nearer to the root")
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._path.parent.chmod(0o700)  # before there is a socket in it
            self._path.unlink(missing_ok=True)  # of an agent that was killed
            self._server = await asyncio.start_unix_server(self._serve, path=self._path, limit=MAX_LINE_BYTES)
            self._path.chmod(0o600)
        except OSError as error:
            raise SettingsError(f"{self._path} can't be made: {error.strerror}") from error

    async def stop(self) -> None:
        """Serve no more."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._path.unlink(missing_ok=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            answer = await self._answer(reader, writer)
            writer.write(json.dumps(answer).encode() + b"\n")
            await asyncio.wait_for(writer.drain(), _READ_SECONDS)
        except (OSError, TimeoutError):
            pass  # the person went away; what was done is done
        finally:
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Mapping[str, Any]:
        user = _user(writer.get_extra_info("socket"))
        if not _may_ask(user):
            LOG.warning("console_refused")
            return {"error": "only the agent's own account and root may unlock its keys"}
        try:
            line = await asyncio.wait_for(reader.readline(), _READ_SECONDS)
            request = _Request.read(line)
        except ValueError:  # also what is too long
            return {"error": "a request of another version: use the same release of signer-agent"}
        loop = asyncio.get_running_loop()
        answer, told = await loop.run_in_executor(self._workers, self._done, request)
        if told is None or await self._kept(with_details(told, user=str(user))):
            return answer
        if told.phase is Phase.KEY_UNLOCKED:
            await loop.run_in_executor(self._workers, self._backend.lock, request.thumbprint)
        return {"error": "the journal can't be written, so the key is not unlocked"}

    async def _kept(self, entry: Entry) -> bool:
        try:
            await self._journal.append([Draft(entry=entry)])
        except AgentError:
            return False
        return True

    def _done(self, request: "_Request") -> tuple[Mapping[str, Any], Entry | None]:
        """The answer, and what the journal is told."""
        told = None
        try:
            if request.do == "unlock":
                seconds = min(request.seconds, self._max_seconds)
                self._backend.unlock(request.thumbprint, request.pin, seconds=seconds)
                LOG.info("key_unlocked", thumbprint=request.thumbprint, seconds=round(seconds))
                told = _entry(Phase.KEY_UNLOCKED, request, seconds=str(round(seconds)))
            elif request.do == "lock":
                self._backend.lock(request.thumbprint)
                LOG.info("key_locked", thumbprint=request.thumbprint)
                told = _entry(Phase.KEY_LOCKED, request)
        except PinRefusedError as error:
            LOG.warning("key_not_unlocked", thumbprint=request.thumbprint, cause=error.cause)
            left = "" if error.tries_left is None else str(error.tries_left)
            answer = {"error": str(error), "tries_left": error.tries_left}
            return answer, _entry(Phase.KEY_NOT_UNLOCKED, request, cause=error.cause, tries_left=left)
        except (KeyBackendError, SettingsError) as error:
            return {"error": str(error)}, None
        keys = [{"thumbprint": lock.thumbprint, "seconds_left": lock.seconds_left} for lock in self._backend.locks()]
        return {"keys": keys}, told


def _entry(phase: Phase, request: "_Request", **details: str) -> Entry:
    told = {name: value for name, value in details.items() if value}
    return Entry(phase=phase, certificate=request.thumbprint, details=MappingProxyType(told))


class _Request:
    """One request; its PIN is in no repr."""

    __slots__ = ("do", "pin", "seconds", "thumbprint")

    def __init__(self, *, do: str, thumbprint: str, pin: bytes, seconds: float) -> None:
        self.do = do
        self.thumbprint = thumbprint
        self.pin = pin
        self.seconds = seconds

    @classmethod
    def read(cls, line: bytes) -> "_Request":
        """A line's request. Raises ValueError."""
        table = json.loads(line)
        asked = table if isinstance(table, dict) else {}
        thumbprint, pin, seconds = asked.get("thumbprint", ""), asked.get("pin", ""), asked.get("seconds", 1)
        is_good = (
            asked.get("do") in {"list", "unlock", "lock"}
            and isinstance(thumbprint, str)
            and isinstance(pin, str)
            and isinstance(seconds, int | float)
            and seconds > 0
        )
        if not is_good:
            raise ValueError("no request of this version")
        return cls(do=asked["do"], thumbprint=thumbprint.upper(), pin=pin.encode(), seconds=float(seconds))


def _user(connection: socket.socket) -> int | None:
    """The account at the other end, as the kernel says; None where it doesn't, and the socket's mode decides."""
    if sys.platform != "linux":
        return None
    raw = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    _, user, _ = _CREDENTIALS.unpack(raw)
    return int(user)


def _may_ask(user: int | None) -> bool:
    """Whether it is the agent's account or root."""
    return sys.platform == "win32" or user is None or user in {0, os.getuid()}
