"""What callers and administrators do with reconciliations: have a day compared, and see what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection

from hub.core.audit import Audit, AuditRecord, Phase
from hub.core.call import Call
from hub.core.clock import Clock
from hub.core.database import Database
from hub.core.effects import Claim, Effects
from hub.core.errors import FieldViolation, InvalidRequestError, NotFoundError
from hub.core.jobs import Again, Dead, Done, Job, JobKind, Lease, Next
from hub.modules.payments.accounts import Accounts
from hub.modules.payments.day import Day
from hub.modules.payments.port import DOMAIN
from hub.modules.payments.reconciliation import (
    RECONCILIATION,
    Reconciliations,
    ReconciliationState,
    reconciliation_id,
)
from hub.modules.payments.reconciliations_store import MismatchRow, ReconciliationRow, ReconciliationsStore

ASKED = "payments.reconcile_asked"
ASKED_METHOD = "hub.payments.reconcile"
SHOWN_MISMATCHES = 1_000
DAYS_BACK = 366
"""Acquirers list no further back."""
_LOOK_AGAIN = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Reconciled:
    """A reconciliation with the differences that the caller may see."""

    row: ReconciliationRow
    mismatches: Sequence[MismatchRow] = ()


class ReconciliationService:
    """Everything it returns belongs to an account that the caller may use."""

    def __init__(
        self,
        *,
        accounts: Accounts,
        store: ReconciliationsStore,
        reconciliations: Reconciliations,
        database: Database,
        effects: Effects,
        audit: Audit,
        clock: Clock,
    ) -> None:
        self._accounts = accounts
        self._store = store
        self._reconciliations = reconciliations
        self._database = database
        self._effects = effects
        self._audit = audit
        self._clock = clock

    def kinds(self) -> tuple[JobKind, ...]:
        """Return the kinds of jobs to register."""
        return (JobKind(name=ASKED, handler=self.do_errand),)

    async def create(self, call: Call, account_name: str, day_text: str) -> Reconciled:
        """Have a day compared, once for the call's request_id.

        Raises:
            InvalidRequestError: no day, or one that isn't over or is long past (DAY_NOT_RECONCILABLE).
            PreconditionError: the account isn't the caller's.
        """
        account = self._accounts.choose(call, account_name)
        day = self._day(day_text)

        def change(conn: Connection, _claim: Claim) -> None:
            self._reconciliations.begin(conn, account, day)

        wanted = reconciliation_id(account.name, day)
        await self._effects.record(call, resource=RECONCILIATION, resource_id=wanted, change=change)
        return await self.get(call, wanted)

    async def get(self, call: Call, wanted: str) -> Reconciled:
        """Return a reconciliation of an account of the caller's; raises NotFoundError."""
        names = {account.name for account in self._accounts.open_to(call)}

        def read(conn: Connection) -> Reconciled | None:
            row = self._store.get(conn, wanted)
            if row is None or row.account not in names:
                return None
            owners = {"", call.group}
            return Reconciled(row, self._store.mismatches_of(conn, row.id, owners=owners, limit=SHOWN_MISMATCHES))

        found = await self._database.read(read)
        if found is None:
            raise NotFoundError("There is no such reconciliation; check its id.", metadata={"resource": RECONCILIATION})
        return found

    async def list_of(
        self, call: Call, *, account: str, before: tuple[str, str] | None, limit: int
    ) -> list[ReconciliationRow]:
        """Return the reconciliations of the caller's accounts, the latest day first."""
        names = {found.name for found in self._accounts.open_to(call) if account in {"", found.name}}
        return await self._database.read(
            lambda conn: self._store.list_of(conn, accounts=names, before=before, limit=limit)
        )

    async def do_errand(self, job: Job, lease: Lease) -> Next:
        """Have a day compared for whoever administers the hub, and say in the audit when that is done."""
        account = self._accounts.find(job.payload["account"])
        if account is None:
            return Dead(reason="ACCOUNT_MISSING")
        try:
            day = self._day(job.payload["day"])
        except InvalidRequestError:
            return Dead(reason="DAY_NOT_RECONCILABLE")
        wanted = reconciliation_id(account.name, day)
        row = await self._database.read(lambda conn: self._store.get(conn, wanted))
        begun = row is not None and row.start_time >= job.created_at
        if row is None or not begun:
            await self._database.write(
                lambda conn: self._reconciliations.begin(conn, account, day), label="payments.reconcile"
            )
            return Again(delay=_LOOK_AGAIN, reason="COMPARING")
        if row.state == ReconciliationState.PENDING:
            return Again(delay=_LOOK_AGAIN, reason="COMPARING")
        record = _record(job, row)
        return await lease.settle(lambda conn: self._audit.append(conn, record), then=Done())

    def _day(self, text: str) -> Day:
        today = Day.of(self._clock.now())
        try:
            day = Day.parse(text)
        except ValueError:
            day = today
        if not today.before(DAYS_BACK).date <= day.date < today.date:
            raise InvalidRequestError(
                f"Name a day that is over in Moscow, not more than {DAYS_BACK} days ago.",
                reason="DAY_NOT_RECONCILABLE",
                domain=DOMAIN,
                violations=(FieldViolation("day", f"must be {today.before(1)} or before", "day"),),
            )
        return day


def _record(job: Job, row: ReconciliationRow) -> AuditRecord:
    return AuditRecord(
        phase=Phase.ADMIN,
        method=ASKED_METHOD,
        caller=job.new.caller,
        request_id=job.new.request_id,
        resource=f"{RECONCILIATION}/{row.id}",
        code="OK",
        reason=row.failure_reason or row.state,
    )
