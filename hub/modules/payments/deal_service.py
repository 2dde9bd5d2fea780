"""The rules of deals: one of a business reference, in one currency, its amount changed only by name."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from hub.core.call import Call
from hub.core.database import Database
from hub.core.effects import Claim, Effects
from hub.core.errors import FieldViolation, InvalidRequestError, NotFoundError, PreconditionError
from hub.core.events import Event, Events
from hub.core.ids import Ids
from hub.core.jobs import Job, JobKind, Lease, NewJob, Next
from hub.core.money import Money
from hub.core.outbox import Outbox
from hub.modules.payments.deals import DEAL, DEAL_CREATED, Deals, DealState
from hub.modules.payments.deals_store import DealRow, DealsStore
from hub.modules.payments.port import DOMAIN

COUNT = "payments.count"
_COUNT_AGAIN = timedelta(seconds=10)
"""Longer than any transaction: a payment captured while a deal is made can't see the deal, nor the deal the payment."""


class DealService:
    """What callers do with deals. Everything it returns belongs to the caller that asks."""

    def __init__(
        self,
        *,
        store: DealsStore,
        deals: Deals,
        database: Database,
        effects: Effects,
        events: Events,
        outbox: Outbox,
        ids: Ids,
    ) -> None:
        self._store = store
        self._deals = deals
        self._database = database
        self._effects = effects
        self._events = events
        self._outbox = outbox
        self._ids = ids

    def kinds(self) -> tuple[JobKind, ...]:
        """Return the kinds of jobs to register."""
        return (JobKind(name=COUNT, handler=self._count),)

    async def create(self, call: Call, amount: Money) -> DealRow:
        """Say what the deal of the call's business reference asks for.

        Raises:
            PreconditionError: the caller has a deal of it (DEAL_EXISTS).
        """

        def change(conn: Connection, claim: Claim) -> None:
            row = DealRow(
                id=claim.resource_id,
                owner=call.group,
                business_reference=call.business_reference,
                state=DealState.AWAITING_MONEY,
                minor_units=amount.minor_units,
                currency=amount.currency,
                traceparent=call.traceparent,
                create_time=claim.now,
                update_time=claim.now,
            )
            self._add(conn, row)
            self._events.append(conn, _created(row))
            self._deals.count(conn, row)
            self._outbox.enqueue(conn, _count_later(row))

        recorded = await self._effects.record(
            call, resource=DEAL, resource_id=self._ids.resource_id(), change=change, keep_forever=True
        )
        return await self.get(call, recorded.resource_id)

    async def update(self, call: Call, deal_id: str, amount: Money) -> DealRow:
        """Change what a deal asks for.

        Raises:
            NotFoundError: no such deal, or another caller's.
            InvalidRequestError: another currency than the deal's.
        """
        known = await self.get(call, deal_id)
        if amount.currency != known.currency:
            raise InvalidRequestError(
                f"The deal is in {known.currency}.",
                reason="CURRENCY_DIFFERS",
                domain=DOMAIN,
                metadata={"currency": known.currency},
                violations=(FieldViolation("amount.currency_code", f"must be {known.currency}", "currency"),),
            )

        def change(conn: Connection, _claim: Claim) -> None:
            row = self._store.lock(conn, owner=known.owner, business_reference=known.business_reference)
            if row is None:
                raise _not_found()
            self._deals.count(conn, row, minor_units=amount.minor_units)

        await self._effects.record(call, resource=DEAL, resource_id=deal_id, change=change, keep_forever=True)
        return await self.get(call, deal_id)

    async def get(self, call: Call, deal_id: str) -> DealRow:
        """Return a deal of the caller's; raises NotFoundError."""
        row = await self._database.read(lambda conn: self._store.get(conn, deal_id))
        if row is None or row.owner != call.group:
            raise _not_found()
        return row

    async def list_deals(
        self,
        call: Call,
        *,
        business_reference: str,
        states: Sequence[str],
        before: tuple[datetime, str] | None,
        limit: int,
    ) -> list[DealRow]:
        """Return the caller's deals, newest first."""
        return await self._database.read(
            lambda conn: self._store.list_deals(
                conn,
                owner=call.group,
                business_reference=business_reference,
                states=states,
                before=before,
                limit=limit,
            )
        )

    def _add(self, conn: Connection, row: DealRow) -> None:
        known = self._store.lock(conn, owner=row.owner, business_reference=row.business_reference)
        if known is not None:
            raise _exists(known.id)
        try:
            self._store.add(conn, row)
        except IntegrityError as error:  # another replica's, a moment ago
            raise _exists("") from error

    async def _count(self, job: Job, lease: Lease) -> Next:
        """Count a new deal once more."""
        return await lease.settle(
            lambda conn: self._deals.recount(conn, owner=job.new.owner, business_reference=job.new.business_reference)
        )


def _count_later(row: DealRow) -> NewJob:
    return NewJob(
        kind=COUNT,
        resource=DEAL,
        resource_id=row.id,
        owner=row.owner,
        business_reference=row.business_reference,
        traceparent=row.traceparent,
        unique_key=f"{COUNT}:{row.id}",
        run_at=row.create_time + _COUNT_AGAIN,
    )


def _created(row: DealRow) -> Event:
    return Event(
        type=DEAL_CREATED,
        subject=row.id,
        owner=row.owner,
        business_reference=row.business_reference,
        data={
            "deal_id": row.id,
            "state": str(row.state),
            "minor_units": str(row.minor_units),
            "currency": row.currency,
        },
        traceparent=row.traceparent,
    )


def _exists(deal_id: str) -> PreconditionError:
    return PreconditionError(
        "There is a deal of this business reference; change it by UpdateDeal.",
        reason="DEAL_EXISTS",
        domain=DOMAIN,
        metadata={"deal_id": deal_id},
    )


def _not_found() -> NotFoundError:
    return NotFoundError("There is no such deal; check its id.", metadata={"resource": DEAL})
