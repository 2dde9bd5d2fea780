"""What faults do to a call over HTTP, whatever the simulated vendor: before the work, after it, and to the answer."""

import asyncio
import socket
import struct
from contextlib import suppress

from aiohttp import web

from sandbox.faults import Fault, FaultKind

_LINGER_RESET = struct.pack("ii", 1, 0)  # closing sends RST rather than FIN
_UNPROCESSED_HTML = """<!DOCTYPE html>
<html lang="ru"><head><meta charset="utf-8"><title>Технические работы</title></head>
<body><h1>Сервис временно недоступен</h1><p>Ведутся технические работы.<br>Приносим извинения.</body></html>
"""
_HANG_SECONDS = 600  # longer than any client waits; stopping the simulator ends it earlier


class Strikes:
    """Carries faults out; `stop` ends whatever still waits."""

    def __init__(self) -> None:
        self._closing = asyncio.Event()

    def start(self) -> None:
        """Let faults take their time again."""
        self._closing.clear()

    def stop(self) -> None:
        """End all that hangs."""
        self._closing.set()

    async def before(self, request: web.Request, faults: tuple[Fault, ...]) -> web.StreamResponse | None:
        """Do what faults do before the work; an answer means that the work isn't done."""
        for fault in faults:
            match fault.kind:
                case FaultKind.LATENCY:
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

    async def after(self, request: web.Request, faults: tuple[Fault, ...]) -> web.StreamResponse | None:
        """Do what faults do when the work is done (or will be) and the answer is not sent."""
        for fault in faults:
            if fault.kind is FaultKind.SLOW_ANSWER:
                await self._pause(fault.seconds)
            elif fault.kind in {FaultKind.ANSWER_LOST, FaultKind.COMMIT_LATE}:
                if fault.answer == "hang":
                    await self._pause(_HANG_SECONDS)
                return reset(request)
        return None

    async def deliver(
        self, request: web.Request, body: bytes, content_type: str, faults: tuple[Fault, ...], *, status: int = 200
    ) -> web.StreamResponse:
        """Send the answer, or what the faults leave of it."""
        kinds = {fault.kind for fault in faults}
        if FaultKind.EMPTY in kinds:
            body = b""
        if FaultKind.CUT_DOCUMENT in kinds:
            body = body[: len(body) // 2]
        if FaultKind.WRONG_CHARSET in kinds:
            body = body.decode().encode("windows-1251")
        if FaultKind.HUGE in kinds:
            body += b" " * max(0, next(fault.size_bytes for fault in faults if fault.kind is FaultKind.HUGE))
        if FaultKind.CUT_BODY in kinds:
            return await send_half(request, body, content_type)
        return web.Response(status=status, body=body, headers={"Content-Type": content_type})

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):  # the whole time has passed, as it should
            await asyncio.wait_for(self._closing.wait(), timeout=seconds)


def html_page(*, status: int, retry_after_seconds: int | None = None) -> web.Response:
    """The page a proxy in front of the gateway shows."""
    headers = {} if retry_after_seconds is None else {"Retry-After": str(retry_after_seconds)}
    return web.Response(status=status, text=_UNPROCESSED_HTML, content_type="text/html", headers=headers)


def reset(request: web.Request) -> web.Response:
    """Reset the connection; what is returned goes nowhere."""
    transport = request.transport
    if transport is not None:
        connection = transport.get_extra_info("socket")
        if connection is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_RESET)
        transport.abort()
    return web.Response()


async def send_half(request: web.Request, body: bytes, content_type: str) -> web.StreamResponse:
    """Send a half of the answer, then reset the connection."""
    response = web.StreamResponse(headers={"Content-Type": content_type, "Content-Length": str(len(body))})
    await response.prepare(request)
    with suppress(ConnectionError):  # the client may have gone; that is what the fault is about
        await response.write(body[: len(body) // 2])
        await asyncio.sleep(0.05)  # lets the half arrive before the reset overtakes it
    reset(request)
    return response
