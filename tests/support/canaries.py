"""Values that are found wherever they turn up: planted in every personal field of a request, looked for as written in
any of the usual ways."""

import base64
import json
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import quote

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.struct_pb2 import Struct

from landhub.common.v1 import options_pb2

T = TypeVar("T", str, bytes)

_INN_WEIGHTS = (7, 2, 4, 10, 3, 5, 9, 4, 6, 8)


@dataclass(slots=True)
class Aviary:
    """Makes canaries and remembers by which field each flew in; a name is a field's full name, or what the test says.

    Attributes:
        planted: The canaries, text or bytes, by name.
    """

    planted: dict[str, list[str | bytes]] = field(default_factory=dict)
    _count: int = 0

    def text(self, name: str) -> str:
        """Make a Russian word no one else has."""
        number = self._next()
        letters = "".join("абвгдежзик"[int(digit)] for digit in f"{number:04}")
        return self.keep(name, f"Канарейкина{letters}")

    def content(self, name: str) -> bytes:
        """Make a document's bytes."""
        return self.keep(name, f"канарейка документа № {self._next():04}, и больше ничего".encode())

    def inn(self, name: str) -> str:
        """Make a person's ИНН with good check digits."""
        digits = [int(digit) for digit in f"770197{self._next():04}"]
        digits.append(sum(a * b for a, b in zip(_INN_WEIGHTS, digits, strict=True)) % 11 % 10)
        digits.append(sum(a * b for a, b in zip((3, *_INN_WEIGHTS), digits, strict=True)) % 11 % 10)
        return self.keep(name, "".join(map(str, digits)))

    def snils(self, name: str) -> str:
        """Make a СНИЛС with good check digits."""
        body = f"19764{self._next():04}"
        check = sum((9 - index) * int(digit) for index, digit in enumerate(body)) % 101 % 100
        return self.keep(name, f"{body}{check:02}")

    def ogrnip(self, name: str) -> str:
        """Make an ОГРНИП with a good check digit."""
        body = f"3209764{self._next():07}"
        return self.keep(name, f"{body}{int(body) % 13 % 10}")

    def keep(self, name: str, canary: T) -> T:
        """Remember a canary made elsewhere."""
        self.planted.setdefault(name, []).append(canary)
        return canary

    def plant(self, message: Message) -> None:
        """Put a canary into every personal or secret text and document that the request has set."""
        for descriptor, value in message.ListFields():
            if is_personal(descriptor) and isinstance(value, MutableMapping | Struct):
                for key in list(value):
                    value[key] = self.text(descriptor.full_name)
            elif descriptor.message_type is not None and descriptor.message_type.GetOptions().map_entry:
                continue
            elif descriptor.message_type is not None:
                for inner in value if descriptor.is_repeated else (value,):
                    self.plant(inner)
            elif is_personal(descriptor) and descriptor.name != "cms":  # a CMS is signed over, so it comes ready made
                setattr(message, descriptor.name, self._canary(descriptor))

    def _canary(self, descriptor: FieldDescriptor) -> str | bytes:
        name = descriptor.full_name
        match descriptor.name:
            case "inn":
                return self.inn(name)
            case "snils":
                return self.snils(name)
            case "ogrnip":
                return self.ogrnip(name)
            case "email":
                return self.keep(name, f"kanareyka{self._next():04}@example.ru")
            case "telegram_chat" | "max_user":
                return self.keep(name, f"90176{self._next():09}")
            case "phone":
                return self.keep(name, f"+7901764{self._next():04}")
            case "client_id":
                return self.keep(name, f"kanareyka-client-{self._next():04}")
            case _ if descriptor.type == FieldDescriptor.TYPE_BYTES:
                return self.content(name)
            case _:
                return self.text(name)

    def _next(self) -> int:
        self._count += 1
        return self._count


def is_personal(descriptor: FieldDescriptor) -> bool:
    """Whether a field is personal data or a secret."""
    options = descriptor.GetOptions().Extensions[options_pb2.field]
    return bool(options.personal or options.secret)


def personal_fields(message: Descriptor, seen: frozenset[str] = frozenset()) -> set[str]:
    """Full names of the personal and secret fields in a message and all it holds."""
    if message.full_name in seen:
        return set()
    found = {descriptor.full_name for descriptor in message.fields if is_personal(descriptor)}
    for descriptor in message.fields:
        if descriptor.message_type is not None:
            found |= personal_fields(descriptor.message_type, seen | {message.full_name})
    return found


def find(planted: Mapping[str, Iterable[str | bytes]], places: Iterable[tuple[str, bytes]]) -> list[str]:
    """Return, one a line, which canary is where and how it is written."""
    written = [
        (name, way, needle)
        for name, canaries in planted.items()
        for canary in canaries
        for way, needle in spellings(canary)
    ]
    return [
        f"{place}: the canary of {name}, as {way}"
        for place, haystack in places
        for name, way, needle in written
        if needle in haystack
    ]


def spellings(canary: str | bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the ways a value may be written."""
    if isinstance(canary, str):
        for encoding in ("utf-16-le", "utf-16-be", "cp1251"):
            yield encoding, canary.encode(encoding)
        yield "JSON", json.dumps(canary)[1:-1].encode()
        yield "XML", canary.encode("ascii", "xmlcharrefreplace")
        yield "Python", ascii(canary)[1:-1].encode()
    plain = canary.encode() if isinstance(canary, str) else canary
    yield "bytes", plain
    yield "URL", quote(plain).encode()
    yield "url", quote(plain).lower().encode()
    yield "hex", plain.hex().encode()
    yield "HEX", plain.hex().upper().encode()
    yield "protobuf text", "".join(chr(byte) if 32 <= byte < 127 else f"\\{byte:03o}" for byte in plain).encode()
    for shift in range(3):
        # Base64 of what stands somewhere within other bytes: the letters that depend on nothing but the canary.
        letters = base64.b64encode(b"\0" * shift + plain)
        inner = letters[4 if shift else 0 : len(letters) // 4 * 4 - 4]
        yield f"base64, {shift} off", inner
        yield f"base64url, {shift} off", inner.translate(bytes.maketrans(b"+/", b"-_"))
