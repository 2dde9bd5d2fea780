"""Which payments wait for a person, in the terms of the database."""

from datetime import datetime

from sqlalchemy import ColumnElement, or_, select

from hub.modules.payments.operations import OperationState
from hub.modules.payments.states import PaymentState
from hub.modules.payments.store import operations, payments


def waits_for_person(*, unknown_before: datetime) -> ColumnElement[bool]:
    """Payments under review, or with an order or an operation, asked for before then, whose outcome is still unknown.

    An acquirer that fails for ever, at one order or at all, leaves those: how they end can't be told by asking.
    """
    unknown = OperationState.OUTCOME_UNKNOWN
    is_late = (operations.c.state == unknown) & (operations.c.create_time < unknown_before)
    return or_(
        payments.c.state == PaymentState.NEEDS_REVIEW,
        (payments.c.state == PaymentState.OUTCOME_UNKNOWN) & (payments.c.create_time < unknown_before),
        payments.c.id.in_(select(operations.c.payment_id).where(is_late)),
    )
