"""Forged signatures at the running landhub: what a stream's verdict is, and that none is attached."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import pytest
from cryptography.hazmat import asn1

from gost import structures
from gost.certificate import read_certificate
from gost.compose import with_signers_of
from gost.digest import streebog256
from landhub.common.v1 import document_pb2
from landhub.signatures.v1 import signatures_pb2
from landhub.signatures.v1 import signatures_service_pb2 as pb
from landhub_client import LandhubError
from sandbox.demo.installation import BUYER
from sandbox.demo.stack import Stack
from sandbox.foreign_signer import sign_detached
from sandbox.test_ca import TestAuthority
from tests.support.stack import connect

DOCUMENT = "Договор купли-продажи".encode()
ANOTHER = DOCUMENT + " за 1 рубль".encode()
PIECE_BYTES = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Genuine:
    """Signatures of the buyer and of the seller over the document, and of a stranger's authority."""

    buyers: bytes
    sellers: bytes
    strangers: bytes
    sellers_certificate: bytes


@pytest.fixture(scope="module")
def genuine(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Genuine:
    ours = stack.installation
    stranger = TestAuthority.create(tmp_path_factory.mktemp("stranger") / "gost")
    return Genuine(
        buyers=sign_detached(DOCUMENT, ours.buyer, ours.authority),
        sellers=sign_detached(DOCUMENT, ours.seller, ours.authority),
        strangers=sign_detached(DOCUMENT, stranger.issue("buyer", BUYER), stranger),
        sellers_certificate=read_certificate(ours.seller.certificate_pem).der,
    )


def with_another_byte(cms: bytes) -> bytes:
    """One whose signature value, which it ends with, has another byte."""
    return cms[:-1] + bytes((cms[-1] ^ 1,))


def with_another_digest(cms: bytes) -> bytes:
    """One that says it is over another document."""
    made = cms.replace(streebog256(DOCUMENT), streebog256(ANOTHER))
    assert made != cms
    return made


def with_certificate(cms: bytes, der: bytes) -> bytes:
    """One that names and holds somebody else's certificate."""
    info = asn1.decode_der(structures.ContentInfo, cms)
    (signer,) = info.content.signer_infos.as_list()
    facts = read_certificate(der)
    issuer = asn1.decode_der(asn1.TLV, facts.issuer_der)
    signer.sid = structures.IssuerAndSerialNumber(issuer=issuer, serial_number=int(facts.serial_number, 16))
    info.content.signer_infos = asn1.SetOf([signer])
    info.content.certificates = asn1.SetOf([asn1.decode_der(asn1.TLV, der)])
    return asn1.encode_der(info)


@dataclass(frozen=True, slots=True)
class Forgery:
    """What is shown with which document, and what is to be said of it: nothing if it is good."""

    make: Callable[[Genuine], bytes]
    sub_indication: str
    document: bytes = DOCUMENT
    is_broken: bool = True


FORGERIES = {
    "another document": Forgery(lambda known: known.buyers, "HASH_FAILURE", ANOTHER),
    "another digest": Forgery(lambda known: with_another_digest(known.buyers), "SIG_CRYPTO_FAILURE", ANOTHER),
    "another signature value": Forgery(lambda known: with_another_byte(known.buyers), "SIG_CRYPTO_FAILURE"),
    "another signer's certificate": Forgery(
        lambda known: with_certificate(known.buyers, known.sellers_certificate), "SIG_CRYPTO_FAILURE"
    ),
    "a stranger's": Forgery(lambda known: known.strangers, "NO_CERTIFICATE_CHAIN_FOUND", is_broken=False),
    "cut": Forgery(lambda known: known.buyers[:-1], "FORMAT_FAILURE"),
    "no signature": Forgery(lambda _: b"nothing", "FORMAT_FAILURE"),
    "two, one of which was changed": Forgery(
        lambda known: with_signers_of(known.sellers, with_another_byte(known.buyers)), "SIG_CRYPTO_FAILURE"
    ),
    "two, one by a stranger": Forgery(
        lambda known: with_signers_of(known.sellers, known.strangers), "NO_CERTIFICATE_CHAIN_FOUND", is_broken=False
    ),
}
SOUND = {
    "one": Forgery(lambda known: known.buyers, ""),
    "two": Forgery(lambda known: with_signers_of(known.sellers, known.buyers), ""),
}


async def streamed(stack: Stack, document: bytes, cms: bytes) -> signatures_pb2.VerificationReport:
    """The report on a document that goes in pieces."""

    async def requests() -> AsyncIterator[pb.VerifySignatureStreamRequest]:
        yield pb.VerifySignatureStreamRequest(header=pb.VerifySignatureHeader(cms=cms))
        for start in range(0, len(document), PIECE_BYTES):
            yield pb.VerifySignatureStreamRequest(chunk=document[start : start + PIECE_BYTES])

    async with connect(stack.installation) as client:
        return (await client.signatures.VerifySignatureStream(requests(), timeout=20)).report


async def attached(stack: Stack, document: bytes, cms: bytes) -> pb.AttachSignatureResponse:
    request = pb.AttachSignatureRequest(
        request_id=str(uuid.uuid4()),
        business_reference="ДКП-2026/66",
        document_kind=document_pb2.DOCUMENT_KIND_CONTRACT,
        content=document,
        cms=cms,
    )
    async with connect(stack.installation) as client:
        return await client.signatures.AttachSignature(request)


@pytest.mark.parametrize("what", FORGERIES)
def test_a_forged_signature_has_its_verdict_and_is_not_attached(what: str, stack: Stack, genuine: Genuine) -> None:
    forgery = FORGERIES[what]
    cms = forgery.make(genuine)

    report = asyncio.run(streamed(stack, forgery.document, cms))
    with pytest.raises(LandhubError) as caught:
        asyncio.run(attached(stack, forgery.document, cms))

    indication = "TOTAL_FAILED" if forgery.is_broken else "INDETERMINATE"
    assert signatures_pb2.Indication.Name(report.indication) == f"INDICATION_{indication}"
    of_worst = {signer.sub_indication for signer in report.signers if signer.indication == report.indication}
    assert of_worst == {forgery.sub_indication}
    assert caught.value.reason == f"SIGNATURE_{'NOT_VALID' if forgery.is_broken else 'INDETERMINATE'}"
    assert caught.value.metadata == {"indication": indication, "sub_indication": forgery.sub_indication}


@pytest.mark.parametrize("what", SOUND)
def test_what_the_forgeries_are_made_of_passes_and_is_attached(what: str, stack: Stack, genuine: Genuine) -> None:
    cms = SOUND[what].make(genuine)

    report = asyncio.run(streamed(stack, DOCUMENT, cms))
    kept = asyncio.run(attached(stack, DOCUMENT, cms))

    assert report.indication == kept.report.indication == signatures_pb2.INDICATION_TOTAL_PASSED
    assert kept.signature.state == signatures_pb2.SIGNATURE_STATE_SIGNED
    assert kept.signature.cms == cms
