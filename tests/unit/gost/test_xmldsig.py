"""XML signatures by the SMEV 3 profile: made, verified, checked by OpenSSL, and no way to mislead about them."""

import base64
import random
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from lxml import etree

from gost.errors import MalformedError, UnsupportedAlgorithmError
from gost.report import Indication, SubIndication
from gost.verify import VerificationPolicy
from gost.xmldsig import NAMESPACE, XmlSignatureTemplate
from gost.xmldsig_place import place_signature
from gost.xmldsig_read import octets_of, read_xml_signature
from gost.xmldsig_verify import XmlReport, verify_xml
from tests.support.samples import needs_samples, sample_files
from tests.unit.gost.pki import AT, Authority, OpenSsl, Owner
from tests.unit.gost.xml_forgeries import FORGERIES, taken_apart
from tests.unit.gost.xml_messages import ELEMENT_ID, MESSAGE, sign_xml

FAILED, INDETERMINATE = Indication.TOTAL_FAILED, Indication.INDETERMINATE
GOST_KINDS = ["256-TCA", "256-A", "512-A"]
DS = f"{{{NAMESPACE}}}"


@pytest.fixture(scope="module")
def signed(signer: Owner) -> bytes:
    return sign_xml(signer)


@pytest.fixture
def verify(policy: VerificationPolicy) -> Callable[..., XmlReport]:
    def verified(document: bytes, element_id: str = ELEMENT_ID) -> XmlReport:
        return verify_xml(document, policy=policy, at=AT, element_id=element_id)

    return verified


Verify = Callable[..., XmlReport]


@pytest.mark.parametrize("kind", GOST_KINDS)
def test_what_we_sign_passes(kind: str, verify: Verify, signers_by_kind: dict[str, Owner]) -> None:
    found = verify(sign_xml(signers_by_kind[kind]))
    assert found.report.is_valid, found.report.explanation
    assert found.element_id == ELEMENT_ID
    assert found.signed_octets == octets_of(MESSAGE, ELEMENT_ID)
    assert found.report.signers[0].certificate == signers_by_kind[kind].certificate


@pytest.mark.parametrize("kind", GOST_KINDS)
def test_openssl_agrees_on_what_we_sign(kind: str, openssl: OpenSsl, signers_by_kind: dict[str, Owner]) -> None:
    owner = signers_by_kind[kind]
    root = etree.fromstring(sign_xml(owner))
    (info,), (value,), (digested,) = (
        list(root.iter(f"{DS}{name}")) for name in ("SignedInfo", "SignatureValue", "DigestValue")
    )
    c14n, signature, key, octets = (openssl.directory / name for name in ("info", "raw", "public.pem", "octets"))
    etree.ElementTree(info).write(c14n, method="c14n", exclusive=True)
    signature.write_bytes(base64.b64decode(value.text or ""))
    key.write_bytes(openssl.run("x509", "-in", owner.certificate_file, "-pubkey", "-noout"))
    octets.write_bytes(octets_of(MESSAGE, ELEMENT_ID))
    md = "-md_gost12_512" if kind.startswith("512") else "-md_gost12_256"
    openssl.run("dgst", md, "-verify", key, "-signature", signature, c14n)
    assert openssl.run("dgst", md, "-binary", octets) == base64.b64decode(digested.text or "")


def test_what_openssl_signs_passes(openssl: OpenSsl, signer: Owner, verify: Verify) -> None:
    """The value is what `openssl dgst -sign` makes, in its own order of bytes."""
    template = XmlSignatureTemplate(certificate=signer.certificate)
    octets = openssl.directory / "octets"
    octets.write_bytes(octets_of(MESSAGE, ELEMENT_ID))
    info = template.signed_info(openssl.run("dgst", "-md_gost12_256", "-binary", octets), ELEMENT_ID)
    octets.write_bytes(info)
    signature = openssl.run("dgst", "-md_gost12_256", "-sign", signer.key_file, octets)
    assert verify(place_signature(MESSAGE, template.assemble(info, signature), element_id=ELEMENT_ID)).report.is_valid
    turned = place_signature(MESSAGE, template.assemble(info, signature[::-1]), element_id=ELEMENT_ID)
    assert verify(turned).report.sub_indication is SubIndication.SIG_CRYPTO_FAILURE


def test_a_personal_signature_stands_beside_the_content_and_an_outer_one_covers_it(
    signer: Owner, verify: Verify
) -> None:
    personal = MESSAGE.replace(b'xmlns:q="urn', b'Id="PERSONAL" xmlns:q="urn').replace(
        b"<t:TestMessage/>", b"<t:PersonalSignature/><t:TestMessage/>"
    )
    inner = sign_xml(signer, personal, "PERSONAL", container="PersonalSignature")
    both = sign_xml(signer, inner)
    assert verify(both, "PERSONAL").report.is_valid
    assert verify(both).report.is_valid
    assert b"SignatureValue" in verify(both).signed_octets


def test_of_several_signatures_the_verifier_says_which_one(signer: Owner, verify: Verify) -> None:
    personal = MESSAGE.replace(b'xmlns:q="urn', b'Id="PERSONAL" xmlns:q="urn').replace(
        b"<t:TestMessage/>", b"<t:PersonalSignature/>"
    )
    both = sign_xml(signer, sign_xml(signer, personal, "PERSONAL", container="PersonalSignature"))
    found = verify(both, "")
    assert (found.report.sub_indication, found.signed_octets) == (SubIndication.FORMAT_FAILURE, b"")
    assert verify(sign_xml(signer), "").report.is_valid


def test_other_prefixes_and_indentation_outside_signed_info_keep_it_valid(signed: bytes, verify: Verify) -> None:
    other = signed.replace(b"<t:", b"<x:").replace(b"</t:", b"</x:").replace(b"xmlns:t=", b"xmlns:x=")
    other = other.replace(b"\n    ", b"\n\t\t\t")
    assert verify(other).report.is_valid
    assert verify(other).signed_octets == verify(signed).signed_octets


def test_white_space_in_signed_info_is_signed(signed: bytes, verify: Verify) -> None:
    indented = signed.replace(b"<ds:Reference", b"\n  <ds:Reference")
    assert verify(indented).report.sub_indication is SubIndication.SIG_CRYPTO_FAILURE
    assert not verify(indented).signed_octets


def test_a_certificate_without_a_chain_is_told_of_and_the_octets_given(signed: bytes, openssl: OpenSsl) -> None:
    stranger = Authority(openssl, "stranger-of-xml").sign_itself()
    found = verify_xml(signed, policy=VerificationPolicy(anchors=(stranger.certificate,)), at=AT)
    assert found.report.sub_indication is SubIndication.NO_CERTIFICATE_CHAIN_FOUND
    assert found.signed_octets


def test_a_revoked_certificate_is_indeterminate(revoked: Owner, verify: Verify) -> None:
    assert verify(sign_xml(revoked)).report.sub_indication is SubIndication.REVOKED_NO_POE


def test_a_time_without_a_zone_is_refused(signed: bytes, policy: VerificationPolicy) -> None:
    with pytest.raises(ValueError, match="time zone"):
        verify_xml(signed, policy=policy, at=datetime(2026, 1, 1))  # noqa: DTZ001 - that's the point


def test_only_keys_of_gost_sign(signers_by_kind: dict[str, Owner]) -> None:
    with pytest.raises(UnsupportedAlgorithmError):
        XmlSignatureTemplate(certificate=signers_by_kind["RSA"].certificate)


@pytest.mark.parametrize("element_id", ["", "a b", "x'y", "a#b", "xpointer(/)", "я", "a" * 129])
def test_ids_that_would_need_escaping_are_not_signed(element_id: str, signer: Owner) -> None:
    with pytest.raises(ValueError, match="Id"):
        XmlSignatureTemplate(certificate=signer.certificate).signed_info(bytes(32), element_id)


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        (MESSAGE.replace(b"<t:CallerInformationSystemSignature/>", b""), "0 elements"),
        (MESSAGE.replace(b"Signature/>", b"Signature>x</t:CallerInformationSystemSignature>"), "not empty"),
        (MESSAGE.replace(b"<t:CallerInf", b"<t:CallerInformationSystemSignature/><t:CallerInf"), "2 elements"),
    ],
    ids=["missing", "filled", "twice"],
)
def test_a_signature_needs_its_empty_place(document: bytes, problem: str, signer: Owner) -> None:
    with pytest.raises(MalformedError, match=problem):
        sign_xml(signer, document)


@pytest.mark.parametrize("forgery", FORGERIES)
def test_every_way_to_mislead_is_refused(forgery: str, signed: bytes, verify: Verify) -> None:
    document = FORGERIES[forgery](taken_apart(signed))
    assert document != signed
    for element_id in (ELEMENT_ID, ""):
        found = verify(document, element_id)
        assert found.report.indication in {FAILED, INDETERMINATE}
        assert not found.signed_octets
        assert found.report.sub_indication in {
            SubIndication.FORMAT_FAILURE,
            SubIndication.CRYPTO_CONSTRAINTS_FAILURE,
        }, found.report.explanation  # by what it says, not because its signature broke: a signer may sign anything


def test_comments_between_elements_of_the_signed_one_do_no_harm(signed: bytes, verify: Verify) -> None:
    commented = signed.replace(b"<t:TestMessage/>", b"<!-- layout --><t:TestMessage/>")
    assert verify(commented).report.is_valid
    assert verify(commented).signed_octets == verify(signed).signed_octets


def test_every_accepted_change_leaves_the_signed_octets_the_same(signed: bytes, verify: Verify) -> None:
    """Every byte is changed once, by a seeded choice of how."""
    wanted = verify(signed).signed_octets
    seeded = random.Random(1)
    accepted = 0
    for place in range(len(signed)):
        changed = bytearray(signed)
        match seeded.randrange(4):
            case 0:
                changed[place] ^= 1 << seeded.randrange(8)
            case 1:
                changed[place] = seeded.choice(b" <>&\"'=/#x!?-\n\t;:")
            case 2:
                del changed[place]
            case _:
                changed.insert(place, seeded.choice(b" <>&\"'=/#x\n\t\r"))
        if bytes(changed) == signed:
            continue
        found = verify(bytes(changed))
        if found.report.is_valid:
            accepted += 1
            assert found.signed_octets == wanted, (place, bytes(changed))
        else:
            assert not found.signed_octets or found.signed_octets == wanted
    assert 0 < accepted < len(signed) // 2  # white space and what lies outside the signed element


SIGNED_FILES = [path for path in sample_files("gov/smev/signed/*.xml") if b":Signature " in path.read_bytes()]
NOBODY = VerificationPolicy(anchors=())


@needs_samples(SIGNED_FILES)
@pytest.mark.parametrize("path", SIGNED_FILES, ids=lambda path: path.name)
def test_real_messages_verify_and_re_indented_ones_do_once_white_space_is_stripped(path: Path) -> None:
    """Their certificates ran out long ago, so the digest and the signature are what is looked at."""
    data = path.read_bytes()
    stripped = re.sub(rb">[ \t\r\n]+<", b"><", data)
    ids = re.findall(rb'Reference URI="#([^"]+)"', data)
    assert ids
    for element_id in map(bytes.decode, ids):
        as_it_is, bare = (
            verify_xml(each, policy=NOBODY, at=datetime(2020, 6, 1, tzinfo=UTC), element_id=element_id)
            for each in (data, stripped)
        )
        assert bare.report.sub_indication is SubIndication.NO_CERTIFICATE_CHAIN_FOUND, bare.report.explanation
        info = re.search(rb"SignedInfo>\s", data)
        wanted = SubIndication.SIG_CRYPTO_FAILURE if info else SubIndication.NO_CERTIFICATE_CHAIN_FOUND
        assert as_it_is.report.sub_indication is wanted
        assert read_xml_signature(data, element_id=element_id).signed_octets == bare.signed_octets
