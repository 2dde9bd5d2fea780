"""Makes, in a running landhub, the payments that the examples refer to, and has the simulated payer pay them."""

import time
import uuid
from datetime import datetime, timedelta, timezone
from typing import Any

import grpc

from landhub.common.v1 import money_pb2
from landhub.payments.v1 import deals_pb2, payments_pb2, payments_service_pb2, reconciliations_pb2
from sandbox.demo.stack import Stack
from tests.support.examples import payment, send
from tests.support.stack import control

PAYMENTS = "/landhub.payments.v1.PaymentsService"
_SECONDS = 30


def make_captured(stack: Stack, client: grpc.Channel) -> str:
    """Make a payment that the hub knows as paid."""
    return _pay(stack, client, two_stage=False, state=payments_pb2.PAYMENT_STATE_CAPTURED).payment_id


def make_held(stack: Stack, client: grpc.Channel) -> str:
    """Make a payment whose money is held."""
    return _pay(stack, client, two_stage=True, state=payments_pb2.PAYMENT_STATE_AUTHORIZED).payment_id


def make_unpaid(client: grpc.Channel) -> str:
    """Make a payment that nobody has paid."""
    return _create(client, two_stage=False).payment_id


def make_doubtful(stack: Stack, client: grpc.Channel) -> str:
    """Make a payment whose reversal was sent and not answered, and which the bank never carries out."""
    payment_id = make_held(stack, client)
    fault = {"kind": "commit_late", "operation": "sberbank.reverse.do", "seconds": 1_000_000}
    control(stack, "/faults", {"faults": [fault]})
    request = payments_service_pb2.CancelPaymentRequest(
        request_id=payment().request_id, business_reference="e2e-1", payment_id=payment_id
    )
    answer: Any = send(client, f"{PAYMENTS}/CancelPayment", [request])
    assert answer.operation.state == payments_pb2.OPERATION_STATE_OUTCOME_UNKNOWN
    return payment_id


def make_deal(client: grpc.Channel) -> str:
    """Make a deal of which nothing is paid."""
    request = deals_pb2.CreateDealRequest(
        request_id=payment().request_id,
        business_reference=f"e2e-{uuid.uuid4().hex[:12]}",
        amount=money_pb2.Money(minor_units=100, currency_code="RUB"),
    )
    answer: Any = send(client, f"{PAYMENTS}/CreateDeal", [request])
    return str(answer.deal.deal_id)


def make_reconciliation(client: grpc.Channel) -> reconciliations_pb2.Reconciliation:
    """Have yesterday compared with the simulated acquirer, where nothing was."""
    yesterday = datetime.now(timezone(timedelta(hours=3))).date() - timedelta(days=1)
    request = reconciliations_pb2.CreateReconciliationRequest(
        request_id=payment().request_id, account="sber", day=str(yesterday)
    )
    answer: Any = send(client, f"{PAYMENTS}/CreateReconciliation", [request])
    made: reconciliations_pb2.Reconciliation = answer.reconciliation
    return made


def make_refund(client: grpc.Channel, payment_id: str) -> str:
    """Make a refund of one kopeck."""
    request = payments_service_pb2.CreateRefundRequest(
        request_id=payment().request_id,
        payment_id=payment_id,
        amount=money_pb2.Money(minor_units=1, currency_code="RUB"),
    )
    answer: Any = send(client, f"{PAYMENTS}/CreateRefund", [request])
    return str(answer.refund.refund_id)


def _pay(
    stack: Stack, client: grpc.Channel, *, two_stage: bool, state: payments_pb2.PaymentState.ValueType
) -> payments_pb2.Payment:
    made = _create(client, two_stage=two_stage)
    control(stack, f"/orders/{made.vendor_payment_id}/payer", {"outcome": "approve"})
    end = time.monotonic() + _SECONDS
    request = payments_service_pb2.GetPaymentRequest(payment_id=made.payment_id)
    while made.state != state:
        assert time.monotonic() < end, f"the payment is still {payments_pb2.PaymentState.Name(made.state)}"
        time.sleep(0.05)
        answer: Any = send(client, f"{PAYMENTS}/GetPayment", [request])
        made = answer.payment
    return made


def _create(client: grpc.Channel, *, two_stage: bool) -> payments_pb2.Payment:
    answer: Any = send(client, f"{PAYMENTS}/CreatePayment", [payment(two_stage=two_stage)])
    made: payments_pb2.Payment = answer.payment
    return made
