"""The Python client of a landhub: typed stubs over mutual TLS, with retries, request ids, deadlines, traces, errors.

    async with Client.connect("hub:7443", ca=ca, certificate=certificate, key=key) as client:
        answer = await client.rosreestr.GetLandPlot(GetLandPlotRequest(cadastral_number="50:20:0010101:101"))

Messages are in the package `landhub`. `SyncClient` is the same without asyncio.
"""

from landhub_client.attestation import attest
from landhub_client.client import Client
from landhub_client.errors import (
    CallCancelledError,
    DeadlineError,
    ExhaustedError,
    HubFailedError,
    InvalidArgumentError,
    LandhubError,
    NotAllowedError,
    NotFoundError,
    NotServedError,
    OutOfRangeError,
    RefusedError,
    RequestIdReusedError,
    RequestInProgressError,
    UnauthenticatedError,
    UnavailableError,
    Violation,
)
from landhub_client.sync_client import SyncClient

__all__ = [
    "CallCancelledError",
    "Client",
    "DeadlineError",
    "ExhaustedError",
    "HubFailedError",
    "InvalidArgumentError",
    "LandhubError",
    "NotAllowedError",
    "NotFoundError",
    "NotServedError",
    "OutOfRangeError",
    "RefusedError",
    "RequestIdReusedError",
    "RequestInProgressError",
    "SyncClient",
    "UnauthenticatedError",
    "UnavailableError",
    "Violation",
    "attest",
]
