"""FastAPI as the sketch had it (a ClientSession a request) and at its best (one session for all): uvicorn and uvloop.

usage: fastapi_app.py FOLDER UPSTREAM_PORT PORT request|shared
"""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import uvicorn
from fastapi import FastAPI

from tests.bench.baselines.gateway_wire import Wire


def application(wire: Wire, *, shares_session: bool) -> FastAPI:
    """One route, GET /land-plots/{number}, which asks the provider each time."""
    shared: list[aiohttp.ClientSession] = []

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with aiohttp.ClientSession(connector=_connector(wire)) as session:
            shared.append(session)
            yield

    app = FastAPI(lifespan=lifespan)

    @app.get("/land-plots/{number}")
    async def get_land_plot(number: str) -> dict[str, str]:
        if shares_session:
            return await _ask(shared[0], wire, number)
        async with aiohttp.ClientSession(connector=_connector(wire)) as session:
            return await _ask(session, wire, number)

    return app


def _connector(wire: Wire) -> aiohttp.TCPConnector:
    return aiohttp.TCPConnector(ssl=wire.tls, limit=32)  # one context for all sessions: kinder than the sketch was


async def _ask(session: aiohttp.ClientSession, wire: Wire, number: str) -> dict[str, str]:
    async with session.post(wire.url, data=wire.request(number), headers=wire.headers) as response:
        response.raise_for_status()
        return wire.answer(await response.read())


if __name__ == "__main__":
    folder, upstream_port, port, session_of = sys.argv[1:]
    uvicorn.run(
        application(Wire(Path(folder), int(upstream_port)), shares_session=session_of == "shared"),
        port=int(port),
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_level="warning",
    )
