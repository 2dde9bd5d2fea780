"""What the gateway does for each request once it is decrypted: rules, without transport."""

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

from lxml import etree

from sandbox import xml_gateway_wire as wire
from sandbox.faults import Fault, FaultKind
from sandbox.foreign_signer import verify_detached
from sandbox.openssl import OpenSslError
from sandbox.registrations import DuplicateReferenceError, NotAllowedError, Registration, RegistrationBook
from sandbox.registry import Plot, Registry
from sandbox.settings import Extensions


class RefusalError(Exception):
    """An answer by an `Error` document."""

    def __init__(self, code: str, message: str, *, request_id: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.request_id = request_id


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One path of the gateway and what serves it."""

    name: str
    path: str
    root: str
    """The name of the request's root element."""
    serve: Callable[[etree._Element, tuple[Fault, ...]], Awaitable[etree._Element]]
    is_offered: bool = True
    """False where it is an extension that is switched off."""


class GatewayOperations:
    """Serves requests from the register of plots and the book of registrations."""

    def __init__(
        self,
        *,
        registry: Registry,
        book: RegistrationBook,
        extensions: Extensions,
        signature_ca: Path | None,
        check_crl: bool,
    ) -> None:
        self._registry = registry
        self._book = book
        self._extensions = extensions
        self._signature_ca = signature_ca
        self._check_crl = check_crl
        self._reader = wire.RequestReader(extensions=extensions)

    def table(self) -> tuple[Operation, ...]:
        """The operations this gateway has."""
        everything = (
            Operation(name="cadaster.info", path="/cadaster/info", root="CadastralRequest", serve=self._info),
            Operation(name="rights.check", path="/rights/check", root="OwnershipRequest", serve=self._rights),
            Operation(
                name="registration.submit",
                path="/registration/submit",
                root="RegistrationRequest",
                serve=self._submit,
            ),
            Operation(
                name="registration.status", path="/registration/status", root="StatusRequest", serve=self._status
            ),
            Operation(
                name="registration.documents",
                path="/registration/documents",
                root="DocumentsRequest",
                serve=self._add_documents,
                is_offered=self._extensions.documents,
            ),
            Operation(
                name="registration.withdraw",
                path="/registration/withdraw",
                root="WithdrawalRequest",
                serve=self._withdraw,
                is_offered=self._extensions.withdrawal,
            ),
        )
        return tuple(item for item in everything if item.is_offered)

    async def run(self, operation: Operation, document: bytes, faults: tuple[Fault, ...]) -> etree._Element:
        """Read the request and serve it.

        Raises:
            RefusalError: the answer is an `Error` document.
        """
        try:
            return await operation.serve(self._reader.read(document, root=operation.root), faults)
        except wire.BadRequestError as error:
            raise RefusalError("BAD_REQUEST", str(error)) from error

    async def _info(self, request: etree._Element, _faults: tuple[Fault, ...]) -> etree._Element:
        return wire.plot_answer(self._plot(wire.needed(request, "CadastralNumber")))

    async def _rights(self, request: etree._Element, _faults: tuple[Fault, ...]) -> etree._Element:
        return wire.rights_answer(self._plot(wire.needed(request, "CadastralNumber")), self._extensions)

    async def _submit(self, request: etree._Element, faults: tuple[Fault, ...]) -> etree._Element:
        documents = wire.documents_in(request)
        submission = wire.submission_in(request, documents)
        plot = self._plot(submission.cadastral_number)
        await self._verify(documents)
        by_kind = {fault.kind: fault for fault in faults}
        late = by_kind.get(FaultKind.COMMIT_LATE)
        if late is not None:
            self._book.submit_late(submission, seconds=late.seconds)
            return wire.registration_answer("")
        lag = by_kind.get(FaultKind.STATUS_LAGS)
        try:
            registration = self._book.submit(
                submission, plot_scenario=plot.scenario, hidden_seconds=0 if lag is None else lag.seconds
            )
        except DuplicateReferenceError as error:
            raise RefusalError("DUPLICATE", str(error), request_id=error.request_id) from error
        if FaultKind.FALSE_DUPLICATE in by_kind:
            said = DuplicateReferenceError(registration.request_id)
            raise RefusalError("DUPLICATE", str(said), request_id=said.request_id)
        return wire.registration_answer(registration.request_id)

    async def _status(self, request: etree._Element, _faults: tuple[Fault, ...]) -> etree._Element:
        registration = self._registration(request, even_if_hidden=False)
        return wire.status_answer(registration.request_id, registration.progress.status, self._extensions)

    async def _add_documents(self, request: etree._Element, _faults: tuple[Fault, ...]) -> etree._Element:
        documents = wire.documents_in(request)
        await self._verify(documents)
        registration = self._registration(request)
        filed = tuple(document.filed() for document in documents)
        reference = wire.text(request, "ClientReference")
        try:
            accepted = self._book.add_documents(registration, filed, client_reference=reference)
        except NotAllowedError as error:
            raise RefusalError("REFUSED", str(error)) from error
        return wire.documents_answer(registration.request_id, accepted)

    async def _withdraw(self, request: etree._Element, _faults: tuple[Fault, ...]) -> etree._Element:
        registration = self._registration(request)
        try:
            withdrawn = self._book.withdraw(registration, reason=wire.text(request, "Reason"))
        except NotAllowedError as error:
            raise RefusalError("REFUSED", str(error)) from error
        return wire.withdrawal_answer(withdrawn.request_id, withdrawn.progress.status.word)

    def _plot(self, cadastral_number: str) -> Plot:
        plot = self._registry.find(cadastral_number)
        if plot is None:
            raise RefusalError("NOT_FOUND", f"Участок {cadastral_number} не найден")
        return plot

    def _registration(self, request: etree._Element, *, even_if_hidden: bool = True) -> Registration:
        key = wire.text(request, "RequestID") or wire.needed(request, "ClientReference")
        registration = self._book.find(key, even_if_hidden=even_if_hidden)
        if registration is None:
            raise RefusalError("REQUEST_NOT_FOUND", f"Обращение {key} не найдено")
        return registration

    async def _verify(self, documents: Iterable[wire.Document]) -> None:
        """Check every signature with the OpenSSL command line, if the gateway was given a CA bundle."""
        if self._signature_ca is None:
            return
        for document in documents:
            for number, signature in enumerate(document.signatures, start=1):
                try:
                    await asyncio.to_thread(
                        verify_detached,
                        document.content,
                        signature,
                        self._signature_ca,
                        check_crl=self._check_crl,
                    )
                except OpenSslError as error:
                    message = f"Подпись {number} документа {document.file_name} недействительна"
                    raise RefusalError("REFUSED", message) from error
