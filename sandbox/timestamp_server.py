"""The timestamp authority's HTTP side: `POST /tsp`, plain, as public authorities have it (RFC 3161 3.4)."""

import asyncio
from collections import Counter

from aiohttp import web

from sandbox.clock import SandboxClock
from sandbox.faults import FaultBoard
from sandbox.listener import Listener
from sandbox.strikes import Strikes
from sandbox.timestamp_authority import TimestampAuthority

OPERATION = "timestamp"
_QUERY = "application/timestamp-query"
_REPLY = "application/timestamp-reply"
_QUERY_LIMIT_BYTES = 4096


class TimestampServer:
    """The simulated authority. `url` is what the hub's `timestamps.url` is set to."""

    def __init__(
        self, *, listener: Listener, authority: TimestampAuthority, clock: SandboxClock, faults: FaultBoard
    ) -> None:
        self._listener = listener
        self._authority = authority
        self._clock = clock
        self._faults = faults
        self._strikes = Strikes()
        self.operations: Counter[str] = Counter()
        """How many queries came."""

    @property
    def url(self) -> str:
        """`http://HOST:PORT/tsp`."""
        return f"{self._listener.url}/tsp"

    async def start(self) -> None:
        """Listen; after a `stop` on the same port."""
        self._strikes.start()
        application = web.Application(client_max_size=_QUERY_LIMIT_BYTES)
        application.router.add_post("/tsp", self._handle)
        await self._listener.start(application)

    async def stop(self) -> None:
        """Refuse connections; queries that hang are cut off."""
        self._strikes.stop()
        await self._listener.stop()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        faults = self._faults.take(OPERATION)
        self.operations[OPERATION] += 1
        if request.content_type != _QUERY:
            return web.Response(status=415, text=f"Content-Type: {_QUERY}")
        query = await request.read()
        early = await self._strikes.before(request, faults)
        if early is not None:
            return early
        reply = await asyncio.to_thread(self._authority.answer, query, at=self._clock.now(), faults=faults)
        cut = await self._strikes.after(request, faults)
        return cut or web.Response(body=reply, content_type=_REPLY)
