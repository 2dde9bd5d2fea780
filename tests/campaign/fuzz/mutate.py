"""Makes bad requests out of good ones: each field at its edges, and the bytes themselves bent."""

from collections.abc import Callable, Sequence
from random import Random
from typing import Any, TypeVar

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

T = TypeVar("T")

LARGE_BYTES = 1 << 20
MESSAGE_BYTES = 17 << 20
"""A little more than a hub takes."""

DEPTH = 6
"""How deep a message made from nothing goes."""

TEXTS = (
    "", " ", "\0", "\x00\x1f\x7f", "a" * 65, "я" * 129, "a" * 1025, "\u202e\u200b\ufeff", "é", "e\u0301", "😀" * 20,
    "٣" * 12, "½", "'; DROP TABLE outbox_jobs; --", "../../../../etc/passwd", "%s%n{0}${jndi:ldap}",
    "<![CDATA[<x/>]]>&#0;&lt;",
    "\ud7ff\ue000\uffff", "\r\nX: y", "null", "NaN", "-0", "1e400", "0", "-1", "9" * 40, "2025-02-30", "0000-00-00",
    "9999-12-31", "50:20:0010101:101", "00:00:000000:0", "50:20:0010101:404", "RUB", "USD", "zzz", "0" * 40, "f" * 40,
    "00000000-0000-0000-0000-000000000000", "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF", "502099000124", "5020990001",
    "000000000000",
    "rosreestr.Registration/x", "rosreestr.Registration/", "/", "rosreestr", "rosreestr.xml_gateway", "*", "[",
    "(?:a+)+$",
    "x" * LARGE_BYTES,
)  # fmt: skip
WHOLES = (
    0,
    1,
    -1,
    2,
    63,
    64,
    65,
    255,
    499,
    500,
    501,
    65_536,
    2**31 - 1,
    -(2**31),
    2**32 - 1,
    2**53,
    2**63 - 1,
    -(2**63),
    2**64 - 1,
)
REALS = (0.0, -0.0, 1.5, float("inf"), float("-inf"), float("nan"), 1e308)
TIMES = (
    0,
    1,
    -1,
    253_402_300_799,
    253_402_300_800,
    -62_135_596_800,
    -62_135_596_801,
    2**63 - 1,
    -(2**63),
    315_576_000_001,
)
NANOS = (0, 1, -1, 999_999_999, 1_000_000_000, 2**31 - 1, -(2**31))
BLOBS = (
    b"", b"\0", b"\xff" * 16, b"\x30\x80" * 2000, b"\x30\x80\x30\x80\0\0\0\0", b"\x30\x84\xff\xff\xff\xff", b"0" * 31,
    b"0" * 32, b"0" * 64, b"0" * 65, b"\x0b" * 3000, b"-----BEGIN CMS-----\nAAAA\n-----END CMS-----\n", b"PK\x03\x04",
    b"<?xml version='1.0'?>",
    b"x" * LARGE_BYTES,
)  # fmt: skip


def found(value: T | None) -> T:
    """What the descriptor of such a field has."""
    assert value is not None
    return value


class Mutator:
    """Bends messages by one source of randomness: the same seed, the same bad requests."""

    def __init__(self, *, rng: Random) -> None:
        self._rng = rng

    def bent(self, message: Message) -> Message:
        """A copy with one to six fields at their edges."""
        result = type(message)()
        result.CopyFrom(message)
        for _ in range(self._rng.choice((1, 1, 1, 2, 3, 6))):
            self._bend(result, 0)
        return result

    def fresh(self, descriptor: Descriptor, depth: int = 0) -> Message:
        """A message from nothing, most of its fields set."""
        result: Message = GetMessageClass(descriptor)()
        for field in descriptor.fields:
            if depth < DEPTH and self._rng.random() < 0.7:
                self._set(result, field, depth)
        return result

    def wire(self, data: bytes) -> bytes:
        """The bytes, bent in one to four places."""
        bent = bytearray(data)
        for _ in range(self._rng.randint(1, 4)):
            self._rng.choice(self._bends())(bent)
        return bytes(bent)

    def _bend(self, message: Message, depth: int) -> None:
        fields: Any = message.DESCRIPTOR.fields
        if not fields:
            return
        there: list[FieldDescriptor] = [field for field, _ in message.ListFields() if field.message_type is not None]
        # Good requests are deep: half of the time go where something is, so that the bottom is reached too.
        field: FieldDescriptor = self._rng.choice(there if there and self._rng.random() < 0.5 else fields)
        if field.is_repeated:
            self._bend_repeated(message, field, depth)
        elif field.message_type is None or depth >= DEPTH:
            self._set(message, field, depth)
        else:
            match self._rng.randrange(8):
                case 0:
                    message.ClearField(field.name)
                case 1:
                    self._set(message, field, depth)
                case _:
                    child = getattr(message, field.name)
                    child.SetInParent()
                    self._bend(child, depth + 1)

    def _bend_repeated(self, message: Message, field: FieldDescriptor, depth: int) -> None:
        values: Any = getattr(message, field.name)
        if _is_map(field):
            self._bend_map(message, field, depth)
            return
        match self._rng.randrange(5):
            case 0:
                message.ClearField(field.name)
            case 1 if values:
                most = MESSAGE_BYTES // (message.ByteSize() + 1) + 1
                for _ in range(min(most, self._rng.choice((1, 63, 64, 256, 1000)))):
                    values.append(values[0])
            case 2 if values:
                del values[self._rng.randrange(len(values))]
            case 3 if values and field.message_type is not None:
                self._bend(self._rng.choice(values), depth + 1)
            case _:
                self._set(message, field, depth)

    def _bend_map(self, message: Message, field: FieldDescriptor, depth: int) -> None:
        values: Any = getattr(message, field.name)
        if self._rng.randrange(4) == 0:
            message.ClearField(field.name)
        elif values and self._rng.randrange(3) == 0:
            del values[self._rng.choice(sorted(values))]
        else:
            self._set(message, field, depth)

    def _set_entry(self, values: Any, entry: Descriptor, depth: int) -> None:
        key, value = entry.fields_by_name["key"], entry.fields_by_name["value"]
        name = self._value(key, depth)
        if value.message_type is not None:
            values[name].CopyFrom(self._value(value, depth))
        else:
            values[name] = self._value(value, depth)

    def _set(self, message: Message, field: FieldDescriptor, depth: int) -> None:
        if _is_map(field):
            for _ in range(self._rng.choice((1, 1, 2, 5))):
                self._set_entry(getattr(message, field.name), found(field.message_type), depth)
        elif field.is_repeated:
            values: Any = getattr(message, field.name)
            for _ in range(self._rng.choice((1, 1, 2, 5))):
                values.append(self._value(field, depth))
        elif field.message_type is not None:
            getattr(message, field.name).CopyFrom(self._value(field, depth))
        else:
            setattr(message, field.name, self._value(field, depth, now=getattr(message, field.name)))

    def _value(self, field: FieldDescriptor, depth: int, *, now: Any = None) -> Any:
        rng = self._rng
        match field.cpp_type:
            case FieldDescriptor.CPPTYPE_MESSAGE:
                return self.fresh(found(field.message_type), depth + 1)
            case FieldDescriptor.CPPTYPE_STRING:
                if field.type == FieldDescriptor.TYPE_BYTES:
                    return self.wire(now) if now and rng.random() < 0.7 else rng.choice(BLOBS)
                return self._bent_text(now) if now and rng.random() < 0.3 else rng.choice(TEXTS)
            case FieldDescriptor.CPPTYPE_ENUM:
                return rng.choice(
                    (*(value.number for value in found(field.enum_type).values), -1, 99, 2**31 - 1, -(2**31))
                )
            case FieldDescriptor.CPPTYPE_BOOL:
                return rng.random() < 0.5
            case FieldDescriptor.CPPTYPE_DOUBLE | FieldDescriptor.CPPTYPE_FLOAT:
                return rng.choice(REALS)
        return rng.choice([whole for whole in _wholes(field) if _fits(field, whole)])

    def _bent_text(self, text: str) -> str:
        place = self._rng.randrange(len(text))
        return self._rng.choice(
            (text[:place], text[place:], text[:place] + "\0" + text[place:], text + text, text.upper(), text[::-1],
             text[:place] + self._rng.choice("09az/ёЁ\u0300\u2028'\"<&") + text[place + 1 :])
        )  # fmt: skip

    def _bends(self) -> Sequence[Callable[[bytearray], None]]:
        return (self._flip, self._flip, self._cut, self._insert, self._double, self._overwrite)

    def _place(self, data: bytearray) -> int:
        return self._rng.randrange(len(data) + 1)

    def _flip(self, data: bytearray) -> None:
        if data:
            data[self._rng.randrange(len(data))] ^= 1 << self._rng.randrange(8)

    def _cut(self, data: bytearray) -> None:
        place = self._place(data)
        del data[place : place + self._rng.choice((1, 2, 16, len(data)))]

    def _insert(self, data: bytearray) -> None:
        place = self._place(data)
        pieces = (
            self._rng.randbytes(8),
            b"\xff" * 10, b"\x0b" * 200, b"\x0a\xff\xff\xff\xff\x07", b"\x80" * 9 + b"\x01", b"\x00",
            b"\xf8\xff\xff\xff\x0f\x01", b"\x0a\x02\xc3\x28", b"\x0c", b"\x0a\x00" * 500,
        )  # fmt: skip
        data[place:place] = self._rng.choice(pieces)

    def _double(self, data: bytearray) -> None:
        place = self._place(data)
        data[place:place] = data[place : place + self._rng.choice((1, 8, 64))]

    def _overwrite(self, data: bytearray) -> None:
        place = self._place(data)
        data[place : place + 4] = self._rng.randbytes(4)


def _wholes(field: FieldDescriptor) -> Sequence[int]:
    of = field.containing_type.full_name if field.containing_type else ""
    if of in {"google.protobuf.Timestamp", "google.protobuf.Duration"}:
        return NANOS if field.name == "nanos" else TIMES
    return WHOLES


def _fits(field: FieldDescriptor, whole: int) -> bool:
    match field.cpp_type:
        case FieldDescriptor.CPPTYPE_INT32:
            return -(2**31) <= whole < 2**31
        case FieldDescriptor.CPPTYPE_UINT32:
            return 0 <= whole < 2**32
        case FieldDescriptor.CPPTYPE_UINT64:
            return 0 <= whole < 2**64
    return -(2**63) <= whole < 2**63


def _is_map(field: FieldDescriptor) -> bool:
    entry = field.message_type
    return field.is_repeated and entry is not None and entry.GetOptions().map_entry
