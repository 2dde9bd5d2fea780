"""A stub of the gateway, as fast as Python can be: it knows every plot, and says the same of each. TLS is HAProxy's.

usage: provider.py FERNET_KEY_FILE PORT
"""

import asyncio
import re
import sys
from pathlib import Path
from typing import cast

import uvloop
from cryptography.fernet import Fernet
from lxml import etree

from sandbox.registry import Plot
from sandbox.xml_gateway_wire import plot_answer

_NUMBER = re.compile(rb"<CadastralNumber>([0-9:]+)<")
_LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]+)\r\n", re.IGNORECASE)
_END = b"\r\n\r\n"
_PLACE = b"00:00:000000:0"


class Gateway(asyncio.Protocol):
    """One connection: a request at a time, in pieces as they come."""

    def __init__(self, *, keys: Fernet, answer: bytes) -> None:
        self._keys = keys
        self._answer = answer
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
            body, self._received = self._received[end + len(_END) : whole], self._received[whole:]
            self._tell(body)

    def _tell(self, body: bytes) -> None:
        asked = _NUMBER.search(self._keys.decrypt(body))
        assert asked is not None
        assert self._transport is not None
        token = self._keys.encrypt(self._answer.replace(_PLACE, asked[1]))
        self._transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(token), token))


async def serve(keys: Fernet, port: int) -> None:
    """Serve for ever."""
    plot = Plot(
        cadastral_number=_PLACE.decode(),
        address="Московская область, Примерный район, деревня Образцово, улица Садовая, участок 101",
        area="1200.50",
        last_registration_date="2019-03-14",
    )
    answer = etree.tostring(plot_answer(plot), encoding="UTF-8", xml_declaration=True)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Gateway(keys=keys, answer=answer), "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(Fernet(Path(sys.argv[1]).read_text().strip()), int(sys.argv[2])))
