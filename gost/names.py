"""The names in certificates as text, Russian attributes by name; read leanly, since every new signer brings one."""

import contextlib
import functools
import re
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
_SPECIAL: Final = re.compile(r'[\\"+,;<>\0]|^[# ]| $')
_ESCAPES: Final = str.maketrans({each: f"\\{each}" for each in '\\"+,;<>'} | {"\0": "\\00"})

_KNOWN: Final = {asn1.encode_der(x509.ObjectIdentifier(oid))[1:]: oid for oid in _SHORT_NAMES}  # with its length
# An RDN of one known attribute, as far as its text; the lengths are compared after the match
_SHORT_ATTRIBUTE: Final = re.compile(rb"\x31.\x30.\x06(%b).[\x00-\x7f]" % b"|".join(map(re.escape, _KNOWN)), re.DOTALL)
_PREFIXES: Final = {oid: f"{name}=" for oid, name in _SHORT_NAMES.items()}
_UTF8_STRING: Final = 0x0C
_COMMON_STRINGS: Final = {
    0x12: re.compile(rb"[0-9 ]*"),  # NumericString
    0x13: re.compile(rb"[A-Za-z0-9 '()+,./:=?-]*"),  # PrintableString
    0x16: re.compile(rb"[\x00-\x7f]*"),  # IA5String
}
_SEQUENCE: Final = 0x30
_SET: Final = 0x31
_OBJECT_IDENTIFIER: Final = 0x06
_SHORT_LENGTH: Final = 0x7F

_CACHED_NAMES: Final = 256


@dataclass(frozen=True, slots=True)
class Name:
    """An RFC 4514 string, and the attributes by dotted OID; of one that is there twice the last."""

    text: str
    attributes: Mapping[str, str]


def read_name(der: bytes) -> Name:
    """Read a Name (RFC 5280 4.1.2.4).

    Raises:
        ValueError: it is none, or one of its texts is not in the encoding it claims.
        TypeError: an attribute has a value of a type that it can't have.
    """
    try:
        return _plain(der)
    except _NotPlainError:
        return _any(der)


@functools.lru_cache(maxsize=_CACHED_NAMES)
def read_issuer_name(der: bytes) -> Name:
    """The same, remembered: signers are many and their issuers few."""
    return read_name(der)


class _NotPlainError(Exception):
    """A name that is left to ``cryptography``, be it unusual or wrong."""


def _plain(der: bytes) -> Name:
    """A name as nearly all are: one known attribute after the other, in strings of the common types.

    ``cryptography`` takes five times as long, and what it warns of must be kept down.

    Raises:
        _NotPlainError: it is not exactly that.
        UnicodeDecodeError: a text is not in UTF-8.
    """
    at, end = _opened(der, 0, len(der), _SEQUENCE)
    texts = []
    attributes = {}
    while at < end:
        oid, tag, at, after = _short_attribute(der, at, end) or _attribute(der, at, end)
        if tag != _UTF8_STRING:  # what is in that one, decoding it says
            pattern = _COMMON_STRINGS.get(tag)
            if pattern is None or not pattern.fullmatch(der, at, after):
                raise _NotPlainError
        value = attributes[oid] = der[at:after].decode()
        texts.append(_PREFIXES[oid] + (_escaped(value) if _SPECIAL.search(value) else value))
        at = after
    if end != len(der):
        raise _NotPlainError
    texts.reverse()
    return Name(",".join(texts), attributes)


def _short_attribute(der: bytes, at: int, end: int) -> tuple[str, int, int, int] | None:
    """The attribute that is alone in the RDN at ``at``: OID, tag, where its text begins and ends; None if it is long.

    Does what ``_attribute`` does, in a third of the time.
    """
    found = _SHORT_ATTRIBUTE.match(der, at, end)
    if found is None:
        return None
    start = found.end()
    after = start + der[start - 1]
    size = after - at - 2
    if after > end or der[at + 1] != size or der[at + 3] != size - 2 or size > _SHORT_LENGTH:
        return None
    return _KNOWN[found[1]], der[start - 2], start, after


def _attribute(der: bytes, at: int, end: int) -> tuple[str, int, int, int]:
    """The same, of any length.

    Raises:
        _NotPlainError: it is not alone, or none of those known.
    """
    at, after = _opened(der, at, end, _SET)
    at, after_first = _opened(der, at, after, _SEQUENCE)
    kind, after_kind = _opened(der, at, after, _OBJECT_IDENTIFIER)
    oid = _KNOWN.get(der[kind - 1 : after_kind])
    if oid is None or after_first != after or after_kind == after:
        raise _NotPlainError
    tag = der[after_kind]
    start, after_value = _opened(der, after_kind, after, tag)
    if after_value != after:
        raise _NotPlainError
    return oid, tag, start, after


def _opened(der: bytes, at: int, end: int, tag: int) -> tuple[int, int]:
    """Where the content of the element at ``at`` begins and ends, which has this tag and does not go past ``end``."""
    start = at + 2
    if start > end or der[at] != tag:
        raise _NotPlainError
    size = der[at + 1]
    if size > _SHORT_LENGTH:
        start += size - 0x80
        written = der[at + 2 : start]
        size = int.from_bytes(written)
        if written[:1] in {b"", b"\0"} or size <= _SHORT_LENGTH:  # the shortest form is the only one
            raise _NotPlainError
    if start + size > end:
        raise _NotPlainError
    return start, start + size


def _escaped(value: str) -> str:
    """RFC 4514 2.4, for a value that needs it."""
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
    """Keep ``cryptography`` from warning of names over 64 characters, which Russian organisations often have.

    Nor does it warn then of numbers that are not positive, which bytes of anybody's may hold.
    """
    with _WARNINGS, warnings.catch_warnings():  # the filters belong to the process, so one thread at a time
        warnings.simplefilter("ignore", UserWarning)
        yield


_WARNINGS: Final = threading.Lock()
