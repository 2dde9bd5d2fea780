"""What is built is CAdES-BES to OpenSSL's command line, and is exactly what the certificate and time say."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from gost import digest
from gost.cades import CadesTemplate
from gost.cms import read_signed_data
from tests.unit.gost.pki import AT, KEY_KINDS, Authority, OpenSsl, Owner

DOCUMENT = "Договор купли-продажи земельного участка\n".encode()


def sign(owner: Owner, document: bytes, *, chain: tuple[Owner, ...] = (), at: datetime = AT) -> bytes:
    """A signature as the signer agent makes it."""
    template = CadesTemplate(certificate=owner.certificate, chain=[other.certificate for other in chain])
    attributes = template.signed_attributes(digest.digest(template.digest_algorithm, document), at)
    return template.assemble(attributes, owner.open_key().sign(attributes))


@pytest.mark.parametrize("kind", KEY_KINDS)
def test_the_command_line_accepts_ours_and_refuses_a_changed_document(
    kind: str, openssl: OpenSsl, root: Authority, signers_by_kind: dict[str, Owner]
) -> None:
    cms = sign(signers_by_kind[kind], DOCUMENT)
    openssl.verifies(cms, DOCUMENT, root)
    openssl.verifies(cms, b"d" + DOCUMENT[1:], root, succeeds=False)


def test_the_chain_comes_along(openssl: OpenSsl, root: Authority, signer: Owner, revoked: Owner) -> None:
    cms = sign(signer, DOCUMENT, chain=(root, revoked, signer))
    openssl.verifies(cms, DOCUMENT, root)
    assert set(read_signed_data(cms).certificates) == {signer.certificate, root.certificate, revoked.certificate}


def test_what_was_put_in_is_read_back(signer: Owner) -> None:
    moment = datetime(2026, 6, 1, 15, 0, 0, 999_999, tzinfo=timezone(timedelta(hours=3)))
    (info,) = read_signed_data(sign(signer, DOCUMENT, at=moment)).signers
    assert info.certificate == signer.certificate
    assert info.signing_time == datetime(2026, 6, 1, 12, tzinfo=UTC)
    assert info.message_digest == digest.streebog256(DOCUMENT)
    assert info.signing_certificate is not None
    assert info.signing_certificate.certificate_hash == digest.streebog256(signer.certificate.der)
    assert info.signing_certificate.issuer_der == signer.certificate.issuer_der
    assert info.unsigned_attribute_types == ()


@pytest.mark.parametrize("year", [1950, 2049, 2050, 2999])
def test_a_signing_time_of_any_year_is_written_and_read(year: int, signer: Owner) -> None:
    moment = datetime(year, 2, 3, 4, 5, 6, tzinfo=UTC)
    (info,) = read_signed_data(sign(signer, DOCUMENT, at=moment)).signers
    assert info.signing_time == moment


@pytest.mark.parametrize(("year", "tag"), [(2049, 0x17), (2050, 0x18)])
def test_the_signing_time_changes_its_type_in_2050(year: int, tag: int, signer: Owner) -> None:
    attributes = CadesTemplate(certificate=signer.certificate).signed_attributes(bytes(32), AT.replace(year=year))
    oid = bytes.fromhex("2a864886f70d010905")
    assert attributes.split(oid)[1][2] == tag


def test_the_default_hash_is_left_out_of_the_certificate_reference(signers_by_kind: dict[str, Owner]) -> None:
    attributes = CadesTemplate(certificate=signers_by_kind["RSA"].certificate).signed_attributes(bytes(32), AT)
    assert bytes.fromhex("608648016503040201") not in attributes  # SHA-256, the DEFAULT of RFC 5035


def test_two_signatures_differ_only_in_the_signature(signer: Owner) -> None:
    first, second = (read_signed_data(sign(signer, DOCUMENT)).signers[0] for _ in range(2))
    assert first.signed_attributes == second.signed_attributes
    assert first.signature != second.signature


@pytest.mark.parametrize("size", [0, 31, 33, 64])
def test_a_digest_of_another_length_is_refused(size: int, signer: Owner) -> None:
    with pytest.raises(ValueError, match="32 bytes of STREEBOG_256"):
        CadesTemplate(certificate=signer.certificate).signed_attributes(bytes(size), AT)


def test_a_naive_time_is_refused(signer: Owner) -> None:
    with pytest.raises(ValueError, match="time zone"):
        CadesTemplate(certificate=signer.certificate).signed_attributes(bytes(32), AT.replace(tzinfo=None))


def test_attributes_of_another_certificate_are_not_assembled(signer: Owner, revoked: Owner) -> None:
    attributes = CadesTemplate(certificate=revoked.certificate).signed_attributes(bytes(32), AT)
    with pytest.raises(ValueError, match="another certificate"):
        CadesTemplate(certificate=signer.certificate).assemble(attributes, bytes(64))
