"""Builds the providers of an installation outside of a hub, to look at what they reach; nothing is served."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from opentelemetry.trace import NoOpTracer
from prometheus_client import CollectorRegistry

from hub.core.clock import Clock
from hub.core.ids import Ids
from hub.core.mode import Mode
from hub.core.secrets import SecretError, Secrets
from hub.core.telemetry import Telemetry
from hub.module_api import Prober, load_module, load_provider
from hub.resilience.upstream import Upstream, Upstreams
from hub.settings import Profile, Settings, SettingsError, validate_module


@dataclass(frozen=True, slots=True, kw_only=True)
class StandaloneContext:
    """What a provider is built from; see ProviderContext."""

    clock: Clock
    secrets: Secrets
    telemetry: Telemetry
    upstreams: Upstreams
    development: bool
    path: Callable[[str], Path]


@dataclass(frozen=True, slots=True, kw_only=True)
class StandaloneProvider:
    """A provider of a module that is not off, with its way out; or why it can't be built."""

    name: str
    upstream: Upstream | None = None
    prober: Prober | None = None
    problem: str = ""


@asynccontextmanager
async def standalone_providers(
    settings: Settings, folder: Path, *, secrets: Secrets, clock: Clock, ids: Ids
) -> AsyncIterator[list[StandaloneProvider]]:
    """Give the providers that modules choose by `provider` and `providers`, or for each of their `accounts`.

    Their connections are closed afterwards.
    """
    context = StandaloneContext(
        clock=clock,
        secrets=secrets,
        telemetry=Telemetry(tracer=NoOpTracer()),
        upstreams=Upstreams(clock=clock, ids=ids, registry=CollectorRegistry()),
        development=settings.profile is Profile.DEVELOPMENT,
        path=lambda path: folder / path,
    )
    async with AsyncExitStack() as closing:
        found = []
        for module, table in settings.modules.items():
            if table.mode is not Mode.OFF:
                found += _built(module, table.table, context, closing)
        yield found


def _built(
    module: str, table: Mapping[str, Any], context: StandaloneContext, closing: AsyncExitStack
) -> list[StandaloneProvider]:
    """The module's own provider, and those that a table of its settings chooses ([modules.signatures.timestamps])."""
    try:
        settings: Any = validate_module(module, table, load_module(module).settings)
    except (SettingsError, LookupError, ImportError, ValueError) as error:
        return [StandaloneProvider(name=module, problem=_told(error))]
    chosen = [settings, *(value for _, value in settings)]
    choosing = [each for each in chosen if isinstance(getattr(each, "providers", None), Mapping) and each.provider]
    chosen_one = [
        _Choice(module=module, name=each.provider, provider=each.provider, table=each.providers.get(each.provider, {}))
        for each in choosing
    ]
    accounts: Mapping[str, Any] = getattr(settings, "accounts", {})
    by_account = [
        _Choice(module=module, name=name, provider=each.provider, table=each.settings, more={"account": name})
        for name, each in accounts.items()
    ]
    return [_provider(choice, context, closing) for choice in (*chosen_one, *by_account)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Choice:
    """A provider that settings choose; its way out is called by module and name. `more` is told when it is built."""

    module: str
    name: str
    provider: str
    table: Mapping[str, Any]
    more: Mapping[str, str] = field(default_factory=dict)


def _provider(choice: _Choice, context: StandaloneContext, closing: AsyncExitStack) -> StandaloneProvider:
    name = f"{choice.module}.{choice.name}"
    try:
        loaded = load_provider(choice.module, choice.provider)
        port = loaded.build(loaded.Settings.model_validate(choice.table), context, **choice.more)
    except (SecretError, LookupError, ImportError, OSError, ValueError) as error:
        return StandaloneProvider(name=name, problem=_told(error))
    close: Callable[[], Awaitable[None]] = port.close
    closing.push_async_callback(close)
    return StandaloneProvider(name=name, upstream=context.upstreams.get(name), prober=getattr(port, "probe", None))


def _told(error: Exception) -> str:
    if isinstance(error, SettingsError):
        return "; ".join(error.problems)
    return type(error).__name__ if type(error).__module__.startswith("pydantic") else str(error)
