"""Wires the notifications module."""

from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from functools import partial

import structlog

from hub.core.secrets import references_in
from hub.module_api import ModuleContext, ModuleSpec, Renewal, RunningModule, load_provider, prove_apart
from hub.modules.notifications import campaigns as campaigning
from hub.modules.notifications import ledger as ledgers
from hub.modules.notifications.accounts import Account, Accounts
from hub.modules.notifications.bulk_settlement import RESOLVE, BulkSettlement
from hub.modules.notifications.callbacks import Callbacks
from hub.modules.notifications.engine import Engine, Foundation
from hub.modules.notifications.estimating import Estimating
from hub.modules.notifications.exchangeable import ExchangeablePort
from hub.modules.notifications.missing_accounts import missing_accounts
from hub.modules.notifications.personal import personal_data
from hub.modules.notifications.port import NotificationsPort
from hub.modules.notifications.sent_mark import SentMark
from hub.modules.notifications.servicer import NotificationsServicer
from hub.modules.notifications.settings import NotificationsSettings
from hub.modules.notifications.wording import Wording
from hub.modules.notifications.wording_parts import PACKAGE, Ground, Rules, WordingParts
from hub.modules.notifications.wording_parts import TITLES as WORDING_TITLES

log = structlog.get_logger(__name__)

_TITLES = {
    "CreateNotification": "Создание уведомления",
    "BatchCreateNotifications": "Создание рассылки",
    "CancelNotification": "Отмена уведомления",
    "CancelCampaign": "Отмена рассылки",
    "ResolveNotification": "Решение по уведомлению",
    ledgers.CREATED: "Уведомление принято хабом",
    ledgers.STATE_CHANGED: "Изменилось состояние уведомления",
    ledgers.CAMPAIGN_CREATED: "Рассылка принята хабом",
    ledgers.CAMPAIGN_CANCELLED: "Рассылка отменена",
    campaigning.WRITE_OUT: "Составление уведомлений рассылки",
    RESOLVE: "Решение по многим уведомлениям",
    **WORDING_TITLES,
}


async def build(settings: NotificationsSettings, ctx: ModuleContext) -> RunningModule:
    """Build the module around the accounts that the settings name."""
    async with AsyncExitStack() as opened:
        accounts: dict[str, Account] = {}
        renewals: dict[str, Renewal] = {}
        for name in settings.accounts:
            account, renewal = _open(name, settings, ctx)
            opened.push_async_callback(account.port.close)
            accounts[name] = account
            renewals[f"{ctx.name}.{name}"] = renewal
        mark = SentMark(ctx.path(settings.sent_mark))
        mark.open()
        opened.callback(mark.close)
        by_name = Accounts(accounts, routes=settings.routes)
        ground = _ground(ctx)
        parts = WordingParts(settings, ground)
        missing = await ctx.database.read(lambda conn: missing_accounts(conn, known=accounts))
        if missing:
            log.error("notifications.accounts_missing", accounts=missing)
        foundation = _foundation(settings, ctx, by_name, mark, parts.wording)
        engine = Engine(replace(foundation, missing=missing))
        rules = Rules(parts, ground, accounts=by_name, service=engine.service)
        opened.push_async_callback(rules.follower.close)
        bulk = BulkSettlement(store=engine.store, ledger=engine.ledger, database=ctx.database, audit=ctx.audit)
        running = _with_wording(_running(settings, ctx, by_name, engine), parts, rules)
        running = replace(running, jobs=(*running.jobs, *bulk.kinds()))
        closing = opened.pop_all()
    return replace(running, renewals=renewals, close=closing.aclose)


def _foundation(
    settings: NotificationsSettings, ctx: ModuleContext, accounts: Accounts, mark: SentMark, wording: Wording
) -> Foundation:
    return Foundation(
        database=ctx.database,
        outbox=ctx.outbox,
        events=ctx.events,
        effects=ctx.effects,
        persons=ctx.persons,
        clock=ctx.clock,
        ids=ctx.ids,
        columns=ctx.columns,
        accounts=accounts,
        settings=settings,
        wording=wording,
        mark=mark,
    )


def _ground(ctx: ModuleContext) -> Ground:
    return Ground(
        database=ctx.database,
        outbox=ctx.outbox,
        events=ctx.events,
        effects=ctx.effects,
        persons=ctx.persons,
        clock=ctx.clock,
        ids=ctx.ids,
        columns=ctx.columns,
        pages=ctx.pages,
    )


def _with_wording(running: RunningModule, parts: WordingParts, rules: Rules) -> RunningModule:
    async def start() -> None:
        await running.start()
        await rules.follower.start()

    wording = {
        f"{PACKAGE}.TemplatesService": parts.templates,
        f"{PACKAGE}.RecipientsService": parts.contacts,
        f"{PACKAGE}.RulesService": rules.servicer,
    }
    return replace(
        running,
        services={**running.services, **wording},
        jobs=(*running.jobs, *rules.kinds()),
        schedules=(*running.schedules, *rules.schedules()),
        personal=(*running.personal, parts.personal_data()),
        start=start,
    )


def _open(name: str, settings: NotificationsSettings, ctx: ModuleContext) -> tuple[Account, Renewal]:
    """Make one account's provider. Nothing is sent before its first call."""
    table = settings.accounts[name]
    provider = load_provider(ctx.name, table.provider)
    provider_settings = provider.Settings.model_validate(table.settings)

    def build_port(context: ModuleContext) -> NotificationsPort:
        port: NotificationsPort = provider.build(provider_settings, context, account=name)
        return port

    port = ExchangeablePort(build_port(ctx))
    renewal = Renewal(
        references=references_in(table.settings), prove=partial(prove_apart, port.exchange, ctx, build_port)
    )
    return Account(name=name, port=port, settings=table), renewal


def _running(settings: NotificationsSettings, ctx: ModuleContext, accounts: Accounts, engine: Engine) -> RunningModule:
    servicer = NotificationsServicer(
        service=engine.service,
        campaigns=engine.campaigns,
        settlement=engine.settlement,
        estimating=Estimating(accounts=accounts, ids=ctx.ids, settings=settings),
        pages=ctx.pages,
    )

    async def start() -> None:
        held = await ctx.database.write(engine.begin, label="notifications.begin")
        if held:
            log.error("notifications.held_after_restore", held=held)

    return RunningModule(
        services={"landhub.notifications.v1.NotificationsService": servicer},
        jobs=engine.kinds(),
        resolvers={ledgers.NOTIFICATION: engine.settlement.resolve_outcome},
        stuck=engine.settlement.stuck,
        titles=_TITLES,
        personal=personal_data(keep=timedelta(days=settings.keep_personal_days)),
        providers=tuple(sorted({account.port.name for account in accounts})),
        probes={f"{ctx.name}.{account.name}": account.port.probe for account in accounts},
        webhooks=[
            route
            for account in accounts
            for route in Callbacks(account=account, following=engine.following, database=ctx.database).routes()
        ],
        start=start,
    )


MODULE = ModuleSpec(name="notifications", settings=NotificationsSettings, build=build)
