"""The control API: JSON over plain HTTP on loopback, by which tests and people drive the sandbox.

GET  /state                          {now, gateway, registrations: {count, items}, late, timestamps, operations,
                                     tls_handshakes, faults: {waiting, struck}}; an item has request_id,
                                     client_reference, status, contract_number, cadastral_number, ...
GET  /calls[?operation=]             the last calls: operation, time, http_status, outcome, traceparent, faults,
                                     document (the decrypted request)
GET|POST|DELETE /faults              list; add {"faults": [Fault, ...], "seed": 42?} (fields of `sandbox.faults.Fault`);
                                     clear
POST /clock/advance                  {"seconds": 86400} -> {now}
POST /registrations/{id}/status      {"status": "SUSPENDED", "reason"?, "until"?, "uin"?, "sum"?}; ends the scenario.
                                     {id} is a RequestID or a ClientReference
POST /registrations/{id}/payment     pay the duty it waits for; the scenario goes on
POST /scenarios                      {"scenario": NAME, "contract_number" | "cadastral_number" | "default": true}
GET  /orders, /orders/calls          the acquirer's orders, as they truly stand; the last calls it had, without logins
POST /orders/{id}/payer              {"outcome": "approve" | "challenge" | "fail" | "decline"}: what the payer does.
                                     {id} is the bank's or the merchant's number
POST /orders/{id}/operator           {"action": "refund" | "deposit" | "reverse" | "undo_refund", "amount"?}: what
                                     somebody does in the bank's cabinet, or the bank
GET|POST /tbank/...                  payments of the other acquirer (`sandbox.tbank_control`)
GET|POST /yookassa/...               payments of one more (`sandbox.yookassa_control`)
GET|POST /plots                      list; put one (fields of `sandbox.registry.Plot`)
POST /gateway/stop, /gateway/start   refuse connections; listen again on the same port
POST /timestamps/stop, /timestamps/start   the same of the timestamp authority
POST /reset                          forget registrations, calls, faults, spans, messages and clock advances
POST /v1/traces, GET /traces         OTLP/HTTP in; OTLP JSON out (`sandbox.otlp`)
GET /inbox, /inbox.json              the messages that recipients got (`sandbox.inbox`)
/messages...                         what the vendors of messages took, and what becomes of it
                                     (`sandbox.messages.vendors`)
"""

import dataclasses
import json
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from sandbox.clock import SandboxClock
from sandbox.faults import Fault, FaultBoard
from sandbox.inbox import Inbox
from sandbox.messages.vendors import MessageVendors
from sandbox.otlp import TraceStore
from sandbox.registrations import Registration, RegistrationBook, to_json
from sandbox.registry import Plot, Registry, built_in_plots
from sandbox.sberbank import SberbankGateway, pay
from sandbox.sberbank_orders import BankError, BankOrder
from sandbox.sberbank_wire import Dialect
from sandbox.scenarios import Status
from sandbox.tbank import TBankGateway
from sandbox.tbank_control import TBankControl
from sandbox.timestamp_server import TimestampServer
from sandbox.xml_gateway import XmlGateway
from sandbox.yookassa import YookassaGateway
from sandbox.yookassa_control import YookassaControl

_BODY_LIMIT_BYTES = 16 * 1024 * 1024  # an OTLP export of some thousand spans
_STATUS_FIELDS = frozenset({"status", "reason", "until", "uin", "sum"})


class Control:
    """Serves the control API over the parts of one sandbox."""

    def __init__(
        self,
        *,
        clock: SandboxClock,
        faults: FaultBoard,
        registry: Registry,
        book: RegistrationBook,
        gateway: XmlGateway,
        sberbank: SberbankGateway,
        tbank: TBankGateway,
        yookassa: YookassaGateway,
        timestamps: TimestampServer | None,
        traces: TraceStore,
        inbox: Inbox,
        messages: MessageVendors,
    ) -> None:
        self._clock = clock
        self._faults = faults
        self._registry = registry
        self._book = book
        self._gateway = gateway
        self._sberbank = sberbank
        self._tbank = tbank
        self._yookassa = yookassa
        self._timestamps = timestamps
        self._traces = traces
        self._inbox = inbox
        self._messages = messages

    def application(self) -> web.Application:
        """The routes of this module's docstring."""
        application = web.Application(client_max_size=_BODY_LIMIT_BYTES, middlewares=[_errors_as_json])
        application.add_routes(
            [
                web.get("/state", self._get_state),
                web.get("/calls", self._get_calls),
                web.get("/faults", self._get_faults),
                web.post("/faults", self._post_faults),
                web.delete("/faults", self._delete_faults),
                web.post("/clock/advance", self._post_advance),
                web.post("/registrations/{id}/status", self._post_status),
                web.post("/registrations/{id}/payment", self._post_payment),
                web.post("/scenarios", self._post_scenario),
                web.get("/orders", self._get_orders),
                web.get("/orders/calls", self._get_order_calls),
                web.post("/orders/{id}/payer", self._post_payer),
                web.post("/orders/{id}/operator", self._post_operator),
                web.get("/plots", self._get_plots),
                web.post("/plots", self._post_plot),
                web.post("/gateway/{action:stop|start}", self._post_gateway),
                web.post("/timestamps/{action:stop|start}", self._post_timestamps),
                web.post("/reset", self._post_reset),
                *TBankControl(self._tbank).routes(),
                *YookassaControl(self._yookassa).routes(),
                *self._traces.routes(),
                *self._inbox.routes(),
                *self._messages.routes(),
            ]
        )
        return application

    def state(self) -> dict[str, Any]:
        """What `GET /state` answers."""
        registrations = self._book.registrations()
        stamped = Counter[str]() if self._timestamps is None else self._timestamps.operations
        return {
            "now": self._clock.now().isoformat(),
            "gateway": self._gateway.url,
            "registrations": {
                "count": len(registrations),
                "by_status": dict(self._book.by_status()),
                "items": [to_json(registration) for registration in registrations],
            },
            "late": self._book.late,
            "sberbank": self._sberbank.api_url(Dialect.ECOM),
            "tbank": self._tbank.api_url,
            "yookassa": self._yookassa.api_url,
            "timestamps": None if self._timestamps is None else self._timestamps.url,
            "operations": dict(self._gateway.operations) | dict(self._sberbank.operations) | dict(stamped),
            "tls_handshakes": dict(self._gateway.handshakes),
            "faults": {"waiting": len(self._faults.waiting), "struck": dict(self._faults.struck)},
            "spans": len(self._traces),
            "messages": len(self._inbox),
            "message_vendors": dict(self._messages.urls()),
        }

    def reset(self) -> None:
        """What `POST /reset` does."""
        self._book.clear()
        self._faults.clear()
        self._faults.struck.clear()
        self._gateway.forget()
        self._sberbank.forget()
        self._tbank.forget()
        self._yookassa.forget()
        if self._timestamps is not None:
            self._timestamps.operations.clear()
        self._traces.clear()
        self._inbox.clear()
        self._messages.forget()
        self._clock.reset()
        self._registry.replace(built_in_plots())

    async def _get_state(self, _request: web.Request) -> web.Response:
        return web.json_response(self.state())

    async def _get_calls(self, request: web.Request) -> web.Response:
        operation = request.query.get("operation")
        calls = [call for call in self._gateway.calls if operation in {None, call.operation}]
        return web.json_response({"calls": [dataclasses.asdict(call) for call in calls]})

    async def _get_faults(self, _request: web.Request) -> web.Response:
        return web.json_response({"faults": [dataclasses.asdict(fault) for fault in self._faults.waiting]})

    async def _post_faults(self, request: web.Request) -> web.Response:
        body = await _object(request)
        faults = [Fault.from_json(fault) for fault in body.get("faults", ())]
        if "seed" in body:
            self._faults.reseed(int(body["seed"]))
        self._faults.add(*faults)
        return await self._get_faults(request)

    async def _delete_faults(self, _request: web.Request) -> web.Response:
        self._faults.clear()
        return web.json_response({"faults": []})

    async def _post_advance(self, request: web.Request) -> web.Response:
        body = await _object(request)
        now = self._clock.advance(seconds=float(body["seconds"]))
        return web.json_response({"now": now.isoformat()})

    async def _post_status(self, request: web.Request) -> web.Response:
        body = await _object(request)
        if not body.keys() <= _STATUS_FIELDS:
            raise ValueError(f"a status has no {sorted(body.keys() - _STATUS_FIELDS)}")
        status = Status(
            word=str(body["status"]),
            at=self._clock.now(),
            reason=body.get("reason"),
            until=body.get("until"),
            uin=body.get("uin"),
            duty_kopecks=None if body.get("sum") is None else round(float(body["sum"]) * 100),
        )
        return web.json_response(to_json(self._book.set_status(self._registration(request), status)))

    async def _post_payment(self, request: web.Request) -> web.Response:
        return web.json_response(to_json(self._book.let_come(self._registration(request), "payment")))

    async def _post_scenario(self, request: web.Request) -> web.Response:
        body = await _object(request)
        number = body.get("contract_number") or body.get("cadastral_number")
        if number is None and body.get("default") is not True:
            raise ValueError("say contract_number, cadastral_number or default: true")
        self._book.choose(body["scenario"], number=number)
        return web.json_response({})

    async def _get_orders(self, _request: web.Request) -> web.Response:
        orders = [dataclasses.asdict(order) for order in self._sberbank.book.orders()]
        return web.json_response({"orders": orders}, dumps=lambda value: json.dumps(value, default=str))

    async def _get_order_calls(self, _request: web.Request) -> web.Response:
        return web.json_response({"calls": [dataclasses.asdict(call) for call in self._sberbank.calls]})

    async def _post_payer(self, request: web.Request) -> web.Response:
        body = await _object(request)
        pay(self._sberbank.book, self._order(request), str(body["outcome"]))
        return web.json_response({})

    async def _post_operator(self, request: web.Request) -> web.Response:
        body = await _object(request)
        book, order, amount = self._sberbank.book, self._order(request), int(body.get("amount", 0))
        match body["action"]:
            case "refund":
                book.refund(order, amount)
            case "deposit":
                book.deposit(order, amount)
            case "reverse":
                book.reverse(order)
            case "undo_refund":
                book.undo_refund(order, amount)
            case other:
                raise ValueError(f"an operator doesn't {other}")
        return web.json_response({})

    def _order(self, request: web.Request) -> BankOrder:
        order = self._sberbank.book.find(request.match_info["id"])
        if order is None:
            raise ValueError("no such order")
        return order

    async def _get_plots(self, _request: web.Request) -> web.Response:
        return web.json_response({"plots": [dataclasses.asdict(plot) for plot in self._registry.plots]})

    async def _post_plot(self, request: web.Request) -> web.Response:
        self._registry.put(Plot.from_json(await _object(request)))
        return web.json_response({})

    async def _post_gateway(self, request: web.Request) -> web.Response:
        await (self._gateway.stop() if request.match_info["action"] == "stop" else self._gateway.start())
        return web.json_response({})

    async def _post_timestamps(self, request: web.Request) -> web.Response:
        if self._timestamps is None:
            raise ValueError("this sandbox has no timestamp authority")
        await (self._timestamps.stop() if request.match_info["action"] == "stop" else self._timestamps.start())
        return web.json_response({})

    async def _post_reset(self, _request: web.Request) -> web.Response:
        self.reset()
        return web.json_response({})

    def _registration(self, request: web.Request) -> Registration:
        key = request.match_info["id"]
        registration = self._book.find(key)
        if registration is None:
            raise web.HTTPNotFound(
                text=json.dumps({"error": f"no registration {key}"}), content_type="application/json"
            )
        return registration


async def _object(request: web.Request) -> dict[str, Any]:
    body = await request.json()
    if not isinstance(body, dict):
        raise TypeError("the body must be a JSON object")
    return body


@web.middleware
async def _errors_as_json(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    try:
        return await handler(request)
    except (ValueError, TypeError, KeyError, BankError) as error:
        return web.json_response({"error": f"{type(error).__name__}: {error}"}, status=400)
