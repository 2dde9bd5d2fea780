"""Which ways may lead from a certificate up to an anchor: all of them, since names repeat and CAs certify each other.

A CA renews its key under its name, or has certificates from several others; the first issuer that fits by name is then
not the right one. Where several fit, only those whose key made the signature are followed. Nothing else is judged here.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from gost.certificate import CertificateFacts
from gost.errors import MalformedError
from gost.keys import public_key_of
from gost.libcrypto import libcrypto, parsed_certificate

MAX_CHAIN_LENGTH: Final = 10
MAX_PATHS: Final = 16  # judged for one certificate
MAX_SIGNATURES: Final = 64  # checked to tell namesakes apart; each costs 0.1 to 1 ms

Path = tuple[CertificateFacts, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paths:
    """The ways found, each from the certificate asked about upwards.

    ``anchored`` end in an anchor; ``longest`` is the way to tell of when there is none. ``seen`` are all certificates
    that played a part in the search.
    """

    anchored: tuple[Path, ...]
    longest: Path
    seen: tuple[CertificateFacts, ...]


class Directory:
    """Certificates by their subject."""

    __slots__ = ("_by_subject",)

    def __init__(self, certificates: Iterable[CertificateFacts]) -> None:
        groups: dict[str, list[CertificateFacts]] = {}
        for certificate in certificates:
            groups.setdefault(certificate.subject, []).append(certificate)
        self._by_subject: Final[Mapping[str, list[CertificateFacts]]] = groups

    def issuers_of(self, certificate: CertificateFacts) -> list[CertificateFacts]:
        """Those that may have issued it by name and key identifier."""
        named = self._by_subject.get(certificate.issuer)
        return [each for each in named if may_have_issued(each, certificate)] if named else []


def find_paths(leaf: CertificateFacts, *, directories: Sequence[Directory], anchors: frozenset[bytes]) -> Paths:
    """Look for all ways from ``leaf`` to an anchor.

    Args:
        leaf: where the ways begin.
        directories: where issuers are looked up, the more trustworthy one first.
        anchors: DER of the certificates trusted as they are.
    """
    search = _Search(directories, anchors)
    anchored = []
    for path in search.walk((leaf,)):
        anchored.append(path)
        if len(anchored) == MAX_PATHS:
            break
    return Paths(anchored=tuple(anchored), longest=search.longest, seen=tuple(search.seen.values()))


def may_have_issued(issuer: CertificateFacts, certificate: CertificateFacts) -> bool:
    """Whether names and key identifiers say so; what a certificate lacks speaks for it."""
    own, named = issuer.subject_key_id, certificate.authority_key_id
    return issuer.subject == certificate.issuer and (own is None or named is None or own == named)


def signed_by(certificate: CertificateFacts, issuer: CertificateFacts) -> bool:
    """Whether the issuer's key made the certificate's signature; not, if OpenSSL can't read either of them."""
    library = libcrypto()
    try:
        subject = parsed_certificate(certificate.der)
        key = public_key_of(issuer)
    except MalformedError:
        return False
    signed = library.X509_verify(subject.address, key.address) == 1
    library.ERR_clear_error()
    return bool(signed)


class _Search:
    """One search; its budgets bound what hostile certificates in a CMS can cost."""

    def __init__(self, directories: Sequence[Directory], anchors: frozenset[bytes]) -> None:
        self._directories = directories
        self._anchors = anchors
        self._signatures_left = MAX_SIGNATURES
        self.longest: Path = ()
        self.seen: dict[bytes, CertificateFacts] = {}

    def walk(self, path: Path) -> Iterator[Path]:
        top = path[-1]
        self.seen[top.der] = top
        if len(path) > len(self.longest):
            self.longest = path
        if top.der in self._anchors:
            yield path
        if len(path) == MAX_CHAIN_LENGTH:
            return
        for issuer in self._issuers(top, path):
            yield from self.walk((*path, issuer))

    def _issuers(self, certificate: CertificateFacts, path: Path) -> list[CertificateFacts]:
        found: dict[bytes, CertificateFacts] = {}
        for directory in self._directories:
            for each in directory.issuers_of(certificate):
                found[each.der] = each
        if not found:
            return []
        self.seen.update(found)
        for each in path:  # comparing facts would take as long as all the rest
            found.pop(each.der, None)
        above = list(found.values())
        if len(above) < 2:
            return above
        return sorted(filter(self._within_budget(certificate), above), key=lambda each: each.der not in self._anchors)

    def _within_budget(self, certificate: CertificateFacts) -> Callable[[CertificateFacts], bool]:
        def is_issuer(candidate: CertificateFacts) -> bool:
            self._signatures_left -= 1
            return self._signatures_left >= 0 and signed_by(certificate, candidate)

        return is_issuer
