"""The synchronous face: `with SyncClient.connect(...) as client: client.rosreestr.GetLandPlot(request)`."""

import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self, cast

import grpc
from opentelemetry import trace

from landhub.events.v1 import events_pb2, events_service_pb2
from landhub.events.v1.events_service_pb2_grpc import EventsServiceStub
from landhub.hub.v1.hub_service_pb2_grpc import HubServiceStub
from landhub.notifications.v1.notifications_service_pb2_grpc import NotificationsServiceStub
from landhub.notifications.v1.recipients_service_pb2_grpc import RecipientsServiceStub
from landhub.notifications.v1.rules_service_pb2_grpc import RulesServiceStub
from landhub.notifications.v1.templates_service_pb2_grpc import TemplatesServiceStub
from landhub.payments.v1.payments_service_pb2_grpc import PaymentsServiceStub
from landhub.rosreestr.v1 import rosreestr_pb2, rosreestr_service_pb2
from landhub.rosreestr.v1.rosreestr_service_pb2_grpc import RosreestrServiceStub
from landhub.signatures.v1 import signatures_pb2, signatures_service_pb2
from landhub.signatures.v1.signatures_service_pb2_grpc import SignaturesServiceStub
from landhub_client.connection import DEFAULT_TIMEOUT_SECONDS, channel_options
from landhub_client.contract import read_methods
from landhub_client.errors import LandhubError
from landhub_client.files import Files
from landhub_client.outgoing import Defaults
from landhub_client.resume import Patience
from landhub_client.streaming import CHUNK_BYTES, UPLOAD_TIMEOUT_SECONDS, after, with_request_id
from landhub_client.sync_channel import SyncChannel
from landhub_client.sync_following import FollowingSyncChannel

_METHODS = read_methods()


class SyncClient:
    """One connection to a hub, shared by any number of threads. See Client: this is the same without asyncio."""

    def __init__(
        self,
        *,
        channel: grpc.Channel | FollowingSyncChannel,
        timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS,
        breaks: int = 20,
        new_request_id: Callable[[], str] = lambda: str(uuid.uuid4()),
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        """Use an open channel, for example one of grpcio-testing; see Client for the arguments."""
        self._channel = channel
        self._breaks = breaks
        self._new_request_id = new_request_id
        self._sleep = sleep
        self._renewing = channel.renewing if isinstance(channel, FollowingSyncChannel) else lambda: False
        defaults = Defaults(
            timeout_seconds=timeout_seconds,
            new_request_id=new_request_id,
            tracer=trace.get_tracer("landhub_client"),
            renewing=self._renewing,
        )
        facade = cast("grpc.Channel", SyncChannel(channel=channel, methods=_METHODS, defaults=defaults))
        self.rosreestr = RosreestrServiceStub(facade)
        self.signatures = SignaturesServiceStub(facade)
        self.payments = PaymentsServiceStub(facade)
        self.notifications = NotificationsServiceStub(facade)
        self.recipients = RecipientsServiceStub(facade)
        self.rules = RulesServiceStub(facade)
        self.templates = TemplatesServiceStub(facade)
        self.events = EventsServiceStub(facade)
        self.hub = HubServiceStub(facade)

    @classmethod
    def connect(
        cls,
        address: str,
        *,
        ca: Path,
        certificate: Path,
        key: Path,
        timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS,
    ) -> Self:
        """Return a client of the hub at "host:port"; the connection itself is made by the first call.

        A file that is replaced later is taken within a second, and no call is dropped for it.

        Raises:
            OSError: a PEM file can't be read, or key and certificate don't belong together.
        """
        channel = FollowingSyncChannel(
            files=Files(ca=ca, certificate=certificate, key=key),
            open_channel=lambda shown: grpc.secure_channel(address, shown, options=channel_options(_METHODS)),
        )
        return cls(channel=channel, timeout_seconds=timeout_seconds)

    def close(self) -> None:
        """Close the connection; calls under way are cancelled."""
        self._channel.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def subscribe(self, request: events_service_pb2.SubscribeRequest) -> Iterator[events_pb2.Event]:
        """Yield events from the request's cursor on, without end; after a break, go on behind the last one told.

        Raises:
            UnavailableError: the hub stayed away.
            OutOfRangeError: the cursor is older than what is kept.
        """
        patience = Patience(breaks=self._breaks, renewing=self._renewing)
        cursor = request.after_cursor
        while True:
            try:
                for answer in self.events.Subscribe(after(request, cursor)):
                    patience.came()
                    cursor = answer.cursor or cursor
                    if answer.HasField("event"):
                        yield answer.event
                self._sleep(patience.pause_after_end_seconds())
            except LandhubError as error:
                self._sleep(patience.pause_seconds(error))

    def watch(self, registration_id: str) -> Iterator[rosreestr_pb2.Registration]:
        """Yield a registration now and whenever it changes, until it is final; a break is bridged.

        Raises:
            NotFoundError: there is none, or it is not yours.
            UnavailableError: the hub stayed away.
        """
        request = rosreestr_service_pb2.WatchRegistrationRequest(registration_id=registration_id)
        patience = Patience(breaks=self._breaks, renewing=self._renewing)
        last: rosreestr_pb2.Registration | None = None
        while True:
            try:
                for answer in self.rosreestr.WatchRegistration(request):
                    patience.came()
                    if answer.registration != last:
                        last = answer.registration
                        yield last
                return
            except LandhubError as error:
                self._sleep(patience.pause_seconds(error))

    def sign_stream(
        self, header: signatures_service_pb2.SignDocumentHeader, file: Path, *, timeout_seconds: float | None = None
    ) -> signatures_pb2.Signature:
        """Have a file of any size signed; it is streamed, and streamed again after a break, under one request id.

        Raises:
            OSError: the file can't be read.
            LandhubError: see SignDocumentStream.
        """
        header = with_request_id(header, self._new_request_id)
        patience = Patience(breaks=self._breaks, renewing=self._renewing)
        while True:
            try:
                answer = self.signatures.SignDocumentStream(
                    _signed_parts(header, file), timeout=timeout_seconds or UPLOAD_TIMEOUT_SECONDS
                )
            except LandhubError as error:
                self._sleep(patience.pause_seconds(error))
            else:
                return answer.signature

    def verify_stream(
        self, header: signatures_service_pb2.VerifySignatureHeader, file: Path, *, timeout_seconds: float | None = None
    ) -> signatures_pb2.VerificationReport:
        """Have a detached signature over a file of any size verified.

        Raises:
            OSError: the file can't be read.
            LandhubError: see VerifySignatureStream.
        """
        answer = self.signatures.VerifySignatureStream(
            _verified_parts(header, file), timeout=timeout_seconds or UPLOAD_TIMEOUT_SECONDS
        )
        return answer.report


def _signed_parts(
    header: signatures_service_pb2.SignDocumentHeader, file: Path
) -> Iterator[signatures_service_pb2.SignDocumentStreamRequest]:
    yield signatures_service_pb2.SignDocumentStreamRequest(header=header)
    for chunk in _chunks(file):
        yield signatures_service_pb2.SignDocumentStreamRequest(chunk=chunk)


def _verified_parts(
    header: signatures_service_pb2.VerifySignatureHeader, file: Path
) -> Iterator[signatures_service_pb2.VerifySignatureStreamRequest]:
    yield signatures_service_pb2.VerifySignatureStreamRequest(header=header)
    for chunk in _chunks(file):
        yield signatures_service_pb2.VerifySignatureStreamRequest(chunk=chunk)


def _chunks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as stream:
        while chunk := stream.read(CHUNK_BYTES):
            yield chunk
