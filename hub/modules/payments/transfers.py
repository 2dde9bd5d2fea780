"""What the bank module tells of transfers: an incoming one was found to belong to a business reference, or no more.

The event is the contract's (`Deal` in landhub/payments/v1/deals.proto); the modules share no code.
"""

import re

from hub.core.errors import NotFoundError
from hub.core.events import Events, StoredEvent
from hub.core.jobs import Dead, Done, Job, Lease, Next
from hub.module_api import Subscription
from hub.modules.payments.deals import Deals
from hub.modules.payments.deals_store import TransferRow

MATCHED = "bank.transaction.matched"
TAKE = "payments.take_transfer"

_AMOUNT = re.compile(r"[1-9][0-9]{0,14}")
_CURRENCY = re.compile(r"[A-Z]{3}")
_STATES = {"MATCHED": True, "UNMATCHED": False}


class Transfers:
    """Counts transfers for deals."""

    def __init__(self, *, deals: Deals, events: Events) -> None:
        self._deals = deals
        self._events = events

    def subscriptions(self) -> tuple[Subscription, ...]:
        """Return what the module listens to."""
        return (Subscription(type=MATCHED, name=TAKE, handler=self.take),)

    async def take(self, job: Job, lease: Lease) -> Next:
        """Count the transfer that an event tells of, once, in whatever order events of one transaction are handled."""
        try:
            stored = await self._events.get(job.payload["event_id"])
        except NotFoundError:
            return Dead(reason="EVENT_NO_LONGER_KEPT")
        transfer = _read(stored)
        if transfer is None:
            return Dead(reason="EVENT_NOT_OF_ITS_FORM")
        return await lease.settle(lambda conn: self._deals.take_transfer(conn, transfer), then=Done())


def _read(stored: StoredEvent) -> TransferRow | None:
    """Read an event strictly: money is never counted by a guess."""
    event, data = stored.event, stored.event.data
    transaction_id = data.get("transaction_id", "")
    minor_units, currency = data.get("minor_units", ""), data.get("currency", "")
    is_whole = (
        0 < len(transaction_id) <= 128
        and event.owner
        and event.business_reference
        and data.get("state") in _STATES
        and _AMOUNT.fullmatch(minor_units)
        and _CURRENCY.fullmatch(currency)
    )
    if not is_whole:
        return None
    return TransferRow(
        owner=event.owner,
        transaction_id=transaction_id,
        business_reference=event.business_reference,
        minor_units=int(minor_units),
        currency=currency,
        is_matched=_STATES[data["state"]],
        position=int(stored.cursor),
    )
