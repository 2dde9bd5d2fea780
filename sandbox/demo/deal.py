"""The land deal, step by step through the Python client. Every step may be repeated: it has a request id of its own."""

import asyncio
import contextlib
import dataclasses
import uuid
from collections.abc import AsyncGenerator, Sequence
from datetime import UTC, datetime, timedelta

from landhub.common.v1 import document_pb2, money_pb2, party_pb2, signing_pb2
from landhub.events.v1 import events_pb2, events_service_pb2
from landhub.payments.v1 import deals_pb2, payments_pb2, payments_service_pb2
from landhub.rosreestr.v1 import rosreestr_pb2, rosreestr_service_pb2
from landhub.signatures.v1 import signatures_pb2, signatures_service_pb2
from landhub_client import Client, RefusedError, attest
from sandbox.demo import papers
from sandbox.demo.installation import ATTESTATION_KEY_ID, Installation
from sandbox.demo.payer import pay_on_page
from sandbox.foreign_signer import sign_detached
from sandbox.openssl import run_openssl
from sandbox.registry import CO_OWNERS

_ATTESTATION_LIFETIME = timedelta(minutes=10)
_RETURN_URL = "https://shop.example/paid"
_MONEY_SECONDS = 60

SELLER = party_pb2.Party(
    person=party_pb2.Person(surname="Тестов", given_name="Иван", patronymic="Образцович", inn="502099000124")
)
BUYER = party_pb2.Party(
    person=party_pb2.Person(surname="Покупателев", given_name="Пётр", patronymic="Примерович", inn="502099000766")
)
CO_SELLERS = (
    party_pb2.Party(
        person=party_pb2.Person(surname="Примерова", given_name="Анна", patronymic="Макетовна", inn="502099000205")
    ),
    party_pb2.Party(
        person=party_pb2.Person(surname="Примеров", given_name="Борис", patronymic="Шаблонович", inn="502099000371")
    ),
)


class DealFailedError(Exception):
    """The deal took a turn the demo doesn't expect."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What tells one deal from another.

    Attributes:
        reference: The business reference.
        contract_number: The contract's number; the simulated register knows its scenario by it.
        seed: Request ids are made of it, so that the same seed repeats the same requests.
    """

    reference: str = papers.BUSINESS_REFERENCE
    contract_number: str = papers.CONTRACT_NUMBER
    seed: uuid.UUID

    def request_id(self, step: str) -> str:
        """The request id of a step."""
        return str(uuid.uuid5(self.seed, step))


class Deal:
    """One deal by one caller. It sends what the backend of a land company would send."""

    def __init__(self, *, client: Client, installation: Installation, names: Names) -> None:
        self._client = client
        self._installation = installation
        self._names = names
        self._attestation: signing_pb2.CallerAttestation | None = None
        self._foreign: bytes | None = None

    async def get_plot(self) -> rosreestr_pb2.LandPlot:
        """Look the plot up."""
        answer = await self._client.rosreestr.GetLandPlot(
            rosreestr_service_pb2.GetLandPlotRequest(cadastral_number=papers.PLOT)
        )
        return answer.land_plot

    async def check_owner(self) -> rosreestr_service_pb2.CheckOwnerResponse:
        """Ask whether the seller owns the plot and may sell it."""
        return await self._client.rosreestr.CheckOwner(
            rosreestr_service_pb2.CheckOwnerRequest(cadastral_number=papers.PLOT, owner=SELLER)
        )

    async def try_two_sellers(self) -> RefusedError:
        """Submit what the gateway can't carry: two sellers with a half each. Return how the hub refuses it."""
        half = rosreestr_pb2.Share(numerator=1, denominator=2)
        sellers = [rosreestr_pb2.TransferParty(party=seller, share=half) for seller in CO_SELLERS]
        try:
            await self._submit("two sellers", sellers=sellers, plot=CO_OWNERS, signatures=())
        except RefusedError as error:
            return error
        raise DealFailedError("two sellers were not refused")

    async def list_certificates(self) -> Sequence[signing_pb2.Certificate]:
        """List what can be signed with."""
        answer = await self._client.signatures.ListCertificates(signatures_service_pb2.ListCertificatesRequest())
        return answer.certificates

    async def sign(self, certificate_thumbprint: str) -> signatures_pb2.Signature:
        """Have the contract signed by the agent, on the backend's own word."""
        # One word for all attempts: the agent takes each nonce for one request.
        self._attestation = self._attestation or self._attest(certificate_thumbprint)
        answer = await self._client.signatures.SignDocument(
            signatures_service_pb2.SignDocumentRequest(
                request_id=self._names.request_id("sign"),
                business_reference=self._names.reference,
                document_kind=document_pb2.DOCUMENT_KIND_CONTRACT,
                content=papers.CONTRACT,
                certificate_thumbprint=certificate_thumbprint,
                attestation=self._attestation,
            )
        )
        return answer.signature

    async def get_signature(self, signature_id: str) -> signatures_pb2.Signature:
        """Get a signature as it stands."""
        answer = await self._client.signatures.GetSignature(
            signatures_service_pb2.GetSignatureRequest(signature_id=signature_id)
        )
        return answer.signature

    async def attach_foreign(self) -> signatures_service_pb2.AttachSignatureResponse:
        """Let the hub verify the buyer's signature, made elsewhere, and keep it."""
        if self._foreign is None:
            self._foreign = sign_detached(papers.CONTRACT, self._installation.buyer, self._installation.authority)
        return await self._client.signatures.AttachSignature(
            signatures_service_pb2.AttachSignatureRequest(
                request_id=self._names.request_id("attach"),
                business_reference=self._names.reference,
                document_kind=document_pb2.DOCUMENT_KIND_CONTRACT,
                content=papers.CONTRACT,
                cms=self._foreign,
            )
        )

    async def ask_for_money(self) -> deals_pb2.Deal:
        """Say what the deal asks for in all, so that the hub tells when it is there."""
        answer = await self._client.payments.CreateDeal(
            deals_pb2.CreateDealRequest(
                request_id=self._names.request_id("deal"),
                business_reference=self._names.reference,
                amount=_roubles(papers.PRICE_KOPECKS),
            )
        )
        return answer.deal

    async def create_payment(self, what: str, kopecks: int) -> payments_pb2.Payment:
        """Open one instalment at the acquirer."""
        answer = await self._client.payments.CreatePayment(
            payments_service_pb2.CreatePaymentRequest(
                request_id=self._names.request_id(f"payment {what}"),
                business_reference=self._names.reference,
                account="sber",
                amount=_roubles(kopecks),
                return_url=_RETURN_URL,
                description=f"{what} по договору № {self._names.contract_number}",
            )
        )
        return answer.payment

    async def pay(self, payment: payments_pb2.Payment) -> str:
        """Let the buyer pay on the acquirer's page; returns where he is sent afterwards.

        Raises:
            PayerRefusedError: the page didn't take the money.
        """
        ca = self._installation.folder / "sandbox/ca.crt"
        return await asyncio.to_thread(pay_on_page, payment.payment_url, ca=ca)

    async def money_there(self, deal_id: str) -> deals_pb2.Deal:
        """Wait for the event that the deal's money is there, and return the deal.

        Raises:
            DealFailedError: it never came.
        """
        request = events_service_pb2.SubscribeRequest(
            after_cursor="0", types=["payments.deal.state_changed"], business_reference=self._names.reference
        )
        try:
            async with (
                asyncio.timeout(_MONEY_SECONDS),
                contextlib.aclosing(self._client.subscribe(request)) as events,
            ):
                async for event in events:
                    if event.subject == deal_id and event.data["state"] == "PAID":
                        break
        except TimeoutError as error:
            raise DealFailedError("the money never came") from error
        answer = await self._client.payments.GetDeal(deals_pb2.GetDealRequest(deal_id=deal_id))
        return answer.deal

    async def submit(self, signatures: Sequence[bytes]) -> rosreestr_pb2.Registration:
        """Submit the transfer with the contract and both signatures."""
        whole = rosreestr_pb2.Share(numerator=1, denominator=1)
        sellers = [rosreestr_pb2.TransferParty(party=SELLER, share=whole)]
        return await self._submit("submit", sellers=sellers, plot=papers.PLOT, signatures=signatures)

    async def add_consent(self, registration_id: str) -> rosreestr_service_pb2.AddRegistrationDocumentsResponse:
        """Add what the register asked for."""
        consent = document_pb2.Document(
            kind=document_pb2.DOCUMENT_KIND_SPOUSE_CONSENT, file_name=papers.CONSENT_FILE, content=papers.CONSENT
        )
        return await self._client.rosreestr.AddRegistrationDocuments(
            rosreestr_service_pb2.AddRegistrationDocumentsRequest(
                request_id=self._names.request_id("consent"),
                business_reference=self._names.reference,
                registration_id=registration_id,
                documents=[consent],
            )
        )

    async def reach(
        self, registration_id: str, state: "rosreestr_pb2.RegistrationState.ValueType"
    ) -> rosreestr_pb2.Registration:
        """Watch the registration until it comes to a state.

        Raises:
            DealFailedError: it came to its end in another.
        """
        async with contextlib.aclosing(self._client.watch(registration_id)) as changes:
            async for registration in changes:
                if registration.state == state:
                    return registration
        raise DealFailedError(f"the registration never came to {rosreestr_pb2.RegistrationState.Name(state)}")

    async def events(self) -> AsyncGenerator[events_pb2.Event]:
        """Yield what happens in this deal, from its beginning on, without end."""
        request = events_service_pb2.SubscribeRequest(after_cursor="0", business_reference=self._names.reference)
        async with contextlib.aclosing(self._client.subscribe(request)) as events:
            async for event in events:
                yield event

    async def _submit(
        self,
        step: str,
        *,
        sellers: Sequence[rosreestr_pb2.TransferParty],
        plot: str,
        signatures: Sequence[bytes],
    ) -> rosreestr_pb2.Registration:
        whole = rosreestr_pb2.Share(numerator=1, denominator=1)
        contract = document_pb2.Document(
            kind=document_pb2.DOCUMENT_KIND_CONTRACT,
            file_name=papers.CONTRACT_FILE,
            content=papers.CONTRACT,
            signatures=[document_pb2.DocumentSignature(cms=cms) for cms in signatures],
        )
        transfer = rosreestr_pb2.Transfer(
            contract_number=self._names.contract_number,
            contract_date=papers.CONTRACT_DATE,
            price=_roubles(papers.PRICE_KOPECKS),
            transferors=sellers,
            transferees=[rosreestr_pb2.TransferParty(party=BUYER, share=whole)],
            cadastral_numbers=[plot],
            documents=[contract],
        )
        answer = await self._client.rosreestr.CreateRegistration(
            rosreestr_service_pb2.CreateRegistrationRequest(
                request_id=self._names.request_id(step), business_reference=self._names.reference, transfer=transfer
            )
        )
        return answer.registration

    def _attest(self, certificate_thumbprint: str) -> signing_pb2.CallerAttestation:
        digest = run_openssl(
            ("dgst", "-md_gost12_256", "-binary"),
            stdin=papers.CONTRACT,
            config=self._installation.authority.config_path,
        )
        return attest(
            private_key=self._installation.attestation_key(),
            key_id=ATTESTATION_KEY_ID,
            digest=digest,
            digest_algorithm=signing_pb2.DIGEST_ALGORITHM_STREEBOG_256,
            document_kind=document_pb2.DOCUMENT_KIND_CONTRACT,
            certificate_thumbprint=certificate_thumbprint,
            expire_time=datetime.now(UTC) + _ATTESTATION_LIFETIME,
        )


def _roubles(kopecks: int) -> money_pb2.Money:
    return money_pb2.Money(minor_units=kopecks, currency_code="RUB")
