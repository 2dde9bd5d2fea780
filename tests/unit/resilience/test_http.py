"""Every way an HTTPS call can fail, told by whether bytes have left; and what the session never does."""

import asyncio
import gzip
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from opentelemetry.trace import NoOpTracer
from prometheus_client import CollectorRegistry

from hub.core.clock import SystemClock
from hub.core.errors import OutcomeUnknownError, UnavailableError
from hub.core.ids import Ids
from hub.core.telemetry import Telemetry
from hub.resilience.addresses import LOOPBACK
from hub.resilience.failures import (
    AnswerInvalidError,
    AnswerLostError,
    AttemptError,
    CredentialsRefusedError,
    NotSentError,
    QuotaExceededError,
    RequestRejectedError,
    UpstreamFailedError,
)
from hub.resilience.http import HttpAnswer, HttpGateway, HttpRequest, check_status, client_tls
from hub.resilience.policy import Policy, Safety
from hub.resilience.upstream import Upstreams
from sandbox.tls import ThrowAwayPki

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
LIMIT_BYTES = 1000


class Server:
    """Talks to each connection as it is told, and keeps the requests' heads."""

    def __init__(self, folder: Path) -> None:
        self.pki = ThrowAwayPki.create(folder / "pki")
        self.heads: list[str] = []
        self.talk: Talk = self.answering(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        self.port = 0

    def answering(self, answer: bytes, *, then_wait: bool = False) -> Talk:
        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            head = await reader.readuntil(b"\r\n\r\n")
            self.heads.append(head.decode())
            await reader.readexactly(4)
            writer.write(answer)
            await writer.drain()
            if then_wait:
                await reader.read()

        return talk

    @asynccontextmanager
    async def listen(self, *, plain: bool = False) -> AsyncIterator[None]:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        pair = self.pki.server()
        context.load_cert_chain(pair.certificate, pair.key)
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=None if plain else context)
        self.port = server.sockets[0].getsockname()[1]
        async with server:
            yield

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self.talk(reader, writer)
        except (OSError, EOFError):
            return  # the client has gone
        finally:
            writer.close()


class Client:
    def __init__(self, server: Server, *, host: str = "127.0.0.1", **policy: object) -> None:
        clock = SystemClock()
        upstreams = Upstreams(clock=clock, ids=Ids(clock=clock), registry=CollectorRegistry())
        values = {"max_attempts": 1, "attempt_timeout": 10.0, **policy}
        pair = server.pki.client()
        self.gateway = HttpGateway(
            upstream=upstreams.open("plots.vendor", Policy.model_validate(values)),
            base_url=f"https://{host}:{server.port}/api/",
            tls=client_tls(
                certificate=pair.certificate,
                key=pair.key,
                key_password=None,
                ca_bundle=server.pki.ca_path,
                plain_key_allowed=True,
            ),
            networks=LOOPBACK,
            max_answer_bytes=LIMIT_BYTES,
            telemetry=Telemetry(tracer=NoOpTracer()),
        )

    async def post(self, *, safety: Safety = Safety.READ) -> HttpAnswer:
        def read(answer: HttpAnswer) -> HttpAnswer:
            check_status(answer)
            return answer

        request = HttpRequest(operation="read", path="/read", headers={"Content-Type": "x/y"}, body=b"body")
        try:
            return await self.gateway.post(request, read, safety=safety)
        finally:
            await self.gateway.close()

    async def get(self) -> HttpAnswer:
        request = HttpRequest(operation="list", path="/read?limit=1", headers={}, route="/read")
        try:
            return await self.gateway.get(request, lambda answer: answer)
        finally:
            await self.gateway.close()

    async def failure(self) -> AttemptError:
        """How an attempt at a write fails, in the chain's own terms."""
        with pytest.raises(Exception, match=r"plots\.vendor") as caught:
            await self.post(safety=Safety.ASK_STATUS_FIRST)
        assert isinstance(caught.value.__cause__, AttemptError)
        assert isinstance(caught.value, OutcomeUnknownError) is caught.value.__cause__.may_have_acted
        return caught.value.__cause__


@pytest.fixture
def server(tmp_path: Path) -> Server:
    return Server(tmp_path)


async def test_an_answer_comes_back_whole(server: Server) -> None:
    async with server.listen():
        answer = await Client(server).post()
    assert (answer.status, answer.body) == (200, b"ok")
    head = server.heads[0]
    assert head.startswith("POST /api/read HTTP/1.1\r\n")
    assert "Content-Type: x/y" in head
    assert "Accept-Encoding: identity" in head


async def test_a_call_after_the_close_opens_no_connection_that_nobody_would_close(server: Server) -> None:
    async with server.listen():
        client = Client(server)
        await client.post()
        assert isinstance(await client.failure(), NotSentError)
    assert len(server.heads) == 1
    assert client.gateway._session is None


async def test_a_read_asks_by_its_address_alone(server: Server) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server.heads.append((await reader.readuntil(b"\r\n\r\n")).decode())
        writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno")
        await writer.drain()

    server.talk = talk
    async with server.listen():
        answer = await Client(server).get()
    assert (answer.status, answer.body) == (404, b"no")
    assert server.heads[0].startswith("GET /api/read?limit=1 HTTP/1.1\r\n")
    assert "content-length" not in server.heads[0].lower()


async def test_a_refused_connection_sent_nothing(server: Server) -> None:
    async with server.listen():
        client = Client(server)
    assert isinstance(await client.failure(), NotSentError)


async def test_a_broken_handshake_sent_nothing(server: Server) -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)

    server.talk = hang_up
    async with server.listen(plain=True):
        assert isinstance(await Client(server).failure(), NotSentError)


async def test_a_server_of_another_ca_gets_nothing(server: Server, tmp_path: Path) -> None:
    async with server.listen():
        client = Client(server)
        other = ThrowAwayPki.create(tmp_path / "other", name="another CA")
        client.gateway._tls = ssl.create_default_context(cafile=str(other.ca_path))
        assert isinstance(await client.failure(), NotSentError)
    assert not server.heads


async def test_a_server_of_another_name_gets_nothing(server: Server) -> None:
    server.pki.server(hosts=("gateway.example",))
    async with server.listen():
        assert isinstance(await Client(server).failure(), NotSentError)
    assert not server.heads


async def test_a_handshake_that_hangs_sent_nothing(server: Server) -> None:
    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(-1)

    server.talk = say_nothing
    async with server.listen(plain=True):
        assert isinstance(await Client(server, attempt_timeout=0.2).failure(), NotSentError)


@pytest.mark.parametrize("newest", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_an_alert_about_our_certificate_is_told_as_that(
    server: Server, tmp_path: Path, newest: ssl.TLSVersion
) -> None:
    other = ThrowAwayPki.create(tmp_path / "other", name="another CA")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(other.ca_path))
    context.load_cert_chain(server.pki.server().certificate, server.pki.server().key)
    context.verify_mode = ssl.CERT_REQUIRED
    context.maximum_version = newest

    async def shake_hands(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """As a server does that lets its alert arrive before it closes."""
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        session = context.wrap_bio(incoming, outgoing, server_side=True)
        is_refused = False
        while not is_refused:
            try:
                session.do_handshake()
            except ssl.SSLWantReadError:
                writer.write(outgoing.read())
                incoming.write(await reader.read(65_536))
            except ssl.SSLCertVerificationError:
                is_refused = True
        writer.write(outgoing.read())
        await reader.read(-1)

    server.talk = shake_hands
    async with server.listen(plain=True):
        assert isinstance(await Client(server).failure(), CredentialsRefusedError)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhal",
        b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
    ],
)
async def test_an_answer_cut_short_is_lost(server: Server, answer: bytes) -> None:
    server.talk = server.answering(answer)
    async with server.listen():
        assert isinstance(await Client(server).failure(), AnswerLostError)


async def test_an_answer_that_does_not_come_is_lost(server: Server) -> None:
    server.talk = server.answering(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", then_wait=True)
    async with server.listen():
        assert isinstance(await Client(server, attempt_timeout=1.0).failure(), AnswerLostError)


async def test_an_answer_without_end_is_read_to_the_limit_alone(server: Server) -> None:
    async def pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            writer.write(b"64\r\n" + b"x" * 100 + b"\r\n")
            await writer.drain()

    server.talk = pour
    async with server.listen():
        failure = await Client(server).failure()
    assert isinstance(failure, AnswerInvalidError)
    assert str(LIMIT_BYTES) in str(failure)


async def test_a_redirect_is_not_followed(server: Server) -> None:
    server.talk = server.answering(b"HTTP/1.1 307 T\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n")
    async with server.listen():
        assert isinstance(await Client(server).failure(), AnswerInvalidError)
    assert len(server.heads) == 1


async def test_a_compressed_answer_is_not_inflated(server: Server) -> None:
    bomb = gzip.compress(b"0" * 100_000)
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(bomb)}\r\n\r\n"
    server.talk = server.answering(head.encode() + bomb)
    async with server.listen():
        assert (await Client(server).post()).body == bomb


async def test_proxies_of_the_environment_are_not_used(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    async with server.listen():
        assert (await Client(server).post()).status == 200


async def test_a_host_by_name_is_resolved_and_judged(server: Server) -> None:
    async with server.listen():
        client = Client(server, host="localhost")
        assert (await client.post()).status == 200
        client = Client(server, host="localhost")
        client.gateway._networks = ()
        with pytest.raises(UnavailableError):
            await client.post()


@pytest.mark.parametrize(
    "url",
    [
        "http://gateway.example",
        "https://user@gateway.example",
        "https://gateway.example/?key=1",
        "https://",
        "https://10.0.0.1",
        "https://[::1]:8443",
        "ftp://gateway.example",
    ],
)
def test_an_address_that_is_no_plain_https_or_private_is_refused(server: Server, url: str) -> None:
    client = Client(server)
    with pytest.raises(ValueError, match=r"https|private"):
        HttpGateway(
            upstream=client.gateway._upstream,
            base_url=url,
            tls=client.gateway._tls,
            networks=(),
            max_answer_bytes=1,
            telemetry=client.gateway._telemetry,
        )


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (204, AnswerInvalidError),
        (302, AnswerInvalidError),
        (400, RequestRejectedError),
        (401, CredentialsRefusedError),
        (403, CredentialsRefusedError),
        (404, RequestRejectedError),
        (408, AnswerInvalidError),
        (409, AnswerInvalidError),
        (429, QuotaExceededError),
        (500, UpstreamFailedError),
        (502, UpstreamFailedError),
        (503, UpstreamFailedError),
    ],
)
def test_a_status_alone_tells_a_failure(status: int, kind: type[AttemptError]) -> None:
    with pytest.raises(kind) as caught:
        check_status(HttpAnswer(status=status, content_type="text/html", body=b"", retry_after=timedelta(seconds=3)))
    if status in {429, 503}:
        assert caught.value.retry_after == timedelta(seconds=3)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7), ("999999999999999999", 3600), ("Wed, 21 Oct 2026 07:28:00 GMT", None), ("-1", None)],
)
async def test_retry_after_is_read_in_seconds_and_bounded(server: Server, header: str, seconds: int | None) -> None:
    server.talk = server.answering(f"HTTP/1.1 429 T\r\nRetry-After: {header}\r\nContent-Length: 0\r\n\r\n".encode())
    async with server.listen():
        failure = await Client(server, max_attempts=1).failure()
    assert failure.retry_after == (timedelta(seconds=seconds) if seconds else None)
