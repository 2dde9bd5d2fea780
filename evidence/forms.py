"""What a signature says of itself, be it a CMS or the element ds:Signature of SMEV 3, and the judgement on it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from evidence.container import SIGNATURE, SIGNATURE_AS_MADE, XML_SIGNATURE, EvidenceError
from gost.certificate import CertificateFacts
from gost.cms import SignedData, SignerInfo, read_signed_data
from gost.digest import DigestAlgorithm
from gost.digest import digest as digest_of
from gost.errors import MalformedError, UnsupportedAlgorithmError
from gost.report import Indication, Report, SignerReport
from gost.verify import VerificationPolicy, verify_attached, verify_detached
from gost.xmldsig_read import XmlSignature, octets_of, read_bare_signature
from gost.xmldsig_verify import verify_bare_signature

_XML_BEGIN: Final = b"<"  # no DER begins so


@dataclass(frozen=True, slots=True, kw_only=True)
class CmsSignature:
    """A CMS, and which of its signers the agent made: in a CMS signed by several the others are not ours to prove."""

    cms: bytes
    signed: SignedData
    ours: SignerInfo
    others: Sequence[SignerInfo]

    @property
    def digest_algorithm(self) -> DigestAlgorithm:
        """What the document was hashed with."""
        return self.ours.digest_algorithm

    @property
    def digest(self) -> bytes | None:
        """The document's, as it was signed."""
        return self.ours.message_digest

    @property
    def certificate(self) -> CertificateFacts | None:
        """The signer's."""
        return self.ours.certificate

    @property
    def signing_time(self) -> datetime | None:
        """When the signer says it was made."""
        return self.ours.signing_time

    @property
    def stamped(self) -> SignerInfo | None:
        """What may bear timestamps."""
        return self.ours

    def verify(self, digest: bytes, policy: VerificationPolicy, at: datetime) -> SignerReport:
        """Judge our signer as of a time.

        Raises:
            EvidenceError: it does not pass.
        """
        report = self._report(digest, policy, at)
        passed = [each.indication is Indication.TOTAL_PASSED for each in report.signers]
        place = self.signed.signers.index(self.ours)
        if not passed or (all(passed) and not report.is_valid):  # nothing of one signer: the CMS itself
            raise not_passed(report, at)
        if not passed[place]:
            raise not_passed(report.signers[place], at)
        return report.signers[place]

    def _report(self, digest: bytes, policy: VerificationPolicy, at: datetime) -> Report:
        if self.signed.content is not None:
            return verify_attached(self.cms, policy=policy, at=at)
        return verify_detached(self.cms, {self.digest_algorithm: digest}, policy=policy, at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class BareXmlSignature:
    """An element ds:Signature, which says neither when it was made nor, in the file, of which document."""

    element: bytes
    written: XmlSignature

    @property
    def digest_algorithm(self) -> DigestAlgorithm:
        """What the signed element was hashed with."""
        return self.written.suite.digest

    @property
    def digest(self) -> bytes | None:
        """Of the signed element as the transform writes it."""
        return self.written.digest

    @property
    def certificate(self) -> CertificateFacts | None:
        """The signer's."""
        return self.written.certificate

    @property
    def signing_time(self) -> datetime | None:
        """None: the profile has no place for it."""
        return None

    @property
    def stamped(self) -> SignerInfo | None:
        """None: nor for timestamps."""
        return None

    @property
    def others(self) -> Sequence[SignerInfo]:
        """No others."""
        return ()

    def digest_in(self, document: bytes) -> bytes:
        """The digest of the element that was signed, in a document. Raises EvidenceError: it is not there just once."""
        try:
            return digest_of(self.digest_algorithm, octets_of(document, self.written.element_id))
        except MalformedError as error:
            raise EvidenceError(f"the document can't be read: {error}") from error

    def verify(self, digest: bytes, policy: VerificationPolicy, at: datetime) -> SignerReport:
        """Judge it as of a time. Raises EvidenceError: it does not pass."""
        report = verify_bare_signature(
            self.element, element_id=self.written.element_id, digest=digest, policy=policy, at=at
        )
        if not report.is_valid:
            raise not_passed(report, at)
        return report.signers[0]


Signature = CmsSignature | BareXmlSignature


def signature_of(parts: Mapping[str, bytes]) -> Signature:
    """The signature of a file's parts.

    Raises:
        EvidenceError: there is none, or it can't be read.
    """
    name = XML_SIGNATURE if XML_SIGNATURE in parts else SIGNATURE
    try:
        if name == XML_SIGNATURE:
            return BareXmlSignature(element=parts[name], written=read_bare_signature(parts[name]))
        return _cms(parts[name], parts.get(SIGNATURE_AS_MADE))
    except (MalformedError, UnsupportedAlgorithmError) as error:
        raise EvidenceError(f"the signature can't be read: {error}") from error


def part_for(signature: bytes) -> str:
    """The name of the part that holds a signature in this form."""
    return XML_SIGNATURE if signature.startswith(_XML_BEGIN) else SIGNATURE


def not_passed(told: Report | SignerReport, at: datetime) -> EvidenceError:
    """What a verdict that is not TOTAL_PASSED says."""
    word = f"{told.indication.name} {told.sub_indication.value if told.sub_indication else ''}".strip()
    return EvidenceError(f"as of {at.isoformat()}: {word}: {told.explanation}")


def _cms(cms: bytes, as_made: bytes | None) -> CmsSignature:
    signed = read_signed_data(cms)
    made = signed.signers if as_made is None else read_signed_data(as_made).signers
    mine = [each for each in signed.signers if _same(each, made[0])]
    if len(made) != 1 or len(mine) != 1:
        raise EvidenceError("the signature is another one than the agent made")
    (ours,) = mine
    return CmsSignature(cms=cms, signed=signed, ours=ours, others=[each for each in signed.signers if each is not ours])


def _same(one: SignerInfo, other: SignerInfo) -> bool:
    """What was added later may be unsigned attributes and certificates; the signature itself must be the same."""
    return (one.signature, one.signed_attributes) == (other.signature, other.signed_attributes)
