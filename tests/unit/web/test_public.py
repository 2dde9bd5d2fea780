"""The public listener over real sockets: its routes, whom it believes, and what it keeps of what it turns away."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import ip_network
from typing import Any, cast

import aiohttp
import pytest
from aiohttp import web
from prometheus_client import CollectorRegistry
from structlog.testing import capture_logs

from hub.core.audit import Audit, AuditRecord
from hub.core.clock import FakeClock
from hub.core.refusals import MOST_PEERS, RefusalCounts
from hub.web.listener import Listener
from hub.web.peer import peer_address
from hub.web.public import PublicListening, WebhookMetrics, WebhookRefusedError

PROXIES = (ip_network("127.0.0.0/8"), ip_network("10.0.0.0/8"))
PATH = "/payments/callbacks/sber"


@dataclass
class Records:
    """An audit that keeps what is appended."""

    kept: list[AuditRecord] = field(default_factory=list)

    def append_later(self, record: AuditRecord) -> None:
        self.kept.append(record)


@dataclass
class Public:
    """A listener on a free port whose routes may be changed."""

    routes: list[web.RouteDef]
    records: Records = field(default_factory=Records)
    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    largest_body_bytes: int = 1000
    most_at_once: int = 100

    def __post_init__(self) -> None:
        self.refusals = RefusalCounts(audit=cast("Audit", self.records), clock=FakeClock())

    def counted(self, route: str, status: int, reason: str = "") -> float:
        labels = {"route": route, "status": str(status), "reason": reason}
        return self.registry.get_sample_value("landhub_webhook_requests_total", labels) or 0.0

    @asynccontextmanager
    async def session(self) -> AsyncIterator[aiohttp.ClientSession]:
        listening = PublicListening(
            routes=lambda: self.routes,
            proxies=PROXIES,
            refusals=self.refusals,
            metrics=WebhookMetrics(registry=self.registry),
            most_at_once=self.most_at_once,
        )
        application = listening.application(largest_body_bytes=self.largest_body_bytes)
        listener = Listener(application=application, address="127.0.0.1:0")
        port = await listener.start()
        timeout = aiohttp.ClientTimeout(total=10)
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}", timeout=timeout) as session:
            yield session
        await listener.close()


async def answer(
    session: aiohttp.ClientSession, path: str, *, method: str = "POST", **more: Any
) -> tuple[int, str, Mapping[str, str]]:
    async with session.request(method, path, **more) as got:
        return got.status, await got.text(), got.headers


async def _echo(request: web.Request) -> web.Response:
    return web.Response(text=f"{request.remote} {len(await request.read())}")


async def _broken(_: web.Request) -> web.Response:
    raise RuntimeError("the secret of 77:01:0001001:1234")


async def _refusing(_: web.Request) -> web.Response:
    raise WebhookRefusedError("SIGNATURE_WRONG", web.Response(status=400))


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/"), ("GET", "/metrics"), ("GET", PATH), ("HEAD", PATH), ("POST", PATH + "/")]
)
async def test_the_public_listener_answers_an_empty_404_to_all_but_its_routes_and_names_no_server(
    method: str, path: str
) -> None:
    public = Public([web.post(PATH, _echo)])
    async with public.session() as session:
        status, text, headers = await answer(session, path, method=method)
    assert (status, text) == (404, "")
    assert "Server" not in headers
    assert public.counted("other", 404, "NOT_FOUND") == 1


async def test_the_route_of_a_module_that_starts_late_is_served_from_then_on() -> None:
    public = Public([])
    async with public.session() as session:
        assert (await answer(session, PATH))[0] == 404
        public.routes.append(web.post(PATH, _echo))
        assert (await answer(session, PATH))[0] == 200


async def test_a_webhook_takes_a_body_up_to_the_bound_and_no_further() -> None:
    public = Public([web.post(PATH, _echo)])
    async with public.session() as session:
        assert (await answer(session, PATH, data=b"x" * 1000))[:2] == (200, "127.0.0.1 1000")
        assert (await answer(session, PATH, data=b"x" * 1001))[:2] == (413, "")


async def test_a_broken_webhook_tells_nothing_of_what_broke_neither_its_sender_nor_the_log() -> None:
    public = Public([web.post(PATH, _broken)])
    with capture_logs() as logs:
        async with public.session() as session:
            assert (await answer(session, f"{PATH}?pan=4111111111111111"))[:2] == (500, "")
    assert public.counted(PATH, 500, "BROKEN") == 1
    assert [entry["event"] for entry in logs] == ["webhook_failed"]
    assert not any(word in str(logs) for word in ("1001:1234", "4111"))


async def test_refused_webhooks_are_counted_by_sender_and_leave_a_bounded_number_of_records() -> None:
    public = Public([web.post(PATH, _refusing)])
    async with public.session() as session:
        for number in range(MOST_PEERS + 50):
            sender = {"X-Forwarded-For": f"203.0.113.{number % 250}, 198.51.100.{number % 250}"}
            assert (await answer(session, PATH, headers=sender))[0] == 400
    public.refusals.flush()
    assert len(public.records.kept) == MOST_PEERS + 1
    first, last = public.records.kept[0], public.records.kept[-1]
    assert (first.method, first.reason, first.details) == (
        PATH,
        "SIGNATURE_WRONG",
        {"peer": "198.51.100.0", "count": "1"},
    )
    assert last.details == {"peer": "others", "count": "50"}
    assert public.counted(PATH, 400, "SIGNATURE_WRONG") == MOST_PEERS + 50


async def test_a_full_route_is_told_to_come_again_while_another_one_is_served() -> None:
    entered, go_on = asyncio.Event(), asyncio.Event()

    async def slow(_: web.Request) -> web.Response:
        entered.set()
        await go_on.wait()
        return web.Response()

    public = Public([web.post(PATH, slow), web.post("/other", _echo)], most_at_once=1)
    async with public.session() as session:
        first = asyncio.create_task(answer(session, PATH))
        await entered.wait()
        assert (await answer(session, PATH))[0] == 503
        assert (await answer(session, "/other"))[0] == 200
        go_on.set()
        assert (await first)[0] == 200
    assert public.counted(PATH, 503, "BUSY") == 1


@pytest.mark.parametrize(
    ("connected", "forwarded", "peer"),
    [
        ("203.0.113.7", [], "203.0.113.7"),
        ("203.0.113.7", ["185.71.76.1"], "203.0.113.7"),  # no listed proxy: it may write what it likes
        ("127.0.0.1", ["185.71.76.1"], "185.71.76.1"),
        ("127.0.0.1", ["185.71.76.1, 203.0.113.7"], "203.0.113.7"),  # the first one is the sender's own invention
        ("127.0.0.1", ["185.71.76.1", "203.0.113.7, 10.1.2.3"], "203.0.113.7"),
        ("127.0.0.1", ["185.71.76.1, nonsense"], "127.0.0.1"),
        ("127.0.0.1", [""], "127.0.0.1"),
        ("::ffff:127.0.0.1", ["2a02:5180:0:1509::1"], "2a02:5180:0:1509::1"),
        ("10.0.0.1", [",".join(["10.0.0.2"] * 100)], "10.0.0.2"),
    ],
)
def test_the_sender_is_whom_listed_proxies_name_and_nobody_else(
    connected: str, forwarded: list[str], peer: str
) -> None:
    assert str(peer_address(connected, forwarded, PROXIES)) == peer


def test_a_connection_without_an_address_has_no_sender() -> None:
    assert peer_address("", ["185.71.76.1"], PROXIES) is None
