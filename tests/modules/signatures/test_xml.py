"""XML of SMEV 3 through the RPCs of the module and a real agent: signed documents verify, and nobody is misled."""

import base64
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat import asn1
from lxml import etree

from gost import structures
from gost.digest import streebog256
from gost.xmldsig_read import octets_of
from hub.core.clock import SystemClock
from hub.core.crypto import KeyedHash
from hub.core.secrets import Secret
from hub.modules.signatures.port import FormatNotFittingError, SigningRefusedError, XmlNotFittingError
from hub.modules.signatures.servicer import SignaturesServicer
from hub.rpc.pages import PageTokens
from landhub.common.v1 import document_pb2, signing_pb2
from landhub.signatures.v1 import signatures_pb2
from landhub.signatures.v1 import signatures_service_pb2 as pb
from sandbox.openssl import run_openssl
from tests.modules.signatures.conftest import Desk, Pki, installed_agent
from tests.unit.gost.pki import Owner
from tests.unit.gost.test_cades import DOCUMENT
from tests.unit.gost.test_cades import sign as sign_cms
from tests.unit.gost.test_cms import changed, identifier
from tests.unit.gost.xml_forgeries import FORGERIES, taken_apart
from tests.unit.gost.xml_messages import sign_xml

DS = "{http://www.w3.org/2000/09/xmldsig#}"
XML = signing_pb2.SIGNATURE_FORMAT_XMLDSIG_SMEV3
MESSAGE = """<?xml version="1.0" encoding="UTF-8"?>
<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Header/><soap:Body>
  <t:SendRequestRequest xmlns:t="urn:types" xmlns:dsig="http://www.w3.org/2000/09/xmldsig#">
    <t:SenderProvidedRequestData Id="SIGNED_BY_CONSUMER">
      <t:Запрос>50:20:0010101:101</t:Запрос>
    </t:SenderProvidedRequestData>
    <t:CallerInformationSystemSignature/>
  </t:SendRequestRequest></soap:Body></soap:Envelope>""".encode()
RULE = """
[[rules]]
name = "seen messages"
certificates = ["*"]
callers = ["crm"]
document_kinds = ["OTHER"]
formats = ["XMLDSIG_SMEV3"]
attested_by = "content"
content_formats = ["xml"]
content_must_contain = ["50:20:0010101:101"]
"""


def servicer_of(desk: Desk) -> SignaturesServicer:
    return SignaturesServicer(
        service=desk.service, pages=PageTokens(hashes=KeyedHash(key=Secret(bytes(32)), key_id="1")), clock=SystemClock()
    )


def request(desk: Desk, content: bytes = MESSAGE, **xml: str) -> pb.SignDocumentRequest:
    return pb.SignDocumentRequest(
        request_id=str(uuid4()),
        document_kind=document_pb2.DOCUMENT_KIND_OTHER,
        content=content,
        certificate_thumbprint=desk.thumbprint,
        format=XML,
        xml=pb.XmlSigning(**({"element_id": "SIGNED_BY_CONSUMER"} | xml)),
    )


async def sign(desk: Desk, asked: pb.SignDocumentRequest) -> pb.SignDocumentResponse:
    return await servicer_of(desk).sign_document(asked, desk.core.call(UUID(asked.request_id).int))


async def verify(desk: Desk, content: bytes, element_id: str = "SIGNED_BY_CONSUMER") -> pb.VerifySignatureResponse:
    asked = pb.VerifySignatureRequest(content=content, xml=pb.XmlVerification(element_id=element_id))
    return await servicer_of(desk).verify_signature(asked, desk.core.call())


async def test_a_signed_document_comes_back_and_verifies(desk: Desk) -> None:
    answer = await sign(desk, request(desk))

    made = answer.signature
    assert made.state == signatures_pb2.SIGNATURE_STATE_SIGNED
    assert (made.format, made.xml_element_id, made.cms) == (XML, "SIGNED_BY_CONSUMER", b"")
    assert made.digest == streebog256(octets_of(MESSAGE, "SIGNED_BY_CONSUMER"))
    assert made.xml_signature in answer.signed_xml
    for element_id in ("SIGNED_BY_CONSUMER", ""):
        found = await verify(desk, answer.signed_xml, element_id)
        assert found.report.indication == signatures_pb2.INDICATION_TOTAL_PASSED, found.report
        assert found.report.signers[0].certificate.thumbprint == desk.thumbprint
        assert found.signed_element_id == "SIGNED_BY_CONSUMER"
        assert found.signed_content == octets_of(MESSAGE, "SIGNED_BY_CONSUMER")


async def test_openssl_agrees_on_the_octets_of_signed_info(desk: Desk, tmp_path: Path) -> None:
    root = etree.fromstring((await sign(desk, request(desk))).signed_xml)
    (info,), (value,) = (list(root.iter(f"{DS}{name}")) for name in ("SignedInfo", "SignatureValue"))
    octets, raw, key = (tmp_path / name for name in ("info", "raw", "key.pem"))
    etree.ElementTree(info).write(octets, method="c14n", exclusive=True)
    raw.write_bytes(base64.b64decode(value.text or ""))
    key.write_bytes(
        run_openssl(["x509", "-engine", "gost", "-in", desk.pki.folder / "seller.crt", "-pubkey", "-noout"])
    )
    run_openssl(["dgst", "-engine", "gost", "-md_gost12_256", "-verify", key, "-signature", raw, octets])


async def test_the_same_request_answers_the_same_document(desk: Desk) -> None:
    asked = request(desk)
    assert await sign(desk, asked) == await sign(desk, asked)
    kept = await servicer_of(desk).get_signature(
        pb.GetSignatureRequest(signature_id=(await sign(desk, asked)).signature.signature_id), desk.core.call()
    )
    assert kept.signature.xml_signature


async def test_a_changed_document_or_another_element_does_not_pass(desk: Desk) -> None:
    signed = (await sign(desk, request(desk))).signed_xml
    changed = await verify(desk, signed.replace(b"50:20:0010101:101", b"50:20:0010101:102"))
    assert changed.report.indication == signatures_pb2.INDICATION_TOTAL_FAILED
    assert changed.report.signers[0].sub_indication == "HASH_FAILURE"
    assert not changed.signed_content
    other = await verify(desk, signed, "OTHER")
    assert other.report.signers[0].sub_indication == "FORMAT_FAILURE"
    assert not other.signed_content


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        ({"element_id": "ABSENT"}, "0 elements are called"),
        ({"container": "PersonalSignature"}, "0 elements PersonalSignature"),
    ],
)
async def test_what_cannot_be_signed_is_said_before_anybody_signs(
    asked: dict[str, str], problem: str, desk: Desk
) -> None:
    with pytest.raises(XmlNotFittingError, match=problem):
        await sign(desk, request(desk, MESSAGE, **asked))


@pytest.mark.parametrize("content", [b"%PDF-1.7", b"<!DOCTYPE a><a/>", b"<a Id='SIGNED_BY_CONSUMER'/>"])
async def test_what_is_no_such_xml_is_refused(content: bytes, desk: Desk) -> None:
    with pytest.raises(XmlNotFittingError):
        await sign(desk, request(desk, content))


async def test_no_way_to_mislead_passes_the_rpc(desk: Desk, pki: Pki) -> None:
    """Wrapping, Ids borne twice, two signatures, HMAC, XSLT, algorithms of 2001 and what else is known of."""
    genuine = sign_xml(Owner(pki.seller.key_path, pki.seller.certificate_path))
    assert (await verify(desk, genuine)).report.indication == signatures_pb2.INDICATION_TOTAL_PASSED
    pieces = taken_apart(genuine)
    passed = []
    for name, forge in FORGERIES.items():
        for element_id in ("SIGNED_BY_CONSUMER", ""):
            found = await verify(desk, forge(pieces), element_id)
            is_refused = found.report.indication > signatures_pb2.INDICATION_TOTAL_PASSED
            if not is_refused or found.signed_content:
                passed.append(name)
    assert passed == []


@pytest.mark.parametrize(
    ("algorithm", "digest"),
    [("1.2.643.2.2.19", "1.2.643.2.2.9"), ("1.2.643.2.2.3", "1.2.643.2.2.9"), ("1.2.643.7.1.1.4.1", None)],
    ids=["2001", "2001 with its hash of 1994", "HMAC"],
)
async def test_outdated_algorithms_and_hmac_do_not_pass_the_rpc_for_cms(
    algorithm: str, digest: str | None, desk: Desk, pki: Pki
) -> None:
    def change(data: structures.SignedData) -> None:
        signer = data.signer_infos.as_list()[0]
        signer.signature_algorithm = identifier(algorithm)
        if digest is not None:
            signer.digest_algorithm = identifier(digest)
            data.digest_algorithms = asn1.SetOf([identifier(digest)])
        data.signer_infos = asn1.SetOf([signer])

    cms = changed(sign_cms(Owner(pki.seller.key_path, pki.seller.certificate_path), DOCUMENT), change)
    asked = pb.VerifySignatureRequest(cms=cms, content=DOCUMENT)
    answer = await servicer_of(desk).verify_signature(asked, desk.core.call())
    assert answer.report.indication == signatures_pb2.INDICATION_TOTAL_FAILED


async def test_a_signed_document_is_not_signed_again(desk: Desk) -> None:
    signed = (await sign(desk, request(desk))).signed_xml
    with pytest.raises(XmlNotFittingError, match="not empty"):
        await sign(desk, request(desk, signed))


async def test_digests_are_not_signed_as_xml(desk: Desk) -> None:
    item = pb.DigestToSign(
        digest=bytes(32),
        digest_algorithm=signing_pb2.DIGEST_ALGORITHM_STREEBOG_256,
        document_kind=document_pb2.DOCUMENT_KIND_OTHER,
    )
    asked = pb.SignDigestsRequest(certificate_thumbprint=desk.thumbprint, format=XML, digests=[item])
    with pytest.raises(FormatNotFittingError):
        await servicer_of(desk).sign_digests(asked, desk.core.call())


class TestSeen:
    """Where the agent wants to see what it signs, it is shown the octets themselves."""

    @pytest.fixture
    def agent_folder(self, tmp_path: Path, pki: Pki) -> Path:
        folder = installed_agent(tmp_path / "agent", pki)
        settings = folder / "signer-agent.toml"
        settings.write_text(settings.read_text().partition("[[rules]]")[0] + RULE)
        return folder

    async def test_the_agent_looks_for_its_texts_in_the_transformed_content(self, desk: Desk) -> None:
        answer = await sign(desk, request(desk))
        found = await verify(desk, answer.signed_xml)
        assert found.report.indication == signatures_pb2.INDICATION_TOTAL_PASSED

    async def test_other_content_is_refused(self, desk: Desk) -> None:
        with pytest.raises(SigningRefusedError) as refused:
            await sign(desk, request(desk, MESSAGE.replace(b"0010101:101", b"0010101:102")))
        assert refused.value.agent_reason == "CONTENT_REFUSED"
