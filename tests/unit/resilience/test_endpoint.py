"""How far one gets on the way to an upstream, and in which words the place where it ends is told."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hub.core.findings import Finding, Verdict, expiry
from hub.resilience.addresses import LOOPBACK
from hub.resilience.endpoint import Endpoint, look
from tests.support.pki import Authority

SERVERS, CLIENTS = Authority("servers"), Authority("clients")


@asynccontextmanager
async def listening(folder: Path, *, is_tls: bool = True, days: float = 60) -> AsyncIterator[int]:
    context = None
    if is_tls:
        certificate, key = SERVERS.issue_server(days=days).write(folder, "server")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(cadata=CLIENTS.pair.pem.decode())

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    async with server:
        yield server.sockets[0].getsockname()[1]


def endpoint(
    folder: Path, port: int, *, ca: Authority = SERVERS, client: Authority = CLIENTS, host: str = "localhost"
) -> Endpoint:
    certificate, key = client.issue("hub").write(folder, "client")
    context = ssl.create_default_context(cadata=ca.pair.pem.decode())
    context.load_cert_chain(certificate, key)
    return Endpoint(host=host, port=port, tls=context, networks=LOOPBACK)


async def found(endpoint: Endpoint) -> list[Finding]:
    return await look(endpoint, datetime.now(UTC))


def last(findings: list[Finding]) -> tuple[str, Verdict]:
    return findings[-1].check, findings[-1].verdict


async def test_an_open_way_is_told_step_by_step(tmp_path: Path) -> None:
    async with listening(tmp_path) as port:
        steps = await found(endpoint(tmp_path, port))
    assert [(step.check, step.verdict) for step in steps] == [
        ("name", Verdict.OK),
        ("connection", Verdict.OK),
        ("tls", Verdict.OK),
        ("its certificate", Verdict.OK),
    ]


async def test_a_certificate_that_runs_out_soon_is_a_warning(tmp_path: Path) -> None:
    async with listening(tmp_path, days=5) as port:
        assert last(await found(endpoint(tmp_path, port))) == ("its certificate", Verdict.WARN)


async def test_another_ca_is_told_as_that(tmp_path: Path) -> None:
    async with listening(tmp_path) as port:
        steps = await found(endpoint(tmp_path, port, ca=CLIENTS))
    assert last(steps) == ("tls", Verdict.FAIL)
    assert "not believed" in steps[-1].told
    assert "CA bundle" in steps[-1].remedy


async def test_a_client_certificate_that_is_refused_is_told_as_that(tmp_path: Path) -> None:
    async with listening(tmp_path) as port:
        steps = await found(endpoint(tmp_path, port, client=SERVERS))
    assert last(steps) == ("tls", Verdict.FAIL)
    assert "refuses our certificate" in steps[-1].told


async def test_a_port_that_speaks_no_tls_is_told_as_that(tmp_path: Path) -> None:
    async with listening(tmp_path, is_tls=False) as port:
        steps = await found(endpoint(tmp_path, port))
    assert last(steps) == ("tls", Verdict.FAIL)
    assert "cut" in steps[-1].told


async def test_a_port_where_nobody_listens_refuses(tmp_path: Path) -> None:
    async with listening(tmp_path) as port:
        pass
    steps = await found(endpoint(tmp_path, port))
    assert last(steps) == ("connection", Verdict.FAIL)
    assert "refuses connections" in steps[-1].told


async def test_a_name_nobody_knows_and_one_that_is_private_are_the_end(tmp_path: Path) -> None:
    steps = await found(endpoint(tmp_path, 1, host="no-such-host.invalid"))
    assert last(steps) == ("name", Verdict.FAIL)
    private = endpoint(tmp_path, 1)
    steps = await found(Endpoint(host=private.host, port=1, tls=private.tls, networks=()))
    assert last(steps) == ("name", Verdict.FAIL)
    assert "private" in steps[-1].told


@pytest.mark.parametrize(
    ("days", "verdict"),
    [(31, Verdict.OK), (30, Verdict.WARN), (6, Verdict.WARN), (1, Verdict.FAIL), (0, Verdict.FAIL), (-3, Verdict.FAIL)],
)
def test_an_expiry_is_judged_by_the_days_left(days: float, verdict: Verdict) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    assert expiry("certificate", now + timedelta(days=days), now, remedy="renew it").verdict is verdict
