"""What the contract's descriptors say of each method: how safely it may be called again, where its request id is."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from google.protobuf.descriptor import Descriptor, MethodDescriptor, ServiceDescriptor

from landhub.common.v1 import options_pb2
from landhub.events.v1 import events_service_pb2
from landhub.hub.v1 import hub_service_pb2
from landhub.notifications.v1 import (
    notifications_service_pb2,
    recipients_service_pb2,
    rules_service_pb2,
    templates_service_pb2,
)
from landhub.payments.v1 import payments_service_pb2
from landhub.rosreestr.v1 import rosreestr_service_pb2
from landhub.signatures.v1 import signatures_service_pb2

SERVICES: tuple[ServiceDescriptor, ...] = tuple(
    service
    for file in (
        rosreestr_service_pb2,
        signatures_service_pb2,
        payments_service_pb2,
        notifications_service_pb2,
        templates_service_pb2,
        recipients_service_pb2,
        rules_service_pb2,
        events_service_pb2,
        hub_service_pb2,
    )
    for service in file.DESCRIPTOR.services_by_name.values()
)
"""The services a hub offers to callers and administrators."""

_REQUEST_ID = "request_id"
_HEADER = "header"
# Six seconds of patience in all: a hub that restarts is back by then, and nobody holds a page open for longer.
_RETRY_POLICY = {
    "maxAttempts": 5,
    "initialBackoff": "0.2s",
    "maxBackoff": "3s",
    "backoffMultiplier": 2.5,
    "retryableStatusCodes": ["UNAVAILABLE"],
}
# Retries stop while most calls fail, so that they don't keep a hub down that is coming up.
_RETRY_THROTTLING = {"maxTokens": 20, "tokenRatio": 0.5}


class RequestIdPlace(Enum):
    """Where a method's request carries its `request_id`."""

    NOWHERE = "nowhere"
    REQUEST = "request"
    HEADER = "header"
    """In the header, the first message of a stream."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """One RPC.

    Attributes:
        path: "/landhub.rosreestr.v1.RosreestrService/GetLandPlot".
        service, name: The two parts of it.
        retryable: It may be called again after UNAVAILABLE: it changes nothing, or once for each request id.
        request_id: Where the request id stands.
    """

    path: str
    service: str
    name: str
    retryable: bool
    request_id: RequestIdPlace


def read_methods() -> Mapping[str, Method]:
    """Return the methods of all services by their path."""
    methods = (_method(method) for service in SERVICES for method in service.methods)
    return {method.path: method for method in methods}


def service_config(methods: Mapping[str, Method]) -> str:
    """Return the gRPC service config (JSON) by which the channel retries what may be retried.

    gRPC honours `grpc-retry-pushback-ms`, which a hub sends with every RetryInfo.
    """
    names = [{"service": method.service, "method": method.name} for method in methods.values() if method.retryable]
    config: dict[str, Any] = {
        "methodConfig": [{"name": names, "retryPolicy": _RETRY_POLICY}],
        "retryThrottling": _RETRY_THROTTLING,
    }
    return json.dumps(config)


def _method(method: MethodDescriptor) -> Method:
    service = method.containing_service.full_name
    safety = method.GetOptions().Extensions[options_pb2.method].safety
    return Method(
        path=f"/{service}/{method.name}",
        service=service,
        name=method.name,
        retryable=safety in {options_pb2.SAFETY_READ, options_pb2.SAFETY_KEYED},
        request_id=_place(method.input_type),
    )


def _place(request: Descriptor) -> RequestIdPlace:
    if _REQUEST_ID in request.fields_by_name:
        return RequestIdPlace.REQUEST
    header = request.fields_by_name.get(_HEADER)
    if header is not None and header.message_type and _REQUEST_ID in header.message_type.fields_by_name:
        return RequestIdPlace.HEADER
    return RequestIdPlace.NOWHERE
