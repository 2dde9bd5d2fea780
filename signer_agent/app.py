"""The composition: settings to parts to a server. No rules here."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from importlib import metadata
from pathlib import Path
from types import MappingProxyType
from typing import Final, Self

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from opentelemetry.trace import Tracer
from prometheus_client import CollectorRegistry

from signer_agent.attestation import read_attestation_key
from signer_agent.clock import Clock, SystemClock
from signer_agent.console import Console, console_path
from signer_agent.documents import Documents
from signer_agent.errors import SettingsError, UnavailableError
from signer_agent.exchange import CheckpointExchange, read_audit_key, read_journal_key
from signer_agent.exporting import Exporter
from signer_agent.journal import Journal
from signer_agent.journal_file import Draft, JournalDamagedError, JournalFile, JournalWriteError
from signer_agent.journal_record import Entry, Phase
from signer_agent.keys.choice import make_backend
from signer_agent.keys.port import KeyBackend, Unlockable
from signer_agent.keys.settings import ASK
from signer_agent.ledger import Ledger
from signer_agent.metrics import AgentMetrics
from signer_agent.policy import Policy
from signer_agent.policy_version import keep_policy
from signer_agent.refusals import Refusals
from signer_agent.rpc.chain import Chain
from signer_agent.rpc.identify import Identify
from signer_agent.rpc.server import Server
from signer_agent.rpc.servicer import SignerServicer
from signer_agent.rpc.tls import ServerCredentials
from signer_agent.rpc.validating import Validating
from signer_agent.service import SigningService, clock_is_behind
from signer_agent.settings import Settings
from signer_agent.signers import Signers
from signer_agent.spool import Spool
from signer_agent.telemetry import make_tracer_provider, serve_metrics

LOG = structlog.get_logger(__name__)

_WORKERS: Final = 2  # threads that use keys: as many as were measured to help
_STATE_JOURNAL_SECONDS: Final = 60.0  # so long a signature waits at most until its evidence can be exported
_WATCH_CLOCK_SECONDS: Final = 0.5  # a subtraction
_KEYS_REFRESH_SECONDS: Final = 5.0  # a certificate put into the folder is seen within that time

MakeBackend = Callable[[Settings, Path], KeyBackend]


def make_policy(settings: Settings, directory: Path) -> Policy:
    """The policy with the keys it names.

    Raises:
        SettingsError: a public key can't be read.
    """
    keys = {
        name: read_attestation_key(directory / key.public_key, caller=key.caller)
        for name, key in settings.attestation_keys.items()
    }
    return Policy(rules=settings.rules, attestation_keys=keys)


class Agent:
    """One agent that serves from `start` to `stop`."""

    def __init__(self, *, settings: Settings, directory: Path, clock: Clock, backend: KeyBackend) -> None:
        """Put it together.

        Raises:
            SettingsError: a file is missing, open to others or unusable.
        """
        self._settings = settings
        self._backend = backend
        self._journal_folder = directory / settings.journal.folder
        self._policy = policy = make_policy(settings, directory)
        credentials = _make_credentials(settings, directory)
        hub_key = _hub_key(settings, directory)
        ledger = Ledger(max_requests=settings.journal.max_remembered_requests)
        metrics = AgentMetrics(registry=CollectorRegistry(), backend=backend)
        self._metrics = metrics
        self._clock = clock
        file = _open_journal(settings, directory, clock, ledger)
        self._journal = Journal(file=file, told=metrics.told, appending=metrics.appending)
        self._workers = ThreadPoolExecutor(max_workers=_WORKERS, thread_name_prefix="keys")
        self._readers = ThreadPoolExecutor(max_workers=_WORKERS, thread_name_prefix="documents")
        version = metadata.version("landhub")
        self._tracing = make_tracer_provider(settings.telemetry, agent=settings.name, version=version)
        tracer = self._tracing.get_tracer("signer_agent")
        refusals = Refusals(clock=clock, told=metrics.told)
        validating = Validating()
        signers = Signers(backend=backend, timed=metrics.timed)
        backend.trace_with(tracer)
        documents = self._make_documents(policy, signers, ledger)
        self._service = SigningService(
            policy=policy,
            ledger=ledger,
            journal=self._journal,
            signers=signers,
            refusals=refusals,
            clock=clock,
            tracer=tracer,
            workers=self._workers,
            max_waiting=_max_waiting(settings, backend),
        )
        metrics.watch(journal=self._journal, service=self._service, clock=clock)
        servicer = SignerServicer(
            agent=settings.name,
            service=self._service,
            documents=documents,
            exchange=CheckpointExchange(hub_key=hub_key, journal=self._journal, ledger=ledger),
            journal=self._journal,
            exporter=Exporter(folder=self._journal_folder, ledger=ledger),
            backend=backend,
            validating=validating,
            clock=clock,
            tracer=tracer,
            workers=self._workers,
        )
        identify = _make_identify(settings, directory, clock)
        chain = self._make_chain(identify, validating, refusals, tracer)
        self._server = Server(settings=settings.server, credentials=credentials, chain=chain, servicer=servicer)
        self._console = _make_console(settings, directory, backend, self._journal, self._workers)
        self._background: list[asyncio.Task[None]] = []
        self._exposition: Callable[[], None] = lambda: None

    def _make_chain(self, identify: Identify, validating: Validating, refusals: Refusals, tracer: Tracer) -> Chain:
        server = self._settings.server
        return Chain(
            identify=identify,
            validating=validating,
            journal=self._journal,
            refusals=refusals,
            tracer=tracer,
            max_calls=server.max_concurrent_calls,
            max_call_seconds=server.max_call_seconds,
            max_stream_seconds=server.max_stream_seconds,
        )

    @classmethod
    def build(
        cls,
        *,
        settings: Settings,
        directory: Path,
        clock: Clock | None = None,
        backend: MakeBackend = make_backend,
    ) -> Self:
        """Put an agent together from its settings, in the event loop that will run it.

        Raises:
            SettingsError: the installation can't be used as it is; the message says what to do.
        """
        return cls(
            settings=settings,
            directory=directory,
            clock=clock or SystemClock(),
            backend=backend(settings, directory),
        )

    async def start(self) -> int:
        """Journal the start, begin to serve and return the port.

        Raises:
            SettingsError: the address can't be had, or the journal can't be written.
        """
        details = {
            "version": metadata.version("landhub"),
            "certificates": str(len(self._backend.certificates())),
            "policy": self._policy.version,
        }
        started = Entry(phase=Phase.STARTED, details=MappingProxyType(details))
        try:
            keep_policy(self._journal_folder, self._policy.document)
            await self._journal.append([Draft(entry=started)])
            await self._journal.checkpoint()
        except UnavailableError as error:
            raise SettingsError(error.message) from error
        except OSError as error:
            raise SettingsError(f"{error.filename}: {error.strerror}") from error
        if self._console is not None:
            await self._console.start()
        port = await self._server.start()
        loops = (self._refresh_keys(), self._state_journal(), self._watch_clock())
        self._background = [asyncio.create_task(loop) for loop in loops]
        self._exposition = serve_metrics(self._settings.telemetry, self._metrics.registry)
        return port

    async def stop(self) -> None:
        """Drain: take nothing new, bring what was begun to its end, and close the journal."""
        grace = self._settings.server.drain_seconds
        await self._server.stop(grace_seconds=grace)
        await self._service.finish(timeout_seconds=grace)
        for task in self._background:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        if self._console is not None:
            await self._console.stop()
        self._exposition()
        self._workers.shutdown()
        self._readers.shutdown()
        self._backend.close()
        try:
            await self._journal.close()
        except JournalWriteError as error:
            LOG.warning("checkpoint_not_kept", cause=str(error))
        self._tracing.shutdown()

    def _make_documents(self, policy: Policy, signers: Signers, ledger: Ledger) -> Documents:
        server = self._settings.server
        return Documents(
            policy=policy,
            signers=signers,
            ledger=ledger,
            journal=self._journal,
            readers=self._readers,
            spool=Spool(folder=self._journal_folder / "documents"),
            max_document_bytes=server.max_document_bytes,
            max_spooled_bytes=server.max_spooled_bytes,
        )

    async def _refresh_keys(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(_KEYS_REFRESH_SECONDS)
            await loop.run_in_executor(self._workers, self._backend.refresh)

    async def _watch_clock(self) -> None:
        """Let health say so while the clock stands behind the journal, and no longer."""
        was_behind = False
        while True:
            is_behind = clock_is_behind(self._clock.now(), self._journal)
            if is_behind != was_behind:
                (LOG.error if is_behind else LOG.info)("clock_behind_journal", behind=is_behind)
                await self._server.tell_health(serving=not is_behind)
                was_behind = is_behind
            await asyncio.sleep(_WATCH_CLOCK_SECONDS)

    async def _state_journal(self) -> None:
        while True:
            await asyncio.sleep(_STATE_JOURNAL_SECONDS)
            await self._journal.state()


def _max_waiting(settings: Settings, backend: KeyBackend) -> int:
    server = settings.server
    return server.max_waiting_signatures if backend.signs_in_process else server.max_waiting_slow_signatures


def journal_chain(settings: Settings) -> str:
    """What checkpoints call this agent's journal."""
    return f"journal:{settings.name}"


def _make_console(
    settings: Settings, directory: Path, backend: KeyBackend, journal: Journal, workers: ThreadPoolExecutor
) -> Console | None:
    """Where a person unlocks keys, if any key is unlocked by one."""
    pins = settings.keys.pins
    if not isinstance(backend, Unlockable) or ASK not in {pins.default, *pins.certificates.values()}:
        return None
    return Console(
        path=console_path(settings, directory),
        backend=backend,
        journal=journal,
        workers=workers,
        max_seconds=pins.max_unlock_seconds,
    )


def _hub_key(settings: Settings, directory: Path) -> Ed25519PublicKey | None:
    path = settings.hub.audit_public_key
    return read_audit_key(directory / path) if path is not None else None


def _make_credentials(settings: Settings, directory: Path) -> ServerCredentials:
    tls = settings.tls
    return ServerCredentials(
        certificate=directory / tls.certificate, key=directory / tls.key, client_ca=directory / tls.client_ca
    )


def _make_identify(settings: Settings, directory: Path, clock: Clock) -> Identify:
    tls = settings.tls
    return Identify(
        client_ca=directory / tls.client_ca,
        client_crl=directory / tls.client_crl if tls.client_crl is not None else None,
        clients=tls.clients,
        denied_fingerprints=tls.denied_fingerprints,
        clock=clock,
    )


def _open_journal(settings: Settings, directory: Path, clock: Clock, ledger: Ledger) -> JournalFile:
    try:
        return JournalFile.open(
            folder=directory / settings.journal.folder,
            chain=journal_chain(settings),
            key=read_journal_key(directory / settings.journal.key),
            clock=clock,
            on_record=ledger.apply,
        )
    except (JournalDamagedError, JournalWriteError) as error:
        raise SettingsError(str(error)) from error
