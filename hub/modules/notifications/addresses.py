"""Addresses as people write them, made into what providers take; what can't exist is refused without being repeated."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from hub.core.errors import FieldViolation, InvalidRequestError
from hub.core.persons import Identifier, Persons
from hub.modules.notifications.message import Channel
from hub.modules.notifications.port import DOMAIN

FIELDS: Mapping[Channel, str] = {
    Channel.SMS: "phone",
    Channel.EMAIL: "email",
    Channel.TELEGRAM: "telegram_chat",
    Channel.MAX: "max_user",
}
"""The field of the contract's Recipient that holds a channel's address."""
_PERSON = {Channel.SMS: Identifier.PHONE, Channel.EMAIL: Identifier.EMAIL}


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Whom a caller names, as it wrote it: raw addresses by channel, empty ones left out."""

    raw: Mapping[Channel, str] = field(repr=False)
    time_zone: str = ""


def addresses_of(recipient: Recipient, *, region: str, field_path: str) -> Mapping[Channel, str]:
    """Return the recipient's addresses in the form that providers take.

    Args:
        recipient: Whom.
        region: The country of phone numbers that are written without one, "RU".
        field_path: Where it stands in the request: "recipient", "recipients[3].recipient".

    Raises:
        InvalidRequestError: one of them can't exist (ADDRESS_INVALID).
    """
    found = {}
    for channel, raw in recipient.raw.items():
        try:
            found[channel] = _NORMAL[channel](raw, region)
        except ValueError as error:
            path = f"{field_path}.{FIELDS[channel]}"
            raise InvalidRequestError(
                f"{path} can't exist: correct it, or leave it out.",
                reason="ADDRESS_INVALID",
                domain=DOMAIN,
                violations=(FieldViolation(path, "must be an address that can exist", "address"),),
            ) from error
    return found


def pseudonym_of(persons: Persons, channel: Channel, address: str) -> str:
    """Return what stands for an address in the database: the person's own pseudonym where it is known by such."""
    identifier = _PERSON.get(channel)
    if identifier is not None:
        return persons.pseudonym(identifier, address)
    return persons.pseudonym(Identifier.PHONE, f"{channel.value.lower()}{address}")


def known_by(addresses: Mapping[Channel, str]) -> list[tuple[Identifier, str]]:
    """Return what the person behind the addresses is known by."""
    return [(_PERSON[channel], address) for channel, address in addresses.items() if is_personal(channel)]


def is_personal(channel: Channel) -> bool:
    """Say whether a channel's addresses are what a person is known by elsewhere, too."""
    return channel in _PERSON


def _phone(raw: str, region: str) -> str:
    try:
        number = phonenumbers.parse(raw, region)
    except phonenumbers.NumberParseException as error:
        raise ValueError("no phone number") from error
    if number.extension or not phonenumbers.is_possible_number(number):
        raise ValueError("no phone number")
    # Numbering plans change faster than libraries do: what is possible goes out, and the operator has the last word.
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _email(raw: str, _region: str) -> str:
    try:
        return validate_email(raw, check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise ValueError("no e-mail address") from error


def _number(raw: str, _region: str) -> str:
    if not raw.lstrip("-").isdecimal() or not raw.isascii():
        raise ValueError("no number")
    return raw


_NORMAL: Mapping[Channel, Callable[[str, str], str]] = {
    Channel.SMS: _phone,
    Channel.EMAIL: _email,
    Channel.TELEGRAM: _number,
    Channel.MAX: _number,
}
