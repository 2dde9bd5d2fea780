"""Changes a provider's sealed secret while the hub serves: proven live first, kept as it was if it doesn't work."""

import asyncio
import os
from collections.abc import Callable, Iterable, Sequence
from functools import partial

import structlog
from sqlalchemy import Connection

from hub.app.core import Core
from hub.app.modules import HostedModule, Modules
from hub.app.prepare import Installation
from hub.core.audit import Audit, AuditRecord, Phase
from hub.core.clock import Clock
from hub.core.errors import HubError
from hub.core.jobs import Done, Job, JobKind, Lease, Next
from hub.core.outbox import Outbox
from hub.core.secrets import Secret, SecretError, Secrets
from hub.installation.sealed import sealed_file
from hub.module_api import Renewal, Take
from sealed.files import SealedError
from sealed.store import SealedFile

log = structlog.get_logger(__name__)

ROTATE = "core.rotate_secret"
METHOD = "hub.secret.rotate"
LOOK_SECONDS = 5.0  # between looks whether another process changed the sealed file
PROOF_SECONDS = 60.0  # a probe has its policy's attempts

_Stamp = tuple[int, int, int] | None


class SecretRotation:
    """A job tries the new value that `hub secret rotate` left; a watch takes what another process has proven.

    Args:
        hosted: The modules; those that run are asked how their providers take new credentials.
        secrets: Resolves references as they are in use.
        sealed: Opens the sealed file; raises SealedError.
    """

    def __init__(
        self,
        *,
        hosted: Callable[[], Iterable[HostedModule]],
        secrets: Secrets,
        sealed: Callable[[], SealedFile],
        audit: Audit,
        clock: Clock,
        outbox: Outbox,
    ) -> None:
        self._hosted = hosted
        self._secrets = secrets
        self._sealed = sealed
        self._audit = audit
        self._clock = clock
        self._stamp = self._present_stamp()
        outbox.register(JobKind(name=ROTATE, handler=self._handle, concurrency=1))

    async def run_forever(self) -> None:
        """Take what another process changed in the sealed file."""
        while True:
            await self._clock.sleep(LOOK_SECONDS)
            stamp = await asyncio.to_thread(self._present_stamp)
            if stamp != self._stamp:
                self._stamp = stamp
                await self._follow()

    async def _handle(self, job: Job, lease: Lease) -> Next:
        name = job.payload["name"]
        reason = await self._rotated(name)

        def told(conn: Connection) -> None:
            self._audit.append(conn, _record(job, name, reason))

        log.info("secret.rotated" if not reason else "secret.kept", secret=name, reason=reason)
        return await lease.settle(told, then=Done(), code="FAILED_PRECONDITION" if reason else "OK", reason=reason)

    async def _rotated(self, name: str) -> str:
        """Try the new value and put it in use; returns why not, empty if it is in use."""
        try:
            sealed = self._sealed()
            value = Secret(await asyncio.to_thread(lambda: sealed.get(name, candidate=True)))
        except SealedError:
            return "NOTHING_TO_TRY"
        renewals = self._using(f"sealed:{name}")
        reason = "" if renewals else "NOT_IN_USE"
        takes: Sequence[Take] = ()
        if renewals:
            takes, reason = await _proven(renewals, self._secrets.trying(name, value))
        await asyncio.to_thread(self._keep, sealed, name, is_taken=not reason)
        for take in takes if not reason else ():
            take()
        self._stamp = await asyncio.to_thread(self._present_stamp)
        return reason

    def _keep(self, sealed: SealedFile, name: str, *, is_taken: bool) -> None:
        try:
            if is_taken:
                sealed.promote(name, now=self._clock.now())
            else:
                sealed.discard(name)
        except (OSError, SealedError) as error:
            # A hardened service may not write there; then whoever ran `hub secret rotate` does.
            log.warning("secret.file_not_written", secret=name, error_type=type(error).__name__)

    async def _follow(self) -> None:
        renewals = self._using("sealed:")
        takes, reason = await _proven(renewals, self._secrets)
        for take in takes if not reason else ():
            take()
        log.info("secret.followed" if not reason else "secret.kept", providers=len(renewals), reason=reason)

    def _using(self, reference: str) -> list[Renewal]:
        """Return the providers with a secret whose reference is this, or begins so if it ends in a colon."""
        running = [hosted.running for hosted in self._hosted() if hosted.running is not None]
        renewals = [renewal for module in running for renewal in module.renewals.values()]
        if reference.endswith(":"):
            return [renewal for renewal in renewals if any(name.startswith(reference) for name in renewal.references)]
        return [renewal for renewal in renewals if reference in renewal.references]

    def _present_stamp(self) -> _Stamp:
        try:
            status = self._sealed().path.stat()
        except (SealedError, OSError):
            return None
        return status.st_mtime_ns, status.st_size, status.st_ino


def secret_rotation(installation: Installation, core: Core, modules: Modules) -> SecretRotation:
    """Return the rotation of an installation's secrets, its job registered."""
    return SecretRotation(
        hosted=modules.hosted.values,
        secrets=installation.secrets,
        sealed=partial(sealed_file, installation.settings, installation.folder, os.environ),
        audit=core.audit,
        clock=core.clock,
        outbox=core.outbox,
    )


async def _proven(renewals: Iterable[Renewal], secrets: Secrets) -> tuple[Sequence[Take], str]:
    """Return what puts all of them in use, or why one of them doesn't work."""
    takes: list[Take] = []
    for renewal in renewals:
        try:
            async with asyncio.timeout(PROOF_SECONDS):
                takes.append(await renewal.prove(secrets))
        except HubError as error:
            return (), error.reason
        except TimeoutError:
            return (), "UPSTREAM_UNAVAILABLE"
        except (SecretError, ValueError, OSError) as error:
            log.warning("secret.unusable", error_type=type(error).__name__)
            return (), "SECRET_UNUSABLE"
    return takes, ""


def _record(job: Job, name: str, reason: str) -> AuditRecord:
    return AuditRecord(
        phase=Phase.ADMIN,
        method=METHOD,
        caller=job.new.caller,
        request_id=job.new.request_id,
        resource=f"hub.Secret/{name}",
        code="FAILED_PRECONDITION" if reason else "OK",
        reason=reason or "ROTATED",
    )
