"""What we write to the XML gateway: docs/modules/rosreestr.md, built element by element."""

import base64
from collections.abc import Sequence
from datetime import datetime

from lxml import etree

from hub.modules.rosreestr.port import Document, Party, Transfer


def land_plot_request(cadastral_number: str, now: datetime) -> bytes:
    """A `CadastralRequest`."""
    root = _request("CadastralRequest", "GetLandPlotInfo")
    _text(root, "CadastralNumber", cadastral_number)
    return _finished(root, now)


def rights_request(cadastral_number: str, now: datetime) -> bytes:
    """An `OwnershipRequest`."""
    root = _request("OwnershipRequest", "CheckOwnershipRights")
    _text(root, "CadastralNumber", cadastral_number)
    return _finished(root, now)


def registration_request(reference: str, transfer: Transfer, documents: Sequence[Document], now: datetime) -> bytes:
    """A `RegistrationRequest` of one seller, one buyer and one plot; an empty `reference` is left out."""
    root = _request("RegistrationRequest", "RegisterRightTransfer")
    if reference:
        _text(root, "ClientReference", reference)
    contract = etree.SubElement(root, "Contract")
    _text(contract, "Number", transfer.contract_number)
    _text(contract, "Date", transfer.contract_date.isoformat())
    _text(contract, "Price", transfer.price.decimal_text())
    _party(root, "Seller", transfer.transferors[0].party)
    _party(root, "Buyer", transfer.transferees[0].party)
    _text(etree.SubElement(root, "LandPlot"), "CadastralNumber", transfer.cadastral_numbers[0])
    if documents:
        _documents(root, documents)
    return _finished(root, now)


def status_request(*, vendor_id: str = "", reference: str = "", now: datetime) -> bytes:
    """A `StatusRequest` by the gateway's id, or else by our reference."""
    root = _request("StatusRequest", "GetRegistrationStatus")
    if vendor_id:
        _text(root, "RequestID", vendor_id)
    else:
        _text(root, "ClientReference", reference)
    return _finished(root, now)


def documents_request(reference: str, vendor_id: str, documents: Sequence[Document], now: datetime) -> bytes:
    """A `DocumentsRequest`; an empty `reference` is left out."""
    root = _request("DocumentsRequest", "AddDocuments")
    _text(root, "RequestID", vendor_id)
    if reference:
        _text(root, "ClientReference", reference)
    _documents(root, documents)
    return _finished(root, now)


def withdrawal_request(vendor_id: str, reason: str, now: datetime) -> bytes:
    """A `WithdrawalRequest`; an empty `reason` is left out."""
    root = _request("WithdrawalRequest", "WithdrawRegistration")
    _text(root, "RequestID", vendor_id)
    if reason:
        _text(root, "Reason", reason)
    return _finished(root, now)


def _request(name: str, request_type: str) -> etree._Element:
    root = etree.Element(name)
    _text(root, "RequestType", request_type)
    return root


def _finished(root: etree._Element, now: datetime) -> bytes:
    _text(root, "RequestDate", now.isoformat(timespec="seconds").replace("+00:00", "Z"))
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def _party(parent: etree._Element, name: str, party: Party) -> None:
    element = etree.SubElement(parent, name)
    if party.inn:
        _text(element, "INN", party.inn)
    _text(element, "FullName", party.full_name)


def _documents(parent: etree._Element, documents: Sequence[Document]) -> None:
    container = etree.SubElement(parent, "Documents")
    for document in documents:
        element = etree.SubElement(container, "Document")
        _text(element, "Kind", document.kind.value)
        _text(element, "FileName", document.file_name)
        _text(element, "Content", base64.b64encode(document.content).decode())
        for signature in document.signatures:
            _text(element, "Signature", base64.b64encode(signature).decode())


def _text(parent: etree._Element, name: str, text: str) -> None:
    etree.SubElement(parent, name).text = text
