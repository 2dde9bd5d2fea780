"""Wires the rosreestr module."""

from datetime import timedelta
from functools import partial

from hub.core.secrets import references_in
from hub.module_api import ModuleContext, ModuleSpec, Renewal, RunningModule, load_provider, prove_apart
from hub.modules.rosreestr import withdrawal, work
from hub.modules.rosreestr.exchangeable import ExchangeablePort
from hub.modules.rosreestr.personal import personal_data
from hub.modules.rosreestr.service import RosreestrService
from hub.modules.rosreestr.servicer import RosreestrServicer
from hub.modules.rosreestr.settings import RosreestrSettings
from hub.modules.rosreestr.settlement import Settlement
from hub.modules.rosreestr.store import RosreestrStore
from hub.modules.rosreestr.withdrawal import WithdrawalWork
from hub.modules.rosreestr.work import RegistrationWork

_TITLES = {
    "GetLandPlot": "Запрос сведений об участке",
    "BatchGetLandPlots": "Запрос сведений об участках",
    "ListRights": "Запрос прав на участок",
    "CheckOwner": "Проверка собственника",
    "CreateRegistration": "Подача заявления о регистрации перехода права",
    "AddRegistrationDocuments": "Передача дополнительных документов",
    "WithdrawRegistration": "Отзыв заявления о регистрации",
    "rosreestr.registration.created": "Заявление принято хабом",
    "rosreestr.registration.state_changed": "Изменилось состояние регистрации",
    "rosreestr.registration.documents_added": "Росреестр получил дополнительные документы",
    "rosreestr.registration.documents_changed": "Дополнительные документы ещё не в Росреестре",
    "rosreestr.registration.withdrawal_changed": "Изменилось состояние отзыва заявления",
    work.SUBMIT: "Передача заявления в Росреестр",
    work.ADD_DOCUMENTS: "Передача документов в Росреестр",
    withdrawal.WITHDRAW: "Передача отзыва в Росреестр",
    work.FOLLOW: "Запрос состояния регистрации",
}


async def build(settings: RosreestrSettings, ctx: ModuleContext) -> RunningModule:
    """Build the module around the provider that the settings name."""
    provider = load_provider(ctx.name, settings.provider)
    provider_settings = provider.Settings.model_validate(settings.providers.get(settings.provider, {}))
    port = ExchangeablePort(provider.build(provider_settings, ctx))
    store = RosreestrStore(ring=ctx.columns)
    registration_work = RegistrationWork(
        port=port,
        store=store,
        database=ctx.database,
        outbox=ctx.outbox,
        events=ctx.events,
        clock=ctx.clock,
        settings=settings,
    )
    withdrawals = WithdrawalWork(
        port=port,
        store=store,
        database=ctx.database,
        events=ctx.events,
        clock=ctx.clock,
        registrations=registration_work,
    )
    service = RosreestrService(
        port=port,
        store=store,
        database=ctx.database,
        effects=ctx.effects,
        events=ctx.events,
        clock=ctx.clock,
        ids=ctx.ids,
        persons=ctx.persons,
        settings=settings,
    )
    settlement = Settlement(
        store=store, database=ctx.database, effects=ctx.effects, outbox=ctx.outbox, work=registration_work
    )
    return RunningModule(
        services={"landhub.rosreestr.v1.RosreestrService": RosreestrServicer(service=service, pages=ctx.pages)},
        jobs=(*registration_work.kinds(), *withdrawals.kinds()),
        resolvers={
            work.REGISTRATION: settlement.resolve_registration,
            work.ADDITION: settlement.resolve_addition,
        },
        stuck=settlement.stuck,
        titles=_TITLES,
        personal=(personal_data(resource=work.REGISTRATION, keep=timedelta(days=settings.keep_personal_days)),),
        providers=(port.name,),
        renewals={
            f"{ctx.name}.{port.name}": Renewal(
                references=references_in(settings.providers.get(settings.provider, {})),
                prove=partial(
                    prove_apart, port.exchange, ctx, lambda context: provider.build(provider_settings, context)
                ),
            )
        },
        probes={f"{ctx.name}.{port.name}": port.probe},
        close=port.close,
    )


MODULE = ModuleSpec(name="rosreestr", settings=RosreestrSettings, build=build)
