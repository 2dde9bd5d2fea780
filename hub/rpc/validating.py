"""Parses requests and holds them against the contract's rules, so that what is malformed is audited like the rest."""

from collections.abc import AsyncIterator, Iterable
from typing import Any

import grpc
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import DecodeError, Message
from google.protobuf.message_factory import GetMessageClass
from protovalidate import Validator, Violation

from hub.core.errors import FieldViolation, InvalidRequestError
from hub.rpc.contract import Method, Safety
from hub.rpc.passage import Passage
from hub.rpc.times import impossible_times

_Violations = tuple[FieldViolation, ...]
_Parsed = tuple[Message, _Violations]


class Rules:
    """The validation rules of the contract image, compiled once.

    Generated code has no rules (see the ADR on validate.proto), so a request is parsed a second time by the image's own
    descriptors; that costs microseconds. The validator is our own: the library's shared one keeps what it compiled by
    message name alone, whatever pool the message is from.
    """

    def __init__(self, *, pool: DescriptorPool, methods: Iterable[Method]) -> None:
        self._validator = Validator()
        self._classes = {
            method.path: GetMessageClass(pool.FindMessageTypeByName(method.request_class.DESCRIPTOR.full_name))
            for method in methods
        }
        for message_class in self._classes.values():
            self._validator.collect_violations(message_class())

    def violations(self, method: Method, raw: bytes) -> _Violations:
        """Return the rules that a serialised request breaks, with dotted paths of its fields."""
        message_class = self._classes.get(method.path)
        if message_class is None:
            return ()  # health and reflection have no rules
        request = message_class.FromString(raw)
        # The rules reckon with times, so those come first.
        return tuple(impossible_times(request)) or tuple(map(_violation, self._validator.collect_violations(request)))


class Validating:
    """Parses and validates a request, or each of a stream, and takes from it what audit and idempotency need."""

    def __init__(self, *, rules: Rules, largest_stream_bytes: int) -> None:
        self._rules = rules
        self._largest_stream_bytes = largest_stream_bytes

    async def read(self, passage: Passage) -> None:
        """Set passage.request, its keys and its fingerprint.

        Of a stream, the first message is waited for, and gives the keys; the others are checked as they are iterated.
        Its fingerprint covers the first message alone: a servicer adds what it found in the others.

        Raises:
            InvalidRequestError: no valid message (MALFORMED_REQUEST), or a rule is broken (VALIDATION_FAILED).
        """
        if not passage.method.streams_requests:
            request, violations = self._parsed(passage.method, passage.body)
            _note(passage, request, violations)
            _refuse(violations)
            passage.request = request
            passage.body = b""
            return
        requests = self._requests(passage)
        first = await anext(requests, None)
        if first is None:
            raise InvalidRequestError("the stream ended before its first message; send at least one")
        request, violations = first
        _note(passage, request, violations)
        _refuse(violations)
        passage.request = _checked(request, requests)

    async def _requests(self, passage: Passage) -> AsyncIterator[_Parsed]:
        size = 0
        while (raw := await passage.context.read()) is not grpc.aio.EOF:
            size += len(raw)
            if size > self._largest_stream_bytes:
                raise InvalidRequestError(f"the stream is longer than {self._largest_stream_bytes} bytes; send less")
            yield self._parsed(passage.method, raw)
        await passage.require_caller()  # so that half a document is never taken for a whole one

    def _parsed(self, method: Method, raw: bytes) -> _Parsed:
        try:
            return method.request_class.FromString(raw), self._rules.violations(method, raw)
        except DecodeError as error:
            raise InvalidRequestError(
                f"the bytes are no {method.request_class.DESCRIPTOR.full_name}; generate the client anew",
                reason="MALFORMED_REQUEST",
                metadata={"method": method.path},
            ) from error


def _note(passage: Passage, request: Message, violations: Iterable[FieldViolation]) -> None:
    """Take the keys that are well formed: those of a refused request are written to the audit too."""
    broken = {violation.field.rpartition(".")[2] for violation in violations}
    holder = getattr(request, passage.method.key_holder) if passage.method.key_holder else request
    if "request_id" not in broken:
        passage.request_id = getattr(holder, "request_id", "")
    if "business_reference" not in broken:
        passage.business_reference = getattr(holder, "business_reference", "")
    kind, field = passage.method.resource
    if kind and field not in broken:
        passage.resource = f"{kind}/{getattr(request, field)}"
    if passage.method.safety is Safety.KEYED and not broken:
        passage.fingerprint = request.SerializeToString(deterministic=True)


def _refuse(violations: _Violations) -> None:
    if violations:
        fields = ", ".join(dict.fromkeys(violation.field for violation in violations))
        raise InvalidRequestError(f"the request breaks rules of the contract: {fields}", violations=violations)


async def _checked(first: Message, rest: AsyncIterator[_Parsed]) -> AsyncIterator[Message]:
    yield first
    async for request, violations in rest:
        _refuse(violations)
        yield request


def _violation(violation: Violation) -> FieldViolation:
    path = violation.proto.field
    return FieldViolation(
        field="".join(map(_step, path.elements)).removeprefix(".") if path else "",
        description=violation.proto.message or "breaks a rule of the contract",
        rule_id=violation.proto.rule_id or "",
    )


def _step(element: Any) -> str:
    subscript = element.subscript  # an index or a map's key; a key may be personal, so it isn't told
    if subscript is None:
        return f".{element.field_name}"
    return f".{element.field_name}[{subscript.value if subscript.field == 'index' else ''}]"
