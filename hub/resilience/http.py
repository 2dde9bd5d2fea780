"""HTTPS to one upstream: one pooled session, bounded and guarded, every failure told by whether bytes have left."""

import asyncio
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import TypeVar

import aiohttp
from aiohttp.abc import AbstractStreamWriter
from cryptography import x509
from opentelemetry.trace import SpanKind, Status, StatusCode
from yarl import URL

from hub.core.errors import HubError
from hub.core.secrets import Secret, read_private_file
from hub.core.telemetry import AttributeValue, Telemetry, current_traceparent, set_attributes
from hub.resilience.addresses import GuardedResolver, Network, is_allowed
from hub.resilience.endpoint import Endpoint
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
from hub.resilience.policy import Guard, Safety
from hub.resilience.upstream import Attempt, Upstream

T = TypeVar("T")

_KEEP_ALIVE_SECONDS = 10.0  # shorter than any server's, so that we rarely write into a connection it is closing
_DNS_CACHE_SECONDS = 60
_URLS_KEPT = 64  # an upstream has some ten paths; one with ids in them is made anew each time
IN_A_THREAD_BYTES = 100_000  # above it, sealing or reading would hold the event loop for milliseconds
_ENCRYPT = "openssl pkcs8 -topk8 -v2 aes256 -in {0} -out {0}.new"
_MAX_RETRY_AFTER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """A whole answer of any status."""

    status: int
    content_type: str
    body: bytes = field(repr=False)
    retry_after: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpRequest:
    """A request to a path of the upstream, which begins with a slash; `operation` is its name in metrics and spans.

    `route` is the path's form where the path holds an id or a query: spans are named by it.
    """

    operation: str
    path: str
    headers: Mapping[str, str]
    body: bytes = field(default=b"", repr=False)
    route: str = ""


def client_tls(
    *, certificate: Path, key: Path, key_password: Secret | None, ca_bundle: Path, plain_key_allowed: bool
) -> ssl.SSLContext:
    """Return a context that trusts one CA bundle alone and shows a client certificate. Files are PEM.

    Raises:
        SecretError: the key is missing, or open to others.
        ValueError: the key is not encrypted, and must be.
        ssl.SSLError, OSError: a file can't be read or is no PEM of its kind.
    """
    if b"ENCRYPTED" not in read_private_file(key) and not plain_key_allowed:
        raise ValueError(f"{key} is an unencrypted key, which is refused in production; run: {_ENCRYPT.format(key)}")
    context = ssl.create_default_context(cafile=str(ca_bundle))
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    password = key_password.reveal() if key_password else b""  # empty, since without one OpenSSL asks the terminal
    context.load_cert_chain(certfile=str(certificate), keyfile=str(key), password=password)
    return context


def server_only_tls(*, ca_bundle: Path) -> ssl.SSLContext:
    """Return a context that trusts one CA bundle alone and shows no certificate: the login goes in the request.

    Raises:
        ssl.SSLError, OSError: the bundle can't be read or is no PEM.
    """
    context = ssl.create_default_context(cafile=str(ca_bundle))
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def certificate_expire_time(path: Path) -> datetime:
    """Return until when the first certificate of a PEM file is good."""
    return x509.load_pem_x509_certificate(path.read_bytes()).not_valid_after_utc


class HttpGateway:
    """Calls one upstream over HTTPS, or over plain HTTP where `tls` is None: only where answers prove themselves."""

    def __init__(
        self,
        *,
        upstream: Upstream,
        base_url: str,
        tls: ssl.SSLContext | None,
        networks: tuple[Network, ...],
        max_answer_bytes: int,
        telemetry: Telemetry,
    ) -> None:
        """Take what it needs; the first call opens the session.

        Raises:
            ValueError: the URL isn't https (or http, without `tls`), or names an address that is private and in none of
                `networks`.
        """
        self._upstream = upstream
        self._base = URL(base_url.rstrip("/"))
        self._tls = tls
        self._networks = networks
        self._max_answer_bytes = max_answer_bytes
        self._telemetry = telemetry
        self._session: aiohttp.ClientSession | None = None
        self._is_closed = False
        self._urls: dict[str, URL] = {}
        # The pool's own limit lets newcomers pass those who wait for a connection; a semaphore serves them in turn.
        self._room = asyncio.Semaphore(upstream.policy.max_concurrent)
        _check_base(self._base, networks, scheme="http" if tls is None else "https")
        port = self._base.port or 443
        upstream.endpoint = Endpoint(host=self._base.host or "", port=port, tls=tls, networks=networks)
        self._where: Mapping[str, AttributeValue] = {
            "server.address": self._base.host or "",
            "server.port": port,
            "url.scheme": self._base.scheme,
            "landhub.upstream": upstream.name,
        }

    async def post(
        self,
        request: HttpRequest,
        read: Callable[[HttpAnswer], T],
        *,
        safety: Safety,
        guard: Guard | None = None,
    ) -> T:
        """Send a request and return what `read` makes of the answer.

        `read` gets answers of any status, maybe in a thread; it raises an `AttemptError` (see `check_status`) or, if
        the upstream refuses for a reason of business, a hub error.

        Raises:
            HubError: as `Upstream.call`.
        """
        return await self._call("POST", request, read, safety=safety, guard=guard)

    async def get(self, request: HttpRequest, read: Callable[[HttpAnswer], T]) -> T:
        """As `post`, for what changes nothing: the body stays behind."""
        return await self._call("GET", request, read, safety=Safety.READ, guard=None)

    async def close(self) -> None:
        """Close the pooled connections. A call that comes later does not open new ones, which nobody would close."""
        self._is_closed = True
        session, self._session = self._session, None
        if session:
            await session.close()

    async def _call(
        self,
        method: str,
        request: HttpRequest,
        read: Callable[[HttpAnswer], T],
        *,
        safety: Safety,
        guard: Guard | None,
    ) -> T:
        async def send(attempt: Attempt) -> T:
            return await self._send(method, request, read, attempt)

        return await self._upstream.call(request.operation, send, safety=safety, guard=guard)

    async def _send(self, method: str, request: HttpRequest, read: Callable[[HttpAnswer], T], attempt: Attempt) -> T:
        url = self._url(request.path)
        name = f"{method} {request.route or request.path}"
        with self._telemetry.span(name, kind=SpanKind.CLIENT, attributes=self._where) as span:
            if span.is_recording():
                set_attributes(span, _asked(method, request, url, attempt))
            answer = await self._exchange(method, url, request, attempt)
            if span.is_recording():
                set_attributes(span, {"http.response.status_code": answer.status})
            try:
                if len(answer.body) > IN_A_THREAD_BYTES:
                    return await asyncio.to_thread(read, answer)
                return read(answer)
            except HubError as error:
                refusal = error
                set_attributes(span, {"landhub.reason": refusal.reason})
                if answer.status >= 400:
                    span.set_status(Status(StatusCode.ERROR))
        raise refusal

    async def _exchange(self, method: str, url: URL, request: HttpRequest, attempt: Attempt) -> HttpAnswer:
        sent = {**request.headers, "Accept-Encoding": "identity"}
        body = _Body(request.body, attempt) if method == "POST" else None
        if traceparent := current_traceparent():
            sent["traceparent"] = traceparent
        try:
            async with (
                self._room,
                self._open_session().request(method, url, data=body, headers=sent, allow_redirects=False) as response,
            ):
                return HttpAnswer(
                    status=response.status,
                    content_type=response.content_type,
                    body=await self._read_bounded(response),
                    retry_after=_retry_after(response.headers.get("Retry-After", "")),
                )
        except (aiohttp.ClientError, OSError) as error:
            raise _failure(error, attempt) from error

    async def _read_bounded(self, response: aiohttp.ClientResponse) -> bytes:
        body = bytearray()
        while chunk := await response.content.readany():
            body += chunk
            if len(body) > self._max_answer_bytes:
                response.close()
                raise AnswerInvalidError(f"the answer is larger than {self._max_answer_bytes} bytes")
        return bytes(body)

    def _url(self, path: str) -> URL:
        url = self._urls.get(path)
        if url is None:
            url = URL(f"{self._base}{path}", encoded=True)
            if len(self._urls) < _URLS_KEPT:
                self._urls[path] = url
        return url

    def _open_session(self) -> aiohttp.ClientSession:
        if self._is_closed:
            raise aiohttp.ClientConnectionError("closed")
        if self._session is None:
            connector = aiohttp.TCPConnector(
                ssl=self._tls or True,
                resolver=GuardedResolver(resolver=aiohttp.ThreadedResolver(), networks=self._networks),
                limit=self._upstream.policy.max_concurrent,
                keepalive_timeout=_KEEP_ALIVE_SECONDS,
                ttl_dns_cache=_DNS_CACHE_SECONDS,
            )
            self._session = aiohttp.ClientSession(
                connector=connector,
                timeout=aiohttp.ClientTimeout(total=None),  # the chain's attempt timeout rules
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,
                auto_decompress=False,
                headers={"User-Agent": "landhub"},
            )
        return self._session


def _asked(method: str, request: HttpRequest, url: URL, attempt: Attempt) -> Mapping[str, AttributeValue]:
    return {
        "http.request.method": method,
        "http.request.resend_count": attempt.number - 1,
        "url.path": request.route or url.path,
        "landhub.operation": request.operation,
    }


def check_status(answer: HttpAnswer) -> None:
    """Raise the failure that an answer's status alone tells; return if it is 200.

    Raises:
        AttemptError: by kind.
    """
    status = answer.status
    what = f"HTTP {status}"
    if status == 200:
        return
    if status == 429:
        raise QuotaExceededError(what, retry_after=answer.retry_after)
    if status in {401, 403}:
        raise CredentialsRefusedError(what)
    if status >= 500:
        raise UpstreamFailedError(what, retry_after=answer.retry_after)
    if status >= 400 and status not in {408, 409, 425}:  # these three may speak of an earlier attempt that acted
        raise RequestRejectedError(what)
    raise AnswerInvalidError(what)


def _check_base(base: URL, networks: tuple[Network, ...], *, scheme: str) -> None:
    if base.scheme != scheme or not base.host or base.user or base.query_string or base.fragment:
        raise ValueError(f"the address of a provider is {scheme}://host[:port][/path], without user, query or fragment")
    try:
        address = str(ip_address(base.host))
    except ValueError:
        return  # a name: judged when it is resolved
    if not is_allowed(address, networks):
        raise ValueError(f"{address} is a private address; this profile refuses it unless its network is named")


class _Body(aiohttp.BytesPayload):
    """A body that marks its attempt when its first byte is about to be written, which the headers leave with.

    aiohttp's own trace hooks could tell this too, at the price of a dozen callbacks a request.
    """

    def __init__(self, body: bytes, attempt: Attempt) -> None:
        super().__init__(body)
        self._attempt = attempt

    async def write_with_length(self, writer: AbstractStreamWriter, content_length: int | None) -> None:
        self._attempt.leave()
        await super().write_with_length(writer, content_length)


def _failure(error: aiohttp.ClientError | OSError, attempt: Attempt) -> AttemptError:
    what = type(error).__name__
    if _is_certificate_alert(error):
        return CredentialsRefusedError(f"{what}: the peer refuses our certificate")
    if not attempt.has_left:
        return NotSentError(what)
    return AnswerLostError(what)


def _is_certificate_alert(error: BaseException | None) -> bool:
    """Whether the peer refused our certificate: with TLS 1.3, after our first bytes left, before it reads any."""
    while error is not None:
        text = f"{getattr(error, 'reason', '')} {error}".upper()
        if isinstance(error, OSError) and "ALERT" in text and ("CERTIFICATE" in text or "UNKNOWN_CA" in text):
            return True
        error = error.__cause__ or error.__context__
    return False


def _retry_after(header: str) -> timedelta | None:
    """Return the seconds a server asks for; the date form is left to our own delays."""
    if not header.isdecimal():
        return None
    return min(timedelta(seconds=int(header[:9])), _MAX_RETRY_AFTER)
