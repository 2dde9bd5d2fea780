"""Reading requests and holding them to the contract's rules, which stand in the contract image and nowhere else."""

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, TypeVar

from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import DecodeError, Message
from google.protobuf.message_factory import GetMessageClass
from protovalidate import Validator

from signer_agent.errors import COMMON_DOMAIN, FieldViolation, InvalidRequestError
from signer_agent.rpc.times import impossible_times

M = TypeVar("M", bound=Message)

_IMAGE: Final = Path(__file__).with_name("contract.binpb")

BATCH_FIELD: Final = "requests"


class Validating:
    """The contract's rules, in a descriptor pool and a validator of their own."""

    def __init__(self) -> None:
        self._pool = DescriptorPool()
        for file in FileDescriptorSet.FromString(_IMAGE.read_bytes()).file:
            self._pool.Add(file)
        self._validator = Validator()
        self._classes: dict[str, type[Message]] = {}

    def read(self, message_class: type[M], data: bytes) -> tuple[M, tuple[FieldViolation, ...]]:
        """Parse a message and say which rules it breaks.

        Raises:
            InvalidRequestError: MALFORMED_REQUEST, the bytes are no such message.
        """
        name = message_class.DESCRIPTOR.full_name
        try:
            message = message_class.FromString(data)
            ruled = self._class(name).FromString(data)
        except DecodeError as error:
            raise InvalidRequestError(
                f"the bytes are no valid {name}: generate the client from this release's protos",
                reason="MALFORMED_REQUEST",
                domain=COMMON_DOMAIN,
                metadata={"method": name},
            ) from error
        if impossible := tuple(impossible_times(ruled)):
            return message, impossible  # the rules reckon with times, so those come first
        violations: Any = self._validator.collect_violations(ruled)
        return message, tuple(
            FieldViolation(field=_path(item.proto.field), description=item.proto.message, rule_id=item.proto.rule_id)
            for item in violations
        )

    def _class(self, name: str) -> type[Message]:
        found = self._classes.get(name)
        if found is None:
            found = self._classes[name] = GetMessageClass(self._pool.FindMessageTypeByName(name))
        return found


def by_item(violations: tuple[FieldViolation, ...]) -> Mapping[int, tuple[FieldViolation, ...]]:
    """The violations of a batch's requests by their place in it; empty if there are none.

    Raises:
        InvalidRequestError: VALIDATION_FAILED, the batch itself breaks a rule.
    """
    items: defaultdict[int, tuple[FieldViolation, ...]] = defaultdict(tuple)
    for violation in violations:
        begin, _, rest = violation.field.partition("]")
        if not begin.startswith(f"{BATCH_FIELD}["):
            raise broken((violation,))
        items[int(begin.removeprefix(f"{BATCH_FIELD}["))] += (violation,)
        assert rest
    return MappingProxyType(dict(items))


def broken(violations: tuple[FieldViolation, ...]) -> InvalidRequestError:
    """The refusal of a request that breaks rules."""
    return InvalidRequestError(
        "the request breaks rules of the contract: see each field",
        reason="VALIDATION_FAILED",
        domain=COMMON_DOMAIN,
        violations=violations,
    )


def _path(field: Any) -> str:
    names = []
    for element in field.elements:
        subscript = element.subscript
        index = f"[{subscript.value}]" if subscript is not None and subscript.field == "index" else ""
        names.append(f"{element.field_name}{index}")
    return ".".join(names)
