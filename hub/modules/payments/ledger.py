"""The one way to write what happened to a payment: amounts as observed, the state derived, the event that tells it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from hub.core.database import Database
from hub.core.events import Event, Events
from hub.core.jobs import JobState, NewJob
from hub.core.money import Money
from hub.core.outbox import Outbox
from hub.modules.payments.deals import Deals
from hub.modules.payments.deals_store import DealsStore
from hub.modules.payments.observation import Observation
from hub.modules.payments.operations import OperationKind
from hub.modules.payments.states import Known, PaymentState, derive, lags
from hub.modules.payments.store import OperationRow, PaymentRow, PaymentsStore
from hub.modules.payments.taken_back import reserved_after

PAYMENT = "payments.Payment"
REFUND = "payments.Refund"
OPERATION = "payments.Operation"

CREATE = "payments.create"
OPERATE = "payments.operate"
FOLLOW = "payments.follow"
LOOK = "payments.look"
CALLBACK = "payments.callback"
WARN = "payments.warn"

CALLBACK_WINDOW = timedelta(seconds=5)
"""How often a payment is looked at because of callbacks, at most."""

STATE_CHANGED = "payments.payment.state_changed"
OPERATION_CHANGED = "payments.payment.operation_changed"
REFUND_CHANGED = "payments.refund.state_changed"

_KEPT_FOR_SENDING = frozenset({PaymentState.PENDING, PaymentState.OUTCOME_UNKNOWN, PaymentState.NEEDS_REVIEW})

HOLD_NOTICE = timedelta(hours=24)
"""How long before a hold is let go its merchant is told, if the settings don't say."""

Also = Callable[[PaymentRow], PaymentRow]


def resource_of(operation: OperationRow) -> str:
    """Return the resource's type of an operation."""
    return REFUND if operation.kind == OperationKind.REFUND else OPERATION


def amount_of(row: PaymentRow) -> Money:
    """Return what the payment is about."""
    return Money(minor_units=row.minor_units, currency=row.currency)


def known_of(row: PaymentRow) -> Known:
    """Return what the row knows, for the state machine."""
    return Known(
        state=PaymentState(row.state),
        held=row.held,
        captured=row.captured,
        refunded=row.refunded,
        was_held=row.was_held,
        cancel_asked=row.cancel_asked,
    )


def observed(row: PaymentRow, seen: Observation, *, ask_time: datetime, hold_lasts: timedelta | None) -> PaymentRow:
    """Return the payment after an observation that was asked for at `ask_time`; the same row if it tells no news."""
    if row.observe_time is not None and ask_time < row.observe_time:
        return row  # asked before what is known was told
    known = known_of(row)
    seen = seen.completed(captured=row.captured or row.minor_units)
    if lags(known, seen):
        return row
    after = derive(known, seen)
    capture_before = row.capture_before_time
    if after.state is PaymentState.AUTHORIZED and seen.capture_before is not None:
        capture_before = seen.capture_before
    elif after.state is PaymentState.AUTHORIZED and not row.was_held and hold_lasts is not None:
        capture_before = ask_time + hold_lasts
    changed = replace(
        row,
        state=after.state,
        held=after.held,
        captured=after.captured,
        refunded=after.refunded,
        most_refunded=max(row.most_refunded, after.refunded),
        was_held=after.was_held,
        vendor_id=seen.vendor_id,
        vendor_status=seen.vendor_status[:128],
        decline_code=seen.decline_code[:64],
        payment_url=row.payment_url or seen.payment_url,
        sbp_payload=row.sbp_payload or seen.sbp_payload,
        capture_before_time=capture_before,
    )
    return row if changed == row else replace(changed, observe_time=ask_time)


class Ledger:
    """Writes payments and operations within a given transaction."""

    def __init__(
        self,
        *,
        store: PaymentsStore,
        database: Database,
        outbox: Outbox,
        events: Events,
        hold_notice: timedelta = HOLD_NOTICE,
    ) -> None:
        self._store = store
        self._database = database
        self._outbox = outbox
        self._events = events
        self._hold_notice = hold_notice
        self.deals = Deals(store=DealsStore(), database=database, events=events)
        """Counts what payments and transfers bring."""

    async def payment(self, payment_id: str) -> PaymentRow | None:
        """Return a payment whoever owns it."""
        return await self._database.read(lambda conn: self._store.get_payment(conn, payment_id))

    async def operation(self, operation_id: str) -> OperationRow | None:
        """Return an operation whoever owns it."""
        return await self._database.read(lambda conn: self._store.get_operation(conn, operation_id))

    def take(
        self,
        conn: Connection,
        payment_id: str,
        seen: Observation | None,
        *,
        ask_time: datetime,
        hold_lasts: timedelta | None,
        also: Also = lambda row: row,
    ) -> None:
        """Apply an observation to the payment as it is now, not as it was when it was asked for; then `also`."""
        fresh = self._store.get_payment(conn, payment_id)
        if fresh is None:
            return
        after = fresh
        if seen is not None:
            seen = self.completed(conn, fresh, seen)
            after = observed(fresh, seen, ask_time=ask_time, hold_lasts=hold_lasts)
        after = also(after)
        if after != fresh:
            self.write(conn, fresh, after)

    def completed(self, conn: Connection, row: PaymentRow, seen: Observation) -> Observation:
        """Return an observation with what was captured and went back, where only what is left is told.

        Without a word of what was captured in two stages, that much was at least: a later one may only raise it.
        """
        if not seen.only_left:
            return seen
        whole = row.minor_units if not (row.two_stage and seen.balance) else 0
        return seen.completed(captured=row.captured or self._store.done_capture(conn, row.id) or whole)

    def write(self, conn: Connection, before: PaymentRow, after: PaymentRow) -> PaymentRow:
        """Write a payment, and the event of a new state; what was kept for sending goes when it is sent.

        Returns:
            It as it would be read now.

        Raises:
            StaleVersionError: it changed since `before` was read.
        """
        state = PaymentState(after.state)
        kept = after.order_json if state in _KEPT_FOR_SENDING else None
        now = self._database.now(conn)
        written = self._store.update_payment(conn, replace(after, update_time=now, order_json=kept))
        amounts_moved = (before.captured, before.refunded, before.held) != (after.captured, after.refunded, after.held)
        if before.state != after.state or amounts_moved:
            self._events.append(conn, _state_event(before, after))
        if (before.state, before.reserved) != (after.state, after.reserved) or amounts_moved:
            self.recount(conn, after)
        if after.held and after.capture_before_time not in {None, before.capture_before_time}:
            self._outbox.enqueue(conn, self._warning(conn, after))
        return written

    def recount(self, conn: Connection, row: PaymentRow) -> None:
        """Count anew what is there for the payment's deal, after what is there by the payment has changed."""
        if row.business_reference:
            self.deals.recount(conn, owner=row.owner, business_reference=row.business_reference)

    async def note_unchanged(self, row: PaymentRow, *, ask_time: datetime) -> None:
        """Note that the acquirer was asked and told nothing new."""
        await self._database.write(
            lambda conn: self._store.mark_observed(conn, row.id, ask_time=ask_time), label="payments.observed"
        )

    async def has_been_quiet(self, row: PaymentRow, *, since: datetime) -> bool:
        """Whether nothing was done to a payment, and nothing new seen of it, since then."""

        def read(conn: Connection) -> bool:
            newest = self._store.newest_operation_time(conn, row.id)
            is_busy = self._store.get_open_operation(conn, row.id) is not None
            return not is_busy and (newest is None or newest <= since)

        return row.update_time <= since and await self._database.read(read)

    def release(self, conn: Connection, row: PaymentRow) -> None:
        """Release what is reserved for refunds that the bank took back.

        Raises:
            StaleVersionError: the payment changed since it was read, by a new refund maybe.
        """
        self.write(conn, row, replace(row, reserved=reserved_after(row), most_refunded=row.refunded))

    def write_operation(self, conn: Connection, before: OperationRow, after: OperationRow) -> None:
        """Write an operation, and the event of a new state."""
        self._store.update_operation(conn, replace(after, update_time=self._database.now(conn)))
        if before.state != after.state:
            self._events.append(conn, _operation_event(after))

    def follow(self, conn: Connection, row: PaymentRow, *, after: timedelta) -> None:
        """Have a payment asked for, again and again, as long as something is expected of it."""
        self._outbox.enqueue(conn, _job(FOLLOW, row, run_at=self._database.now(conn) + after, key=row.id))

    def look(self, conn: Connection, row: PaymentRow, *, key: str, after: timedelta = timedelta()) -> None:
        """Have a payment asked for once; a second look of the same key is not written."""
        self._outbox.enqueue(conn, _job(LOOK, row, run_at=self._database.now(conn) + after, key=f"{row.id}:{key}"))

    def is_at_work(self, conn: Connection, job_id: str) -> bool:
        """Whether a worker has a job in hands right now: what it sends next nobody can take back."""
        view = self._outbox.view(conn, job_id)
        until = None if view is None or view.state is not JobState.LEASED else view.lease_until
        return until is not None and until > self._database.now(conn)

    def look_soon(self, conn: Connection, row: PaymentRow) -> timedelta:
        """Have a payment looked at because its acquirer says that something happened, once a window of time.

        Returns:
            How long until the look that tells of all that has happened by now.
        """
        now = self._database.now(conn)
        seconds = CALLBACK_WINDOW.total_seconds()
        window = int(now.timestamp() // seconds)
        if self._outbox.enqueue(conn, _job(CALLBACK, row, run_at=now, key=f"{row.id}:{window}")) is not None:
            return timedelta()
        # That look may have been over before this was told: another one follows as soon as it may.
        following = datetime.fromtimestamp((window + 1) * seconds, UTC)
        self._outbox.enqueue(conn, _job(CALLBACK, row, run_at=following, key=f"{row.id}:{window + 1}"))
        return following - now

    def _warning(self, conn: Connection, row: PaymentRow) -> NewJob:
        """Return the job that tells of a hold in time; at once if there is less time."""
        now = self._database.now(conn)
        due = row.capture_before_time or now
        return _job(WARN, row, run_at=max(now, due - self._hold_notice), key=f"{row.id}:{due.isoformat()}")


def _job(kind: str, row: PaymentRow, *, run_at: datetime, key: str) -> NewJob:
    return NewJob(
        kind=kind,
        resource=PAYMENT,
        resource_id=row.id,
        owner=row.owner,
        business_reference=row.business_reference,
        traceparent=row.traceparent,
        unique_key=f"{kind}:{key}",
        run_at=run_at,
    )


def _state_event(before: PaymentRow, after: PaymentRow) -> Event:
    data = {
        "payment_id": after.id,
        "state": str(after.state),
        "previous_state": str(before.state),
        "account": after.account,
        "captured": str(after.captured),
        "refunded": str(after.refunded),
        "currency": after.currency,
    }
    if after.review_reason:
        data["review_reason"] = after.review_reason
    return Event(
        type=STATE_CHANGED,
        subject=after.id,
        owner=after.owner,
        business_reference=after.business_reference,
        data=data,
        traceparent=after.traceparent,
    )


def _operation_event(row: OperationRow) -> Event:
    data = {"payment_id": row.payment_id, "operation_id": row.id, "kind": row.kind, "state": str(row.state)}
    if row.kind == OperationKind.CANCEL and row.minor_units:
        data["given_back"] = str(row.minor_units)
    return Event(
        type=REFUND_CHANGED if row.kind == OperationKind.REFUND else OPERATION_CHANGED,
        subject=row.payment_id,
        owner=row.owner,
        business_reference=row.business_reference,
        data=data,
        traceparent=row.traceparent,
    )
