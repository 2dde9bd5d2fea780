"""Hashing: Streebog (GOST R 34.11-2012) and SHA-256, one-shot or streamed in flat memory."""

import ctypes
import enum
import functools
from typing import Final

from gost.errors import UnsupportedAlgorithmError
from gost.libcrypto import Owned, libcrypto


class DigestAlgorithm(enum.Enum):
    """A hash function: its OID, the size of its digest in bytes, what OpenSSL calls it, and where it may write it."""

    STREEBOG_256 = ("1.2.643.7.1.1.2.2", 32, "md_gost12_256")
    STREEBOG_512 = ("1.2.643.7.1.1.2.3", 64, "md_gost12_512")
    SHA_256 = ("2.16.840.1.101.3.4.2.1", 32, "SHA256")

    def __init__(self, oid: str, size_bytes: int, openssl_name: str) -> None:
        self.oid: Final = oid
        self.size_bytes: Final = size_bytes
        self.openssl_name: Final = openssl_name
        self.buffer: Final = ctypes.c_char * size_bytes

    __hash__ = object.__hash__  # each is there once; that of `Enum` is a function in Python, called at every look-up

    @classmethod
    def from_oid(cls, oid: str) -> "DigestAlgorithm":
        """The algorithm with this dotted OID.

        Raises:
            UnsupportedAlgorithmError: it is none of ours.
        """
        for algorithm in cls:
            if algorithm.oid == oid:
                return algorithm
        raise UnsupportedAlgorithmError(f"digest algorithm {oid} is not supported: use Streebog or SHA-256")


class Hash:
    """A digest in the making. Feed it with ``update``; ``digest`` may be asked at any time and changes nothing.

    The interpreter lock is released while it works. One object belongs to one thread at a time.
    """

    __slots__ = ("_context", "algorithm")

    def __init__(self, algorithm: DigestAlgorithm) -> None:
        library = libcrypto()
        self.algorithm = algorithm
        self._context = Owned(library.EVP_MD_CTX_new(), library.EVP_MD_CTX_free)
        _require(library.EVP_DigestInit_ex(self._context.address, evp_md(algorithm), None))

    def update(self, data: bytes | bytearray | memoryview) -> None:
        """Take in the next bytes, of any number."""
        if not isinstance(data, bytes):
            data = bytes(data)
        _require(libcrypto().EVP_DigestUpdate(self._context.address, data, len(data)))

    def digest(self) -> bytes:
        """The digest of all bytes so far, ``algorithm.size_bytes`` long."""
        library = libcrypto()
        result = self.algorithm.buffer()
        with Owned(library.EVP_MD_CTX_new(), library.EVP_MD_CTX_free) as copy:
            _require(library.EVP_MD_CTX_copy_ex(copy, self._context.address))
            _require(library.EVP_DigestFinal_ex(copy, result, None))
        return result.raw

    def hexdigest(self) -> str:
        """``digest`` in lower-case hexadecimal."""
        return self.digest().hex()


def new(algorithm: DigestAlgorithm = DigestAlgorithm.STREEBOG_256) -> Hash:
    """Start hashing a stream.

    Raises:
        EngineMissingError: the GOST engine is not installed.
    """
    return Hash(algorithm)


def digest(algorithm: DigestAlgorithm, data: bytes) -> bytes:
    """Hash bytes that are all at hand, ``algorithm.size_bytes`` long."""
    result = algorithm.buffer()
    _require(libcrypto().EVP_Digest(data, len(data), result, None, evp_md(algorithm), None))
    return result.raw


def streebog256(data: bytes) -> bytes:
    """The 32 bytes of GOST R 34.11-2012, 256 bit."""
    return digest(DigestAlgorithm.STREEBOG_256, data)


@functools.cache
def evp_md(algorithm: DigestAlgorithm) -> int:
    """The address of OpenSSL's method for the algorithm, valid for the life of the process."""
    address: int | None = libcrypto().EVP_get_digestbyname(algorithm.openssl_name.encode())
    if not address:
        raise UnsupportedAlgorithmError(f"OpenSSL does not know {algorithm.openssl_name}: is the gost engine complete?")
    return address


def _require(done: int) -> None:
    if done != 1:
        raise MemoryError("OpenSSL could not hash: out of memory")
