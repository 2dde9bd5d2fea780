"""Times that no calendar has: protobuf carries them, and what converts them would break."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from hub.core.errors import FieldViolation

# As the comments of timestamp.proto and duration.proto say: the years 1 to 9999, and ten thousand years either way.
_SECONDS: Mapping[str, tuple[int, int]] = MappingProxyType(
    {
        "google.protobuf.Timestamp": (-62_135_596_800, 253_402_300_799),
        "google.protobuf.Duration": (-315_576_000_000, 315_576_000_000),
    }
)
_NANOS = 1_000_000_000


def impossible_times(message: Message, *, within: str = "") -> Iterator[FieldViolation]:
    """Yield the timestamps and durations of a message, and of all it holds, that are out of their range."""
    for field, value in message.ListFields():
        if field.message_type is None:
            continue
        for path, item in _held(field, value, name=f"{within}{field.name}"):
            if item.DESCRIPTOR.full_name not in _SECONDS:
                yield from impossible_times(item, within=f"{path}.")
            elif not _possible(item):
                yield FieldViolation(field=path, description="out of range", rule_id="time.range")


def _held(field: FieldDescriptor, value: Any, *, name: str) -> list[tuple[str, Any]]:
    """Return the messages that a field holds, each with its path; of a map the values, if they are messages."""
    if field.message_type is not None and field.message_type.GetOptions().map_entry:
        if field.message_type.fields_by_name["value"].message_type is None:
            return []
        return [(f"{name}[{key!r}]", value[key]) for key in value]
    return [(f"{name}[{index}]", item) for index, item in enumerate(value)] if field.is_repeated else [(name, value)]


def _possible(time: Any) -> bool:
    """Durations are negative in both parts or in neither; timestamps count their nanoseconds forward."""
    kind = time.DESCRIPTOR.full_name
    least, most = _SECONDS[kind]
    if kind == "google.protobuf.Duration":
        return bool(least <= time.seconds <= most and abs(time.nanos) < _NANOS and time.seconds * time.nanos >= 0)
    return bool(least <= time.seconds <= most and 0 <= time.nanos < _NANOS)
