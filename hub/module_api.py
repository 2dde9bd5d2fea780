"""What a module author sees: what a module is given, what it gives back, and how it is found.

A module is the folder hub/modules/<name>/ with a `module.py` that holds `MODULE = ModuleSpec(...)`. Its settings are
the table [modules.<name>], its proto package is landhub.<name>.v1. Nothing of it is imported while its mode is off.
"""

import importlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any, Protocol, TypeVar

from aiohttp import web
from prometheus_client import CollectorRegistry
from pydantic import BaseModel
from sqlalchemy import Connection

from evidence.chains import Run
from hub.core.audit import Audit
from hub.core.call import Call
from hub.core.clock import Clock
from hub.core.crypto import KeyedHash, KeyRing
from hub.core.database import Database
from hub.core.effects import Effects
from hub.core.erasure import PersonalData
from hub.core.events import Events
from hub.core.findings import Finding
from hub.core.ids import Ids
from hub.core.jobs import JobHandler, JobKind
from hub.core.mode import Mode
from hub.core.outbox import Outbox, Schedule
from hub.core.persons import Persons
from hub.core.secrets import Secrets
from hub.core.telemetry import Telemetry
from hub.resilience.upstream import Upstreams
from hub.rpc.pages import PageTokens
from hub.signing.port import SigningPort
from hub.web.public import WebhookRefusedError

__all__ = [
    "Evidence",
    "EvidenceContext",
    "Mode",
    "ModuleContext",
    "ModuleSpec",
    "Prober",
    "Renewal",
    "ReportReady",
    "Resolution",
    "Resolver",
    "RunningModule",
    "StuckLister",
    "StuckResource",
    "Subscription",
    "Take",
    "WebhookRefusedError",
    "load_module",
    "load_provider",
    "prove_apart",
    "shipped_modules",
]


class ReportReady(Protocol):
    """Tell whether the module's services can do their work now; health answers accordingly. Cheap, any time."""

    def __call__(self, *, ready: bool, reason: str = "") -> None:
        """Report; `reason` is a short sentence for operators, needed when not ready."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleContext:
    """Everything a module is given. It takes what it needs from here and reaches for nothing else.

    Attributes:
        name: The module's name, "rosreestr".
        clock, ids: Time, ids and randomness; there are no others.
        database: Transactions: `await database.write(fn, label=...)`, `await database.read(fn)`.
        effects: The only way to change the outside world.
        outbox: Writes more jobs inside a transaction: `outbox.enqueue(conn, NewJob(...))`.
        events: Appends events inside a transaction, reads and streams them.
        audit: For records beyond those that effects and the inbound chain write by themselves.
        columns: Keys of encrypted columns: `SealedColumn(ring=columns, table=..., column=...)`.
        persons: Notes whose data a resource holds, so that it can be erased by person.
        hashes: Keyed pseudonyms: equal personal values are recognised, none can be guessed.
        secrets: Resolves `env:` and `file:` references of the module's settings.
        metrics: Where the module's own metrics are registered.
        telemetry: Spans.
        upstreams: Makes and keeps the module's ways out; never open a connection past them.
        signing: The signer agents; None if the settings name none.
        development: True in the development profile: loopback and sandbox hosts are allowed.
        path: Turns a path of the settings, relative to the installation, into an absolute one.
        pages: Page tokens bound to their request.
        report_ready: See ReportReady. A module that started is ready until it says otherwise.
    """

    name: str
    clock: Clock
    ids: Ids
    database: Database
    effects: Effects
    outbox: Outbox
    events: Events
    audit: Audit
    columns: KeyRing = field(repr=False)
    persons: Persons
    hashes: KeyedHash = field(repr=False)
    secrets: Secrets = field(repr=False)
    metrics: CollectorRegistry
    telemetry: Telemetry
    upstreams: Upstreams
    signing: SigningPort | None
    development: bool
    path: Callable[[str], Path]
    pages: PageTokens
    report_ready: ReportReady


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """Have `handler` run as a durable job for each event of a type; `name` is "<module>.<verb>"."""

    type: str
    name: str
    handler: JobHandler


@dataclass(frozen=True, slots=True, kw_only=True)
class StuckResource:
    """One resource whose outcome nobody can find out by asking: a person has to settle it.

    Attributes:
        resource: "rosreestr.Registration/0192…".
        kind: The work, in a word: "rosreestr.submit".
        since: Since when.
        last_error: A reason code, no personal data.
        business_reference: Its story.
        remedy: What a person may do about it, a sentence.
    """

    resource: str
    kind: str
    since: datetime
    last_error: str = ""
    business_reference: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """What a person found out about an unknown outcome.

    Attributes:
        resource_id: The id after the slash.
        vendor_id: The vendor's id if it happened; None if it did not.
        reason: How that is known, for the audit.
    """

    resource_id: str
    vendor_id: str | None
    reason: str


Resolver = Callable[[Call, Resolution], Awaitable[str]]
"""Settles the outcome through `effects.record` and returns the state the resource has now.

Raises NotFoundError (no such resource) or PreconditionError (the outcome is known: domain "landhub.hub.v1", reason
OUTCOME_KNOWN).
"""

Take = Callable[[], None]
"""Puts what was proven in use, from the next call on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewal:
    """How a provider takes new credentials while it works.

    Attributes:
        references: The secrets that its settings name, "sealed:gateway-key".
        prove: Builds it anew with these secrets and makes one harmless read; returns what puts it in use. It raises
            HubError, SecretError, ValueError or OSError if they don't work; then nothing has changed.
    """

    references: frozenset[str]
    prove: Callable[[Secrets], Awaitable[Take]]


class Provider(Protocol):
    """What all ports of providers have in common."""

    async def probe(self) -> None:
        """Make one harmless read with the real credentials."""
        ...

    async def close(self) -> None:
        """Give the connections back."""
        ...


_Port = TypeVar("_Port", bound=Provider)


async def prove_apart(
    exchange: Callable[[_Port], None],
    ctx: ModuleContext,
    build_port: Callable[[ModuleContext], _Port],
    secrets: Secrets,
) -> Take:
    """Try new secrets on connections of their own, whose failures neither open the breaker nor cost a call."""
    apart = Upstreams(clock=ctx.clock, ids=ctx.ids, registry=CollectorRegistry())
    trial = build_port(replace(ctx, secrets=secrets, upstreams=apart))
    try:
        await trial.probe()
    finally:
        await trial.close()
    successor = build_port(replace(ctx, secrets=secrets, upstreams=ctx.upstreams.keeping()))
    return lambda: exchange(successor)


StuckLister = Callable[[int], Awaitable[Sequence[StuckResource]]]
"""Returns the oldest resources in state OUTCOME_UNKNOWN that wait for a person, so many at most, of every owner."""


Prober = Callable[[], Awaitable[None]]
"""Makes one read of an upstream with the real credentials that changes and costs nothing; raises HubError."""


async def _nothing() -> None:
    """Start or close nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningModule:
    """A module that was built: what it serves and does. `build` opens nothing that `close` does not close.

    Attributes:
        services: Proto service full name ("landhub.rosreestr.v1.RosreestrService") to its servicer: an object with
            `async def get_land_plot(self, request, call: Call) -> response` for each RPC; a server stream is an
            asynchronous generator, a client stream gets an asynchronous iterator of requests.
        jobs: The kinds of jobs it runs. In mode read_only their `lease.check()` never passes, so nothing is sent.
        schedules: Jobs that recur.
        subscriptions: Events it listens to.
        resolvers: Resource type ("rosreestr.Registration") to what settles its unknown outcomes.
        stuck: Lists what waits for a person; None if nothing ever does.
        remedies: Reason of a job that waits ("PIN_REQUIRED") to what a person may do about it, a sentence. Such jobs
            are listed as stuck from the first time on; others once they are set back again and again.
        titles: Event type or RPC name ("CreateRegistration") to its line in a story, in Russian.
        personal: What its resources hold about persons, and how it is forgotten.
        providers: Names of the providers it works with, for operators.
        renewals: Name of an upstream to how its provider takes new credentials.
        probes: Name of an upstream to one harmless read of it; see Prober.
        webhooks: Routes of the public listener: fixed paths, all below /<module name>/. Their `request.remote` is who
            sent it, by the word of listed proxies. What they don't heed they raise WebhookRefusedError for.
        start: Runs after jobs and services are registered; raising means not ready, retried with a fresh build.
        close: Runs once when the hub stops, after calls and jobs have ended.
    """

    services: Mapping[str, object]
    jobs: Sequence[JobKind] = ()
    schedules: Sequence[Schedule] = ()
    subscriptions: Sequence[Subscription] = ()
    resolvers: Mapping[str, Resolver] = field(default_factory=lambda: MappingProxyType({}))
    stuck: StuckLister | None = None
    remedies: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    titles: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    personal: Sequence[PersonalData] = ()
    providers: Sequence[str] = ()
    renewals: Mapping[str, Renewal] = field(default_factory=lambda: MappingProxyType({}))
    probes: Mapping[str, Prober] = field(default_factory=lambda: MappingProxyType({}))
    webhooks: Sequence[web.RouteDef] = ()
    start: Callable[[], Awaitable[None]] = _nothing
    close: Callable[[], Awaitable[None]] = _nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A file of evidence, or why there is none; `name` is the resource's id."""

    name: str
    file: bytes = field(default=b"", repr=False)
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceContext:
    """What evidence is made from.

    Attributes:
        business_reference: Whose story it is.
        conn: The database, only read.
        columns: Keys of encrypted columns.
        path: Turns a path of the settings into an absolute one.
        signing: The signer agents; None if the settings name none.
        audited: Returns the runs of the audit that prove intent and outcome of a resource (whichever of these it is
            called), by the outcome's payload hash. It raises EvidenceError.
    """

    business_reference: str
    conn: Connection
    columns: KeyRing = field(repr=False)
    path: Callable[[str], Path]
    signing: SigningPort | None
    audited: Callable[[Sequence[str], str], Awaitable[Sequence[Run]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleSpec:
    """The one constant, MODULE, that the hub looks for in hub/modules/<name>/module.py.

    Attributes:
        name: The folder's name.
        settings: Its settings class: frozen, extra="forbid"; the table [modules.<name>] without `mode`.
        build: Wires the module from its settings. What it raises means: not ready, with the reason, tried again later;
            a SecretError or ValueError (bad settings) stops the hub at start-up instead.
        evidence: Makes the files that prove what happened under a business reference, of the installation's files and
            agents, whether a hub serves or not; None if the module has nothing to prove.
        examine: Looks its files over for `hub doctor`, as of a time, whether a hub serves or not, and asks nobody; gets
            what turns a path of the settings into an absolute one.
    """

    name: str
    settings: type[BaseModel]
    build: Callable[[Any, ModuleContext], Awaitable[RunningModule]]
    evidence: Callable[[Any, EvidenceContext], Awaitable[Sequence[Evidence]]] | None = None
    examine: Callable[[Any, Callable[[str], Path], datetime], Sequence[Finding]] | None = None


def shipped_modules() -> Sequence[str]:
    """Return the names of this release's modules, found by their folders; nothing is imported."""
    folder = Path(__file__).parent / "modules"
    return sorted(path.parent.name for path in folder.glob("*/module.py"))


def load_module(name: str) -> ModuleSpec:
    """Import one module and return its MODULE. Never called for a module that is off.

    Raises:
        LookupError: there is no such module in this release.
        ImportError: the module needs a package that is not installed.
    """
    module = _import(f"hub.modules.{name}", "module")
    if module is None or not isinstance(spec := getattr(module, "MODULE", None), ModuleSpec) or spec.name != name:
        raise LookupError(f"this release has no module {name!r}; remove [modules.{name}] from the settings")
    return spec


def load_provider(module: str, provider: str) -> ModuleType:
    """Import one provider of a module: a file with `Settings` and `build(settings, ctx)`.

    Raises:
        LookupError: the module has no such provider in this release.
        ImportError: the provider needs a package that is not installed.
    """
    found = _import(f"hub.modules.{module}.providers", provider)
    if found is None:
        raise LookupError(f"module {module!r} has no provider {provider!r}; docs/modules/{module}.md lists them")
    return found


def _import(package: str, name: str) -> ModuleType | None:
    """Import package.name; None if that very file does not exist, ImportError if something it needs does not."""
    target = f"{package}.{name}"
    if not name.isidentifier():
        return None
    try:
        return importlib.import_module(target)
    except ModuleNotFoundError as error:
        if error.name in {package, target}:
            return None
        raise
