"""PaymentsService: contract in, service, contract out."""

from collections.abc import AsyncIterator
from datetime import datetime

from hub.core.call import Call
from hub.modules.payments import wire, wire_deals, wire_reconciliations
from hub.modules.payments.deal_service import DealService
from hub.modules.payments.deals_store import DealRow
from hub.modules.payments.reconciliation_service import Reconciled, ReconciliationService
from hub.modules.payments.service import Operated, PaymentsService
from hub.modules.payments.settlement import Settlement
from hub.modules.payments.store import PaymentRow
from hub.rpc.pages import PageTokens, page_size
from landhub.payments.v1 import deals_pb2, payments_pb2, reconciliations_pb2
from landhub.payments.v1 import payments_service_pb2 as service_pb


class PaymentsServicer:
    """Serves landhub.payments.v1.PaymentsService."""

    def __init__(
        self,
        *,
        service: PaymentsService,
        settlement: Settlement,
        deals: DealService,
        reconciliations: ReconciliationService,
        pages: PageTokens,
    ) -> None:
        self._service = service
        self._settlement = settlement
        self._deals = deals
        self._reconciliations = reconciliations
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
            next_page_token=self._pages.make(call, request, _mark(page[-1].payment)) if len(found) > size else "",
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

    async def create_deal(self, request: deals_pb2.CreateDealRequest, call: Call) -> deals_pb2.CreateDealResponse:
        """Say what a deal asks for."""
        row = await self._deals.create(call, wire.money(request.amount))
        return deals_pb2.CreateDealResponse(deal=wire_deals.deal(row))

    async def get_deal(self, request: deals_pb2.GetDealRequest, call: Call) -> deals_pb2.GetDealResponse:
        """Get a deal."""
        return deals_pb2.GetDealResponse(deal=wire_deals.deal(await self._deals.get(call, request.deal_id)))

    async def list_deals(self, request: deals_pb2.ListDealsRequest, call: Call) -> deals_pb2.ListDealsResponse:
        """List deals."""
        size = page_size(request)
        found = await self._deals.list_deals(
            call,
            business_reference=request.business_reference,
            states=wire_deals.states(request.states),
            before=_position(self._pages.position(call, request)),
            limit=size + 1,
        )
        page = found[:size]
        return deals_pb2.ListDealsResponse(
            deals=[wire_deals.deal(row) for row in page],
            next_page_token=self._pages.make(call, request, _mark(page[-1])) if len(found) > size else "",
        )

    async def update_deal(self, request: deals_pb2.UpdateDealRequest, call: Call) -> deals_pb2.UpdateDealResponse:
        """Change what a deal asks for."""
        row = await self._deals.update(call, request.deal_id, wire.money(request.amount))
        return deals_pb2.UpdateDealResponse(deal=wire_deals.deal(row))

    async def create_reconciliation(
        self, request: reconciliations_pb2.CreateReconciliationRequest, call: Call
    ) -> reconciliations_pb2.CreateReconciliationResponse:
        """Have a day compared."""
        begun = await self._reconciliations.create(call, request.account, request.day)
        return reconciliations_pb2.CreateReconciliationResponse(
            reconciliation=wire_reconciliations.reconciliation(begun)
        )

    async def get_reconciliation(
        self, request: reconciliations_pb2.GetReconciliationRequest, call: Call
    ) -> reconciliations_pb2.GetReconciliationResponse:
        """Get a reconciliation."""
        found = await self._reconciliations.get(call, request.reconciliation_id)
        return reconciliations_pb2.GetReconciliationResponse(reconciliation=wire_reconciliations.reconciliation(found))

    async def list_reconciliations(
        self, request: reconciliations_pb2.ListReconciliationsRequest, call: Call
    ) -> reconciliations_pb2.ListReconciliationsResponse:
        """List reconciliations."""
        size = page_size(request)
        day, _, row_id = self._pages.position(call, request).partition(" ")
        found = await self._reconciliations.list_of(
            call, account=request.account, before=(day, row_id) if day else None, limit=size + 1
        )
        page = found[:size]
        more = len(found) > size
        return reconciliations_pb2.ListReconciliationsResponse(
            reconciliations=[wire_reconciliations.reconciliation(Reconciled(row)) for row in page],
            next_page_token=self._pages.make(call, request, f"{page[-1].day} {page[-1].id}") if more else "",
        )

    async def _payment(self, call: Call, operated: Operated) -> payments_pb2.Payment:
        return wire.payment(await self._service.get_payment(call, operated.payment.id))


def _mark(row: PaymentRow | DealRow) -> str:
    return f"{row.create_time.isoformat()} {row.id}"


def _position(mark: str) -> tuple[datetime, str] | None:
    if not mark:
        return None
    time, _, row_id = mark.partition(" ")
    return datetime.fromisoformat(time), row_id
