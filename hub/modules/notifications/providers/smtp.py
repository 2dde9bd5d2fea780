"""E-mail by SMTP submission (RFC 6409, RFC 8314): TLS always, one recipient a message, its answer read to the letter.

A server can't be asked afterwards: a connection that is lost after the final dot leaves the outcome unknown for good.
The Message-ID follows from our reference, so that whoever looks into a mailbox can tell one message twice from two.
"""

from datetime import timedelta
from functools import partial
from ipaddress import ip_network
from typing import Literal

from pydantic import Field

from hub.core.clock import Clock
from hub.modules.notifications.port import (
    Accepted,
    Capabilities,
    Channel,
    Content,
    ContentNotCarriedError,
    Guard,
    Message,
    NotificationsPort,
)
from hub.modules.notifications.providers import _smtp_replies as replies
from hub.modules.notifications.providers._silent import SilentPort
from hub.modules.notifications.providers._smtp_letter import Sender, compose, has_controls, read_sender
from hub.modules.notifications.providers._wire import Place
from hub.resilience.addresses import LOOPBACK
from hub.resilience.context import ProviderContext
from hub.resilience.http import server_only_tls
from hub.resilience.policy import Policy
from hub.resilience.smtp import Envelope, SmtpGateway, SmtpPlace

NAME = "smtp"


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
    networks = tuple(ip_network(network) for network in settings.private_networks)
    place = SmtpPlace(
        host=settings.host,
        port=settings.port,
        implicit_tls=settings.tls == "implicit",
        tls=server_only_tls(ca_bundle=ctx.path(settings.ca_bundle)),
        networks=networks + (LOOPBACK if ctx.development else ()),
        username=settings.username,
        password=ctx.secrets.resolve(settings.password).text() if settings.password else "",
        local_hostname=settings.local_hostname,
    )
    upstream = ctx.upstreams.open(f"notifications.{account}", settings.policy)
    gateway = SmtpGateway(upstream=upstream, place=place, telemetry=ctx.telemetry, clock=ctx.clock)
    return Smtp(account=account, settings=settings, gateway=gateway, clock=ctx.clock)


class Smtp(SilentPort):
    """See the port."""

    def __init__(self, *, account: str, settings: Settings, gateway: SmtpGateway, clock: Clock) -> None:
        super().__init__(account=account)
        self._gateway = gateway
        self._clock = clock
        self._sender = read_sender(settings.sender)
        self._attachments_bytes = settings.attachments_bytes
        self._retry_after = timedelta(seconds=settings.retry_after_seconds)

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
        if sum(len(item.content) for item in content.attachments) > self._attachments_bytes:
            raise self._not_carried("attachments_bytes", str(self._attachments_bytes))
        self._sender_of(sender)

    async def send(self, message: Message, *, guard: Guard | None = None) -> Accepted:
        """See the port."""
        letter = compose(message, sender=self._sender_of(message.sender), time=self._clock.now())
        envelope = Envelope(sender=letter.envelope_from, recipient=letter.envelope_to, data=letter.data)
        refused = partial(replies.meaning, retry_after=self._retry_after)
        told = await self._gateway.submit(envelope, refused=refused, guard=guard)
        return Accepted(vendor_code=replies.queue_id(told))

    async def probe(self) -> None:
        """See the port. It connects, logs in and says goodbye."""
        await self._gateway.probe()

    async def close(self) -> None:
        """See the port."""
        await self._gateway.close()

    def _sender_of(self, sender: str) -> Sender:
        if not sender:
            return self._sender
        try:
            return read_sender(sender)
        except ValueError as error:
            raise self._not_carried("sender", "an e-mail address, with or without a name") from error

    def _not_carried(self, limit: str, at_most: str) -> ContentNotCarriedError:
        return ContentNotCarriedError(account=self._account, limit=limit, at_most=at_most)
