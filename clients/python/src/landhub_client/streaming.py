"""What both faces share about streams: how large a piece is, and requests that go on where another one broke."""

from collections.abc import Callable

from landhub.events.v1 import events_service_pb2
from landhub.signatures.v1 import signatures_service_pb2

CHUNK_BYTES = 1024 * 1024  # what the contract calls best
UPLOAD_TIMEOUT_SECONDS = 600.0  # some gigabytes over an office line


def after(request: events_service_pb2.SubscribeRequest, cursor: str) -> events_service_pb2.SubscribeRequest:
    """Return a copy of the subscription that begins after the cursor."""
    resumed = events_service_pb2.SubscribeRequest()
    resumed.CopyFrom(request)
    resumed.after_cursor = cursor
    return resumed


def with_request_id(
    header: signatures_service_pb2.SignDocumentHeader, new_request_id: Callable[[], str]
) -> signatures_service_pb2.SignDocumentHeader:
    """Return a copy of the header that has a request id, so that every attempt has the same."""
    copy = signatures_service_pb2.SignDocumentHeader()
    copy.CopyFrom(header)
    copy.request_id = header.request_id or new_request_id()
    return copy
