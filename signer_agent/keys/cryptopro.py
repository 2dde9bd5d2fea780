"""Keys of CryptoPro CSP by its command-line tools; docs/operations/cryptopro.md says what was tried where."""

import hashlib
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

import structlog
from opentelemetry.trace import Tracer

from gost.certificate import CertificateFacts, PublicKeyAlgorithm, read_certificate
from gost.errors import GostError
from signer_agent.errors import SettingsError
from signer_agent.keys.cryptopro_licence import read_licence
from signer_agent.keys.cryptopro_runs import read_made, require_success, write
from signer_agent.keys.cryptopro_text import (
    ListedCertificate,
    container_names,
    last_code,
    listed_certificates,
)
from signer_agent.keys.cryptopro_tools import programs
from signer_agent.keys.pins import Pins, check_pin
from signer_agent.keys.port import (
    HeldCertificate,
    KeyBackend,
    KeyBackendError,
    KeyFailedError,
    KeyMissingError,
    KeyUnavailableError,
    Licence,
    Lock,
    PinRefusedError,
    Unlockable,
)
from signer_agent.keys.settings import CryptoproSettings
from signer_agent.keys.tool_process import HAS_TERMINALS, ToolProcess, ToolResult

LOG = structlog.get_logger(__name__)

MAX_CERTIFICATES: Final = 1000
MAX_SIGNATURE_FILE_BYTES: Final = 4096
CRYPTCP_LICENCE: Final = frozenset({"LICENCE_EXPIRED", "LICENCE_MISSING"})
"""Causes that are cryptcp's own: csptest is content with a licence inside the certificate."""
MAX_CMS_BYTES: Final = 4 * 1024 * 1024

_ALGORITHMS: Final = {
    PublicKeyAlgorithm.GOST_R_34_10_2012_256: ("GOST12_256", 64),
    PublicKeyAlgorithm.GOST_R_34_10_2012_512: ("GOST12_512", 128),
}
_CONTAINER_ENCODING: Final = "cp1251" if HAS_TERMINALS else "cp866"  # Windows prints all in the console's
_ON_DISK: Final = ("HDIMAGE", "REGISTRY")  # readers that are no devices
_NO_CERTIFICATES: Final = 0x8010002C  # certmgr's way to say that a store is empty
# Signed when a person unlocks a key, to try the PIN at once; the signature is thrown away. It is no DER, so no CMS
_PROBE: Final = b"landhub signer agent: the PIN is tried, nothing is signed\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Key:
    """A certificate and how csptest is told its key; ``argument`` is empty where there is none."""

    facts: CertificateFacts
    listed: ListedCertificate
    argument: bytes


class CryptoproBackend(KeyBackend, Unlockable):
    """Certificates of one store of the CSP. Signing waits for a process of the CSP: call it in a thread.

    Args:
        settings: Where the tools are and how they are run.
        pins: The PINs; see `Pins`.
        folder: For private files of a run; nothing else may lie there.
        monotonic: Seconds that never go back.

    Raises:
        SettingsError: the tools are missing, or a PIN could only be given on the command line.
    """

    name = "cryptopro"
    signs_in_process = False

    def __init__(
        self,
        *,
        settings: CryptoproSettings,
        pins: Pins,
        folder: Path,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._pins = pins
        self._monotonic = monotonic
        self._programs = programs(settings)
        if pins.any_needed and not settings.pin_on_command_line and not HAS_TERMINALS:
            raise SettingsError(
                "without a pseudo-terminal PINs must be saved in their containers, or pin_on_command_line be set"
            )
        pins.check()
        self._process = ToolProcess(folder=folder, timeout_seconds=settings.timeout_seconds, monotonic=time.monotonic)
        self._turns = _Turns(parallel=settings.parallel, timeout_seconds=settings.timeout_seconds)
        self._refreshing = threading.Lock()
        self._publishing = threading.Lock()
        self._keys: Mapping[str, _Key] = MappingProxyType({})
        self._held: Mapping[str, HeldCertificate] = MappingProxyType({})
        self._locked: frozenset[str] = frozenset()
        self._looked_at = -settings.rescan_seconds
        self._licence: Licence | None = None
        self.refresh()

    def certificates(self) -> Mapping[str, HeldCertificate]:
        """All certificates by thumbprint, as of the last look; whether they are locked, as of now."""
        if self._locked_now() != self._locked:
            self._publish()
        return self._held

    def licence(self) -> Licence | None:
        """See `KeyBackend.licence`."""
        return self._licence

    def trace_with(self, tracer: Tracer) -> None:
        """See `KeyBackend.trace_with`."""
        self._process.tracer = tracer

    def refresh(self) -> None:
        """Look again, but not more often than the settings allow: it costs runs of the CSP."""
        with self._refreshing:
            if self._monotonic() - self._looked_at < self._settings.rescan_seconds:
                return
            self._looked_at = self._monotonic()
            try:
                self._keys = MappingProxyType(self._discovered())
            except KeyBackendError as error:
                LOG.warning("cryptopro_not_read", cause=error.cause, code=error.code)
            self._licence = read_licence(self._programs, self._process)
        self._publish()

    def sign(self, thumbprint: str, to_be_signed: bytes) -> bytes:
        """Have csptest hash and sign; what it writes is little-endian, CMS holds the reverse."""
        key = self._key(thumbprint)
        algorithm, size = _ALGORITHMS[key.facts.public_key_algorithm]
        kind = "signature" if key.listed.is_signature_key else "exchange"
        words = (
            "-keyset",
            "-sign",
            algorithm,
            "-container",
            key.argument if HAS_TERMINALS else key.argument.decode(_CONTAINER_ENCODING, "replace"),
            "-keytype",
            kind,
            "-in",
            "in",
            "-out",
            "out",
        )
        made = self._made("csptest", words, thumbprint, to_be_signed, limit_bytes=MAX_SIGNATURE_FILE_BYTES)
        if len(made) != size:
            raise KeyFailedError(f"csptest made {len(made)} bytes instead of {size}", cause="BAD_SIGNATURE")
        return made[::-1]

    def signs_documents(self, thumbprint: str) -> bool:
        """Whether the settings want cryptcp for it, and it is there."""
        wanted = self._settings.whole_documents
        fits = wanted == "always" or (wanted == "with_pin" and self._pins.is_needed(thumbprint))
        return fits and "cryptcp" in self._programs

    def sign_document(self, thumbprint: str, document: Path) -> bytes:
        """Have cryptcp sign a whole document: a detached CAdES-BES in DER with the signer's certificate."""
        self._key(thumbprint)
        words = (
            "-sign",
            f"-{self._settings.store}",
            "-thumbprint",
            thumbprint.lower(),
            "-nochain",
            "-der",
            "-strict",
            "-cadesbes",
            "-detached",
            "-cert",
        )
        last = (str(document.resolve()), "out")
        return self._made("cryptcp", words, thumbprint, None, last=last, limit_bytes=MAX_CMS_BYTES)

    def verify_document(self, document: Path, cms: Path) -> bool:
        """Whether cryptcp finds a detached CMS right; no chain is checked here. Raises KeyBackendError."""
        words = ("-verify", "-nochain", "-verall", "-detached", str(document.resolve()), str(cms.resolve()))
        with self._process.private_folder() as folder:
            result = self._process.run((self._programs["cryptcp"], *words), folder=folder)
        try:
            require_success(result)
        except KeyFailedError as error:
            if error.cause == "BAD_SIGNATURE":
                return False
            raise
        return True

    def locks(self) -> Sequence[Lock]:
        """See `Unlockable.locks`."""
        return self._pins.locks(sorted(name for name, key in self._keys.items() if key.argument))

    def unlock(self, thumbprint: str, pin: bytes, *, seconds: float) -> None:
        """See `Unlockable.unlock`."""
        self._pins.require_asked(thumbprint)
        self._key(thumbprint)
        check_pin(pin)
        self._pins.keep(thumbprint, pin, seconds=self._settings.timeout_seconds + 1)
        try:
            self._try(thumbprint)
        except KeyBackendError:
            self._pins.forget(thumbprint)
            self._publish()
            raise
        self._pins.keep(thumbprint, pin, seconds=seconds)
        self._publish()

    def _try(self, thumbprint: str) -> None:
        """Use the PIN once, by the tool that will be given it, and throw away what it makes."""
        if not self.signs_documents(thumbprint):
            self.sign(thumbprint, _PROBE)
            return
        with self._process.private_folder() as folder:
            write(folder / "probe", _PROBE)
            try:
                self.sign_document(thumbprint, folder / "probe")
            except KeyFailedError as error:
                if error.cause not in CRYPTCP_LICENCE:
                    raise
                self.sign(thumbprint, _PROBE)  # cryptcp refused before it looked at the key

    def lock(self, thumbprint: str) -> None:
        """See `Unlockable.lock`."""
        self._pins.require_asked(thumbprint)
        self._pins.forget(thumbprint)
        self._publish()

    def close(self) -> None:
        """Forget keys and PINs."""
        self._pins.forget_all()
        self._keys = MappingProxyType({})
        self._publish()

    def _key(self, thumbprint: str) -> _Key:
        key = self._keys.get(thumbprint)
        if key is None or not key.argument:
            raise KeyMissingError("no private key for this certificate", cause="NO_KEY_LINK")
        return key

    def _made(
        self,
        tool: str,
        words: Sequence[str | bytes],
        thumbprint: str,
        content: bytes | None,
        *,
        last: Sequence[str] = (),
        limit_bytes: int,
    ) -> bytes:
        """The file `out` of a run with a key. A PIN is used once: if it is wrong, it is the last time."""
        pin = self._pins.pin(thumbprint)
        with self._turns.taken(self._keys[thumbprint].listed.container), self._process.private_folder() as folder:
            if content is not None:
                write(folder / "in", content)
            try:
                require_success(self._run(tool, words, last, folder, pin))
            except PinRefusedError as error:
                LOG.warning("pin_refused", tool=tool, tries_left=error.tries_left)
                if pin is not None:
                    self._pins.refuse(thumbprint, pin)
                raise
            return read_made(folder / "out", limit_bytes)

    def _run(
        self, tool: str, words: Sequence[str | bytes], last: Sequence[str], folder: Path, pin: bytes | None
    ) -> ToolResult:
        if tool not in self._programs:
            raise KeyFailedError(f"{tool} is not installed: see keys.cryptopro.{tool}", cause="TOOL_MISSING")
        command = (self._programs[tool], *words)
        if pin is None:
            return self._process.run((*command, *last), folder=folder)
        if self._settings.pin_on_command_line:
            option = "-pin" if tool == "cryptcp" else "-password"
            return self._process.run((*command, option, pin, *last), folder=folder)
        ask = ("-askpin",) if tool == "cryptcp" else ()  # csptest asks by itself where a container has a PIN
        return self._process.run_at_terminal((*command, *ask, *last), folder=folder, pin=pin)

    def _discovered(self) -> dict[str, _Key]:
        with self._process.private_folder() as folder:
            listing = self._process.run(
                (self._programs["certmgr"], "-list", "-store", self._settings.store), folder=folder
            )
            if last_code(listing.output) == _NO_CERTIFICATES:
                return {}
            require_success(listing)
            listed = listed_certificates(listing.output)[:MAX_CERTIFICATES]
            names = self._container_names(folder) if any(item.container for item in listed) else {}
            found = {}
            for item in listed:
                known = self._keys.get(item.thumbprint.upper())
                facts = known.facts if known is not None else self._exported(item.thumbprint, folder)
                if facts is not None:
                    key = _Key(facts=facts, listed=item, argument=_argument(item, facts, names))
                    found[facts.thumbprint] = key if key != known else known
            return found

    def _container_names(self, folder: Path) -> Mapping[str, bytes]:
        words = ("-keyset", "-enum_cont", "-verifycontext", "-fqcn", "-unique")
        result = self._process.run((self._programs["csptest"], *words), folder=folder)
        require_success(result)
        return container_names(result.output, encoding=_CONTAINER_ENCODING)

    def _exported(self, thumbprint: str, folder: Path) -> CertificateFacts | None:
        """The facts of a certificate, from its DER; None if it can't be read or is not the one that was listed."""
        path = folder / f"{thumbprint}.cer"
        words = ("-export", "-store", self._settings.store, "-thumbprint", thumbprint, "-dest", path.name)
        try:
            require_success(self._process.run((self._programs["certmgr"], *words), folder=folder))
            der = read_made(path, MAX_CMS_BYTES)
            if hashlib.sha1(der, usedforsecurity=False).hexdigest() != thumbprint:
                raise KeyFailedError("certmgr exported another certificate", cause="BAD_EXPORT")
            return read_certificate(der)
        except (KeyBackendError, GostError) as error:
            LOG.warning("certificate_not_read", thumbprint=thumbprint.upper(), cause=type(error).__name__)
            return None

    def _locked_now(self) -> frozenset[str]:
        return frozenset(name for name, key in self._keys.items() if key.argument and self._pins.is_locked(name))

    def _publish(self) -> None:
        with self._publishing:
            locked = self._locked_now()
            held = {}
            for name, key in self._keys.items():
                made = HeldCertificate(
                    facts=key.facts,
                    store=self._settings.store,
                    container=key.listed.container,
                    has_private_key=bool(key.argument),
                    locked=name in locked,
                )
                known = self._held.get(name)
                held[name] = known if known == made else made  # the same object while nothing changed
            self._held, self._locked = MappingProxyType(held), locked


class _Turns:
    """One run at a time for a token, a few for keys on the disk: two at one token would ask for two PINs."""

    def __init__(self, *, parallel: int, timeout_seconds: float) -> None:
        self._parallel = parallel
        self._timeout_seconds = timeout_seconds
        self._mutex = threading.Lock()
        self._readers: dict[str, threading.Semaphore] = {}

    @contextmanager
    def taken(self, container: str) -> Iterator[None]:
        """Hold the reader of a container. Raises KeyUnavailableError."""
        reader = container.split("\\", maxsplit=1)[0]
        on_disk = reader in _ON_DISK
        place = reader if on_disk else "\\".join(container.split("\\")[:2])
        with self._mutex:
            turns = self._readers.setdefault(place, threading.Semaphore(self._parallel if on_disk else 1))
        if not turns.acquire(timeout=self._timeout_seconds):
            raise KeyUnavailableError("the key's reader is busy", cause="BUSY")
        try:
            yield
        finally:
            turns.release()


def _argument(listed: ListedCertificate, facts: CertificateFacts, names: Mapping[str, bytes]) -> bytes:
    """How csptest is told the container: by its full name, else by the unique one; empty where it can't sign."""
    if not listed.container or facts.public_key_algorithm not in _ALGORITHMS:
        return b""
    return names.get(listed.container, listed.container.encode())
