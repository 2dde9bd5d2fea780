"""The RBS gateway of docs/modules/payments.md: both dialects on one address, the payer's page, faults on demand."""

import asyncio
import dataclasses
import hmac
import html
import json
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from sandbox import sberbank_wire as wire
from sandbox.clock import SandboxClock
from sandbox.faults import Fault, FaultBoard, FaultKind
from sandbox.listener import Listener
from sandbox.sberbank_callbacks import SberbankCallbacks
from sandbox.sberbank_orders import SUCCEEDED, BankError, BankOrder, Card, OrderBook, snapshot
from sandbox.sberbank_wire import Dialect
from sandbox.strikes import Strikes

PATHS = {Dialect.CLASSIC: "/payment/rest", Dialect.ECOM: "/ecomm/gw/partner/api/v1"}
OPERATIONS = (
    "register.do",
    "registerPreAuth.do",
    "deposit.do",
    "reverse.do",
    "decline.do",
    "refund.do",
    "getOrderStatusExtended.do",
    "getLastOrdersForMerchants.do",
)
_CHANGES = frozenset({"deposit.do", "reverse.do", "decline.do", "refund.do"})
_STATUS = "getOrderStatusExtended.do"
_LIST = "getLastOrdersForMerchants.do"
_LIVES_SECONDS = 1200
_NEVER = datetime.max.replace(tzinfo=UTC)
_CALLS_KEPT = 20_000
_REQUEST_LIMIT_BYTES = 1024 * 1024
_HTTP_ERRORS = 400


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """What the gateway lets in: name and password, or a token."""

    user_name: str = "landhub-api"
    password: str = "sandbox&password=+"  # noqa: S105 - of a simulator; odd characters must survive a form
    token: str = ""


@dataclasses.dataclass(slots=True, kw_only=True)
class Call:
    """What the gateway saw of one call; the login is left out."""

    operation: str
    dialect: str
    time: str
    faults: tuple[str, ...]
    fields: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    outcome: str = "unanswered"
    """`ok`, an error code, `http 503`, or `unanswered`."""


class SberbankGateway:
    """The simulated gateway. `api_url(dialect)` is what a client's `api_url` is set to."""

    def __init__(
        self,
        *,
        listener: Listener,
        clock: SandboxClock,
        faults: FaultBoard,
        book: OrderBook,
        login: Login,
        callbacks: SberbankCallbacks,
        lowers_deposited: bool = True,
        takes_refund_ids: bool = True,
    ) -> None:
        """With `lowers_deposited`, `depositedAmount` goes down with each refund, as some installations have it; with
        `takes_refund_ids`, `externalRefundId` and `expectedDepositedAmount` are honoured, and else overlooked.
        """
        self._listener = listener
        self._clock = clock
        self._faults = faults
        self.book = book
        self._login = login
        self.callbacks = callbacks
        book.told = callbacks.tell
        self._lowers_deposited = lowers_deposited
        self._takes_refund_ids = takes_refund_ids
        self._strikes = Strikes()
        self._changed = asyncio.Condition()
        self.calls: deque[Call] = deque(maxlen=_CALLS_KEPT)
        """The last calls, oldest first."""
        self.operations: Counter[str] = Counter()
        """How many calls each operation has had."""

    def api_url(self, dialect: Dialect) -> str:
        """The base URL of a dialect."""
        return f"{self._listener.url}{PATHS[dialect]}"

    @property
    def handshakes(self) -> Mapping[str, int]:
        """TLS handshakes that were `finished` and `refused`."""
        return self._listener.handshakes

    async def start(self) -> None:
        """Listen; after a `stop` on the same port."""
        self._strikes.start()
        self.callbacks.sender.start()
        await self._listener.start(self._application())

    async def stop(self) -> None:
        """Refuse connections; calls that hang are cut off."""
        self._strikes.stop()
        await self._listener.stop()
        await self.callbacks.sender.stop()

    async def wait_until(self, happened: Callable[[], bool], *, timeout_seconds: float = 10) -> None:
        """Wait until `happened()` is true; looked at whenever a call has been read or ends."""
        async with asyncio.timeout(timeout_seconds), self._changed:
            await self._changed.wait_for(happened)

    def forget(self) -> None:
        """Forget orders and calls."""
        self.book.clear()
        self.calls.clear()
        self.operations.clear()

    def _application(self) -> web.Application:
        application = web.Application(client_max_size=_REQUEST_LIMIT_BYTES)
        for dialect, base in PATHS.items():
            for operation in OPERATIONS:
                application.router.add_post(f"{base}/{operation}", self._handler(dialect, operation))
        application.router.add_get("/pay/{order_id}", self._show_page)
        application.router.add_post("/pay/{order_id}", self._pay_on_page)
        return application

    def _handler(self, dialect: Dialect, operation: str) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handle(request: web.Request) -> web.StreamResponse:
            faults = self._faults.take(f"sberbank.{operation}")
            call = Call(
                operation=operation,
                dialect=dialect,
                time=self._clock.now().isoformat(),
                faults=tuple(fault.kind.value for fault in faults),
            )
            self.calls.append(call)
            self.operations[operation] += 1
            response = await self._answer(request, dialect, operation, faults, call)
            await self._tell_of_change()
            return response

        return handle

    async def _tell_of_change(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def _answer(
        self, request: web.Request, dialect: Dialect, operation: str, faults: tuple[Fault, ...], call: Call
    ) -> web.StreamResponse:
        body = await request.read()
        call.fields = _told(dialect, request.content_type, body)
        await self._tell_of_change()
        early = await self._strikes.before(request, faults)
        if early is not None:
            call.outcome = f"http {early.status}" if early.status >= _HTTP_ERRORS else "unanswered"
            return early
        try:
            fields = wire.read(dialect, request.content_type, body)
            answer = self._run(dialect, operation, fields, faults)
            call.outcome = "ok"
            await self.callbacks.sender.send_early()
        except BankError as error:
            call.outcome = str(error.code)
            answer = wire.error_answer(error)
        cut = await self._strikes.after(request, faults)
        if cut is not None:
            call.outcome = "unanswered"
            return cut
        text = json.dumps(_spoiled(answer, faults), ensure_ascii=False)
        return await self._strikes.deliver(request, text.encode(), wire.CONTENT_TYPES[dialect], faults)

    def _run(
        self, dialect: Dialect, operation: str, fields: Mapping[str, Any], faults: tuple[Fault, ...]
    ) -> dict[str, Any]:
        self._let_in(fields)
        told = next((fault for fault in faults if fault.kind is FaultKind.ERROR), None)
        if told is not None:
            raise BankError(int(told.code), told.message)
        wire.check(dialect, operation, fields)
        late = next((fault for fault in faults if fault.kind is FaultKind.COMMIT_LATE), None)
        if late is not None:
            self.book.later(late.seconds, lambda: self._quietly(dialect, operation, fields))
            return {}
        if operation == _STATUS:
            return self._status(fields)
        if operation == _LIST:
            return self._list(fields)
        return self._change(dialect, operation, fields, faults)

    def _let_in(self, fields: Mapping[str, Any]) -> None:
        login = self._login
        if "token" in fields:
            good = bool(login.token) and hmac.compare_digest(str(fields["token"]), login.token)
        else:
            given = (str(fields.get("userName")), str(fields.get("password")))
            good = given == (login.user_name, login.password)
        if not good:
            raise BankError(5, "Доступ запрещён")

    def _quietly(self, dialect: Dialect, operation: str, fields: Mapping[str, Any]) -> None:
        try:
            self._change(dialect, operation, fields, ())
        except BankError:
            return  # nobody listens any more

    def _status(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        order = self.book.shown(fields.get("orderId") or fields["orderNumber"])
        if order is None:
            raise BankError(6, "Заказ не найден")
        return wire.status_answer(order, lowers_deposited=self._lowers_deposited)

    def _list(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        since, until = wire.moscow_time(fields["from"]), wire.moscow_time(fields["to"])
        by_creation = fields.get("searchByCreatedDate") == "true"  # else by payment, and what nobody paid is left out
        found = [
            order
            for order in self.book.listed()
            if since <= (order.created_at if by_creation else order.paid_at or _NEVER).replace(microsecond=0) <= until
        ]
        return wire.list_answer(
            found, page=fields.get("page", 0), size=fields.get("size", 100), lowers_deposited=self._lowers_deposited
        )

    def _change(
        self, dialect: Dialect, operation: str, fields: Mapping[str, Any], faults: tuple[Fault, ...]
    ) -> dict[str, Any]:
        lags = next((fault for fault in faults if fault.kind is FaultKind.STATUS_LAGS), None)
        if operation not in _CHANGES:
            order = self._register(operation, fields)
            if lags is not None:
                self.book.hide(order, lags.seconds)
            if dialect is Dialect.ECOM:  # the classic one tells of nothing before the payer does
                self.callbacks.tell(order, "created", SUCCEEDED)
            return self._opened(dialect, order)
        order = self._order(fields)
        before = snapshot(order)
        self._move(operation, order, fields)
        if lags is not None:
            self.book.show_as_before(before, lags.seconds)
        return wire.done_answer(dialect)

    def _move(self, operation: str, order: BankOrder, fields: Mapping[str, Any]) -> None:
        match operation:
            case "deposit.do":
                self.book.deposit(order, fields["amount"])
            case "reverse.do":
                self.book.reverse(order)
            case "decline.do":
                self.book.decline(order)
            case "refund.do":
                external_id = fields.get("externalRefundId") or fields.get("jsonParams", {}).get("externalRefundId", "")
                expected = fields.get("expectedDepositedAmount")
                if not self._takes_refund_ids:
                    external_id, expected = "", None
                if expected is not None and not self._lowers_deposited:
                    expected -= order.refunded  # it compares with the figure that it tells
                self.book.refund(order, fields["amount"], external_id=external_id, expected=expected)

    def _register(self, operation: str, fields: Mapping[str, Any]) -> BankOrder:
        return self.book.register(
            fields["orderNumber"],
            fields["amount"],
            two_stage=operation == "registerPreAuth.do",
            lives_seconds=fields.get("sessionTimeoutSecs", _LIVES_SECONDS),
            description=fields.get("description", ""),
            return_url=fields["returnUrl"],
            params=fields.get("jsonParams", {}),
        )

    def _opened(self, dialect: Dialect, order: BankOrder) -> dict[str, Any]:
        opened: dict[str, Any] = {"orderId": order.order_id, "formUrl": f"{self._listener.url}/pay/{order.order_id}"}
        if dialect is Dialect.ECOM and order.params.get("qrType") == "DYNAMIC_QR_SBP":
            payload = f"https://qr.nspk.ru/AD10{order.order_id[:28]}?type=02&sum={order.amount}&cur=RUB"
            opened["externalParams"] = {"sbpPayload": payload, "qrcId": f"AD10{order.order_id[:28]}"}
        return opened

    def _order(self, fields: Mapping[str, Any]) -> BankOrder:
        order = self.book.find(fields.get("orderId") or fields.get("orderNumber", ""))
        if order is None:
            raise BankError(6, "Незарегистрированный orderId")
        return order

    async def _show_page(self, request: web.Request) -> web.Response:
        order = self.book.find(request.match_info["order_id"])
        if order is None:
            return web.Response(status=404)
        return web.Response(
            text=_PAGE.format(amount=order.amount / 100, what=html.escape(order.description)), content_type="text/html"
        )

    async def _pay_on_page(self, request: web.Request) -> web.Response:
        order = self.book.find(request.match_info["order_id"])
        if order is None:
            return web.Response(status=404)
        form = await request.post()
        try:
            card = Card(pan=str(form.get("pan", Card().pan)), holder=str(form.get("holder", Card().holder)))
            pay(self.book, order, str(form.get("outcome", "approve")), card=card)
        except BankError as error:
            return web.Response(status=409, text=str(error))
        raise web.HTTPSeeOther(order.return_url)


def _told(dialect: Dialect, content_type: str, body: bytes) -> dict[str, Any]:
    """What a call says, whatever becomes of it; nothing if it can't be read."""
    try:
        fields = wire.read(dialect, content_type, body)
    except BankError:
        return {}
    return {name: value for name, value in fields.items() if name not in {"password", "token"}}


def pay(book: OrderBook, order: BankOrder, outcome: str, *, card: Card | None = None) -> None:
    """Do what the payer does: `approve`, `challenge` (goes to his bank's page), `fail` (may try again), `decline`.

    Raises:
        BankError: the order can't be paid any more.
        ValueError: no such outcome.
    """
    match outcome:
        case "approve":
            book.pay(order, card)
        case "challenge":
            book.challenge(order)
        case "fail":
            book.fail(order)
        case "decline":
            book.fail(order, last=True)
        case _:
            raise ValueError(f"a payer doesn't {outcome}")


_PAGE = """<!DOCTYPE html>
<html lang="ru"><head><meta charset="utf-8"><title>Оплата</title></head><body>
<h1>К оплате {amount:.2f} ₽</h1><p>{what}</p>
<form method="post"><input name="pan" value="4111111111111111"><input name="holder" value="TEST">
<button name="outcome" value="approve">Оплатить</button>
<button name="outcome" value="fail">Карта без денег</button>
<button name="outcome" value="decline">Отказ банка</button></form>
</body></html>
"""


def _spoiled(answer: dict[str, Any], faults: tuple[Fault, ...]) -> dict[str, Any]:
    for fault in faults:
        if fault.kind is FaultKind.UNKNOWN_STATUS and "orderStatus" in answer:
            answer = {**answer, "orderStatus": int(fault.word)}
        elif fault.kind is FaultKind.UNKNOWN_ELEMENT:
            answer = {**answer, "newMember": "новое"}
        elif fault.kind is FaultKind.NUMBER_CODES and "errorCode" in answer:
            answer = {**answer, "errorCode": int(answer["errorCode"])}
    return answer
