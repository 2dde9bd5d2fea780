"""The strict reader: what OpenSSL makes is read, and anything with a second encoding or a contradiction is refused."""

from collections.abc import Callable

import pytest
from cryptography import x509
from cryptography.hazmat import asn1
from hypothesis import example, given
from hypothesis import strategies as st

from gost import cms, structures
from gost.cms import read_signed_data
from gost.digest import DigestAlgorithm
from gost.errors import MalformedError
from tests.unit.gost.pki import OpenSsl, Owner
from tests.unit.gost.test_cades import DOCUMENT, sign

Change = Callable[[structures.SignedData], None]


@pytest.fixture(scope="module")
def signature(signer: Owner) -> bytes:
    return sign(signer, DOCUMENT)


@pytest.mark.parametrize(
    ("kind", "algorithm"),
    [
        ("256-TCA", DigestAlgorithm.STREEBOG_256),
        ("512-A", DigestAlgorithm.STREEBOG_512),
        ("RSA", DigestAlgorithm.SHA_256),
    ],
)
def test_what_openssl_makes_is_read(
    kind: str, algorithm: DigestAlgorithm, openssl: OpenSsl, signers_by_kind: dict[str, Owner]
) -> None:
    owner = signers_by_kind[kind]
    read = read_signed_data(openssl.sign(owner, DOCUMENT, "-cades", "-md", algorithm.openssl_name))
    assert read.content is None
    assert read.digest_algorithms == {algorithm}
    assert read.signers[0].certificate == owner.certificate
    assert structures.SIGNING_CERTIFICATE_V2 in read.signers[0].signed_attribute_types


def test_a_signer_named_by_key_identifier_is_found(openssl: OpenSsl, signer: Owner) -> None:
    read = read_signed_data(openssl.sign(signer, DOCUMENT, "-cades", "-keyid"))
    assert read.signers[0].certificate == signer.certificate


def test_an_absent_certificate_leaves_the_signer_unnamed(openssl: OpenSsl, signer: Owner) -> None:
    read = read_signed_data(openssl.sign(signer, DOCUMENT, "-cades", "-nocerts"))
    assert read.certificates == ()
    assert read.signers[0].certificate is None


def test_attached_content_is_handed_out(openssl: OpenSsl, signer: Owner) -> None:
    assert read_signed_data(openssl.sign(signer, DOCUMENT, "-cades", "-nodetach")).content == DOCUMENT


def test_a_signature_without_signed_attributes_has_no_digest_and_no_claims(openssl: OpenSsl, signer: Owner) -> None:
    (info,) = read_signed_data(openssl.sign(signer, DOCUMENT, "-noattr")).signers
    assert (info.signed_attributes, info.message_digest, info.signed_attribute_types) == (None, None, ())
    assert (info.signing_time, info.signing_certificate) == (None, None)


def test_an_indefinite_length_is_refused(signature: bytes) -> None:
    header = 4  # 30 82 xx xx
    with pytest.raises(MalformedError, match="strict DER"):
        read_signed_data(b"\x30\x80" + signature[header:] + b"\0\0")


def test_a_certificate_written_as_pem_within_something_else_is_not_looked_for(signature: bytes, signer: Owner) -> None:
    """Nothing would cover the bytes around it."""
    wrapped = asn1.encode_der(b"around" + signer.certificate_file.read_bytes())

    def wrap(data: structures.SignedData) -> None:
        data.certificates = asn1.SetOf([asn1.decode_der(asn1.TLV, wrapped)])

    with pytest.raises(MalformedError, match="not an X"):
        read_signed_data(changed(signature, wrap))


def test_trailing_bytes_are_refused(signature: bytes) -> None:
    with pytest.raises(MalformedError):
        read_signed_data(signature + b"\0")


def test_every_truncation_is_refused(signature: bytes) -> None:
    for size in range(len(signature)):
        with pytest.raises(MalformedError):
            read_signed_data(signature[:size])


def test_an_oversized_cms_is_refused_unread() -> None:
    with pytest.raises(MalformedError, match="at most"):
        read_signed_data(bytes(cms.MAX_CMS_BYTES + 1))


@given(data=st.binary(max_size=64))
@example(b"\x30\x80" * 2000)
@example(b"\x30\x84\xff\xff\xff\xff")
@example(b"\xa0\x82\x10\x00" * 500)
def test_garbage_is_malformed_and_nothing_else(data: bytes) -> None:
    with pytest.raises(MalformedError):
        read_signed_data(data)


@given(data=st.data())
def test_damage_is_read_or_malformed_and_nothing_else(signature: bytes, data: st.DataObject) -> None:
    damaged = bytearray(signature)
    position = st.integers(0, len(damaged) - 1)
    for _ in range(data.draw(st.integers(1, 3))):
        damaged[data.draw(position)] = data.draw(st.integers(0, 255))
    try:
        read_signed_data(bytes(damaged))
    except MalformedError:
        pass  # the other outcome allowed; what is read is judged by the verifier


def changed(signature: bytes, change: Change) -> bytes:
    """The CMS with one thing changed, in DER again."""
    info = asn1.decode_der(structures.ContentInfo, signature)
    change(info.content)
    return asn1.encode_der(info)


def identifier(oid: str) -> structures.AlgorithmIdentifier:
    return structures.AlgorithmIdentifier(algorithm=x509.ObjectIdentifier(oid), parameters=None)


def _signer_of(data: structures.SignedData) -> structures.SignerInfo:
    signer: structures.SignerInfo = data.signer_infos.as_list()[0]
    return signer


def _set_version(data: structures.SignedData) -> None:
    data.version = 3


def _set_signer_version(data: structures.SignedData) -> None:
    signer = _signer_of(data)
    signer.version = 3
    data.signer_infos = asn1.SetOf([signer])


def _drop_signers(data: structures.SignedData) -> None:
    data.signer_infos = asn1.SetOf([])


def _add_digest_algorithm(data: structures.SignedData) -> None:
    data.digest_algorithms = asn1.SetOf([*data.digest_algorithms.as_list(), identifier("1.2.643.7.1.1.2.3")])


def _double_digest_algorithm(data: structures.SignedData) -> None:
    data.digest_algorithms = asn1.SetOf([*data.digest_algorithms.as_list(), identifier("1.2.643.7.1.1.2.2")])


def _double_certificate(data: structures.SignedData) -> None:
    assert data.certificates is not None
    data.certificates = asn1.SetOf(data.certificates.as_list() * 2)


def _empty_certificates(data: structures.SignedData) -> None:
    data.certificates = asn1.SetOf([])


def _other_content_type(data: structures.SignedData) -> None:
    data.content.content_type = x509.ObjectIdentifier("1.2.840.113549.1.9.16.1.4")


def _add_crl(data: structures.SignedData) -> None:
    data.crls = asn1.SetOf([asn1.decode_der(asn1.TLV, b"\x30\x00")])


def _with_signer(change: Callable[[structures.SignerInfo], None]) -> Change:
    def apply(data: structures.SignedData) -> None:
        signer = _signer_of(data)
        change(signer)
        data.signer_infos = asn1.SetOf([signer])

    return apply


def _set_digest_512(signer: structures.SignerInfo) -> None:
    signer.digest_algorithm = identifier("1.2.643.7.1.1.2.3")


def _set_signature_512(signer: structures.SignerInfo) -> None:
    signer.digest_algorithm = identifier("1.2.643.7.1.1.2.3")
    signer.signature_algorithm = identifier("1.2.643.7.1.1.1.2")


def _set_unknown_algorithm(signer: structures.SignerInfo) -> None:
    signer.signature_algorithm = identifier("1.2.643.2.2.19")


def _attributes(signer: structures.SignerInfo) -> list[structures.Attribute]:
    assert signer.signed_attributes is not None
    return signer.signed_attributes.as_list()


def _without(oid: str) -> Callable[[structures.SignerInfo], None]:
    def apply(signer: structures.SignerInfo) -> None:
        kept = [each for each in _attributes(signer) if each.type.dotted_string != oid]
        signer.signed_attributes = asn1.SetOf(kept)

    return apply


def _doubled(oid: str) -> Callable[[structures.SignerInfo], None]:
    def apply(signer: structures.SignerInfo) -> None:
        attributes = _attributes(signer)
        again = [each for each in attributes if each.type.dotted_string == oid]
        signer.signed_attributes = asn1.SetOf([*attributes, *again])

    return apply


def _two_values(oid: str) -> Callable[[structures.SignerInfo], None]:
    def apply(signer: structures.SignerInfo) -> None:
        attributes = _attributes(signer)
        for each in attributes:
            if each.type.dotted_string == oid:
                each.values = asn1.SetOf(each.values.as_list() * 2)
        signer.signed_attributes = asn1.SetOf(attributes)

    return apply


def _replaced(oid: str, value: bytes) -> Callable[[structures.SignerInfo], None]:
    def apply(signer: structures.SignerInfo) -> None:
        attributes = _attributes(signer)
        for each in attributes:
            if each.type.dotted_string == oid:
                each.values = asn1.SetOf([asn1.decode_der(asn1.TLV, value)])
        signer.signed_attributes = asn1.SetOf(attributes)

    return apply


def _empty_unsigned(signer: structures.SignerInfo) -> None:
    signer.unsigned_attributes = asn1.SetOf([])


CONTRADICTIONS = {
    "a version that does not follow": (_set_version, "version"),
    "a signer version that does not follow": (_set_signer_version, "version"),
    "no signer": (_drop_signers, "0 signers"),
    "a digest algorithm nobody uses": (_add_digest_algorithm, "digest algorithms"),
    "a digest algorithm twice": (_double_digest_algorithm, "digest algorithms"),
    "a certificate twice": (_double_certificate, "twice"),
    "no certificate in the field": (_empty_certificates, "0 certificates"),
    "other content": (_other_content_type, "plain data"),
    "revocation lists": (_add_crl, "revocation lists"),
    "digest and signature of two sizes": (_with_signer(_set_digest_512), "does not go with digest"),
    "a signature that is not the key's": (_with_signer(_set_signature_512), "signer's key"),
    "an outdated algorithm": (_with_signer(_set_unknown_algorithm), "not supported"),
    "no content type": (_with_signer(_without(structures.CONTENT_TYPE)), "0 values"),
    "no digest": (_with_signer(_without(structures.MESSAGE_DIGEST)), "0 values"),
    "an attribute twice": (_with_signer(_doubled(structures.SIGNING_TIME)), "twice"),
    "two digests": (_with_signer(_two_values(structures.MESSAGE_DIGEST)), "2 values"),
    "two certificate references": (_with_signer(_two_values(structures.SIGNING_CERTIFICATE_V2)), "2 values"),
    "another signed content type": (_with_signer(_replaced(structures.CONTENT_TYPE, b"\x06\x01\x2a")), "content type"),
    "a short digest": (_with_signer(_replaced(structures.MESSAGE_DIGEST, b"\x04\x01\x00")), "length"),
    "a digest of another type": (_with_signer(_replaced(structures.MESSAGE_DIGEST, b"\x05\x00")), "strict DER"),
    "a time of another type": (_with_signer(_replaced(structures.SIGNING_TIME, b"\x0c\x01a")), "strict DER"),
    "no certificate referred to": (
        _with_signer(_replaced(structures.SIGNING_CERTIFICATE_V2, b"\x30\x02\x30\x00")),
        "names no certificate",
    ),
    "empty unsigned attributes": (_with_signer(_empty_unsigned), "present and empty"),
}


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_a_contradiction_is_refused(name: str, signature: bytes) -> None:
    change, problem = CONTRADICTIONS[name]
    with pytest.raises(MalformedError, match=problem):
        read_signed_data(changed(signature, change))


def test_too_many_signers_are_refused(signature: bytes) -> None:
    def multiply(data: structures.SignedData) -> None:
        data.signer_infos = asn1.SetOf(data.signer_infos.as_list() * (cms.MAX_SIGNERS + 1))

    with pytest.raises(MalformedError, match="65 signers"):
        read_signed_data(changed(signature, multiply))
