"""A raw client of one simulated vendor of messages."""

import json
import ssl
from typing import Any

import aiohttp

from sandbox.app import Sandbox


class RawVendor:
    """Asks as its vendor's own documentation says; what it sends is up to the test."""

    def __init__(self, sandbox: Sandbox, name: str, session: aiohttp.ClientSession) -> None:
        assert sandbox.credentials
        self._tls = ssl.create_default_context(cafile=str(sandbox.credentials.ca))
        self._server = sandbox.messages[name]
        self._session = session

    async def form(self, path: str, **fields: str) -> Any:
        """Post a form; JSON is read, text returned as it is."""
        return (await self._ask("POST", path, data=fields))[1]

    async def post(self, path: str, value: Any = None, **headers: str) -> tuple[int, Any]:
        return await self._ask("POST", path, json=value, headers=_named(headers))

    async def get(self, path: str, **headers: str) -> tuple[int, Any]:
        return await self._ask("GET", path, headers=_named(headers))

    async def _ask(self, method: str, path: str, **more: Any) -> tuple[int, Any]:
        url = f"{self._server.url}{path}"
        async with self._session.request(method, url, ssl=self._tls, **more) as response:
            text = await response.text()
            try:
                return response.status, json.loads(text)
            except ValueError:
                return response.status, text


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
