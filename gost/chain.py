"""From a signer's certificate to a trust anchor: path, dates, revocation, by OpenSSL and nothing fetched.

Every way that ``gost.paths`` finds is judged by OpenSSL; a callback only writes down what it finds and lets it go on,
so that a report can name every fault of every certificate. Signatures and dates are checked here in its place: CAs are
few, and the signature on each is checked once. The best way counts. Trusted are the anchors given here and no others;
time is the one asked about, never the clock.
"""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from gost.algorithms import LEAST_KEY_BITS, SOUND_SIGNATURES
from gost.certificate import CertificateFacts
from gost.path_check import PathCheck
from gost.paths import Directory, Path, find_paths, may_have_issued, signed_by
from gost.report import CertificateStatus, Chain, ChainElement, RevocationStatus
from gost.revocation import RevocationLists
from gost.verdicts import Judgement, Verdicts

MAX_SIGNATURES_KEPT: Final = 4096  # of CAs, found good or bad; past this all are checked again
MAX_ISSUERS_TRIED: Final = 8  # by signature, for a certificate outside the chain: namesakes are renewed keys

# X509_V_ERR_* of OpenSSL 3, by what they mean to a report
_NO_ISSUER: Final = frozenset({2, 18, 19, 20, 21, 22, 27})
_BAD_SIGNATURE: Final = frozenset({4, 6, 7})
_NOT_YET_VALID: Final = 9
_EXPIRED: Final = 10
_CERTIFICATE_SIGNATURE_FAILURE: Final = 7
_NO_CERT_SIGN: Final = 32

# From bad to worse; a way is as bad as the worst of its certificates
_STATUSES: Final = (
    CertificateStatus.GOOD,
    CertificateStatus.EXPIRED,
    CertificateStatus.NOT_YET_VALID,
    CertificateStatus.WEAK_ALGORITHM,
    CertificateStatus.NOT_ALLOWED,
    CertificateStatus.NO_ISSUER,
    CertificateStatus.BAD_SIGNATURE,
)
_REVOCATIONS: Final = (
    RevocationStatus.NOT_CHECKED,
    RevocationStatus.GOOD,
    RevocationStatus.STALE,
    RevocationStatus.UNUSABLE,
    RevocationStatus.MISSING,
    RevocationStatus.REVOKED,
)


class TrustStore:
    """Anchors, intermediates and revocation lists, read once and shared between threads.

    Args:
        anchors: trusted as they are.
        intermediates: offered when building a chain, and trusted only as far as it leads to an anchor.
        crls: DER or PEM. Each is used only if its issuer's key, found by a chain, signed it.

    Raises:
        MalformedError: a certificate or list can't be read.
    """

    __slots__ = ("_above", "_anchors", "_check", "_known", "_lists", "_signed", "_verdicts")

    def __init__(
        self, *, anchors: Iterable[CertificateFacts], intermediates: Iterable[CertificateFacts], crls: Iterable[bytes]
    ) -> None:
        trusted = tuple(anchors)
        self._check: Final = PathCheck()
        self._anchors: Final = frozenset(anchor.der for anchor in trusted)
        self._known: Final = Directory((*trusted, *intermediates))
        self._lists: Final = RevocationLists(crls)
        self._verdicts: Final = Verdicts()
        self._above: Final = Verdicts()
        self._signed: Final[dict[tuple[str, str], bool]] = {}

    def build_chain(
        self, leaf: CertificateFacts, *, extra: Sequence[CertificateFacts], at: datetime, max_crl_age: timedelta | None
    ) -> Chain:
        """Find the best way from ``leaf`` to an anchor and judge every certificate on it as of ``at``.

        Args:
            leaf: the certificate asked about.
            extra: untrusted certificates that came with it.
            at: aware.
            max_crl_age: a list issued longer ago than this is STALE, whatever its nextUpdate says; None for no limit.
        """
        subject = (leaf.der, max_crl_age, *(each.der for each in extra))
        return self._verdicts.get(subject, at, lambda: self._judge(leaf, extra, at, max_crl_age)).chain

    def vouches_for(self, certificate: CertificateFacts, extra: Iterable[CertificateFacts]) -> bool:
        """Whether some certificate known here or in ``extra`` (itself included) signed this one."""
        issuers = self._known.issuers_of(certificate)
        issuers += [each for each in extra if may_have_issued(each, certificate)]
        return any(signed_by(certificate, issuer) for issuer in issuers[:MAX_ISSUERS_TRIED])

    def _judge(
        self, leaf: CertificateFacts, extra: Sequence[CertificateFacts], at: datetime, max_crl_age: timedelta | None
    ) -> Judgement:
        paths = find_paths(leaf, directories=(self._known, Directory(extra)), anchors=self._anchors)
        best = _best(self._judged(paths.anchored or (paths.longest,), at, max_crl_age))
        told_of = {each.certificate.der for each in best.chain.elements}
        others = [each for each in paths.seen if each.der not in told_of]
        moments = best.moments.union(*(self._moments(each, max_crl_age) for each in others))
        return Judgement(chain=best.chain, moments=moments)

    def _judged(self, paths: Iterable[Path], at: datetime, max_crl_age: timedelta | None) -> Iterator[Judgement]:
        """The chains of these ways, up to the first one that nothing is wrong with."""
        for path in paths:
            judged = self._judge_path(path, at, max_crl_age)
            yield judged
            if judged.chain.is_good:
                return

    def _judge_path(self, path: Path, at: datetime, max_crl_age: timedelta | None) -> Judgement:
        certificates, errors = self._check.judge(path, at, is_anchored=path[-1].der in self._anchors)
        errors += self._signature_errors(certificates)
        is_anchored = certificates[-1].der in self._anchors and not any(error in _NO_ISSUER for error, _ in errors)
        way = _Way(certificates, errors, is_anchored)
        own = self._judge_part(way, range(1), at, max_crl_age)
        higher = range(1, len(certificates))
        if any(depth for _, depth in errors):
            above = self._judge_part(way, higher, at, max_crl_age)
        else:  # the same for all that these CAs have issued
            subject = (is_anchored, max_crl_age, *(each.der for each in certificates[1:]))
            above = self._above.get(subject, at, lambda: self._judge_part(way, higher, at, max_crl_age))
        chain = Chain(
            elements=own.chain.elements + above.chain.elements,
            is_anchored=is_anchored,
            is_good=is_anchored and own.chain.is_good and above.chain.is_good,
        )
        return Judgement(chain=chain, moments=own.moments | above.moments)

    def _judge_part(self, way: "_Way", depths: Iterable[int], at: datetime, max_crl_age: timedelta | None) -> Judgement:
        """The elements of a way at these depths; the part is good if they are."""
        certificates = way.certificates
        top = len(certificates) - 1
        elements = []
        moments: set[datetime] = set()
        for depth in depths:
            certificate = certificates[depth]
            moments |= self._moments(certificate, max_crl_age)
            is_anchor = way.is_anchored and depth == top
            errors = way.errors_at(depth) | _date_errors(certificate, at)
            status = _status(certificate, errors, is_issuer=depth > 0, is_anchor=is_anchor)
            if is_anchor:
                not_checked = RevocationStatus.NOT_CHECKED
                elements.append(ChainElement(certificate=certificate, status=status, revocation=not_checked))
                continue
            issuer = certificates[min(depth + 1, top)]
            found = self._lists.judge(certificate, issuer, at=at, max_age=max_crl_age)
            element = ChainElement(
                certificate=certificate,
                status=status,
                revocation=found.status,
                crl_this_update=found.this_update,
                crl_next_update=found.next_update,
                revocation_time=found.revoked_since,
            )
            elements.append(element)
        part = Chain(elements=tuple(elements), is_anchored=way.is_anchored, is_good=all(map(_is_good, elements)))
        return Judgement(chain=part, moments=frozenset(moments))

    def _moments(self, certificate: CertificateFacts, max_crl_age: timedelta | None) -> frozenset[datetime]:
        return self._lists.moments(certificate, max_crl_age) | {certificate.not_before, certificate.not_after}

    def _signature_errors(self, certificates: Path) -> list[tuple[int, int]]:
        errors = []
        for depth, (certificate, issuer) in enumerate(itertools.pairwise(certificates)):
            if issuer.key_usage and "keyCertSign" not in issuer.key_usage:
                errors.append((_NO_CERT_SIGN, depth + 1))
            if not (self._is_signed_ca(certificate, issuer) if depth else signed_by(certificate, issuer)):
                errors.append((_CERTIFICATE_SIGNATURE_FAILURE, depth))
        return errors

    def _is_signed_ca(self, certificate: CertificateFacts, issuer: CertificateFacts) -> bool:
        key = (certificate.sha256, issuer.sha256)
        found = self._signed.get(key)
        if found is None:
            if len(self._signed) >= MAX_SIGNATURES_KEPT:
                self._signed.clear()
            found = self._signed[key] = signed_by(certificate, issuer)
        return found


@dataclass(frozen=True, slots=True)
class _Way:
    """What OpenSSL made of a way, and what is wrong with it: errors with the depth they are at."""

    certificates: Path
    errors: Sequence[tuple[int, int]]
    is_anchored: bool

    def errors_at(self, depth: int) -> set[int]:
        """Those of one certificate; what is told of beyond the last one is the last one's."""
        top = len(self.certificates) - 1
        return {error for error, where in self.errors if min(where, top) == depth}


def _date_errors(certificate: CertificateFacts, at: datetime) -> set[int]:
    if at < certificate.not_before:
        return {_NOT_YET_VALID}
    return {_EXPIRED} if at >= certificate.not_after else set()


def _best(judged: Iterable[Judgement]) -> Judgement:
    """The last of them, if it is good, else the one with the least fault."""
    *others, last = judged
    return last if last.chain.is_good else min((*others, last), key=lambda each: _gravity(each.chain))


def _is_good(element: ChainElement) -> bool:
    good = {RevocationStatus.NOT_CHECKED, RevocationStatus.GOOD}
    return element.status is CertificateStatus.GOOD and element.revocation in good


def _gravity(chain: Chain) -> tuple[int, int, int]:
    """How bad a chain is, to be compared."""
    statuses = [_STATUSES.index(each.status) for each in chain.elements]
    revocations = [_REVOCATIONS.index(each.revocation) for each in chain.elements]
    return int(not chain.is_anchored), max(statuses), max(revocations)


def _status(certificate: CertificateFacts, errors: set[int], *, is_issuer: bool, is_anchor: bool) -> CertificateStatus:
    if errors & _NO_ISSUER:
        return CertificateStatus.NO_ISSUER
    if errors & _BAD_SIGNATURE:
        return CertificateStatus.BAD_SIGNATURE
    if errors - {_EXPIRED, _NOT_YET_VALID} or (is_issuer and not certificate.is_ca):
        return CertificateStatus.NOT_ALLOWED
    is_badly_signed = not is_anchor and certificate.signature_algorithm not in SOUND_SIGNATURES
    if is_badly_signed or certificate.public_key_bits < LEAST_KEY_BITS.get(certificate.public_key_algorithm, 0):
        return CertificateStatus.WEAK_ALGORITHM
    if _EXPIRED in errors:
        return CertificateStatus.EXPIRED
    return CertificateStatus.NOT_YET_VALID if _NOT_YET_VALID in errors else CertificateStatus.GOOD
