"""Rules about proto/: safety, idempotency, personal data, error reasons."""

import ast
import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from google.protobuf import descriptor_pool, message_factory

from tests.architecture.rules.tree import dotted, finding, modules, parse, python_files
from tools.generate import compile_protos

PERSONAL = re.compile(
    r"(^|_)(full_name|surname|given_name|patronymic|owner_name|common_name|snils|phone|email|passport|birth_date|"
    r"birth_place|postal_address|home_address|owner_inn|ogrnip|card_number|account_number)(_|$)|^(inn|last_name|first_name)$"
)
OF_ORGANISATIONS = re.compile(r"\.Organi[sz]ation\.")  # what a public register tells of a company is not personal

ENUM, SERVICE, MESSAGE = 5, 6, 4  # field numbers in FileDescriptorProto, as source_code_info's paths have them
REPEATED = 3  # FieldDescriptorProto.Label
METHOD, FIELD, NESTED, VALUE = 2, 2, 3, 2  # in ServiceDescriptorProto, DescriptorProto and EnumDescriptorProto


@dataclass(frozen=True, slots=True)
class Contract:
    """A compiled proto/, its options readable by name.

    The messages are of classes made at run time, hence Any.
    """

    files: list[Any]
    method_option: Any
    field_option: Any


@dataclass(frozen=True, slots=True)
class Place:
    """One thing of a contract: what it is called, where it stands and whether a comment says what it is."""

    name: str
    file: str
    line: int
    commented: bool
    node: Any


def methods_say_how_safe_they_are(root: Path) -> list[str]:
    """Every method has the option (landhub.common.v1.method).safety."""
    contract = _contract(root)
    return [
        _at(method, "needs option (landhub.common.v1.method).safety")
        for method in _methods(contract)
        if not _safety(contract, method)
    ]


def changing_requests_can_be_repeated_and_traced(root: Path) -> list[str]:
    """The request of every KEYED method has request_id and business_reference."""
    contract = _contract(root)
    messages = {f".{message.name}": message for message in _messages(contract)}
    found = []
    for method in _methods(contract):
        if _safety(contract, method) != "SAFETY_KEYED":
            continue
        request = messages[method.node.input_type]
        names = _field_names(messages, request)
        found += [
            _at(request, f"needs {needed}: {method.name} changes something")
            for needed in ("request_id", "business_reference")
            if needed not in names
        ]
    return found


def personal_fields_are_marked(root: Path) -> list[str]:
    """A field whose name tells of a person is marked personal; what is personal or secret is debug_redact."""
    contract = _contract(root)
    found = []
    for field in _fields(contract):
        marks = field.node.options.Extensions[contract.field_option]
        kept_out = marks.personal or marks.secret
        if PERSONAL.search(field.node.name) and not kept_out and not OF_ORGANISATIONS.search(field.name):
            found.append(_at(field, "needs (landhub.common.v1.field).personal"))
        if kept_out and not field.node.options.debug_redact:
            found.append(_at(field, "is personal or secret and needs debug_redact"))
    return found


def reasons_are_in_the_contract(root: Path) -> list[str]:
    """Every reason raised is a value of its package's (or the common) ErrorReason, and every value has a comment."""
    contract = _contract(root)
    reasons: dict[str, set[str]] = {}
    found = []
    for value in _reasons(contract):
        package = value.name.split(".")[1]
        reasons.setdefault(package, set()).add(value.node.name.removeprefix("ERROR_REASON_"))
        if not value.commented:
            found.append(_at(value, "needs a comment: its status and its metadata"))
    everywhere = set().union(*reasons.values()) if reasons else set()
    owners = {module: reasons.get(module.name, set()) | reasons.get("common", set()) for module in modules(root)}
    for path in python_files(root, "hub", "signer_agent"):
        owner = next((module for module in owners if path.is_relative_to(module)), None)
        for line, reason, domain in _raised_reasons(parse(path)):
            if reason not in (everywhere if owner is None or domain else owners[owner]):
                found.append(finding(root, path, line, f"{reason} is no value of the package's ErrorReason"))
    return found


def _contract(root: Path) -> Contract:
    files = sorted((root / "proto").rglob("*.proto"))
    return _compiled(root, tuple(path.read_bytes() for path in files))


@functools.lru_cache(maxsize=4)
def _compiled(root: Path, _contents: tuple[bytes, ...]) -> Contract:
    image = compile_protos(root)
    pool = descriptor_pool.DescriptorPool()
    for file in image.file:
        pool.Add(file)
    known = message_factory.GetMessageClass(pool.FindMessageTypeByName("google.protobuf.FileDescriptorSet"))
    files: Any = known.FromString(image.SerializeToString())
    return Contract(
        files=[file for file in files.file if file.package.startswith("landhub.")],
        method_option=pool.FindExtensionByName("landhub.common.v1.method"),
        field_option=pool.FindExtensionByName("landhub.common.v1.field"),
    )


def _place(file: Any, name: str, path: list[int], node: Any) -> Place:
    for location in file.source_code_info.location:
        if list(location.path) == path:
            return Place(name, f"proto/{file.name}", location.span[0] + 1, bool(location.leading_comments), node)
    return Place(name, f"proto/{file.name}", 1, False, node)


def _methods(contract: Contract) -> Iterator[Place]:
    for file in contract.files:
        for i, service in enumerate(file.service):
            for j, method in enumerate(service.method):
                yield _place(file, f"{service.name}.{method.name}", [SERVICE, i, METHOD, j], method)


def _safety(contract: Contract, method: Place) -> str:
    options = method.node.options.Extensions[contract.method_option]
    value = options.DESCRIPTOR.fields_by_name["safety"].enum_type.values_by_number[options.safety]
    return "" if value.number == 0 else str(value.name)


def _messages(contract: Contract) -> Iterator[Place]:
    for file in contract.files:
        for i, message in enumerate(file.message_type):
            yield from _nested(file, f"{file.package}.{message.name}", [MESSAGE, i], message)


def _nested(file: Any, name: str, path: list[int], message: Any) -> Iterator[Place]:
    yield _place(file, name, path, message)
    for i, inner in enumerate(message.nested_type):
        yield from _nested(file, f"{name}.{inner.name}", [*path, NESTED, i], inner)


def _fields(contract: Contract) -> Iterator[Place]:
    for file in contract.files:
        for i, message in enumerate(file.message_type):
            yield from _fields_below(file, f"{file.package}.{message.name}", [MESSAGE, i], message)


def _fields_below(file: Any, name: str, path: list[int], message: Any) -> Iterator[Place]:
    for i, field in enumerate(message.field):
        yield _place(file, f"{name}.{field.name}", [*path, FIELD, i], field)
    for i, inner in enumerate(message.nested_type):
        yield from _fields_below(file, f"{name}.{inner.name}", [*path, NESTED, i], inner)


def _field_names(messages: dict[str, Place], request: Place) -> set[str]:
    """The names of a request's fields; the first message of a stream, or each of a batch, may carry them instead."""
    names = {field.name for field in request.node.field}
    for field in request.node.field:
        if (field.HasField("oneof_index") or field.label == REPEATED) and field.type_name in messages:
            names |= {inner.name for inner in messages[field.type_name].node.field}
    return names


def _reasons(contract: Contract) -> Iterator[Place]:
    for file in contract.files:
        for i, enum in enumerate(file.enum_type):
            if enum.name == "ErrorReason":
                for j, value in enumerate(enum.value):
                    yield _place(file, f"{file.package}.{value.name}", [ENUM, i, VALUE, j], value)


def _raised_reasons(tree: ast.Module) -> Iterator[tuple[int, str, bool]]:
    """The line and text of each reason an error is given, and whether it says itself whose reason it is."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            for call in (inner for inner in ast.walk(node) if isinstance(inner, ast.Call)):
                if (
                    node.name.endswith("Error")
                    and isinstance(call.func, ast.Attribute)
                    and call.func.attr == "__init__"
                ):
                    yield from _reason_of(call)
            for line in node.body:
                if isinstance(line, ast.Assign) and dotted(line.targets[0]) == "default_reason":
                    yield line.lineno, str(ast.literal_eval(line.value)), False
        elif isinstance(node, ast.Call) and dotted(node.func).endswith("Error"):
            yield from _reason_of(node)


def _reason_of(call: ast.Call) -> Iterator[tuple[int, str, bool]]:
    domain = any(keyword.arg == "domain" for keyword in call.keywords)
    for keyword in call.keywords:
        if keyword.arg == "reason" and isinstance(keyword.value, ast.Constant) and keyword.value.value:
            yield keyword.value.lineno, str(keyword.value.value), domain


def _at(place: Place, problem: str) -> str:
    return f"{place.file}:{place.line}: {place.name} {problem}"
