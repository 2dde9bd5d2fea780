"""The signature itself: over the digest, by its certificate as of signing, and what proves when that was."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from evidence.certificates import parsed_crl, superfluous
from evidence.container import EvidenceError
from evidence.findings import Proof
from evidence.forms import Signature
from evidence.timestamps import Stamp, proven_time, stamps_of
from evidence.trust import Trust
from gost.certificate import CertificateFacts
from gost.chain import TrustStore
from gost.errors import MalformedError
from gost.report import Chain, RevocationStatus, SignerReport
from gost.timestamps import TimestampPolicy
from gost.verify import VerificationPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What of the file a signature is judged by; revocation lists are DER."""

    signature: Signature
    digest: bytes
    certificates: Sequence[CertificateFacts]
    crls: Sequence[bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureFacts:
    """A signature that holds.

    Attributes:
        signer: The one that the agent made.
        time, proof: As of when it was judged, and how that time is known.
    """

    signer: SignerReport
    time: datetime
    proof: Proof


def judge(material: Material, trust: Trust, *, at: datetime | None, journaled: datetime | None) -> SignatureFacts:
    """Verify the signature, and its certificates as of the time of signing, or of the one given.

    The clock is never asked: what was good at signing is so two years later, and what was not never becomes it.

    Args:
        material: What is in the file.
        trust: Whom to trust.
        at: Aware; None is the time of signing.
        journaled: That time by the journal, proven to be in it; a signature in XML says none itself.

    Raises:
        EvidenceError: it does not hold, or that can't be concluded; the message says why.
    """
    try:
        return _Judge(material, trust).judge(at, journaled)
    except MalformedError as error:
        raise EvidenceError(str(error)) from error


class _Judge:
    """One signature before one trust. Raises MalformedError for what can't be read."""

    def __init__(self, material: Material, trust: Trust) -> None:
        self._material = material
        self._crls = (*material.crls, *trust.crls)
        self._stamps = TimestampPolicy(
            anchors=tuple(trust.timestamp_anchors), intermediates=tuple(material.certificates), crls=self._crls
        )
        self._policy = VerificationPolicy(
            anchors=tuple(trust.anchors),
            intermediates=tuple(material.certificates),
            crls=self._crls,
            timestamps=self._stamps,
        )

    def judge(self, at: datetime | None, journaled: datetime | None) -> SignatureFacts:
        """See `judge`."""
        signature = self._material.signature
        proven = proven_time(signature.stamped, self._stamps)
        time = at or proven or signature.signing_time or journaled
        if time is None:
            raise EvidenceError("neither the signature nor a proven journal says when it was made")
        signer, stamps = signature.verify(self._material.digest, self._policy, time), stamps_of(signature.stamped)
        chain = [
            *signer.chain,
            *(element for stamp in stamps for element in self._authority(stamp, stamp.time).elements),
        ]
        if problem := superfluous(self._material.certificates, self._material.crls, chain):
            raise EvidenceError(problem)
        proof = Proof.CLAIMED if proven is None else Proof.PROVEN
        self._require_not_revoked_before(signer, time, proof)
        if proven is not None:
            self._require_authority_not_revoked(stamps, proven)
        return SignatureFacts(signer=signer, time=time, proof=proof)

    def _authority(self, stamp: Stamp, at: datetime) -> Chain:
        return self._stamps.trust.build_chain(stamp.authority, extra=stamp.came_along, at=at, max_crl_age=None)

    def _require_not_revoked_before(self, signer: SignerReport, time: datetime, proof: Proof) -> None:
        """What later lists say: a revocation after a proven time changes nothing, one after a claimed time does."""
        if signer.certificate is None:
            raise EvidenceError("the CMS does not hold the signer's certificate")
        for revoked in self._revocations(self._policy.trust, signer.certificate, (), time):
            if revoked <= time:
                raise EvidenceError(f"a certificate of the chain was revoked at {revoked.isoformat()}")
            if proof is not Proof.PROVEN:
                raise EvidenceError(
                    f"a certificate of the chain was revoked at {revoked.isoformat()}, and only the signer says "
                    "that the signature was there before"
                )

    def _require_authority_not_revoked(self, stamps: Sequence[Stamp], proven: datetime) -> None:
        """Who has an authority's key can write any time into a timestamp, so one revoked later proves no time."""
        for stamp in stamps:
            if stamp.time != proven:
                continue
            for revoked in self._revocations(self._stamps.trust, stamp.authority, stamp.came_along, proven):
                raise EvidenceError(f"a certificate of its timestamp's authority was revoked at {revoked.isoformat()}")

    def _revocations(
        self, trust: TrustStore, certificate: CertificateFacts, extra: Sequence[CertificateFacts], time: datetime
    ) -> Iterator[datetime]:
        """When certificates of a chain were revoked, by the lists issued after a time."""
        for later in self._issued_after(time):
            for element in trust.build_chain(certificate, extra=extra, at=later, max_crl_age=None).elements:
                if element.revocation is RevocationStatus.REVOKED and element.revocation_time is not None:
                    yield element.revocation_time

    def _issued_after(self, time: datetime) -> Sequence[datetime]:
        issued = {parsed_crl(crl).last_update_utc for crl in self._crls}
        return sorted(moment for moment in issued if moment > time)
