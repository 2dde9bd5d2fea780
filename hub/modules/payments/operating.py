"""Brings captures, cancellations and refunds to the acquirer, one at a time for a payment.

Each begins with a look at the order. Whether it may be sent, and after a lost answer what became of it, is judged from
what the acquirer shows (`operations.py`), never from hope.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from hub.core.clock import Clock
from hub.core.database import Database
from hub.core.errors import HubError, OutcomeUnknownError, PreconditionError
from hub.core.jobs import Again, Dead, Done, Job, JobKind, Lease, Next
from hub.core.money import Money
from hub.modules.payments.accounts import Accounts
from hub.modules.payments.creation import ACCOUNT_MISSING, ASK_AGAIN, LEASE, NEVER_GIVE_UP, nothing_sent
from hub.modules.payments.ledger import OPERATE, Also, Ledger
from hub.modules.payments.observation import Observation, Standing
from hub.modules.payments.operations import (
    Judgement,
    OperationKind,
    OperationState,
    Sent,
    Verdict,
    allowed,
    judge,
    refunded_by_others,
)
from hub.modules.payments.port import (
    OrderNotFoundError,
    PaymentsPort,
    RefundOrder,
    UnclearRefusalError,
    credentials_refused,
)
from hub.modules.payments.states import PaymentState, ReviewReason
from hub.modules.payments.store import OperationRow, PaymentRow, PaymentsStore, StaleVersionError

_LONGEST_SENT_AGAIN = timedelta(days=1)  # the longest outage that is waited for; then a person may settle it
GAVE_BACK = "GAVE_BACK"
"""What the audit says of a cancellation that gave back what somebody had captured meanwhile."""
_AT_WORK = frozenset({OperationState.PENDING, OperationState.OUTCOME_UNKNOWN})
_RELEASES = frozenset({OperationState.REFUSED, OperationState.UNSENT})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Means:
    """What a run works with."""

    store: PaymentsStore
    ledger: Ledger
    database: Database
    clock: Clock


class Operating:
    """The handler of operations. It may run again after a crash at any point; it looks before it sends."""

    def __init__(
        self, *, accounts: Accounts, store: PaymentsStore, ledger: Ledger, database: Database, clock: Clock
    ) -> None:
        self._accounts = accounts
        self._ledger = ledger
        self._means = _Means(store=store, ledger=ledger, database=database, clock=clock)

    def kinds(self) -> tuple[JobKind, ...]:
        """Return the kinds of jobs to register."""
        return (JobKind(name=OPERATE, handler=self.operate, lease=LEASE, max_failures=NEVER_GIVE_UP),)

    async def operate(self, job: Job, lease: Lease) -> Next:
        """Bring an operation to the acquirer, once."""
        operation = await self._ledger.operation(job.resource_id)
        if operation is None or operation.state not in _AT_WORK:
            return Done()
        row = await self._ledger.payment(operation.payment_id)
        if row is None:
            return Dead("PAYMENT_MISSING")
        port = self._accounts.port(row.account)
        if port is None:
            return Again(reason=ACCOUNT_MISSING)
        try:
            return await _Run(self._means, port, operation, row, lease).go()
        except StaleVersionError:
            return Again(delay=timedelta(), reason="CHANGED_MEANWHILE")
        except HubError as error:
            if operation.sent_time is None and nothing_sent(error):
                run = _Run(self._means, port, replace(operation, unsent_reason=error.reason), row, lease)
                return await run.settle(OperationState.UNSENT, code="UNAVAILABLE", reason=error.reason)
            return Again(delay=error.retry_after, reason=error.reason, error=error)


class _Run:
    """One run of one operation."""

    def __init__(
        self, means: _Means, port: PaymentsPort, operation: OperationRow, row: PaymentRow, lease: Lease
    ) -> None:
        self._means = means
        self._port = port
        self._operation = operation
        self._row = row
        self._lease = lease
        self._seen: Observation | None = None
        self._ask_time = means.clock.now()

    async def go(self) -> Next:
        """Look, judge, and do what follows."""
        try:
            seen = await self._look()
        except OrderNotFoundError as error:
            return await self._vanished(error)
        if self._operation.sent_time is not None:
            return await self._conclude(self._judge(seen), seen)
        self._operation = self._as_to_be_sent(seen)
        ours = self._row.reserved - self._operation.minor_units
        sent = _sent(self._operation)
        known = replace(sent, refunded=refunded_by_others(sent, seen, known=self._row.refunded, ours=ours))
        numbered = self._port.capabilities.shows_refund_numbers
        return await self._conclude(allowed(known, seen, keyed=self._is_keyed(seen), numbered=numbered), seen)

    async def _look(self) -> Observation:
        self._ask_time = self._now()
        seen = await self._port.get(self._row.vendor_id)
        if seen.only_left:
            seen = await self._completed(seen)
        self._seen = seen
        return seen

    async def _completed(self, seen: Observation) -> Observation:
        taken = self._operation.minor_units  # by our capture; by another one, if a cancellation gave so much back
        if self._operation.kind == OperationKind.CAPTURE and not self._row.captured:
            return seen.completed(captured=taken or self._row.minor_units)
        if self._operation.kind == OperationKind.CANCEL and taken and not self._row.captured:
            return seen.completed(captured=taken)
        return await self._means.database.read(lambda conn: self._means.ledger.completed(conn, self._row, seen))

    def _is_keyed(self, seen: Observation) -> bool:
        """Whether a refund of this order may be sent again under its number."""
        told = seen.refunds_keyed
        return self._port.capabilities.keyed_refunds if told is None else told

    def _judge(self, seen: Observation) -> Judgement:
        able = self._port.capabilities
        return judge(
            _sent(self._operation),
            seen,
            shown=self._is_shown(),
            keyed=self._is_keyed(seen),
            numbered=able.shows_refund_numbers,
            keyed_changes=able.keyed_changes,
        )

    def _is_shown(self) -> bool:
        sent_time = self._operation.sent_time or self._operation.create_time
        return self._ask_time >= sent_time + self._port.capabilities.visibility_window

    def _is_late(self) -> bool:
        """Whether it was sent again for so long that a person is to say what became of it."""
        was_sent = self._operation.sent_time is not None
        return was_sent and self._now() >= self._operation.create_time + _LONGEST_SENT_AGAIN

    async def _conclude(self, judgement: Judgement, seen: Observation) -> Next:
        match judgement.verdict:
            case Verdict.DONE:
                if self._operation.kind == OperationKind.CANCEL and seen.standing is Standing.PAID:
                    self._operation = replace(self._operation, minor_units=seen.refunded)
                return await self.settle(OperationState.DONE)
            case Verdict.REFUSED:
                self._operation = replace(self._operation, refusal_code=judgement.code)
                return await self.settle(OperationState.REFUSED, code="FAILED_PRECONDITION", reason=judgement.code)
            case Verdict.SEND_AGAIN if self._was_refused(seen):
                return await self.settle(
                    OperationState.REFUSED, code="FAILED_PRECONDITION", reason="REFUSED_BY_PROVIDER"
                )
            case Verdict.SEND_AGAIN if self._is_late():
                return await self._settle_review(ReviewReason.TOO_MANY_ATTEMPTS)
            case Verdict.SEND_AGAIN:
                return await self._send(seen)
            case Verdict.REVIEW:
                return await self._settle_review(judgement.reason or ReviewReason.ORDER_DIFFERS)
            case Verdict.WAIT:
                return await self._settle_unknown("NOT_VISIBLE_YET")

    def _was_refused(self, seen: Observation) -> bool:
        """Whether the acquirer's unclear no was one: nothing shows after the window. A hold that came may be let go."""
        sent = _sent(self._operation)
        is_next_step = sent.kind is OperationKind.CANCEL and seen.standing is Standing.HELD and not sent.was_held
        return bool(self._operation.refusal_code) and self._is_shown() and not is_next_step

    async def _send(self, seen: Observation) -> Next:
        # Sent again, it is sent for the order as it stands now: held where it was unpaid, less where others refunded.
        if self._operation.kind == OperationKind.CANCEL:
            self._operation = replace(self._operation, held_before=seen.held)
        if self._operation.kind == OperationKind.REFUND:
            self._operation = replace(self._operation, balance_before=seen.balance)
        self._operation = replace(self._operation, refusal_code="")
        try:
            given_back = await self._call(seen)
        except OutcomeUnknownError as error:
            if isinstance(error, UnclearRefusalError):
                self._operation = replace(self._operation, refusal_code=error.metadata["vendor_code"][:64])
            return await self._look_at_once()
        except PreconditionError as error:
            if credentials_refused(error):
                raise
            code = error.metadata.get("vendor_code", error.reason)
            self._operation = replace(self._operation, refusal_code=code[:64])
            return await self.settle(OperationState.REFUSED, code="FAILED_PRECONDITION", reason=error.reason)
        if given_back:
            self._operation = replace(self._operation, minor_units=given_back)
        await self._look_again()
        return await self.settle(OperationState.DONE)

    async def _call(self, seen: Observation) -> int:
        """Send it; returns what a cancellation gave back."""
        operation = self._operation
        amount = Money(minor_units=operation.minor_units, currency=self._row.currency)
        vendor_id = self._row.vendor_id
        match OperationKind(operation.kind):
            case OperationKind.CAPTURE:
                await self._port.capture(vendor_id, amount, guard=self._guard)
            case OperationKind.CANCEL if seen.standing is Standing.HELD:
                return await self._port.reverse(vendor_id, guard=self._guard)
            case OperationKind.CANCEL:
                await self._port.decline(vendor_id, guard=self._guard)
            case OperationKind.REFUND:
                refund = RefundOrder(
                    vendor_id=vendor_id,
                    reference=operation.vendor_reference,
                    amount=amount,
                    balance=operation.balance_before,
                    keyed=self._is_keyed(seen),
                )
                await self._port.refund(refund, guard=self._guard)
        return 0

    async def _guard(self) -> None:
        """Note durably, before it leaves, that it may have been sent, and how the order stood."""

        def note(conn: Connection) -> None:
            stored = self._means.store.get_operation(conn, self._operation.id)
            if stored is None or stored.state not in _AT_WORK:
                raise StaleVersionError  # a person settled it meanwhile, and what it reserved may be another's now
            sent = replace(self._operation, sent_time=self._means.database.now(conn))
            self._means.store.update_operation(conn, sent)
            if sent.kind == OperationKind.CANCEL:
                self._means.store.mark_cancel_asked(conn, sent.payment_id)

        await self._lease.check(note)
        self._operation = replace(self._operation, sent_time=self._lease.sent_at)

    async def _look_at_once(self) -> Next:
        """After a lost answer: it may show already, and the caller is still there to hear of it."""
        await self._look_again()
        if self._seen is None:
            return await self._settle_unknown("ANSWER_LOST")
        judgement = self._judge(self._seen)
        if judgement.verdict is Verdict.SEND_AGAIN:  # not in the same breath
            return await self._settle_unknown("ANSWER_LOST")
        return await self._conclude(judgement, self._seen)

    async def _look_again(self) -> None:
        try:
            await self._look()
        except HubError:
            self._seen = None  # what was done is done; who follows the payment will see it

    async def _vanished(self, error: OrderNotFoundError) -> Next:
        since = self._operation.sent_time or self._row.observe_time or self._row.create_time
        if self._ask_time < since + self._port.capabilities.visibility_window:
            return Again(delay=ASK_AGAIN, reason=error.reason)
        return await self._settle_review(ReviewReason.ORDER_VANISHED)

    async def _settle_unknown(self, reason: str) -> Next:
        sent_time = self._operation.sent_time or self._operation.create_time
        wait = max(ASK_AGAIN, min(self._now() - sent_time, timedelta(minutes=1)))
        then = Again(delay=wait, reason=reason)
        return await self.settle(OperationState.OUTCOME_UNKNOWN, then=then, code="UNKNOWN", reason=reason)

    async def _settle_review(self, reason: ReviewReason) -> Next:
        return await self.settle(OperationState.NEEDS_REVIEW, code="UNKNOWN", reason=reason, review=reason)

    async def settle(
        self,
        state: OperationState,
        *,
        then: Next | None = None,
        code: str = "OK",
        reason: str = "",
        review: ReviewReason | None = None,
    ) -> Next:
        """Write the operation's state and what was seen of the payment, in one transaction."""
        after = replace(self._operation, state=state)
        if state is OperationState.DONE:
            after = replace(after, refusal_code="")
        if state is OperationState.UNSENT:
            after = replace(after, sent_time=None)
        released = after.minor_units if state in _RELEASES and after.kind == OperationKind.REFUND else 0
        if state is OperationState.DONE and after.kind == OperationKind.CANCEL and after.minor_units:
            reason = GAVE_BACK

        def also(row: PaymentRow) -> PaymentRow:
            changed = replace(row, reserved=row.reserved - released)
            return (
                changed if review is None else replace(changed, state=PaymentState.NEEDS_REVIEW, review_reason=review)
            )

        def change(conn: Connection) -> None:
            stored = self._means.store.get_operation(conn, after.id)
            if stored is None or stored.state not in _AT_WORK:
                self._take(conn, lambda row: row)  # a person settled it meanwhile, and his word stays
                return
            self._take(conn, also)
            self._means.ledger.write_operation(conn, stored, after)
            if state is OperationState.DONE:
                window = self._port.capabilities.visibility_window
                self._means.ledger.look(conn, self._row, key=after.id, after=window)

        try:
            return await self._lease.settle(change, then=then, code=code, reason=reason or state)
        except StaleVersionError:
            return Again(delay=timedelta(), reason="CHANGED_MEANWHILE")

    def _take(self, conn: Connection, also: Also) -> None:
        lasts = self._port.capabilities.hold_lasts
        ledger = self._means.ledger
        ledger.take(conn, self._row.id, self._seen, ask_time=self._ask_time, hold_lasts=lasts, also=also)

    def _as_to_be_sent(self, seen: Observation) -> OperationRow:
        wanted = self._operation
        amount = wanted.minor_units
        if wanted.kind == OperationKind.CAPTURE and not amount:
            amount = seen.held or seen.captured  # all of it; captured already if the hub forgot of it
        return replace(
            wanted,
            minor_units=amount,
            held_before=seen.held,
            refunded_before=seen.refunded,
            balance_before=seen.balance,
        )

    def _now(self) -> datetime:
        return self._means.clock.now()


def _sent(operation: OperationRow) -> Sent:
    return Sent(
        kind=OperationKind(operation.kind),
        minor_units=operation.minor_units,
        reference=operation.vendor_reference,
        was_held=operation.held_before > 0,
        refunded=operation.refunded_before,
    )
