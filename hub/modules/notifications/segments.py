"""How many SMS a text is billed as, by 3GPP 23.038 and 23.040. Pure, and exact.

One letter outside the alphabet of GSM turns the whole text into UCS-2. A text that doesn't fit into one SMS loses six
bytes of each part to the header that joins them, and neither an escaped letter nor a surrogate pair is cut in two.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_ESCAPED = frozenset("\f^{}\\[~]|€")
_LARGEST_BMP = 0xFFFF


class Encoding(StrEnum):
    """The alphabet a text is sent in."""

    GSM_7 = "gsm_7"
    UCS_2 = "ucs_2"


@dataclass(frozen=True, slots=True, kw_only=True)
class Segments:
    """What a text takes.

    Attributes:
        encoding: The alphabet it needs.
        units: Its length as it is counted: septets (an escaped letter is two), or 16-bit units (an emoji is two).
        parts: How many SMS it is sent and billed as.
        left: How many more units fit into the last part.
    """

    encoding: Encoding
    units: int
    parts: int
    left: int


@dataclass(frozen=True, slots=True)
class _Room:
    alone: int
    joined: int


_ROOM = {Encoding.GSM_7: _Room(alone=160, joined=153), Encoding.UCS_2: _Room(alone=70, joined=67)}


def count_segments(text: str) -> Segments:
    """Count a text's units and parts. An empty text is one empty SMS."""
    encoding = _encoding(text)
    sizes = [_size(letter, encoding) for letter in text]
    units, room = sum(sizes), _ROOM[encoding]
    if units <= room.alone:
        return Segments(encoding=encoding, units=units, parts=1, left=room.alone - units)
    parts, used = _filled(sizes, room.joined)
    return Segments(encoding=encoding, units=units, parts=parts, left=room.joined - used)


def _encoding(text: str) -> Encoding:
    return Encoding.GSM_7 if set(text) <= _GSM | _GSM_ESCAPED else Encoding.UCS_2


def _size(letter: str, encoding: Encoding) -> int:
    is_double = letter in _GSM_ESCAPED if encoding is Encoding.GSM_7 else ord(letter) > _LARGEST_BMP
    return 2 if is_double else 1


def _filled(sizes: Iterable[int], room: int) -> tuple[int, int]:
    """Fill parts one after the other; return how many, and what the last one holds."""
    parts, used = 1, 0
    for size in sizes:
        if used + size > room:
            parts, used = parts + 1, 0
        used += size
    return parts, used
