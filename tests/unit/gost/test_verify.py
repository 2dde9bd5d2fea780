"""The verdicts of verification: every way a signature, certificate, chain or list can be wrong has its own."""

import dataclasses
import socket
from datetime import datetime
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat import asn1

from gost import digest, structures
from gost.cades import CadesTemplate
from gost.certificate import CertificateFacts
from gost.digest import DigestAlgorithm
from gost.report import CertificateStatus, Indication, Report, RevocationStatus, SubIndication
from gost.verify import VerificationPolicy, verify_detached
from tests.unit.gost.pki import AT, KEY_KINDS, Authority, OpenSsl, Owner
from tests.unit.gost.test_cades import DOCUMENT, sign
from tests.unit.gost.test_cms import changed

DIGESTS = {algorithm: digest.digest(algorithm, DOCUMENT) for algorithm in DigestAlgorithm}

INDETERMINATE, FAILED = Indication.INDETERMINATE, Indication.TOTAL_FAILED


def verify(cms: bytes, policy: VerificationPolicy, *, at: datetime = AT) -> Report:
    return verify_detached(cms, DIGESTS, policy=policy, at=at)


def verdict(report: Report) -> tuple[Indication, SubIndication | None]:
    return report.indication, report.sub_indication


@pytest.fixture(scope="module")
def signature(signer: Owner) -> bytes:
    return sign(signer, DOCUMENT)


@pytest.mark.parametrize("kind", KEY_KINDS)
def test_what_we_sign_passes(kind: str, policy: VerificationPolicy, signers_by_kind: dict[str, Owner]) -> None:
    report = verify(sign(signers_by_kind[kind], DOCUMENT), policy)
    assert verdict(report) == (Indication.TOTAL_PASSED, None), report.explanation
    assert report.is_valid


@pytest.mark.parametrize("kind", KEY_KINDS)
def test_what_openssl_signs_passes(
    kind: str, openssl: OpenSsl, policy: VerificationPolicy, signers_by_kind: dict[str, Owner]
) -> None:
    cms = openssl.sign(signers_by_kind[kind], DOCUMENT, "-cades", "-md", KEY_KINDS[kind][1])
    report = verify(cms, policy)
    assert verdict(report) == (Indication.TOTAL_PASSED, None), report.explanation


def test_the_report_tells_signer_chain_and_list(signature: bytes, policy: VerificationPolicy, signer: Owner) -> None:
    (of_signer,) = verify(signature, policy).signers
    leaf, anchor = of_signer.chain
    assert of_signer.certificate == signer.certificate
    assert (of_signer.signing_time_claimed, of_signer.signing_time_proven) == (AT, None)
    assert (leaf.subject, leaf.status, leaf.revocation) == ("CN=Tester", CertificateStatus.GOOD, RevocationStatus.GOOD)
    assert leaf.crl_this_update == datetime.fromisoformat("2026-06-01T00:00:00Z")
    assert leaf.crl_next_update == datetime.fromisoformat("2026-06-02T00:00:00Z")
    assert (anchor.status, anchor.revocation) == (CertificateStatus.GOOD, RevocationStatus.NOT_CHECKED)


def test_a_plain_digest_is_taken_by_the_signers_algorithm(signature: bytes, policy: VerificationPolicy) -> None:
    assert verify_detached(signature, DIGESTS[DigestAlgorithm.STREEBOG_256], policy=policy, at=AT).is_valid


def test_another_document_fails(signature: bytes, policy: VerificationPolicy) -> None:
    report = verify_detached(signature, digest.streebog256(b"other"), policy=policy, at=AT)
    assert verdict(report) == (FAILED, SubIndication.HASH_FAILURE)


def test_a_document_hashed_otherwise_is_asked_for_again(signature: bytes, policy: VerificationPolicy) -> None:
    only_512 = {DigestAlgorithm.STREEBOG_512: DIGESTS[DigestAlgorithm.STREEBOG_512]}
    report = verify_detached(signature, only_512, policy=policy, at=AT)
    assert verdict(report) == (INDETERMINATE, SubIndication.SIGNED_DATA_NOT_FOUND)
    assert "STREEBOG_256" in report.explanation


@pytest.mark.parametrize("garbage", [b"", b"garbage", b"\x30\x80\0\0"])
def test_garbage_is_a_format_failure(garbage: bytes, policy: VerificationPolicy) -> None:
    report = verify(garbage, policy)
    assert verdict(report) == (FAILED, SubIndication.FORMAT_FAILURE)
    assert report.signers == ()


def test_attached_content_is_a_format_failure(openssl: OpenSsl, signer: Owner, policy: VerificationPolicy) -> None:
    report = verify(openssl.sign(signer, DOCUMENT, "-cades", "-nodetach"), policy)
    assert verdict(report) == (FAILED, SubIndication.FORMAT_FAILURE)


def test_a_naive_time_is_refused(signature: bytes, policy: VerificationPolicy) -> None:
    with pytest.raises(ValueError, match="time zone"):
        verify(signature, policy, at=AT.replace(tzinfo=None))


def test_unsigned_attributes_are_listed_and_change_nothing(signature: bytes, policy: VerificationPolicy) -> None:
    def add(data: structures.SignedData) -> None:
        signer = data.signer_infos.as_list()[0]
        value = asn1.SetOf([asn1.decode_der(asn1.TLV, b"\x05\x00")])
        attribute = structures.Attribute(type=x509.ObjectIdentifier("1.2.3.4"), values=value)
        signer.unsigned_attributes = asn1.SetOf([attribute])
        data.signer_infos = asn1.SetOf([signer])

    report = verify(changed(signature, add), policy)
    assert report.is_valid
    assert report.signers[0].unprotected_attributes == ("1.2.3.4",)


def test_the_signature_of_another_key_fails(signer: Owner, revoked: Owner, policy: VerificationPolicy) -> None:
    template = CadesTemplate(certificate=signer.certificate)
    attributes = template.signed_attributes(DIGESTS[DigestAlgorithm.STREEBOG_256], AT)
    report = verify(template.assemble(attributes, revoked.open_key().sign(attributes)), policy)
    assert verdict(report) == (FAILED, SubIndication.SIG_CRYPTO_FAILURE)


def test_a_cms_without_a_certificate_reference_is_not_enough(
    openssl: OpenSsl, signer: Owner, policy: VerificationPolicy
) -> None:
    report = verify(openssl.sign(signer, DOCUMENT), policy)
    assert verdict(report) == (INDETERMINATE, SubIndication.SIG_CONSTRAINTS_FAILURE)


def test_a_cms_without_the_signers_certificate_is_not_enough(
    openssl: OpenSsl, signer: Owner, policy: VerificationPolicy
) -> None:
    report = verify(openssl.sign(signer, DOCUMENT, "-cades", "-nocerts"), policy)
    assert verdict(report) == (INDETERMINATE, SubIndication.NO_SIGNING_CERTIFICATE_FOUND)


def test_a_certificate_other_than_the_signed_one_is_noticed(
    root: Authority, openssl: OpenSsl, policy: VerificationPolicy
) -> None:
    """Same key, name and serial number, another certificate: only the signed hash tells them apart."""
    signer = root.issue("twin")
    twin = root.copy(openssl, "root-again", serial=signer.certificate.serial_number).certify_again(signer, "twin")
    assert twin.certificate != signer.certificate
    attributes = CadesTemplate(certificate=signer.certificate).signed_attributes(
        DIGESTS[DigestAlgorithm.STREEBOG_256], AT
    )
    cms = CadesTemplate(certificate=signer.certificate).assemble(attributes, signer.open_key().sign(attributes))

    def swap(data: structures.SignedData) -> None:
        data.certificates = asn1.SetOf([asn1.decode_der(asn1.TLV, twin.certificate.der)])

    report = verify(changed(cms, swap), policy)
    assert verdict(report) == (INDETERMINATE, SubIndication.NO_SIGNING_CERTIFICATE_FOUND)
    assert "names another" in report.explanation


@pytest.mark.parametrize("change", [{"serial_number": "7777"}, {"issuer_der": b"\x30\x00"}])
def test_a_reference_to_another_issuer_or_serial_is_noticed(
    change: dict[str, Any], signer: Owner, policy: VerificationPolicy
) -> None:
    other = CadesTemplate(certificate=dataclasses.replace(signer.certificate, **change))
    attributes = other.signed_attributes(DIGESTS[DigestAlgorithm.STREEBOG_256], AT)

    def swap(data: structures.SignedData) -> None:
        info = data.signer_infos.as_list()[0]
        mislabelled = asn1.decode_der(structures.ContentInfo, other.assemble(attributes, b"")).content
        info.signed_attributes = mislabelled.signer_infos.as_list()[0].signed_attributes
        info.signature = signer.open_key().sign(attributes)
        data.signer_infos = asn1.SetOf([info])

    report = verify(changed(sign(signer, DOCUMENT), swap), policy)
    assert verdict(report) == (INDETERMINATE, SubIndication.NO_SIGNING_CERTIFICATE_FOUND)


def test_a_stranger_among_the_certificates_is_not_enough(
    openssl: OpenSsl, signer: Owner, policy: VerificationPolicy
) -> None:
    foreign = Authority(openssl, "stranger", subject="/CN=Stranger").sign_itself()
    lost = foreign.issue("lost")
    report = verify(sign(signer, DOCUMENT, chain=(lost,)), policy)
    assert verdict(report) == (INDETERMINATE, SubIndication.SIG_CONSTRAINTS_FAILURE)
    assert verify(sign(signer, DOCUMENT, chain=(lost, foreign)), policy).is_valid


def test_with_two_signers_the_worse_one_decides(signer: Owner, revoked: Owner, policy: VerificationPolicy) -> None:
    both = (sign(signer, DOCUMENT), sign(revoked, DOCUMENT))
    others = [asn1.decode_der(structures.ContentInfo, each).content for each in both]

    def merge(data: structures.SignedData) -> None:
        data.certificates = asn1.SetOf(
            [tlv for other in others if other.certificates for tlv in other.certificates.as_list()]
        )
        data.signer_infos = asn1.SetOf([info for other in others for info in other.signer_infos.as_list()])

    report = verify(changed(both[0], merge), policy)
    assert verdict(report) == (INDETERMINATE, SubIndication.REVOKED_NO_POE)
    assert sorted(each.indication for each in report.signers) == [Indication.TOTAL_PASSED, INDETERMINATE]


def test_no_socket_is_opened(signature: bytes, policy: VerificationPolicy, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        pytest.fail("verification opened a socket")

    monkeypatch.setattr(socket, "socket", refuse)
    assert verify(signature, policy).is_valid


def test_explanations_name_nobody(revoked: Owner, policy: VerificationPolicy) -> None:
    explanation = verify(sign(revoked, DOCUMENT), policy).explanation
    certificate: CertificateFacts = revoked.certificate
    assert "Tester" not in explanation
    assert certificate.serial_number not in explanation
