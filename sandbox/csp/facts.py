"""What certmgr shows of a certificate, read with an X.509 library: at set-up, and where a tool is handed a file."""

import hashlib
from typing import Any

from cryptography import x509

_SHORT_NAMES = {
    "1.2.643.3.131.1.1": "INN",
    "1.2.643.100.4": "INNLE",
    "1.2.643.100.1": "OGRN",
    "1.2.643.100.5": "OGRNIP",
    "1.2.643.100.3": "SNILS",
    "1.2.840.113549.1.9.1": "E",
    "2.5.4.3": "CN",
    "2.5.4.4": "SN",
    "2.5.4.6": "C",
    "2.5.4.7": "L",
    "2.5.4.8": "S",
    "2.5.4.9": "STREET",
    "2.5.4.10": "O",
    "2.5.4.11": "OU",
    "2.5.4.12": "T",
    "2.5.4.42": "G",
}
# Algorithm names stay Russian whatever the labels' language; the size is that of the point
_PUBLIC_KEYS = {
    "1.2.643.7.1.1.3.2": ("ГОСТ Р 34.11-2012/34.10-2012 256 бит", "ГОСТ Р 34.10-2012 256 бит (512 bits)"),
    "1.2.643.7.1.1.3.3": ("ГОСТ Р 34.11-2012/34.10-2012 512 бит", "ГОСТ Р 34.10-2012 512 бит (1024 bits)"),
}


def thumbprint_of(der: bytes) -> str:
    """SHA-1, lower-case."""
    return hashlib.sha1(der, usedforsecurity=False).hexdigest()


def certificate_facts(der: bytes) -> dict[str, Any]:
    """The facts of a listing. Raises ValueError for what is no certificate."""
    certificate = x509.load_der_x509_certificate(der)
    oid = certificate.signature_algorithm_oid.dotted_string
    signature, public_key = _PUBLIC_KEYS.get(oid, (oid, oid))
    return {
        "issuer": _name(certificate.issuer),
        "subject": _name(certificate.subject),
        "serial": _hex(certificate.serial_number),
        "key_id": _key_id(certificate),
        "signature_algorithm": signature,
        "public_key": public_key,
        "not_before": f"{certificate.not_valid_before_utc:%d/%m/%Y %H:%M:%S}",
        "not_after": f"{certificate.not_valid_after_utc:%d/%m/%Y %H:%M:%S}",
        "crl_urls": _crl_urls(certificate),
        "usages": ["1.3.6.1.5.5.7.3.4 Защищенная электронная почта", "1.3.6.1.5.5.7.3.2 Проверка подлинности клиента"],
    }


def _name(name: x509.Name) -> list[tuple[str, str]]:
    return [(_SHORT_NAMES.get(part.oid.dotted_string, part.oid.dotted_string), str(part.value)) for part in name]


def _hex(number: int) -> str:
    text = f"{number:X}"
    return text if len(text) % 2 == 0 else "0" + text


def _key_id(certificate: x509.Certificate) -> str:
    try:
        return certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest.hex()
    except x509.ExtensionNotFound:
        return ""


def _crl_urls(certificate: x509.Certificate) -> list[str]:
    try:
        points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except x509.ExtensionNotFound:
        return []
    return [name.value for point in points for name in point.full_name or ()]
