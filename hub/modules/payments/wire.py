"""Between the contract's messages and the module's values: only renaming, no rules."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from google.protobuf.timestamp_pb2 import Timestamp

from hub.core.money import Money
from hub.modules.payments.operations import OperationState
from hub.modules.payments.order import Order, PaymentMethod, Receipt, ReceiptItem
from hub.modules.payments.service import Shown
from hub.modules.payments.settlement import Finding
from hub.modules.payments.store import OperationRow, PaymentRow
from landhub.common.v1 import money_pb2
from landhub.payments.v1 import payments_pb2 as pb
from landhub.payments.v1 import payments_service_pb2 as service_pb


def order(message: service_pb.CreatePaymentRequest) -> Order:
    """Read an order."""
    is_qr = message.payment_method == pb.PAYMENT_METHOD_SBP_QR
    return Order(
        amount=money(message.amount),
        return_url=message.return_url,
        fail_url=message.fail_url,
        description=message.description,
        client_id=message.client_id,
        two_stage=message.two_stage,
        method=PaymentMethod.SBP_QR if is_qr else PaymentMethod.PAGE,
        expire_after=message.expire_after.ToTimedelta() if message.HasField("expire_after") else None,
        receipt=_receipt(message.receipt) if message.HasField("receipt") else None,
    )


def money(message: money_pb2.Money) -> Money:
    """Read an amount."""
    return Money(minor_units=message.minor_units, currency=message.currency_code)


def _receipt(message: pb.Receipt) -> Receipt:
    items = tuple(
        ReceiptItem(
            name=item.name,
            quantity=Decimal(item.quantity),
            measure=item.measure,
            price_minor_units=item.price_minor_units,
            amount_minor_units=item.amount_minor_units,
            vat=item.vat,
            payment_method=item.payment_method,
            payment_object=item.payment_object,
            item_code=item.item_code,
        )
        for item in message.items
    )
    return Receipt(items=items, email=message.email, phone=message.phone, tax_system=message.tax_system)


def finding(message: service_pb.ResolvePaymentRequest) -> Finding:
    """Read what a person found out."""
    happened = message.WhichOneof("finding") == "happened"
    return Finding(happened=happened, vendor_id=message.happened.vendor_payment_id)


def states(values: Iterable[pb.PaymentState.ValueType]) -> list[str]:
    """Read a filter of states."""
    return [pb.PaymentState.Name(value).removeprefix("PAYMENT_STATE_") for value in values]


def payment(shown: Shown) -> pb.Payment:
    """Write a payment with its open operation."""
    row = shown.payment
    review = row.review_reason or "UNSPECIFIED"
    return pb.Payment(
        payment_id=row.id,
        business_reference=row.business_reference,
        account=row.account,
        provider=row.provider,
        state=pb.PaymentState.Value(f"PAYMENT_STATE_{row.state}"),
        review_reason=pb.ReviewReason.Value(f"REVIEW_REASON_{review}"),
        amount=amount(row.minor_units, row.currency),
        two_stage=row.two_stage,
        payment_method=pb.PaymentMethod.Value(f"PAYMENT_METHOD_{row.method}"),
        payment_url=row.payment_url,
        sbp_payload=row.sbp_payload,
        vendor_reference=row.vendor_reference,
        vendor_payment_id=row.vendor_id,
        vendor_status=row.vendor_status,
        decline_code=row.decline_code,
        held_amount=amount(row.held, row.currency),
        captured_amount=amount(row.captured, row.currency),
        refunded_amount=amount(row.refunded, row.currency),
        reserved_refund_amount=amount(row.reserved, row.currency),
        open_operation=None if shown.operation is None else operation(shown.operation, row),
        observe_time=timestamp(row.observe_time),
        expire_time=timestamp(row.expire_time),
        capture_before_time=timestamp(row.capture_before_time),
        create_time=timestamp(row.create_time),
        update_time=timestamp(row.update_time),
    )


def operation(row: OperationRow, of: PaymentRow) -> pb.Operation:
    """Write an operation."""
    return pb.Operation(
        operation_id=row.id,
        kind=pb.OperationKind.Value(f"OPERATION_KIND_{row.kind}"),
        state=_operation_state(row),
        amount=amount(row.minor_units, of.currency) if row.minor_units else None,
        refusal_code=row.refusal_code,
    )


def refund(row: OperationRow, of: PaymentRow) -> pb.Refund:
    """Write a refund."""
    return pb.Refund(
        refund_id=row.id,
        payment_id=row.payment_id,
        business_reference=row.business_reference,
        amount=amount(row.minor_units, of.currency),
        state=_operation_state(row),
        refusal_code=row.refusal_code,
        vendor_reference=row.vendor_reference,
        create_time=timestamp(row.create_time),
        update_time=timestamp(row.update_time),
    )


def _operation_state(row: OperationRow) -> pb.OperationState.ValueType:
    state = OperationState.PENDING.value if row.state == OperationState.UNSENT else row.state
    return pb.OperationState.Value(f"OPERATION_STATE_{state}")


def timestamp(time: datetime | None) -> Timestamp | None:
    """Write a time."""
    if time is None:
        return None
    message = Timestamp()
    message.FromDatetime(time)
    return message


def amount(minor_units: int, currency: str) -> money_pb2.Money:
    """Write an amount."""
    return money_pb2.Money(minor_units=minor_units, currency_code=currency)
