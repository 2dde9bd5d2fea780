"""The gateway's XML: reading requests as strictly as its schema says, and writing answers."""

import base64
import dataclasses
import hashlib
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from lxml import etree

from sandbox.registrations import FiledDocument, Submission, digest
from sandbox.registry import Plot, Right
from sandbox.scenarios import MOSCOW, Status
from sandbox.settings import Extensions

_SCHEMA_PATH = Path(__file__).with_name("xml_gateway.xsd")


class BadRequestError(Exception):
    """The request is not XML, not safe, or not what the schema says."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document with its content and detached signatures (DER CMS)."""

    kind: str
    file_name: str
    content: bytes
    signatures: tuple[bytes, ...]

    def filed(self) -> FiledDocument:
        """What is kept of it."""
        return FiledDocument(
            kind=self.kind,
            file_name=self.file_name,
            size_bytes=len(self.content),
            sha256=digest(self.content),
            signatures=len(self.signatures),
        )


class RequestReader:
    """Parses and checks requests against the schema."""

    def __init__(self, *, extensions: Extensions) -> None:
        self._extensions = extensions
        self._schema = etree.XMLSchema(etree.parse(_SCHEMA_PATH))

    def read(self, document: bytes, *, root: str) -> etree._Element:
        """The request's root element, valid by the schema.

        Raises:
            BadRequestError: with a message that tells where.
        """
        # Documents in base64 pass libxml2's 10 MB a text; the body's size is bounded where it is received.
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
        try:
            element = etree.fromstring(document, parser)
        except etree.XMLSyntaxError as error:
            raise BadRequestError(f"Документ не является XML: {error.msg}") from error
        if element.getroottree().docinfo.doctype:  # type: ignore[union-attr]  # the stubs lack it
            raise BadRequestError("Объявление DOCTYPE не допускается")
        if element.tag != root:
            raise BadRequestError(f"Ожидался {root}, получен {element.tag}")
        try:
            self._schema.assertValid(element)
        except etree.DocumentInvalid as error:
            raise BadRequestError(f"Нарушена схема: {error}") from error
        self._refuse_switched_off(element)
        return element

    def _refuse_switched_off(self, element: etree._Element) -> None:
        off = [
            name
            for name, on in (
                ("ClientReference", self._extensions.client_reference),
                ("Documents", self._extensions.documents),
            )
            if not on
        ]
        for name in off:
            if element.find(name) is not None:
                raise BadRequestError(f"Элемент {name} не ожидается")


def text(element: etree._Element, path: str) -> str | None:
    """The text at `path`, without surrounding spaces, or None if the element is not there."""
    found = element.findtext(path)
    return None if found is None else found.strip()


def needed(element: etree._Element, path: str) -> str:
    """The text at a `path` that the schema demands."""
    found = text(element, path)
    if not found:
        raise BadRequestError(f"Нет элемента {path}")
    return found


def documents_in(element: etree._Element) -> tuple[Document, ...]:
    """The documents of a submission or of later ones."""
    return tuple(
        Document(
            kind=needed(item, "Kind"),
            file_name=needed(item, "FileName"),
            content=base64.b64decode(needed(item, "Content")),
            signatures=tuple(base64.b64decode(signature.text or "") for signature in item.findall("Signature")),
        )
        for item in element.iterfind("Documents/Document")
    )


def submission_in(element: etree._Element, documents: Iterable[Document]) -> Submission:
    """What a `RegistrationRequest` asks for."""
    return Submission(
        client_reference=text(element, "ClientReference"),
        contract_number=needed(element, "Contract/Number"),
        cadastral_number=needed(element, "LandPlot/CadastralNumber"),
        content_sha256=_content_digest(element),
        documents=tuple(document.filed() for document in documents),
    )


def _content_digest(element: etree._Element) -> str:
    """Tells requests of the same content from others: every element's place and text, but for `RequestDate`."""
    hashed = hashlib.sha256()
    for event, item in etree.iterwalk(element, events=("start", "end")):
        if item.tag != "RequestDate":
            value = (item.text or "").strip() if event == "start" else ""
            hashed.update(f"{event} {item.tag} {value}\n".encode())
    return hashed.hexdigest()


def plot_answer(plot: Plot) -> etree._Element:
    """A `CadastralResponse`."""
    return _element(
        "CadastralResponse",
        CadastralNumber=plot.cadastral_number,
        Address=plot.address,
        Area=plot.area,
        Category=plot.category,
        PermittedUse=plot.permitted_use,
        OwnershipType=plot.ownership_type,
        LastRegistrationDate=plot.last_registration_date,
    )


def rights_answer(plot: Plot, extensions: Extensions) -> etree._Element:
    """An `OwnershipResponse`."""
    answer = _element("OwnershipResponse", CadastralNumber=plot.cadastral_number)
    rights = etree.SubElement(answer, "Rights")
    for right in plot.rights:
        rights.append(_right(right, details=extensions.right_details))
    return answer


def _right(right: Right, *, details: bool) -> etree._Element:
    element = _element(
        "Right",
        Type=right.type,
        Owner=right.owner,
        RegistrationDate=right.registration_date,
        Number=right.number,
        INN=right.inn if details else None,
        Share=right.share if details else None,
    )
    for item in right.restrictions if details else ():
        element.append(_element("Restriction", Type=item.type, Number=item.number, Until=item.until))
    return element


def registration_answer(request_id: str) -> etree._Element:
    """A `RegistrationResponse`."""
    return _element("RegistrationResponse", RequestID=request_id)


def status_answer(request_id: str, status: Status, extensions: Extensions) -> etree._Element:
    """A `StatusResponse`."""
    answer = _element(
        "StatusResponse",
        RequestID=request_id,
        Status=status.word,
        StatusDate=moment(status.at),
        CompletionDate=status.completion_date,
        RegistrationNumber=status.registration_number,
    )
    duty = None if status.duty_kopecks is None else f"{status.duty_kopecks // 100}.{status.duty_kopecks % 100:02d}"
    detail = _element("StatusDetail", Reason=status.reason, Until=status.until, UIN=status.uin, Sum=duty)
    if extensions.status_detail and len(detail):
        answer.append(detail)
    return answer


def documents_answer(request_id: str, accepted: int) -> etree._Element:
    """A `DocumentsResponse`."""
    return _element("DocumentsResponse", RequestID=request_id, Accepted=str(accepted))


def withdrawal_answer(request_id: str, word: str) -> etree._Element:
    """A `WithdrawalResponse`."""
    return _element("WithdrawalResponse", RequestID=request_id, Status=word)


def error_answer(code: str, message: str, *, request_id: str | None = None) -> etree._Element:
    """An `Error` document."""
    return _element("Error", Code=code, Message=message, RequestID=request_id)


def moment(value: datetime) -> str:
    """A moment as the gateway writes it: Moscow time with its offset."""
    return value.astimezone(MOSCOW).isoformat(timespec="seconds")


def _element(tag: str, /, **children: str | None) -> etree._Element:
    """An element whose children hold a text each; None leaves one out."""
    element = etree.Element(tag)
    for name, value in children.items():
        if value is not None:
            etree.SubElement(element, name).text = value
    return element
