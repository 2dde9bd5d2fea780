"""Verifying a CMS: the document's digest, the signature, the signer's certificate, its chain and revocation.

The verdict follows ETSI EN 319 102-1's basic validation as of a given time, and its validation of signatures with time
where a timestamp proves that the signature was there before. Nothing is fetched. Without such a proof, a certificate
revoked or expired makes the signature INDETERMINATE rather than false; ``Report.is_valid`` is true of neither.
"""

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from gost import digest as hashing
from gost.accreditation import AccreditationList
from gost.certificate import CertificateFacts
from gost.chain import TrustStore
from gost.cms import SignedData, SignerInfo, SigningCertificateReference, read_signed_data
from gost.digest import DigestAlgorithm
from gost.errors import MalformedError, UnsupportedAlgorithmError
from gost.findings import Finding, certificate_finding, indeterminate
from gost.keys import PublicKey
from gost.qualification import NOT_VALID, Qualification, qualify
from gost.report import (
    Chain,
    Indication,
    Report,
    SignerReport,
    SubIndication,
    TimestampReport,
)
from gost.timestamps import TimestampPolicy, verify_timestamp

__all__ = ["Finding", "VerificationPolicy", "judge", "verify_attached", "verify_detached"]

_CERTIFICATE_HASHES: Final = 1024  # of signers seen lately; a certificate is hashed as long as its document of 1 KiB


@dataclass(frozen=True, kw_only=True)
class VerificationPolicy:
    """Whom to trust and how fresh to be told. Make it once and share it: it keeps certificates and lists parsed.

    Args:
        anchors: trusted as they are; the system's store never is.
        intermediates: known certificates of CAs, trusted only through an anchor.
        crls: revocation lists, DER or PEM, one for each issuer below an anchor, the anchor's own included.
        max_crl_age: a list issued longer ago than this is stale, whatever its nextUpdate says; None for no limit.
        require_crl: whether a missing, stale or unusable list makes the verdict INDETERMINATE.
        timestamps: which timestamp authorities to believe; by default none, so that no time is proven.
        accreditation: by which list a signature may be found to be qualified; without one, none is.

    Raises:
        MalformedError: a certificate or list can't be read.
    """

    anchors: tuple[CertificateFacts, ...]
    intermediates: tuple[CertificateFacts, ...] = ()
    crls: tuple[bytes, ...] = ()
    max_crl_age: timedelta | None = None
    require_crl: bool = True
    timestamps: TimestampPolicy = field(default_factory=TimestampPolicy)
    accreditation: AccreditationList | None = None
    trust: TrustStore = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Parse everything now, so that a bad file is told of at once."""
        trust = TrustStore(anchors=self.anchors, intermediates=self.intermediates, crls=self.crls)
        object.__setattr__(self, "trust", trust)


_PASSED = Finding(Indication.TOTAL_PASSED, None, "the signature, the certificate and its chain are good")


def verify_detached(
    cms: bytes, digest: bytes | Mapping[DigestAlgorithm, bytes], *, policy: VerificationPolicy, at: datetime
) -> Report:
    """Verify every signer of a detached CMS over a document hashed elsewhere. Opens no socket or file.

    Args:
        cms: DER.
        digest: of the document, by each algorithm its signers use (``read_signed_data(cms).digest_algorithms``); a
            plain digest is taken to be by the one that each signer names.
        policy: whom to trust.
        at: the time as of which certificates and lists are judged, aware; now, or a time proven by other means.

    Returns:
        The report; whatever is wrong with ``cms`` is in it and never raised.

    Raises:
        ValueError: ``at`` is naive.
        EngineMissingError: the GOST engine is not installed.
    """
    signed_data = _read(cms, at)
    if isinstance(signed_data, Report):
        return signed_data
    if signed_data.content is not None:
        return _unreadable("the CMS holds its content, so it is no detached signature")
    return _verify_all(signed_data, digest, policy, at)


def verify_attached(cms: bytes, *, policy: VerificationPolicy, at: datetime) -> Report:
    """Verify every signer of a CMS that holds its content. See ``verify_detached``."""
    signed_data = _read(cms, at)
    if isinstance(signed_data, Report):
        return signed_data
    if (content := signed_data.content) is None:
        return _unreadable("the CMS does not hold its content, so it is no attached signature")
    digests = {each: hashing.digest(each, content) for each in signed_data.digest_algorithms}
    return _verify_all(signed_data, digests, policy, at)


def _verify_all(
    signed_data: SignedData, digest: bytes | Mapping[DigestAlgorithm, bytes], policy: VerificationPolicy, at: datetime
) -> Report:
    signers = tuple(_verify_signer(signer, signed_data, digest, policy, at) for signer in signed_data.signers)
    worst = max(signers, key=lambda signer: signer.indication)
    if worst.indication is Indication.TOTAL_PASSED and not _all_certificates_belong(signed_data, signers, policy):
        return Report(
            indication=Indication.INDETERMINATE,
            sub_indication=SubIndication.SIG_CONSTRAINTS_FAILURE,
            explanation="the CMS holds a certificate that no known certificate has signed",
            signers=tuple(replace(signer, qualification=NOT_VALID) for signer in signers),
        )
    return Report(
        indication=worst.indication, sub_indication=worst.sub_indication, explanation=worst.explanation, signers=signers
    )


def _read(cms: bytes, at: datetime) -> SignedData | Report:
    if at.tzinfo is None:
        raise ValueError("the time of verification has no time zone: give an aware datetime")
    try:
        return read_signed_data(cms)
    except MalformedError as error:
        return _unreadable(str(error))


def _unreadable(explanation: str) -> Report:
    return Report(
        indication=Indication.TOTAL_FAILED, sub_indication=SubIndication.FORMAT_FAILURE, explanation=explanation
    )


def _all_certificates_belong(
    signed_data: SignedData, signers: tuple[SignerReport, ...], policy: VerificationPolicy
) -> bool:
    """No signature covers the certificates that come along, so each must be in a chain or at least be signed itself."""
    in_chains = {element.certificate.der for signer in signers for element in signer.chain}
    others = [certificate for certificate in signed_data.certificates if certificate.der not in in_chains]
    return all(policy.trust.vouches_for(certificate, signed_data.certificates) for certificate in others)


def _verify_signer(
    signer: SignerInfo,
    signed_data: SignedData,
    digest: bytes | Mapping[DigestAlgorithm, bytes],
    policy: VerificationPolicy,
    at: datetime,
) -> SignerReport:
    return judge(
        signer.certificate,
        lambda: _document_finding(signer, digest) or _signature_finding(signer, digest),
        extra=signed_data.certificates,
        policy=policy,
        at=at,
        stamps=lambda: [
            verify_timestamp(token, signer.signature, policy=policy.timestamps, at=at) for token in signer.timestamps
        ],
        claimed=signer.signing_time,
        unprotected=signer.unsigned_attribute_types,
    )


def judge(
    certificate: CertificateFacts | None,
    look: Callable[[], Finding | None],
    *,
    extra: Sequence[CertificateFacts],
    policy: VerificationPolicy,
    at: datetime,
    stamps: Callable[[], Sequence[TimestampReport]] = tuple,
    claimed: datetime | None = None,
    unprotected: tuple[str, ...] = (),
) -> SignerReport:
    """Judge one signer, whatever the signature's format.

    Args:
        certificate: the signer's.
        look: says what is wrong with the signature itself, None if nothing is; it may raise MalformedError and
            UnsupportedAlgorithmError. Only if it finds nothing, the certificate's chain is judged.
        extra: untrusted certificates that came along.
        policy: whom to trust.
        at: aware.
        stamps: judges the signature's timestamps, if ``look`` finds nothing.
        claimed: when the signer says he signed; only told.
        unprotected: types of the unsigned attributes; only told.
    """
    chain = Chain(elements=(), is_anchored=False)
    stamped: tuple[TimestampReport, ...] = ()
    proven: datetime | None = None
    try:
        finding = look()
        if finding is None and certificate is not None:
            stamped = tuple(stamps())
            proven = min((each.time for each in stamped if each.is_valid and each.time is not None), default=None)
            chain, finding = certificate_finding(
                certificate,
                lambda moment: policy.trust.build_chain(
                    certificate, extra=extra, at=moment, max_crl_age=policy.max_crl_age
                ),
                at=at,
                proven=proven,
                require_crl=policy.require_crl,
            )
    except MalformedError as error:
        finding = Finding(Indication.TOTAL_FAILED, SubIndication.FORMAT_FAILURE, str(error))
    except UnsupportedAlgorithmError as error:
        finding = Finding(Indication.INDETERMINATE, SubIndication.CRYPTO_CONSTRAINTS_FAILURE, str(error))
    finding = finding or _PASSED
    return SignerReport(
        indication=finding.indication,
        sub_indication=finding.sub_indication,
        explanation=finding.explanation,
        certificate=certificate,
        chain=chain.elements,
        signing_time_claimed=claimed,
        signing_time_proven=proven,
        unprotected_attributes=unprotected,
        timestamps=stamped,
        qualification=_qualification(finding, chain, policy),
    )


def _qualification(finding: Finding, chain: Chain, policy: VerificationPolicy) -> Qualification:
    if finding is not _PASSED:
        return NOT_VALID
    leaf, *issuers = [element.certificate for element in chain.elements]
    return qualify(leaf, issuers[0] if issuers else None, policy.accreditation)


def _document_finding(signer: SignerInfo, digest: bytes | Mapping[DigestAlgorithm, bytes]) -> Finding | None:
    given = digest.get(signer.digest_algorithm) if isinstance(digest, Mapping) else digest
    if given is None:
        return Finding(
            Indication.INDETERMINATE,
            SubIndication.SIGNED_DATA_NOT_FOUND,
            f"the document was not hashed with {signer.digest_algorithm.name}, which this signer uses",
        )
    if signer.message_digest is not None and bytes(given) != signer.message_digest:
        return Finding(Indication.TOTAL_FAILED, SubIndication.HASH_FAILURE, "this is not the document that was signed")
    return None


def _signature_finding(signer: SignerInfo, digest: bytes | Mapping[DigestAlgorithm, bytes]) -> Finding | None:
    if signer.certificate is None:
        return Finding(
            Indication.INDETERMINATE,
            SubIndication.NO_SIGNING_CERTIFICATE_FOUND,
            "the CMS does not hold the signer's certificate",
        )
    key = PublicKey.from_certificate(signer.certificate)
    if signer.signed_attributes is None:
        return _plain_finding(key, signer, digest)
    if not key.verify(signer.signed_attributes, signer.signature):
        return Finding(
            Indication.TOTAL_FAILED,
            SubIndication.SIG_CRYPTO_FAILURE,
            "the signature was not made by the certificate's key, or the signed attributes were changed",
        )
    if signer.signing_certificate is None:
        return Finding(
            Indication.INDETERMINATE,
            SubIndication.SIG_CONSTRAINTS_FAILURE,
            "the signed attribute signingCertificateV2 is missing, so this is not CAdES-BES",
        )
    if not _names(signer.signing_certificate, signer.certificate):
        return Finding(
            Indication.INDETERMINATE,
            SubIndication.NO_SIGNING_CERTIFICATE_FOUND,
            "the signed attribute signingCertificateV2 names another certificate",
        )
    return None


def _plain_finding(key: PublicKey, signer: SignerInfo, digest: bytes | Mapping[DigestAlgorithm, bytes]) -> Finding:
    """Of a signature over the content itself. It may be sound, and still says nothing of whose certificate it is by."""
    given = digest[signer.digest_algorithm] if isinstance(digest, Mapping) else digest
    if not key.verify_digest(bytes(given), signer.signature):
        return Finding(
            Indication.TOTAL_FAILED,
            SubIndication.SIG_CRYPTO_FAILURE,
            "the signature was not made by the certificate's key, or this is not the document that was signed",
        )
    return indeterminate(
        SubIndication.SIG_CONSTRAINTS_FAILURE, "the signature is good but has no signed attributes: it is not CAdES-BES"
    )


def _names(reference: SigningCertificateReference, certificate: CertificateFacts) -> bool:
    algorithm = DigestAlgorithm.from_oid(reference.digest_oid)
    return (
        _certificate_hash(algorithm, certificate.der) == reference.certificate_hash
        and reference.issuer_der in {None, certificate.issuer_der}
        and reference.serial_number in {None, int(certificate.serial_number, 16)}
    )


@functools.lru_cache(maxsize=_CERTIFICATE_HASHES)
def _certificate_hash(algorithm: DigestAlgorithm, der: bytes) -> bytes:
    return hashing.digest(algorithm, der)
