"""Between the contract's words for ESIA and the agent's own."""

from datetime import UTC
from typing import Final

from gost import esia
from gost.certificate import CertificateFacts
from gost.digest import DigestAlgorithm, streebog256
from gost.esia import EsiaOrder, EsiaParameters
from landhub.signer.v1 import signer_service_pb2
from signer_agent.errors import COMMON_DOMAIN, FieldViolation, InvalidRequestError
from signer_agent.model import DocumentKind, Signature, SignatureFormat, SigningRequest
from signer_agent.rpc.validating import Validating
from signer_agent.rpc.wire import attested, signature_format

_ESIA_ORDERS: Final = {
    signer_service_pb2.ESIA_ORDER_OLD: EsiaOrder.OLD,
    signer_service_pb2.ESIA_ORDER_NEW: EsiaOrder.NEW,
}


def esia_request(
    message: signer_service_pb2.SignEsiaRequest, *, trace_id: str, validating: Validating
) -> SigningRequest:
    """Read a request to sign a string of ESIA.

    Raises:
        InvalidRequestError: VALIDATION_FAILED, a parameter is not of its form.
    """
    parameters = _esia_parameters(message.parameters)
    return SigningRequest(
        request_id=message.request_id.lower(),
        business_reference=message.business_reference,
        caller=message.caller,
        document_kind=DocumentKind.OTHER,
        digest=streebog256(parameters.text()),
        digest_algorithm=DigestAlgorithm.STREEBOG_256,
        certificate=message.certificate_thumbprint.upper(),
        format=signature_format(message.format),
        attestation=attested(message.attestation, validating) if message.HasField("attestation") else None,
        trace_id=trace_id,
        esia=parameters,
    )


def esia_response(made: Signature, facts: CertificateFacts) -> signer_service_pb2.SignEsiaResponse:
    """Write the signature of a string of ESIA."""
    is_cms = made.format is SignatureFormat.ESIA_CMS
    response = signer_service_pb2.SignEsiaResponse(
        client_secret=esia.secret_of_cms(made.cms) if is_cms else esia.secret_of_raw(made.cms),
        client_certificate_hash=esia.certificate_hash(facts),
        rule=made.rule,
        journal_sequence=made.journal_sequence,
    )
    response.signing_time.FromDatetime(made.signing_time)
    return response


def _esia_parameters(message: signer_service_pb2.EsiaParameters) -> EsiaParameters:
    try:
        return EsiaParameters(
            order=_ESIA_ORDERS[message.order],
            client_id=message.client_id,
            scope=message.scope,
            timestamp=message.timestamp.ToDatetime(tzinfo=UTC),
            state=message.state,
            redirect_uri=message.redirect_uri,
            scope_org=message.scope_org,
            code=message.code,
        )
    except ValueError as error:
        raise InvalidRequestError(
            str(error),
            reason="VALIDATION_FAILED",
            domain=COMMON_DOMAIN,
            violations=(FieldViolation(field="parameters", description=str(error), rule_id="esia"),),
        ) from error
