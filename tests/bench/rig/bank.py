"""A stub of the RBS gateway and of the sketch's token server, as fast as Python can be: every order is taken.

usage: bank.py PORT
"""

import asyncio
import re
import sys
import uuid
from typing import cast

import uvloop

_END = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]+)\r\n", re.IGNORECASE)
_TOKEN = b'{"access_token":"0123456789abcdef0123456789abcdef","expires_in":3600}'
_OPENED = b'{"orderId":"%b","formUrl":"https://localhost/pay/%b"}'


class Bank(asyncio.Protocol):
    """One connection: a request at a time, in pieces as they come."""

    def __init__(self) -> None:
        self._received = b""
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember whom to answer."""
        self._transport = cast("asyncio.WriteTransport", transport)  # uvloop's is none by its class

    def data_received(self, data: bytes) -> None:
        """Answer each request that is whole."""
        self._received += data
        while (end := self._received.find(_END)) >= 0:
            length = _LENGTH.search(self._received, 0, end + 2)
            whole = end + len(_END) + (int(length[1]) if length else 0)
            if len(self._received) < whole:
                return
            path = self._received[: self._received.index(b"\r\n")].split(b" ")[1]
            self._received = self._received[whole:]
            self._tell(path)

    def _tell(self, path: bytes) -> None:
        order = str(uuid.uuid4()).encode()
        body = _TOKEN if path.endswith(b"/token") else _OPENED % (order, order)
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
        assert self._transport is not None
        self._transport.write(head % len(body) + body)


async def serve(port: int) -> None:
    """Serve for ever."""
    server = await asyncio.get_running_loop().create_server(Bank, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(int(sys.argv[1])))
