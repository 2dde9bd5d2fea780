"""Between the contract's messages of reconciliations and the module's values: only renaming, no rules."""

from hub.modules.payments.comparing import Side
from hub.modules.payments.reconciliation import ReconciliationState
from hub.modules.payments.reconciliation_service import Reconciled
from hub.modules.payments.reconciliations_store import MismatchRow
from hub.modules.payments.wire import amount, timestamp
from landhub.payments.v1 import reconciliations_pb2 as pb


def reconciliation(shown: Reconciled) -> pb.Reconciliation:
    """Write a reconciliation with its differences."""
    row = shown.row
    seen_by = row.run if row.state == ReconciliationState.DONE else row.run - 1  # the last run that came to its end
    return pb.Reconciliation(
        reconciliation_id=row.id,
        account=row.account,
        provider=row.provider,
        day=row.day,
        state=pb.ReconciliationState.Value(f"RECONCILIATION_STATE_{row.state}"),
        method=pb.ReconciliationMethod.Value(f"RECONCILIATION_METHOD_{row.method or 'UNSPECIFIED'}"),
        failure_reason=row.failure_reason,
        compared_count=row.compared,
        unsettled_count=row.unsettled,
        unreadable_count=row.unreadable,
        mismatches=[_mismatch(found, is_gone=found.run < seen_by) for found in shown.mismatches],
        start_time=timestamp(row.start_time),
        complete_time=timestamp(row.complete_time),
        create_time=timestamp(row.create_time),
    )


def _mismatch(row: MismatchRow, *, is_gone: bool) -> pb.Mismatch:
    return pb.Mismatch(
        mismatch_id=row.id,
        kind=pb.MismatchKind.Value(f"MISMATCH_KIND_{row.kind}"),
        payment_id=row.payment_id,
        business_reference=row.business_reference,
        vendor_reference=row.vendor_reference,
        vendor_payment_id=row.vendor_id,
        ours=None if row.ours is None else _side(row.ours),
        theirs=None if row.theirs is None else _side(row.theirs),
        is_marked=row.is_marked,
        is_gone=is_gone,
        create_time=timestamp(row.create_time),
    )


def _side(side: Side) -> pb.Side:
    return pb.Side(
        state=side.state,
        amount=amount(side.amount, side.currency) if side.amount else None,
        held_amount=amount(side.held, side.currency),
        captured_amount=amount(side.captured, side.currency),
        refunded_amount=amount(side.refunded, side.currency),
    )
