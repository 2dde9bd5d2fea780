"""A message as it goes over the wire of SMTP: headers that nobody can add to, text, HTML and files."""

import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime, parseaddr

from email_validator import EmailNotValidError, validate_email

from hub.modules.notifications.port import Message


@dataclass(frozen=True, slots=True)
class Sender:
    """From whom: an address, with a name or without."""

    name: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What is handed to the server."""

    envelope_from: str
    envelope_to: str = field(repr=False)
    data: bytes = field(repr=False)


def read_sender(text: str) -> Sender:
    """Read "name <address>" or an address.

    Raises:
        ValueError: it is neither, or has a control character.
    """
    if has_controls(text):
        raise ValueError("a sender is one line")
    name, address = parseaddr(text)
    try:
        checked = validate_email(address, check_deliverability=False)
    except EmailNotValidError as error:
        raise ValueError("a sender is an e-mail address, with or without a name") from error
    return Sender(name, checked.ascii_email or checked.normalized)


def has_controls(text: str) -> bool:
    """Whether a text has what could end a header's line, or change how it reads."""
    return any(unicodedata.category(letter) in {"Cc", "Zl", "Zp"} for letter in text)


def compose(message: Message, *, sender: Sender, time: datetime) -> Letter:
    """Write a message. The library refuses header values with line ends, too; `check` has told why before."""
    recipient = _on_the_wire(message.address)
    content = message.content
    letter = EmailMessage(policy=SMTP if recipient.isascii() else SMTPUTF8)
    letter["From"] = Address(sender.name, addr_spec=sender.address)
    letter["To"] = Address(addr_spec=recipient)
    letter["Subject"] = content.subject
    letter["Date"] = format_datetime(time)
    letter["Message-ID"] = f"<{message.reference.lower()}@{sender.address.rpartition('@')[2]}>"
    letter["Auto-Submitted"] = "auto-generated"
    if content.text:
        letter.set_content(content.text)
    if content.html:
        if content.text:
            letter.add_alternative(content.html, subtype="html")
        else:
            letter.set_content(content.html, subtype="html")
    for item in content.attachments:
        kind, _, subtype = item.content_type.partition("/")
        letter.add_attachment(item.content, maintype=kind, subtype=subtype, filename=item.file_name)
    return Letter(envelope_from=sender.address, envelope_to=recipient, data=letter.as_bytes())


def _on_the_wire(address: str) -> str:
    """Return an address with its domain in ASCII; a mailbox's own name may stay in any script."""
    checked = validate_email(address, check_deliverability=False)
    return checked.ascii_email or f"{checked.local_part}@{checked.ascii_domain}"
