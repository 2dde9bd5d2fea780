"""PaymentsService: contract in, service, contract out."""

from collections.abc import AsyncIterator
from datetime import datetime

from hub.core.call import Call
from hub.modules.payments import wire
from hub.modules.payments.service import Operated, PaymentsService, Shown
from hub.modules.payments.settlement import Settlement
from hub.rpc.pages import PageTokens, page_size
from landhub.payments.v1 import payments_pb2
from landhub.payments.v1 import payments_service_pb2 as service_pb


class PaymentsServicer:
    """Serves landhub.payments.v1.PaymentsService."""

    def __init__(self, *, service: PaymentsService, settlement: Settlement, pages: PageTokens) -> None:
        self._service = service
        self._settlement = settlement
        self._pages = pages

    async def create_payment(
        self, request: service_pb.CreatePaymentRequest, call: Call
    ) -> service_pb.CreatePaymentResponse:
        """Open an order."""
        shown = await self._service.create_payment(call, request.account, wire.order(request))
        return service_pb.CreatePaymentResponse(payment=wire.payment(shown))

    async def get_payment(self, request: service_pb.GetPaymentRequest, call: Call) -> service_pb.GetPaymentResponse:
        """Get a payment."""
        shown = await self._service.get_payment(call, request.payment_id)
        return service_pb.GetPaymentResponse(payment=wire.payment(shown))

    async def list_payments(
        self, request: service_pb.ListPaymentsRequest, call: Call
    ) -> service_pb.ListPaymentsResponse:
        """List payments."""
        size = page_size(request)
        found = await self._service.list_payments(
            call,
            business_reference=request.business_reference,
            states=wire.states(request.states),
            before=_position(self._pages.position(call, request)),
            limit=size + 1,
        )
        page = found[:size]
        return service_pb.ListPaymentsResponse(
            payments=[wire.payment(shown) for shown in page],
            next_page_token=self._pages.make(call, request, _mark(page[-1])) if len(found) > size else "",
        )

    async def watch_payment(
        self, request: service_pb.WatchPaymentRequest, call: Call
    ) -> AsyncIterator[service_pb.WatchPaymentResponse]:
        """Watch a payment."""
        async for shown in self._service.watch_payment(call, request.payment_id):
            yield service_pb.WatchPaymentResponse(payment=wire.payment(shown))

    async def capture_payment(
        self, request: service_pb.CapturePaymentRequest, call: Call
    ) -> service_pb.CapturePaymentResponse:
        """Capture a payment."""
        amount = wire.money(request.amount) if request.HasField("amount") else None
        operated = await self._service.capture_payment(call, request.payment_id, amount)
        return service_pb.CapturePaymentResponse(
            payment=await self._payment(call, operated), operation=wire.operation(operated.operation, operated.payment)
        )

    async def cancel_payment(
        self, request: service_pb.CancelPaymentRequest, call: Call
    ) -> service_pb.CancelPaymentResponse:
        """Cancel a payment."""
        operated = await self._service.cancel_payment(call, request.payment_id)
        return service_pb.CancelPaymentResponse(
            payment=await self._payment(call, operated), operation=wire.operation(operated.operation, operated.payment)
        )

    async def create_refund(
        self, request: service_pb.CreateRefundRequest, call: Call
    ) -> service_pb.CreateRefundResponse:
        """Refund a payment."""
        amount = wire.money(request.amount)
        operated = await self._service.create_refund(call, request.payment_id, amount, request.reason)
        return service_pb.CreateRefundResponse(
            refund=wire.refund(operated.operation, operated.payment), payment=await self._payment(call, operated)
        )

    async def get_refund(self, request: service_pb.GetRefundRequest, call: Call) -> service_pb.GetRefundResponse:
        """Get a refund."""
        found = await self._service.get_refund(call, request.refund_id)
        return service_pb.GetRefundResponse(refund=wire.refund(found.operation, found.payment))

    async def resolve_payment(
        self, request: service_pb.ResolvePaymentRequest, call: Call
    ) -> service_pb.ResolvePaymentResponse:
        """Settle a payment."""
        row = await self._settlement.resolve_payment(call, request.payment_id, wire.finding(request))
        shown = await self._service.get_payment(call, row.id)
        return service_pb.ResolvePaymentResponse(payment=wire.payment(shown))

    async def _payment(self, call: Call, operated: Operated) -> payments_pb2.Payment:
        return wire.payment(await self._service.get_payment(call, operated.payment.id))


def _mark(shown: Shown) -> str:
    return f"{shown.payment.create_time.isoformat()} {shown.payment.id}"


def _position(mark: str) -> tuple[datetime, str] | None:
    if not mark:
        return None
    time, _, row_id = mark.partition(" ")
    return datetime.fromisoformat(time), row_id
