"""The asyncio face: `async with Client.connect(...) as client: await client.rosreestr.GetLandPlot(request)`."""

import asyncio
import uuid
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, cast

import grpc.aio
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
from landhub_client.aio_channel import AioChannel
from landhub_client.aio_following import FollowingAioChannel
from landhub_client.connection import DEFAULT_TIMEOUT_SECONDS, channel_options
from landhub_client.contract import read_methods
from landhub_client.errors import LandhubError
from landhub_client.files import Files
from landhub_client.outgoing import Defaults
from landhub_client.resume import Patience
from landhub_client.streaming import CHUNK_BYTES, UPLOAD_TIMEOUT_SECONDS, after, with_request_id

if TYPE_CHECKING:
    from landhub.events.v1.events_service_pb2_grpc import EventsServiceAsyncStub
    from landhub.hub.v1.hub_service_pb2_grpc import HubServiceAsyncStub
    from landhub.notifications.v1.notifications_service_pb2_grpc import NotificationsServiceAsyncStub
    from landhub.notifications.v1.recipients_service_pb2_grpc import RecipientsServiceAsyncStub
    from landhub.notifications.v1.rules_service_pb2_grpc import RulesServiceAsyncStub
    from landhub.notifications.v1.templates_service_pb2_grpc import TemplatesServiceAsyncStub
    from landhub.payments.v1.payments_service_pb2_grpc import PaymentsServiceAsyncStub
    from landhub.rosreestr.v1.rosreestr_service_pb2_grpc import RosreestrServiceAsyncStub
    from landhub.signatures.v1.signatures_service_pb2_grpc import SignaturesServiceAsyncStub

_METHODS = read_methods()


class Client:
    """One connection to a hub, shared by any number of tasks.

    Calls of the stubs are coroutines (or async iterators) that take `timeout` (seconds) and `metadata`, and raise
    LandhubError. A request without `request_id` gets one; the channel repeats a call after UNAVAILABLE with the same
    one, within the timeout.

    Attributes:
        rosreestr, signatures, payments, notifications, events: Stubs of the hub's services.
        recipients, rules, templates: Those of notifications that say what is said to whom.
        hub: The stub of administration, which is served at an address of its own.
    """

    def __init__(
        self,
        *,
        channel: grpc.aio.Channel | FollowingAioChannel,
        timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS,
        breaks: int = 20,
        new_request_id: Callable[[], str] = lambda: str(uuid.uuid4()),
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        """Use an open channel; `connect` is what one wants outside tests.

        Args:
            channel: Closed with the client.
            timeout_seconds: For a call that says nothing else.
            breaks: How many breaks in a row a stream that resumes bears.
            new_request_id: Makes UUIDs.
            sleep: Waits for so many seconds.
        """
        self._channel = channel
        self._breaks = breaks
        self._new_request_id = new_request_id
        self._sleep = sleep
        self._renewing = channel.renewing if isinstance(channel, FollowingAioChannel) else lambda: False
        defaults = Defaults(
            timeout_seconds=timeout_seconds,
            new_request_id=new_request_id,
            tracer=trace.get_tracer("landhub_client"),
            renewing=self._renewing,
        )
        facade = cast("grpc.aio.Channel", AioChannel(channel=channel, methods=_METHODS, defaults=defaults))
        self.rosreestr: RosreestrServiceAsyncStub = RosreestrServiceStub(facade)
        self.signatures: SignaturesServiceAsyncStub = SignaturesServiceStub(facade)
        self.payments: PaymentsServiceAsyncStub = PaymentsServiceStub(facade)
        self.notifications: NotificationsServiceAsyncStub = NotificationsServiceStub(facade)
        self.recipients: RecipientsServiceAsyncStub = RecipientsServiceStub(facade)
        self.rules: RulesServiceAsyncStub = RulesServiceStub(facade)
        self.templates: TemplatesServiceAsyncStub = TemplatesServiceStub(facade)
        self.events: EventsServiceAsyncStub = EventsServiceStub(facade)
        self.hub: HubServiceAsyncStub = HubServiceStub(facade)

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
        channel = FollowingAioChannel(
            files=Files(ca=ca, certificate=certificate, key=key),
            open_channel=lambda shown: grpc.aio.secure_channel(address, shown, options=channel_options(_METHODS)),
        )
        return cls(channel=channel, timeout_seconds=timeout_seconds)

    async def close(self) -> None:
        """Close the connection; calls under way are cancelled."""
        await self._channel.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    async def subscribe(self, request: events_service_pb2.SubscribeRequest) -> AsyncGenerator[events_pb2.Event]:
        """Yield events from the request's cursor on, without end; after a break, go on behind the last one told.

        Raises:
            UnavailableError: the hub stayed away.
            OutOfRangeError: the cursor is older than what is kept.
        """
        patience = Patience(breaks=self._breaks, renewing=self._renewing)
        cursor = request.after_cursor
        while True:
            try:
                async with _closing(self.events.Subscribe(after(request, cursor))) as answers:
                    async for answer in answers:
                        patience.came()
                        cursor = answer.cursor or cursor
                        if answer.HasField("event"):
                            yield answer.event
                await self._sleep(patience.pause_after_end_seconds())
            except LandhubError as error:
                await self._sleep(patience.pause_seconds(error))

    async def watch(self, registration_id: str) -> AsyncGenerator[rosreestr_pb2.Registration]:
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
                async with _closing(self.rosreestr.WatchRegistration(request)) as answers:
                    async for answer in answers:
                        patience.came()
                        if answer.registration != last:
                            last = answer.registration
                            yield last
                return
            except LandhubError as error:
                await self._sleep(patience.pause_seconds(error))

    async def sign_stream(
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
                answer = await self.signatures.SignDocumentStream(
                    _signed_parts(header, file), timeout=timeout_seconds or UPLOAD_TIMEOUT_SECONDS
                )
            except LandhubError as error:
                await self._sleep(patience.pause_seconds(error))
            else:
                return answer.signature

    async def verify_stream(
        self, header: signatures_service_pb2.VerifySignatureHeader, file: Path, *, timeout_seconds: float | None = None
    ) -> signatures_pb2.VerificationReport:
        """Have a detached signature over a file of any size verified.

        Raises:
            OSError: the file can't be read.
            LandhubError: see VerifySignatureStream.
        """
        answer = await self.signatures.VerifySignatureStream(
            _verified_parts(header, file), timeout=timeout_seconds or UPLOAD_TIMEOUT_SECONDS
        )
        return answer.report


def _closing(answers: Any) -> "aclosing[AsyncGenerator[Any]]":
    """End the call when its consumer leaves. The channel's streams are generators, which the stubs' types don't say."""
    return aclosing(answers)


async def _signed_parts(
    header: signatures_service_pb2.SignDocumentHeader, file: Path
) -> AsyncIterator[signatures_service_pb2.SignDocumentStreamRequest]:
    yield signatures_service_pb2.SignDocumentStreamRequest(header=header)
    async for chunk in _chunks(file):
        yield signatures_service_pb2.SignDocumentStreamRequest(chunk=chunk)


async def _verified_parts(
    header: signatures_service_pb2.VerifySignatureHeader, file: Path
) -> AsyncIterator[signatures_service_pb2.VerifySignatureStreamRequest]:
    yield signatures_service_pb2.VerifySignatureStreamRequest(header=header)
    async for chunk in _chunks(file):
        yield signatures_service_pb2.VerifySignatureStreamRequest(chunk=chunk)


async def _chunks(file: Path) -> AsyncIterator[bytes]:
    with await asyncio.to_thread(file.open, "rb") as stream:
        while chunk := await asyncio.to_thread(stream.read, CHUNK_BYTES):
            yield chunk
