"""What a template is, and how its parts become what is said in a channel."""

import enum
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from hub.core.errors import FieldViolation, InvalidRequestError
from hub.modules.notifications.message import Channel, Content
from hub.modules.notifications.port import DOMAIN
from hub.modules.notifications.template_engine import Filled, FillingFailedError, TemplateEngine
from hub.modules.notifications.template_language import TemplateRefusedError
from hub.modules.notifications.template_words import is_one_line

SHIPPED_PREFIX = "landhub-"
"""Names of templates that come with the hub; nobody else's begin so."""
MOST_LETTERS: Mapping[str, int] = {"subject": 250, "sms": 1_000, "text": 20_000, "html": 100_000}


class Category(enum.StrEnum):
    """What a message is for: a MARKETING one goes to nobody who opted out of those. The words are the contract's."""

    SERVICE = "SERVICE"
    MARKETING = "MARKETING"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a template says where; a channel whose part is empty is left out.

    Attributes:
        subject: Of an e-mail: one line.
        text: Of an e-mail without its HTML, and of a messenger's message.
        html: Of an e-mail; what is filled in is escaped.
        sms: Of a short message.
    """

    subject: str = ""
    text: str = ""
    html: str = ""
    sms: str = ""

    def given(self) -> Iterator[tuple[str, str]]:
        """Yield the names and sources of the parts that there are."""
        for item in fields(self):
            source = getattr(self, item.name)
            if source:
                yield item.name, source


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """One version of a template; it never changes. `owner` is empty if it comes with the hub."""

    owner: str
    name: str
    version: int
    category: Category
    parts: Parts
    id: str = ""
    create_time: datetime = datetime(1970, 1, 1, tzinfo=UTC)


class ReadTemplate:
    """A template whose parts have been checked and can be filled in.

    Raises:
        InvalidRequestError: TEMPLATE_REFUSED; BadRequest names the part and says what is wrong in which line.
    """

    def __init__(self, parts: Parts, *, engine: TemplateEngine) -> None:
        self._engine = engine
        self._parts = dict(_read(parts, engine))

    @property
    def names(self) -> Sequence[str]:
        """Return the names of the values that any part reads, in order."""
        return sorted(frozenset[str]().union(*(part.names for part in self._parts.values())))

    def fill_in(self, values: Mapping[str, Any], *, zone: ZoneInfo) -> Parts:
        """Fill every part in.

        Raises:
            InvalidRequestError: CONTENT_INVALID; BadRequest names the value that is missing or wrong, never the value.
        """
        return Parts(**{name: self._fill(name, values, zone=zone) for name in self._parts})

    def say(self, channels: Sequence[Channel], values: Mapping[str, Any], *, zone: ZoneInfo) -> dict[Channel, Content]:
        """Fill in what these channels need; those that the template has no part for are left out.

        Raises:
            InvalidRequestError: as `fill_in` does.
        """
        wanted = {name for channel in channels for name in _PARTS_OF[channel]}
        said = Parts(**{name: self._fill(name, values, zone=zone) for name in self._parts if name in wanted})
        contents = {channel: _content(channel, said) for channel in channels}
        return {channel: content for channel, content in contents.items() if content is not None}

    def _fill(self, part: str, values: Mapping[str, Any], *, zone: ZoneInfo) -> str:
        try:
            text = self._engine.fill_in(self._parts[part], values, zone=zone, most=MOST_LETTERS[part]).strip()
            _require_one_line(part, text, FillingFailedError)
        except FillingFailedError as error:
            field = f"values.{error.field}" if error.field else f"values ({part})"
            raise InvalidRequestError(
                f"The template's {part} can't be filled in: {error}.",
                reason="CONTENT_INVALID",
                domain=DOMAIN,
                violations=(FieldViolation(field, str(error), "template.filled"),),
            ) from None
        return text


_PARTS_OF: Mapping[Channel, Sequence[str]] = {
    Channel.SMS: ("sms",),
    Channel.EMAIL: ("subject", "text", "html"),
    Channel.TELEGRAM: ("text",),
    Channel.MAX: ("text",),
}


def _read(parts: Parts, engine: TemplateEngine) -> Iterator[tuple[str, Filled]]:
    for name, source in parts.given():
        try:
            _require_one_line(name, source, TemplateRefusedError)
            yield name, engine.read(source, html=name == "html")
        except TemplateRefusedError as error:
            raise InvalidRequestError(
                f"The template's {name} is refused: {error}.",
                reason="TEMPLATE_REFUSED",
                domain=DOMAIN,
                violations=(FieldViolation(f"parts.{name}", str(error), "template.language"),),
            ) from error


def _require_one_line(part: str, text: str, error: type[Exception]) -> None:
    """See that what becomes a header is none of somebody else's making."""
    if part == "subject" and not is_one_line(text):
        raise error("a subject is one line without control characters")


def _content(channel: Channel, said: Parts) -> Content | None:
    if channel is Channel.SMS:
        return Content(text=said.sms) if said.sms else None
    if channel is not Channel.EMAIL:
        return Content(text=said.text) if said.text else None
    if not said.subject or not (said.text or said.html):
        return None
    return Content(subject=said.subject, text=said.text, html=said.html)
