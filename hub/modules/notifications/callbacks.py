"""Providers' callbacks: what is signed is taken in, and what isn't has its message asked for sooner.

A signed one that overtakes the outcome's commit finds its message by our reference, which is written before anything is
sent. An unsigned one that does finds none, and adds nothing: that message is asked for `report_pace` later anyway. One
about no message of ours costs a read of our database and nothing else.
"""

import asyncio

from aiohttp import web
from sqlalchemy import Connection

from hub.core.database import Database
from hub.core.errors import HubError
from hub.module_api import WebhookRefusedError
from hub.modules.notifications.accounts import Account
from hub.modules.notifications.following import Following
from hub.modules.notifications.port import Callback, CallbackRead

LARGEST_CALLBACK_BYTES = 256 * 1024  # a hundred events of an e-mail service are a fifth of it
BODY_SECONDS = 10.0  # for a body to arrive; behind a proxy that buffers it takes milliseconds

_FORGED = "FORGED"
_UNKNOWN = "MESSAGE_UNKNOWN"
_UNAVAILABLE = "HUB_UNAVAILABLE"
_TOO_BIG = "TOO_BIG"
_TOO_SLOW = "TOO_SLOW"
_UNREADABLE = "UNREADABLE"


def callback_path(account: str) -> str:
    """Return the path that an account's callbacks come to."""
    return f"/notifications/callbacks/{account}"


class Callbacks:
    """Takes the callbacks of one account."""

    def __init__(self, *, account: Account, following: Following, database: Database) -> None:
        self._account = account
        self._following = following
        self._database = database

    def routes(self) -> list[web.RouteDef]:
        """Return the routes; none if the account's provider doesn't call back. By GET one may look who is here."""
        if not self._account.port.capabilities.callbacks:
            return []
        path = callback_path(self._account.name)
        return [web.get(path, self.take, allow_head=False), web.post(path, self.take)]

    async def take(self, request: web.Request) -> web.Response:
        """Answer one callback, once what it says is durable.

        Raises:
            WebhookRefusedError: it is forged, unreadable or about no message of ours, or can't be written now.
        """
        read = self._account.port.read_callback(await _received(request))
        if read is None:
            raise WebhookRefusedError(_FORGED, web.Response(status=403))
        if read.reports:
            await self._heed(read)
        return _answer(read)

    async def _heed(self, read: CallbackRead) -> None:
        def write(conn: Connection) -> int:
            if read.trusted:
                return self._following.take(conn, self._account, read.reports)
            return self._following.ask_soon(conn, self._account, read.reports)

        try:
            strangers = await self._database.write(write, label="notifications.callback")
        except HubError as error:
            raise WebhookRefusedError(_UNAVAILABLE, web.Response(status=503)) from error
        if strangers == len(read.reports):
            raise WebhookRefusedError(_UNKNOWN, _answer(read))


def _answer(read: CallbackRead) -> web.Response:
    return web.Response(status=read.status, body=read.body, headers=dict(read.headers))


async def _received(request: web.Request) -> Callback:
    """Return what came, read within its bounds."""
    bounded = request.clone(client_max_size=LARGEST_CALLBACK_BYTES)
    try:
        async with asyncio.timeout(BODY_SECONDS):
            body = await bounded.read()
    except web.HTTPRequestEntityTooLarge as error:
        raise WebhookRefusedError(_TOO_BIG, web.Response(status=413)) from error
    except TimeoutError as error:
        raise WebhookRefusedError(_TOO_SLOW, web.Response(status=408)) from error
    try:
        query = tuple(request.query.items())
    except ValueError as error:
        raise WebhookRefusedError(_UNREADABLE, web.Response(status=400)) from error
    headers = {name.lower(): value for name, value in request.headers.items()}
    return Callback(method=request.method, headers=headers, query=query, body=body)
