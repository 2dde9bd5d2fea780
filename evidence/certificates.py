"""Certificates and revocation lists as the file has them: PEM in one form, each of them needed."""

import base64
import binascii
import re
from collections.abc import Iterable, Sequence
from typing import Final

from cryptography import x509

from evidence.container import EvidenceError
from gost.certificate import CertificateFacts, read_certificate
from gost.errors import MalformedError
from gost.report import ChainElement

_CERTIFICATE: Final = "CERTIFICATE"
_CRL: Final = "X509 CRL"
_BLOCK: Final = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----\n([A-Za-z0-9+/=\n]+)-----END \1-----\n")
_LINE: Final = 64


def pem_of_certificates(ders: Iterable[bytes]) -> bytes:
    """Certificates as the file has them."""
    return b"".join(_pem(_CERTIFICATE, der) for der in ders)


def pem_of_crls(ders: Iterable[bytes]) -> bytes:
    """Revocation lists as the file has them."""
    return b"".join(_pem(_CRL, der) for der in ders)


def read_chain(data: bytes) -> Sequence[CertificateFacts]:
    """The certificates of a part. Raises EvidenceError."""
    try:
        return [read_certificate(der) for der in _ders(data, _CERTIFICATE)]
    except MalformedError as error:
        raise EvidenceError("a certificate can't be read") from error


def read_crls(data: bytes) -> Sequence[bytes]:
    """The revocation lists of a part, DER. Raises EvidenceError."""
    return _ders(data, _CRL)


def crl_ders(data: bytes) -> Sequence[bytes]:
    """Revocation lists of a file of any kind, PEM or DER, as DER. Raises EvidenceError."""
    if not data.lstrip().startswith(b"-----BEGIN"):
        return [data]
    try:
        blocks = _BLOCK.findall(data.replace(b"\r\n", b"\n"))
        return [base64.b64decode(body) for label, body in blocks if label == _CRL.encode()]
    except binascii.Error as error:
        raise EvidenceError("a revocation list can't be read") from error


def superfluous(certificates: Sequence[CertificateFacts], crls: Sequence[bytes], chain: Sequence[ChainElement]) -> str:
    """What is in the file and proves nothing, as a sentence; empty if all is needed.

    What nothing vouches for would be beyond verification, so it may not be there.
    """
    in_chain = {element.certificate.der for element in chain}
    if any(certificate.der not in in_chain for certificate in certificates):
        return "it holds a certificate that does not belong to the signer's chain, nor to that of its timestamp"
    names = [issuer_of_crl(crl) for crl in crls]
    issuers = {element.certificate.issuer_der for element in chain}
    if len(set(names)) != len(names) or not set(names) <= issuers:
        return "it holds a revocation list that no certificate of the chain needs"
    return ""


def issuer_of_crl(der: bytes) -> bytes:
    """The issuer's name of a revocation list, DER. Raises EvidenceError."""
    return parsed_crl(der).issuer.public_bytes()


def parsed_crl(der: bytes) -> x509.CertificateRevocationList:
    """A revocation list, parsed. Raises EvidenceError."""
    try:
        return x509.load_der_x509_crl(der)
    except (ValueError, TypeError) as error:
        raise EvidenceError("a revocation list can't be read") from error


def _ders(data: bytes, label: str) -> Sequence[bytes]:
    try:
        found = [base64.b64decode(body) for _, body in _BLOCK.findall(data)]
    except binascii.Error as error:
        raise EvidenceError("its PEM can't be read") from error
    if b"".join(_pem(label, der) for der in found) != data:
        raise EvidenceError("its PEM is not in the one form that evidence has")
    return found


def _pem(label: str, der: bytes) -> bytes:
    body = base64.b64encode(der).decode()
    lines = [body[start : start + _LINE] for start in range(0, len(body), _LINE)]
    return "\n".join((f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", "")).encode()
