"""What the providers that speak HTTPS have in common: where they are, money and moments as vendors write them."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from ipaddress import ip_network
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field, field_validator

from hub.core.errors import OutcomeUnknownError
from hub.core.money import Money
from hub.modules.notifications.port import Content, ContentNotCarriedError
from hub.modules.notifications.segments import count_segments
from hub.resilience.addresses import LOOPBACK
from hub.resilience.context import ProviderContext
from hub.resilience.failures import AttemptError
from hub.resilience.http import HttpGateway, HttpRequest, server_only_tls
from hub.resilience.json_answer import Fields
from hub.resilience.policy import Surprise
from hub.resilience.upstream import Upstream

FORM = MappingProxyType({"Content-Type": "application/x-www-form-urlencoded"})
JSON = MappingProxyType({"Content-Type": "application/json"})
ASK_AGAIN = timedelta(minutes=1)

_MAX_ANSWER_BYTES = 1024 * 1024
_MOST_SMS_PARTS = 255  # what the header that joins them can count


class Place(BaseModel):
    """Where a provider is, and whom to trust there. Paths are relative to the installation; files PEM."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ca_bundle: str
    """The CAs that may have issued the provider's certificate; no others are trusted."""
    private_networks: tuple[str, ...] = ()
    """Networks ("10.20.0.0/16") the provider may be in; other private addresses are refused."""

    @field_validator("private_networks")
    @classmethod
    def _networks_are_networks(cls, networks: tuple[str, ...]) -> tuple[str, ...]:
        for network in networks:
            ip_network(network)
        return networks


SenderName = Field(default="", pattern=r"^[A-Za-z0-9!?_.() -]{0,11}$|^\d{0,15}$")
"""A sender of SMS: eleven letters, or fifteen digits; empty: the account's own at the vendor."""


def open_gateway(
    place: Place, ctx: ProviderContext, *, upstream: Upstream, api_url: str, max_answer_bytes: int = _MAX_ANSWER_BYTES
) -> HttpGateway:
    """Make the way to a provider. Nothing is sent before the first call.

    Raises:
        ValueError: the address isn't https or is private.
        OSError: the CA bundle can't be read.
    """
    networks = tuple(ip_network(network) for network in place.private_networks)
    return HttpGateway(
        upstream=upstream,
        base_url=api_url,
        tls=server_only_tls(ca_bundle=ctx.path(place.ca_bundle)),
        networks=networks + (LOOPBACK if ctx.development else ()),
        max_answer_bytes=max_answer_bytes,
        telemetry=ctx.telemetry,
    )


def form_request(operation: str, path: str, fields: Mapping[str, Any]) -> HttpRequest:
    """A form in the body: what is secret in it is in no address, and so in no log on the way."""
    return HttpRequest(operation=operation, path=path, headers=FORM, body=urlencode(fields).encode("ascii"))


def roubles(fields: Fields, name: str) -> Money | None:
    """Return an amount of roubles written as number or text; None if it isn't told.

    Parts of a kopeck, which some tariffs have, are rounded.
    """
    return money(fields.optional_decimal(name), "RUB")


def money(amount: Decimal | None, currency: str) -> Money | None:
    """Return an amount in major units as money."""
    if amount is None:
        return None
    return Money(minor_units=int((amount * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP)), currency=currency)


def digits(phone: str) -> str:
    """Return a number of E.164 as SMS gateways write it: without the plus."""
    return phone.removeprefix("+")


def check_sms(content: Content, *, account: str, most_parts: int = _MOST_SMS_PARTS) -> None:
    """Refuse what an SMS can't carry.

    Raises:
        ContentNotCarriedError: and why.
    """
    if content.vendor_template is not None:
        raise ContentNotCarriedError(account=account, limit="content.vendor_template", at_most="none")
    if content.html or content.attachments or content.subject:
        raise ContentNotCarriedError(account=account, limit="content", at_most="a text")
    if not content.text:
        raise ContentNotCarriedError(account=account, limit="content.text", at_most="a text that isn't empty")
    if count_segments(content.text).parts > most_parts:
        raise ContentNotCarriedError(account=account, limit="content.text", at_most=f"{most_parts} SMS")


def check_sender_name(sender: str, *, account: str) -> None:
    """Refuse what no operator takes as a name.

    Raises:
        ContentNotCarriedError: it is too long or has other letters.
    """
    if sender and not _fits(sender):
        raise ContentNotCarriedError(account=account, limit="sender", at_most="11 letters or 15 digits")


def _fits(sender: str) -> bool:
    if sender.isascii() and sender.isdecimal():
        return len(sender) <= 15
    return sender.isascii() and len(sender) <= 11 and all(one.isalnum() or one in "!?-_.() " for one in sender)


def check_chat_text(content: Content, *, account: str, longest: int) -> None:
    """Refuse what a messenger can't carry; it counts 16-bit units.

    Raises:
        ContentNotCarriedError: and why.
    """
    if content.vendor_template is not None or content.html or content.attachments or content.subject:
        raise ContentNotCarriedError(account=account, limit="content", at_most="a text")
    if not content.text.strip():
        raise ContentNotCarriedError(account=account, limit="content.text", at_most="a text that isn't empty")
    if len(content.text.encode("utf-16-le")) // 2 > longest:
        raise ContentNotCarriedError(account=account, limit="content.text", at_most=f"{longest} characters")


def maybe_sent(upstream: str) -> OutcomeUnknownError:
    """The provider says that it has this already, or says nothing that tells."""
    return OutcomeUnknownError(
        f"{upstream} may have taken the message before; ask it before sending again.",
        reason="UPSTREAM_UNAVAILABLE",
        metadata={"upstream": upstream},
    )


def unnamed(surprise: Surprise) -> Surprise:
    """Return what tells of surprises without their names: members that are named by phones or addresses."""
    return lambda kind, _word: surprise(kind, "(a name of its own)")


class VendorBusyError(AttemptError):
    """The vendor is well, took nothing, and asks for patience."""

    may_have_acted = False
    counts = False
