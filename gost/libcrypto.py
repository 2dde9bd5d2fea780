"""The one place that touches OpenSSL's C interface: loading, prototypes, ownership and the error queue.

Calls go through ``ctypes.CDLL``, so the interpreter lock is released during each. The GOST algorithms come from the
engine ``gost``, made the default for digests, ciphers and keys of this process; no configuration file, environment
variable or certificate store of the system is read.
"""

import ctypes
import functools
import sys
import threading
from collections.abc import Callable
from ctypes import POINTER, c_char_p, c_int, c_int64, c_long, c_size_t, c_uint, c_uint64, c_ulong, c_void_p
from types import TracebackType
from typing import Any, Final

from gost.errors import EngineMissingError, MalformedError

# int (*)(char *buffer, int size, int for_writing, void *user): fills in a passphrase, answers its length or -1
PASSPHRASE_CALLBACK = ctypes.CFUNCTYPE(c_int, c_void_p, c_int, c_int, c_void_p)
# int (*)(int ok, X509_STORE_CTX *): told of each certificate found good or bad, answers 1 to go on
VERIFY_CALLBACK = ctypes.CFUNCTYPE(c_int, c_int, c_void_p)
# int (*)(X509_STORE_CTX *): checks signatures and dates of a chain in OpenSSL's place, answers 1 to go on
CHAIN_CALLBACK = ctypes.CFUNCTYPE(c_int, c_void_p)

_LIBRARY_NAMES: Final = {"win32": "libcrypto-3-x64.dll", "darwin": "libcrypto.3.dylib"}

_ENGINE_DYNAMIC: Final = 0x00000200
_NO_LOAD_CONFIG: Final = 0x00000080
_ENGINE_METHODS: Final = 0x0040 | 0x0080 | 0x0200 | 0x0400  # ciphers, digests, keys, keys' ASN.1; not its RAND
_ENGINE_HINT: Final = "install the Debian package libengine-gost-openssl (gost-engine built for OpenSSL 3)"

_PARSED_CERTIFICATES: Final = 512  # some 10 KiB each

# name: (result, arguments). A pointer is a plain address, None when NULL.
_PROTOTYPES: Final[dict[str, tuple[Any, list[Any]]]] = {
    "OPENSSL_init_crypto": (c_int, [c_uint64, c_void_p]),
    "ERR_clear_error": (None, []),
    "ERR_get_error": (c_ulong, []),
    "ERR_error_string_n": (None, [c_ulong, c_char_p, c_size_t]),
    "ENGINE_by_id": (c_void_p, [c_char_p]),
    "ENGINE_init": (c_int, [c_void_p]),
    "ENGINE_set_default": (c_int, [c_void_p, c_uint]),
    "EVP_get_digestbyname": (c_void_p, [c_char_p]),
    "EVP_Digest": (c_int, [c_char_p, c_size_t, c_char_p, c_void_p, c_void_p, c_void_p]),
    "EVP_MD_CTX_new": (c_void_p, []),
    "EVP_MD_CTX_free": (None, [c_void_p]),
    "EVP_MD_CTX_copy_ex": (c_int, [c_void_p, c_void_p]),
    "EVP_DigestInit_ex": (c_int, [c_void_p, c_void_p, c_void_p]),
    "EVP_DigestUpdate": (c_int, [c_void_p, c_void_p, c_size_t]),
    "EVP_DigestFinal_ex": (c_int, [c_void_p, c_char_p, c_void_p]),
    "BIO_new_mem_buf": (c_void_p, [c_char_p, c_int]),
    "BIO_free": (c_int, [c_void_p]),
    "PEM_read_bio_PrivateKey": (c_void_p, [c_void_p, c_void_p, PASSPHRASE_CALLBACK, c_void_p]),
    "EVP_PKEY_free": (None, [c_void_p]),
    "EVP_PKEY_get_size": (c_int, [c_void_p]),
    "EVP_PKEY_get_base_id": (c_int, [c_void_p]),
    "EVP_PKEY_eq": (c_int, [c_void_p, c_void_p]),
    "EVP_PKEY_CTX_new": (c_void_p, [c_void_p, c_void_p]),
    "EVP_PKEY_CTX_free": (None, [c_void_p]),
    "EVP_PKEY_CTX_set_signature_md": (c_int, [c_void_p, c_void_p]),
    "EVP_PKEY_sign_init": (c_int, [c_void_p]),
    "EVP_PKEY_sign": (c_int, [c_void_p, c_char_p, POINTER(c_size_t), c_char_p, c_size_t]),
    "EVP_PKEY_verify_init": (c_int, [c_void_p]),
    "EVP_PKEY_verify": (c_int, [c_void_p, c_char_p, c_size_t, c_char_p, c_size_t]),
    "OBJ_txt2nid": (c_int, [c_char_p]),
    "OPENSSL_sk_new_null": (c_void_p, []),
    "OPENSSL_sk_push": (c_int, [c_void_p, c_void_p]),
    "OPENSSL_sk_num": (c_int, [c_void_p]),
    "OPENSSL_sk_value": (c_void_p, [c_void_p, c_int]),
    "OPENSSL_sk_free": (None, [c_void_p]),
    "d2i_X509": (c_void_p, [c_void_p, POINTER(c_char_p), c_long]),
    "X509_free": (None, [c_void_p]),
    "X509_get0_pubkey": (c_void_p, [c_void_p]),
    "X509_verify": (c_int, [c_void_p, c_void_p]),
    "d2i_X509_CRL": (c_void_p, [c_void_p, POINTER(c_char_p), c_long]),
    "X509_CRL_free": (None, [c_void_p]),
    "X509_CRL_verify": (c_int, [c_void_p, c_void_p]),
    "X509_STORE_new": (c_void_p, []),
    "X509_STORE_free": (None, [c_void_p]),
    "X509_STORE_set_flags": (c_int, [c_void_p, c_ulong]),
    "X509_STORE_set_verify": (None, [c_void_p, CHAIN_CALLBACK]),
    "X509_STORE_set_depth": (c_int, [c_void_p, c_int]),
    "X509_STORE_CTX_new": (c_void_p, []),
    "X509_STORE_CTX_free": (None, [c_void_p]),
    "X509_STORE_CTX_init": (c_int, [c_void_p, c_void_p, c_void_p, c_void_p]),
    "X509_STORE_CTX_set0_trusted_stack": (None, [c_void_p, c_void_p]),
    "X509_STORE_CTX_set_time": (None, [c_void_p, c_ulong, c_int64]),
    "X509_STORE_CTX_set_verify_cb": (None, [c_void_p, VERIFY_CALLBACK]),
    "X509_STORE_CTX_get_error": (c_int, [c_void_p]),
    "X509_STORE_CTX_get_error_depth": (c_int, [c_void_p]),
    "X509_STORE_CTX_get0_chain": (c_void_p, [c_void_p]),
    "X509_verify_cert": (c_int, [c_void_p]),
}


class Owned:
    """A pointer that is freed exactly once: at the end of ``with``, by ``close()``, or when collected.

    ``address`` is the pointer, or None after it was freed.
    """

    __slots__ = ("_free", "_held", "address")

    def __init__(self, address: int | None, free: Callable[[int], Any]) -> None:
        self._held = [address] if address else []  # whoever takes it out of the list frees it, and nobody else can
        if not address:
            raise MemoryError("OpenSSL gave no object: out of memory")
        self._free = free
        self.address: int | None = address

    def close(self) -> None:
        """Free it now; does nothing the second time."""
        self.address = None
        try:
            address = self._held.pop()
        except IndexError:
            return
        self._free(address)

    __del__ = close  # a tenth of what ``weakref.finalize`` takes, of which a verification needs many

    def __enter__(self) -> int:
        assert self.address is not None
        return self.address

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


class Lent:
    """A pointer to a part of what somebody else owns, which lives as long as this does."""

    __slots__ = ("_owner", "address")

    def __init__(self, address: int, owner: Owned) -> None:
        self._owner: Final = owner
        self.address: Final = address


@functools.cache
def libcrypto() -> Any:
    """The library with its prototypes set and the engine ``gost`` active, loaded once in the life of the process.

    Raises:
        EngineMissingError: OpenSSL 3 or the engine is not installed.
    """
    with _LOADING:
        return _load()


_LOADING: Final = threading.Lock()


def _load() -> Any:
    name = _LIBRARY_NAMES.get(sys.platform, "libcrypto.so.3")
    try:
        library = ctypes.CDLL(name)
        for function_name, (result, arguments) in _PROTOTYPES.items():
            function = getattr(library, function_name)
            function.restype, function.argtypes = result, arguments
    except (OSError, AttributeError) as error:
        raise EngineMissingError(
            f"{name} is not a usable OpenSSL 3: install OpenSSL 3.0 or later, then {_ENGINE_HINT}"
        ) from error
    _start_engine(library)
    return library


def _start_engine(library: Any) -> None:
    library.OPENSSL_init_crypto(_ENGINE_DYNAMIC | _NO_LOAD_CONFIG, None)
    engine = library.ENGINE_by_id(b"gost")
    started = engine and library.ENGINE_init(engine) == 1 and library.ENGINE_set_default(engine, _ENGINE_METHODS) == 1
    if not started:
        raise EngineMissingError(f"the OpenSSL engine `gost` does not start ({drain_errors(library)}): {_ENGINE_HINT}")


def drain_errors(library: Any) -> str:
    """Empty this thread's error queue and describe its oldest entry, or say that it held none."""
    code = library.ERR_get_error()
    if not code:
        return "no detail"
    text = ctypes.create_string_buffer(256)
    library.ERR_error_string_n(code, text, len(text))
    library.ERR_clear_error()
    return text.value.decode("ascii", "replace")


def parse(library: Any, parser: str, free: str, der: bytes) -> Owned | None:
    """Read one DER structure with ``d2i_X509`` or ``d2i_X509_CRL``; None if it can't be read or has bytes to spare."""
    position = c_char_p(der)
    pointer = c_void_p.from_buffer(position)  # the same eight bytes, as a number
    start = pointer.value or 0
    address = getattr(library, parser)(None, ctypes.byref(position), len(der))
    if not address:
        library.ERR_clear_error()
        return None
    owned = Owned(address, getattr(library, free))
    return owned if (pointer.value or 0) - start == len(der) else None


@functools.lru_cache(maxsize=_PARSED_CERTIFICATES)
def parsed_certificate(der: bytes) -> Owned:
    """A certificate as an ``X509``, remembered, since reading one costs a third of a verification.

    It belongs to the cache and to all who hold it: keep the ``Owned`` while using its address, and never close it.

    Raises:
        MalformedError: OpenSSL can't read it.
    """
    owned = parse(libcrypto(), "d2i_X509", "X509_free", der)
    if owned is None:
        raise MalformedError("OpenSSL can't read a certificate that looks well-formed: get it issued again")
    return owned
