"""The control API of the simulated YooKassa: its payments as they truly stand, the payer and the cabinet.

GET  /yookassa/payments              the payments, as they truly stand
GET  /yookassa/calls                 the last calls it had, without the login
POST /yookassa/payments/{id}/payer   {"outcome": "approve" | "challenge" | "fail" | "decline"}. {id} is YooKassa's
POST /yookassa/payments/{id}/operator   {"action": "refund" | "deposit" | "reverse", "amount"?}
POST /yookassa/refunds               {"take_seconds"?, "fail"?}: how long refunds are pending, and why they fail
"""

import dataclasses
import json
from collections.abc import Callable

from aiohttp import web

from sandbox.yookassa import YookassaGateway
from sandbox.yookassa_shop import ShopError, ShopPayment, operate, pay


class YookassaControl:
    """Serves it."""

    def __init__(self, gateway: YookassaGateway) -> None:
        self._gateway = gateway

    def routes(self) -> list[web.RouteDef]:
        """The routes of this module's docstring."""
        return [
            web.get("/yookassa/payments", self._get_payments),
            web.get("/yookassa/calls", self._get_calls),
            web.post("/yookassa/payments/{id}/payer", self._post_payer),
            web.post("/yookassa/payments/{id}/operator", self._post_operator),
            web.post("/yookassa/refunds", self._post_refunds),
        ]

    async def _get_payments(self, _request: web.Request) -> web.Response:
        payments = [dataclasses.asdict(payment) for payment in self._gateway.book.payments()]
        return web.json_response({"payments": payments}, dumps=lambda value: json.dumps(value, default=str))

    async def _get_calls(self, _request: web.Request) -> web.Response:
        return web.json_response({"calls": [dataclasses.asdict(call) for call in self._gateway.calls]})

    async def _post_payer(self, request: web.Request) -> web.Response:
        outcome = str((await request.json())["outcome"])
        return self._do(request, lambda payment: pay(self._gateway.book, payment, outcome))

    async def _post_operator(self, request: web.Request) -> web.Response:
        body = await request.json()
        action, amount = str(body["action"]), int(body.get("amount", 0))
        return self._do(request, lambda payment: operate(self._gateway.book, payment, action, amount))

    async def _post_refunds(self, request: web.Request) -> web.Response:
        body = await request.json()
        self._gateway.book.refunds_take_seconds = float(body.get("take_seconds", 0))
        self._gateway.book.refunds_fail = str(body.get("fail", ""))
        return web.json_response({})

    def _do(self, request: web.Request, work: Callable[[ShopPayment], None]) -> web.Response:
        try:
            work(self._gateway.book.get(request.match_info["id"]))
        except ShopError as error:
            raise ValueError(str(error)) from error
        return web.json_response({})
