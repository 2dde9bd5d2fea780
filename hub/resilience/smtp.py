"""The way out to an SMTP server (RFC 6409, RFC 8314): TLS always, one message at a time by a connection that is kept.

Nothing was sent before the final dot; after it, only the server's reply tells. What its replies mean is the provider's.
"""

import asyncio
import socket
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)
from opentelemetry.trace import SpanKind

from hub.core.clock import Clock
from hub.core.telemetry import AttributeValue, Telemetry
from hub.resilience.addresses import Network, is_allowed
from hub.resilience.endpoint import Endpoint
from hub.resilience.failures import AnswerLostError, CredentialsRefusedError, NotSentError
from hub.resilience.policy import Guard, Safety
from hub.resilience.upstream import Attempt, Upstream

CLOSING = 421
_TRANSIENT, _PERMANENT, _END = 400, 500, 600
_IDLE_SECONDS = 20.0  # shorter than any server waits for its next command
_MESSAGES_A_CONNECTION = 50  # servers close those that go on for long
_GOODBYE_SECONDS = 1.0


class Stage(StrEnum):
    """At which command a server said no."""

    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpReply:
    """A refusal, 4xx or 5xx; its text may repeat the address."""

    stage: Stage
    code: int
    text: str = field(repr=False)

    @property
    def is_permanent(self) -> bool:
        """Whether asking again will not help."""
        return self.code >= _PERMANENT


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpPlace:
    """Where the server is, whom to trust there and how to log in. `implicit_tls`: from the first byte; else STARTTLS,
    which is demanded.
    """

    host: str
    port: int
    implicit_tls: bool
    tls: ssl.SSLContext = field(repr=False)
    networks: tuple[Network, ...]
    username: str
    password: str = field(repr=False)
    local_hostname: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """One message to one recipient."""

    sender: str
    recipient: str = field(repr=False)
    data: bytes = field(repr=False)


@dataclass(slots=True)
class _Connection:
    """One connection that is logged in. `used`: how many messages went by it; `idle_since`: on the monotonic clock."""

    client: SMTP
    used: int = 0
    idle_since: float = 0.0


Refused = Callable[[SmtpReply], Exception]
"""Turns a refusal into what is raised: a hub error, or an AttemptError."""


class SmtpGateway:
    """Submits messages to one server."""

    def __init__(self, *, upstream: Upstream, place: SmtpPlace, telemetry: Telemetry, clock: Clock) -> None:
        self._upstream = upstream
        self._place = place
        self._telemetry = telemetry
        self._clock = clock
        self._idle: list[_Connection] = []
        self._room = asyncio.Semaphore(upstream.policy.max_concurrent)
        tls = place.tls if place.implicit_tls else None
        upstream.endpoint = Endpoint(host=place.host, port=place.port, tls=tls, networks=place.networks)
        self._where: Mapping[str, AttributeValue] = {
            "server.address": place.host,
            "server.port": place.port,
            "landhub.upstream": upstream.name,
        }

    async def submit(self, envelope: Envelope, *, refused: Refused, guard: Guard | None = None) -> str:
        """Hand a message over, and return the text of the server's reply. Never repeated once the dot may have left.

        Raises:
            HubError: as `Upstream.call`, and what `refused` returns.
        """

        async def attempt(current: Attempt) -> str:
            with self._telemetry.span("SMTP submit", kind=SpanKind.CLIENT, attributes=self._where):
                async with self._room:
                    connection = await self._connected(current)
                    return await self._deliver(connection, envelope, refused, current)

        return await self._upstream.call("send", attempt, safety=Safety.IRREVERSIBLE, guard=guard)

    async def probe(self) -> None:
        """Connect, log in and say goodbye.

        Raises:
            HubError: as `Upstream.call`.
        """

        async def attempt(current: Attempt) -> None:
            await _say_goodbye(await self._open(current))

        await self._upstream.call("probe", attempt, safety=Safety.READ)

    async def close(self) -> None:
        """Let the connections go."""
        idle, self._idle = self._idle, []
        for connection in idle:
            await _say_goodbye(connection)

    async def _deliver(self, connection: _Connection, envelope: Envelope, refused: Refused, attempt: Attempt) -> str:
        """Hand one message over, and keep the connection if it is still good."""
        client, good, stage = connection.client, False, Stage.MAIL
        try:
            await client.mail(envelope.sender, options=_options(client, envelope, refused))
            stage = Stage.RCPT
            await client.rcpt(envelope.recipient)
            stage = Stage.DATA
            attempt.leave()
            reply = await client.data(envelope.data)
            good = True
        except SMTPResponseException as error:
            if not _TRANSIENT <= error.code < _END:
                raise _lost(attempt, "no reply of SMTP") from error
            good = error.code != CLOSING and await _is_reset(client)
            raise refused(SmtpReply(stage=_stage(error, stage), code=error.code, text=error.message)) from error
        except (SMTPException, OSError) as error:
            raise _lost(attempt, type(error).__name__) from error
        finally:
            self._keep(connection, good=good)
        return reply.message

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
        place = self._place
        client = SMTP(
            hostname=place.host,
            sock=await self._socket(),
            use_tls=place.implicit_tls,
            start_tls=False,  # below, and never left out
            tls_context=place.tls,
            local_hostname=place.local_hostname,
            timeout=attempt.timeout_seconds,
        )
        try:
            await client.connect()
            if not place.implicit_tls:
                await client.starttls(server_hostname=place.host, tls_context=place.tls)
            if place.username:
                await client.login(place.username, place.password)
        except BaseException as error:
            client.close()
            if isinstance(error, SMTPAuthenticationError) and error.code >= _PERMANENT:
                raise CredentialsRefusedError(f"code {error.code}") from error
            if isinstance(error, (SMTPException, OSError)):
                raise NotSentError(type(error).__name__) from error
            raise
        return _Connection(client)

    async def _socket(self) -> socket.socket:
        """Connect to an address that is allowed, judged after its name was resolved."""
        loop = asyncio.get_running_loop()
        try:
            found = await loop.getaddrinfo(self._place.host, self._place.port, type=socket.SOCK_STREAM)
            allowed = [info for info in found if is_allowed(str(info[4][0]), self._place.networks)]
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


def _options(client: SMTP, envelope: Envelope, refused: Refused) -> list[str]:
    if envelope.recipient.isascii():
        return []
    if not client.supports_extension("smtputf8"):
        raise refused(SmtpReply(stage=Stage.RCPT, code=553, text="5.6.7 the server takes ASCII addresses only"))
    return ["SMTPUTF8", "BODY=8BITMIME"]


def _stage(error: SMTPResponseException, stage: Stage) -> Stage:
    if isinstance(error, SMTPSenderRefused):
        return Stage.MAIL
    return Stage.RCPT if isinstance(error, SMTPRecipientRefused) else stage


def _lost(attempt: Attempt, what: str) -> AnswerLostError | NotSentError:
    return AnswerLostError(what) if attempt.has_left else NotSentError(what)


async def _is_reset(client: SMTP) -> bool:
    """Whether the connection is good for another message after a refusal."""
    try:
        await client.rset()
    except (SMTPException, OSError):
        return False
    return True


async def _say_goodbye(connection: _Connection) -> None:
    try:
        await connection.client.quit(timeout=_GOODBYE_SECONDS)
    except (SMTPException, OSError):
        connection.client.close()
