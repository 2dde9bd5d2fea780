"""A good request for every RPC that a hub serves, and a way to send any of them without our client."""

import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import grpc
from google.protobuf.descriptor import Descriptor, MethodDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from landhub.common.v1 import document_pb2, money_pb2, options_pb2, party_pb2, signing_pb2
from landhub.events.v1 import events_service_pb2 as events
from landhub.hub.v1 import hub_pb2
from landhub.hub.v1 import hub_service_pb2 as hub
from landhub.payments.v1 import deals_pb2 as deals
from landhub.payments.v1 import payments_service_pb2 as payments
from landhub.payments.v1 import reconciliations_pb2 as reconciliations
from landhub.rosreestr.v1 import rosreestr_pb2
from landhub.rosreestr.v1 import rosreestr_service_pb2 as rosreestr
from landhub.signatures.v1 import signatures_service_pb2 as signatures
from landhub_client.contract import SERVICES
from sandbox.registry import SINGLE_OWNER
from tests.support.examples_notifications import KnownTelling, notification_examples

METHODS: Mapping[str, MethodDescriptor] = {
    f"/{service.full_name}/{method.name}": method for service in SERVICES for method in service.methods
}
KEYED = sorted(
    path
    for path, method in METHODS.items()
    if method.GetOptions().Extensions[options_pb2.method].safety == options_pb2.SAFETY_KEYED
)
ADMINISTRATION = "/landhub.hub.v1.HubService/"
_BUSY_SECONDS = 20
CONTRACT = document_pb2.DOCUMENT_KIND_CONTRACT

SELLER = party_pb2.Party(
    person=party_pb2.Person(surname="Тестов", given_name="Иван", patronymic="Образцович", inn="502099000124")
)
BUYER = party_pb2.Party(person=party_pb2.Person(surname="Покупателев", given_name="Пётр"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What requests refer to.

    Attributes:
        thumbprint: A certificate the agent holds.
        document: What is signed.
        foreign_cms: Somebody else's signature over it.
        attest: Makes a backend's word for it, which the agent's rule demands and takes for one request.
        registration_id, signature_id: Resources of the caller; the registration is not final.
        withdrawable_id: A registration that is not final yet, to be withdrawn.
        idle_job, discardable_job: Dead letters of the outbox.
        payment_id, refund_id: A captured payment, and a refund of a part of it.
        held_id, unpaid_id: Payments to be captured and to be cancelled.
        doubtful_id: A payment whose reversal got no answer.
        deal_id: A deal that awaits its money.
        reconciliation_id, reconciled_day: A day that was compared with the acquirer.
        telling: What requests about notifications refer to.
        unknown_outcome: A resource that waits for a person: "rosreestr.Registration/…".
    """

    thumbprint: str
    document: bytes
    foreign_cms: bytes
    attest: Callable[[], signing_pb2.CallerAttestation]
    registration_id: str = ""
    signature_id: str = ""
    withdrawable_id: str = ""
    payment_id: str = ""
    refund_id: str = ""
    held_id: str = ""
    unpaid_id: str = ""
    doubtful_id: str = ""
    deal_id: str = ""
    reconciliation_id: str = ""
    reconciled_day: str = ""
    unknown_outcome: str = ""
    telling: KnownTelling = field(default_factory=KnownTelling)
    idle_job: str = ""
    discardable_job: str = ""


def examples(known: Known) -> Mapping[str, Sequence[Any]]:
    """Return a request, or the messages of a stream of requests, by the method's path; each with new request ids."""
    by_service = (
        ("rosreestr.v1.RosreestrService", _rosreestr(known)),
        ("signatures.v1.SignaturesService", _signatures(known)),
        ("payments.v1.PaymentsService", _payments(known)),
        *notification_examples(known.telling).items(),
        ("events.v1.EventsService", _events()),
        ("hub.v1.HubService", _hub(known)),
    )
    return {
        f"/landhub.{service}/{name}": request if isinstance(request, tuple) else (request,)
        for service, requests in by_service
        for name, request in requests.items()
    }


def transfer(*documents: document_pb2.Document) -> rosreestr_pb2.Transfer:
    """Return a transfer that the simulated register carries out at once."""
    whole = rosreestr_pb2.Share(numerator=1, denominator=1)
    return rosreestr_pb2.Transfer(
        contract_number="e2e/1",
        contract_date="2025-11-20",
        price=money_pb2.Money(minor_units=150_000_000, currency_code="RUB"),
        transferors=[rosreestr_pb2.TransferParty(party=SELLER, share=whole)],
        transferees=[rosreestr_pb2.TransferParty(party=BUYER, share=whole)],
        cadastral_numbers=[SINGLE_OWNER],
        documents=documents or [document_pb2.Document(kind=CONTRACT, file_name="contract.txt", content=b"contract")],
    )


def send(channel: grpc.Channel, path: str, messages: Sequence[Message], *, timeout: float = 30) -> Message:
    """Send one request or a stream of them, and return the answer, or the first of a stream of them."""
    return next(answers(channel, path, messages, timeout=timeout))


def answers(
    channel: grpc.Channel, path: str, messages: Sequence[Message], *, timeout: float = 30, most: int = 1
) -> Iterator[Message]:
    """Send one request or a stream of them, and yield so many answers at most."""
    method = METHODS[path]
    codec = {
        "request_serializer": GetMessageClass(method.input_type).SerializeToString,
        "response_deserializer": GetMessageClass(method.output_type).FromString,
    }
    opened: Any = channel
    if method.server_streaming:
        call = opened.unary_stream(path, **codec)(messages[0], timeout=timeout)
        yield from islice(call, most)
        call.cancel()
    elif method.client_streaming:
        yield opened.stream_unary(path, **codec)(iter(messages), timeout=timeout)
    else:
        yield _when_free(lambda: opened.unary_unary(path, **codec)(messages[0], timeout=timeout))


def _when_free(call: Callable[[], Message]) -> Message:
    """Call again, as clients are told to, while something else is under way on the resource."""
    end = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            return call()
        except grpc.RpcError as error:
            if error.code() is not grpc.StatusCode.ABORTED or time.monotonic() >= end:
                raise
            time.sleep(0.1)


def keyed_part(messages: Sequence[Any]) -> Any:
    """Return the message that holds the request id: the request, or the header of a stream."""
    return messages[0].header if "header" in messages[0].DESCRIPTOR.fields_by_name else messages[0]


def resource_fields(message: Descriptor) -> list[str]:
    """Names of a request's own fields that take the id of an owned resource."""
    return [field.name for field in message.fields if field.GetOptions().Extensions[options_pb2.field].resource]


def _id() -> str:
    return str(uuid.uuid4())


def _rosreestr(known: Known) -> dict[str, Any]:
    consent = document_pb2.Document(
        kind=document_pb2.DOCUMENT_KIND_SPOUSE_CONSENT, file_name="consent.txt", content=b"consent"
    )
    return {
        "GetLandPlot": rosreestr.GetLandPlotRequest(cadastral_number=SINGLE_OWNER),
        "BatchGetLandPlots": rosreestr.BatchGetLandPlotsRequest(cadastral_numbers=[SINGLE_OWNER]),
        "ListRights": rosreestr.ListRightsRequest(cadastral_number=SINGLE_OWNER),
        "CheckOwner": rosreestr.CheckOwnerRequest(cadastral_number=SINGLE_OWNER, owner=SELLER),
        "CreateRegistration": rosreestr.CreateRegistrationRequest(
            request_id=_id(), business_reference="e2e-1", transfer=transfer()
        ),
        "GetRegistration": rosreestr.GetRegistrationRequest(registration_id=known.registration_id),
        "ListRegistrations": rosreestr.ListRegistrationsRequest(),
        "WatchRegistration": rosreestr.WatchRegistrationRequest(registration_id=known.registration_id),
        "AddRegistrationDocuments": rosreestr.AddRegistrationDocumentsRequest(
            request_id=_id(),
            business_reference="e2e-1",
            registration_id=known.registration_id,
            documents=[consent],
        ),
        "WithdrawRegistration": rosreestr.WithdrawRegistrationRequest(
            request_id=_id(),
            business_reference="e2e-1",
            registration_id=known.withdrawable_id,
            reason="Стороны расторгли договор",
        ),
    }


def _signatures(known: Known) -> dict[str, Any]:
    header = signatures.SignDocumentHeader(
        request_id=_id(),
        business_reference="e2e-1",
        document_kind=CONTRACT,
        certificate_thumbprint=known.thumbprint,
        attestation=known.attest(),
    )
    attestation = known.attest()
    statement = signing_pb2.AttestationStatement.FromString(attestation.statement)
    digest = signatures.DigestToSign(
        digest=statement.digest,
        digest_algorithm=statement.digest_algorithm,
        document_kind=CONTRACT,
        attestation=attestation,
    )
    return {
        "ListCertificates": signatures.ListCertificatesRequest(),
        "GetCertificate": signatures.GetCertificateRequest(thumbprint=known.thumbprint),
        "SignDocument": signatures.SignDocumentRequest(
            request_id=_id(),
            business_reference="e2e-1",
            document_kind=CONTRACT,
            content=known.document,
            certificate_thumbprint=known.thumbprint,
            attestation=known.attest(),
        ),
        "SignDocumentStream": (
            signatures.SignDocumentStreamRequest(header=header),
            signatures.SignDocumentStreamRequest(chunk=known.document),
        ),
        "SignDigests": signatures.SignDigestsRequest(
            request_id=_id(), business_reference="e2e-1", certificate_thumbprint=known.thumbprint, digests=[digest]
        ),
        "GetSignature": signatures.GetSignatureRequest(signature_id=known.signature_id),
        "AttachSignature": signatures.AttachSignatureRequest(
            request_id=_id(),
            business_reference="e2e-1",
            document_kind=CONTRACT,
            content=known.document,
            cms=known.foreign_cms,
        ),
        "VerifySignature": signatures.VerifySignatureRequest(content=known.document, cms=known.foreign_cms),
        "VerifySignatureStream": (
            signatures.VerifySignatureStreamRequest(header=signatures.VerifySignatureHeader(cms=known.foreign_cms)),
            signatures.VerifySignatureStreamRequest(chunk=known.document),
        ),
    }


def _payments(known: Known) -> dict[str, Any]:
    kopeck = money_pb2.Money(minor_units=1, currency_code="RUB")
    return {
        "CreatePayment": payment(),
        "GetPayment": payments.GetPaymentRequest(payment_id=known.payment_id),
        "ListPayments": payments.ListPaymentsRequest(),
        "WatchPayment": payments.WatchPaymentRequest(payment_id=known.payment_id),
        "CapturePayment": payments.CapturePaymentRequest(
            request_id=_id(), business_reference="e2e-1", payment_id=known.held_id
        ),
        "CancelPayment": payments.CancelPaymentRequest(
            request_id=_id(), business_reference="e2e-1", payment_id=known.unpaid_id
        ),
        "CreateRefund": payments.CreateRefundRequest(
            request_id=_id(),
            business_reference="e2e-1",
            payment_id=known.payment_id,
            amount=kopeck,
            reason="Стороны расторгли договор",
        ),
        "GetRefund": payments.GetRefundRequest(refund_id=known.refund_id),
        "ResolvePayment": payments.ResolvePaymentRequest(
            request_id=_id(),
            business_reference="e2e-1",
            payment_id=known.doubtful_id,
            did_not_happen=payments.ItDidNotHappen(),
            reason="an example",
        ),
        "CreateDeal": deals.CreateDealRequest(
            request_id=_id(), business_reference=f"e2e-{uuid.uuid4().hex[:12]}", amount=kopeck
        ),
        "GetDeal": deals.GetDealRequest(deal_id=known.deal_id),
        "ListDeals": deals.ListDealsRequest(),
        "UpdateDeal": deals.UpdateDealRequest(request_id=_id(), deal_id=known.deal_id, amount=kopeck),
        "CreateReconciliation": reconciliations.CreateReconciliationRequest(
            request_id=_id(), account="sber", day=known.reconciled_day
        ),
        "GetReconciliation": reconciliations.GetReconciliationRequest(reconciliation_id=known.reconciliation_id),
        "ListReconciliations": reconciliations.ListReconciliationsRequest(),
    }


def payment(*, two_stage: bool = False) -> payments.CreatePaymentRequest:
    """Return a payment into the demo's account."""
    return payments.CreatePaymentRequest(
        request_id=_id(),
        business_reference="e2e-1",
        amount=money_pb2.Money(minor_units=19_900, currency_code="RUB"),
        two_stage=two_stage,
        return_url="https://shop.example/paid",
        description="Аренда участка",
    )


def _events() -> dict[str, Any]:
    return {"Subscribe": events.SubscribeRequest(after_cursor="0"), "ListEvents": events.ListEventsRequest()}


def _hub(known: Known) -> dict[str, Any]:
    return {
        "ListModules": hub.ListModulesRequest(),
        "SetModuleMode": hub.SetModuleModeRequest(
            request_id=_id(), module="rosreestr", mode=hub_pb2.MODULE_MODE_ON, reason="an example"
        ),
        "ListUpstreams": hub.ListUpstreamsRequest(),
        "ProbeUpstream": hub.ProbeUpstreamRequest(upstream="rosreestr.xml_gateway"),
        "ResetBreaker": hub.ResetBreakerRequest(
            request_id=_id(), upstream="rosreestr.xml_gateway", reason="an example"
        ),
        "ListAuditRecords": hub.ListAuditRecordsRequest(),
        "GetStory": hub.GetStoryRequest(business_reference="e2e-1"),
        "ListOutboxJobs": hub.ListOutboxJobsRequest(),
        "RetryOutboxJob": hub.RetryOutboxJobRequest(request_id=_id(), job_id=known.idle_job, reason="an example"),
        "DiscardOutboxJob": hub.DiscardOutboxJobRequest(
            request_id=_id(), job_id=known.discardable_job, reason="an example", even_if_sent=True
        ),
        "ListStuckWork": hub.ListStuckWorkRequest(),
        "ResolveOutcome": hub.ResolveOutcomeRequest(
            request_id=_id(),
            resource=known.unknown_outcome,
            happened=hub.Happened(vendor_id="R-1"),
            reason="an example",
        ),
    }
