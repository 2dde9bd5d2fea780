"""YooKassa's API v3 as docs/modules/payments.md has it: keys, objects, lists, the payer's page, faults on demand."""

import asyncio
import dataclasses
import hashlib
import hmac
import html
import json
from base64 import b64encode
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

from aiohttp import web

from sandbox import yookassa_wire as wire
from sandbox.clock import SandboxClock
from sandbox.faults import Fault, FaultBoard, FaultKind
from sandbox.listener import Listener
from sandbox.messages.pace import Pace
from sandbox.strikes import Strikes
from sandbox.yookassa_notifications import YookassaNotifications
from sandbox.yookassa_shop import CARD, KEY_LIFE, KeyBook, ShopBook, ShopError, ShopPayment, ShopRefund, pay, snapshot

PATH = "/v3"
ROUTES = {
    "payments.create": ("POST", "/payments"),
    "payments.list": ("GET", "/payments"),
    "payments.get": ("GET", "/payments/{payment_id}"),
    "payments.capture": ("POST", "/payments/{payment_id}/capture"),
    "payments.cancel": ("POST", "/payments/{payment_id}/cancel"),
    "refunds.create": ("POST", "/refunds"),
    "refunds.list": ("GET", "/refunds"),
    "refunds.get": ("GET", "/refunds/{refund_id}"),
}
_CALLS_KEPT = 20_000
_REQUEST_LIMIT_BYTES = 1024 * 1024
_JSON = "application/json"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """What the API lets in."""

    shop_id: str = "100500"
    secret_key: str = "test_sandbox&key:+"  # noqa: S105 - of a simulator; odd characters must survive the header


@dataclasses.dataclass(slots=True, kw_only=True)
class Call:
    """What the API saw of one call; the login is left out. `about`: the payment of its path or query."""

    operation: str
    time: str
    faults: tuple[str, ...]
    about: str = ""
    key: str = ""
    fields: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    outcome: str = "unanswered"


class YookassaGateway:
    """The simulated API. `api_url` is what a client's `api_url` is set to."""

    def __init__(
        self,
        *,
        listener: Listener,
        clock: SandboxClock,
        faults: FaultBoard,
        book: ShopBook,
        shop: Shop,
        notifications: YookassaNotifications,
        calls_a_second: int = 1000,
        retry_milliseconds: int = 1800,
        key_life: timedelta = KEY_LIFE,
    ) -> None:
        """`retry_milliseconds` is what goes with 202: when to ask again."""
        self._listener = listener
        self._clock = clock
        self._faults = faults
        self.book = book
        self.shop = shop
        self.notifications = notifications
        book.told = self._notify
        self._keys = KeyBook(clock=clock, life=key_life)
        self._pace = Pace(clock=clock, calls=calls_a_second, seconds=1)
        self._retry_milliseconds = retry_milliseconds
        self._strikes = Strikes()
        self._changed = asyncio.Condition()
        self.calls: deque[Call] = deque(maxlen=_CALLS_KEPT)
        """The last calls, oldest first."""
        self.operations: Counter[str] = Counter()
        """How many calls each operation has had."""

    @property
    def api_url(self) -> str:
        """The base URL."""
        return f"{self._listener.url}{PATH}"

    @property
    def handshakes(self) -> Mapping[str, int]:
        """TLS handshakes that were `finished` and `refused`."""
        return self._listener.handshakes

    async def start(self) -> None:
        """Listen; after a `stop` on the same port."""
        self._strikes.start()
        self.notifications.sender.start()
        await self._listener.start(self._application())

    async def stop(self) -> None:
        """Refuse connections; calls that hang are cut off."""
        self._strikes.stop()
        await self._listener.stop()
        await self.notifications.sender.stop()

    async def wait_until(self, happened: Callable[[], bool], *, timeout_seconds: float = 10) -> None:
        """Wait until `happened()` is true; looked at whenever a call has been read or ends."""
        async with asyncio.timeout(timeout_seconds), self._changed:
            await self._changed.wait_for(happened)

    def forget(self) -> None:
        """Forget payments, keys and calls."""
        self.book.clear()
        self._keys.clear()
        self._pace.clear()
        self.calls.clear()
        self.operations.clear()

    def _application(self) -> web.Application:
        application = web.Application(client_max_size=_REQUEST_LIMIT_BYTES, middlewares=[_errors_as_objects])
        for operation, (method, path) in ROUTES.items():
            application.router.add_route(method, f"{PATH}{path}", self._handler(operation))
        application.router.add_get("/pay/{payment_id}", self._show_page)
        application.router.add_post("/pay/{payment_id}", self._pay_on_page)
        return application

    def _handler(self, operation: str) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handle(request: web.Request) -> web.StreamResponse:
            faults = self._faults.take(f"yookassa.{operation}")
            kinds = tuple(fault.kind.value for fault in faults)
            about = request.match_info.get("payment_id") or request.query.get("payment_id", "")
            call = Call(operation=operation, time=self._clock.now().isoformat(), faults=kinds, about=about)
            self.calls.append(call)
            self.operations[operation] += 1
            response = await self._answer(request, operation, faults, call)
            await self._tell_of_change()
            return response

        return handle

    async def _tell_of_change(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def _answer(
        self, request: web.Request, operation: str, faults: tuple[Fault, ...], call: Call
    ) -> web.StreamResponse:
        body = await request.read()
        await self._tell_of_change()
        early = await self._strikes.before(request, faults)
        if early is not None:
            return early
        status = 200
        try:
            self._let_in(request, faults)
            answer = self._run(request, operation, body, faults, call)
            call.outcome = "ok"
            await self.notifications.sender.send_early()
        except ShopError as error:
            call.outcome, status = error.code, error.status
            told = wire.error_object(error, retry_milliseconds=self._retry_milliseconds)
            answer = json.dumps(told, ensure_ascii=False).encode()
        cut = await self._strikes.after(request, faults)
        if cut is not None:
            call.outcome = "unanswered"
            return cut
        return await self._strikes.deliver(request, _spoiled(answer, faults), _JSON, faults, status=status)

    def _let_in(self, request: web.Request, faults: tuple[Fault, ...]) -> None:
        pair = f"{self.shop.shop_id}:{self.shop.secret_key}"
        wanted = "Basic " + b64encode(pair.encode()).decode()
        if not hmac.compare_digest(request.headers.get("Authorization", "").encode(), wanted.encode()):
            raise ShopError(401, "invalid_credentials", "Authentication by given credentials failed")
        if self._pace.wait_seconds():
            raise ShopError(429, "too_many_requests", "Too many requests")
        self._pace.take()
        told = next((fault for fault in faults if fault.kind is FaultKind.ERROR), None)
        if told is not None:
            raise ShopError(told.http_status or 500, told.code, told.message)

    def _run(self, request: web.Request, operation: str, body: bytes, faults: tuple[Fault, ...], call: Call) -> bytes:
        if request.method == "GET":
            return _encode(self._read(operation, request))
        if request.content_type != _JSON:
            raise ShopError(415, "unsupported_media_type", "Content type is not supported")
        key = call.key = wire.key_of(request.headers)
        fields = call.fields = wire.read(operation, body)
        fingerprint = hashlib.sha256(f"{request.path}\n".encode() + body).digest()
        known = self._keys.answer_of(key, fingerprint)
        if known is not None:
            return known
        self._keys.take(key, fingerprint)
        payment_id = request.match_info.get("payment_id", "")
        late = next((fault for fault in faults if fault.kind is FaultKind.COMMIT_LATE), None)
        if late is not None:
            self.book.lateness.later(late.seconds, lambda: self._quietly(operation, payment_id, fields, key))
            return b""
        return self._commit(operation, payment_id, fields, key, faults)

    def _quietly(self, operation: str, payment_id: str, fields: Mapping[str, Any], key: str) -> None:
        try:
            self._commit(operation, payment_id, fields, key, ())
        except ShopError:
            return  # nobody listens any more

    def _commit(
        self, operation: str, payment_id: str, fields: Mapping[str, Any], key: str, faults: tuple[Fault, ...]
    ) -> bytes:
        try:
            answer = _encode(self._change(operation, payment_id, fields, faults))
        except ShopError:
            self._keys.give_up(key)
            raise
        self._keys.finish(key, answer)
        return answer

    def _change(
        self, operation: str, payment_id: str, fields: Mapping[str, Any], faults: tuple[Fault, ...]
    ) -> dict[str, Any]:
        lags = next((fault for fault in faults if fault.kind is FaultKind.STATUS_LAGS), None)
        if operation == "payments.create":
            payment = self._open(fields)
            if lags is not None:
                self.book.lateness.hide(payment.payment_id, lags.seconds)
            return self._told(payment)
        payment = self.book.get(payment_id or fields["payment_id"])
        before = snapshot(payment)
        answer = self._move(operation, payment, fields)
        if lags is not None:
            self.book.lateness.show_as_before(payment.payment_id, before, lags.seconds)
        return answer

    def _move(self, operation: str, payment: ShopPayment, fields: Mapping[str, Any]) -> dict[str, Any]:
        match operation:
            case "payments.capture":
                self.book.capture(payment, wire.kopecks(fields) if "amount" in fields else payment.amount)
            case "payments.cancel":
                self.book.cancel(payment)
            case "refunds.create":
                refund = self.book.refund(payment, wire.kopecks(fields), metadata=fields.get("metadata", {}))
                return wire.refund_object(refund)
        return self._told(payment)

    def _open(self, fields: Mapping[str, Any]) -> ShopPayment:
        confirmation = fields["confirmation"]
        return self.book.open(
            wire.kopecks(fields),
            two_stage=not fields.get("capture", False),
            confirmation=confirmation["type"],
            return_url=confirmation.get("return_url", ""),
            description=fields.get("description", ""),
            client_id=fields.get("merchant_customer_id", ""),
            metadata=fields.get("metadata", {}),
        )

    def _read(self, operation: str, request: web.Request) -> dict[str, Any]:
        query = request.query
        match operation:
            case "payments.get":
                return self._told(self.book.shown(request.match_info["payment_id"]))
            case "payments.list":
                found = [self._told(payment) for payment in self.book.listed() if _passes(payment, query)]
                return wire.page(found, query)
        refunds = self.book.refunds()
        if operation == "refunds.list":
            wanted = query.get("payment_id")
            return wire.page([wire.refund_object(r) for r in refunds if wanted in {None, r.payment_id}], query)
        for refund in refunds:
            if refund.refund_id == request.match_info["refund_id"]:
                return wire.refund_object(refund)
        raise ShopError(404, "not_found", "Refund doesn't exist or access denied", parameter="refund_id")

    def _notify(self, event: str, thing: ShopPayment | ShopRefund) -> None:
        self.notifications.tell(event, thing, base_url=self._listener.url, shop_id=self.shop.shop_id)

    def _told(self, payment: ShopPayment) -> dict[str, Any]:
        return wire.payment_object(payment, base_url=self._listener.url, shop_id=self.shop.shop_id)

    async def _show_page(self, request: web.Request) -> web.Response:
        payment = self.book.get(request.match_info["payment_id"])
        text = _PAGE.format(amount=payment.amount / 100, what=html.escape(payment.description))
        return web.Response(text=text, content_type="text/html")

    async def _pay_on_page(self, request: web.Request) -> web.Response:
        payment = self.book.get(request.match_info["payment_id"])
        form = await request.post()
        pay(self.book, payment, str(form.get("outcome", "approve")), pan=str(form.get("pan", CARD)))
        raise web.HTTPSeeOther(payment.return_url)


_PAGE = """<!DOCTYPE html>
<html lang="ru"><head><meta charset="utf-8"><title>Оплата</title></head><body>
<h1>К оплате {amount:.2f} ₽</h1><p>{what}</p>
<form method="post"><input name="pan" value="5555555555554444">
<button name="outcome" value="approve">Оплатить</button>
<button name="outcome" value="fail">Карта без денег</button>
<button name="outcome" value="decline">Отказ банка</button></form>
</body></html>
"""


def _passes(payment: ShopPayment, query: Mapping[str, str]) -> bool:
    return wire.is_within(payment.created_at, query) and query.get("status") in {None, payment.status}


def _encode(answer: Mapping[str, Any]) -> bytes:
    return json.dumps(answer, ensure_ascii=False).encode()


def _spoiled(answer: bytes, faults: tuple[Fault, ...]) -> bytes:
    told = {FaultKind.UNKNOWN_STATUS, FaultKind.UNKNOWN_ELEMENT} & {fault.kind for fault in faults}
    if not told:
        return answer
    value = json.loads(answer)
    for fault in faults:
        if fault.kind is FaultKind.UNKNOWN_STATUS and "status" in value:
            value["status"] = fault.word
        elif fault.kind is FaultKind.UNKNOWN_ELEMENT:
            value["new_member"] = "новое"
    return _encode(value)


@web.middleware
async def _errors_as_objects(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    try:
        return await handler(request)
    except ShopError as error:
        found = error
    except web.HTTPMethodNotAllowed:
        found = ShopError(405, "method_not_allowed", "Method is not allowed")
    except web.HTTPNotFound:
        found = ShopError(404, "not_found", "Not found")
    return web.json_response(wire.error_object(found, retry_milliseconds=0), status=found.status)
