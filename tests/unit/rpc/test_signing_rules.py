"""What goes together in requests to sign and verify stands in the contract."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from google.protobuf.message import Message

from hub.rpc.contract import Contract
from hub.rpc.validating import Rules
from landhub.common.v1 import document_pb2, signing_pb2
from landhub.signatures.v1 import signatures_service_pb2 as pb

SERVICE = "landhub.signatures.v1.SignaturesService"
Broken = Callable[[str, Message], list[str]]


@pytest.fixture(scope="module")
def broken() -> Broken:
    contract = Contract.committed()
    methods = contract.services[SERVICE].methods
    rules = Rules(pool=contract.pool, methods=methods.values())

    def ids(name: str, request: Message) -> list[str]:
        found = rules.violations(methods[f"/{SERVICE}/{name}"], request.SerializeToString())
        return [violation.rule_id for violation in found]

    return ids


def sign(**changes: Any) -> pb.SignDocumentRequest:
    fields: dict[str, Any] = {
        "request_id": str(uuid.uuid4()),
        "document_kind": document_pb2.DOCUMENT_KIND_OTHER,
        "content": b"<a/>",
        "certificate_thumbprint": "A" * 40,
        **changes,
    }
    return pb.SignDocumentRequest(**fields)


XML = signing_pb2.SIGNATURE_FORMAT_XMLDSIG_SMEV3
ELEMENT = pb.XmlSigning(element_id="DATA")


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({}, []),
        ({"format": XML, "xml": ELEMENT}, []),
        ({"format": XML}, ["xml_goes_with_its_format"]),
        ({"xml": ELEMENT}, ["xml_goes_with_its_format"]),
        ({"format": XML, "xml": ELEMENT, "existing_cms": b"0"}, ["xml_goes_with_its_format"]),
        ({"format": XML, "xml": pb.XmlSigning()}, ["string.pattern"]),
        ({"format": XML, "xml": pb.XmlSigning(element_id="a b")}, ["string.pattern"]),
        ({"format": XML, "xml": pb.XmlSigning(element_id="a", container="<x>")}, ["string.pattern"]),
    ],
)
def test_xml_goes_with_its_format(changes: dict[str, Any], wanted: list[str], broken: Broken) -> None:
    assert broken("SignDocument", sign(**changes)) == wanted


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({"cms": b"0", "content": b"x"}, []),
        ({"cms": b"0"}, []),
        ({"content": b"<a/>", "xml": pb.XmlVerification()}, []),
        ({"content": b"<a/>"}, ["one_signature"]),
        ({"xml": pb.XmlVerification()}, ["one_signature"]),
        ({"digest": bytes(32), "xml": pb.XmlVerification()}, ["one_signature"]),
        ({"cms": b"0", "content": b"<a/>", "xml": pb.XmlVerification()}, ["one_signature"]),
    ],
)
def test_a_signature_to_verify_is_a_cms_or_in_its_xml(
    fields: dict[str, Any], wanted: list[str], broken: Broken
) -> None:
    assert broken("VerifySignature", pb.VerifySignatureRequest(**fields)) == wanted
