"""The contract as the server reads it: every service and method of the committed image, and what is said of each."""

import enum
import importlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from google.protobuf.descriptor import Descriptor, FileDescriptor, MethodDescriptor, ServiceDescriptor
from google.protobuf.descriptor_pb2 import FieldOptions, FileDescriptorSet, MethodOptions
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import Message

from landhub.common.v1 import options_pb2

_IMAGE = Path(__file__).with_name("contract.binpb")
_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class Safety(enum.Enum):
    """How safely an RPC may be called again: READ changes nothing, KEYED changes something once a request_id."""

    READ = "read"
    KEYED = "keyed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """One RPC.

    Attributes:
        path: As on the wire, "/landhub.rosreestr.v1.RosreestrService/GetLandPlot".
        service: The service's full name.
        function: The servicer's method, "get_land_plot".
        request_class, response_class: Generated message classes.
        safety: READ or KEYED.
        streams_requests, streams_responses: The kind of streaming.
        key_holder: The field of the request that holds request_id and business_reference ("header" of a stream's first
            message); empty if the request itself does.
        resource: Type of the resource the request names ("rosreestr.Registration"), and the field that has its id.
        open: Needs a good certificate and no role, is not audited and not limited: health and reflection.
    """

    path: str
    service: str
    function: str
    request_class: type[Message]
    response_class: type[Message]
    safety: Safety
    streams_requests: bool = False
    streams_responses: bool = False
    key_holder: str = ""
    resource: tuple[str, str] = ("", "")
    open: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One service with its methods by path."""

    full_name: str
    methods: Mapping[str, Method]

    @property
    def module(self) -> str:
        """The module's name, the package's part: "rosreestr" of "landhub.rosreestr.v1.RosreestrService"."""
        parts = self.full_name.split(".")
        return parts[1] if len(parts) > 2 else self.full_name


class Contract:
    """The services of one image, and a descriptor pool that has the validation rules, which generated code has not.

    Args:
        image: A serialised FileDescriptorSet with everything it imports.

    Raises:
        ValueError: a method has no safety, or a class of the image is not generated.
    """

    def __init__(self, image: bytes) -> None:
        self.pool = DescriptorPool()
        files = FileDescriptorSet.FromString(image).file
        for file in files:
            self.pool.Add(file)
        descriptors = [self.pool.FindFileByName(file.name) for file in files]
        self.services: Mapping[str, Service] = MappingProxyType(
            {
                service.full_name: describe_service(service, message_class=generated_class)
                for file in descriptors
                for service in file.services_by_name.values()
            }
        )

    @classmethod
    def committed(cls) -> "Contract":
        """Return the contract that is committed beside this file."""
        return cls(_IMAGE.read_bytes())


def describe_service(
    descriptor: ServiceDescriptor, *, message_class: Callable[[Descriptor], type[Message]], is_open: bool = False
) -> Service:
    """Return what the server needs to know of a service; an open one (health, reflection) has no safety options.

    Raises:
        ValueError: a method has no safety.
    """
    methods = (_describe_method(method, message_class, is_open=is_open) for method in descriptor.methods)
    return Service(full_name=descriptor.full_name, methods=_by_path(methods))


def generated_class(descriptor: Descriptor) -> type[Message]:
    """Return the generated Python class of a message, importing its file.

    Raises:
        ValueError: it is not generated.
    """
    name = _python_module(descriptor.file)
    try:
        found = getattr(importlib.import_module(name), descriptor.name)
    except (ImportError, AttributeError) as error:
        raise ValueError(
            f"{descriptor.full_name} is in the contract image and not in {name}: run `make proto`"
        ) from error
    assert isinstance(found, type)
    assert issubclass(found, Message)
    return found


def snake_case(name: str) -> str:
    """Return the servicer's method for an RPC: GetLandPlot is get_land_plot."""
    return _WORD_START.sub("_", name).lower()


def _by_path(methods: Iterable[Method]) -> Mapping[str, Method]:
    return MappingProxyType({method.path: method for method in methods})


def _describe_method(
    descriptor: MethodDescriptor, message_class: Callable[[Descriptor], type[Message]], *, is_open: bool
) -> Method:
    service = descriptor.containing_service.full_name
    return Method(
        path=f"/{service}/{descriptor.name}",
        service=service,
        function=snake_case(descriptor.name),
        request_class=message_class(descriptor.input_type),
        response_class=message_class(descriptor.output_type),
        safety=Safety.READ if is_open else _safety(descriptor),
        streams_requests=descriptor.client_streaming,
        streams_responses=descriptor.server_streaming,
        key_holder=_key_holder(descriptor.input_type),
        resource=_resource(descriptor.input_type),
        open=is_open,
    )


def _safety(descriptor: MethodDescriptor) -> Safety:
    # The image's pool knows other classes for our options than the generated ones, so they are read again as those.
    options = MethodOptions.FromString(descriptor.GetOptions().SerializeToString())
    match options.Extensions[options_pb2.method].safety:
        case options_pb2.SAFETY_READ:
            return Safety.READ
        case options_pb2.SAFETY_KEYED:
            return Safety.KEYED
        case _:
            raise ValueError(f"{descriptor.full_name} has no option (landhub.common.v1.method).safety")


def _key_holder(request: Descriptor) -> str:
    if "request_id" in request.fields_by_name:
        return ""
    holders = [
        field.name
        for field in request.fields
        if not field.is_repeated and field.message_type and "request_id" in field.message_type.fields_by_name
    ]
    return holders[0] if holders else ""


def _resource(request: Descriptor) -> tuple[str, str]:
    for field in request.fields:
        options = FieldOptions.FromString(field.GetOptions().SerializeToString())
        resource = options.Extensions[options_pb2.field].resource
        if resource and not field.is_repeated:
            return resource, field.name
    return "", ""


def _python_module(file: FileDescriptor) -> str:
    return file.name.removesuffix(".proto").replace("/", ".") + "_pb2"
