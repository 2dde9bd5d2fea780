"""Between the signer's contract and the port's values, and from its statuses to our errors."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import grpc
from google.protobuf.message import DecodeError
from google.rpc import error_details_pb2, status_pb2

from gost.certificate import read_certificate
from gost.digest import DigestAlgorithm
from hub.core.audit import Checkpoint, Countersignature
from hub.core.errors import ExhaustedError, HubError, PreconditionError
from hub.signing.port import (
    AgentCertificate,
    AgentUnavailableError,
    CertificateNotFoundError,
    JournalEntry,
    MadeSignature,
    PinRequiredError,
    ShownDocument,
    SigningOrder,
    SigningRefusedError,
)
from landhub.common.v1 import document_pb2, signing_pb2
from landhub.signer.v1 import signer_pb2, signer_service_pb2

_DIGEST_ALGORITHMS = {
    DigestAlgorithm.STREEBOG_256: signing_pb2.DIGEST_ALGORITHM_STREEBOG_256,
    DigestAlgorithm.STREEBOG_512: signing_pb2.DIGEST_ALGORITHM_STREEBOG_512,
    DigestAlgorithm.SHA_256: signing_pb2.DIGEST_ALGORITHM_SHA_256,
}
_STATUS_DETAILS = "grpc-status-details-bin"
# The agent can't work just now, or its answer was lost: asking it again is safe and answers the same.
_TRY_AGAIN = {
    grpc.StatusCode.UNAVAILABLE.value[0],
    grpc.StatusCode.DEADLINE_EXCEEDED.value[0],
    grpc.StatusCode.CANCELLED.value[0],
    grpc.StatusCode.ABORTED.value[0],
    grpc.StatusCode.UNKNOWN.value[0],
}


def sign_request(order: SigningOrder, *, traceparent: str = "") -> signer_service_pb2.SignRequest:
    """Write an order."""
    request = signer_service_pb2.SignRequest(
        request_id=order.request_id,
        business_reference=order.business_reference,
        caller=order.caller,
        document_kind=document_pb2.DocumentKind.Value(f"DOCUMENT_KIND_{order.document_kind}"),
        digest=order.digest,
        digest_algorithm=_DIGEST_ALGORITHMS[order.digest_algorithm],
        certificate_thumbprint=order.thumbprint,
        format=_format(order.format),
        traceparent=traceparent,
        xml_element_id=order.xml_element_id,
    )
    if order.attestation is not None:
        request.attestation.statement = order.attestation.statement
        request.attestation.signature = order.attestation.signature
        request.attestation.key_id = order.attestation.key_id
    return request


def shown_header(document: ShownDocument) -> signer_service_pb2.SignStreamRequest:
    """Write what comes before a document that is to be looked at."""
    header = signer_service_pb2.SignStreamHeader(
        request_id=document.request_id,
        business_reference=document.business_reference,
        caller=document.caller,
        document_kind=document_pb2.DocumentKind.Value(f"DOCUMENT_KIND_{document.document_kind}"),
        certificate_thumbprint=document.thumbprint,
        format=_format(document.format),
        look_only=True,
    )
    return signer_service_pb2.SignStreamRequest(header=header)


def _format(name: str) -> signing_pb2.SignatureFormat.ValueType:
    return signing_pb2.SignatureFormat.Value(f"SIGNATURE_FORMAT_{name}")


def made_signature(response: signer_service_pb2.SignResponse) -> MadeSignature:
    """Read a signature."""
    return MadeSignature(
        cms=response.cms or response.xml_signature,
        rule=response.rule,
        signing_time=response.signing_time.ToDatetime(tzinfo=UTC),
        journal_sequence=response.journal_sequence,
    )


def batch_result(agent: str, result: signer_service_pb2.SignBatchResult, thumbprint: str) -> MadeSignature | HubError:
    """Read what came of one order of a batch."""
    if result.WhichOneof("result") == "response":
        return made_signature(result.response)
    failure = result.failure
    return _error(agent, failure.code, failure.reason, timedelta(milliseconds=failure.retry_delay_ms), thumbprint)


def certificate(agent: str, message: signing_pb2.Certificate) -> AgentCertificate:
    """Read a certificate; everything it says of itself is read from its DER."""
    return AgentCertificate(
        agent=agent,
        facts=read_certificate(message.der),
        store=message.store,
        container=message.container,
        has_private_key=message.has_private_key,
        content_needed=message.content_needed,
    )


def journal_entry(agent: str, record: signer_pb2.JournalRecord) -> JournalEntry:
    """Read a journal entry."""
    return JournalEntry(
        agent=agent,
        time=record.record_time.ToDatetime(tzinfo=UTC),
        phase=signer_pb2.JournalPhase.Name(record.phase).removeprefix("JOURNAL_PHASE_"),
        request_id=record.request_id,
        certificate_thumbprint=record.certificate_thumbprint,
        rule=record.rule,
        reason=record.reason,
        trace_id=record.trace_id,
    )


def checkpoint_request(checkpoint: Checkpoint) -> signer_service_pb2.CountersignCheckpointRequest:
    """Write our checkpoint; the request's id follows from it, so that it is the same when it is sent again."""
    request = signer_service_pb2.CountersignCheckpointRequest(
        request_id=str(uuid.UUID(hex=checkpoint.digest[:32])),
        checkpoint=signer_pb2.Checkpoint(
            chain=f"audit:{checkpoint.instance}",
            count=checkpoint.count,
            head=bytes.fromhex(checkpoint.head),
            signature=checkpoint.signature,
            statement=checkpoint.body,
        ),
    )
    request.checkpoint.checkpoint_time.FromDatetime(datetime.fromisoformat(checkpoint.time))
    return request


def countersignature(
    agent: str, checkpoint: Checkpoint, response: signer_service_pb2.CountersignCheckpointResponse
) -> Countersignature:
    """Read the agent's word for our checkpoint, and its own checkpoint for us to keep."""
    return Countersignature(
        checkpoint_digest=checkpoint.digest,
        signer=agent,
        key_id=response.countersigned.public_key.hex(),
        signature=response.countersigned.signature,
        peer_checkpoint=response.journal_checkpoint.SerializeToString(deterministic=True),
    )


def error_of(agent: str, failure: grpc.aio.AioRpcError) -> HubError | None:
    """Say in our words why an agent's RPC failed; None if the agent itself said nothing, so that nobody knows."""
    reason, retry_after, thumbprint = "", timedelta(), ""
    for detail in _details(failure):
        info, delay = error_details_pb2.ErrorInfo(), error_details_pb2.RetryInfo()
        if detail.Unpack(info):
            reason, thumbprint = info.reason, info.metadata.get("thumbprint", "")
        elif detail.Unpack(delay):
            retry_after = delay.retry_delay.ToTimedelta()
    code = failure.code().value[0]
    if code in _TRY_AGAIN and not reason:
        return None
    return _error(agent, code, reason, retry_after, thumbprint)


def _details(failure: grpc.aio.AioRpcError) -> list[Any]:
    for key, value in failure.trailing_metadata() or ():
        if key == _STATUS_DETAILS and isinstance(value, bytes):
            try:
                return list(status_pb2.Status.FromString(value).details)
            except DecodeError:
                return []
    return []


def _error(agent: str, code: int, reason: str, retry_after: timedelta, thumbprint: str) -> HubError:
    if code in _TRY_AGAIN:
        return AgentUnavailableError(agent, retry_after=retry_after, may_have_signed=True)
    by_reason: dict[str, Callable[[], HubError]] = {
        "CERTIFICATE_NOT_FOUND": lambda: CertificateNotFoundError(thumbprint),
        "PIN_REQUIRED": PinRequiredError,
        "CHECKPOINT_BEHIND": lambda: PreconditionError(
            "The agent has seen a later checkpoint of this audit chain: it was cut short or rolled back.",
            reason="CHECKPOINT_BEHIND",
            domain="landhub.signer.v1",
        ),
    }
    if reason in by_reason:
        return by_reason[reason]()
    if code == grpc.StatusCode.RESOURCE_EXHAUSTED.value[0]:
        return ExhaustedError(
            "The signer agent's cap for this rule is reached; ask again later.",
            reason="OVERLOADED",
            metadata={"agent": agent},
            retry_after=retry_after or timedelta(minutes=1),
        )
    return SigningRefusedError(reason or "UNKNOWN")
