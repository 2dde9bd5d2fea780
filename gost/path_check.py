"""What OpenSSL says of one way to an anchor: everything but signatures and dates, which ``gost.chain`` checks itself.

A good way takes one run. Where there is a fault, a second one has a callback that writes down every fault and goes on.
"""

import functools
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from gost.certificate import CertificateFacts
from gost.libcrypto import CHAIN_CALLBACK, VERIFY_CALLBACK, Owned, drain_errors, libcrypto, parsed_certificate
from gost.paths import MAX_CHAIN_LENGTH, Path

UNSPECIFIED: Final = 1  # X509_V_ERR_UNSPECIFIED

_PARTIAL_CHAIN: Final = 0x80000  # an anchor need not be self-signed
_CACHED_TAILS: Final = 256  # ways above the signers' certificates, of which there are as many as issuing CAs

_CHECKED_HERE: Final = CHAIN_CALLBACK(lambda _context: 1)


class PathCheck:
    """Judges ways, and may be shared between threads. Its store is empty: a way brings its own certificates."""

    __slots__ = ("_store",)

    def __init__(self) -> None:
        library = libcrypto()
        self._store: Final = Owned(library.X509_STORE_new(), library.X509_STORE_free)
        library.X509_STORE_set_flags(self._store.address, _PARTIAL_CHAIN)
        library.X509_STORE_set_depth(self._store.address, MAX_CHAIN_LENGTH)
        library.X509_STORE_set_verify(self._store.address, _CHECKED_HERE)

    def judge(self, path: Path, at: datetime, *, is_anchored: bool) -> tuple[Path, list[tuple[int, int]]]:
        """The chain that OpenSSL made of a way's own certificates, and all faults (X509_V_ERR_*) with their depth.

        Args:
            path: the way; OpenSSL sees no certificate but these.
            at: aware.
            is_anchored: whether to trust the last one.
        """
        subject = parsed_certificate(path[0].der)
        tail = _tail(tuple(each.der for each in path[1:]), is_anchored)
        trusted = _Stack((subject,)) if is_anchored and len(path) == 1 else tail.trusted
        errors: list[tuple[int, int]] = []
        verdict, chain = self._run(subject, tail.untrusted, trusted, at, None)
        if verdict != 1:
            verdict, chain = self._run(subject, tail.untrusted, trusted, at, errors)
            if verdict != 1:
                errors.append((UNSPECIFIED, 0))  # it gave up: our callback never stops it
        libcrypto().ERR_clear_error()
        certificates = _named(chain, path, (subject, *tail.untrusted.members))
        return certificates or path[:1], errors

    def _run(
        self, subject: Owned, untrusted: "_Stack", trusted: "_Stack", at: datetime, errors: list[tuple[int, int]] | None
    ) -> tuple[int, list[int]]:
        """The verdict and the chain by addresses; ``errors`` takes the faults in, without it the first one ends it."""
        library = libcrypto()
        with Owned(library.X509_STORE_CTX_new(), library.X509_STORE_CTX_free) as context:
            _require(library.X509_STORE_CTX_init(context, self._store.address, subject.address, untrusted.address))
            library.X509_STORE_CTX_set0_trusted_stack(context, trusted.address)
            library.X509_STORE_CTX_set_time(context, 0, int(at.timestamp()))
            if errors is not None:
                callback = _noting(library, errors)
                library.X509_STORE_CTX_set_verify_cb(context, callback)
            verdict = library.X509_verify_cert(context)
            chain = library.X509_STORE_CTX_get0_chain(context)
            size = library.OPENSSL_sk_num(chain) if chain else 0
            return verdict, [library.OPENSSL_sk_value(chain, index) for index in range(size)]


class _Stack:
    """Certificates as OpenSSL takes several; it only reads them."""

    __slots__ = ("_owned", "address", "members")

    def __init__(self, members: Sequence[Owned]) -> None:
        library = libcrypto()
        self._owned: Final = Owned(library.OPENSSL_sk_new_null(), library.OPENSSL_sk_free)
        self.address: Final = self._owned.address
        self.members: Final = members
        for each in members:
            _require(library.OPENSSL_sk_push(self.address, each.address))


class _Tail:
    """All of a way but its first certificate, and the last of them, if it is trusted."""

    __slots__ = ("trusted", "untrusted")

    def __init__(self, members: Sequence[Owned], *, is_anchored: bool) -> None:
        self.untrusted: Final = _Stack(members)
        self.trusted: Final = _Stack(members[-1:] if is_anchored else ())


@functools.lru_cache(maxsize=_CACHED_TAILS)
def _tail(ders: tuple[bytes, ...], is_anchored: bool) -> _Tail:  # noqa: FBT001 - a cache's key
    return _Tail([parsed_certificate(der) for der in ders], is_anchored=is_anchored)


def _noting(library: Any, errors: list[tuple[int, int]]) -> Any:
    def note(ok: int, context: int) -> int:
        if not ok:
            depth = library.X509_STORE_CTX_get_error_depth(context)
            errors.append((library.X509_STORE_CTX_get_error(context), depth))
        return 1

    return VERIFY_CALLBACK(note)


def _named(chain: Sequence[int], path: Path, parsed: Sequence[Owned]) -> tuple[CertificateFacts, ...]:
    if chain == [each.address for each in parsed]:
        return path
    by_address = {each.address: certificate for each, certificate in zip(parsed, path, strict=True)}
    return tuple(by_address[address] for address in chain)


def _require(done: int) -> None:
    if done < 1:
        raise MemoryError(f"OpenSSL could not set up a verification: {drain_errors(libcrypto())}")
