"""What callers do with templates. Everything it returns is the caller's own, or came with the hub."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from hub.core.call import Call
from hub.core.database import Database
from hub.core.effects import Claim, Effects
from hub.core.errors import FieldViolation, InvalidRequestError, NotFoundError
from hub.core.ids import Ids
from hub.modules.notifications.port import DOMAIN
from hub.modules.notifications.template_book import TemplateBook
from hub.modules.notifications.template_store import TemplateStore
from hub.modules.notifications.template_words import is_time_zone
from hub.modules.notifications.templates import SHIPPED_PREFIX, Category, Parts, Template

TEMPLATE = "notifications.Template"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A template as it is shown: with the names of the values it needs."""

    template: Template
    value_names: Sequence[str]


class TemplatesService:
    """The rules of templates."""

    def __init__(
        self,
        *,
        book: TemplateBook,
        store: TemplateStore,
        database: Database,
        effects: Effects,
        ids: Ids,
        zone: ZoneInfo,
    ) -> None:
        self._book = book
        self._store = store
        self._database = database
        self._effects = effects
        self._ids = ids
        self._zone = zone

    async def create_template(self, call: Call, name: str, category: Category, parts: Parts) -> Shown:
        """Keep a template, as the next version of its name.

        Raises:
            InvalidRequestError: TEMPLATE_NAME_RESERVED, or TEMPLATE_REFUSED: what it says isn't allowed.
        """
        if name.startswith(SHIPPED_PREFIX):
            raise InvalidRequestError(
                f"Names that begin with {SHIPPED_PREFIX} are the hub's own templates'; choose another.",
                reason="TEMPLATE_NAME_RESERVED",
                domain=DOMAIN,
                violations=(FieldViolation("name", f"must not begin with {SHIPPED_PREFIX}", "template.name"),),
            )
        _require_something(parts)
        self._book.read_parts(parts)

        def change(conn: Connection, claim: Claim) -> None:
            version = self._store.newest_version(conn, call.group, name) + 1
            template = Template(
                id=claim.resource_id,
                owner=call.group,
                name=name,
                version=version,
                category=category,
                parts=parts,
                create_time=claim.now,
            )
            self._store.add(conn, template)

        recorded = await self._effects.record(
            call, resource=TEMPLATE, resource_id=self._ids.resource_id(), change=change
        )
        template = await self._database.read(lambda conn: self._store.get_by_id(conn, recorded.resource_id))
        return self._shown(template)

    async def get_template(self, call: Call, name: str, version: int) -> Shown:
        """Return a template; version 0 is the newest. Raises NotFoundError."""
        return self._shown(await self._book.find(call.group, name, version))

    async def list_templates(self, call: Call, *, after: str, limit: int) -> list[Shown]:
        """Return the newest version of each template, by name, after a name."""
        return [self._shown(template) for template in await self._book.list(call.group, after=after, limit=limit)]

    async def preview_kept(
        self, call: Call, name: str, version: int, values: Mapping[str, Any], time_zone: str
    ) -> Parts:
        """Fill a kept template in.

        Raises:
            NotFoundError: there is no such template or version.
            InvalidRequestError: CONTENT_INVALID: a value is missing or wrong, or there is no such time zone.
        """
        template = await self._book.find(call.group, name, version)
        if template is None:
            raise _not_found()
        return self._book.read(template).fill_in(values, zone=self._zone_of(time_zone))

    def preview_parts(self, parts: Parts, values: Mapping[str, Any], time_zone: str) -> Parts:
        """Fill in what isn't kept; raises InvalidRequestError as `preview_kept` and `create_template` do."""
        _require_something(parts)
        return self._book.read_parts(parts).fill_in(values, zone=self._zone_of(time_zone))

    def _zone_of(self, time_zone: str) -> ZoneInfo:
        if not time_zone:
            return self._zone
        if not is_time_zone(time_zone):
            raise InvalidRequestError(
                "There is no such time zone.",
                reason="CONTENT_INVALID",
                domain=DOMAIN,
                violations=(FieldViolation("time_zone", "must be of the IANA database", "time_zone.known"),),
            )
        return ZoneInfo(time_zone)

    def _shown(self, template: Template | None) -> Shown:
        if template is None:
            raise _not_found()
        return Shown(template=template, value_names=self._book.read(template).names)


def _require_something(parts: Parts) -> None:
    if not any(True for _ in parts.given()):
        raise InvalidRequestError(
            "A template says something in at least one of its parts.",
            reason="TEMPLATE_REFUSED",
            domain=DOMAIN,
            violations=(FieldViolation("parts", "must say something", "template.parts"),),
        )


def _not_found() -> NotFoundError:
    return NotFoundError("There is no such template, or not this version of it.", metadata={"resource": TEMPLATE})
