"""Between the contract's messages and the module's values: only renaming, no rules."""

from datetime import UTC, datetime

from google.protobuf.timestamp_pb2 import Timestamp

from gost.certificate import CertificateFacts, PublicKeyAlgorithm, read_certificate
from gost.digest import DigestAlgorithm
from gost.qualification import tool_class
from gost.report import (
    CertificateStatus,
    ChainElement,
    Indication,
    Report,
    RevocationStatus,
    SignerReport,
    TimestampReport,
)
from gost.xmldsig_place import DEFAULT_CONTAINER
from hub.modules.signatures.composing import format_beside
from hub.modules.signatures.formats import Format
from hub.modules.signatures.port import AgentCertificate, Attestation, DigestToSign, FormatNotFittingError
from hub.modules.signatures.store import SignatureRow
from hub.modules.signatures.verification import Document
from hub.modules.signatures.xml_documents import XmlToSign
from landhub.common.v1 import document_pb2, signing_pb2
from landhub.signatures.v1 import signatures_pb2 as pb
from landhub.signatures.v1 import signatures_service_pb2 as service_pb

_KEY_ALGORITHMS = {
    PublicKeyAlgorithm.GOST_R_34_10_2012_256: signing_pb2.KEY_ALGORITHM_GOST_R_34_10_2012_256,
    PublicKeyAlgorithm.GOST_R_34_10_2012_512: signing_pb2.KEY_ALGORITHM_GOST_R_34_10_2012_512,
    PublicKeyAlgorithm.RSA: signing_pb2.KEY_ALGORITHM_RSA,
    PublicKeyAlgorithm.ECDSA: signing_pb2.KEY_ALGORITHM_ECDSA,
}


def timestamp(time: datetime | None) -> Timestamp | None:
    """Return a time as the contract writes it."""
    if time is None:
        return None
    message = Timestamp()
    message.FromDatetime(time)
    return message


def moment(message: service_pb.VerifySignatureRequest | service_pb.VerifySignatureHeader) -> datetime | None:
    """Read the time to verify for; None if the request has none."""
    if not message.HasField("verification_time"):
        return None
    return message.verification_time.ToDatetime(tzinfo=UTC)


def document_kind(kind: document_pb2.DocumentKind.ValueType) -> str:
    """Return a kind's name without its prefix."""
    return document_pb2.DocumentKind.Name(kind).removeprefix("DOCUMENT_KIND_")


def document(request: service_pb.AttachSignatureRequest | service_pb.VerifySignatureRequest) -> Document:
    """Read a document, or its digest."""
    if request.WhichOneof("document") == "digest":
        return Document(digest=request.digest)
    return Document(content=request.content)


def attestation(message: signing_pb2.CallerAttestation) -> Attestation | None:
    """Read a caller's word; None where there is none."""
    if not message.key_id:
        return None
    return Attestation(statement=message.statement, signature=message.signature, key_id=message.key_id)


def format_of(message: signing_pb2.SignatureFormat.ValueType) -> Format:
    """Read a format; unset is detached CAdES-BES.

    Raises:
        FormatNotFittingError: it is none that documents are signed in here.
    """
    if not message:
        return Format.CADES_BES_DETACHED
    name = signing_pb2.SignatureFormat.Name(message).removeprefix("SIGNATURE_FORMAT_")
    try:
        return Format(name)
    except ValueError as error:
        raise FormatNotFittingError(f"{name} is not made by this call") from error


def beside(message: service_pb.SignDocumentRequest | service_pb.SignDocumentHeader) -> tuple[bytes | None, Format]:
    """Read the CMS to be signed beside, None without one, and the format: unset, it follows that CMS."""
    existing_cms = message.existing_cms or None
    return existing_cms, format_of(message.format) if message.format else format_beside(existing_cms)


def xml_to_sign(request: service_pb.SignDocumentRequest) -> XmlToSign | None:
    """Read which element of an XML document is to be signed; None where it is no such document."""
    if not request.HasField("xml"):
        return None
    return XmlToSign(
        content=request.content,
        element_id=request.xml.element_id,
        container=request.xml.container or DEFAULT_CONTAINER,
    )


def digest_to_sign(message: service_pb.DigestToSign, form: Format) -> DigestToSign:
    """Read one digest to sign."""
    name = signing_pb2.DigestAlgorithm.Name(message.digest_algorithm).removeprefix("DIGEST_ALGORITHM_")
    return DigestToSign(
        digest=message.digest,
        digest_algorithm=DigestAlgorithm[name],
        document_kind=document_kind(message.document_kind),
        attestation=attestation(message.attestation),
        format=form,
    )


def agent_certificate(certificate: AgentCertificate) -> signing_pb2.Certificate:
    """Write a certificate one can sign with."""
    message = certificate_of(certificate.facts)
    message.store = certificate.store
    message.container = certificate.container
    message.has_private_key = certificate.has_private_key
    message.content_needed = certificate.content_needed
    return message


def certificate_of(facts: CertificateFacts) -> signing_pb2.Certificate:
    """Write what a certificate says."""
    owner = signing_pb2.CertificateOwner(
        common_name=facts.owner_common_name or "",
        surname=facts.owner_surname or "",
        given_name=facts.owner_given_name or "",
        organization=facts.owner_organization or "",
        inn=facts.inn or "",
        inn_legal_entity=facts.inn_legal_entity or "",
        ogrn=facts.ogrn or "",
        ogrnip=facts.ogrnip or "",
        snils=facts.snils or "",
    )
    return signing_pb2.Certificate(
        thumbprint=facts.thumbprint,
        subject=facts.subject,
        issuer=facts.issuer,
        serial_number=facts.serial_number.lower(),
        not_before_time=timestamp(facts.not_before),
        not_after_time=timestamp(facts.not_after),
        key_algorithm=_KEY_ALGORITHMS.get(facts.public_key_algorithm, signing_pb2.KEY_ALGORITHM_UNSPECIFIED),
        owner=owner,
        key_usages=sorted(facts.key_usage),
        der=facts.der,
        extended_key_usages=facts.extended_key_usage,
        policies=facts.policies,
        signing_tool_class=tool_class(facts),
        key_bits=facts.public_key_bits,
        signing_tool=facts.signing_tool or "",
        issuer_signing_tools=_issuer_signing_tools(facts),
    )


def _issuer_signing_tools(facts: CertificateFacts) -> signing_pb2.IssuerSigningTools | None:
    if not facts.issuer_signing_tools:
        return None
    tool, authority_tool, tool_certificate, authority_tool_certificate = facts.issuer_signing_tools
    return signing_pb2.IssuerSigningTools(
        signing_tool=tool,
        authority_tool=authority_tool,
        signing_tool_certificate=tool_certificate,
        authority_tool_certificate=authority_tool_certificate,
    )


def signature(row: SignatureRow) -> pb.Signature:
    """Write a signature."""
    return pb.Signature(
        signature_id=row.id,
        business_reference=row.business_reference,
        state=pb.SignatureState.Value(f"SIGNATURE_STATE_{row.state}"),
        origin=pb.SignatureOrigin.Value(f"SIGNATURE_ORIGIN_{row.origin}"),
        document_kind=document_pb2.DocumentKind.Value(f"DOCUMENT_KIND_{row.document_kind}"),
        digest=row.digest,
        digest_algorithm=signing_pb2.DigestAlgorithm.Value(f"DIGEST_ALGORITHM_{row.digest_algorithm}"),
        format=signing_pb2.SignatureFormat.Value(f"SIGNATURE_FORMAT_{row.format}"),
        certificate_thumbprint=row.thumbprint,
        certificate=None if row.certificate is None else certificate_of(read_certificate(row.certificate)),
        cms=b"" if row.xml_element_id else row.cms or b"",
        xml_signature=row.cms or b"" if row.xml_element_id else b"",
        xml_element_id=row.xml_element_id,
        signing_time=timestamp(row.signing_time),
        failure_reason=row.failure_reason,
        create_time=timestamp(row.create_time),
        expire_time=timestamp(row.expire_time),
        timestamp_state=pb.TimestampState.Value(f"TIMESTAMP_STATE_{row.timestamp_state or 'UNSPECIFIED'}"),
        timestamp_time=timestamp(row.timestamp_time),
        timestamp_failure_reason=row.timestamp_failure_reason,
    )


def report(found: Report, at: datetime) -> pb.VerificationReport:
    """Write what a verification found. A CMS that can't be read has no signers, and is told of as one."""
    signers = [_signer(signer, at) for signer in found.signers]
    if not signers:
        sub = found.sub_indication.value if found.sub_indication else ""
        unread = pb.SignerReport(
            indication=_indication(found.indication), sub_indication=sub, explanation=found.explanation
        )
        signers = [unread]
    return pb.VerificationReport(
        indication=_indication(found.indication), signers=signers, verification_time=timestamp(at)
    )


def _signer(found: SignerReport, at: datetime) -> pb.SignerReport:
    return pb.SignerReport(
        indication=_indication(found.indication),
        sub_indication=found.sub_indication.value if found.sub_indication else "",
        explanation=found.explanation,
        certificate=None if found.certificate is None else certificate_of(found.certificate),
        chain=[_chain_certificate(element, at) for element in found.chain],
        signing_time_claimed=timestamp(found.signing_time_claimed),
        signing_time_proven=timestamp(found.signing_time_proven),
        unprotected_attributes=found.unprotected_attributes,
        qualification=pb.Qualification(
            qualified=pb.Qualified.Value(f"QUALIFIED_{found.qualification.answer.name}"),
            explanation=found.qualification.explanation,
            authority=found.qualification.centre,
        ),
        signing_time_source=_time_source(found),
        timestamps=[_timestamp_report(each) for each in found.timestamps],
    )


def _time_source(found: SignerReport) -> pb.SigningTimeSource.ValueType:
    if found.signing_time_proven is not None:
        return pb.SIGNING_TIME_SOURCE_TIMESTAMP
    return pb.SIGNING_TIME_SOURCE_CLAIMED if found.signing_time_claimed else pb.SIGNING_TIME_SOURCE_UNSPECIFIED


def _timestamp_report(found: TimestampReport) -> pb.TimestampReport:
    message = pb.TimestampReport(
        valid=found.is_valid,
        explanation=found.explanation,
        time=timestamp(found.time),
        policy=found.policy,
        certificate=None if found.certificate is None else certificate_of(found.certificate),
    )
    message.accuracy.FromTimedelta(found.accuracy)
    return message


def _indication(indication: Indication) -> pb.Indication.ValueType:
    return pb.Indication.Value(f"INDICATION_{indication.name}")


def _chain_certificate(element: ChainElement, at: datetime) -> pb.ChainCertificate:
    message = pb.ChainCertificate(
        subject=element.subject,
        thumbprint=element.certificate.thumbprint,
        status=_status(element),
        crl_this_update_time=timestamp(element.crl_this_update),
        crl_next_update_time=timestamp(element.crl_next_update),
        revocation_time=timestamp(element.revocation_time),
        certificate=certificate_of(element.certificate),
        revocation_status=pb.RevocationStatus.Value(f"REVOCATION_STATUS_{element.revocation.name}"),
    )
    if element.crl_this_update is not None and element.crl_this_update <= at:
        message.crl_age.FromTimedelta(at - element.crl_this_update)
    return message


def _status(element: ChainElement) -> str:
    if element.status is not CertificateStatus.GOOD:
        return str(element.status.value).lower()
    words = {RevocationStatus.GOOD: "good", RevocationStatus.REVOKED: "revoked", RevocationStatus.NOT_CHECKED: "anchor"}
    return words.get(element.revocation, "unknown")
