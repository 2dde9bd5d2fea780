"""The timestamp authority's HTTP side: `POST /tsp`, plain, as public authorities have it (RFC 3161 3.4)."""

import asyncio
from collections import Counter

from aiohttp import web

from sandbox.clock import SandboxClock
from sandbox.faults import Fault, FaultBoard, FaultKind
from sandbox.listener import Listener
from sandbox.timestamp_authority import TimestampAuthority
from sandbox.xml_gateway_delivery import html_page, reset

OPERATION = "timestamp"
_QUERY = "application/timestamp-query"
_REPLY = "application/timestamp-reply"
_QUERY_LIMIT_BYTES = 4096
_HANG_SECONDS = 600


class TimestampServer:
    """The simulated authority. `url` is what the hub's `timestamps.url` is set to."""

    def __init__(
        self, *, listener: Listener, authority: TimestampAuthority, clock: SandboxClock, faults: FaultBoard
    ) -> None:
        self._listener = listener
        self._authority = authority
        self._clock = clock
        self._faults = faults
        self._closing = asyncio.Event()
        self.operations: Counter[str] = Counter()
        """How many queries came."""

    @property
    def url(self) -> str:
        """`http://HOST:PORT/tsp`."""
        return f"{self._listener.url}/tsp"

    async def start(self) -> None:
        """Listen; after a `stop` on the same port."""
        self._closing.clear()
        application = web.Application(client_max_size=_QUERY_LIMIT_BYTES)
        application.router.add_post("/tsp", self._handle)
        await self._listener.start(application)

    async def stop(self) -> None:
        """Refuse connections; queries that hang are cut off."""
        self._closing.set()
        await self._listener.stop()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        faults = self._faults.take(OPERATION)
        self.operations[OPERATION] += 1
        if request.content_type != _QUERY:
            return web.Response(status=415, text=f"Content-Type: {_QUERY}")
        query = await request.read()
        early = await self._strike(request, faults)
        if early is not None:
            return early
        reply = await asyncio.to_thread(self._authority.answer, query, at=self._clock.now(), faults=faults)
        if any(fault.kind is FaultKind.ANSWER_LOST for fault in faults):
            return reset(request)
        return web.Response(body=reply, content_type=_REPLY)

    async def _strike(self, request: web.Request, faults: tuple[Fault, ...]) -> web.StreamResponse | None:
        for fault in faults:
            match fault.kind:
                case FaultKind.LATENCY | FaultKind.SLOW_ANSWER:
                    await self._pause(fault.seconds)
                case FaultKind.HANG:
                    await self._pause(_HANG_SECONDS)
                    return reset(request)
                case FaultKind.RESET:
                    return reset(request)
                case FaultKind.HTTP_STATUS:
                    return html_page(status=fault.http_status or 503, retry_after_seconds=fault.retry_after_seconds)
                case FaultKind.HTML:
                    return html_page(status=200)
                case _:
                    pass
        return None

    async def _pause(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._closing.wait(), timeout=seconds)
        except TimeoutError:
            pass  # the whole time has passed, as it should
