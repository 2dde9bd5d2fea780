"""The XML-over-HTTPS gateway of a land-deal system: docs/modules/rosreestr.md."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from ipaddress import ip_network
from typing import TypeVar

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from pydantic import BaseModel, ConfigDict, Field, field_validator

from hub.core.clock import Clock
from hub.core.secrets import Secrets
from hub.modules.rosreestr.port import (
    Document,
    LandPlot,
    LookupNotSupportedError,
    ReferenceTakenError,
    RefusedByProviderError,
    RegistrationNotFoundError,
    RegistrationStatus,
    Right,
    RosreestrPort,
    Submission,
    Transfer,
    UnsupportedByProviderError,
    UnsupportedTextError,
)
from hub.modules.rosreestr.providers import _xml_gateway_answers as answers
from hub.modules.rosreestr.providers import _xml_gateway_requests as requests
from hub.modules.rosreestr.providers._xml_gateway_errors import (
    ERROR_FIELDS,
    Refusal,
    TakenError,
    no_plot,
    no_registration,
    nothing_special,
    raise_error,
)
from hub.resilience.addresses import LOOPBACK
from hub.resilience.context import ProviderContext
from hub.resilience.failures import AnswerInvalidError
from hub.resilience.http import (
    IN_A_THREAD_BYTES,
    HttpAnswer,
    HttpGateway,
    HttpRequest,
    certificate_expire_time,
    check_status,
    client_tls,
)
from hub.resilience.policy import Guard, Policy, Safety
from hub.resilience.upstream import Upstream
from hub.resilience.xml import Node, is_xml_text, parse_xml

T = TypeVar("T")

NAME = "xml_gateway"
UPSTREAM = f"rosreestr.{NAME}"
_NO_REQUEST = "landhub-probe"  # no request's id has such a form
_MAX_ANSWER_BYTES = 16 * 1024 * 1024


class Extensions(BaseModel):
    """landhub's extensions of the gateway, agreed with its operator on 2026-11-22."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    client_reference: bool = True
    """Our reference goes along and can be asked for. Without it a lost answer waits for a person."""
    documents: bool = True
    """Documents and their signatures go along. Without it they are not sent, and `document_count` stays 0."""
    right_details: bool = True
    """Rights tell ИНН, share and restrictions. Without it CheckOwner answers UNKNOWN at best."""
    status_detail: bool = True
    """A status tells its reason, term and the duty due."""
    withdrawal: bool = True
    """A registration can be withdrawn. Without it WithdrawRegistration is refused."""


class Settings(BaseModel):
    """The `[modules.rosreestr.providers.xml_gateway]` table. Paths are relative to the installation; all files PEM."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    api_url: str
    """https://host[:port][/path]"""
    client_certificate: str
    client_key: str
    """A file that only the hub's user may read."""
    client_key_password: str = ""
    """A secret's reference; empty if the key is not encrypted."""
    ca_bundle: str
    """The CAs that may have issued the gateway's certificate; the system's are not trusted."""
    fernet_keys: tuple[str, ...] = Field(min_length=1, max_length=10)
    """References of the keys shared with the gateway, newest first: we encrypt under the first and accept any."""
    private_networks: tuple[str, ...] = ()
    """Networks ("10.20.0.0/16") the gateway may be in; other private addresses are refused."""
    extensions: Extensions = Extensions()
    visibility_window_seconds: float = Field(default=600.0, ge=0, le=604_800)
    """How long after its submission a registration may still be invisible to status requests."""
    policy: Policy = Policy(attempt_timeout=20.0, total_timeout=60.0)

    @field_validator("private_networks")
    @classmethod
    def _networks_are_networks(cls, networks: tuple[str, ...]) -> tuple[str, ...]:
        for network in networks:
            ip_network(network)
        return networks


def build(settings: Settings, ctx: ProviderContext) -> RosreestrPort:
    """Make the provider. Nothing is sent before its first call.

    Raises:
        ValueError: the address isn't https or is private, the TLS key isn't encrypted, or a Fernet key isn't one.
        SecretError, OSError: a key or certificate can't be read.
    """
    upstream = ctx.upstreams.open(UPSTREAM, settings.policy)
    password = ctx.secrets.resolve(settings.client_key_password) if settings.client_key_password else None
    gateway = HttpGateway(
        upstream=upstream,
        base_url=settings.api_url,
        tls=client_tls(
            certificate=ctx.path(settings.client_certificate),
            key=ctx.path(settings.client_key),
            key_password=password,
            ca_bundle=ctx.path(settings.ca_bundle),
            plain_key_allowed=ctx.development,
        ),
        networks=(*(LOOPBACK if ctx.development else ()), *(ip_network(name) for name in settings.private_networks)),
        max_answer_bytes=_MAX_ANSWER_BYTES,
        telemetry=ctx.telemetry,
    )
    upstream.shows_certificate(expire_time=certificate_expire_time(ctx.path(settings.client_certificate)))
    return XmlGateway(
        gateway=gateway,
        upstream=upstream,
        fernet=MultiFernet([_fernet(ctx.secrets, reference) for reference in settings.fernet_keys]),
        extensions=settings.extensions,
        visibility_window=timedelta(seconds=settings.visibility_window_seconds),
        clock=ctx.clock,
    )


class XmlGateway(RosreestrPort):
    """One gateway."""

    def __init__(
        self,
        *,
        gateway: HttpGateway,
        upstream: Upstream,
        fernet: MultiFernet,
        extensions: Extensions,
        visibility_window: timedelta,
        clock: Clock,
    ) -> None:
        self._gateway = gateway
        self._upstream = upstream
        self._fernet = fernet
        self._extensions = extensions
        self._visibility_window = visibility_window
        self._clock = clock

    @property
    def name(self) -> str:
        """See the port."""
        return NAME

    @property
    def can_withdraw(self) -> bool:
        """See the port."""
        return self._extensions.withdrawal

    @property
    def visibility_window(self) -> timedelta:
        """See the port."""
        return self._visibility_window

    @property
    def can_find(self) -> bool:
        """See the port."""
        return self._extensions.client_reference

    @property
    def carries_documents(self) -> bool:
        """See the port."""
        return self._extensions.documents

    async def get_land_plot(self, cadastral_number: str) -> LandPlot:
        """See the port."""

        def read(answer: HttpAnswer) -> LandPlot:
            node = self._node(operation, answer, "CadastralResponse", answers.PLOT_FIELDS, no_plot(cadastral_number))
            _check_number(node, cadastral_number)
            return answers.land_plot(node)

        operation = "cadaster.info"
        document = requests.land_plot_request(cadastral_number, self._clock.now())
        return await self._post(operation, document, read, safety=Safety.READ)

    async def list_rights(self, cadastral_number: str) -> tuple[Right, ...]:
        """See the port."""

        def read(answer: HttpAnswer) -> tuple[Right, ...]:
            node = self._node(operation, answer, "OwnershipResponse", answers.RIGHTS_FIELDS, no_plot(cadastral_number))
            _check_number(node, cadastral_number)
            return answers.rights(node, details=self._extensions.right_details)

        operation = "rights.check"
        document = requests.rights_request(cadastral_number, self._clock.now())
        return await self._post(operation, document, read, safety=Safety.READ)

    def check_transfer(self, transfer: Transfer) -> None:
        """See the port."""
        for limit, parts in (
            ("transferors", transfer.transferors),
            ("transferees", transfer.transferees),
            ("cadastral_numbers", transfer.cadastral_numbers),
        ):
            if len(parts) != 1:
                raise UnsupportedByProviderError(provider=NAME, limit=limit, at_most="1")
        if transfer.price.currency != "RUB":
            raise UnsupportedByProviderError(provider=NAME, limit="price.currency_code", at_most="RUB")
        parties = (*transfer.transferors, *transfer.transferees)
        if not self._extensions.documents and any(party.representative for party in parties):
            raise UnsupportedByProviderError(provider=NAME, limit="representatives", at_most="0")
        _check_text("contract_number", transfer.contract_number)
        for party in parties:
            _check_text("a party's name", party.party.full_name)
        _check_file_names(transfer.documents)

    async def submit(self, reference: str, transfer: Transfer, *, guard: Guard | None = None) -> Submission:
        """See the port."""

        def read(answer: HttpAnswer) -> Submission:
            node = self._node(operation, answer, "RegistrationResponse", answers.SUBMITTED_FIELDS, nothing_special)
            return Submission(vendor_id=node.text("RequestID"), document_count=len(documents))

        operation = "registration.submit"
        self.check_transfer(transfer)
        documents = transfer.documents if self._extensions.documents else ()
        sent_reference = reference if self._extensions.client_reference else ""
        build_document = partial(requests.registration_request, sent_reference, transfer, documents, self._clock.now())
        document = await asyncio.to_thread(build_document)  # documents of many megabytes, in base64
        try:
            return await self._post(operation, document, read, safety=Safety.ASK_STATUS_FIRST, guard=guard)
        except TakenError as taken:
            raise ReferenceTakenError(reference=reference, vendor_id=taken.vendor_id) from taken

    async def find(self, reference: str) -> RegistrationStatus | None:
        """See the port."""
        if not self.can_find:
            raise LookupNotSupportedError(provider=NAME)
        document = requests.status_request(reference=reference, now=self._clock.now())
        try:
            return await self._post("registration.status", document, self._status, safety=Safety.READ)
        except RegistrationNotFoundError:
            return None

    async def get_status(self, vendor_id: str) -> RegistrationStatus:
        """See the port."""

        def read(answer: HttpAnswer) -> RegistrationStatus:
            return _about(vendor_id, self._status(answer))

        document = requests.status_request(vendor_id=vendor_id, now=self._clock.now())
        return await self._post("registration.status", document, read, safety=Safety.READ)

    async def add_documents(
        self, reference: str, vendor_id: str, documents: tuple[Document, ...], *, guard: Guard | None = None
    ) -> int:
        """See the port."""

        def read(answer: HttpAnswer) -> int:
            node = self._node(operation, answer, "DocumentsResponse", answers.DOCUMENTS_FIELDS, no_registration)
            return answers.count(node, "Accepted")

        operation = "registration.documents"
        if not self._extensions.documents:
            raise UnsupportedByProviderError(provider=NAME, limit="documents", at_most="0")
        _check_file_names(documents)
        sent_reference = reference if self._extensions.client_reference else ""
        build_document = partial(requests.documents_request, sent_reference, vendor_id, documents, self._clock.now())
        document = await asyncio.to_thread(build_document)
        safety = Safety.IDEMPOTENT_BY_KEY if sent_reference else Safety.ASK_STATUS_FIRST
        try:
            return await self._post(operation, document, read, safety=safety, guard=guard)
        except TakenError as taken:
            raise RefusedByProviderError(vendor_code="DUPLICATE") from taken

    async def withdraw(self, vendor_id: str, reason: str, *, guard: Guard | None = None) -> RegistrationStatus:
        """See the port."""

        def read(answer: HttpAnswer) -> RegistrationStatus:
            node = self._node(operation, answer, "WithdrawalResponse", answers.WITHDRAWAL_FIELDS, no_registration)
            return _about(vendor_id, answers.withdrawal(node, self._upstream.surprises(operation), self._clock.now()))

        operation = "registration.withdraw"
        if not self.can_withdraw:
            raise UnsupportedByProviderError(provider=NAME, limit="withdrawals", at_most="0")
        _check_text("reason", reason)
        document = requests.withdrawal_request(vendor_id, reason, self._clock.now())
        try:
            return await self._post(operation, document, read, safety=Safety.ASK_STATUS_FIRST, guard=guard)
        except TakenError as taken:
            raise RefusedByProviderError(vendor_code="DUPLICATE") from taken

    async def probe(self) -> None:
        """See the port. The status of a request that can't be: it needs certificate and key, and costs nothing."""
        try:
            await self.get_status(_NO_REQUEST)
        except RegistrationNotFoundError:
            return

    async def close(self) -> None:
        """See the port."""
        await self._gateway.close()

    def _status(self, answer: HttpAnswer) -> RegistrationStatus:
        operation = "registration.status"
        known = answers.status_fields(details=self._extensions.status_detail)
        node = self._node(operation, answer, "StatusResponse", known, no_registration)
        return answers.status(node, self._upstream.surprises(operation))

    async def _post(
        self,
        operation: str,
        document: bytes,
        read: Callable[[HttpAnswer], T],
        *,
        safety: Safety,
        guard: Guard | None = None,
    ) -> T:
        seal = partial(self._fernet.encrypt_at_time, document, int(self._clock.now().timestamp()))
        request = HttpRequest(
            operation=operation,
            path="/" + operation.replace(".", "/"),
            headers={"Content-Type": "application/xml"},
            body=await asyncio.to_thread(seal) if len(document) > IN_A_THREAD_BYTES else seal(),
        )
        return await self._gateway.post(request, read, safety=safety, guard=guard)

    def _node(self, operation: str, answer: HttpAnswer, root: str, known: frozenset[str], refusal: Refusal) -> Node:
        """Return the answer's root element, or raise what the gateway says instead."""
        try:
            element = parse_xml(self._fernet.decrypt(answer.body))
        except InvalidToken as error:
            if answer.status == 413:
                raise RefusedByProviderError(vendor_code="TOO_LARGE") from error
            check_status(answer)
            raise AnswerInvalidError("the answer is no token under a key we share") from error
        except AnswerInvalidError:
            check_status(answer)
            raise
        surprise = self._upstream.surprises(operation)
        if element.tag == "Error":
            raise_error(Node(element, known=ERROR_FIELDS, surprise=surprise), answer, refusal, surprise)
        check_status(answer)
        if element.tag != root:
            raise AnswerInvalidError(f"the answer is no {root}")
        return Node(element, known=known, surprise=surprise)


def _fernet(secrets: Secrets, reference: str) -> Fernet:
    try:
        return Fernet(secrets.resolve(reference).text())
    except ValueError as error:
        raise ValueError(f"{reference} holds no Fernet key: 32 bytes in URL-safe base64, 44 characters") from error


def _about(vendor_id: str, status: RegistrationStatus) -> RegistrationStatus:
    """Refuse an answer about another registration."""
    if status.vendor_id != vendor_id:
        raise AnswerInvalidError("the answer is about another registration")
    return status


def _check_number(node: Node, asked: str) -> None:
    """Refuse an answer about another plot; leading zeros of a part don't make it another."""
    told = node.text("CadastralNumber")
    if told == asked:
        return
    if [part.lstrip("0") for part in told.split(":")] != [part.lstrip("0") for part in asked.split(":")]:
        raise AnswerInvalidError("the answer is about another plot")


def _check_file_names(documents: tuple[Document, ...]) -> None:
    for document in documents:
        _check_text("a document's file name", document.file_name)


def _check_text(where: str, text: str) -> None:
    if not is_xml_text(text):
        raise UnsupportedTextError(where)
