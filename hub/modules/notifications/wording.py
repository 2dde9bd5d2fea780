"""Where texts come from, and whether somebody may be told now: the seam between sending and wording.

Sending knows channels, accounts and outcomes; wording knows templates, opt-outs and quiet hours. `PlainWording` is for
content that is given in full; the module is wired with what renders templates.
"""

import abc
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection

from hub.core.errors import FieldViolation, InvalidRequestError
from hub.modules.notifications.message import Attachment, Channel, Content
from hub.modules.notifications.port import DOMAIN, Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateUse:
    """A template to be filled in. `version` 0 is the newest; `values` are JSON values."""

    template: str
    version: int = 0
    values: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    attachments: tuple[Attachment, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Worded:
    """What is said in each channel that was asked for and that the template has, and which version said it."""

    contents: Mapping[Channel, Content] = field(repr=False)
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """Somebody is about to be told something: what admission is judged by.

    Attributes:
        owner: Whose notification it is (Call.group).
        channel: By which channel.
        address: In the channel's terms; "+79161234567".
        pseudonym: What stands for the address in the database (Persons.pseudonym, keyed).
        template: The template's name; empty if the content was given in full.
        urgent: Of PRIORITY_HIGH: quiet hours don't hold it up, opt-outs do.
        time_zone: The recipient's, "Asia/Yekaterinburg"; empty if the caller didn't say.
    """

    owner: str
    channel: Channel
    address: str = field(repr=False)
    pseudonym: str
    template: str = ""
    urgent: bool = False
    time_zone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """Whether somebody may be told now: yes, no (`refusal`), or not before a time (`wait_until`)."""

    refusal: Refusal | None = None
    wait_until: datetime | None = None


class Wording(abc.ABC):
    """Fills in templates and admits tellings."""

    @abc.abstractmethod
    async def render(self, owner: str, use: TemplateUse, channels: Sequence[Channel]) -> Worded:
        """Fill in a template for these channels; asked when a notification is made, for each recipient of a campaign.

        A channel the template has no part for is left out. Bounded in time and size, whatever the template does.

        Raises:
            InvalidRequestError: no such template or version, a value is missing, the template misbehaves
                (CONTENT_INVALID or a reason of the wording's own; BadRequest names the field).
        """

    @abc.abstractmethod
    def admit(self, conn: Connection, telling: Telling, *, now: datetime) -> Admission:
        """Say whether somebody may be told now; asked in the transaction that lets a message leave, so be quick."""


class PlainWording(Wording):
    """Knows no templates and admits everybody."""

    async def render(self, owner: str, use: TemplateUse, channels: Sequence[Channel]) -> Worded:  # noqa: ARG002 - the port's
        """Refuse: there are no templates."""
        raise InvalidRequestError(
            "There is no such template.",
            reason="CONTENT_INVALID",
            domain=DOMAIN,
            violations=(FieldViolation("template.template", "must name a template", "template.known"),),
        )

    def admit(self, conn: Connection, telling: Telling, *, now: datetime) -> Admission:  # noqa: ARG002 - the port's
        """Admit."""
        return Admission()
