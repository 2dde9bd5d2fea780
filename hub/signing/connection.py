"""One gRPC channel to an agent that follows its certificate files, and drops no call when they change."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import grpc
import structlog
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from hub.core.clock import Clock

log = structlog.get_logger(__name__)

CONNECT_SECONDS = 4.0  # a handshake takes some 10 ms; a machine that starts swapping some seconds
_LOOK_SECONDS = 1.0  # three stat calls
_RETIRE_SECONDS = 30.0  # the longest call over a channel that was replaced
_MAX_MESSAGE_BYTES = 16 * 1024 * 1024
_OPTIONS = (
    ("grpc.max_receive_message_length", _MAX_MESSAGE_BYTES),
    ("grpc.initial_reconnect_backoff_ms", 200),
    ("grpc.min_reconnect_backoff_ms", 200),
    ("grpc.max_reconnect_backoff_ms", 2000),
    ("grpc.keepalive_time_ms", 20_000),
    ("grpc.keepalive_timeout_ms", 5_000),
    ("grpc.service_config_disable_resolution", 1),  # what may be sent again is decided by hub/resilience alone
    ("grpc.use_local_subchannel_pool", 1),  # else channels with the same target would share one connection
)

_ON_THE_WAY = (grpc.ChannelConnectivity.IDLE, grpc.ChannelConnectivity.CONNECTING)

_Stamp = tuple[tuple[int, int, int] | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelFiles:
    """What the hub shows an agent, and by which CA it knows it. `open_key` turns the key's file into plain PEM."""

    ca: Path
    certificate: Path
    key: Path
    open_key: Callable[[Path], bytes]

    def stamp(self) -> _Stamp:
        """Return what tells that a file has changed."""
        return tuple(_stamp(path) for path in (self.ca, self.certificate, self.key))

    def read(self) -> grpc.ChannelCredentials:
        """Read all three.

        Raises:
            OSError: a file can't be read.
            ValueError: one is no PEM, or key and certificate don't belong together (one of them is not written yet).
        """
        ca, certificate, key = self.ca.read_bytes(), self.certificate.read_bytes(), self.open_key(self.key)
        x509.load_pem_x509_certificates(ca)
        shown = x509.load_pem_x509_certificates(certificate)[0]
        if load_pem_private_key(key, password=None).public_key() != shown.public_key():
            raise ValueError("the key does not belong to the certificate")
        return grpc.ssl_channel_credentials(root_certificates=ca, private_key=key, certificate_chain=certificate)


class Connection:
    """One connection. A changed file makes a new channel, which takes over once it is connected, and not before.

    So a half-written file, or an agent that does not know our new CA yet, leaves the channel there is in place.

    Raises:
        OSError, ValueError: the files can't be used; see `ChannelFiles.read`.
    """

    def __init__(self, *, agent: str, address: str, files: ChannelFiles, clock: Clock) -> None:
        self._agent = agent
        self._address = address
        self._files = files
        self._clock = clock
        self._stamp = files.stamp()
        self._channel = self._open(files.read())
        self._looked = clock.monotonic()
        self._refreshing = asyncio.Lock()
        self._background: set[asyncio.Task[object]] = set()
        self._closed = False

    @property
    def channel(self) -> grpc.aio.Channel:
        """The channel in use. Files are looked at again now and then, in the background."""
        if self._clock.monotonic() - self._looked >= _LOOK_SECONDS:
            self._looked = self._clock.monotonic()
            if not self._closed and self._files.stamp() != self._stamp:
                self._spawn(self.refresh(instead_of=self._channel))
        return self._channel

    async def is_ready(self, *, timeout_seconds: float = CONNECT_SECONDS) -> bool:
        """Whether there is a connection, waiting for one that long: without one, nothing can have been sent."""
        channel = self.channel
        if await _is_connected(channel, timeout_seconds):
            return True
        return await self.refresh(instead_of=channel)

    async def refresh(self, *, instead_of: grpc.aio.Channel) -> bool:
        """Take files that changed, at once. True if another channel has taken the place of the one that failed."""
        async with self._refreshing:
            stamp = self._files.stamp()
            if self._closed or stamp == self._stamp:
                return self._channel is not instead_of
            try:
                fresh = self._open(self._files.read())
            except (OSError, ValueError) as error:
                log.warning("signing.files_unusable", agent=self._agent, error=type(error).__name__)
                return False
            if not await _is_connected(fresh, CONNECT_SECONDS):
                log.warning("signing.new_certificate_not_taken", agent=self._agent)
                await fresh.close()
                return False
            old, self._channel, self._stamp = self._channel, fresh, stamp
            self._spawn(old.close(_RETIRE_SECONDS))
            log.info("signing.files_taken", agent=self._agent)
            return True

    async def close(self) -> None:
        """Close it, and what it replaced."""
        self._closed = True
        for task in self._background:
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)
        await self._channel.close()

    def _open(self, credentials: grpc.ChannelCredentials) -> grpc.aio.Channel:
        return grpc.aio.secure_channel(self._address, credentials, options=_OPTIONS)

    def _spawn(self, work: Coroutine[object, object, object]) -> None:
        task: asyncio.Task[object] = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)


async def _is_connected(channel: grpc.aio.Channel, timeout_seconds: float) -> bool:
    state = channel.get_state(try_to_connect=True)
    with suppress(TimeoutError):
        async with asyncio.timeout(timeout_seconds):
            while state in _ON_THE_WAY:
                await channel.wait_for_state_change(state)
                state = channel.get_state(try_to_connect=True)
    return state is grpc.ChannelConnectivity.READY


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return (status.st_ino, status.st_size, status.st_mtime_ns)
