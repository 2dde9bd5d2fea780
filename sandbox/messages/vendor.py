"""One simulated vendor's address: reads calls, lets faults strike them, and keeps what it saw."""

import asyncio
import dataclasses
import json
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol
from urllib.parse import parse_qsl

from aiohttp import web

from sandbox.clock import SandboxClock
from sandbox.faults import Fault, FaultBoard, FaultKind
from sandbox.listener import Listener
from sandbox.messages.book import MessageBook
from sandbox.messages.deliveries import DeliveryCallbacks
from sandbox.strikes import Strikes

_CALLS_KEPT = 1000
_REQUEST_LIMIT_BYTES = 16 * 1024 * 1024
_FORM = "application/x-www-form-urlencoded"
_SECRETS = frozenset({"login", "psw", "apikey", "api_id", "api_key"})


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One call."""

    operation: str
    method: str
    match: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    content_type: str
    body: bytes
    faults: tuple[Fault, ...]
    in_flight: int
    """How many calls are being answered, this one included."""

    def fields(self, encoding: str = "utf-8") -> dict[str, str]:
        """The query's and the form's fields.

        Raises:
            UnicodeDecodeError: they are in another encoding.
        """
        if self.content_type != _FORM:
            return dict(self.query)
        pairs = parse_qsl(self.body.decode("ascii"), keep_blank_values=True, encoding=encoding, errors="strict")
        return {**self.query, **dict(pairs)}

    def document(self) -> dict[str, Any] | None:
        """The JSON object of the body; None if it is none."""
        try:
            value = json.loads(self.body)
        except ValueError:
            return None
        return value if isinstance(value, dict) else None

    def fault(self, kind: FaultKind) -> Fault | None:
        """The fault of a kind that strikes this call."""
        return next((fault for fault in self.faults if fault.kind is kind), None)

    @property
    def lag_seconds(self) -> float:
        """How much later than it is taken a message may be told of."""
        fault = self.fault(FaultKind.STATUS_LAGS)
        return fault.seconds if fault else 0


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One answer: JSON of `value`, or `text`."""

    value: Any = None
    text: str | None = None
    status: int = 200
    content_type: str = "application/json; charset=utf-8"

    def body(self) -> bytes:
        """Its bytes."""
        return (json.dumps(self.value, ensure_ascii=False) if self.text is None else self.text).encode()


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """An operation's method, path, and what answers it; `writes`: it takes messages."""

    operation: str
    method: str
    path: str
    answer: Callable[[Asked], Told]
    writes: bool = False


class SimulatedVendor(Protocol):
    """What a vendor's own file holds: its wire and its rules."""

    @property
    def name(self) -> str: ...  # noqa: D102 - see the class

    def routes(self) -> Sequence[Route]: ...  # noqa: D102 - same

    def failure(self, fault: Fault) -> Told:
        """The answer that says the fault's `code` and `message` in the vendor's own way."""
        ...

    def forget(self) -> None:
        """Begin anew."""
        ...


@dataclasses.dataclass(slots=True, kw_only=True)
class Call:
    """What a vendor saw of one call; the login is left out."""

    operation: str
    time: str
    faults: tuple[str, ...]
    fields: Mapping[str, Any]
    outcome: str = "unanswered"


class VendorServer:
    """Serves one vendor on an address of its own."""

    def __init__(
        self,
        *,
        vendor: SimulatedVendor,
        listener: Listener,
        clock: SandboxClock,
        faults: FaultBoard,
        book: MessageBook,
        callbacks: DeliveryCallbacks | None = None,
    ) -> None:
        """Faults wait for its operations under their names with the vendor's before it: "smsc.send"."""
        self.callbacks = callbacks
        self.vendor = vendor
        self._listener = listener
        self._clock = clock
        self._faults = faults
        self._book = book
        self._strikes = Strikes()
        self._changed = asyncio.Condition()
        self._in_flight = 0
        self.most_in_flight = 0
        """How many calls there were at most at one time."""
        self.calls: deque[Call] = deque(maxlen=_CALLS_KEPT)
        """The last calls, oldest first."""
        self.operations: Counter[str] = Counter()
        """How many calls each operation has had."""
        self.queries: Counter[str] = Counter()
        """How often each name stood in a query."""

    @property
    def url(self) -> str:
        """Scheme, host and port."""
        return self._listener.url

    @property
    def in_flight(self) -> int:
        """How many calls it is at."""
        return self._in_flight

    async def start(self) -> None:
        """Listen; after a `stop` on the same port."""
        self._strikes.start()
        if self.callbacks is not None and not self._listener.is_open:
            await self.callbacks.start()
        await self._listener.start(self._application())

    async def stop(self) -> None:
        """Refuse connections; calls that hang are cut off."""
        self._strikes.stop()
        await self._listener.stop()
        if self.callbacks is not None:
            await self.callbacks.stop()

    async def wait_until(self, happened: Callable[[], bool], *, timeout_seconds: float = 10) -> None:
        """Wait until `happened()` is true; looked at whenever a call has been read or ends."""
        async with asyncio.timeout(timeout_seconds), self._changed:
            await self._changed.wait_for(happened)

    def forget(self) -> None:
        """Forget calls and whatever the vendor remembers."""
        self.calls.clear()
        self.operations.clear()
        self.queries.clear()
        self.most_in_flight = self._in_flight
        self.vendor.forget()
        if self.callbacks is not None:
            self.callbacks.clear()

    def _application(self) -> web.Application:
        application = web.Application(client_max_size=_REQUEST_LIMIT_BYTES)
        for route in self.vendor.routes():
            application.router.add_route(route.method, route.path, self._handler(route))
        return application

    def _handler(self, route: Route) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handle(request: web.Request) -> web.StreamResponse:
            self.operations[route.operation] += 1
            self._in_flight += 1
            self.most_in_flight = max(self.most_in_flight, self._in_flight)
            try:
                return await self._answer(request, route)
            finally:
                self._in_flight -= 1
                await self._tell_of_change()

        return handle

    async def _tell_of_change(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def _answer(self, request: web.Request, route: Route) -> web.StreamResponse:
        faults = self._faults.take(f"{self.vendor.name}.{route.operation}")
        asked = await self._read(request, route, faults)
        self.queries.update(asked.query.keys())
        call = Call(
            operation=route.operation,
            time=self._clock.now().isoformat(),
            faults=tuple(fault.kind.value for fault in faults),
            fields=_seen(asked),
        )
        self.calls.append(call)
        await self._tell_of_change()
        early = await self._strikes.before(request, faults)
        if early is not None:
            return early
        told = self._work(route, asked)
        if self.callbacks is not None:
            await self.callbacks.sender.send_early()
        cut = await self._strikes.after(request, faults)
        if cut is not None:
            return cut
        call.outcome = str(told.status)
        body = _spoiled(told, asked).body()
        return await self._strikes.deliver(request, body, told.content_type, faults, status=told.status)

    async def _read(self, request: web.Request, route: Route, faults: tuple[Fault, ...]) -> Asked:
        return Asked(
            operation=route.operation,
            method=request.method,
            match=request.match_info,
            query=request.query,
            headers=request.headers,
            content_type=request.content_type,
            body=await request.read(),
            faults=faults,
            in_flight=self._in_flight,
        )

    def _work(self, route: Route, asked: Asked) -> Told:
        self._book.catch_up()
        told = asked.fault(FaultKind.ERROR)
        if told is not None:
            return self.vendor.failure(told)
        late = asked.fault(FaultKind.COMMIT_LATE)
        if late is not None and route.writes:
            self._book.later(late.seconds, lambda: route.answer(asked))
            return Told()
        return route.answer(asked)


def _seen(asked: Asked) -> Mapping[str, Any]:
    """What tests look at: JSON, or fields read as UTF-8."""
    document = asked.document()
    try:
        fields = document if document is not None else asked.fields()
    except UnicodeDecodeError:
        return {}
    return {**asked.query, **{name: value for name, value in fields.items() if name not in _SECRETS}}


def _spoiled(told: Told, asked: Asked) -> Told:
    if asked.fault(FaultKind.UNKNOWN_ELEMENT) and isinstance(told.value, dict):
        return dataclasses.replace(told, value={**told.value, "newMember": "новое"})
    return told
