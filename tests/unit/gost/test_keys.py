"""Raw signatures against RFC 7091's examples and an independent implementation; opening and closing private keys."""

import base64
import ctypes
from typing import Any

import gostcrypto
import pytest
from cryptography import x509
from cryptography.hazmat import asn1

from gost import digest, libcrypto
from gost.certificate import PublicKeyAlgorithm
from gost.digest import DigestAlgorithm
from gost.errors import KeyClosedError, KeyFormatError, MalformedError, UnsupportedAlgorithmError, WrongPassphraseError
from gost.keys import PrivateKey, PublicKey
from tests.unit.gost.pki import KEY_KINDS, Authority, OpenSsl, Owner

# RFC 7091 section 7 (256 bit) and GOST R 34.10-2012 annex A.2 (512 bit): key, curve, digest, Qx, Qy, e, r, s
STANDARD_EXAMPLES = [
    (
        PublicKeyAlgorithm.GOST_R_34_10_2012_256,
        "1.2.643.2.2.35.0",
        "1.2.643.7.1.1.2.2",
        "7f2b49e270db6d90d8595bec458b50c58585ba1d4e9b788f6689dbd8e56fd80b",
        "26f1b489d6701dd185c8413a977b3cbbaf64d1c593d26627dffb101a87ff77da",
        "2dfbc1b372d89a1188c09c52e0eec61fce52032ab1022e8e67ece6672b043ee5",
        "41aa28d2f1ab148280cd9ed56feda41974053554a42767b83ad043fd39dc0493",
        "01456c64ba4642a1653c235a98a60249bcd6d3f746b631df928014f6c5bf9c40",
    ),
    (
        PublicKeyAlgorithm.GOST_R_34_10_2012_512,
        "1.2.643.7.1.2.1.2.0",
        "1.2.643.7.1.1.2.3",
        (
            "115dc5bc96760c7b48598d8ab9e740d4c4a85a65be33c1815b5c320c854621dd"
            "5a515856d13314af69bc5b924c8b4ddff75c45415c1d9dd9dd33612cd530efe1"
        ),
        (
            "37c7c90cd40b0f5621dc3ac1b751cfa0e2634fa0503b3d52639f5d7fb72afd61"
            "ea199441d943ffe7f0c70a2759a3cdb84c114e1f9339fdf27f35eca93677beec"
        ),
        (
            "3754f3cfacc9e0615c4f4a7c4d8dab531b09b6f9c170c533a71d147035b0c591"
            "7184ee536593f4414339976c647c5d5a407adedb1d560c4fc6777d2972075b8c"
        ),
        (
            "2f86fa60a081091a23dd795e1e3c689ee512a3c82ee0dcc2643c78eea8fcacd3"
            "5492558486b20f1c9ec197c90699850260c93bcbcd9c5c3317e19344e173ae36"
        ),
        (
            "1081b394696ffe8e6585e7a9362d26b6325f56778aadbc081c0bfbe933d52ff5"
            "823ce288e8c4f362526080df7f70ce406a6eeb1f56919cb92a9853bde73e5b4a"
        ),
    ),
]
CURVES = {
    "256-TCA": None,
    "256-A": "id-tc26-gost-3410-2012-256-paramSetB",
    "512-A": "id-tc26-gost-3410-12-512-paramSetA",
}


def _tlv(tag: int, content: bytes) -> bytes:
    size = len(content)
    length = bytes((size,)) if size < 128 else bytes((0x81, size))
    return bytes((tag,)) + length + content


def _public_key(algorithm: PublicKeyAlgorithm, curve: str, hash_oid: str, x: str, y: str) -> PublicKey:
    oids = [asn1.encode_der(x509.ObjectIdentifier(oid)) for oid in (algorithm.value, curve, hash_oid)]
    point = _tlv(0x04, bytes.fromhex(x)[::-1] + bytes.fromhex(y)[::-1])
    identifier = _tlv(0x30, oids[0] + _tlv(0x30, oids[1] + oids[2]))
    encoded = _tlv(0x30, identifier + _tlv(0x03, b"\0" + point))
    library = libcrypto.libcrypto()
    prototype = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.POINTER(ctypes.c_char_p), ctypes.c_long)
    key = prototype(("d2i_PUBKEY", library))(None, ctypes.byref(ctypes.c_char_p(encoded)), len(encoded))
    return PublicKey(key=libcrypto.Owned(key, library.EVP_PKEY_free), algorithm=algorithm)


@pytest.mark.parametrize("example", STANDARD_EXAMPLES, ids=["256", "512"])
def test_the_signatures_of_the_standard_verify(
    example: tuple[PublicKeyAlgorithm, str, str, str, str, str, str, str],
) -> None:
    algorithm, curve, hash_oid, x, y, e, r, s = example
    key = _public_key(algorithm, curve, hash_oid, x, y)
    hashed = bytes.fromhex(e)[::-1]  # e is the digest read as a little-endian number
    assert key.verify_digest(hashed, bytes.fromhex(s + r))
    assert not key.verify_digest(hashed, bytes.fromhex(r + s))
    assert not key.verify_digest(hashed[::-1], bytes.fromhex(s + r))


@pytest.mark.parametrize("kind", ["256-A", "512-A"])
def test_an_independent_implementation_agrees_both_ways(kind: str, signers_by_kind: dict[str, Owner]) -> None:
    owner, size = signers_by_kind[kind], 32 if kind.startswith("256") else 64
    oracle = oracle_of(kind)
    key = owner.open_key()
    hashed = digest.digest(key.digest_algorithm, b"document")[
        ::-1
    ]  # the oracle wants the number, most significant first
    public = bytearray(b"".join(part[::-1] for part in point_of(owner, size)))
    ours = key.sign(b"document")
    assert oracle.verify(public, bytearray(hashed), bytearray(ours[size:] + ours[:size]))  # and r || s
    assert not oracle.verify(public, bytearray(hashed), bytearray(ours))
    theirs = bytes(oracle.sign(bytearray(private_number_of(owner, size)), bytearray(hashed)))
    verifier = PublicKey.from_certificate(owner.certificate)
    assert verifier.verify(b"document", theirs[size:] + theirs[:size])
    assert not verifier.verify(b"document", theirs)


def oracle_of(kind: str) -> Any:
    signatures = gostcrypto.gostsignature
    mode = signatures.MODE_256 if kind.startswith("256") else signatures.MODE_512
    return signatures.new(mode, signatures.CURVES_R_1323565_1_024_2019[CURVES[kind]])


def point_of(owner: Owner, size: int) -> tuple[bytes, bytes]:
    """X and Y, little-endian, from the OCTET STRING in the certificate's BIT STRING."""
    header = b"\x04\x40" if size == 32 else b"\x04\x81\x80"
    body = x509.load_der_x509_certificate(owner.certificate.der).tbs_certificate_bytes
    point = body.split(b"\0" + header)[1]
    return point[:size], point[size : 2 * size]


def private_number_of(owner: Owner, size: int) -> bytes:
    """The private key, most significant byte first; it ends the PKCS#8 structure, the other way round."""
    der = base64.b64decode(b"".join(owner.key_file.read_bytes().splitlines()[1:-1]))
    return der[-size:][::-1]


@pytest.mark.parametrize("kind", KEY_KINDS)
def test_what_a_key_signs_its_certificate_verifies(kind: str, signers_by_kind: dict[str, Owner]) -> None:
    key, public = signers_by_kind[kind].open_key(), PublicKey.from_certificate(signers_by_kind[kind].certificate)
    signature = key.sign(b"document")
    assert key.algorithm is public.algorithm
    assert public.verify(b"document", signature)
    assert not public.verify(b"documenT", signature)
    assert not public.verify(b"document", bytes((signature[0] ^ 1,)) + signature[1:])


@pytest.mark.parametrize("garbage", [b"", b"\0" * 64, b"\xff" * 64, b"\1" * 63, b"\1" * 65, b"\1" * 128])
def test_a_garbage_signature_is_merely_wrong(garbage: bytes, signer: Owner) -> None:
    assert not PublicKey.from_certificate(signer.certificate).verify(b"document", garbage)


def test_the_command_line_verifies_a_raw_signature(openssl: OpenSsl, signer: Owner) -> None:
    document, signature, public = (openssl.directory / name for name in ("raw", "raw.sig", "raw.pub"))
    document.write_bytes(b"document")
    signature.write_bytes(signer.open_key().sign(b"document"))
    public.write_bytes(openssl.run("x509", "-in", signer.certificate_file, "-pubkey", "-noout"))
    openssl.run("dgst", "-md_gost12_256", "-verify", public, "-signature", signature, document)
    document.write_bytes(b"documenT")
    openssl.run("dgst", "-md_gost12_256", "-verify", public, "-signature", signature, document, succeeds=False)


def test_a_key_matches_its_own_certificate_only(
    signer: Owner, revoked: Owner, signers_by_kind: dict[str, Owner]
) -> None:
    key = signer.open_key()
    assert key.matches(signer.certificate)
    assert not key.matches(revoked.certificate)
    assert not key.matches(signers_by_kind["RSA"].certificate)


@pytest.fixture(scope="module")
def encrypted_key(openssl: OpenSsl, signer: Owner) -> bytes:
    source = ["-in", signer.key_file, "-passout", "pass:пароль"]
    return openssl.run("pkcs8", "-topk8", "-v2", "aes-256-cbc", *source)


def test_an_encrypted_key_opens_with_its_passphrase(encrypted_key: bytes, signer: Owner) -> None:
    key = PrivateKey.from_pem(encrypted_key, "пароль".encode())
    assert key.matches(signer.certificate)


@pytest.mark.parametrize("passphrase", [None, b"", b"wrong", b"x" * 5000])
def test_an_encrypted_key_without_its_passphrase_is_refused_and_never_prompts(
    encrypted_key: bytes, passphrase: bytes | None
) -> None:
    with pytest.raises(WrongPassphraseError):
        PrivateKey.from_pem(encrypted_key, passphrase)


@pytest.mark.parametrize(
    "data", [b"", b"garbage", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", b"x" * 70_000]
)
def test_what_is_no_private_key_is_refused(data: bytes) -> None:
    with pytest.raises(KeyFormatError):
        PrivateKey.from_pem(data)


def test_a_key_of_another_kind_is_refused(openssl: OpenSsl) -> None:
    with pytest.raises(KeyFormatError, match="none of GOST"):
        PrivateKey.from_pem(openssl.run("genpkey", "-algorithm", "ED25519"))


def test_a_closed_key_signs_nothing_and_may_be_closed_again(signer: Owner) -> None:
    key = signer.open_key()
    key.close()
    key.close()
    with pytest.raises(KeyClosedError):
        key.sign(b"document")
    with pytest.raises(KeyClosedError):
        key.matches(signer.certificate)


def test_a_key_shows_nothing_of_itself(signer: Owner) -> None:
    assert "0x" in repr(signer.open_key())
    assert "BEGIN" not in repr(signer.open_key())


def test_a_certificate_of_another_kind_gives_no_key(openssl: OpenSsl, root: Authority) -> None:
    key, request = openssl.directory / "ed.key", openssl.directory / "ed.crt"
    openssl.run("genpkey", "-algorithm", "ED25519", "-out", key)
    config = ["-config", openssl.directory / "request.cnf"]
    openssl.run("req", "-new", "-x509", "-key", key, "-subj", "/CN=ed", *config, "-out", request)
    certificate = Owner(key, request).certificate
    assert certificate.public_key_algorithm is PublicKeyAlgorithm.OTHER
    with pytest.raises((UnsupportedAlgorithmError, MalformedError)):
        PublicKey.from_certificate(certificate)


def test_every_signing_key_has_its_digest() -> None:
    expected = {
        PublicKeyAlgorithm.GOST_R_34_10_2012_256: DigestAlgorithm.STREEBOG_256,
        PublicKeyAlgorithm.GOST_R_34_10_2012_512: DigestAlgorithm.STREEBOG_512,
        PublicKeyAlgorithm.RSA: DigestAlgorithm.SHA_256,
        PublicKeyAlgorithm.ECDSA: DigestAlgorithm.SHA_256,
    }
    assert {each: each.digest_algorithm for each in expected} == expected
