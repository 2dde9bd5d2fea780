"""The gateway of docs/modules/rosreestr.md: XML over HTTPS with a client certificate, payloads under Fernet."""

import asyncio
import dataclasses
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web
from cryptography.fernet import InvalidToken, MultiFernet
from lxml import etree

from sandbox import xml_gateway_wire as wire
from sandbox.clock import SandboxClock
from sandbox.faults import Fault, FaultBoard, FaultKind
from sandbox.listener import Listener
from sandbox.strikes import Strikes
from sandbox.xml_gateway_delivery import deliver
from sandbox.xml_gateway_operations import GatewayOperations, Operation, RefusalError

_REQUEST_LIMIT_BYTES = 32 * 1024 * 1024  # 12 MiB of documents in base64 under Fernet are 22 MiB
_CALLS_KEPT = 1000
_HTTP_STATUS = {"NOT_FOUND": 404, "REQUEST_NOT_FOUND": 404, "DUPLICATE": 409}


@dataclasses.dataclass(slots=True, kw_only=True)
class Call:
    """What the gateway saw of one call."""

    operation: str
    time: str
    client: str | None
    traceparent: str | None
    faults: tuple[str, ...]
    document: str | None = None
    """The decrypted request."""
    http_status: int | None = None
    outcome: str = "unanswered"
    """`ok`, an error code, or `unanswered`: a fault before the work was done or a connection cut."""


class XmlGateway:
    """The simulated gateway. `url` is what a client's `api_url` is set to."""

    def __init__(
        self,
        *,
        listener: Listener,
        keys: MultiFernet,
        clock: SandboxClock,
        faults: FaultBoard,
        operations: GatewayOperations,
        allowed_clients: frozenset[str] | None,
        errors_as_http: bool,
    ) -> None:
        self._listener = listener
        self._keys = keys
        self._clock = clock
        self._faults = faults
        self._operations = operations
        self._allowed_clients = allowed_clients
        self._errors_as_http = errors_as_http
        self._strikes = Strikes()
        self._changed = asyncio.Condition()
        self.calls: deque[Call] = deque(maxlen=_CALLS_KEPT)
        """The last calls, oldest first."""
        self.operations: Counter[str] = Counter()
        """How many calls each operation has had."""

    @property
    def url(self) -> str:
        """`https://HOST:PORT`, without a slash at the end."""
        return self._listener.url

    @property
    def handshakes(self) -> Mapping[str, int]:
        """TLS handshakes that were `finished` and `refused`."""
        return self._listener.handshakes

    async def start(self) -> None:
        """Listen; after a `stop` on the same port."""
        self._strikes.start()
        await self._listener.start(self._application())

    async def stop(self) -> None:
        """Refuse connections; calls that hang are cut off."""
        self._strikes.stop()
        await self._listener.stop()

    async def wait_until(self, happened: Callable[[], bool], *, timeout_seconds: float = 10) -> None:
        """Wait until `happened()` is true; looked at whenever a call has been read or ends.

        Raises:
            TimeoutError: it did not become true in time.
        """
        async with asyncio.timeout(timeout_seconds), self._changed:
            await self._changed.wait_for(happened)

    def forget(self) -> None:
        """Begin to count anew."""
        self.calls.clear()
        self.operations.clear()

    def _application(self) -> web.Application:
        application = web.Application(client_max_size=_REQUEST_LIMIT_BYTES)
        for operation in self._operations.table():
            application.router.add_post(operation.path, self._handler(operation))
        return application

    def _handler(self, operation: Operation) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handle(request: web.Request) -> web.StreamResponse:
            faults = self._faults.take(operation.name)
            call = Call(
                operation=operation.name,
                time=self._clock.now().isoformat(),
                client=_common_name(request),
                traceparent=request.headers.get("traceparent"),
                faults=tuple(fault.kind.value for fault in faults),
            )
            self.calls.append(call)
            self.operations[operation.name] += 1
            response = await self._answer(request, operation, faults, call)
            call.http_status = response.status
            await self._tell_of_change()
            return response

        return handle

    async def _tell_of_change(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def _answer(
        self, request: web.Request, operation: Operation, faults: tuple[Fault, ...], call: Call
    ) -> web.StreamResponse:
        document = await self._opened(request, call)
        if isinstance(document, web.Response):
            return document
        call.document = document.decode("utf-8", "replace")
        await self._tell_of_change()
        early = await self._strike_before(request, faults, call)
        if early is not None:
            return early
        status = 200
        try:
            answer = await self._operations.run(operation, document, faults)
            call.outcome = "ok"
        except RefusalError as error:
            call.outcome = error.code
            answer = wire.error_answer(error.code, str(error), request_id=error.request_id)
            status = self._status_of(error.code)
        cut = await self._strikes.after(request, faults)
        if cut is not None:
            call.outcome = "unanswered"
            return cut
        return await deliver(request, answer, self._keys, faults, status=status)

    async def _opened(self, request: web.Request, call: Call) -> bytes | web.Response:
        """The decrypted request, or the answer to one that can't be let in."""
        if self._allowed_clients is not None and call.client not in self._allowed_clients:
            call.outcome = "ACCESS_DENIED"
            return web.Response(status=403, text="Сертификат клиента не допущен")
        if request.content_type != "application/xml":
            call.outcome = "BAD_REQUEST"
            return web.Response(status=400, text="Content-Type: application/xml")
        try:
            return self._keys.decrypt(await request.read())
        except InvalidToken:
            call.outcome = "ACCESS_DENIED"
            return web.Response(status=401, text="Ключ шифрования не известен")

    def _status_of(self, code: str) -> int:
        if code == "BAD_REQUEST":
            return 400
        return _HTTP_STATUS.get(code, 200) if self._errors_as_http else 200

    async def _strike_before(
        self, request: web.Request, faults: tuple[Fault, ...], call: Call
    ) -> web.StreamResponse | None:
        """Do what faults do before the work; an answer means that the work isn't done."""
        early = await self._strikes.before(request, faults)
        error = next((fault for fault in faults if fault.kind is FaultKind.ERROR), None)
        if early is not None or error is None:
            return early
        call.outcome = error.code
        answer: etree._Element = wire.error_answer(error.code, error.message)
        return await deliver(request, answer, self._keys, (), status=error.http_status or 200)


def _common_name(request: web.Request) -> str | None:
    """The common name of the client's certificate, which the TLS layer has verified."""
    certificate = request.get_extra_info("peercert") or {}
    names = [value for part in certificate.get("subject", ()) for key, value in part if key == "commonName"]
    return names[0] if names else None
