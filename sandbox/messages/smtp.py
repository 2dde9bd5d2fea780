"""A real SMTP server (aiosmtpd) that takes mail to deliver: TLS from the first byte, a login, and its bad days.

Faults wait for `smtp.send` (they strike when the message has come in whole) and, as errors with a reply in `code`
("550 5.1.1"), for `smtp.login`, `smtp.mail`, `smtp.rcpt` and `smtp.data`. A recipient of the book's refusals is refused
by that reply at RCPT, and one seen for the first time by 451 for `greylist_seconds`.
"""

import asyncio
import ssl
import warnings
from collections import Counter
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from sandbox.clock import SandboxClock
from sandbox.faults import Fault, FaultBoard, FaultKind
from sandbox.messages.book import Message, MessageBook

NAME = "smtp"
USERNAME = "zarya@mail.example"
PASSWORD = "demo-smtp-password"  # noqa: S105 - a simulator's, known to everybody
_HANG_SECONDS = 600
_MAX_BYTES = 40 * 1024 * 1024


class SmtpServer:
    """One server on one address."""

    def __init__(
        self, *, clock: SandboxClock, faults: FaultBoard, book: MessageBook, host: str, port: int, tls: ssl.SSLContext
    ) -> None:
        """Port 0 is chosen at the first start and kept."""
        self.host = host
        self.port = port
        self.greylist_seconds = 0.0
        """How long a recipient that is seen for the first time is told to be tried later."""
        self.starttls = False
        """Offer STARTTLS instead of TLS from the first byte, from the next start on."""
        self.plain = False
        """Offer no TLS at all, from the next start on."""
        self.operations: Counter[str] = Counter()
        self._clock = clock
        self._faults = faults
        self._book = book
        self._tls = tls
        self._server: asyncio.Server | None = None
        self._open: set[SMTP] = set()
        self._seen: dict[str, datetime] = {}
        self._count = 0
        self._last_login: tuple[Session | None, str | None] = (None, None)

    async def start(self) -> None:
        """Listen; after a `stop` on the same port."""
        if self._server is not None:
            return
        context = None if self.starttls or self.plain else self._tls
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._protocol, self.host, self.port, ssl=context)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Refuse connections and cut those there are."""
        if self._server is None:
            return
        self._server.close()
        for protocol in list(self._open):
            _cut(protocol)
        self._open.clear()
        self._server = None

    def forget(self) -> None:
        """Begin anew."""
        self.operations.clear()
        self._seen.clear()

    def _protocol(self) -> SMTP:
        with warnings.catch_warnings():
            # It knows of TLS only what STARTTLS began, and warns of a login before that.
            warnings.simplefilter("ignore", UserWarning)
            protocol = SMTP(
                self,
                data_size_limit=_MAX_BYTES,
                enable_SMTPUTF8=True,
                hostname="mail.example",
                ident="landhub sandbox",
                tls_context=self._tls if self.starttls else None,
                require_starttls=self.starttls,
                auth_required=True,
                auth_require_tls=self.starttls,
                authenticator=self._authenticate,
                loop=asyncio.get_running_loop(),
            )
        self._open.add(protocol)
        return protocol

    def _authenticate(
        self, _server: SMTP, session: Session, _envelope: Envelope, _mechanism: str, data: LoginPassword
    ) -> AuthResult:
        if session is not self._last_login[0]:  # a client that is refused by one mechanism tries the next
            self.operations["login"] += 1
            self._last_login = (session, self._error("login"))
        struck = self._last_login[1]
        good = (data.login.decode(), data.password.decode()) == (USERNAME, PASSWORD)
        if struck is not None or not good:
            reply = struck or "535 5.7.8 Authentication credentials invalid"
            return AuthResult(success=False, handled=False, message=reply)
        return AuthResult(success=True)

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """MAIL FROM."""
        self.operations["mail"] += 1
        struck = self._error("mail")
        if struck is not None:
            return struck
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 Ok"

    async def handle_RCPT(  # noqa: N802 - same
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """RCPT TO."""
        self.operations["rcpt"] += 1
        reply = self._error("rcpt") or self._book.refusals.get(address) or self._greylisted(address)
        if reply is not None:
            return reply
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - same
        """The message has come in whole: the final dot included."""
        self.operations["send"] += 1
        faults = self._faults.take(f"{NAME}.send")
        if any(fault.kind in {FaultKind.RESET, FaultKind.HTTP_STATUS} for fault in faults):
            _cut(server)
            raise ConnectionResetError
        struck = self._error("data")
        if struck is not None:
            return struck
        number = self._take(envelope)
        for fault in faults:
            await _lose(server, fault)
        return f"250 2.0.0 Ok: queued as {number}"

    def _take(self, envelope: Envelope) -> str:
        self._count += 1
        number = f"SANDBOX{self._count:08d}"
        content = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        letter = message_from_bytes(content, policy=default)
        assert isinstance(letter, EmailMessage)
        for recipient in envelope.rcpt_tos:
            self._book.add(
                Message(
                    vendor=NAME,
                    channel="email",
                    id=number,
                    recipient=recipient,
                    accepted_at=self._clock.now(),
                    sender=str(letter["From"]),
                    subject=str(letter["Subject"]),
                    text=_part(letter, "plain"),
                    html=_part(letter, "html"),
                    attachments=tuple(item.get_filename() or "" for item in letter.iter_attachments()),
                    reference=str(letter["Message-ID"]),
                    more={name: str(value) for name, value in letter.items()},
                )
            )
        return number

    def _error(self, operation: str) -> str | None:
        for fault in self._faults.take(f"{NAME}.{operation}"):
            if fault.kind is FaultKind.ERROR:
                return f"{fault.code} {fault.message}"
        return None

    def _greylisted(self, address: str) -> str | None:
        if not self.greylist_seconds:
            return None
        now = self._clock.now()
        if now - self._seen.setdefault(address, now) >= timedelta(seconds=self.greylist_seconds):
            return None
        return "451 4.7.1 Greylisting in action, please come back later"


async def _lose(server: SMTP, fault: Fault) -> None:
    """Let the answer to a message that was taken not arrive, or not arrive whole."""
    match fault.kind:
        case FaultKind.ANSWER_LOST if fault.answer == "hang":
            await asyncio.sleep(_HANG_SECONDS)
        case FaultKind.LATENCY | FaultKind.SLOW_ANSWER:
            await asyncio.sleep(fault.seconds)
            return
        case FaultKind.CUT_BODY | FaultKind.CUT_DOCUMENT:
            await server.push("25")
        case FaultKind.EMPTY:
            await server.push("")
            return
        case FaultKind.ANSWER_LOST:
            pass
        case _:
            return
    _cut(server)
    raise ConnectionResetError


def _cut(server: SMTP) -> None:
    transport = server.transport
    if isinstance(transport, asyncio.WriteTransport):
        transport.abort()


def _part(letter: EmailMessage, kind: str) -> str:
    part = letter.get_body(preferencelist=(kind,))
    return "" if part is None else str(part.get_content()).replace("\r\n", "\n").rstrip("\n")
