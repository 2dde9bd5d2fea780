"""Puts together what keeps the books beside payments: deals, holds and reconciliations. No logic."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hub.core.audit import Audit
from hub.core.clock import Clock
from hub.core.database import Database
from hub.core.effects import Effects
from hub.core.events import Events
from hub.core.ids import Ids
from hub.core.jobs import JobKind
from hub.core.outbox import Outbox
from hub.core.schedules import Schedule
from hub.module_api import Subscription
from hub.modules.payments.accounts import Accounts
from hub.modules.payments.day_comparison import DayComparer
from hub.modules.payments.deal_service import DealService
from hub.modules.payments.deals_store import DealsStore
from hub.modules.payments.findings import Findings
from hub.modules.payments.holds import Holds
from hub.modules.payments.ledger import Ledger
from hub.modules.payments.reconciliation import Reconciliations
from hub.modules.payments.reconciliation_service import ReconciliationService
from hub.modules.payments.reconciliations_store import ReconciliationsStore
from hub.modules.payments.settings import PaymentsSettings
from hub.modules.payments.store import PaymentRow, PaymentsStore
from hub.modules.payments.transfers import Transfers


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """What is served, and what works by itself."""

    deals: DealService
    reconciliations: ReconciliationService
    jobs: Sequence[JobKind]
    schedules: Sequence[Schedule]
    subscriptions: Sequence[Subscription]


def open_books(
    *,
    accounts: Accounts,
    store: PaymentsStore,
    ledger: Ledger,
    is_followed: Callable[[PaymentRow], bool],
    database: Database,
    outbox: Outbox,
    events: Events,
    effects: Effects,
    audit: Audit,
    clock: Clock,
    ids: Ids,
    settings: PaymentsSettings,
) -> Books:
    """Make them; `is_followed`: whether a payment is asked for from time to time anyway."""
    days = ReconciliationsStore()
    reconciliations = Reconciliations(
        accounts=accounts,
        store=days,
        comparer=DayComparer(
            store=store, reconciliations=days, database=database, clock=clock, is_followed=is_followed
        ),
        findings=Findings(payments=store, store=days, ledger=ledger, database=database, events=events, ids=ids),
        database=database,
        outbox=outbox,
        clock=clock,
        settings=settings,
    )
    service = ReconciliationService(
        accounts=accounts,
        store=days,
        reconciliations=reconciliations,
        database=database,
        effects=effects,
        audit=audit,
        clock=clock,
    )
    deals = DealService(
        store=DealsStore(),
        deals=ledger.deals,
        database=database,
        effects=effects,
        events=events,
        outbox=outbox,
        ids=ids,
    )
    holds = Holds(store=store, ledger=ledger, events=events)
    return Books(
        deals=deals,
        reconciliations=service,
        jobs=(*deals.kinds(), *holds.kinds(), *reconciliations.kinds(), *service.kinds()),
        schedules=reconciliations.schedules(),
        subscriptions=Transfers(deals=ledger.deals, events=events).subscriptions(),
    )
