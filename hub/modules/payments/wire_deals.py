"""Between the contract's messages of deals and the module's values: only renaming, no rules."""

from collections.abc import Iterable

from hub.modules.payments.deals_store import DealRow
from hub.modules.payments.wire import amount, timestamp
from landhub.payments.v1 import deals_pb2 as pb


def deal(row: DealRow) -> pb.Deal:
    """Write a deal."""
    return pb.Deal(
        deal_id=row.id,
        business_reference=row.business_reference,
        state=pb.DealState.Value(f"DEAL_STATE_{row.state}"),
        amount=amount(row.minor_units, row.currency),
        captured_amount=amount(row.captured, row.currency),
        transferred_amount=amount(row.transferred, row.currency),
        paid_time=timestamp(row.paid_time),
        create_time=timestamp(row.create_time),
        update_time=timestamp(row.update_time),
    )


def states(values: Iterable[pb.DealState.ValueType]) -> list[str]:
    """Read a filter of states."""
    return [pb.DealState.Name(value).removeprefix("DEAL_STATE_") for value in values]
