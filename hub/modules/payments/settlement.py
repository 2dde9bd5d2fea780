"""What waits for a person: outcomes that can't be told apart by asking, and how a person settles them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import Connection

from hub.core.call import Call
from hub.core.database import Database
from hub.core.effects import Claim, Effects
from hub.core.errors import PreconditionError
from hub.module_api import Resolution, StuckResource
from hub.modules.payments.accounts import Accounts
from hub.modules.payments.ledger import CREATE, OPERATE, PAYMENT, Ledger, known_of
from hub.modules.payments.operations import OperationKind, OperationState
from hub.modules.payments.port import DOMAIN
from hub.modules.payments.rules import busy
from hub.modules.payments.service import not_found
from hub.modules.payments.settings import PaymentsSettings
from hub.modules.payments.states import PaymentState, state_of
from hub.modules.payments.store import OperationRow, PaymentRow, PaymentsStore
from hub.modules.payments.waiting import waits_for_person

_RESOLVED = "RESOLVED_AS_NOT_DONE"
_LONG = timedelta(hours=1)  # acquirers' outages of minutes are over by then, and what they lost was found out
_ASKED = "The hub goes on asking, and sends again where that is safe; a person need not wait for it."
_REMEDY = "Look the order up in the acquirer's cabinet, then settle it: ResolvePayment, or `hub resolve`."
_UNKNOWN = frozenset({PaymentState.OUTCOME_UNKNOWN, PaymentState.NEEDS_REVIEW})
_UNKNOWN_OPERATION = frozenset({OperationState.OUTCOME_UNKNOWN, OperationState.NEEDS_REVIEW})


@dataclass(frozen=True, slots=True)
class Finding:
    """What a person found out: whether it happened, and if it is an order that was looked for, the acquirer's id."""

    happened: bool
    vendor_id: str = ""


class Settlement:
    """Lists and settles the outcomes nobody can find out by asking."""

    def __init__(
        self,
        *,
        store: PaymentsStore,
        ledger: Ledger,
        database: Database,
        effects: Effects,
        settings: PaymentsSettings,
        accounts: Accounts,
    ) -> None:
        self._accounts = accounts
        self._store = store
        self._ledger = ledger
        self._database = database
        self._effects = effects
        self._settings = settings

    async def stuck(self, limit: int) -> Sequence[StuckResource]:
        """Return the payments under review, and those of which something has been unknown for long, oldest first."""

        def waiting(conn: Connection) -> list[PaymentRow]:
            condition = waits_for_person(unknown_before=self._database.now(conn) - _LONG)
            return self._store.list_where(conn, condition, limit=limit)

        rows = await self._database.read(waiting)
        return [
            StuckResource(
                resource=f"{PAYMENT}/{row.id}",
                kind=OPERATE if row.vendor_id else CREATE,
                since=row.update_time,
                last_error=row.review_reason or PaymentState.OUTCOME_UNKNOWN,
                business_reference=row.business_reference,
                remedy=f"{_REMEDY}{'' if row.review_reason else f' {_ASKED}'} Reference: {row.vendor_reference}",
            )
            for row in rows
        ]

    async def resolve_outcome(self, call: Call, resolution: Resolution) -> str:
        """Settle a payment for an administrator."""
        finding = Finding(happened=resolution.vendor_id is not None, vendor_id=resolution.vendor_id or "")
        row = await self._settle(call, resolution.resource_id, finding, owner=None)
        return row.state

    async def resolve_payment(self, call: Call, payment_id: str, finding: Finding) -> PaymentRow:
        """Settle a payment of the caller's.

        Raises:
            NotFoundError: no such payment, or another caller's.
            PreconditionError: nothing waits for a person there.
            InProgressError: the hub is finding it out right now, or it can't be known yet that it did not happen.
        """
        return await self._settle(call, payment_id, finding, owner=call.group)

    async def _settle(self, call: Call, payment_id: str, finding: Finding, *, owner: str | None) -> PaymentRow:
        def change(conn: Connection, _claim: Claim) -> None:
            row = self._store.get_payment(conn, payment_id)
            if row is None or owner not in {None, row.owner}:
                raise not_found(PAYMENT)
            operation = self._store.get_open_operation(conn, payment_id)
            if operation is not None and operation.state in _UNKNOWN_OPERATION:
                self._require_idle(conn, row.account, operation, finding)
                self._settle_operation(conn, row, operation, finding)
            elif row.state in _UNKNOWN:
                self._require_idle(conn, row.account, row, finding)
                self._settle_order(conn, row, finding)
            else:
                raise _nothing_to_resolve(row, administrator=owner is None)

        await self._effects.record(call, resource=PAYMENT, resource_id=payment_id, change=change, keep_forever=True)
        settled = await self._ledger.payment(payment_id)
        if settled is None:
            raise not_found(PAYMENT)
        return settled

    def _require_idle(self, conn: Connection, account: str, asked: PaymentRow | OperationRow, finding: Finding) -> None:
        """Refuse a finding while the hub itself may be bringing about the contrary.

        Raises:
            InProgressError: a worker is at it, or what was sent may not show yet, so that nobody can know that it did
                not happen.
        """
        if self._ledger.is_at_work(conn, asked.job_id):
            raise busy(asked.id)
        if finding.happened:
            return
        if isinstance(asked, PaymentRow) and asked.is_sealing and asked.state == PaymentState.OUTCOME_UNKNOWN:
            raise busy(asked.id)  # the hub saw the order, and declines it
        port = self._accounts.port(account)
        if port is None or asked.sent_time is None:
            return
        shown = asked.sent_time + port.capabilities.visibility_window
        if asked.state == PaymentState.OUTCOME_UNKNOWN and self._database.now(conn) < shown:
            raise busy(asked.id, until=shown - self._database.now(conn))

    def _settle_operation(self, conn: Connection, row: PaymentRow, operation: OperationRow, finding: Finding) -> None:
        state = OperationState.DONE if finding.happened else OperationState.REFUSED
        code = "" if finding.happened else _RESOLVED
        self._ledger.write_operation(conn, operation, replace(operation, state=state, refusal_code=code))
        is_released = operation.kind == OperationKind.REFUND and not finding.happened
        after = replace(row, reserved=row.reserved - (operation.minor_units if is_released else 0))
        if row.state == PaymentState.NEEDS_REVIEW:
            after = replace(after, state=state_of(known_of(row)), review_reason="")
        if after != row:
            self._ledger.write(conn, row, after)
        self._ledger.look(conn, row, key=f"resolved:{operation.id}")

    def _settle_order(self, conn: Connection, row: PaymentRow, finding: Finding) -> None:
        vendor_id = finding.vendor_id or row.vendor_id
        if finding.happened and not vendor_id:
            raise PreconditionError(
                "Say which order it is: vendor_payment_id.",
                reason="NOTHING_TO_RESOLVE",
                domain=DOMAIN,
                metadata={"state": row.state},
            )
        if not finding.happened:
            refused = replace(row, state=PaymentState.REFUSED, review_reason="", refusal_code=_RESOLVED)
            self._ledger.write(conn, row, refused)
            return
        opened = replace(row, vendor_id=vendor_id, state=state_of(known_of(row)), review_reason="")
        self._ledger.write(conn, row, opened)
        self._ledger.look(conn, opened, key="resolved")
        self._ledger.follow(conn, opened, after=timedelta(seconds=self._settings.poll_initial))


def _nothing_to_resolve(row: PaymentRow, *, administrator: bool) -> PreconditionError:
    return PreconditionError(
        f"The payment is {row.state}, and nothing of it waits for a person.",
        reason="OUTCOME_KNOWN" if administrator else "NOTHING_TO_RESOLVE",
        domain="landhub.hub.v1" if administrator else DOMAIN,
        metadata={"state": row.state},
    )
