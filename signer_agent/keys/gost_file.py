"""Keys in a folder: NAME.crt with the certificate and NAME.key with its private key, PKCS#8, encrypted or not."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

import structlog

from gost.certificate import CertificateFacts, read_certificate
from gost.errors import GostError, KeyClosedError, SigningError, WrongPassphraseError
from gost.keys import PrivateKey
from signer_agent.errors import SettingsError
from signer_agent.keys.port import HeldCertificate, KeyBackend, KeyFailedError, KeyLockedError, KeyMissingError
from signer_agent.secret_reference import check_private, read_private

LOG = structlog.get_logger(__name__)

MAX_CERTIFICATES: Final = 1000  # a folder with more is not a folder of keys

_Stamp = tuple[tuple[int, int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pair:
    held: HeldCertificate
    key: PrivateKey | None
    stamp: _Stamp


class GostFileBackend(KeyBackend):
    """The pairs of one folder. A key that others may read is refused; every key has the same passphrase.

    Raises:
        SettingsError: the folder is missing, or a key in it is open to others.
    """

    name = "gost_file"

    def __init__(self, *, folder: Path, passphrase: bytes | None) -> None:
        self._folder = folder
        self._passphrase = passphrase
        self._refreshing = threading.Lock()
        self._by_file: dict[str, _Pair] = {}
        self._by_thumbprint: Mapping[str, _Pair] = MappingProxyType({})
        self._held: Mapping[str, HeldCertificate] = MappingProxyType({})
        if not folder.is_dir():
            raise SettingsError(f"{folder} is missing: make it and put NAME.crt and NAME.key in it")
        for path in folder.glob("*.key"):
            check_private(path)
        self.refresh()

    def certificates(self) -> Mapping[str, HeldCertificate]:
        """All certificates by thumbprint, as of the last look."""
        return self._held

    def refresh(self) -> None:
        """Look again. A pair that can't be read now, being half written, stays as it was."""
        with self._refreshing:
            if not self._folder.is_dir():
                LOG.warning("key_folder_missing", folder=self._folder.name)
                return
            found: dict[str, _Pair] = {}
            for path in sorted(self._folder.glob("*.crt"))[:MAX_CERTIFICATES]:
                known = self._by_file.get(path.stem)
                pair = self._read(path, known)
                if pair is not None:
                    found[path.stem] = pair
            self._by_file = found
            pairs = {pair.held.facts.thumbprint: pair for pair in _keyless_first(found)}
            self._by_thumbprint = MappingProxyType(pairs)
            self._held = MappingProxyType({name: pair.held for name, pair in pairs.items()})

    def sign(self, thumbprint: str, to_be_signed: bytes) -> bytes:
        """Hash and sign in process; some 50 µs for a 256-bit key."""
        pair = self._by_thumbprint.get(thumbprint)
        if pair is None or (pair.key is None and not pair.held.locked):
            raise KeyMissingError("no private key for this certificate")
        if pair.key is None:
            raise KeyLockedError("the key does not open with the passphrase given")
        try:
            return pair.key.sign(to_be_signed)
        except (SigningError, KeyClosedError) as error:
            raise KeyFailedError("the key did not sign") from error

    def close(self) -> None:
        """Forget all keys."""
        with self._refreshing:
            for pair in self._by_file.values():
                if pair.key is not None:
                    pair.key.close()
            self._by_file = {}
            self._by_thumbprint = MappingProxyType({})
            self._held = MappingProxyType({})

    def _read(self, path: Path, known: _Pair | None) -> _Pair | None:
        """The pair of one certificate file; the known one while its files are the same or can't be read."""
        key_path = path.with_suffix(".key")
        try:
            stamp = _stamp(path, key_path)
            if known is not None and known.stamp == stamp:
                return known
            facts = read_certificate(path.read_bytes())
            return self._pair(facts, key_path, stamp)
        except (OSError, SettingsError, GostError) as error:
            LOG.warning("key_pair_not_read", file=path.name, cause=type(error).__name__)
            return known

    def _pair(self, facts: CertificateFacts, key_path: Path, stamp: _Stamp) -> _Pair:
        key, locked = None, False
        if key_path.exists():
            try:
                key = PrivateKey.from_pem(read_private(key_path), self._passphrase)
            except WrongPassphraseError:
                LOG.warning("key_locked", file=key_path.name)
                locked = True
        if key is not None and not key.matches(facts):
            LOG.warning("key_of_another_certificate", file=key_path.name)
            key = None
        held = HeldCertificate(
            facts=facts,
            store=self._folder.name,
            container=key_path.name if key is not None or locked else "",
            has_private_key=key is not None or locked,
            locked=locked,
        )
        return _Pair(held=held, key=key, stamp=stamp)


def _keyless_first(found: Mapping[str, _Pair]) -> list[_Pair]:
    """So that of two files with one certificate the one with the key is taken."""
    return sorted(found.values(), key=lambda pair: pair.key is not None)


def _stamp(*paths: Path) -> _Stamp:
    stamps = []
    for path in paths:
        if path.exists():
            status = path.stat()
            stamps.append((status.st_ino, status.st_size, status.st_mtime_ns))
    return tuple(stamps)
