"""All simulated vendors of messages: each on an address of its own, over one book; and the control API of them.

GET  /messages[?vendor=]                         {"messages": [`sandbox.messages.book.Message`, oldest first]}
GET  /messages/recipients                        by vendor: how many messages it took for each recipient
GET  /messages/vendors                           by name: url, operations, in_flight, most_in_flight
POST /messages/fates                             {"recipient", "fate"}: what becomes of messages to him, a word of
                                                 `sandbox.messages.book.Fate` or the vendor's own status;
                                                 {"recipient", "refuse"}: the vendor's code by which they are refused
POST /messages/vendors/{vendor}/callbacks        {"url"}: where it tells what became of messages
GET  /messages/vendors/{vendor}/callbacks        {"url", "deliveries": [{about, answers, is_heard}]}
POST /messages/max/start                         {"user_id"}: a person starts the bot of MAX
POST /messages/vendors/{vendor}/stop, .../start  refuse connections; listen again on the same port
"""

import dataclasses
import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

import aiohttp
from aiohttp import web

from sandbox.clock import SandboxClock
from sandbox.faults import FaultBoard
from sandbox.listener import CountingContext, Listener
from sandbox.messages import generic, max, smsaero, smsc, smsru, smtp, telegram, unisender_go  # noqa: A004 - a vendor's name
from sandbox.messages.book import MessageBook
from sandbox.messages.callbacks import STYLES
from sandbox.messages.deliveries import DeliveryCallbacks
from sandbox.messages.max_updates import MaxUpdates
from sandbox.messages.smtp import SmtpServer
from sandbox.messages.vendor import SimulatedVendor, VendorServer

_LOOK_SECONDS = 3.0  # as UniSender Go waits
DEFAULT_PORTS = MappingProxyType(
    {
        smsc.NAME: 7510,
        smsru.NAME: 7511,
        smsaero.NAME: 7512,
        unisender_go.NAME: 7513,
        telegram.NAME: 7514,
        max.NAME: 7515,
        generic.NAME: 7516,
        smtp.NAME: 7517,
    }
)
"""Where `python -m sandbox` and the demo have them."""


class MessageVendors:
    """The vendors of one sandbox, by name."""

    def __init__(
        self, *, servers: Mapping[str, VendorServer], smtp: SmtpServer, max_updates: MaxUpdates, book: MessageBook
    ) -> None:
        self.servers = servers
        self.max_updates = max_updates
        self.smtp = smtp
        self.book = book

    @staticmethod
    def create(
        *,
        clock: SandboxClock,
        faults: FaultBoard,
        book: MessageBook,
        host: str,
        ports: Mapping[str, int],
        tls: CountingContext,
        smsc_at_once: int,
    ) -> "MessageVendors":
        """Put them together; who has no port of his own gets a free one."""
        bot = max.Max(book=book, clock=clock)
        vendors: Sequence[SimulatedVendor] = (
            smsc.Smsc(book=book, clock=clock, login=smsc.Login(), most_at_once=smsc_at_once),
            smsru.SmsRu(book=book, clock=clock, login=smsru.Login()),
            smsaero.SmsAero(book=book, clock=clock, login=smsaero.Login()),
            unisender_go.UnisenderGo(book=book, clock=clock),
            telegram.Telegram(book=book, clock=clock),
            bot,
            generic.GenericHttp(book=book, clock=clock),
        )
        servers = {
            vendor.name: VendorServer(
                vendor=vendor,
                listener=Listener(host=host, port=ports.get(vendor.name, 0), tls=tls),
                clock=clock,
                faults=faults,
                book=book,
                callbacks=_callbacks(vendor.name, clock, faults, book),
            )
            for vendor in vendors
        }
        mail = smtp.SmtpServer(clock=clock, faults=faults, book=book, host=host, port=ports.get(smtp.NAME, 0), tls=tls)
        updates = MaxUpdates(bot=bot, clock=clock, faults=faults)
        return MessageVendors(servers=servers, smtp=mail, max_updates=updates, book=book)

    def __getitem__(self, name: str) -> VendorServer:
        """One of them."""
        return self.servers[name]

    async def start(self) -> None:
        """Listen."""
        self.max_updates.start()
        for server in self.servers.values():
            await server.start()
        await self.smtp.start()

    async def stop(self) -> None:
        """Refuse connections."""
        for server in self.servers.values():
            await server.stop()
        await self.smtp.stop()
        await self.max_updates.stop()

    def urls(self) -> Mapping[str, str]:
        """Where they are."""
        return {name: server.url for name, server in self.servers.items()}

    def forget(self) -> None:
        """Forget messages and calls."""
        self.book.clear()
        for server in self.servers.values():
            server.forget()
        self.smtp.forget()

    def routes(self) -> list[web.RouteDef]:
        """The routes of this module's docstring."""
        return [
            web.get("/messages", self._get_messages),
            web.get("/messages/recipients", self._get_recipients),
            web.get("/messages/vendors", self._get_vendors),
            web.post("/messages/fates", self._post_fate),
            web.post("/messages/vendors/{vendor}/{action:stop|start}", self._post_vendor),
            web.post("/messages/vendors/{vendor}/callbacks", self._post_callbacks),
            web.get("/messages/vendors/{vendor}/callbacks", self._get_callbacks),
            web.post("/messages/max/start", self._post_start),
        ]

    async def _get_messages(self, request: web.Request) -> web.Response:
        wanted = request.query.get("vendor", "")
        messages = [dataclasses.asdict(one) for one in self.book.all() if wanted in {"", one.vendor}]
        return web.json_response({"messages": messages}, dumps=lambda value: json.dumps(value, default=str))

    async def _get_recipients(self, _request: web.Request) -> web.Response:
        counted: dict[str, Counter[str]] = defaultdict(Counter)
        for message in self.book.all():
            if not message.is_test:
                counted[message.vendor][message.recipient] += 1
        return web.json_response(counted)

    async def _get_vendors(self, _request: web.Request) -> web.Response:
        return web.json_response({name: _shown(server) for name, server in self.servers.items()})

    async def _post_fate(self, request: web.Request) -> web.Response:
        body = await request.json()
        if "fate" in body:
            self.book.fates[str(body["recipient"])] = str(body["fate"])
        if "refuse" in body:
            self.book.refusals[str(body["recipient"])] = str(body["refuse"])
        return web.json_response({})

    async def call_back(self, vendor: str, url: str) -> None:
        """Have a vendor tell a URL what becomes of messages.

        Raises:
            ValueError: the vendor doesn't call back, or looked and found nobody there.
        """
        callbacks = self.servers[vendor].callbacks
        if callbacks is None:
            raise ValueError("this vendor calls nobody back")
        if callbacks.probes and await _looked_at(url) != HTTPStatus.OK:
            raise ValueError("nobody answers a GET there")
        callbacks.url = url

    async def _post_callbacks(self, request: web.Request) -> web.Response:
        await self.call_back(request.match_info["vendor"], str((await request.json())["url"]))
        return web.json_response({})

    async def _get_callbacks(self, request: web.Request) -> web.Response:
        callbacks = self._server(request).callbacks
        if callbacks is None:
            raise ValueError("this vendor calls nobody back")
        deliveries = [
            {"about": one.about, "answers": one.answers, "is_heard": one.is_heard}
            for one in callbacks.sender.deliveries
        ]
        return web.json_response({"url": callbacks.url, "deliveries": deliveries})

    async def _post_start(self, request: web.Request) -> web.Response:
        self.max_updates.start_bot(int((await request.json())["user_id"]))
        return web.json_response({})

    def _server(self, request: web.Request) -> VendorServer:
        server = self.servers.get(request.match_info["vendor"])
        if server is None:
            raise ValueError("no such vendor")
        return server

    async def _post_vendor(self, request: web.Request) -> web.Response:
        server = self._server(request)
        await (server.stop() if request.match_info["action"] == "stop" else server.start())
        return web.json_response({})


def _callbacks(name: str, clock: SandboxClock, faults: FaultBoard, book: MessageBook) -> DeliveryCallbacks | None:
    if name not in STYLES:
        return None
    callbacks = DeliveryCallbacks(name=name, style=STYLES[name], clock=clock, faults=faults, book=book)
    book.watchers.append(callbacks.watch)
    return callbacks


async def _looked_at(url: str) -> int:
    """Return the status of a GET, 0 if there is no answer."""
    timeout = aiohttp.ClientTimeout(total=_LOOK_SECONDS)
    try:
        async with aiohttp.ClientSession(timeout=timeout) as session, session.get(url) as answer:
            return answer.status
    except (aiohttp.ClientError, TimeoutError):
        return 0


def _shown(server: VendorServer) -> Mapping[str, Any]:
    return {
        "url": server.url,
        "operations": dict(server.operations),
        "in_flight": server.in_flight,
        "most_in_flight": server.most_in_flight,
    }
