"""Verifying an XML signature of the SMEV 3 profile: digest, signature, certificate, chain and revocation."""

from dataclasses import dataclass
from datetime import datetime

from gost import digest as hashing
from gost.errors import MalformedError, UnsupportedAlgorithmError
from gost.keys import PublicKey
from gost.report import Indication, Report, SubIndication
from gost.verify import Finding, VerificationPolicy, judge
from gost.xmldsig_read import XmlSignature, read_bare_signature, read_xml_signature


@dataclass(frozen=True, slots=True, kw_only=True)
class XmlReport:
    """The verdict, and what it is about.

    ``signed_octets`` is the signed element as the transform writes it: the exact bytes that were hashed. Read the
    message from them and not from the document. Both fields are empty unless digest and signature are right, which
    says nothing of the signer: that is in ``report``.
    """

    report: Report
    element_id: str = ""
    signed_octets: bytes = b""


def verify_xml(document: bytes, *, policy: VerificationPolicy, at: datetime, element_id: str = "") -> XmlReport:
    """Verify the signature of one element of an XML document. Opens no socket or file.

    Args:
        document: as it came; it is never written anew.
        policy: whom to trust.
        at: the time as of which certificates and lists are judged, aware.
        element_id: the Id of the element that must be signed; if empty, the document must have one signature only.

    Returns:
        The report with one signer; whatever is wrong with the document is in it and never raised.

    Raises:
        ValueError: ``at`` is naive.
        EngineMissingError: the GOST engine is not installed.
    """
    if at.tzinfo is None:
        raise ValueError("the time of verification has no time zone: give an aware datetime")
    try:
        signature = read_xml_signature(document, element_id=element_id)
    except MalformedError as error:
        return _unread(Indication.TOTAL_FAILED, SubIndication.FORMAT_FAILURE, error)
    except UnsupportedAlgorithmError as error:
        return _unread(Indication.INDETERMINATE, SubIndication.CRYPTO_CONSTRAINTS_FAILURE, error)
    problem = _problem(signature, hashing.digest(signature.suite.digest, signature.signed_octets))
    report = _judged(signature, problem, policy, at)
    if problem:
        return XmlReport(report=report)
    return XmlReport(report=report, element_id=signature.element_id, signed_octets=signature.signed_octets)


def verify_bare_signature(
    signature: bytes, *, element_id: str, digest: bytes, policy: VerificationPolicy, at: datetime
) -> Report:
    """Verify an element ds:Signature that is not in its document yet, over an element's digest; see `verify_xml`.

    Args:
        signature: UTF-8.
        element_id: the Id of the element that must be signed.
        digest: of the element as the transform writes it, by the algorithm that the signature names.
        policy: whom to trust.
        at: aware.
    """
    try:
        written = read_bare_signature(signature)
    except (MalformedError, UnsupportedAlgorithmError) as error:
        return _unread(Indication.TOTAL_FAILED, SubIndication.FORMAT_FAILURE, error).report
    if written.element_id != element_id:
        other = MalformedError("the signature is of another element")
        return _unread(Indication.TOTAL_FAILED, SubIndication.FORMAT_FAILURE, other).report
    return _judged(written, _problem(written, digest), policy, at)


def _judged(signature: XmlSignature, problem: Finding | None, policy: VerificationPolicy, at: datetime) -> Report:
    signer = judge(signature.certificate, lambda: problem, extra=(), policy=policy, at=at)
    return Report(
        indication=signer.indication,
        sub_indication=signer.sub_indication,
        explanation=signer.explanation,
        signers=(signer,),
    )


def _problem(signature: XmlSignature, digest: bytes) -> Finding | None:
    certificate, suite = signature.certificate, signature.suite
    if digest != signature.digest:
        return Finding(
            Indication.TOTAL_FAILED, SubIndication.HASH_FAILURE, "this is not the element's content that was signed"
        )
    if certificate.public_key_algorithm is not suite.key:
        return Finding(
            Indication.TOTAL_FAILED,
            SubIndication.FORMAT_FAILURE,
            "the certificate's key is of another kind than the signature",
        )
    try:
        is_good = PublicKey.from_certificate(certificate).verify(signature.signed_info, signature.signature)
    except MalformedError as error:
        return Finding(Indication.TOTAL_FAILED, SubIndication.FORMAT_FAILURE, str(error))
    if is_good:
        return None
    return Finding(
        Indication.TOTAL_FAILED,
        SubIndication.SIG_CRYPTO_FAILURE,
        "the signature was not made by the certificate's key, or SignedInfo was changed, be it by white space",
    )


def _unread(indication: Indication, sub_indication: SubIndication, error: Exception) -> XmlReport:
    report = Report(indication=indication, sub_indication=sub_indication, explanation=str(error))
    return XmlReport(report=report)
