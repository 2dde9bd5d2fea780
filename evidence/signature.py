"""The signature itself: the CMS over the digest, its certificate as of signing, and what proves when that was."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from evidence.certificates import parsed_crl, superfluous
from evidence.container import EvidenceError
from evidence.findings import Proof
from evidence.trust import Trust
from gost.certificate import CertificateFacts
from gost.cms import read_signed_data
from gost.digest import DigestAlgorithm
from gost.errors import MalformedError
from gost.report import Report, RevocationStatus, SignerReport
from gost.timestamps import TimestampPolicy
from gost.verify import VerificationPolicy, verify_detached


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What of the file a signature is judged by; revocation lists are DER."""

    cms: bytes
    digest: bytes
    digest_algorithm: DigestAlgorithm
    certificates: Sequence[CertificateFacts]
    crls: Sequence[bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureFacts:
    """A signature that holds.

    Attributes:
        signer: The first signer, which is the one that the agent made.
        time, proof: As of when it was judged, and how that time is known.
    """

    signer: SignerReport
    time: datetime
    proof: Proof


def judge(material: Material, trust: Trust, *, at: datetime | None) -> SignatureFacts:
    """Verify the CMS, and its certificates as of the time of signing, or of the one given.

    The clock is never asked: what was good at signing is so two years later, and what was not never becomes it.

    Raises:
        EvidenceError: it does not hold, or that can't be concluded; the message says why.
    """
    try:
        return _Judge(material, trust).judge(at)
    except MalformedError as error:
        raise EvidenceError(str(error)) from error


class _Judge:
    """One signature before one trust. Raises MalformedError for what can't be read."""

    def __init__(self, material: Material, trust: Trust) -> None:
        self._material = material
        self._digests = {material.digest_algorithm: material.digest}
        self._crls = (*material.crls, *trust.crls)
        stamps = TimestampPolicy(
            anchors=tuple(trust.timestamp_anchors), intermediates=tuple(material.certificates), crls=self._crls
        )
        self._policy = VerificationPolicy(
            anchors=tuple(trust.anchors), intermediates=tuple(material.certificates), crls=self._crls, timestamps=stamps
        )

    def judge(self, at: datetime | None) -> SignatureFacts:
        """See `judge`."""
        claimed = read_signed_data(self._material.cms).signers[0].signing_time
        if claimed is None:
            raise EvidenceError("the signature does not say when it was made")
        signers = self._report(claimed).signers
        proven = signers[0].signing_time_proven if signers else None
        time = at or proven or claimed
        report = self._report(time)
        if not report.is_valid:
            word = f"{report.indication.name} {report.sub_indication.value if report.sub_indication else ''}".strip()
            raise EvidenceError(f"as of {time.isoformat()}: {word}: {report.explanation}")
        signer = report.signers[0]
        if problem := superfluous(self._material.certificates, self._material.crls, signer.chain):
            raise EvidenceError(problem)
        proof = Proof.CLAIMED if proven is None else Proof.PROVEN
        self._require_not_revoked_before(signer, time, proof)
        return SignatureFacts(signer=signer, time=time, proof=proof)

    def _report(self, at: datetime) -> Report:
        return verify_detached(self._material.cms, self._digests, policy=self._policy, at=at)

    def _require_not_revoked_before(self, signer: SignerReport, time: datetime, proof: Proof) -> None:
        """What later lists say: a revocation after a proven time changes nothing, one after a claimed time does."""
        if signer.certificate is None:
            raise EvidenceError("the CMS does not hold the signer's certificate")
        for later in self._issued_after(time):
            chain = self._policy.trust.build_chain(signer.certificate, extra=(), at=later, max_crl_age=None)
            for element in chain.elements:
                revoked = element.revocation_time
                if element.revocation is not RevocationStatus.REVOKED or revoked is None:
                    continue
                if revoked <= time:
                    raise EvidenceError(f"a certificate of the chain was revoked at {revoked.isoformat()}")
                if proof is not Proof.PROVEN:
                    raise EvidenceError(
                        f"a certificate of the chain was revoked at {revoked.isoformat()}, and only the signer says "
                        "that the signature was there before"
                    )

    def _issued_after(self, time: datetime) -> Sequence[datetime]:
        issued = {parsed_crl(crl).last_update_utc for crl in self._crls}
        return sorted(moment for moment in issued if moment > time)
