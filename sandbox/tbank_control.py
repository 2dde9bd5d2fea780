"""The control API of the simulated T-Bank: its payments as they truly stand, the payer and the cabinet.

GET  /tbank/payments                 the payments, as they truly stand
GET  /tbank/calls                    the last calls it had, without tokens
POST /tbank/payments/{id}/payer      {"outcome": "approve" | "challenge" | "fail" | "decline"}. {id} is T-Bank's
POST /tbank/payments/{id}/operator   {"action": "refund" | "deposit" | "reverse" | "undo_refund", "amount"?}
"""

import dataclasses
import json
from typing import Any

from aiohttp import web

from sandbox.tbank import TBankGateway
from sandbox.tbank_payments import TBankError, TBankPayment, operate, pay


class TBankControl:
    """Serves it."""

    def __init__(self, gateway: TBankGateway) -> None:
        self._gateway = gateway

    def routes(self) -> list[web.RouteDef]:
        """The routes of this module's docstring."""
        return [
            web.get("/tbank/payments", self._get_payments),
            web.get("/tbank/calls", self._get_calls),
            web.post("/tbank/payments/{id}/payer", self._post_payer),
            web.post("/tbank/payments/{id}/operator", self._post_operator),
        ]

    async def _get_payments(self, _request: web.Request) -> web.Response:
        payments = [_shown(payment) for payment in self._gateway.book.payments()]
        return web.json_response({"payments": payments}, dumps=lambda value: json.dumps(value, default=str))

    async def _get_calls(self, _request: web.Request) -> web.Response:
        return web.json_response({"calls": [dataclasses.asdict(call) for call in self._gateway.calls]})

    async def _post_payer(self, request: web.Request) -> web.Response:
        body = await request.json()
        try:
            pay(self._gateway.book, self._payment(request), str(body["outcome"]))
        except TBankError as error:
            raise ValueError(str(error)) from error
        return web.json_response({})

    async def _post_operator(self, request: web.Request) -> web.Response:
        body = await request.json()
        try:
            operate(self._gateway.book, self._payment(request), str(body["action"]), int(body.get("amount", 0)))
        except TBankError as error:
            raise ValueError(str(error)) from error
        return web.json_response({})

    def _payment(self, request: web.Request) -> TBankPayment:
        return self._gateway.book.get(request.match_info["id"])


def _shown(payment: TBankPayment) -> dict[str, Any]:
    names = (
        "payment_id", "order_id", "status", "amount", "two_stage", "held", "captured", "refunded", "created_at",
        "expires_at", "cancels",
    )  # fmt: skip
    return {name: getattr(payment, name) for name in names}
