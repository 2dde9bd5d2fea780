"""From a signer's certificate to a trust anchor: path, dates, revocation, by OpenSSL and nothing fetched.

OpenSSL judges; a callback only writes down what it finds and lets it go on, so that a report can name every fault of
every certificate. Trusted are the anchors given here and no others; time is the one asked about, never the clock.
"""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from gost.certificate import RUSSIAN_NAMES, CertificateFacts, read_certificate, tolerating_long_names
from gost.errors import MalformedError
from gost.keys import public_key_of
from gost.libcrypto import VERIFY_CALLBACK, Owned, drain_errors, encoded, libcrypto, parse, parsed_certificate
from gost.report import CertificateStatus, Chain, ChainElement, RevocationStatus
from gost.verdicts import Verdicts, moments_of

MAX_CHAIN_LENGTH: Final = 10
MAX_CANDIDATES: Final = 64  # certificates offered to OpenSSL as intermediates of one chain

_CRL_CHECK: Final = 0x4
_CRL_CHECK_ALL: Final = 0x8
_PARTIAL_CHAIN: Final = 0x80000  # an anchor need not be self-signed

MAX_ISSUERS_TRIED: Final = 8  # by signature, for a certificate outside the chain: namesakes are renewed keys
MAX_CRL_BYTES: Final = 64 * 1024 * 1024  # the biggest ones published have some 10 MiB

# X509_V_ERR_* of OpenSSL 3, by what they mean to a report
_NO_ISSUER: Final = frozenset({2, 18, 19, 20, 21, 22, 27})
_BAD_SIGNATURE: Final = frozenset({4, 6, 7})
_NOT_YET_VALID: Final = 9
_EXPIRED: Final = 10
_REVOKED: Final = 23
_CRL_MISSING: Final = 3
_CRL_STALE: Final = frozenset({11, 12})
_CRL_UNUSABLE: Final = frozenset({5, 8, 15, 16, 33, 35, 36, 44, 54})
_REVOCATION_ERRORS: Final = _CRL_STALE | _CRL_UNUSABLE | {_CRL_MISSING, _REVOKED}
_UNSPECIFIED: Final = 1

# Signatures of certificates that are accepted: GOST R 34.10-2012, RSA and ECDSA with SHA-2
_SOUND_ALGORITHMS: Final = frozenset(
    {
        "1.2.643.7.1.1.3.2",
        "1.2.643.7.1.1.3.3",
        "1.2.840.113549.1.1.11",
        "1.2.840.113549.1.1.12",
        "1.2.840.113549.1.1.13",
        "1.2.840.10045.4.3.2",
        "1.2.840.10045.4.3.3",
        "1.2.840.10045.4.3.4",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Crl:
    issuer: str
    authority_key_id: str | None
    this_update: datetime
    next_update: datetime | None
    parsed: x509.CertificateRevocationList


class TrustStore:
    """Anchors, intermediates and revocation lists, read once and shared between threads.

    Args:
        anchors: trusted as they are.
        intermediates: offered when building a chain, and trusted only as far as it leads to an anchor.
        crls: DER or PEM. Each is used only if its issuer's key, found by a chain, signed it.

    Raises:
        MalformedError: a certificate or list can't be read.
    """

    __slots__ = ("_anchors", "_by_subject", "_crls", "_moments", "_store", "_verdicts")

    def __init__(
        self, *, anchors: Iterable[CertificateFacts], intermediates: Iterable[CertificateFacts], crls: Iterable[bytes]
    ) -> None:
        library = libcrypto()
        trusted = tuple(anchors)
        self._store: Final = Owned(library.X509_STORE_new(), library.X509_STORE_free)
        library.X509_STORE_set_flags(self._store.address, _CRL_CHECK | _CRL_CHECK_ALL | _PARTIAL_CHAIN)
        library.X509_STORE_set_depth(self._store.address, MAX_CHAIN_LENGTH)
        for anchor in trusted:
            parsed = parsed_certificate(anchor.der)
            _require(library.X509_STORE_add_cert(self._store.address, parsed.address))
        self._anchors: Final = frozenset(anchor.der for anchor in trusted)
        self._by_subject: Final = _grouped_by_subject((*trusted, *intermediates))
        self._crls: Final = tuple(self._add_crl(crl) for crl in crls)
        self._verdicts: Final = Verdicts()
        self._moments: Final = moments_of(
            itertools.chain.from_iterable(self._by_subject.values()),
            ((crl.this_update, crl.next_update) for crl in self._crls),
        )

    def build_chain(
        self, leaf: CertificateFacts, *, extra: Sequence[CertificateFacts], at: datetime, max_crl_age: timedelta | None
    ) -> Chain:
        """Find the way from ``leaf`` to an anchor and judge every certificate on it as of ``at``.

        Args:
            leaf: the certificate asked about.
            extra: untrusted certificates that came with it.
            at: aware.
            max_crl_age: a list issued longer ago than this is STALE, whatever its nextUpdate says; None for no limit.
        """
        turning = moments_of((leaf, *extra), ())
        if max_crl_age is not None:
            turning |= {crl.this_update + max_crl_age for crl in self._crls}
        subject = (leaf.der, max_crl_age, *(each.der for each in extra))
        return self._verdicts.get(
            subject, at, self._moments | turning, lambda: self._judge(leaf, extra=extra, at=at, max_crl_age=max_crl_age)
        )

    def _judge(
        self, leaf: CertificateFacts, *, extra: Sequence[CertificateFacts], at: datetime, max_crl_age: timedelta | None
    ) -> Chain:
        certificates, errors = self._verify(leaf, self._candidates(leaf, extra), at)
        top = len(certificates) - 1
        is_anchored = certificates[top].der in self._anchors and not any(error in _NO_ISSUER for error, _ in errors)
        elements = []
        for depth, certificate in enumerate(certificates):
            of_this = {error for error, at_depth in errors if min(at_depth, top) == depth}
            is_anchor = is_anchored and depth == top
            status = _status(certificate, of_this, is_issuer=depth > 0, is_anchor=is_anchor)
            if is_anchor:
                not_checked = RevocationStatus.NOT_CHECKED
                elements.append(ChainElement(certificate=certificate, status=status, revocation=not_checked))
            else:
                crl = self._newest_crl(certificate, certificates[min(depth + 1, top)], at)
                revocation = _revocation(of_this, crl, at, max_crl_age)
                elements.append(_element(certificate, status, revocation, crl))
        return Chain(elements=tuple(elements), is_anchored=is_anchored)

    def vouches_for(self, certificate: CertificateFacts, extra: Iterable[CertificateFacts]) -> bool:
        """Whether some certificate known here or in ``extra`` (itself included) signed this one."""
        named = (*self._by_subject.get(certificate.issuer, ()), *extra)
        issuers = [each for each in named if _may_have_issued(each, certificate)]
        return any(_signed(certificate, issuer) for issuer in issuers[:MAX_ISSUERS_TRIED])

    def _candidates(self, leaf: CertificateFacts, extra: Iterable[CertificateFacts]) -> list[CertificateFacts]:
        """The certificates that may be above ``leaf`` by name, our own first, at most MAX_CANDIDATES."""
        came_along = _grouped_by_subject(extra)
        found: dict[bytes, CertificateFacts] = {}
        names = [leaf.issuer]
        while names and len(found) < MAX_CANDIDATES:
            name = names.pop()
            for candidate in (*self._by_subject.get(name, ()), *came_along.get(name, ())):
                if candidate.der not in found:
                    found[candidate.der] = candidate
                    names.append(candidate.issuer)
        return list(found.values())[:MAX_CANDIDATES]

    def _verify(
        self, leaf: CertificateFacts, candidates: Iterable[CertificateFacts], at: datetime
    ) -> tuple[tuple[CertificateFacts, ...], list[tuple[int, int]]]:
        """Let OpenSSL build and judge the chain; the chain, and all its errors with their depth."""
        library = libcrypto()
        errors: list[tuple[int, int]] = []

        def note(ok: int, context: int) -> int:
            if not ok:
                depth = library.X509_STORE_CTX_get_error_depth(context)
                errors.append((library.X509_STORE_CTX_get_error(context), depth))
            return 1

        callback = VERIFY_CALLBACK(note)
        subject, untrusted = parsed_certificate(leaf.der), [parsed_certificate(each.der) for each in candidates]
        with (
            Owned(library.OPENSSL_sk_new_null(), library.OPENSSL_sk_free) as stack,
            Owned(library.X509_STORE_CTX_new(), library.X509_STORE_CTX_free) as context,
        ):
            for each in untrusted:
                _require(library.OPENSSL_sk_push(stack, each.address))
            _require(library.X509_STORE_CTX_init(context, self._store.address, subject.address, stack))
            library.X509_STORE_CTX_set_time(context, 0, int(at.timestamp()))
            library.X509_STORE_CTX_set_verify_cb(context, callback)
            verdict = library.X509_verify_cert(context)
            certificates = _chain_of(library, context)
        library.ERR_clear_error()
        if verdict != 1:
            errors.append((_UNSPECIFIED, 0))  # it gave up: our callback never stops it
        return certificates or (leaf,), errors

    def _add_crl(self, data: bytes) -> _Crl:
        library = libcrypto()
        crl = _read_crl(data)
        der = crl.parsed.public_bytes(serialization.Encoding.DER)
        parsed = parse(library, "d2i_X509_CRL", "X509_CRL_free", der)
        if parsed is None:
            raise MalformedError("OpenSSL can't read a revocation list: fetch it again")
        with parsed as address:
            _require(library.X509_STORE_add_crl(self._store.address, address))
        return crl

    def _newest_crl(self, certificate: CertificateFacts, issuer: CertificateFacts, at: datetime) -> _Crl | None:
        """The list OpenSSL goes by: of this issuer and key, the latest one issued up to ``at``."""
        fitting = [
            crl
            for crl in self._crls
            if crl.issuer == certificate.issuer
            and crl.this_update <= at
            and (crl.authority_key_id is None or issuer.subject_key_id in {None, crl.authority_key_id})
        ]
        return max(fitting, key=lambda crl: crl.this_update, default=None)


def _element(
    certificate: CertificateFacts, status: CertificateStatus, revocation: RevocationStatus, crl: _Crl | None
) -> ChainElement:
    if crl is None:
        return ChainElement(certificate=certificate, status=status, revocation=revocation)
    entry = crl.parsed.get_revoked_certificate_by_serial_number(int(certificate.serial_number, 16))
    return ChainElement(
        certificate=certificate,
        status=status,
        revocation=revocation,
        crl_this_update=crl.this_update,
        crl_next_update=crl.next_update,
        revocation_time=entry.revocation_date_utc if entry else None,
    )


def _status(certificate: CertificateFacts, errors: set[int], *, is_issuer: bool, is_anchor: bool) -> CertificateStatus:
    if errors & _NO_ISSUER:
        return CertificateStatus.NO_ISSUER
    if errors & _BAD_SIGNATURE:
        return CertificateStatus.BAD_SIGNATURE
    if errors - _REVOCATION_ERRORS - {_EXPIRED, _NOT_YET_VALID} or (is_issuer and not certificate.is_ca):
        return CertificateStatus.NOT_ALLOWED
    if not is_anchor and certificate.signature_algorithm not in _SOUND_ALGORITHMS:
        return CertificateStatus.WEAK_ALGORITHM
    if _EXPIRED in errors:
        return CertificateStatus.EXPIRED
    return CertificateStatus.NOT_YET_VALID if _NOT_YET_VALID in errors else CertificateStatus.GOOD


def _revocation(errors: set[int], crl: _Crl | None, at: datetime, max_age: timedelta | None) -> RevocationStatus:
    """An unusable list says nothing, not even "revoked"; one that is merely old still does."""
    if errors & _CRL_UNUSABLE:
        return RevocationStatus.UNUSABLE
    if _REVOKED in errors:
        return RevocationStatus.REVOKED
    if crl is None or _CRL_MISSING in errors:
        return RevocationStatus.MISSING
    is_old = max_age is not None and at - crl.this_update > max_age
    if errors & _CRL_STALE or is_old or crl.next_update is None:
        return RevocationStatus.STALE
    return RevocationStatus.GOOD


def _read_crl(data: bytes) -> _Crl:
    if len(data) > MAX_CRL_BYTES:
        raise MalformedError(f"a revocation list of {len(data)} bytes: at most {MAX_CRL_BYTES} are read")
    try:
        is_pem = data.lstrip().startswith(b"-----BEGIN")
        crl = x509.load_pem_x509_crl(data) if is_pem else x509.load_der_x509_crl(data)
        keys = [each.value for each in crl.extensions if isinstance(each.value, x509.AuthorityKeyIdentifier)]
        with tolerating_long_names():
            issuer = crl.issuer.rfc4514_string(RUSSIAN_NAMES)
        issued, next_issue = crl.last_update_utc, crl.next_update_utc
    except (ValueError, TypeError, x509.DuplicateExtension, x509.UnsupportedGeneralNameType) as error:
        raise MalformedError("not a certificate revocation list: give PEM or DER") from error
    key_id = keys[0].key_identifier if keys else None
    return _Crl(
        issuer=issuer,
        authority_key_id=key_id.hex() if key_id else None,
        this_update=issued,
        next_update=next_issue,
        parsed=crl,
    )


def _grouped_by_subject(certificates: Iterable[CertificateFacts]) -> Mapping[str, list[CertificateFacts]]:
    groups: dict[str, list[CertificateFacts]] = {}
    for certificate in certificates:
        groups.setdefault(certificate.subject, []).append(certificate)
    return groups


def _may_have_issued(issuer: CertificateFacts, certificate: CertificateFacts) -> bool:
    keys = {issuer.subject_key_id, certificate.authority_key_id}
    return issuer.subject == certificate.issuer and (None in keys or len(keys) == 1)


def _signed(certificate: CertificateFacts, issuer: CertificateFacts) -> bool:
    library = libcrypto()
    subject = parsed_certificate(certificate.der)
    try:
        key = public_key_of(issuer)
    except MalformedError:
        return False
    with key as key_address:
        signed = library.X509_verify(subject.address, key_address) == 1
    library.ERR_clear_error()
    return bool(signed)


def _chain_of(library: Any, context: int) -> tuple[CertificateFacts, ...]:
    chain = library.X509_STORE_CTX_get0_chain(context)
    size = library.OPENSSL_sk_num(chain) if chain else 0
    return tuple(read_certificate(encoded(library, library.OPENSSL_sk_value(chain, index))) for index in range(size))


def _require(done: int) -> None:
    if done < 1:
        library = libcrypto()
        raise MemoryError(f"OpenSSL could not set up a verification: {drain_errors(library)}")
