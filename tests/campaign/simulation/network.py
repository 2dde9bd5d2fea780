"""The wire between simulated processes: what asyncio's servers and connections are on this loop.

HTTP clients and servers are the real ones (aiohttp's), over transports in memory. TLS is left out: it would cost most
of the run and changes nothing about when bytes leave, arrive or get lost; the contract tests and the kills have it.
"""

import asyncio
import contextvars
import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from tests.campaign.simulation.loop import SimulatedLoop
from tests.campaign.simulation.process import PointKind, Process, current_process

LONGEST_LATENCY_SECONDS = 0.02

_Address = tuple[str, int]


class MemoryTransport(asyncio.Transport):
    """One end of a connection; bytes arrive at the other a moment later, in order."""

    def __init__(
        self, *, loop: SimulatedLoop, process: Process, tls: bool, addresses: tuple[_Address, _Address]
    ) -> None:
        known: dict[str, Any] = {"sockname": addresses[0], "peername": addresses[1], "sslcontext": tls or None}
        super().__init__(known)
        self._loop = loop
        self.process = process
        self._context = process.context()
        self._protocol: Any = None
        self._peer: MemoryTransport | None = None
        self._closing = False
        self._paused = False
        self._waiting: list[bytes] = []
        self._arrives = 0.0
        process.on_death.append(self._die)

    def connect(self, peer: "MemoryTransport", protocol: Any) -> None:
        """Join the two ends."""
        self._peer, self._protocol = peer, protocol
        self._loop.call_soon(protocol.connection_made, self, context=self._context)

    def write(self, data: Any) -> None:
        """Send; nothing is sent by a dead process."""
        if self._closing or not self.process.pass_point(PointKind.BEFORE_SEND, "network"):
            return
        self._to_peer("_receive", bytes(data))
        self.process.pass_point(PointKind.AFTER_SEND, "network")

    def writelines(self, list_of_data: Any) -> None:
        """Send them together."""
        self.write(b"".join(list_of_data))

    def write_eof(self) -> None:
        """Not needed by HTTP."""

    def can_write_eof(self) -> bool:
        """Not over TLS either."""
        return False

    def close(self) -> None:
        """Close in order."""
        self._end(None)

    def abort(self) -> None:
        """Reset."""
        self._end(ConnectionResetError("connection reset"))

    def is_closing(self) -> bool:
        """Whether this end is closed."""
        return self._closing

    def get_protocol(self) -> Any:
        """Whoever listens here."""
        return self._protocol

    def set_protocol(self, protocol: Any) -> None:
        """Listen instead."""
        self._protocol = protocol

    def get_write_buffer_size(self) -> int:
        """All is on its way at once."""
        return 0

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """There is no buffer."""

    def is_reading(self) -> bool:
        """Whether bytes are handed on as they come."""
        return not self._paused

    def pause_reading(self) -> None:
        """Keep what comes."""
        self._paused = True

    def resume_reading(self) -> None:
        """Hand on what was kept."""
        self._paused = False
        waiting, self._waiting = self._waiting, []
        for data in waiting:
            self._protocol.data_received(data)

    def _receive(self, data: bytes) -> None:
        if self._paused:
            self._waiting.append(data)
        elif not self._closing:
            self._protocol.data_received(data)

    def _end(self, error: Exception | None) -> None:
        if self._closing:
            return
        self._closing = True
        self._to_peer("_lose", error)
        self._loop.call_soon(self._protocol.connection_lost, None, context=self._context)

    def _lose(self, error: Exception | None) -> None:
        if self._closing:
            return
        self._closing = True
        if error is None:
            self._protocol.eof_received()
        self._protocol.connection_lost(error)

    def _die(self) -> None:
        if not self._closing:
            self._closing = True
            self._to_peer("_lose", ConnectionResetError("the peer is gone"))

    def _to_peer(self, what: str, argument: Any) -> None:
        peer = self._peer
        if peer is not None:
            latency = self._loop.random.random() * LONGEST_LATENCY_SECONDS
            self._arrives = max(self._arrives, self._loop.time() + latency)  # nothing overtakes on one connection
            self._loop.call_at(self._arrives, getattr(peer, what), argument, context=peer._context)


@dataclass(slots=True)
class _Socket:
    """What a listener's `sockets` tell of themselves."""

    address: _Address

    def getsockname(self) -> _Address:
        return self.address


class MemoryServer(asyncio.AbstractServer):
    """Listens at an address."""

    def __init__(self, *, network: "Network", address: _Address, factory: Callable[[], Any]) -> None:
        self.process = current_process()
        self.factory = factory
        self.context = contextvars.copy_context()
        self.sockets = [_Socket(address)]
        self._network = network
        self._address = address

    def close(self) -> None:
        """Refuse connections."""
        self._network.forget(self._address, self)

    async def wait_closed(self) -> None:
        """It is at once."""

    def get_loop(self) -> asyncio.AbstractEventLoop:
        """The machine's."""
        return self._network

    def is_serving(self) -> bool:
        """From the beginning."""
        return True

    async def start_serving(self) -> None:
        """It does."""

    async def serve_forever(self) -> None:
        """Wait for ever."""
        await asyncio.Event().wait()


class Network(SimulatedLoop):
    """The loop with its network. Ports are numbers and nothing more: no socket of this machine is ever used."""

    def __init__(self, *, random: Any) -> None:
        super().__init__(random=random)
        self._servers: dict[_Address, MemoryServer] = {}
        self._connecting: dict[int, _Address] = {}
        self._balanced: dict[_Address, Sequence[_Address]] = {}

    def balance(self, address: _Address, among: Sequence[_Address]) -> None:
        """Let a balancer at an address send each connection to one of those that serve."""
        self._balanced[address] = among

    async def create_server(self, protocol_factory: Any, host: Any = None, port: Any = None, **_: Any) -> Any:
        """Listen."""
        address = (str(host), int(port))
        if address in self._servers and self._servers[address].process.alive:
            raise OSError(98, "address in use")
        self._servers[address] = MemoryServer(network=self, address=address, factory=protocol_factory)
        return self._servers[address]

    async def sock_connect(self, sock: socket.socket, address: Any) -> None:
        """Remember where a socket was to be connected; `create_connection` does it."""
        await asyncio.sleep(self.random.random() * LONGEST_LATENCY_SECONDS)
        if self._listening(address) is None:
            raise ConnectionRefusedError(111, "connection refused")
        self._connecting[sock.fileno()] = tuple(address[:2])

    async def create_connection(  # type: ignore[override]
        self, protocol_factory: Any, *, sock: socket.socket, ssl: ssl.SSLContext | None = None, **_: Any
    ) -> tuple[Any, Any]:
        """Join a client to the server at the address."""
        address = self._connecting.pop(sock.fileno())
        sock.close()
        server = self._listening(address)
        if server is None:
            raise ConnectionRefusedError(111, "connection refused")
        near, far = ("127.0.0.1", 1024 + self.steps % 60_000), address
        mine = MemoryTransport(loop=self, process=current_process(), tls=ssl is not None, addresses=(near, far))
        theirs = MemoryTransport(loop=self, process=server.process, tls=False, addresses=(far, near))
        protocol = protocol_factory()
        theirs.connect(mine, server.context.copy().run(server.factory))
        mine.connect(theirs, protocol)
        await asyncio.sleep(self.random.random() * LONGEST_LATENCY_SECONDS)
        return cast("asyncio.Transport", mine), protocol

    def forget(self, address: _Address, server: MemoryServer) -> None:
        """Let an address go."""
        if self._servers.get(address) is server:
            del self._servers[address]

    def _listening(self, address: Any) -> MemoryServer | None:
        asked = tuple(address[:2])
        found = [self._servers.get(place) for place in self._balanced.get(asked, [asked])]
        serving = [server for server in found if server is not None and server.process.alive]
        if not serving:
            return None
        return serving[0] if len(serving) == 1 else self.random.choice(serving)
