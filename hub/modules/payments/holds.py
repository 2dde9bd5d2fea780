"""Tells ahead of time that a hold will be let go: whoever captures it later gets nothing."""

from sqlalchemy import Connection

from hub.core.events import Event, Events
from hub.core.jobs import Done, Job, JobKind, Lease, Next
from hub.modules.payments.ledger import WARN, Ledger
from hub.modules.payments.states import PaymentState
from hub.modules.payments.store import PaymentRow, PaymentsStore

CAPTURE_DUE = "payments.payment.capture_due"


class Holds:
    """The handler of warnings."""

    def __init__(self, *, store: PaymentsStore, ledger: Ledger, events: Events) -> None:
        self._store = store
        self._ledger = ledger
        self._events = events

    def kinds(self) -> tuple[JobKind, ...]:
        """Return the kinds of jobs to register."""
        return (JobKind(name=WARN, handler=self.warn),)

    async def warn(self, job: Job, lease: Lease) -> Next:
        """Tell of a hold, unless it was captured or let go meanwhile."""
        row = await self._ledger.payment(job.resource_id)
        if row is None or not _is_held(row):
            return Done()

        def tell(conn: Connection) -> None:
            fresh = self._store.get_payment(conn, row.id)
            if fresh is not None and _is_held(fresh):
                self._events.append(conn, _due(fresh))

        return await lease.settle(tell, reason=row.state)


def _is_held(row: PaymentRow) -> bool:
    return bool(row.held) and row.state in {PaymentState.AUTHORIZED, PaymentState.NEEDS_REVIEW}


def _due(row: PaymentRow) -> Event:
    due = row.capture_before_time
    return Event(
        type=CAPTURE_DUE,
        subject=row.id,
        owner=row.owner,
        business_reference=row.business_reference,
        data={
            "payment_id": row.id,
            "state": str(row.state),
            "held": str(row.held),
            "currency": row.currency,
            "capture_before_time": "" if due is None else due.isoformat(),
        },
        traceparent=row.traceparent,
    )
