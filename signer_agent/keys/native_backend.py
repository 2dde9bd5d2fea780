"""A key backend over a native library in worker processes: what that breaks or leaks, it breaks and leaks alone."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

import structlog

from gost.certificate import CertificateFacts, PublicKeyAlgorithm, read_certificate
from gost.errors import GostError
from signer_agent.keys.native import FoundCertificate
from signer_agent.keys.pins import Pins, check_pin
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
from signer_agent.keys.workers import Workers

LOG = structlog.get_logger(__name__)

_SHARED: Final = "TOKEN"  # what `Pins` calls the one PIN of all keys


@dataclass(frozen=True, slots=True, kw_only=True)
class NativeKind:
    """What kind of place it is.

    ``shares_pin``: all keys have one PIN, and hide while it is not given. ``store`` names the place in answers.
    """

    name: str
    algorithms: tuple[PublicKeyAlgorithm, ...]
    shares_pin: bool
    store: str
    rescan_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    held: HeldCertificate
    key: bytes


class NativeBackend(KeyBackend, Unlockable):
    """The certificates of one place and their keys. A signature waits for a process: call it in a thread.

    Args:
        kind: What it is.
        workers: The processes; they are closed with the backend.
        pins: The PINs; see `Pins`.
        monotonic: Seconds that never go back.
    """

    signs_in_process = False

    def __init__(self, *, kind: NativeKind, workers: Workers, pins: Pins, monotonic: Callable[[], float]) -> None:
        self.name = kind.name
        self._kind = kind
        self._workers = workers
        self._pins = pins
        self._monotonic = monotonic
        self._refreshing = threading.Lock()  # held while the library is asked
        self._publishing = threading.Lock()  # never held while anything waits
        self._entries: Mapping[str, _Entry] = MappingProxyType({})
        self._held: Mapping[str, HeldCertificate] = MappingProxyType({})
        self._locked: frozenset[str] = frozenset()
        self._used: set[str] = set()  # names of PINs that a worker may remember
        self._looked_at = -kind.rescan_seconds
        self.refresh()

    @property
    def pids(self) -> Sequence[int]:
        """The worker processes there are now."""
        return self._workers.pids

    @property
    def worker_pids(self) -> Sequence[int]:
        """See `KeyBackend.worker_pids`."""
        return self._workers.pids

    def certificates(self) -> Mapping[str, HeldCertificate]:
        """All certificates by thumbprint, as of the last look; locked as of now. Never waits for the library."""
        if self._locked_now() != self._locked:
            with self._publishing:
                self._publish(self._entries)
        return self._held

    def refresh(self) -> None:
        """Look again, but not more often than the settings allow."""
        if self._monotonic() - self._looked_at >= self._kind.rescan_seconds:
            self._look()

    def sign(self, thumbprint: str, to_be_signed: bytes) -> bytes:
        """Have the library sign with the fitting algorithm."""
        entry = self._entries.get(thumbprint)
        if entry is None or not entry.held.has_private_key:
            raise KeyMissingError("no private key for this certificate")
        name = self._pin_name(thumbprint)
        pin = self._pin(name)
        try:
            return self._workers.sign(entry.key, entry.held.facts.public_key_algorithm.name, to_be_signed, pin)
        except PinRefusedError as error:
            self._refuse(name, pin, error)
            raise

    def locks(self) -> Sequence[Lock]:
        """See `Unlockable.locks`."""
        names = sorted(name for name, entry in self._entries.items() if entry.held.has_private_key)
        return [
            Lock(thumbprint=name, seconds_left=lock.seconds_left)
            for name in names
            for lock in self._pins.locks([self._pin_name(name)])
        ]

    def unlock(self, thumbprint: str, pin: bytes, *, seconds: float) -> None:
        """See `Unlockable.unlock`."""
        name = self._require(thumbprint)
        check_pin(pin)
        self._used.add(name)
        entry = self._entries[thumbprint]
        self._workers.try_pin(entry.key, entry.held.facts.public_key_algorithm.name, pin)
        self._pins.keep(name, pin, seconds=seconds)
        self._look()

    def lock(self, thumbprint: str) -> None:
        """See `Unlockable.lock`."""
        self._pins.forget(self._require(thumbprint))
        self._log_out()
        self._look()

    def close(self) -> None:
        """Log out and forget."""
        self._pins.forget_all()
        self._workers.close()
        with self._publishing:
            self._publish({})

    def _pin_name(self, thumbprint: str) -> str:
        return _SHARED if self._kind.shares_pin else thumbprint

    def _require(self, thumbprint: str) -> str:
        name = self._pin_name(thumbprint)
        self._pins.require_asked(name)
        entry = self._entries.get(thumbprint)
        if entry is None or not entry.held.has_private_key:
            raise KeyMissingError("no private key for this certificate")
        return name

    def _pin(self, name: str) -> bytes | None:
        try:
            pin = self._pins.pin(name)
        except KeyLockedError:
            if name in self._used:
                self._log_out()  # its time is up: nothing may remember it
            raise
        if pin is not None:
            self._used.add(name)
        return pin

    def _log_out(self) -> None:
        self._workers.forget()
        self._used.clear()

    def _refuse(self, name: str, pin: bytes | None, error: PinRefusedError) -> None:
        LOG.warning("pin_refused", store=self._kind.store, tries_left=error.tries_left)
        if pin is not None:
            self._pins.refuse(name, pin)

    def _look(self) -> None:
        with self._refreshing:
            self._looked_at = self._monotonic()
            pin = None
            try:
                if any(self._pins.is_locked(name) for name in self._used):
                    self._log_out()
                if self._kind.shares_pin and not self._pins.is_locked(_SHARED):
                    pin = self._pin(_SHARED)
                found = self._found_as_open_as(pin)
            except KeyBackendError as error:
                LOG.warning("keys_not_read", store=self._kind.store, cause=error.cause, code=error.code)
                return
            with self._publishing:
                self._publish(found)

    def _found_as_open_as(self, pin: bytes | None) -> dict[str, _Entry]:
        """With a PIN that is not taken, what anybody may see: whoever asks for such a key is told of the PIN."""
        try:
            return self._found(pin)
        except PinRefusedError as error:
            self._refuse(_SHARED, pin, error)
        except KeyLockedError as error:
            LOG.warning("pin_not_tried", store=self._kind.store, cause=error.cause)
        return self._found(None)

    def _found(self, pin: bytes | None) -> dict[str, _Entry]:
        found: dict[str, _Entry] = {}
        for item in self._workers.found(pin):
            facts = _facts(item.der)
            if facts is not None:
                found[facts.thumbprint] = self._entry(facts, item, hides=self._kind.shares_pin and pin is None)
        return found

    def _entry(self, facts: CertificateFacts, item: FoundCertificate, *, hides: bool) -> _Entry:
        """While a shared PIN is not given the keys hide, so any certificate may have one."""
        locked = self._pins.is_locked(self._pin_name(facts.thumbprint))
        may_have_key = item.has_key or hides
        usable = bool(item.key) and may_have_key and facts.public_key_algorithm in self._kind.algorithms
        held = HeldCertificate(
            facts=facts,
            store=self._kind.store,
            container=item.place if usable else "",
            has_private_key=usable,
            locked=locked and usable,
        )
        return _Entry(held=held, key=item.key)

    def _locked_now(self) -> frozenset[str]:
        return frozenset(
            name
            for name, entry in self._entries.items()
            if entry.held.has_private_key and self._pins.is_locked(self._pin_name(name))
        )

    def _publish(self, found: Mapping[str, _Entry]) -> None:
        """Put what was found into force; a certificate stays the same object while nothing of it changed."""
        self._entries = MappingProxyType(dict(found))
        self._locked = self._locked_now()
        held = {}
        for name, entry in found.items():
            made = _with_lock(entry.held, locked=name in self._locked)
            known = self._held.get(name)
            held[name] = known if known == made else made
        self._held = MappingProxyType(held)


def _facts(der: bytes) -> CertificateFacts | None:
    try:
        return read_certificate(der)
    except GostError:
        LOG.warning("certificate_not_read")
        return None


def _with_lock(held: HeldCertificate, *, locked: bool) -> HeldCertificate:
    return held if held.locked == locked else replace(held, locked=locked)
