"""What is read out of a certificate, Russian attributes included, and what is refused."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gost import certificate, extensions
from gost.certificate import PublicKeyAlgorithm, read_certificate, read_certificates
from gost.errors import MalformedError
from gost.qualification import tool_class
from tests.unit.gost.pki import Authority, OpenSsl, Owner

COMPANY = (
    "/CN=ООО Земля/O=ООО Земля/SN=Иванова/GN=Анна Петровна"
    "/1.2.643.3.131.1.1=005503080925/INNLE=5503080925/1.2.643.100.1=1027700132195"
    "/1.2.643.100.3=11223344595/1.2.643.100.5=304500116000157"
)


@pytest.fixture(scope="module")
def company(root: Authority) -> Owner:
    return root.issue("company", subject=COMPANY)


def test_the_owner_is_read_with_his_russian_numbers(company: Owner) -> None:
    facts = company.certificate
    assert (facts.owner_common_name, facts.owner_organization) == ("ООО Земля", "ООО Земля")
    assert (facts.owner_surname, facts.owner_given_name) == ("Иванова", "Анна Петровна")
    assert (facts.inn, facts.inn_legal_entity, facts.ogrn) == ("5503080925", "5503080925", "1027700132195")
    assert (facts.snils, facts.ogrnip) == ("11223344595", "304500116000157")
    assert "OGRN=1027700132195" in facts.subject
    assert "SN=Иванова" in facts.subject


def test_a_persons_inn_keeps_its_twelve_digits(root: Authority) -> None:
    owner = root.issue("person", subject="/CN=Иванов/1.2.643.3.131.1.1=500100732259")
    assert owner.certificate.inn == "500100732259"
    assert owner.certificate.inn_legal_entity is None
    assert owner.certificate.ogrn is None


def test_fingerprints_serial_and_names_are_those_openssl_shows(openssl: OpenSsl, company: Owner) -> None:
    shown = openssl.run("x509", "-in", company.certificate_file, "-noout", "-serial", "-fingerprint", "-sha1").decode()
    assert f"serial={company.certificate.serial_number}\n" in shown
    assert company.certificate.thumbprint in shown.replace(":", "")


def test_validity_is_aware_utc(company: Owner) -> None:
    assert company.certificate.not_before == datetime(2026, 1, 1, tzinfo=UTC)
    assert company.certificate.not_after == datetime(2027, 1, 1, tzinfo=UTC)


def test_extensions_are_read(company: Owner, root: Authority) -> None:
    facts = company.certificate
    assert facts.key_usage == {"digitalSignature", "nonRepudiation"}
    assert facts.may_sign
    assert facts.policies == ("1.2.643.100.113.1", "1.2.643.100.113.2")
    assert facts.crl_urls == ("http://crl.invalid/test.crl",)
    assert (facts.ocsp_urls, facts.issuer_urls) == (("http://ocsp.invalid/",), ("http://ca.invalid/ca.crt",))
    assert facts.extended_key_usage == ("1.3.6.1.5.5.7.3.2", "1.2.643.2.2.34.6")
    assert (facts.signing_tool, facts.issuer_signing_tools) == (None, ())
    assert facts.authority_key_id == root.certificate.subject_key_id
    assert (facts.is_ca, root.certificate.is_ca) == (False, True)
    assert not root.certificate.may_sign


def test_the_tools_of_owner_and_issuer_are_read(root: Authority) -> None:
    facts = root.issue("qualified", extensions="qualified").certificate
    assert facts.signing_tool == "Средство ЭП"
    assert facts.issuer_signing_tools == ("Средство УЦ", "ПАК УЦ", "СФ/124-0001", "СФ/128-0002")
    assert tool_class(facts) == "КС2"


def test_the_size_of_a_key_is_told(signers_by_kind: dict[str, Owner]) -> None:
    found = {kind: owner.certificate.public_key_bits for kind, owner in signers_by_kind.items()}
    assert found == {"256-TCA": 256, "256-A": 256, "512-A": 512, "RSA": 2048, "ECDSA": 256}


def test_the_key_algorithm_is_named(signers_by_kind: dict[str, Owner]) -> None:
    found = {kind: owner.certificate.public_key_algorithm for kind, owner in signers_by_kind.items()}
    assert found == {
        "256-TCA": PublicKeyAlgorithm.GOST_R_34_10_2012_256,
        "256-A": PublicKeyAlgorithm.GOST_R_34_10_2012_256,
        "512-A": PublicKeyAlgorithm.GOST_R_34_10_2012_512,
        "RSA": PublicKeyAlgorithm.RSA,
        "ECDSA": PublicKeyAlgorithm.ECDSA,
    }


def test_pem_and_der_give_the_same_facts(company: Owner) -> None:
    assert read_certificate(company.certificate.der) is read_certificate(company.certificate_file.read_bytes())


def test_a_bundle_is_read_in_its_order_and_may_hold_comments(company: Owner, root: Authority) -> None:
    bundle = b"# ours\n" + company.certificate_file.read_bytes() + b"\ntext\n" + root.certificate_file.read_bytes()
    assert read_certificates(bundle) == (company.certificate, root.certificate)
    assert read_certificates(b"nothing here") == ()


def test_two_certificates_are_not_one(company: Owner, root: Authority) -> None:
    with pytest.raises(MalformedError, match="2 certificates"):
        read_certificate(company.certificate_file.read_bytes() + root.certificate_file.read_bytes())


def test_too_many_certificates_are_refused_before_any_is_read() -> None:
    with pytest.raises(MalformedError, match="2001"):
        read_certificates(b"-----BEGIN CERTIFICATE-----" * 2001)


@pytest.mark.parametrize(
    "data", [b"", b"garbage", b"-----BEGIN CERTIFICATE-----\nAAAA", b"-----BEGIN CERTIFICATE-----\n*\n", b"0" * 70_000]
)
def test_what_is_no_certificate_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedError):
        read_certificate(data)


def test_a_negative_serial_number_is_refused(company: Owner) -> None:
    serial = bytes.fromhex(company.certificate.serial_number)
    negative = bytes((serial[0] | 0x80,)) + serial[1:]
    with pytest.raises(MalformedError, match="positive"):
        read_certificate(company.certificate.der.replace(b"\x02\x02" + serial, b"\x02\x02" + negative, 1))


def test_a_name_longer_than_the_standard_allows_is_read_without_a_warning(root: Authority) -> None:
    """As those of ministries are; warnings are errors in these tests."""
    name = "Я" * 64  # the most OpenSSL issues, and twice as many bytes
    issued = root.issue("long", subject=f"/CN={name}").certificate
    longer = issued.der.replace(name.encode(), b"Z" * 128)
    assert read_certificate(longer).owner_common_name == "Z" * 128


def test_extensions_remembered_of_one_certificate_are_told_of_no_other(company: Owner) -> None:
    """Every byte is changed once; what is read must be what somebody reads who remembers nothing."""
    der = company.certificate.der
    accepted = 0
    for position in range(len(der)):
        changed = der[:position] + bytes((der[position] ^ 0x01,)) + der[position + 1 :]
        try:
            facts = read_certificate(changed)
        except MalformedError:
            continue
        accepted += 1
        extensions._remembered.cache_clear()
        certificate._read.cache_clear()
        assert read_certificate(changed) == facts
    assert accepted > 50  # in texts, numbers, keys and signatures


def test_trailing_bytes_are_refused(company: Owner) -> None:
    with pytest.raises(MalformedError):
        read_certificate(company.certificate.der + b"\0")


@given(data=st.data())
def test_a_damaged_certificate_is_read_or_malformed_and_nothing_else(company: Owner, data: st.DataObject) -> None:
    der = bytearray(company.certificate.der)
    for _ in range(data.draw(st.integers(1, 4))):
        der[data.draw(st.integers(0, len(der) - 1))] = data.draw(st.integers(0, 255))
    try:
        facts = read_certificate(bytes(der))
    except MalformedError:
        return
    assert facts.der == bytes(der)
