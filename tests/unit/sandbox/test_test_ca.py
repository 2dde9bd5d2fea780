"""The GOST test CA issues what tests need: chains, numbers, bad dates, revocation, encrypted keys."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509

from sandbox.foreign_signer import sign_detached, verify_detached
from sandbox.openssl import OpenSslError
from sandbox.test_ca import Subject, TestAuthority

BUYER = Subject(
    common_name='ООО "Ромашка/Пример+"',
    surname="Примерова",
    given_name="Анна Макетовна",
    inn="502099000205",
    inn_legal_entity="5020990010",
    ogrn="1025099000013",
    ogrnip="304500116000157",
    snils="90010000289",
)
DOCUMENT = b"contract"


def test_a_subject_carries_its_numbers_by_oid(authority: TestAuthority) -> None:
    issued = authority.issue("numbers", BUYER)
    subject = x509.load_pem_x509_certificate(issued.certificate_pem).subject
    numbers = {item.oid.dotted_string: (item.value, item._type.name) for item in subject}
    assert numbers["1.2.643.3.131.1.1"] == ("502099000205", "NumericString")
    assert numbers["1.2.643.100.4"] == ("5020990010", "NumericString")
    assert numbers["1.2.643.100.1"] == ("1025099000013", "NumericString")
    assert numbers["1.2.643.100.5"] == ("304500116000157", "NumericString")
    assert numbers["1.2.643.100.3"] == ("90010000289", "NumericString")
    assert numbers["2.5.4.3"] == ('ООО "Ромашка/Пример+"', "UTF8String")


@pytest.mark.parametrize("algorithm", ["gost2012_256", "gost2012_512"])
def test_a_leaf_verifies_up_to_the_root_through_the_issuing_ca(tmp_path: Path, algorithm: str) -> None:
    made = TestAuthority.create(tmp_path / "ca", algorithm=algorithm)
    authority = TestAuthority.open(tmp_path / "ca")
    assert authority == made
    issued = authority.issue("leaf", BUYER)
    signature = sign_detached(DOCUMENT, issued, authority)
    verify_detached(DOCUMENT, signature, authority.chain_path)
    with pytest.raises(OpenSslError):
        verify_detached(DOCUMENT, signature, authority.root_path)
    with pytest.raises(OpenSslError):
        verify_detached(b"another", signature, authority.chain_path)


def test_a_signature_of_another_ca_does_not_verify(authority: TestAuthority, tmp_path: Path) -> None:
    stranger = TestAuthority.create(tmp_path / "other")
    signature = sign_detached(DOCUMENT, stranger.issue("leaf", BUYER), stranger)
    with pytest.raises(OpenSslError):
        verify_detached(DOCUMENT, signature, authority.chain_path)


def test_expired_and_future_certificates_do_not_verify(authority: TestAuthority) -> None:
    expired = authority.issue_expired("expired", BUYER)
    future = authority.issue_not_yet_valid("future", BUYER)
    assert expired.not_after < datetime.now(UTC) < future.not_before
    for issued, said in ((expired, "expired"), (future, "not yet valid")):
        with pytest.raises(OpenSslError, match=said):
            verify_detached(DOCUMENT, sign_detached(DOCUMENT, issued, authority), authority.chain_path)


def test_the_dates_asked_for_are_in_the_certificate(authority: TestAuthority) -> None:
    begins = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    issued = authority.issue("dated", BUYER, not_before=begins, days=10)
    certificate = x509.load_pem_x509_certificate(issued.certificate_pem)
    assert certificate.not_valid_before_utc == begins
    assert certificate.not_valid_after_utc == issued.not_after


def test_a_revoked_certificate_verifies_until_the_next_crl(tmp_path: Path) -> None:
    authority = TestAuthority.create(tmp_path / "ca")
    issued = authority.issue("leaf", BUYER)
    signature = sign_detached(DOCUMENT, issued, authority)
    bundle = tmp_path / "bundle.pem"
    bundle.write_bytes(authority.chain_path.read_bytes() + authority.crl() + authority.root_crl())
    verify_detached(DOCUMENT, signature, bundle, check_crl=True)
    authority.revoke(issued)
    bundle.write_bytes(authority.chain_path.read_bytes() + authority.crl() + authority.root_crl())
    with pytest.raises(OpenSslError, match="revoked"):
        verify_detached(DOCUMENT, signature, bundle, check_crl=True)


def test_a_stale_crl_proves_nothing(authority: TestAuthority, tmp_path: Path) -> None:
    signature = sign_detached(DOCUMENT, authority.issue("stale", BUYER), authority)
    bundle = tmp_path / "bundle.pem"
    bundle.write_bytes(authority.chain_path.read_bytes() + authority.stale_crl() + authority.root_crl())
    with pytest.raises(OpenSslError, match="CRL has expired"):
        verify_detached(DOCUMENT, signature, bundle, check_crl=True)


def test_an_encrypted_key_needs_its_passphrase(authority: TestAuthority) -> None:
    issued = authority.issue("encrypted", BUYER, passphrase="пароль")
    assert issued.key_pem.startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----")
    assert issued.key_path.stat().st_mode & 0o777 == 0o600
    assert sign_detached(DOCUMENT, issued, authority, passphrase="пароль")
    with pytest.raises(OpenSslError):
        sign_detached(DOCUMENT, issued, authority, passphrase="wrong")


def test_key_usage_and_the_crls_address_are_as_asked(authority: TestAuthority) -> None:
    issued = authority.issue("usage", BUYER, key_usage="keyAgreement", crl_url="http://127.0.0.1/ca.crl")
    extensions = x509.load_pem_x509_certificate(issued.certificate_pem).extensions
    usage = extensions.get_extension_for_class(x509.KeyUsage).value
    assert usage.key_agreement
    assert not usage.digital_signature
    points = extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    assert points[0].full_name is not None
    assert points[0].full_name[0].value == "http://127.0.0.1/ca.crl"


def test_an_authority_is_never_made_over_another(authority: TestAuthority) -> None:
    with pytest.raises(FileExistsError):
        TestAuthority.create(authority.directory)
