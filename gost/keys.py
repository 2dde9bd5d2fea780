"""Raw signatures by private and public keys held in OpenSSL's memory; a private key never leaves it."""

import ctypes
import threading
from typing import Any, Final, Self

from gost import digest as hashing
from gost.certificate import CertificateFacts, PublicKeyAlgorithm
from gost.digest import DigestAlgorithm
from gost.errors import KeyClosedError, KeyFormatError, MalformedError, SigningError, WrongPassphraseError
from gost.libcrypto import PASSPHRASE_CALLBACK, Lent, Owned, drain_errors, libcrypto, parsed_certificate

MAX_KEY_FILE_BYTES: Final = 64 * 1024  # an encrypted GOST key has some 400 bytes, RSA-4096 some 3.5 KiB

_OBJECT_NAMES: Final = {
    PublicKeyAlgorithm.GOST_R_34_10_2012_256: b"1.2.643.7.1.1.1.1",
    PublicKeyAlgorithm.GOST_R_34_10_2012_512: b"1.2.643.7.1.1.1.2",
    PublicKeyAlgorithm.RSA: b"rsaEncryption",
    PublicKeyAlgorithm.ECDSA: b"id-ecPublicKey",
}


class PublicKey:
    """The public key of a certificate. Safe to share between threads."""

    __slots__ = ("_key", "algorithm", "digest_algorithm")

    def __init__(self, *, key: Owned | Lent, algorithm: PublicKeyAlgorithm) -> None:
        self._key = key
        self.algorithm = algorithm
        self.digest_algorithm = algorithm.digest_algorithm

    @classmethod
    def from_certificate(cls, certificate: CertificateFacts) -> Self:
        """Take the key out of a certificate.

        Raises:
            UnsupportedAlgorithmError: the key is none of GOST R 34.10-2012, RSA and ECDSA.
            MalformedError: the certificate's key can't be used (unknown parameters, point not on the curve).
        """
        return cls(key=public_key_of(certificate), algorithm=certificate.public_key_algorithm)

    def verify(self, data: bytes, signature: bytes) -> bool:
        """Whether ``signature`` (as CMS holds it) was made over ``data`` by the matching private key.

        False for anything else, garbage included.
        """
        return self.verify_digest(hashing.digest(self.digest_algorithm, data), signature)

    def verify_digest(self, digest: bytes, signature: bytes, *, algorithm: DigestAlgorithm | None = None) -> bool:
        """Same, for data hashed before, by ``algorithm`` or else by the one that belongs to the key."""
        library = libcrypto()
        method = hashing.evp_md(algorithm or self.digest_algorithm)
        context = library.EVP_PKEY_CTX_new(self._key.address, None)
        try:
            verified = (
                library.EVP_PKEY_verify_init(context) == 1
                and library.EVP_PKEY_CTX_set_signature_md(context, method) == 1
                and library.EVP_PKEY_verify(context, signature, len(signature), digest, len(digest)) == 1
            )
        finally:
            library.EVP_PKEY_CTX_free(context)
        if not verified:
            library.ERR_clear_error()
        return bool(verified)


class PrivateKey:
    """A private key, opened once and shared between threads until ``close``. Its ``repr`` shows no secret."""

    __slots__ = ("_key", "_lock", "_signature_size_bytes", "algorithm", "digest_algorithm")

    def __init__(self, *, key: Owned, algorithm: PublicKeyAlgorithm) -> None:
        self._key = key
        self._lock = threading.Lock()
        self._signature_size_bytes: int = libcrypto().EVP_PKEY_get_size(key.address)
        self.algorithm = algorithm
        self.digest_algorithm = algorithm.digest_algorithm

    @classmethod
    def from_pem(cls, data: bytes, passphrase: bytes | None = None) -> Self:
        """Open a PKCS#8 key (or a traditional RSA or EC one) in PEM. Never prompts.

        Raises:
            WrongPassphraseError: it is encrypted, and the passphrase is missing or wrong.
            KeyFormatError: it is no private key in PEM, or none of GOST R 34.10-2012, RSA and ECDSA.
            EngineMissingError: the GOST engine is not installed.
        """
        if len(data) > MAX_KEY_FILE_BYTES:
            raise KeyFormatError(f"a key file of {len(data)} bytes: at most {MAX_KEY_FILE_BYTES} are read")
        key = _read_private_key(data, passphrase)
        for algorithm in _OBJECT_NAMES:
            if _is_of(key, algorithm):
                return cls(key=key, algorithm=algorithm)
        raise KeyFormatError("the private key is none of GOST R 34.10-2012, RSA and ECDSA: make one of these")

    def sign(self, data: bytes) -> bytes:
        """Hash ``data`` by ``digest_algorithm`` and sign the digest.

        Returns:
            The signature as CMS holds it: 64 or 128 bytes s || r for GOST, PKCS#1 v1.5 for RSA, DER for ECDSA.

        Raises:
            KeyClosedError: the key was closed.
            SigningError: the library refused.
        """
        digest = hashing.digest(self.digest_algorithm, data)
        library = libcrypto()
        signature = ctypes.create_string_buffer(self._signature_size_bytes)
        size = ctypes.c_size_t(self._signature_size_bytes)
        with self._context(library) as context:
            signed = (
                library.EVP_PKEY_sign_init(context) == 1
                and library.EVP_PKEY_CTX_set_signature_md(context, hashing.evp_md(self.digest_algorithm)) == 1
                and library.EVP_PKEY_sign(context, signature, ctypes.byref(size), digest, len(digest)) == 1
            )
        if not signed:
            raise SigningError(f"OpenSSL refused to sign: {drain_errors(library)}")
        return signature.raw[: size.value]

    def matches(self, certificate: CertificateFacts) -> bool:
        """Whether the certificate holds this key's public half.

        Raises:
            KeyClosedError: the key was closed.
        """
        library = libcrypto()
        try:
            public = public_key_of(certificate)
        except MalformedError:
            return False
        with self._lock:
            equal = bool(library.EVP_PKEY_eq(self._open_key(), public.address) == 1)
        library.ERR_clear_error()
        return equal

    def close(self) -> None:
        """Forget the key; the library wipes its memory once no signature is under way. The second time does nothing."""
        with self._lock:
            self._key.close()

    def _context(self, library: Any) -> Owned:
        with self._lock:  # between reading the address and the context's own reference nobody may close the key
            return Owned(library.EVP_PKEY_CTX_new(self._open_key(), None), library.EVP_PKEY_CTX_free)

    def _open_key(self) -> int:
        if self._key.address is None:
            raise KeyClosedError("the private key was closed: open it again")
        return self._key.address


def public_key_of(certificate: CertificateFacts) -> Lent:
    """The certificate's key as an OpenSSL ``EVP_PKEY``.

    Raises:
        MalformedError: OpenSSL can't read the certificate or use its key.
    """
    library = libcrypto()
    holder = parsed_certificate(certificate.der)
    key = library.X509_get0_pubkey(holder.address)
    if not key:
        raise MalformedError(f"the certificate's public key can't be used: {drain_errors(library)}")
    return Lent(key, holder)


def _read_private_key(data: bytes, passphrase: bytes | None) -> Owned:
    library = libcrypto()
    asked: list[bool] = []

    def give_passphrase(buffer: int, size: int, _for_writing: int, _user: int | None) -> int:
        asked.append(True)
        if passphrase is None or len(passphrase) > size:
            return -1
        ctypes.memmove(buffer, passphrase, len(passphrase))
        return len(passphrase)

    with Owned(library.BIO_new_mem_buf(data, len(data)), library.BIO_free) as source:
        key = library.PEM_read_bio_PrivateKey(source, None, PASSPHRASE_CALLBACK(give_passphrase), None)
    if key:
        return Owned(key, library.EVP_PKEY_free)
    detail = drain_errors(library)
    if asked:
        problem = "needs a passphrase" if passphrase is None else "does not open with this passphrase"
        raise WrongPassphraseError(f"the private key {problem}")
    raise KeyFormatError(f"not a private key in PEM: give PKCS#8 ({detail})")


def _is_of(key: Owned, algorithm: PublicKeyAlgorithm) -> bool:
    library = libcrypto()
    return bool(library.EVP_PKEY_get_base_id(key.address) == library.OBJ_txt2nid(_OBJECT_NAMES[algorithm]))
