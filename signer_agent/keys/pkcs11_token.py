"""RSA and ECDSA keys of a token by its PKCS#11 module. GOST tokens need their vendors' own mechanisms: not here yet."""

import hashlib
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final

import pkcs11
import structlog
from pkcs11 import Attribute, Mechanism, ObjectClass
from pkcs11.util.ec import encode_ecdsa_signature

from gost.certificate import CertificateFacts, PublicKeyAlgorithm, read_certificate
from gost.errors import GostError
from signer_agent.errors import SettingsError
from signer_agent.keys.pins import Pins, check_pin
from signer_agent.keys.pkcs11_session import TokenSession
from signer_agent.keys.port import (
    HeldCertificate,
    KeyBackend,
    KeyBackendError,
    KeyLockedError,
    KeyMissingError,
    Lock,
    PinRefusedError,
    Unlockable,
)
from signer_agent.keys.settings import Pkcs11Settings

LOG = structlog.get_logger(__name__)

MAX_CERTIFICATES: Final = 100

_ALGORITHMS: Final = (PublicKeyAlgorithm.RSA, PublicKeyAlgorithm.ECDSA)
_TOKEN: Final = "TOKEN"  # noqa: S105 - what `Pins` calls the one PIN that all keys of a token share


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    held: HeldCertificate
    key_id: bytes


class Pkcs11Backend(KeyBackend, Unlockable):
    """The certificates of one token and the keys with their CKA_ID. Waits for the token: call it in a thread.

    Raises:
        SettingsError: the module or the token's label is not named.
    """

    name = "pkcs11"
    signs_in_process = False

    def __init__(self, *, settings: Pkcs11Settings, pins: Pins, monotonic: Callable[[], float]) -> None:
        if settings.module is None or not settings.token_label:
            raise SettingsError("keys.pkcs11 needs module and token_label")
        self._settings = settings
        self._pins = pins
        self._monotonic = monotonic
        pins.check()
        self._session = TokenSession(
            library=str(settings.module),
            token_label=settings.token_label,
            wait_seconds=settings.wait_seconds,
        )
        self._refreshing = threading.Lock()  # held while the token is asked
        self._publishing = threading.Lock()  # never held while anything waits
        self._entries: Mapping[str, _Entry] = MappingProxyType({})
        self._held: Mapping[str, HeldCertificate] = MappingProxyType({})
        self._was_locked = True
        self._looked_at = -settings.rescan_seconds
        self.refresh()

    def certificates(self) -> Mapping[str, HeldCertificate]:
        """All certificates by thumbprint, as of the last look; locked as of now. Never waits for the token."""
        locked = self._pins.is_locked(_TOKEN)
        if self._was_locked != locked:
            with self._publishing:
                self._publish({name: _with_lock(entry, locked=locked) for name, entry in self._entries.items()}, locked)
        return self._held

    def refresh(self) -> None:
        """Look again, but not more often than the settings allow."""
        if self._monotonic() - self._looked_at >= self._settings.rescan_seconds:
            self._look()

    def sign(self, thumbprint: str, to_be_signed: bytes) -> bytes:
        """Have the token sign: PKCS#1 v1.5 with SHA-256, or ECDSA over SHA-256 in DER."""
        entry = self._entries.get(thumbprint)
        if entry is None or not entry.held.has_private_key:
            raise KeyMissingError("no private key for this certificate")
        pin = self._pin()
        try:
            with self._session.taken(pin) as session:
                return _signature(session, entry, to_be_signed)
        except PinRefusedError:
            self._refuse(pin)
            raise

    def locks(self) -> Sequence[Lock]:
        """See `Unlockable.locks`: one PIN opens the whole token."""
        left = [lock.seconds_left for lock in self._pins.locks([_TOKEN])]
        names = sorted(name for name, entry in self._entries.items() if entry.held.has_private_key)
        return [Lock(thumbprint=name, seconds_left=left[0]) for name in names] if left else []

    def unlock(self, thumbprint: str, pin: bytes, *, seconds: float) -> None:
        """See `Unlockable.unlock`."""
        self._require(thumbprint)
        check_pin(pin)
        self._session.close()
        with self._session.taken(pin, by_person=True):  # logging in tries the PIN
            self._pins.keep(_TOKEN, pin, seconds=seconds)
        self._look()

    def lock(self, thumbprint: str) -> None:
        """See `Unlockable.lock`."""
        self._require(thumbprint)
        self._pins.forget(_TOKEN)
        self._session.close()
        self._look()

    def close(self) -> None:
        """Log out and forget."""
        self._pins.forget_all()
        self._session.close()
        with self._publishing:
            self._publish({}, self._pins.is_locked(_TOKEN))

    def _require(self, thumbprint: str) -> None:
        self._pins.require_asked(_TOKEN)
        if thumbprint not in self._entries:
            raise KeyMissingError("no private key for this certificate")

    def _pin(self) -> bytes | None:
        try:
            return self._pins.pin(_TOKEN)
        except KeyLockedError:
            self._session.close()  # its time is up: the token must not stay logged in
            raise

    def _refuse(self, pin: bytes | None) -> None:
        LOG.warning("pin_refused", token=self._settings.token_label)
        if pin is not None:
            self._pins.refuse(_TOKEN, pin)

    def _look(self) -> None:
        with self._refreshing:
            self._looked_at = self._monotonic()
            locked, pin = self._pins.is_locked(_TOKEN), None
            try:
                pin = None if locked else self._pin()
                if locked:
                    self._session.close()  # so that it does not stay logged in
                found = self._found(pin, locked=locked)
            except PinRefusedError:
                self._refuse(pin)
                return
            except KeyBackendError as error:
                LOG.warning("token_not_read", cause=error.cause, code=error.code)
                found = {name: _with_lock(entry, locked=locked) for name, entry in self._entries.items()}
            with self._publishing:
                self._publish(found, locked)

    def _publish(self, found: Mapping[str, _Entry], locked: bool) -> None:  # noqa: FBT001 - the state it was found in
        self._entries = MappingProxyType(found)
        self._held = MappingProxyType({name: entry.held for name, entry in found.items()})
        self._was_locked = locked

    def _found(self, pin: bytes | None, *, locked: bool) -> dict[str, _Entry]:
        found: dict[str, _Entry] = {}
        with self._session.taken(pin) as session:
            key_ids = {key[Attribute.ID] for key in session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY})}
            listed = session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE})
            for certificate in list(listed)[:MAX_CERTIFICATES]:
                facts = _facts(certificate[Attribute.VALUE])
                if facts is not None:
                    key_id = certificate[Attribute.ID]
                    entry = self._entry(facts, key_id, may_have_key=locked or key_id in key_ids, locked=locked)
                    found[facts.thumbprint] = entry
        return found

    def _entry(self, facts: CertificateFacts, key_id: bytes, *, may_have_key: bool, locked: bool) -> _Entry:
        """While a token is locked it hides its keys, so any certificate may have one."""
        usable = may_have_key and bool(key_id) and facts.public_key_algorithm in _ALGORITHMS
        made = _Entry(
            held=HeldCertificate(
                facts=facts,
                store=self._settings.token_label,
                container=key_id.hex() if usable else "",
                has_private_key=usable,
                locked=locked and usable,
            ),
            key_id=key_id,
        )
        known = self._entries.get(facts.thumbprint)
        return known if known == made else made  # the same object while nothing changed


def _signature(session: pkcs11.Session, entry: _Entry, to_be_signed: bytes) -> bytes:
    try:
        key: Any = session.get_key(object_class=ObjectClass.PRIVATE_KEY, id=entry.key_id)
    except pkcs11.NoSuchKey as error:
        raise KeyMissingError("the token has no such key any more") from error
    if entry.held.facts.public_key_algorithm is PublicKeyAlgorithm.RSA:
        return bytes(key.sign(to_be_signed, mechanism=Mechanism.SHA256_RSA_PKCS))
    raw = key.sign(hashlib.sha256(to_be_signed).digest(), mechanism=Mechanism.ECDSA)
    return bytes(encode_ecdsa_signature(raw))


def _facts(der: bytes) -> CertificateFacts | None:
    try:
        return read_certificate(der)
    except GostError:
        LOG.warning("certificate_not_read")
        return None


def _with_lock(entry: _Entry, *, locked: bool) -> _Entry:
    held = entry.held
    if held.locked == (locked and held.has_private_key):
        return entry
    return replace(entry, held=replace(held, locked=locked and held.has_private_key))
