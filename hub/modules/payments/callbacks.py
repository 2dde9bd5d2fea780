"""Acquirers' callbacks: each has one payment looked at, soon and not too often, and nothing of it is believed.

A payment is written before its order is sent, under our number. So a callback that overtakes the outcome's commit finds
it: the job that looks waits for the commit. An order that isn't ours costs a read of our database and nothing else.
"""

import asyncio
from collections import OrderedDict

from aiohttp import web
from sqlalchemy import Connection

from hub.core.clock import Clock
from hub.core.database import Database
from hub.core.errors import HubError
from hub.module_api import WebhookRefusedError
from hub.modules.payments.accounts import Account
from hub.modules.payments.ledger import Ledger
from hub.modules.payments.notice import CallbackProblem, CallbackReader, CallbackRefusedError, CallbackRequest, Notice
from hub.modules.payments.store import PaymentRow, PaymentsStore
from hub.web.peer import parsed_address

LARGEST_CALLBACK_BYTES = 64 * 1024  # the biggest ones, with a receipt in them, are a tenth of it
BODY_SECONDS = 10.0  # for a body to arrive; behind a proxy that buffers it takes milliseconds
MOST_REMEMBERED = 10_000  # orders that are to be looked at anyway; some 2 MB

ORDER_UNKNOWN = "ORDER_UNKNOWN"
_UNAVAILABLE = "HUB_UNAVAILABLE"
_TOO_BIG = "TOO_BIG"
_TOO_SLOW = "TOO_SLOW"


def callback_path(account: str) -> str:
    """Return the path that an account's callbacks come to."""
    return f"/payments/callbacks/{account}"


class Callbacks:
    """Takes the callbacks of one account."""

    def __init__(
        self, *, account: Account, store: PaymentsStore, ledger: Ledger, database: Database, clock: Clock
    ) -> None:
        self._account = account
        self._store = store
        self._ledger = ledger
        self._database = database
        self._clock = clock
        self._promised: OrderedDict[Notice, float] = OrderedDict()

    def routes(self) -> list[web.RouteDef]:
        """Return the routes; none if the account takes no callbacks."""
        reader = self._account.port.callbacks
        methods = () if reader is None else sorted(reader.methods)
        return [web.route(method, callback_path(self._account.name), self.take) for method in methods]

    async def take(self, request: web.Request) -> web.Response:
        """Answer one callback.

        Raises:
            WebhookRefusedError: it is forged, unreadable or about no order of ours, or can't be written now.
        """
        reader = self._account.port.callbacks
        if reader is None:  # the settings may be exchanged for some without
            raise WebhookRefusedError(ORDER_UNKNOWN, web.Response(status=404))
        notice = await self._read(reader, request)
        if not self._is_promised(notice):
            await self._heed(reader, notice)
        return _accepted(reader)

    async def _read(self, reader: CallbackReader, request: web.Request) -> Notice:
        try:
            return reader.read(await _received(request))
        except CallbackRefusedError as error:
            raise WebhookRefusedError(error.problem.value, web.Response(status=error.status)) from error

    async def _heed(self, reader: CallbackReader, notice: Notice) -> None:
        """Have the order's payment looked at, if it is one of ours."""
        began = self._clock.monotonic()
        try:
            row = await self._database.read(lambda conn: self._find(conn, notice))
            if row is None:
                raise WebhookRefusedError(ORDER_UNKNOWN, _accepted(reader))
            found = row
            wait = await self._database.write(
                lambda conn: self._ledger.look_soon(conn, found), label="payments.callback"
            )
        except HubError as error:
            raise WebhookRefusedError(_UNAVAILABLE, web.Response(status=503)) from error
        if wait:
            self._promise(notice, until=began + wait.total_seconds())

    def _find(self, conn: Connection, notice: Notice) -> PaymentRow | None:
        return self._store.find_payment(
            conn, account=self._account.name, reference=notice.reference, vendor_id=notice.vendor_id
        )

    def _is_promised(self, notice: Notice) -> bool:
        """Whether the order will be looked at anyway, later than now: then this callback adds nothing."""
        return self._clock.monotonic() < self._promised.get(notice, float("-inf"))

    def _promise(self, notice: Notice, *, until: float) -> None:
        self._promised[notice] = until
        self._promised.move_to_end(notice)
        if len(self._promised) > MOST_REMEMBERED:
            self._promised.popitem(last=False)


def _accepted(reader: CallbackReader) -> web.Response:
    answer = reader.answer
    return web.Response(status=answer.status, body=answer.body, content_type=answer.content_type)


async def _received(request: web.Request) -> CallbackRequest:
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
        raise CallbackRefusedError(CallbackProblem.UNREADABLE) from error
    return CallbackRequest(
        method=request.method,
        query=query,
        content_type=request.content_type if "Content-Type" in request.headers else "",
        body=body,
        peer=parsed_address(request.remote or ""),
    )
