"""The names in certificates as text, Russian attributes by name; read leanly, since every new signer brings one."""

import contextlib
import functools
import threading
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from cryptography import x509
from cryptography.hazmat import asn1

# Federal Law 63-FZ and FSB order 795 name these; short names as in OpenSSL
_RUSSIAN_OIDS: Final = {
    "1.2.643.3.131.1.1": "INN",
    "1.2.643.100.4": "INNLE",
    "1.2.643.100.1": "OGRN",
    "1.2.643.100.5": "OGRNIP",
    "1.2.643.100.3": "SNILS",
    "2.5.4.4": "SN",
    "2.5.4.42": "GN",
    "2.5.4.12": "T",
    "1.2.840.113549.1.9.1": "E",
}
RUSSIAN_NAMES: Final = {x509.ObjectIdentifier(oid): name for oid, name in _RUSSIAN_OIDS.items()}

# RFC 4514 section 3, as `cryptography` writes them
_SHORT_NAMES: Final = _RUSSIAN_OIDS | {
    "2.5.4.3": "CN",
    "2.5.4.7": "L",
    "2.5.4.8": "ST",
    "2.5.4.10": "O",
    "2.5.4.11": "OU",
    "2.5.4.6": "C",
    "2.5.4.9": "STREET",
    "0.9.2342.19200300.100.1.25": "DC",
    "0.9.2342.19200300.100.1.1": "UID",
}
_ESCAPES: Final = str.maketrans({each: f"\\{each}" for each in '\\"+,;<>'} | {"\0": "\\00"})

_COMMON_STRINGS: Final = frozenset({b"\x0c", b"\x12", b"\x13", b"\x16"})  # UTF8, Numeric, Printable and IA5String

_CACHED_NAMES: Final = 256


@dataclass(frozen=True, slots=True)
class Name:
    """An RFC 4514 string, and the attributes by dotted OID; of one that is there twice the last."""

    text: str
    attributes: Mapping[str, str]


@asn1.sequence
class _Attribute:
    type: x509.ObjectIdentifier
    value: asn1.TLV


@asn1.sequence
class _Wrapped:
    """A name in a sequence of its own: the codec reads no bare list."""

    name: asn1.TLV


@asn1.sequence
class _Opened:
    """The same bytes, looked into."""

    name: list[asn1.SetOf[_Attribute]]


def read_name(der: bytes) -> Name:
    """Read a Name (RFC 5280 4.1.2.4).

    Raises:
        ValueError: it is none, or one of its texts is not in the encoding it claims.
        TypeError: an attribute has a value of a type that it can't have.
    """
    return _plain(der) or _any(der)


@functools.lru_cache(maxsize=_CACHED_NAMES)
def read_issuer_name(der: bytes) -> Name:
    """The same, remembered: signers are many and their issuers few."""
    return read_name(der)


def _plain(der: bytes) -> Name | None:
    """A name as nearly all are, one attribute after the other in strings of the common types; None of another kind.

    ``cryptography`` takes five times as long, and what it warns of must be kept down.
    """
    wrapped = asn1.encode_der(_Wrapped(name=asn1.decode_der(asn1.TLV, der)))
    texts = []
    attributes = {}
    for together in asn1.decode_der(_Opened, wrapped).name:
        attribute, *others = together.as_list() or (None,)
        if others or attribute is None or attribute.value.tag_bytes not in _COMMON_STRINGS:
            return None
        oid = attribute.type.dotted_string
        value = attributes[oid] = str(attribute.value.data, "utf-8")
        texts.append(f"{_SHORT_NAMES.get(oid, oid)}={_escaped(value)}")
    return Name(",".join(reversed(texts)), attributes)


def _escaped(value: str) -> str:
    """RFC 4514 2.4."""
    escaped = value.translate(_ESCAPES)
    if value[:1] == "#" or (value[:1] == " " and len(value) > 1):
        escaped = f"\\{escaped}"
    return f"{escaped[:-1]}\\ " if value[-1:] == " " else escaped


def _any(der: bytes) -> Name:
    with tolerating_long_names():
        name = x509.Name.from_bytes(der)
    attributes = {attribute.oid.dotted_string: str(attribute.value) for attribute in name}
    return Name(name.rfc4514_string(RUSSIAN_NAMES), attributes)


@contextlib.contextmanager
def tolerating_long_names() -> Iterator[None]:
    """Keep ``cryptography`` from warning of names over 64 characters, which Russian organisations often have."""
    with _WARNINGS, warnings.catch_warnings():  # the filters belong to the process, so one thread at a time
        warnings.simplefilter("ignore", UserWarning)
        yield


_WARNINGS: Final = threading.Lock()
