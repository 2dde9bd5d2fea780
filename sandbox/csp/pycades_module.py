"""The library `pycades` over an emulated host: the part that finds certificates and signs hashes.

Names, arguments and what they check are those of https://github.com/CryptoPro/pycades (0.1); what it raises is
`Exception` with an English text and the code. That a PIN set on `certificate.PrivateKey` is used by `RawSignature` is
inferred. Faults of the tool `pycades`: `hang`, `slow`, `code` and those of keys, at `SignHash`; `crash` ends the
process there, `leak` keeps so many MiB more at each.
"""

import base64
import os
import signal
import time
from pathlib import Path
from typing import Any, ClassVar

from sandbox.csp import failure, keys
from sandbox.csp.failure import ToolError
from sandbox.csp.machine import Entry, Machine
from sandbox.csp.run import Run

CADESCOM_LOCAL_MACHINE_STORE = CAPICOM_LOCAL_MACHINE_STORE = 1
CADESCOM_CURRENT_USER_STORE = CAPICOM_CURRENT_USER_STORE = 2
CAPICOM_MY_STORE = "My"
CAPICOM_STORE_OPEN_MAXIMUM_ALLOWED = 2
CAPICOM_CERTIFICATE_FIND_SHA1_HASH = 0
CADESCOM_ENCODE_BASE64 = CAPICOM_ENCODE_BASE64 = 0
CADESCOM_ENCODE_BINARY = CAPICOM_ENCODE_BINARY = 1
CADESCOM_STRING_TO_UCS2LE = 0
CADESCOM_BASE64_TO_BINARY = 1
CADESCOM_HASH_ALGORITHM_CP_GOST_3411_2012_256 = 101
CADESCOM_HASH_ALGORITHM_CP_GOST_3411_2012_512 = 102

_ALGORITHMS = {101: "gost2012_256", 102: "gost2012_512"}
_INVALID_ARGUMENT = 0x80070057
_NOT_FOUND = 0x80092004
_BAD_ALGORITHM = 0x80090008
_NOT_OPENED = 0x880A0302  # CAPICOM_E_STORE_NOT_OPENED
_BLANK = 0x80040007  # OLE_E_BLANK
_TEXTS = {
    failure.WRONG_PIN: "The private key cannot be accessed because the wrong PIN was presented.",
    _INVALID_ARGUMENT: "The parameter is incorrect.",
    _NOT_FOUND: "Cannot find object or property.",
    _BAD_ALGORITHM: "Invalid algorithm specified.",
    _NOT_OPENED: "The Store object does not represent an opened certificate store.",
    _BLANK: "Uninitialized object.",
    0x8007064A: "The configuration data or license for this product is corrupt or not present.",
}


def _error(code: int) -> Exception:
    return Exception(f"{_TEXTS.get(code, 'Internal error.')} (0x{code:08X})")


class _Host:
    """The machine that the module is bound to."""

    machine: Machine
    leaked: ClassVar[list[bytearray]] = []

    @classmethod
    def run(cls) -> Run:
        return Run(tool="pycades", machine=cls.machine)


def bind(state: str) -> dict[str, Any]:
    """The module's names, over a machine's folder."""
    _Host.machine = Machine(Path(state))
    return {name: value for name, value in globals().items() if name[:1].isupper()}


class Store:
    """A store of certificates."""

    def __init__(self) -> None:
        self._name = ""

    def Open(self, location: int = 2, name: str = "My", mode: int = 2, /) -> None:  # noqa: N802 - the library's
        """Open a store of the user (2) or the machine (1)."""
        if location not in {1, 2} or mode not in {0, 1, 2}:
            raise _error(_INVALID_ARGUMENT)
        self._name = ("u" if location == CADESCOM_CURRENT_USER_STORE else "m") + name

    @property
    def Certificates(self) -> "Certificates":  # noqa: N802
        """What is in it."""
        if not self._name:
            raise _error(_NOT_OPENED)
        return Certificates(_Host.machine.entries(self._name))


class Certificates:
    """A collection, counted from 1."""

    def __init__(self, entries: list[Entry]) -> None:
        self._entries = entries

    @property
    def Count(self) -> int:  # noqa: N802
        """How many."""
        return len(self._entries)

    def Item(self, index: int, /) -> "Certificate":  # noqa: N802
        """One of them."""
        if not 1 <= index <= len(self._entries):
            raise _error(_INVALID_ARGUMENT)
        return Certificate(self._entries[index - 1])

    def Find(self, kind: int, criteria: str = "", valid_only: int = 0, /) -> "Certificates":  # noqa: N802, ARG002
        """Those with a thumbprint."""
        if kind != CAPICOM_CERTIFICATE_FIND_SHA1_HASH:
            raise _error(0x80004001)  # E_NOTIMPL: of the emulator
        return Certificates([entry for entry in self._entries if entry.thumbprint == criteria.lower()])


class Certificate:
    """A certificate; its PIN is that of the object, not of the key."""

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        self.pin: str | None = None

    @property
    def Thumbprint(self) -> str:  # noqa: N802
        """SHA-1, upper case."""
        return self.entry.thumbprint.upper()

    def Export(self, encoding: int, /) -> str | bytes:  # noqa: N802
        """Base64 in lines, or DER."""
        der = _Host.machine.certificate_path(self.entry.thumbprint).read_bytes()
        return der if encoding == CADESCOM_ENCODE_BINARY else base64.encodebytes(der).decode()

    def HasPrivateKey(self) -> bool:  # noqa: N802
        """Whether it has a link to a key."""
        return bool(self.entry.container)

    @property
    def PrivateKey(self) -> "PrivateKey":  # noqa: N802
        """Its key."""
        if not self.entry.container:
            raise _error(failure.NO_KEY_LINK)
        return PrivateKey(self)


class PrivateKey:
    """The key of a certificate."""

    def __init__(self, certificate: Certificate) -> None:
        self._certificate = certificate

    @property
    def UniqueContainerName(self) -> str:  # noqa: N802
        """Where it is."""
        found = [item for item in _Host.machine.containers() if item.id == self._certificate.entry.container]
        if not found:
            raise _error(failure.CONTAINER_NOT_FOUND)
        return found[0].unique

    def _set_pin(self, pin: str) -> None:
        self._certificate.pin = pin

    KeyPin = property(fset=_set_pin, doc="Write-only.")


class HashedData:
    """A hash: of data, whose algorithm is set before."""

    def __init__(self) -> None:
        self.Algorithm = 0  # a library's default: SHA-1
        self.DataEncoding = CADESCOM_STRING_TO_UCS2LE
        self.content: bytes | None = None

    def Hash(self, text: str, /) -> None:  # noqa: N802
        """Hash a text: as UCS-2, or the bytes whose base64 it is."""
        is_base64 = self.DataEncoding == CADESCOM_BASE64_TO_BINARY
        self.content = base64.b64decode(text) if is_base64 else text.encode("utf-16-le")


class RawSignature:
    """Signs a hash."""

    def SignHash(self, hashed: HashedData, certificate: Certificate, /) -> str:  # noqa: N802
        """CryptSignHash's bytes, hex: little-endian."""
        if hashed.content is None:
            raise _error(_BLANK)
        run = _Host.run()
        try:
            return _signed(run, hashed, certificate).hex().upper()
        except ToolError as error:
            raise _error(error.code) from error


def _signed(run: Run, hashed: HashedData, certificate: Certificate) -> bytes:
    _misbehave(run)
    if not certificate.entry.container:
        raise ToolError(failure.NO_KEY_LINK)
    if run.profile.licence != "valid" and not certificate.entry.facts.get("embedded_licence"):
        raise ToolError(failure.LICENCE_MISSING)
    container = keys.require(run, certificate.entry.container)
    if _ALGORITHMS.get(hashed.Algorithm) != container.algorithm:
        raise ToolError(_BAD_ALGORITHM)
    assert hashed.content is not None
    with keys.opened(run, container, pin=certificate.pin) as key:
        return keys.raw_signature(run, container, key, hashed.content)


def _misbehave(run: Run) -> None:
    if run.fault("crash") is not None:
        os.kill(os.getpid(), signal.SIGKILL)
    if run.fault("hang") is not None:
        run.hang()
    slow = run.fault("slow")
    if slow is not None:
        time.sleep(float(slow))
    leak = run.fault("leak")
    if leak is not None:
        _Host.leaked.append(bytearray(os.urandom(4096)) * (256 * int(leak)))  # not zeros: those take no memory
    code = run.fault("code")
    if code is not None:
        raise ToolError(int(code, 16))
