"""Fills in the hub's templates, and lets nobody be told who doesn't want it, or who sleeps."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from hub.core.errors import FieldViolation, InvalidRequestError
from hub.modules.notifications.message import Channel
from hub.modules.notifications.port import DOMAIN, Refusal
from hub.modules.notifications.quiet_hours import QuietHours, zones_of_phone
from hub.modules.notifications.recipient_store import RecipientStore
from hub.modules.notifications.template_book import TemplateBook
from hub.modules.notifications.templates import Category
from hub.modules.notifications.wording import Admission, Telling, TemplateUse, Worded, Wording

EVERYTHING, MARKETING = "EVERYTHING", "MARKETING"


class TemplateWording(Wording):
    """See Wording.

    Args:
        quiet_hours: None: people may be told at night.
        zone: Of recipients that nothing else is known of.
    """

    def __init__(
        self, *, book: TemplateBook, recipients: RecipientStore, quiet_hours: QuietHours | None, zone: ZoneInfo
    ) -> None:
        self._book = book
        self._recipients = recipients
        self._quiet_hours = quiet_hours
        self._zone = zone

    async def render(self, owner: str, use: TemplateUse, channels: Sequence[Channel]) -> Worded:
        """See Wording.render."""
        template = await self._book.find(owner, use.template, use.version)
        if template is None:
            raise InvalidRequestError(
                "There is no such template, or not this version of it.",
                reason="CONTENT_INVALID",
                domain=DOMAIN,
                violations=(FieldViolation("template.template", "must name a template", "template.known"),),
            )
        contents = self._book.read(template).say(channels, use.values, zone=self._zone)
        return Worded(contents=contents, version=template.version)

    def admit(self, conn: Connection, telling: Telling, *, now: datetime) -> Admission:
        """See Wording.admit."""
        if self._is_unwanted(conn, telling):
            return Admission(refusal=Refusal.RECIPIENT_OPTED_OUT)
        if telling.urgent or self._quiet_hours is None:
            return Admission()
        return Admission(wait_until=self._quiet_hours.day_begins(now, self._zones(telling)))

    def _is_unwanted(self, conn: Connection, telling: Telling) -> bool:
        opt_out = self._recipients.find_opt_out(conn, telling.owner, telling.channel.value, telling.pseudonym)
        if opt_out is None or opt_out.scope == EVERYTHING:
            return opt_out is not None
        template = self._book.get(conn, telling.owner, telling.template) if telling.template else None
        return template is not None and template.category is Category.MARKETING

    def _zones(self, telling: Telling) -> Sequence[ZoneInfo]:
        if telling.time_zone:
            return (ZoneInfo(telling.time_zone),)
        told = zones_of_phone(telling.address) if telling.channel is Channel.SMS else ()
        return told or (self._zone,)
