"""When every certificate runs out that this installation stands on: the one place that knows."""

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

    `name` tells certificates of one place apart: the SHA-1 thumbprint of a signing certificate, else empty.
    `fingerprint` is its SHA-256, hex: a renewed one has another.
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
        return (*self._channels(), *self._signers)

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
