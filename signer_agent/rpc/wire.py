"""Between the signer's protos and the agent's own words."""

import base64
import binascii
from datetime import UTC
from typing import Final

from google.protobuf import unknown_fields

from gost.certificate import CertificateFacts, PublicKeyAlgorithm
from gost.digest import DigestAlgorithm
from landhub.common.v1 import document_pb2, signing_pb2
from landhub.signer.v1 import signer_pb2, signer_service_pb2
from signer_agent.checkpoint import Checkpoint
from signer_agent.clock import moment
from signer_agent.errors import COMMON_DOMAIN, InvalidRequestError
from signer_agent.journal_record import Entry, Phase, Record
from signer_agent.keys.port import HeldCertificate
from signer_agent.model import Attestation, DocumentKind, Signature, SignatureFormat, SigningRequest, Statement
from signer_agent.rpc.validating import Validating

_KEY_ALGORITHMS: Final = {
    PublicKeyAlgorithm.GOST_R_34_10_2012_256: signing_pb2.KEY_ALGORITHM_GOST_R_34_10_2012_256,
    PublicKeyAlgorithm.GOST_R_34_10_2012_512: signing_pb2.KEY_ALGORITHM_GOST_R_34_10_2012_512,
    PublicKeyAlgorithm.RSA: signing_pb2.KEY_ALGORITHM_RSA,
    PublicKeyAlgorithm.ECDSA: signing_pb2.KEY_ALGORITHM_ECDSA,
}


def signing_request(
    message: signer_service_pb2.SignRequest, *, trace_id: str, validating: Validating
) -> SigningRequest:
    """Read a request that keeps the contract's rules; ``trace_id`` is the call's, for one that brings none."""
    attestation = attested(message.attestation, validating) if message.HasField("attestation") else None
    return SigningRequest(
        request_id=message.request_id.lower(),
        business_reference=message.business_reference,
        caller=message.caller,
        document_kind=_document_kind(message.document_kind),
        digest=message.digest,
        digest_algorithm=_digest_algorithm(message.digest_algorithm),
        certificate=message.certificate_thumbprint.upper(),
        format=signature_format(message.format),
        attestation=attestation,
        trace_id=trace_id_of(message.traceparent) or trace_id,
        element_id=message.xml_element_id,
    )


def trace_id_of(traceparent: str) -> str:
    """The trace id in a W3C traceparent, 32 hex digits; empty if there is none."""
    parts = traceparent.split("-")
    is_id = len(parts) == 4 and len(parts[1]) == 32 and all(letter in "0123456789abcdef" for letter in parts[1])
    return parts[1] if is_id else ""


def attested(message: signing_pb2.CallerAttestation, validating: Validating) -> Attestation:
    """Read an attestation; a statement that breaks a rule or says what we don't know is none."""
    return Attestation(
        statement_bytes=message.statement,
        statement=_statement(message.statement, validating),
        signature=message.signature,
        key_id=message.key_id,
    )


def signature(made: Signature) -> signer_service_pb2.SignResponse:
    """Write a signature."""
    response = signer_service_pb2.SignResponse(rule=made.rule, journal_sequence=made.journal_sequence)
    if made.format is SignatureFormat.XMLDSIG_SMEV3:
        response.xml_signature = made.cms
    else:
        response.cms = made.cms
    response.signing_time.FromDatetime(made.signing_time)
    return response


def shown_document(header: signer_service_pb2.SignStreamHeader, *, trace_id: str) -> Entry:
    """What the journal tells of a document that is about to be seen."""
    return Entry(
        phase=Phase.SEEN,
        caller=header.caller,
        request_id=header.request_id.lower(),
        business_reference=header.business_reference,
        document_kind=_document_kind(header.document_kind).value,
        certificate=header.certificate_thumbprint.upper(),
        format=signature_format(header.format).value,
        trace_id=trace_id,
    )


def streamed_request(
    header: signer_service_pb2.SignStreamHeader,
    digest: bytes,
    algorithm: DigestAlgorithm,
    *,
    trace_id: str,
    validating: Validating,
) -> SigningRequest:
    """The request to sign a document that was seen."""
    return SigningRequest(
        request_id=header.request_id.lower(),
        business_reference=header.business_reference,
        caller=header.caller,
        document_kind=_document_kind(header.document_kind),
        digest=digest,
        digest_algorithm=algorithm,
        certificate=header.certificate_thumbprint.upper(),
        format=signature_format(header.format),
        attestation=attested(header.attestation, validating) if header.HasField("attestation") else None,
        trace_id=trace_id,
    )


def digest_algorithm(algorithm: DigestAlgorithm) -> signing_pb2.DigestAlgorithm.ValueType:
    """Write a digest algorithm; one that the contract has no word for is unspecified."""
    name = f"DIGEST_ALGORITHM_{algorithm.name}"
    return dict(signing_pb2.DigestAlgorithm.items()).get(name, signing_pb2.DIGEST_ALGORITHM_UNSPECIFIED)


def certificate(held: HeldCertificate, *, content_needed: bool = False) -> signing_pb2.Certificate:
    """Write a certificate."""
    facts = held.facts
    message = signing_pb2.Certificate(
        thumbprint=facts.thumbprint,
        subject=facts.subject,
        issuer=facts.issuer,
        serial_number=facts.serial_number.lower(),
        key_algorithm=_KEY_ALGORITHMS.get(facts.public_key_algorithm, signing_pb2.KEY_ALGORITHM_UNSPECIFIED),
        owner=_owner(facts),
        store=held.store,
        container=held.container,
        has_private_key=held.has_private_key,
        key_usages=sorted(facts.key_usage),
        der=facts.der,
        content_needed=content_needed,
    )
    message.not_before_time.FromDatetime(facts.not_before)
    message.not_after_time.FromDatetime(facts.not_after)
    return message


def journal_record(record: Record) -> signer_pb2.JournalRecord:
    """Write a record of the journal."""
    entry = record.entry
    kind = f"DOCUMENT_KIND_{entry.document_kind or 'UNSPECIFIED'}"
    message = signer_pb2.JournalRecord(
        sequence=record.sequence,
        phase=signer_pb2.JournalPhase.Value(f"JOURNAL_PHASE_{entry.phase.value}"),
        caller=entry.caller,
        request_id=entry.request_id,
        business_reference=entry.business_reference,
        digest=bytes.fromhex(entry.digest),
        document_kind=document_pb2.DocumentKind.Value(kind),
        certificate_thumbprint=entry.certificate,
        rule=entry.rule,
        attested_by=entry.attested_by,
        reason=entry.reason,
        trace_id=entry.trace_id,
        previous_hash=record.previous_hash,
        hash=record.hash,
    )
    message.record_time.FromDatetime(moment(record.time_ms))
    return message


def checkpoint_of(message: signer_pb2.Checkpoint) -> Checkpoint:
    """Read the hub's checkpoint."""
    time = message.checkpoint_time
    return Checkpoint(
        chain=message.chain,
        count=message.count,
        head=message.head,
        time_ms=time.seconds * 1000 + time.nanos // 1_000_000,
        statement=message.statement,
        signature=message.signature,
        public_key=message.public_key,
    )


def checkpoint(made: Checkpoint) -> signer_pb2.Checkpoint:
    """Write a checkpoint."""
    message = signer_pb2.Checkpoint(
        chain=made.chain,
        count=made.count,
        head=made.head,
        signature=made.signature,
        public_key=made.public_key,
        statement=made.statement,
    )
    message.checkpoint_time.seconds = made.time_ms // 1000
    message.checkpoint_time.nanos = made.time_ms % 1000 * 1_000_000
    return message


def page_token(kind: str, position: str) -> str:
    """A token that leads on after ``position``; ``kind`` names the list and its filter."""
    return base64.urlsafe_b64encode(f"{kind}\x00{position}".encode()).decode()


def page_position(token: str, kind: str) -> str:
    """The position in a token; empty for the first page.

    Raises:
        InvalidRequestError: PAGE_TOKEN_INVALID.
    """
    if not token:
        return ""
    try:
        found, _, position = base64.urlsafe_b64decode(token.encode()).decode().partition("\x00")
    except (binascii.Error, ValueError) as error:
        raise _token_invalid() from error
    if found != kind or not position:
        raise _token_invalid()
    return position


def _token_invalid() -> InvalidRequestError:
    return InvalidRequestError(
        "page_token is none of ours or belongs to another request: begin without one",
        reason="PAGE_TOKEN_INVALID",
        domain=COMMON_DOMAIN,
    )


def _statement(data: bytes, validating: Validating) -> Statement | None:
    try:
        message, violations = validating.read(signing_pb2.AttestationStatement, data)
        if violations or len(unknown_fields.UnknownFieldSet(message)):
            return None
        return Statement(
            digest=message.digest,
            digest_algorithm=_digest_algorithm(message.digest_algorithm),
            document_kind=_document_kind(message.document_kind),
            certificate=message.certificate_thumbprint.upper(),
            format=signature_format(message.format),
            expires=message.expire_time.ToDatetime(tzinfo=UTC),
            nonce=message.nonce,
        )
    except (InvalidRequestError, ValueError, OverflowError):
        return None


def _document_kind(value: document_pb2.DocumentKind.ValueType) -> DocumentKind:
    return DocumentKind(document_pb2.DocumentKind.Name(value).removeprefix("DOCUMENT_KIND_"))


def signature_format(value: signing_pb2.SignatureFormat.ValueType) -> SignatureFormat:
    """Read a format."""
    return SignatureFormat(signing_pb2.SignatureFormat.Name(value).removeprefix("SIGNATURE_FORMAT_"))


def _digest_algorithm(value: signing_pb2.DigestAlgorithm.ValueType) -> DigestAlgorithm:
    return DigestAlgorithm[signing_pb2.DigestAlgorithm.Name(value).removeprefix("DIGEST_ALGORITHM_")]


def _owner(facts: CertificateFacts) -> signing_pb2.CertificateOwner:
    return signing_pb2.CertificateOwner(
        common_name=facts.owner_common_name or "",
        surname=facts.owner_surname or "",
        given_name=facts.owner_given_name or "",
        organization=facts.owner_organization or "",
        inn=(facts.inn or "") if facts.inn != facts.inn_legal_entity else "",
        inn_legal_entity=facts.inn_legal_entity or "",
        ogrn=facts.ogrn or "",
        ogrnip=facts.ogrnip or "",
        snils=facts.snils or "",
    )
