"""E-mail by SMTP submission (RFC 6409, RFC 8314): TLS always, one recipient a message, its answer read to the letter.

Nothing was sent before the final dot; after it, only the server's answer tells. A server can't be asked afterwards, so
a connection that is lost there leaves the outcome unknown for good. The Message-ID follows from our reference, so that
whoever looks into a mailbox can tell one message twice from two messages.
"""

import asyncio
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import ip_network
from typing import Literal

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPDataError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)
from opentelemetry.trace import SpanKind
from pydantic import Field

from hub.core.telemetry import AttributeValue, Telemetry
from hub.modules.notifications.port import (
    Accepted,
    Capabilities,
    Channel,
    Content,
    ContentNotCarriedError,
    Guard,
    Message,
    NotificationsPort,
    RefusedError,
)
from hub.modules.notifications.providers import _smtp_replies as replies
from hub.modules.notifications.providers._silent import SilentPort
from hub.modules.notifications.providers._smtp_letter import Sender, compose, has_controls, read_sender
from hub.modules.notifications.providers._wire import Place
from hub.resilience.addresses import LOOPBACK, Network, is_allowed
from hub.resilience.context import ProviderContext
from hub.resilience.endpoint import Endpoint
from hub.resilience.failures import AnswerLostError, AttemptError, CredentialsRefusedError, NotSentError
from hub.resilience.http import server_only_tls
from hub.resilience.policy import Policy, Safety
from hub.resilience.upstream import Attempt, Upstream

NAME = "smtp"
_IDLE_SECONDS = 20.0  # shorter than any server waits for its next command
_MESSAGES_A_CONNECTION = 50  # servers close those that go on for long


class Settings(Place):
    """The `[modules.notifications.accounts.NAME.settings]` table."""

    host: str = Field(min_length=1, max_length=253)
    port: int = Field(default=465, ge=1, le=65_535)
    tls: Literal["implicit", "starttls"] = "implicit"
    """implicit: TLS from the first byte, port 465. starttls: port 587; a server that doesn't offer it is refused."""
    username: str = Field(default="", max_length=254)
    """Empty: the server knows us by our address, and takes no login."""
    password: str = ""
    """A secret's reference."""
    sender: str = Field(min_length=3, max_length=254)
    """From whom, where a message doesn't say: "Кооператив «Заря» <no-reply@zarya.example>"."""
    local_hostname: str = Field(default="localhost", pattern=r"^[A-Za-z0-9.-]{1,253}$")
    """Our name as we tell it the server."""
    attachments_bytes: int = Field(default=10 * 1024 * 1024, ge=0, le=50 * 1024 * 1024)
    """The files of one message together, before they grow by a third on the wire."""
    retry_after_seconds: float = Field(default=300.0, ge=1, le=86_400)
    """How long to wait after "try later" (greylisting, a full mailbox): servers don't say."""
    policy: Policy = Policy(attempt_timeout=60.0, total_timeout=80.0, max_concurrent=4)


def build(settings: Settings, ctx: ProviderContext, *, account: str) -> NotificationsPort:
    """Make the provider of one account. Nothing is sent before its first call.

    Raises:
        ValueError: the sender is no address.
        SecretError, OSError: a secret or the CA bundle can't be read.
    """
    upstream = ctx.upstreams.open(f"notifications.{account}", settings.policy)
    networks = tuple(ip_network(network) for network in settings.private_networks)
    server = _Server(
        settings=settings,
        tls=server_only_tls(ca_bundle=ctx.path(settings.ca_bundle)),
        networks=networks + (LOOPBACK if ctx.development else ()),
        password=ctx.secrets.resolve(settings.password).text() if settings.password else "",
    )
    upstream.endpoint = Endpoint(
        host=settings.host,
        port=settings.port,
        tls=server.tls if settings.tls == "implicit" else None,
        networks=server.networks,
    )
    return Smtp(account=account, server=server, upstream=upstream, telemetry=ctx.telemetry, ctx=ctx)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Server:
    """Where the server is, whom to trust there and how to log in."""

    settings: Settings
    tls: ssl.SSLContext = field(repr=False)
    networks: tuple[Network, ...]
    password: str = field(repr=False)


@dataclass(slots=True)
class _Connection:
    """One connection that is logged in. `used`: how many messages went by it; `idle_since`: on the monotonic clock."""

    client: SMTP
    used: int = 0
    idle_since: float = 0.0


class Smtp(SilentPort):
    """See the port."""

    def __init__(
        self, *, account: str, server: _Server, upstream: Upstream, telemetry: Telemetry, ctx: ProviderContext
    ) -> None:
        super().__init__(account=account)
        self._server = server
        self._upstream = upstream
        self._telemetry = telemetry
        self._clock = ctx.clock
        self._sender = read_sender(server.settings.sender)
        self._idle: list[_Connection] = []
        self._room = asyncio.Semaphore(upstream.policy.max_concurrent)
        self._where: Mapping[str, AttributeValue] = {
            "server.address": server.settings.host,
            "server.port": server.settings.port,
            "landhub.upstream": upstream.name,
        }

    @property
    def name(self) -> str:
        """See the port."""
        return NAME

    @property
    def channel(self) -> Channel:
        """See the port."""
        return Channel.EMAIL

    @property
    def capabilities(self) -> Capabilities:
        """See the port."""
        return Capabilities()

    def check(self, content: Content, *, sender: str) -> None:
        """See the port."""
        if content.vendor_template is not None:
            raise self._not_carried("content.vendor_template", "none")
        if not content.text.strip() and not content.html.strip():
            raise self._not_carried("content.text", "a text that isn't empty")
        if has_controls(content.subject):
            raise self._not_carried("content.subject", "one line")
        if any(has_controls(item.file_name) for item in content.attachments):
            raise self._not_carried("content.attachments.file_name", "one line")
        most = self._server.settings.attachments_bytes
        if sum(len(item.content) for item in content.attachments) > most:
            raise self._not_carried("attachments_bytes", str(most))
        self._sender_of(sender)

    async def send(self, message: Message, *, guard: Guard | None = None) -> Accepted:
        """See the port."""
        letter = compose(message, sender=self._sender_of(message.sender), time=self._clock.now())

        async def attempt(current: Attempt) -> Accepted:
            with self._telemetry.span("SMTP send", kind=SpanKind.CLIENT, attributes=self._where):
                async with self._room:
                    connection = await self._connected(current)
                    return await self._deliver(
                        connection, letter.envelope_from, letter.envelope_to, letter.data, current
                    )

        return await self._upstream.call("send", attempt, safety=Safety.IRREVERSIBLE, guard=guard)

    async def probe(self) -> None:
        """See the port. It connects, logs in and says goodbye."""

        async def attempt(current: Attempt) -> None:
            connection = await self._open(current)
            await self._say_goodbye(connection)

        await self._upstream.call("probe", attempt, safety=Safety.READ)

    async def close(self) -> None:
        """See the port."""
        idle, self._idle = self._idle, []
        for connection in idle:
            await self._say_goodbye(connection)

    def _sender_of(self, sender: str) -> Sender:
        if not sender:
            return self._sender
        try:
            return read_sender(sender)
        except ValueError as error:
            raise self._not_carried("sender", "an e-mail address, with or without a name") from error

    def _not_carried(self, limit: str, at_most: str) -> ContentNotCarriedError:
        return ContentNotCarriedError(account=self._account, limit=limit, at_most=at_most)

    async def _deliver(
        self, connection: _Connection, envelope_from: str, envelope_to: str, data: bytes, attempt: Attempt
    ) -> Accepted:
        """Hand one message over, and keep the connection if it is still good."""
        client, good = connection.client, False
        try:
            await client.mail(envelope_from, options=self._options(client, envelope_to))
            await client.rcpt(envelope_to)
            attempt.leave()
            answer = await client.data(data)
            good = True
            return Accepted(vendor_code=replies.queue_id(answer.message))
        except (SMTPSenderRefused, SMTPRecipientRefused, SMTPDataError) as error:
            good = replies.is_refusal(error) and await self._is_reset(client)
            raise self._meaning(error, attempt) from error
        except SMTPResponseException as error:
            raise self._meaning(error, attempt) from error
        except (SMTPException, OSError) as error:
            what = type(error).__name__
            raise (AnswerLostError(what) if attempt.has_left else NotSentError(what)) from error
        finally:
            self._keep(connection, good=good)

    def _options(self, client: SMTP, envelope_to: str) -> list[str]:
        if envelope_to.isascii():
            return []
        if not client.supports_extension("smtputf8"):
            raise RefusedError(replies.NOT_ASCII, vendor_code="SMTPUTF8")
        return ["SMTPUTF8", "BODY=8BITMIME"]

    async def _is_reset(self, client: SMTP) -> bool:
        try:
            await client.rset()
        except (SMTPException, OSError):
            return False
        return True

    def _meaning(self, error: SMTPResponseException, attempt: Attempt) -> RefusedError | AttemptError:
        if not replies.is_reply(error):
            return (AnswerLostError if attempt.has_left else NotSentError)("no reply of SMTP")
        later = timedelta(seconds=self._server.settings.retry_after_seconds)
        return replies.meaning(error, retry_after=later)

    def _keep(self, connection: _Connection, *, good: bool) -> None:
        connection.used += 1
        connection.idle_since = self._clock.monotonic()
        if good and connection.used < _MESSAGES_A_CONNECTION:
            self._idle.append(connection)
        else:
            connection.client.close()

    async def _connected(self, attempt: Attempt) -> _Connection:
        while self._idle:
            connection = self._idle.pop()
            if connection.client.is_connected and self._clock.monotonic() - connection.idle_since < _IDLE_SECONDS:
                return connection
            connection.client.close()
        return await self._open(attempt)

    async def _open(self, attempt: Attempt) -> _Connection:
        settings = self._server.settings
        client = SMTP(
            hostname=settings.host,
            sock=await self._socket(),
            use_tls=settings.tls == "implicit",
            start_tls=False,  # below, and never left out
            tls_context=self._server.tls,
            local_hostname=settings.local_hostname,
            timeout=attempt.timeout_seconds,
        )
        try:
            await client.connect()
            if settings.tls == "starttls":
                await client.starttls(server_hostname=settings.host, tls_context=self._server.tls)
            if settings.username:
                await client.login(settings.username, self._server.password)
        except BaseException as error:
            client.close()
            if isinstance(error, SMTPAuthenticationError) and error.code >= replies.PERMANENT:
                raise CredentialsRefusedError(f"code {error.code}") from error
            if isinstance(error, (SMTPException, OSError)):
                raise NotSentError(type(error).__name__) from error
            raise
        return _Connection(client)

    async def _socket(self) -> socket.socket:
        """Connect to an address that is allowed, judged after its name was resolved."""
        settings, loop = self._server.settings, asyncio.get_running_loop()
        try:
            found = await loop.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)
            allowed = [info for info in found if is_allowed(str(info[4][0]), self._server.networks)]
            if not allowed:
                raise NotSentError("the server's addresses are private ones; name their network in the settings")
            family, kind, protocol, _, address = allowed[0]
            connected = socket.socket(family, kind, protocol)
            try:
                connected.setblocking(False)  # noqa: FBT003 - its one argument
                await loop.sock_connect(connected, address)
            except BaseException:
                connected.close()
                raise
        except OSError as error:
            raise NotSentError(type(error).__name__) from error
        return connected

    async def _say_goodbye(self, connection: _Connection) -> None:
        try:
            await connection.client.quit(timeout=1.0)
        except (SMTPException, OSError):
            connection.client.close()
