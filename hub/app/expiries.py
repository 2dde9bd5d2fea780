"""When every certificate runs out that this installation stands on: the one place that knows."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from hub.app.profile import certificate_files
from hub.core.errors import HubError
from hub.settings import Settings
from hub.signing.port import SigningPort


@dataclass(frozen=True, slots=True, kw_only=True)
class Expiry:
    """A certificate in use. `what` is its place in the settings, or "signing" for one that an agent signs with.

    Or "licence", for the licence of what holds an agent's keys. `name` tells those of one place apart: the SHA-1
    thumbprint of a signing certificate, the agent of a licence, else empty. `fingerprint` is its SHA-256, hex: one
    that was renewed has another.
    """

    what: str
    name: str
    fingerprint: str
    expire_time: datetime


class Expiries:
    """Reads the certificates anew each time: they are replaced while the hub serves."""

    def __init__(self, *, settings: Settings, folder: Path, signing: SigningPort | None) -> None:
        self._settings = settings
        self._folder = folder
        self._signing = signing
        self._signers: tuple[Expiry, ...] = ()
        self._licences: tuple[Expiry, ...] = ()

    async def read(self) -> tuple[Expiry, ...]:
        """Return all of them. What an agent had before it went away still counts; a file that can't be read doesn't."""
        if self._signing is not None:
            try:
                held = await self._signing.list_certificates()
            except HubError:
                held = ()
            self._signers = (
                tuple(
                    Expiry(
                        what="signing",
                        name=certificate.facts.thumbprint,
                        fingerprint=certificate.facts.sha256,
                        expire_time=certificate.facts.not_after,
                    )
                    for certificate in held
                    if certificate.has_private_key
                )
                or self._signers
            )
            self._licences = await self._licences_now(self._signing)
        return (*self._channels(), *self._signers, *self._licences)

    async def _licences_now(self, signing: SigningPort) -> tuple[Expiry, ...]:
        """What an agent told before it went away still counts."""
        told = await signing.licences()
        kept = [licence for licence in self._licences if licence.name not in told]
        return (*kept, *(_licence(agent, time) for agent, time in told.items()))

    def _channels(self) -> Iterator[Expiry]:
        for what, name in certificate_files(self._settings):
            try:
                found = x509.load_pem_x509_certificates((self._folder / name).read_bytes())
            except (OSError, ValueError):
                continue  # `hub doctor` says so
            # Of a bundle the last one to run out: while a CA is replaced the old one is in it too.
            newest = max(found, key=lambda certificate: certificate.not_valid_after_utc)
            yield Expiry(
                what=what,
                name="",
                fingerprint=newest.fingerprint(hashes.SHA256()).hex(),
                expire_time=newest.not_valid_after_utc,
            )


def _licence(agent: str, expire_time: datetime) -> Expiry:
    """A licence is named by its end: it has no number that may be told."""
    named = hashlib.sha256(f"licence {agent} {expire_time.isoformat()}".encode()).hexdigest()
    return Expiry(what="licence", name=agent, fingerprint=named, expire_time=expire_time)
