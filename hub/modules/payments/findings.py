"""Keeps the differences of a day, tells of each once, and takes over what the acquirer says: in one transaction."""

from collections.abc import Iterator

from sqlalchemy import Connection

from hub.core.database import Database
from hub.core.event_store import HUBS_OWN
from hub.core.events import Event, Events
from hub.core.ids import Ids
from hub.modules.payments.accounts import Account
from hub.modules.payments.comparing import MismatchKind, Side, compare, our_side, same_order, their_side
from hub.modules.payments.day_comparison import Comparison, Difference
from hub.modules.payments.ledger import Ledger
from hub.modules.payments.reconciliations_store import MismatchRow, ReconciliationRow, ReconciliationsStore
from hub.modules.payments.states import PaymentState
from hub.modules.payments.store import PaymentRow, PaymentsStore

MISMATCH = "payments.reconciliation.mismatch"
MOST_MISMATCHES = 1_000
"""Of a day that are kept and told: beyond them the account is wrong, not its orders."""


class Findings:
    """Writes what a comparison found."""

    def __init__(
        self,
        *,
        payments: PaymentsStore,
        store: ReconciliationsStore,
        ledger: Ledger,
        database: Database,
        events: Events,
        ids: Ids,
    ) -> None:
        self._payments = payments
        self._store = store
        self._ledger = ledger
        self._database = database
        self._events = events
        self._ids = ids

    def take(self, conn: Connection, account: Account, row: ReconciliationRow, comparison: Comparison) -> bool:
        """Write all of it; False if there are more differences than are kept."""
        for difference in comparison.differences[:MOST_MISMATCHES]:
            fresh = self._still_there(conn, account, difference)
            if fresh is not None:
                self._keep(conn, account, row, difference, fresh.payment)
        for difference in (*comparison.differences[:MOST_MISMATCHES], *comparison.caught_up):
            self._take_over(conn, account, difference)
        return len(comparison.differences) <= MOST_MISMATCHES

    def _still_there(self, conn: Connection, account: Account, difference: Difference) -> "_Fresh | None":
        """Compare once more with what is known now; None if the difference has gone meanwhile."""
        if difference.payment is None:
            reference = difference.seen.reference if difference.seen else ""
            is_known = bool(self._store.ids_by_reference(conn, account.name, {reference}))
            return None if is_known else _Fresh(None)
        row = self._payments.get_payment(conn, difference.payment.id)
        seen = difference.seen
        is_gone = row is not None and seen is not None and not difference.is_given_up and compare(row, seen) is None
        return None if is_gone else _Fresh(row)

    def _keep(
        self,
        conn: Connection,
        account: Account,
        row: ReconciliationRow,
        difference: Difference,
        payment: PaymentRow | None,
    ) -> None:
        seen = difference.seen
        vendor_id = seen.vendor_id if seen else payment.vendor_id if payment else ""
        mismatch = MismatchRow(
            id=self._ids.resource_id(),
            reconciliation_id=row.id,
            key=f"{difference.kind}:{vendor_id or (payment.id if payment else '')}"[:192],
            kind=difference.kind,
            payment_id=payment.id if payment else "",
            owner=payment.owner if payment else "",
            business_reference=payment.business_reference if payment else "",
            vendor_reference=(seen.reference if seen else payment.vendor_reference if payment else "")[:128],
            vendor_id=vendor_id[:128],
            ours=our_side(payment) if payment else None,
            theirs=their_side(seen, currency=payment.currency if payment else "RUB") if seen else None,
            is_marked=bool(seen and seen.marker),
            run=row.run,
            create_time=self._database.now(conn),
        )
        if self._store.take_mismatch(conn, mismatch):
            for owner in sorted(_listeners(account, mismatch)):
                self._events.append(conn, _event(row, mismatch, owner))

    def _take_over(self, conn: Connection, account: Account, difference: Difference) -> None:
        """Take what the acquirer says of a payment as seen, as any other answer of it would be."""
        known, seen = difference.payment, difference.seen
        is_ours = known is not None and known.vendor_id and PaymentState(known.state).is_at_vendor
        if known is None or seen is None or not is_ours or difference.is_given_up or seen.vendor_id != known.vendor_id:
            return
        if not same_order(known, seen):
            return  # another order than was asked for: a person looks at it
        hold_lasts = account.port.capabilities.hold_lasts
        self._ledger.take(conn, known.id, seen, ask_time=difference.ask_time, hold_lasts=hold_lasts)


class _Fresh:
    """The payment of a difference as it is now; None if it has none."""

    def __init__(self, payment: PaymentRow | None) -> None:
        self.payment = payment


def _listeners(account: Account, mismatch: MismatchRow) -> set[str]:
    """Who is told: administrators, and the payment's owner; of nobody's order, all callers of the account."""
    return {HUBS_OWN, *([mismatch.owner] if mismatch.owner else account.callers)}


def _event(row: ReconciliationRow, mismatch: MismatchRow, owner: str) -> Event:
    data = {
        "reconciliation_id": row.id,
        "mismatch_id": mismatch.id,
        "account": row.account,
        "day": row.day,
        "kind": str(mismatch.kind),
        "payment_id": mismatch.payment_id,
        "vendor_reference": mismatch.vendor_reference,
        "vendor_payment_id": mismatch.vendor_id,
    }
    return Event(
        type=MISMATCH,
        subject=mismatch.payment_id or row.id,
        owner=owner,
        business_reference=mismatch.business_reference,
        data=data | dict(_told("ours", mismatch.ours)) | dict(_told("theirs", mismatch.theirs)),
    )


def _told(name: str, side: Side | None) -> Iterator[tuple[str, str]]:
    if side is None:
        yield f"{name}_state", str(MismatchKind.UNKNOWN_TO_US if name == "ours" else MismatchKind.UNKNOWN_TO_VENDOR)
        return
    yield f"{name}_state", side.state
    yield f"{name}_currency", side.currency
    for part in ("amount", "held", "captured", "refunded"):
        yield f"{name}_{part}", str(getattr(side, part))
