"""What holds whatever the provider: who may pay into what, one effect a request, reservations, lists and watches."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from hub.core.call import Call
from hub.core.database import Database
from hub.core.effects import Claim, Effects, Started
from hub.core.errors import NotFoundError
from hub.core.events import Event, Events
from hub.core.ids import Ids
from hub.core.money import Money
from hub.core.persons import Persons
from hub.core.vendor_reference import ReferenceShape
from hub.modules.payments.accounts import Account, Accounts
from hub.modules.payments.codec import encode_order
from hub.modules.payments.creation import Handed
from hub.modules.payments.ledger import CREATE, OPERATE, OPERATION, PAYMENT, REFUND, Ledger
from hub.modules.payments.operations import OperationKind, OperationState
from hub.modules.payments.order import Order
from hub.modules.payments.personal import known_by
from hub.modules.payments.port import RefusedByProviderError
from hub.modules.payments.rules import busy, require_cancellable, require_capturable, require_refundable, unsent_error
from hub.modules.payments.settings import PaymentsSettings
from hub.modules.payments.states import PaymentState
from hub.modules.payments.store import OperationRow, PaymentRow, PaymentsStore
from hub.modules.payments.validation import check_order

MOST_ATTEMPTS = 5
"""How often an order is opened anew after its answer was lost: each time another number."""
_REFUND_REFERENCE = ReferenceShape(length=32)


Check = Callable[[PaymentRow], int]
"""Raises if a payment isn't such that an operation may begin; returns the amount to reserve or capture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    """An operation that is asked for."""

    kind: OperationKind
    check: Check
    reason: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Operated:
    """A payment and what was done to it."""

    payment: PaymentRow
    operation: OperationRow


@dataclass(frozen=True, slots=True)
class Shown:
    """A payment as it is shown: with the operation that is open."""

    payment: PaymentRow
    operation: OperationRow | None


class PaymentsService:
    """The module's rules. Everything it returns belongs to the caller that asks."""

    def __init__(
        self,
        *,
        accounts: Accounts,
        store: PaymentsStore,
        ledger: Ledger,
        database: Database,
        effects: Effects,
        events: Events,
        ids: Ids,
        persons: Persons,
        settings: PaymentsSettings,
    ) -> None:
        self._accounts = accounts
        self._store = store
        self._ledger = ledger
        self._database = database
        self._effects = effects
        self._events = events
        self._ids = ids
        self._persons = persons
        self._settings = settings

    async def create_payment(self, call: Call, account_name: str, order: Order) -> Shown:
        """Open an order once for the call's request_id, and return the payment as it then stands.

        Raises:
            InvalidRequestError: the order contradicts itself, or sends its payer where it must not.
            PreconditionError: the account isn't the caller's, its provider can't carry the order, or it was refused.
            UnavailableError, ExhaustedError: nothing was sent; the same request begins anew.
        """
        account = self._accounts.choose(call, account_name)
        check_order(call, order, self._settings.return_hosts)
        account.port.check_order(order)
        handed = Handed()

        def begin(conn: Connection, claim: Claim) -> None:
            handed.begun = self._begin_payment(conn, claim, account, order)

        started = await self._effects.start(
            call,
            kind=CREATE,
            resource=PAYMENT,
            resource_id=self._ids.resource_id(),
            begin=begin,
            keep_forever=True,
            handed=handed,
        )
        if started.replayed:
            started = await self._payment_replayed(call, started)
        await self._effects.await_outcome(call, started)
        if handed.settled is not None:
            return Shown(handed.settled, None)  # nobody operates on a payment before it has its order
        shown = await self.get_payment(call, started.resource_id)
        if shown.payment.unsent_reason:
            raise unsent_error(shown.payment.unsent_reason)
        if shown.payment.state == PaymentState.REFUSED:
            raise RefusedByProviderError(vendor_code=shown.payment.refusal_code)
        return shown

    async def capture_payment(self, call: Call, payment_id: str, amount: Money | None) -> Operated:
        """Take what is held, or a part of it, once for the call's request_id."""

        def check(row: PaymentRow) -> int:
            require_capturable(row, amount)
            return 0 if amount is None else amount.minor_units

        return await self._operate(call, payment_id, _Wish(kind=OperationKind.CAPTURE, check=check))

    async def cancel_payment(self, call: Call, payment_id: str) -> Operated:
        """End an unpaid order or let a hold go, once for the call's request_id."""

        def check(row: PaymentRow) -> int:
            require_cancellable(row)
            return 0

        return await self._operate(call, payment_id, _Wish(kind=OperationKind.CANCEL, check=check))

    async def create_refund(self, call: Call, payment_id: str, amount: Money, reason: str) -> Operated:
        """Give captured money back, once for the call's request_id."""

        def check(row: PaymentRow) -> int:
            require_refundable(row, amount)
            return amount.minor_units

        return await self._operate(call, payment_id, _Wish(kind=OperationKind.REFUND, check=check, reason=reason))

    async def get_payment(self, call: Call, payment_id: str) -> Shown:
        """Return a payment of the caller's; raises NotFoundError."""
        shown = await self._database.read(lambda conn: self._show(conn, payment_id))
        if shown is None or shown.payment.owner != call.group:
            raise not_found(PAYMENT)
        return shown

    async def get_refund(self, call: Call, refund_id: str) -> Operated:
        """Return a refund of the caller's, with its payment; raises NotFoundError."""
        found = await self._ledger.operation(refund_id)
        if found is None or found.owner != call.group or found.kind != OperationKind.REFUND:
            raise not_found(REFUND)
        return Operated((await self.get_payment(call, found.payment_id)).payment, found)

    async def list_payments(
        self,
        call: Call,
        *,
        business_reference: str,
        states: Sequence[str],
        before: tuple[datetime, str] | None,
        limit: int,
    ) -> list[Shown]:
        """Return the caller's payments, newest first."""

        def read(conn: Connection) -> list[Shown]:
            rows = self._store.list_payments(
                conn,
                owner=call.group,
                business_reference=business_reference,
                states=states,
                before=before,
                limit=limit,
            )
            return [Shown(row, self._store.get_open_operation(conn, row.id)) for row in rows]

        return await self._database.read(read)

    async def watch_payment(self, call: Call, payment_id: str) -> AsyncIterator[Shown]:
        """Yield a payment now and after each change, until nothing is expected of it any more."""
        cursor = await self._events.newest()  # taken before the state is read, so no change falls between the two
        shown = await self.get_payment(call, payment_id)
        yield shown
        if _is_over(shown):
            return
        async for stored in self._events.stream(owner=call.group, after=cursor, types=["payments.*"]):
            if stored.event.subject != payment_id:
                continue
            fresh = await self.get_payment(call, payment_id)
            if fresh != shown:
                shown = fresh
                yield shown
            if _is_over(shown):
                return

    async def _operate(self, call: Call, payment_id: str, wish: _Wish) -> Operated:
        await self.get_payment(call, payment_id)
        resource = REFUND if wish.kind is OperationKind.REFUND else OPERATION
        started = await self._effects.start(
            call,
            kind=OPERATE,
            resource=resource,
            resource_id=self._ids.resource_id(),
            begin=lambda conn, claim: self._begin_operation(conn, claim, payment_id, wish),
            keep_forever=True,
        )
        if started.replayed:
            started = await self._operation_replayed(call, started, resource, wish.check)
        await self._effects.await_outcome(call, started)
        found = await self._ledger.operation(started.resource_id)
        if found is None:
            raise not_found(resource)
        if found.state == OperationState.UNSENT:
            raise unsent_error(found.unsent_reason)
        if found.state == OperationState.REFUSED:
            raise RefusedByProviderError(vendor_code=found.refusal_code)
        return Operated((await self.get_payment(call, found.payment_id)).payment, found)

    async def _payment_replayed(self, call: Call, started: Started) -> Started:
        """Begin anew what was never sent; else find what is at work on it."""
        row = await self._ledger.payment(started.resource_id)
        if row is not None and not row.unsent_reason:
            return replace(started, job_id=row.job_id)
        return await self._effects.begin_again(
            call,
            started,
            kind=CREATE,
            resource=PAYMENT,
            change=lambda conn, job_id: self._payment_again(conn, started, job_id),
        )

    async def _operation_replayed(self, call: Call, started: Started, resource: str, check: Check) -> Started:
        """As a replayed payment; what is reserved is reserved anew, if there is still so much."""
        found = await self._ledger.operation(started.resource_id)
        if found is not None and found.state != OperationState.UNSENT:
            return replace(started, job_id=found.job_id)
        return await self._effects.begin_again(
            call,
            started,
            kind=OPERATE,
            resource=resource,
            change=lambda conn, job_id: self._operation_again(conn, started, job_id, check),
        )

    def _begin_payment(self, conn: Connection, claim: Claim, account: Account, order: Order) -> PaymentRow:
        call = claim.call
        shape = ReferenceShape(length=account.port.capabilities.reference_length)
        references = [
            self._effects.reference(call, shape=shape, attempt=attempt) for attempt in range(1, MOST_ATTEMPTS + 1)
        ]
        row = PaymentRow(
            id=claim.resource_id,
            owner=call.group,
            business_reference=call.business_reference,
            account=account.name,
            provider=account.port.name,
            state=PaymentState.PENDING,
            minor_units=order.amount.minor_units,
            currency=order.amount.currency,
            two_stage=order.two_stage,
            method=order.method,
            marker=order.marker,
            order_json=encode_order(order),
            vendor_references=" ".join(references),
            vendor_reference=references[0],
            job_id=claim.job_id,
            traceparent=call.traceparent,
            create_time=claim.now,
            update_time=claim.now,
        )
        self._store.add_payment(conn, row)
        self._persons.link(conn, resource=PAYMENT, resource_id=row.id, known_by=known_by(order))
        self._events.append(conn, _created(row))
        return row

    def _payment_again(self, conn: Connection, started: Started, job_id: str) -> str | None:
        row = self._store.get_payment(conn, started.resource_id)
        if row is None or not row.unsent_reason:
            return started.job_id if row is None else row.job_id
        self._store.update_payment(conn, replace(row, unsent_reason="", job_id=job_id))
        return None

    def _begin_operation(self, conn: Connection, claim: Claim, payment_id: str, wish: _Wish) -> None:
        call = claim.call
        row = self._free_payment(conn, payment_id)
        minor_units = wish.check(row)
        operation = OperationRow(
            id=claim.resource_id,
            payment_id=row.id,
            owner=call.group,
            business_reference=call.business_reference or row.business_reference,
            kind=wish.kind,
            state=OperationState.PENDING,
            minor_units=minor_units,
            vendor_reference=self._effects.reference(call, shape=_REFUND_REFERENCE),
            job_id=claim.job_id,
            reason=wish.reason,
            traceparent=call.traceparent,
            create_time=claim.now,
            update_time=claim.now,
        )
        self._take_up(conn, row, operation, is_new=True)

    def _operation_again(self, conn: Connection, started: Started, job_id: str, check: Check) -> str | None:
        operation = self._store.get_operation(conn, started.resource_id)
        if operation is None or operation.state != OperationState.UNSENT:
            return started.job_id if operation is None else operation.job_id
        row = self._free_payment(conn, operation.payment_id)
        check(row)
        again = replace(operation, state=OperationState.PENDING, unsent_reason="", job_id=job_id)
        self._take_up(conn, row, again, is_new=False)
        return None

    def _take_up(self, conn: Connection, row: PaymentRow, operation: OperationRow, *, is_new: bool) -> None:
        """Let an operation begin: reserve what it gives back, and keep all others from the payment."""
        if operation.kind == OperationKind.REFUND:
            reserved = replace(row, reserved=row.reserved + operation.minor_units)
            self._store.update_payment(conn, reserved)
            self._ledger.recount(conn, reserved)
        try:
            if is_new:
                self._store.add_operation(conn, operation)
            else:
                self._store.update_operation(conn, operation)
        except IntegrityError as error:
            raise busy("") from error

    def _free_payment(self, conn: Connection, payment_id: str) -> PaymentRow:
        row = self._store.get_payment(conn, payment_id)
        if row is None:
            raise not_found(PAYMENT)
        open_operation = self._store.get_open_operation(conn, payment_id)
        if open_operation is not None:
            raise busy(open_operation.id)
        return row

    def _show(self, conn: Connection, payment_id: str) -> Shown | None:
        row = self._store.get_payment(conn, payment_id)
        return None if row is None else Shown(row, self._store.get_open_operation(conn, row.id))


def not_found(resource: str) -> NotFoundError:
    """Return the error for what isn't there, or isn't the caller's."""
    name = "payment" if resource == PAYMENT else "refund"
    return NotFoundError(f"There is no such {name}; check its id.", metadata={"resource": resource})


def _is_over(shown: Shown) -> bool:
    state = PaymentState(shown.payment.state)
    unsettled = state.is_open or state is PaymentState.PAID_AFTER_CANCEL
    return not unsettled and shown.operation is None


def _created(row: PaymentRow) -> Event:
    return Event(
        type="payments.payment.created",
        subject=row.id,
        owner=row.owner,
        business_reference=row.business_reference,
        data={"payment_id": row.id, "state": str(row.state), "account": row.account, "provider": row.provider},
        traceparent=row.traceparent,
    )
