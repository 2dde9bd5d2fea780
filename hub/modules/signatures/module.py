"""Wires the signatures module."""

from datetime import timedelta

from hub.module_api import ModuleContext, ModuleSpec, RunningModule, load_provider
from hub.modules.signatures import work
from hub.modules.signatures.evidence import evidence_of
from hub.modules.signatures.personal import personal_data
from hub.modules.signatures.port import SignaturesPort
from hub.modules.signatures.service import SignaturesService
from hub.modules.signatures.servicer import SignaturesServicer
from hub.modules.signatures.settings import SignaturesSettings
from hub.modules.signatures.store import SignaturesStore
from hub.modules.signatures.trust import Trust
from hub.modules.signatures.work import SigningWork

_TITLES = {
    "SignDocument": "Подписание документа",
    "SignDocumentStream": "Подписание документа",
    "SignDigests": "Подписание документов",
    "AttachSignature": "Приложение подписи другой стороны",
    "VerifySignature": "Проверка подписи",
    "VerifySignatureStream": "Проверка подписи",
    "ListCertificates": "Запрос сертификатов",
    "GetCertificate": "Запрос сертификата",
    "signatures.signature.state_changed": "Изменилось состояние подписи",
    work.SIGN: "Запрос подписи у агента",
}


async def build(settings: SignaturesSettings, ctx: ModuleContext) -> RunningModule:
    """Build the module around the agents."""
    provider = load_provider(ctx.name, settings.provider)
    port: SignaturesPort = provider.build(provider.Settings(), ctx)
    store = SignaturesStore(ring=ctx.columns)
    trust = Trust(settings=settings.trust, path=ctx.path, clock=ctx.clock)
    signing_work = SigningWork(
        port=port,
        store=store,
        trust=trust,
        database=ctx.database,
        events=ctx.events,
        persons=ctx.persons,
        clock=ctx.clock,
        settings=settings,
    )
    service = SignaturesService(
        port=port,
        store=store,
        trust=trust,
        work=signing_work,
        database=ctx.database,
        effects=ctx.effects,
        clock=ctx.clock,
        ids=ctx.ids,
    )

    stop_observing = port.observe(lambda fault: ctx.report_ready(ready=not fault, reason=fault))

    async def close() -> None:
        stop_observing()

    return RunningModule(
        services={
            "landhub.signatures.v1.SignaturesService": SignaturesServicer(
                service=service, pages=ctx.pages, clock=ctx.clock
            )
        },
        jobs=signing_work.kinds(),
        titles=_TITLES,
        personal=(personal_data(resource=work.SIGNATURE, keep=timedelta(days=settings.keep_personal_days)),),
        remedies={"PIN_REQUIRED": "Unlock the key at its agent: `signer-agent unlock`; the work then goes on."},
        providers=(port.name,),
        close=close,
    )


MODULE = ModuleSpec(name="signatures", settings=SignaturesSettings, build=build, evidence=evidence_of)
