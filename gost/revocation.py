"""What revocation lists say of a certificate as of a time, and which list is worth believing.

A list counts only under the key of the certificate's own issuer: indirect and delta lists are refused. One issued after
the time asked about counts too, and better: it also holds what became known later of the time before.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from gost.algorithms import SOUND_SIGNATURES
from gost.certificate import CertificateFacts
from gost.errors import MalformedError
from gost.keys import public_key_of
from gost.libcrypto import Owned, libcrypto, parse
from gost.names import RUSSIAN_NAMES, tolerating_long_names
from gost.report import RevocationStatus

MAX_CRL_BYTES: Final = 64 * 1024 * 1024  # the biggest ones published have some 10 MiB

_CHECKED_SIGNATURES: Final = 4096  # a list is checked once for an issuer; past this all are checked again
_UNDERSTOOD: Final = frozenset({x509.IssuingDistributionPoint.oid, x509.AuthorityKeyIdentifier.oid, x509.CRLNumber.oid})


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """What is known of one certificate: the status, the list it rests on, and since when it is revoked."""

    status: RevocationStatus
    this_update: datetime | None = None
    next_update: datetime | None = None
    revoked_since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFacts:
    """What one list says of itself, and whether one of the CAs it was held against signed it."""

    issuer: str
    this_update: datetime
    next_update: datetime | None
    is_signed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _List:
    issuer: str
    authority_key_id: str | None
    this_update: datetime
    next_update: datetime | None
    is_plain: bool
    """Signed by a sound algorithm, complete, and all that is critical in it is understood."""
    scope: x509.IssuingDistributionPoint | None
    parsed: x509.CertificateRevocationList
    handle: Owned


class RevocationLists:
    """Revocation lists, read once and shared between threads.

    Args:
        crls: DER or PEM.

    Raises:
        MalformedError: a list can't be read.
    """

    __slots__ = ("_by_issuer", "_checked")

    def __init__(self, crls: Iterable[bytes]) -> None:
        groups: dict[str, list[_List]] = {}
        for read in map(_read_crl, crls):
            groups.setdefault(read.issuer, []).append(read)
        self._by_issuer: Final[Mapping[str, list[_List]]] = groups
        self._checked: Final[dict[tuple[int, str], bool]] = {}

    def judge(
        self, certificate: CertificateFacts, issuer: CertificateFacts, *, at: datetime, max_age: timedelta | None
    ) -> Revocation:
        """Say what the lists of ``issuer`` tell of ``certificate`` as of ``at``.

        A list issued longer than ``max_age`` before ``at`` is STALE, whatever its nextUpdate says. An old list still
        tells of what was revoked in it; one that can't be believed tells nothing.
        """
        named = [each for each in self._by_issuer.get(certificate.issuer, ()) if _may_be_of(each, issuer)]
        if not named:
            return Revocation(status=RevocationStatus.MISSING)
        usable = [each for each in named if self._is_usable(each, certificate, issuer)]
        if not usable:
            return Revocation(status=RevocationStatus.UNUSABLE)
        before = max((each for each in usable if each.this_update <= at), key=_age, default=None)
        after = [each for each in usable if each.this_update > at]
        return _revoked(before, after, certificate, at) or _judged(before, after, certificate, at, max_age)

    def moments(self, certificate: CertificateFacts, max_age: timedelta | None) -> frozenset[datetime]:
        """When what the lists say of ``certificate`` may change."""
        found: set[datetime] = set()
        for each in self._by_issuer.get(certificate.issuer, ()):
            since = _since(each, certificate)
            oldest = each.this_update + max_age if max_age is not None else None
            found |= {date for date in (each.this_update, each.next_update, since, oldest) if date is not None}
        return frozenset(found)

    def _is_usable(self, crl: _List, certificate: CertificateFacts, issuer: CertificateFacts) -> bool:
        may_sign_lists = not issuer.key_usage or "cRLSign" in issuer.key_usage
        covers = crl.is_plain and _covers(crl.scope, certificate)
        return covers and may_sign_lists and self._is_signed(crl, issuer)

    def _is_signed(self, crl: _List, issuer: CertificateFacts) -> bool:
        key = (id(crl), issuer.sha256)
        found = self._checked.get(key)
        if found is None:
            if len(self._checked) >= _CHECKED_SIGNATURES:
                self._checked.clear()
            found = self._checked[key] = _signed(crl, issuer)
        return found


def read_revocation_list(crl: bytes, issuers: Iterable[CertificateFacts]) -> ListFacts:
    """Read a list, DER or PEM, and look whether one of ``issuers`` signed it by a sound algorithm.

    Raises:
        MalformedError: it can't be read.
    """
    read = _read_crl(crl)
    own = (each for each in issuers if each.subject == read.issuer and _may_be_of(read, each))
    return ListFacts(
        issuer=read.issuer,
        this_update=read.this_update,
        next_update=read.next_update,
        is_signed=read.is_plain and any(_signed(read, each) for each in own),
    )


def _age(crl: _List) -> datetime:
    return crl.this_update


def _may_be_of(crl: _List, issuer: CertificateFacts) -> bool:
    return crl.authority_key_id is None or issuer.subject_key_id in {None, crl.authority_key_id}


def _signed(crl: _List, issuer: CertificateFacts) -> bool:
    library = libcrypto()
    try:
        key = public_key_of(issuer)
    except MalformedError:
        return False
    signed = library.X509_CRL_verify(crl.handle.address, key.address) == 1
    library.ERR_clear_error()
    return bool(signed)


def _covers(scope: x509.IssuingDistributionPoint | None, certificate: CertificateFacts) -> bool:
    """Whether a list that is only for a part of the issuer's certificates is for this one (RFC 5280, 6.3.3 b 2)."""
    if scope is None:
        return True
    if scope.indirect_crl or scope.only_some_reasons or scope.only_contains_attribute_certs or scope.relative_name:
        return False
    urls = {name.value for name in scope.full_name or () if isinstance(name, x509.UniformResourceIdentifier)}
    if scope.full_name and urls.isdisjoint(certificate.crl_urls):
        return False
    return not (scope.only_contains_ca_certs if not certificate.is_ca else scope.only_contains_user_certs)


def _since(crl: _List, certificate: CertificateFacts) -> datetime | None:
    entry = crl.parsed.get_revoked_certificate_by_serial_number(int(certificate.serial_number, 16))
    return entry.revocation_date_utc if entry else None


def _revoked(
    before: _List | None, after: Iterable[_List], certificate: CertificateFacts, at: datetime
) -> Revocation | None:
    """Whether the last list before the time has it, or a later one with a date before the time."""
    if before is not None and (since := _since(before, certificate)) is not None:
        return _found(RevocationStatus.REVOKED, before, since)
    for crl in after:
        since = _since(crl, certificate)
        if since is not None and since <= at:
            return _found(RevocationStatus.REVOKED, crl, since)
    return None


def _judged(
    before: _List | None, after: Iterable[_List], certificate: CertificateFacts, at: datetime, max_age: timedelta | None
) -> Revocation:
    if before is not None and _is_fresh(before, at, max_age):
        return _found(RevocationStatus.GOOD, before)
    telling = [each for each in after if each.this_update <= certificate.not_after]  # later ones may leave it out
    if telling:
        first = min(telling, key=_age)
        return _found(RevocationStatus.GOOD, first, _since(first, certificate))
    return Revocation(status=RevocationStatus.MISSING) if before is None else _found(RevocationStatus.STALE, before)


def _is_fresh(crl: _List, at: datetime, max_age: timedelta | None) -> bool:
    is_old = max_age is not None and at - crl.this_update > max_age
    return not is_old and crl.next_update is not None and at <= crl.next_update


def _found(status: RevocationStatus, crl: _List, since: datetime | None = None) -> Revocation:
    return Revocation(status=status, this_update=crl.this_update, next_update=crl.next_update, revoked_since=since)


def _read_crl(data: bytes) -> _List:
    if len(data) > MAX_CRL_BYTES:
        raise MalformedError(f"a revocation list of {len(data)} bytes: at most {MAX_CRL_BYTES} are read")
    try:
        is_pem = data.lstrip().startswith(b"-----BEGIN")
        crl = x509.load_pem_x509_crl(data) if is_pem else x509.load_der_x509_crl(data)
        extensions = {each.oid: each for each in crl.extensions}
        with tolerating_long_names():
            issuer = crl.issuer.rfc4514_string(RUSSIAN_NAMES)
        handle = parse(libcrypto(), "d2i_X509_CRL", "X509_CRL_free", crl.public_bytes(serialization.Encoding.DER))
        issued, next_issue = crl.last_update_utc, crl.next_update_utc
    except (ValueError, TypeError, x509.DuplicateExtension, x509.UnsupportedGeneralNameType) as error:
        raise MalformedError("not a certificate revocation list: give PEM or DER") from error
    if handle is None:
        raise MalformedError("OpenSSL can't read a revocation list: fetch it again")
    strange = any(each.critical and each.oid not in _UNDERSTOOD for each in extensions.values())
    is_delta = x509.DeltaCRLIndicator.oid in extensions
    is_sound = crl.signature_algorithm_oid.dotted_string in SOUND_SIGNATURES
    return _List(
        issuer=issuer,
        authority_key_id=_key_id(crl.extensions),
        this_update=issued,
        next_update=next_issue,
        is_plain=is_sound and not strange and not is_delta,
        scope=_scope(crl.extensions),
        parsed=crl,
        handle=handle,
    )


def _key_id(extensions: x509.Extensions) -> str | None:
    for each in extensions:
        if isinstance(each.value, x509.AuthorityKeyIdentifier) and each.value.key_identifier:
            return each.value.key_identifier.hex()
    return None


def _scope(extensions: x509.Extensions) -> x509.IssuingDistributionPoint | None:
    for each in extensions:
        if isinstance(each.value, x509.IssuingDistributionPoint):
            return each.value
    return None
