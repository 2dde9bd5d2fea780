"""What is to be said of a signer's certificate: the faults of its chain, and which of them a timestamp cures.

ETSI EN 319 102-1: the sub-indications of basic validation, and 5.5.4 for signatures with time.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from gost.certificate import CertificateFacts
from gost.report import CertificateStatus, Chain, ChainElement, Indication, RevocationStatus, SubIndication


@dataclass(frozen=True, slots=True)
class Finding:
    """What is to be said of a signature."""

    indication: Indication
    sub_indication: SubIndication | None
    explanation: str


_NOT_YET_VALID = Finding(
    Indication.TOTAL_FAILED, SubIndication.NOT_YET_VALID, "the signature is older than its certificate"
)
_CURABLE = frozenset({SubIndication.REVOKED_NO_POE, SubIndication.OUT_OF_BOUNDS_NO_POE})  # EN 319 102-1, 5.5.4
_OF_AUTHORITIES = frozenset({"1.3.6.1.5.5.7.3.8", "1.3.6.1.5.5.7.3.9"})  # timeStamping and OCSPSigning


def certificate_finding(
    certificate: CertificateFacts,
    chain_at: Callable[[datetime], Chain],
    *,
    at: datetime,
    proven: datetime | None,
    require_crl: bool,
) -> tuple[Chain, Finding | None]:
    """The chain as of ``at``, and its gravest fault that is not cured by the time the signature is proven for.

    Args:
        certificate: the signer's.
        chain_at: judges its chain as of a time.
        at: aware.
        proven: when the signature was there already by a timestamp; None without one.
        require_crl: whether a missing, stale or unusable list is a fault.
    """
    chain = chain_at(at)
    finding = _chain_finding(chain, require_crl=require_crl)
    if proven is None:
        return chain, finding
    if proven < certificate.not_before:
        return chain, _NOT_YET_VALID
    leaf, *issuers = chain.elements
    was_revoked = leaf.revocation is RevocationStatus.REVOKED and (leaf.revocation_time or proven) <= proven
    if finding is None or finding.sub_indication not in _CURABLE or was_revoked:
        return chain, finding
    if leaf.status is CertificateStatus.GOOD:  # it was revoked after the signature was there
        return chain, _time_finding(leaf, issuers) or _crl_finding(chain, require_crl=require_crl)
    return chain, _chain_finding(chain_at(proven), require_crl=require_crl)


def _chain_finding(chain: Chain, *, require_crl: bool) -> Finding | None:
    """The gravest fault of the chain; "revoked" before "expired", since it says more."""
    leaf, *issuers = chain.elements
    if chain.is_good:
        return _usage_finding(leaf.certificate)
    if not chain.is_anchored:
        return indeterminate(
            SubIndication.NO_CERTIFICATE_CHAIN_FOUND, "no chain leads from the certificate to an anchor"
        )
    for status, sub_indication, explanation in _CHAIN_FAULTS:
        if any(element.status is status for element in chain.elements):
            return indeterminate(sub_indication, explanation)
    return (
        _usage_finding(leaf.certificate)
        or _revoked_finding(leaf, issuers)
        or _time_finding(leaf, issuers)
        or _crl_finding(chain, require_crl=require_crl)
    )


def _usage_finding(certificate: CertificateFacts) -> Finding | None:
    if not certificate.may_sign:
        return indeterminate(
            SubIndication.CHAIN_CONSTRAINTS_FAILURE,
            "the certificate's keyUsage has neither digitalSignature nor nonRepudiation",
        )
    usages = set(certificate.extended_key_usage)
    if usages and usages <= _OF_AUTHORITIES:
        return indeterminate(
            SubIndication.CHAIN_CONSTRAINTS_FAILURE,
            "the certificate is for timestamps or OCSP answers alone, not for documents",
        )
    return None


_CHAIN_FAULTS = (
    (
        CertificateStatus.BAD_SIGNATURE,
        SubIndication.CERTIFICATE_CHAIN_GENERAL_FAILURE,
        "a certificate of the chain was not signed by the one above it",
    ),
    (
        CertificateStatus.NO_ISSUER,
        SubIndication.NO_CERTIFICATE_CHAIN_FOUND,
        "the issuer of a certificate of the chain is not known",
    ),
    (
        CertificateStatus.NOT_ALLOWED,
        SubIndication.CHAIN_CONSTRAINTS_FAILURE,
        "a certificate of the chain is used for what its extensions do not allow",
    ),
    (
        CertificateStatus.WEAK_ALGORITHM,
        SubIndication.CRYPTO_CONSTRAINTS_FAILURE,
        "a certificate of the chain is signed with an outdated algorithm",
    ),
)


def _revoked_finding(leaf: ChainElement, issuers: list[ChainElement]) -> Finding | None:
    if leaf.revocation is RevocationStatus.REVOKED:
        return indeterminate(
            SubIndication.REVOKED_NO_POE,
            "the certificate is revoked, and nothing proves that the signature was there before",
        )
    if any(element.revocation is RevocationStatus.REVOKED for element in issuers):
        return indeterminate(SubIndication.REVOKED_CA_NO_POE, "a CA certificate of the chain is revoked")
    return None


def _time_finding(leaf: ChainElement, issuers: list[ChainElement]) -> Finding | None:
    if leaf.status is CertificateStatus.NOT_YET_VALID:  # the signature exists, so it was made before notBefore
        return _NOT_YET_VALID
    if leaf.status is CertificateStatus.EXPIRED:
        return indeterminate(
            SubIndication.OUT_OF_BOUNDS_NO_POE,
            "the certificate has expired, and nothing proves that the signature was there before",
        )
    if any(element.status is not CertificateStatus.GOOD for element in issuers):
        return indeterminate(SubIndication.OUT_OF_BOUNDS_NO_POE, "a CA certificate of the chain is outside its dates")
    return None


def _crl_finding(chain: Chain, *, require_crl: bool) -> Finding | None:
    unsure = {RevocationStatus.MISSING, RevocationStatus.STALE, RevocationStatus.UNUSABLE}
    if require_crl and any(element.revocation in unsure for element in chain.elements):
        return indeterminate(
            SubIndication.TRY_LATER, "the revocation list of an issuer in the chain is missing, stale or unusable"
        )
    return None


def indeterminate(sub_indication: SubIndication, explanation: str) -> Finding:
    """What can't be concluded, and why."""
    return Finding(Indication.INDETERMINATE, sub_indication, explanation)
