"""T-Bank's acquiring API v2 of docs/modules/payments.md: its methods, the payer's page, faults on demand."""

import asyncio
import dataclasses
import html
import json
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web

from sandbox import tbank_wire as wire
from sandbox.clock import SandboxClock
from sandbox.faults import Fault, FaultBoard, FaultKind
from sandbox.listener import Listener
from sandbox.strikes import Strikes
from sandbox.tbank_notifications import TBankNotifications
from sandbox.tbank_payments import CARD, PaymentBook, TBankError, TBankPayment, due, pay, snapshot

PATH = "/v2"
OPERATIONS = tuple(wire.REQUIRED)
_LIVES_SECONDS = 86_400
_LEAST_BY_QR = 1_000  # kopecks
_CALLS_KEPT = 20_000
_REQUEST_LIMIT_BYTES = 1024 * 1024
_HTTP_ERRORS = 400


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """What the gateway lets in."""

    key: str = "1700000000000DEMO"
    password: str = "sandbox&terminal=+"  # noqa: S105 - of a simulator


@dataclasses.dataclass(slots=True, kw_only=True)
class Call:
    """What the gateway saw of one call; the token is left out."""

    operation: str
    time: str
    faults: tuple[str, ...]
    fields: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    outcome: str = "unanswered"
    """`ok`, an error code, `http 503`, or `unanswered`."""


class TBankGateway:
    """The simulated gateway. `api_url` is what a client's `api_url` is set to."""

    def __init__(
        self,
        *,
        listener: Listener,
        clock: SandboxClock,
        faults: FaultBoard,
        book: PaymentBook,
        terminal: Terminal,
    ) -> None:
        """Take its parts; `start` listens."""
        self._listener = listener
        self._clock = clock
        self._faults = faults
        self.book = book
        self.terminal = terminal
        self.notifications = TBankNotifications(
            clock=clock, faults=faults, terminal_key=terminal.key, password=terminal.password
        )
        book.told = self.notifications.tell
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
        await self.notifications.sender.stop()
        await self._listener.stop()

    async def wait_until(self, happened: Callable[[], bool], *, timeout_seconds: float = 10) -> None:
        """Wait until `happened()` is true; looked at whenever a call has been read or ends."""
        async with asyncio.timeout(timeout_seconds), self._changed:
            await self._changed.wait_for(happened)

    def forget(self) -> None:
        """Forget payments and calls."""
        self.book.clear()
        self.calls.clear()
        self.operations.clear()

    def _application(self) -> web.Application:
        application = web.Application(client_max_size=_REQUEST_LIMIT_BYTES)
        for operation in OPERATIONS:
            application.router.add_post(f"{PATH}/{operation}", self._handler(operation))
        application.router.add_get("/pay/{payment_id}", self._show_page)
        application.router.add_post("/pay/{payment_id}", self._pay_on_page)
        return application

    def _handler(self, operation: str) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handle(request: web.Request) -> web.StreamResponse:
            faults = self._faults.take(f"tbank.{operation}")
            kinds = tuple(fault.kind.value for fault in faults)
            call = Call(operation=operation, time=self._clock.now().isoformat(), faults=kinds)
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
        call.fields = _told(body)
        await self._tell_of_change()
        early = await self._strikes.before(request, faults)
        if early is not None:
            call.outcome = f"http {early.status}" if early.status >= _HTTP_ERRORS else "unanswered"
            return early
        try:
            fields = wire.read(
                operation,
                request.content_type,
                body,
                terminal_key=self.terminal.key,
                password=self.terminal.password,
            )
            answer = self._run(operation, fields, faults)
            call.outcome = "ok"
        except TBankError as error:
            call.outcome = str(error.code)
            answer = wire.error_answer(error)
        await self.notifications.sender.send_early()
        cut = await self._strikes.after(request, faults)
        if cut is not None:
            call.outcome = "unanswered"
            return cut
        text = json.dumps(_spoiled(answer, faults), ensure_ascii=False)
        return await self._strikes.deliver(request, text.encode(), "application/json", faults)

    def _run(self, operation: str, fields: Mapping[str, Any], faults: tuple[Fault, ...]) -> dict[str, Any]:
        told = next((fault for fault in faults if fault.kind is FaultKind.ERROR), None)
        if told is not None:
            raise TBankError(int(told.code), told.message)
        late = next((fault for fault in faults if fault.kind is FaultKind.COMMIT_LATE), None)
        if late is not None:
            self.book.lateness.later(late.seconds, lambda: self._quietly(operation, fields))
            return {}
        return self._work(operation, fields, faults)

    def _quietly(self, operation: str, fields: Mapping[str, Any]) -> None:
        try:
            self._work(operation, fields, ())
        except TBankError:
            return  # nobody listens any more

    def _work(self, operation: str, fields: Mapping[str, Any], faults: tuple[Fault, ...]) -> dict[str, Any]:
        lags = next((fault for fault in faults if fault.kind is FaultKind.STATUS_LAGS), None)
        key = self.terminal.key
        match operation:
            case "GetState":
                return wire.state_answer(key, self.book.seen(str(fields["PaymentId"])))
            case "CheckOrder":
                return wire.order_answer(key, fields["OrderId"], self.book.of_order(fields["OrderId"]))
            case "Init":
                payment = self._init(fields)
                if lags is not None:
                    self.book.lateness.hide(payment.payment_id, lags.seconds)
                url = f"{self._listener.url}/pay/{payment.payment_id}"
                return wire.answer(key, payment, Amount=payment.amount, PaymentURL=url)
            case "GetQr":
                return self._qr(self.book.get(str(fields["PaymentId"])), fields.get("DataType", "PAYLOAD"))
            case "SbpPayTest":
                payment = self.book.get(str(fields["PaymentId"]))
                pay(self.book, payment, "decline" if fields.get("IsRejected") else "approve")
                return {"Success": True, "ErrorCode": "0"}
        payment = self.book.get(str(fields["PaymentId"]))
        before = snapshot(payment)
        more = self._move(operation, payment, fields)
        if lags is not None:
            self.book.lateness.show_as_before(payment.payment_id, before, lags.seconds)
        return wire.answer(key, payment, **more)

    def _move(self, operation: str, payment: TBankPayment, fields: Mapping[str, Any]) -> dict[str, Any]:
        if operation == "Confirm":
            self.book.confirm(payment, fields.get("Amount"))
            return {}
        original = payment.current
        external_id = str(fields.get("ExternalRequestId", ""))
        self.book.cancel(payment, fields.get("Amount"), key=external_id)
        return {"OriginalAmount": original, "NewAmount": payment.current, "ExternalRequestId": external_id}

    def _init(self, fields: Mapping[str, Any]) -> TBankPayment:
        now = self._clock.now()
        return self.book.init(
            str(fields["OrderId"]),
            fields["Amount"],
            two_stage=fields.get("PayType") == "T",
            due=due(wire.due_date(fields), now, session_seconds=_LIVES_SECONDS),
            description=fields.get("Description", ""),
            success_url=fields.get("SuccessURL", ""),
            notification_url=fields.get("NotificationURL", ""),
            data=fields.get("DATA", {}),
        )

    def _qr(self, payment: TBankPayment, data_type: str) -> dict[str, Any]:
        if payment.two_stage:
            raise TBankError(3001, "Оплата через QrPay недоступна")
        if payment.amount < _LEAST_BY_QR:
            raise TBankError(3016, "Невозможно создать QR")
        payment.has_qr = True
        payload = f"https://qr.nspk.ru/AD10{payment.payment_id}?type=02&sum={payment.amount}&cur=RUB"
        data = payload if data_type == "PAYLOAD" else f"<svg><desc>{html.escape(payload)}</desc></svg>"
        answer = wire.answer(self.terminal.key, payment, Data=data, PaymentId=int(payment.payment_id))
        return {name: value for name, value in answer.items() if name != "Status"}

    async def _show_page(self, request: web.Request) -> web.Response:
        payment = self.book.find(request.match_info["payment_id"])
        if payment is None:
            return web.Response(status=404)
        self.book.show_form(payment)
        text = _PAGE.format(amount=payment.amount / 100, what=html.escape(payment.description))
        return web.Response(text=text, content_type="text/html")

    async def _pay_on_page(self, request: web.Request) -> web.Response:
        payment = self.book.find(request.match_info["payment_id"])
        if payment is None:
            return web.Response(status=404)
        form = await request.post()
        try:
            pay(self.book, payment, str(form.get("outcome", "approve")), pan=str(form.get("pan", CARD)))
        except TBankError as error:
            return web.Response(status=409, text=str(error))
        raise web.HTTPSeeOther(payment.success_url)


_PAGE = """<!DOCTYPE html>
<html lang="ru"><head><meta charset="utf-8"><title>Оплата</title></head><body>
<h1>К оплате {amount:.2f} ₽</h1><p>{what}</p>
<form method="post"><input name="pan" value="4300000000000777">
<button name="outcome" value="approve">Оплатить</button>
<button name="outcome" value="fail">Карта без денег</button>
<button name="outcome" value="decline">Отказ банка</button></form>
</body></html>
"""


def _told(body: bytes) -> dict[str, Any]:
    """What a call says, whatever becomes of it; nothing if it can't be read."""
    try:
        fields = json.loads(body)
    except ValueError:
        return {}
    return {name: value for name, value in fields.items() if name != "Token"} if isinstance(fields, dict) else {}


def _spoiled(answer: dict[str, Any], faults: tuple[Fault, ...]) -> dict[str, Any]:
    for fault in faults:
        if fault.kind is FaultKind.UNKNOWN_STATUS and "Status" in answer:
            answer = {**answer, "Status": fault.word}
        elif fault.kind is FaultKind.UNKNOWN_ELEMENT:
            answer = {**answer, "NewMember": "новое"}
        elif fault.kind is FaultKind.NUMBER_CODES:
            numbers: dict[str, Any] = {name: int(answer[name]) for name in ("ErrorCode", "PaymentId") if name in answer}
            answer = {**answer, **numbers}
    return answer
