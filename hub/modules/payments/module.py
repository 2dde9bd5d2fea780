"""Wires the payments module."""

from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from functools import partial

from hub.core.secrets import references_in
from hub.module_api import ModuleContext, ModuleSpec, Renewal, RunningModule, load_provider, prove_apart
from hub.modules.payments import deals, findings, holds, reconciliation, reconciliation_service, transfers
from hub.modules.payments import ledger as ledgers
from hub.modules.payments.accounts import Account, Accounts
from hub.modules.payments.books import Books, open_books
from hub.modules.payments.callbacks import Callbacks
from hub.modules.payments.creation import Creation
from hub.modules.payments.deal_service import COUNT
from hub.modules.payments.exchangeable import ExchangeablePort
from hub.modules.payments.following import Following
from hub.modules.payments.ledger import Ledger
from hub.modules.payments.operating import Operating
from hub.modules.payments.personal import personal_data
from hub.modules.payments.port import PaymentsPort
from hub.modules.payments.service import PaymentsService
from hub.modules.payments.servicer import PaymentsServicer
from hub.modules.payments.settings import PaymentsSettings
from hub.modules.payments.settlement import Settlement
from hub.modules.payments.store import PaymentsStore

_TITLES = {
    "CreatePayment": "Создание платежа",
    "CapturePayment": "Списание удержанной суммы",
    "CancelPayment": "Отмена платежа",
    "CreateRefund": "Возврат денег",
    "ResolvePayment": "Решение по платежу",
    "payments.payment.created": "Платёж принят хабом",
    ledgers.STATE_CHANGED: "Изменилось состояние платежа",
    ledgers.OPERATION_CHANGED: "Изменилось состояние операции с платежом",
    ledgers.REFUND_CHANGED: "Изменилось состояние возврата",
    ledgers.CREATE: "Передача платежа в банк",
    ledgers.OPERATE: "Передача операции в банк",
    ledgers.FOLLOW: "Запрос состояния платежа",
    ledgers.LOOK: "Запрос состояния платежа",
    ledgers.CALLBACK: "Запрос состояния платежа по уведомлению банка",
    ledgers.WARN: "Напоминание об удержанной сумме",
    holds.CAPTURE_DUE: "Удержание скоро истечёт: сумму пора списать или отпустить",
    "CreateDeal": "Заведение сделки",
    "UpdateDeal": "Изменение суммы сделки",
    deals.DEAL_CREATED: "Сделка заведена в хабе",
    deals.DEAL_CHANGED: "Изменилось состояние расчётов по сделке",
    COUNT: "Подсчёт денег по сделке",
    transfers.TAKE: "Учёт банковского перевода по сделке",
    "CreateReconciliation": "Сверка с банком за день",
    findings.MISMATCH: "Расхождение с банком при сверке",
    reconciliation.RECONCILE: "Сверка с банком за день",
    reconciliation.RECONCILE_DUE: "Начало сверок за прошедшие дни",
    reconciliation_service.ASKED: "Сверка с банком по команде администратора",
}


async def build(settings: PaymentsSettings, ctx: ModuleContext) -> RunningModule:
    """Build the module around the accounts that the settings name."""
    async with AsyncExitStack() as opened:
        accounts: dict[str, Account] = {}
        renewals: dict[str, Renewal] = {}
        for name in settings.accounts:
            account, renewal = _open(name, settings, ctx)
            opened.push_async_callback(account.port.close)
            accounts[name] = account
            renewals[f"{ctx.name}.{name}"] = renewal
        running = _wire(settings, ctx, accounts, renewals)
        closing = opened.pop_all()
    return replace(running, close=closing.aclose)


def _open(name: str, settings: PaymentsSettings, ctx: ModuleContext) -> tuple[Account, Renewal]:
    """Make one account's provider. Nothing is sent before its first call."""
    table = settings.accounts[name]
    provider = load_provider(ctx.name, table.provider)
    provider_settings = provider.Settings.model_validate(table.settings)

    def build_port(context: ModuleContext) -> PaymentsPort:
        port: PaymentsPort = provider.build(provider_settings, context, account=name)
        return port

    port = ExchangeablePort(build_port(ctx))
    renewal = Renewal(
        references=references_in(table.settings), prove=partial(prove_apart, port.exchange, ctx, build_port)
    )
    account = Account(name=name, port=port, callers=frozenset(table.callers), is_shared=table.is_shared)
    return account, renewal


def _wire(
    settings: PaymentsSettings, ctx: ModuleContext, by_name: dict[str, Account], renewals: dict[str, Renewal]
) -> RunningModule:
    accounts = Accounts(by_name)
    store = PaymentsStore(ring=ctx.columns)
    ledger = Ledger(
        store=store,
        database=ctx.database,
        outbox=ctx.outbox,
        events=ctx.events,
        hold_notice=timedelta(hours=settings.hold_notice_hours),
    )
    creation = Creation(
        accounts=accounts, store=store, ledger=ledger, database=ctx.database, clock=ctx.clock, settings=settings
    )
    operating = Operating(accounts=accounts, store=store, ledger=ledger, database=ctx.database, clock=ctx.clock)
    following = Following(accounts=accounts, ledger=ledger, clock=ctx.clock, settings=settings)
    callbacks = [
        Callbacks(account=account, store=store, ledger=ledger, database=ctx.database, clock=ctx.clock)
        for account in by_name.values()
    ]
    service = PaymentsService(
        accounts=accounts,
        store=store,
        ledger=ledger,
        database=ctx.database,
        effects=ctx.effects,
        events=ctx.events,
        ids=ctx.ids,
        persons=ctx.persons,
        settings=settings,
    )
    settlement = Settlement(
        store=store, ledger=ledger, database=ctx.database, effects=ctx.effects, settings=settings, accounts=accounts
    )
    books = _books(settings, ctx, accounts, store=store, ledger=ledger, following=following)
    servicer = PaymentsServicer(
        service=service,
        settlement=settlement,
        deals=books.deals,
        reconciliations=books.reconciliations,
        pages=ctx.pages,
    )
    return RunningModule(
        services={"landhub.payments.v1.PaymentsService": servicer},
        jobs=(*creation.kinds(), *operating.kinds(), *following.kinds(), *books.jobs),
        schedules=books.schedules,
        subscriptions=books.subscriptions,
        resolvers={ledgers.PAYMENT: settlement.resolve_outcome},
        stuck=settlement.stuck,
        titles=_TITLES,
        personal=(personal_data(resource=ledgers.PAYMENT, keep=timedelta(days=settings.keep_personal_days)),),
        providers=tuple(sorted({account.port.name for account in by_name.values()})),
        renewals=renewals,
        webhooks=[route for taking in callbacks for route in taking.routes()],
        probes={f"{ctx.name}.{name}": account.port.probe for name, account in by_name.items()},
    )


def _books(
    settings: PaymentsSettings,
    ctx: ModuleContext,
    accounts: Accounts,
    *,
    store: PaymentsStore,
    ledger: Ledger,
    following: Following,
) -> Books:
    return open_books(
        accounts=accounts,
        store=store,
        ledger=ledger,
        is_followed=following.is_followed,
        database=ctx.database,
        outbox=ctx.outbox,
        events=ctx.events,
        effects=ctx.effects,
        audit=ctx.audit,
        clock=ctx.clock,
        ids=ctx.ids,
        settings=settings,
    )


MODULE = ModuleSpec(name="payments", settings=PaymentsSettings, build=build)
