"""Adds the certificates and revocation lists that a signature is judged by, and makes the file."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from evidence.certificates import issuer_of_crl, parsed_crl, pem_of_certificates, pem_of_crls
from evidence.container import CERTIFICATES, CRLS, JOURNAL, EvidenceError, pack
from evidence.forms import signature_of
from evidence.journal import time_in
from evidence.timestamps import stamps_of
from gost.certificate import CertificateFacts

MAX_CHAIN = 10


def assemble(parts: Mapping[str, bytes], *, known: Iterable[CertificateFacts], crls: Iterable[bytes]) -> bytes:
    """Return the file.

    Args:
        parts: All but certificates and lists.
        known: Certificates of CAs, more than are needed.
        crls: Revocation lists (DER), more than are needed.

    Raises:
        EvidenceError: the signature can't be read, or a list.
    """
    signature = signature_of(parts)
    if signature.certificate is None:
        raise EvidenceError("the signature lacks its certificate")
    candidates = list(known)
    chain = _chain(signature.certificate, candidates)
    lists_of = {certificate.issuer_der for certificate in chain}
    stamps = stamps_of(signature.stamped)
    for stamp in stamps:  # its certificate is in it; those above it, and all their lists, are not
        leaf, *above = _chain(stamp.authority, [*candidates, *stamp.came_along])
        chain += [each for each in above if each not in chain]
        lists_of |= {each.issuer_der for each in (leaf, *above)}
    time = stamps[0].time if stamps else signature.signing_time or time_in(parts[JOURNAL])
    lists = _lists(lists_of, crls, time)
    return pack(
        {
            **parts,
            CERTIFICATES: pem_of_certificates(certificate.der for certificate in chain),
            CRLS: pem_of_crls(lists),
        }
    )


def _chain(leaf: CertificateFacts, candidates: Sequence[CertificateFacts]) -> list[CertificateFacts]:
    """The certificate and those above it as far as they are known, without the root: who verifies must bring that."""
    chain = [leaf]
    while len(chain) < MAX_CHAIN:
        above = [each for each in candidates if _may_have_issued(each, chain[-1]) and each not in chain]
        if not above or above[0].subject_der == above[0].issuer_der:
            break
        chain.append(above[0])
    return chain


def _may_have_issued(issuer: CertificateFacts, certificate: CertificateFacts) -> bool:
    keys = {issuer.subject_key_id, certificate.authority_key_id}
    return issuer.subject_der == certificate.issuer_der and (None in keys or len(keys) == 1)


def _lists(issuers: set[bytes], crls: Iterable[bytes], time: datetime) -> Sequence[bytes]:
    """One list an issuer: the one in force at the time, else the first one after it, else the newest."""
    by_issuer: dict[bytes, list[bytes]] = {}
    for crl in crls:
        issuer = issuer_of_crl(crl)
        if issuer in issuers:
            by_issuer.setdefault(issuer, []).append(crl)
    return [min(found, key=lambda crl: _distance(crl, time)) for _, found in sorted(by_issuer.items())]


def _distance(crl: bytes, time: datetime) -> tuple[int, float]:
    parsed = parsed_crl(crl)
    issued, replaced = parsed.last_update_utc, parsed.next_update_utc
    if issued <= time and (replaced is None or time < replaced):
        return 0, (time - issued).total_seconds()
    if issued > time:
        return 1, (issued - time).total_seconds()
    return 2, (time - issued).total_seconds()
