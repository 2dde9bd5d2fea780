"""What the module holds about persons: whose it is, and how it is forgotten."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, or_, select, update

from hub.core.erasure import PersonalData
from hub.core.persons import Identifier
from hub.modules.payments.order import Order
from hub.modules.payments.states import PaymentState
from hub.modules.payments.store import operations, payments

_OPEN = [state.value for state in PaymentState if state.is_open]


def personal_data(*, resource: str, keep: timedelta) -> PersonalData:
    """Return how payments are forgotten, with the reasons of what was done to them."""
    return PersonalData(resource=resource, keep=keep, due=_due, blank=_blank)


def known_by(order: Order) -> Iterator[tuple[Identifier, str]]:
    """Yield what the payer is known by: where his receipt goes."""
    if order.receipt is not None:
        if order.receipt.email:
            yield Identifier.EMAIL, order.receipt.email
        if order.receipt.phone:
            yield Identifier.PHONE, order.receipt.phone


def _due(conn: Connection, before: datetime, limit: int) -> Sequence[str]:
    said_why = select(operations.c.id).where(operations.c.payment_id == payments.c.id, operations.c.reason.is_not(None))
    query = (
        select(payments.c.id)
        .where(
            payments.c.state.not_in(_OPEN),
            payments.c.update_time < before,
            or_(payments.c.order_json.is_not(None), said_why.exists()),
        )
        .order_by(payments.c.update_time)
        .limit(limit)
    )
    return conn.scalars(query).all()


def _blank(conn: Connection, payment_id: str) -> bool:
    state = conn.scalar(select(payments.c.state).where(payments.c.id == payment_id))
    if state is not None and state in _OPEN:
        return False
    conn.execute(update(payments).where(payments.c.id == payment_id).values(order_json=None))
    conn.execute(update(operations).where(operations.c.payment_id == payment_id).values(reason=None))
    return True
