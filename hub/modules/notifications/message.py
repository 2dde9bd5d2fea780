"""What a provider is asked to send. Personal data (address, texts, files) is kept out of every `repr`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType


class Channel(StrEnum):
    """How a message reaches its recipient; an account is of one channel. The words are the contract's."""

    SMS = "SMS"
    EMAIL = "EMAIL"
    TELEGRAM = "TELEGRAM"
    MAX = "MAX"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file of an e-mail. `content_type` is "type/subtype" in small letters."""

    file_name: str = field(repr=False)
    content_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorTemplate:
    """A template that is kept at the provider, and what is filled in."""

    template_id: str
    values: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What is said, in one channel's terms.

    Attributes:
        text: The text; of an e-mail, its plain part. Empty only with `html` or `vendor_template`.
        subject: An e-mail's; never has a control character.
        html: An e-mail's, safe to be shown; empty: text only.
        attachments: An e-mail's.
        vendor_template: Instead of all the others but `subject`; only where `Capabilities.vendor_templates`.
    """

    text: str = field(default="", repr=False)
    subject: str = field(default="", repr=False)
    html: str = field(default="", repr=False)
    attachments: tuple[Attachment, ...] = field(default=(), repr=False)
    vendor_template: VendorTemplate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message to one address.

    Attributes:
        reference: Our id of this sending: 32 letters of base32 (A-Z, 2-7), the same for the same sending for ever. A
            provider that takes another shape derives it from this (`number_of`).
        address: In the channel's terms: "+79161234567" (E.164), "ivan@example.ru" (normalised), a chat's or user's
            number.
        sender: Who it comes from in the channel's terms; empty: the account's own.
        content: What is said.
        expire_time: When the provider should give up, where it takes that; None: as it likes.
    """

    reference: str
    address: str = field(repr=False)
    sender: str = ""
    content: Content
    expire_time: datetime | None = None


def number_of(reference: str, *, bits: int) -> int:
    """Return our id as a positive number of so many bits at most, for providers that take no letters.

    Of 31 bits, two in 65,000 are alike at even odds: look up by the number and the address together.
    """
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    value = 0
    for letter in reference:
        value = value << 5 | letters.index(letter)
    return value % ((1 << bits) - 1) + 1
