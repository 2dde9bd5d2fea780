"""Wires the signatures module."""

from datetime import timedelta
from functools import partial

from hub.module_api import ModuleContext, ModuleSpec, Prober, RunningModule, load_provider
from hub.modules.signatures import work
from hub.modules.signatures.evidence import evidence_of
from hub.modules.signatures.examining import examine
from hub.modules.signatures.fetching import CrlFetching, ListGauges
from hub.modules.signatures.personal import personal_data
from hub.modules.signatures.port import SignaturesPort, TimestampPort
from hub.modules.signatures.providers import cdp
from hub.modules.signatures.records import SIGNATURE
from hub.modules.signatures.service import SignaturesService
from hub.modules.signatures.servicer import SignaturesServicer
from hub.modules.signatures.settings import FetchingSettings, SignaturesSettings, TimestampSettings
from hub.modules.signatures.stamping import STAMP, StampingWork
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
    "signatures.signature.timestamp_changed": "Изменилось состояние штампа времени подписи",
    work.SIGN: "Запрос подписи у агента",
    STAMP: "Запрос штампа времени",
}


async def build(settings: SignaturesSettings, ctx: ModuleContext) -> RunningModule:
    """Build the module around the agents."""
    provider = load_provider(ctx.name, settings.provider)
    port: SignaturesPort = provider.build(provider.Settings(), ctx)
    timestamps = _timestamps(settings.timestamps, ctx)
    store = SignaturesStore(ring=ctx.columns)
    trust = Trust(settings=settings.trust, path=ctx.path, clock=ctx.clock)
    stamping = _stamping(timestamps, settings.timestamps, ctx, store=store, trust=trust)
    signing_work = SigningWork(
        port=port,
        store=store,
        trust=trust,
        database=ctx.database,
        events=ctx.events,
        persons=ctx.persons,
        clock=ctx.clock,
        settings=settings,
        stamping=stamping,
    )
    fetching = _fetching(settings.trust.fetching, ctx, trust)
    service = SignaturesService(
        port=port,
        store=store,
        trust=trust,
        work=signing_work,
        stamping=stamping,
        database=ctx.database,
        effects=ctx.effects,
        clock=ctx.clock,
        ids=ctx.ids,
    )

    stop_observing = port.observe(lambda fault: ctx.report_ready(ready=not fault, reason=fault))

    async def close() -> None:
        stop_observing()
        if timestamps is not None:
            await timestamps.close()
        await fetching.close()

    return RunningModule(
        services={
            "landhub.signatures.v1.SignaturesService": SignaturesServicer(
                service=service, pages=ctx.pages, clock=ctx.clock
            )
        },
        jobs=(*signing_work.kinds(), *stamping.kinds()),
        titles=_TITLES,
        personal=(personal_data(resource=SIGNATURE, keep=timedelta(days=settings.keep_personal_days)),),
        remedies={"PIN_REQUIRED": "Unlock the key at its agent: `signer-agent unlock`; the work then goes on."},
        providers=(port.name,) if timestamps is None else (port.name, timestamps.name),
        probes=_probes(ctx, timestamps, fetching, settings.trust.fetching),
        start=fetching.start,
        close=close,
    )


def _probes(
    ctx: ModuleContext, timestamps: TimestampPort | None, fetching: CrlFetching, settings: FetchingSettings
) -> dict[str, Prober]:
    found: dict[str, Prober] = {f"{ctx.name}.crl.{name}": partial(fetching.fetch, name) for name in settings.points}
    if timestamps is not None:
        found[f"{ctx.name}.{timestamps.name}"] = timestamps.probe
    return found


def _fetching(settings: FetchingSettings, ctx: ModuleContext, trust: Trust) -> CrlFetching:
    points = [
        cdp.build(
            cdp.Settings(
                url=point.url,
                ca_bundle=point.ca_bundle,
                private_networks=settings.private_networks,
                max_list_mib=settings.max_list_mib,
            ),
            ctx,
            name=name,
        )
        for name, point in settings.points.items()
    ]
    return CrlFetching(
        points=points,
        known=trust.authorities,
        folder=ctx.path(settings.folder),
        every_seconds=settings.every_minutes * 60,
        gauges=ListGauges(registry=ctx.metrics),
        clock=ctx.clock,
    )


def _stamping(
    port: TimestampPort | None,
    settings: TimestampSettings,
    ctx: ModuleContext,
    *,
    store: SignaturesStore,
    trust: Trust,
) -> StampingWork:
    return StampingWork(
        port=port,
        store=store,
        trust=trust,
        database=ctx.database,
        outbox=ctx.outbox,
        events=ctx.events,
        clock=ctx.clock,
        ids=ctx.ids,
        settings=settings,
    )


def _timestamps(settings: TimestampSettings, ctx: ModuleContext) -> TimestampPort | None:
    if not settings.provider:
        return None
    provider = load_provider(ctx.name, settings.provider)
    port: TimestampPort = provider.build(
        provider.Settings.model_validate(settings.providers.get(settings.provider, {})), ctx
    )
    return port


MODULE = ModuleSpec(name="signatures", settings=SignaturesSettings, build=build, evidence=evidence_of, examine=examine)
