"""`pycades` as a worker process uses it: stores and certificates for finding, `RawSignature` for signing.

`SignCades` would build the CMS itself; the agent gives the bytes that it built, has them hashed and the hash signed.
Names and arguments are those of the library's own sources, https://github.com/CryptoPro/pycades.
"""

import base64
import ctypes
import hashlib
import importlib
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from signer_agent.keys.cryptopro_codes import error_of
from signer_agent.keys.native import FoundCertificate, NativeKeys
from signer_agent.keys.port import KeyBackendError, KeyFailedError, KeyMissingError

MAX_CERTIFICATES: Final = 1000

_LOCATIONS: Final = {"u": 2, "m": 1}  # CADESCOM_CURRENT_USER_STORE, CADESCOM_LOCAL_MACHINE_STORE
_OPEN_READ_ONLY: Final = 0
_ENCODE_BASE64: Final = 0
_BASE64_TO_BINARY: Final = 1
_FIND_SHA1_HASH: Final = 0
_ALGORITHMS: Final = {
    "GOST_R_34_10_2012_256": (101, 64),  # CADESCOM_HASH_ALGORITHM_CP_GOST_3411_2012_256, a signature's bytes
    "GOST_R_34_10_2012_512": (102, 128),
}
_PRELOADED: Final = ("libcpalloc", "libcplib", "libcapi10", "libcapi20", "librdrsup", "libcades", "libcppcades")
_CODE: Final = re.compile(r"\(0x([0-9A-Fa-f]{8})\)\s*\Z")
# Signed to try the PIN that a person gave, and thrown away. It is no DER, so no CMS
_PROBE: Final = b"landhub signer agent: the PIN is tried, nothing is signed\n"


class PycadesKeys(NativeKeys):
    """The certificates of one store; a key's handle is its certificate's thumbprint.

    Args:
        python_path: A folder with `pycades`, if it is not installed.
        libraries: The CSP's; loaded first and for all to see, since one doesn't find the other.
        store: "uMy", "mMy".

    Raises:
        ImportError: there is no `pycades`, or a library of it is missing.
    """

    def __init__(self, *, python_path: str, libraries: str, store: str) -> None:
        if python_path:
            sys.path.insert(0, python_path)
        if libraries:
            _preload(libraries)
        self._pycades: Any = importlib.import_module("pycades")
        self._location = _LOCATIONS.get(store[:1], _LOCATIONS["u"])
        self._store = store[1:]

    def found(self, pin: bytes | None) -> Sequence[FoundCertificate]:  # noqa: ARG002 - they don't hide
        """All certificates of the store."""
        with _told():
            listed = self._certificates()
            count = min(int(listed.Count), MAX_CERTIFICATES)
            return [_found(listed.Item(place)) for place in range(1, count + 1)]

    def try_pin(self, key: bytes, algorithm: str, pin: bytes) -> None:
        """Sign something that is thrown away."""
        self.sign(key, algorithm, _PROBE, pin)

    def sign(self, key: bytes, algorithm: str, to_be_signed: bytes, pin: bytes | None) -> bytes:
        """Have the CSP hash and sign; its signature is little-endian, CMS holds the reverse."""
        number, size = _ALGORITHMS[algorithm]
        with _told():
            certificate = self._certificate(key)
            if pin is not None:
                certificate.PrivateKey.KeyPin = pin.decode("utf-8", "surrogateescape")
            hashed = self._pycades.HashedData()
            hashed.Algorithm = number  # before the data: afterwards it is refused
            hashed.DataEncoding = _BASE64_TO_BINARY  # else the text itself would be hashed, as UCS-2
            hashed.Hash(base64.b64encode(to_be_signed).decode())
            made = bytes.fromhex(self._pycades.RawSignature().SignHash(hashed, certificate))
        if len(made) != size:
            raise KeyFailedError(f"the CSP made {len(made)} bytes instead of {size}", cause="BAD_SIGNATURE")
        return made[::-1]

    def close(self) -> None:
        """Nothing stays open between calls; what the CSP remembers ends with the process."""

    def _certificates(self) -> Any:
        store = self._pycades.Store()
        store.Open(self._location, self._store, _OPEN_READ_ONLY)
        return store.Certificates

    def _certificate(self, thumbprint: bytes) -> Any:
        found = self._certificates().Find(_FIND_SHA1_HASH, thumbprint.decode())
        if not int(found.Count):
            raise KeyMissingError("the store has no such certificate any more", cause="NO_CERTIFICATE")
        return found.Item(1)


@contextmanager
def _told() -> Iterator[None]:
    """The library raises nothing but `Exception`, whose text ends with the code of CryptoAPI."""
    try:
        yield
    except KeyBackendError:
        raise
    except Exception as error:
        code = _CODE.search(str(error))
        if code is None:
            raise KeyFailedError(f"the library failed ({type(error).__name__})", cause="LIBRARY_FAILED") from error
        raise error_of(int(code[1], 16), str(error)) from error


def _found(certificate: Any) -> FoundCertificate:
    der = base64.b64decode(certificate.Export(_ENCODE_BASE64))
    has_key = bool(certificate.HasPrivateKey())
    place = str(certificate.PrivateKey.UniqueContainerName) if has_key else ""
    thumbprint = hashlib.sha1(der, usedforsecurity=False).hexdigest()
    return FoundCertificate(der=der, key=thumbprint.encode() if has_key else b"", has_key=has_key, place=place)


def _preload(folder: str) -> None:
    """The path that the loader was told in one library is not passed on to those that it needs."""
    for name in _PRELOADED:
        path = Path(folder) / f"{name}.so"
        if path.exists():
            ctypes.CDLL(str(path), mode=ctypes.RTLD_GLOBAL)
