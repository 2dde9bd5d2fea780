"""Between the port's values for ESIA and the signer's contract: typed parameters go, `client_secret` comes back."""

from datetime import UTC

from gost.esia import EsiaOrder
from hub.signing.port import EsiaSecret, EsiaSigningOrder
from landhub.common.v1 import signing_pb2
from landhub.signer.v1 import signer_service_pb2 as pb

_ORDERS = {EsiaOrder.OLD: pb.ESIA_ORDER_OLD, EsiaOrder.NEW: pb.ESIA_ORDER_NEW}


def request(order: EsiaSigningOrder) -> pb.SignEsiaRequest:
    """Write an order."""
    given = order.parameters
    message = pb.SignEsiaRequest(
        request_id=order.request_id,
        business_reference=order.business_reference,
        caller=order.caller,
        certificate_thumbprint=order.thumbprint,
        format=signing_pb2.SignatureFormat.Value(f"SIGNATURE_FORMAT_{order.format}"),
        parameters=pb.EsiaParameters(
            order=_ORDERS[given.order],
            client_id=given.client_id,
            scope=given.scope,
            state=given.state,
            redirect_uri=given.redirect_uri,
            scope_org=given.scope_org,
            code=given.code,
        ),
    )
    message.parameters.timestamp.FromDatetime(given.timestamp.astimezone(UTC))
    if order.attestation is not None:
        message.attestation.statement = order.attestation.statement
        message.attestation.signature = order.attestation.signature
        message.attestation.key_id = order.attestation.key_id
    return message


def secret(response: pb.SignEsiaResponse) -> EsiaSecret:
    """Read what came of it."""
    return EsiaSecret(
        client_secret=response.client_secret,
        client_certificate_hash=response.client_certificate_hash,
        rule=response.rule,
        signing_time=response.signing_time.ToDatetime(tzinfo=UTC),
        journal_sequence=response.journal_sequence,
    )
