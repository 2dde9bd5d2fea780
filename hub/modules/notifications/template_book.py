"""Finds templates, the hub's own and their owners', and keeps the last ones read for use."""

from collections.abc import Sequence

from cachetools import LRUCache
from sqlalchemy import Connection

from hub.core.database import Database
from hub.modules.notifications.shipped_templates import shipped_templates
from hub.modules.notifications.template_engine import TemplateEngine
from hub.modules.notifications.template_store import TemplateStore
from hub.modules.notifications.templates import SHIPPED_PREFIX, Parts, ReadTemplate, Template

_KEPT_READ = 256  # templates; each some ten kilobytes of code
_KEPT_FOUND = 256  # versions of templates, which never change; a campaign's is asked for once for each recipient


class TemplateBook:
    """All templates that an owner may use: those that came with the hub, and his own."""

    def __init__(self, *, store: TemplateStore, database: Database) -> None:
        self._store = store
        self._database = database
        self._engine = TemplateEngine()
        self._shipped = shipped_templates()
        self._read: LRUCache[tuple[str, str, int], ReadTemplate] = LRUCache(_KEPT_READ)
        self._found: LRUCache[tuple[str, str, int], Template] = LRUCache(_KEPT_FOUND)

    async def find(self, owner: str, name: str, version: int = 0) -> Template | None:
        """Return a template; version 0 is the newest."""
        if name.startswith(SHIPPED_PREFIX):
            return self._shipped_one(name, version)
        found = self._found.get((owner, name, version))
        if found is None:
            found = await self._database.read(lambda conn: self._store.get(conn, owner, name, version))
        if found is not None and version:
            self._found[owner, name, version] = found
        return found

    def get(self, conn: Connection, owner: str, name: str, version: int = 0) -> Template | None:
        """Return a template, within a transaction."""
        if not name.startswith(SHIPPED_PREFIX):
            return self._store.get(conn, owner, name, version)
        return self._shipped_one(name, version)

    def _shipped_one(self, name: str, version: int) -> Template | None:
        shipped = self._shipped.get(name)
        return shipped if shipped is not None and version in {0, shipped.version} else None

    async def list(self, owner: str, *, after: str, limit: int) -> Sequence[Template]:
        """Return the newest version of each, by name, after a name."""
        own = await self._database.read(lambda conn: self._store.list_newest(conn, owner, after=after, limit=limit))
        shipped = [template for template in self._shipped.values() if template.name > after]
        return sorted([*own, *shipped], key=lambda template: template.name)[:limit]

    def read(self, template: Template) -> ReadTemplate:
        """Return a stored template ready to be filled in."""
        key = (template.owner, template.name, template.version)
        found = self._read.get(key)
        if found is None:
            found = self._read[key] = self.read_parts(template.parts)
        return found

    def read_parts(self, parts: Parts) -> ReadTemplate:
        """Return what isn't stored ready to be filled in.

        Raises:
            InvalidRequestError: TEMPLATE_REFUSED.
        """
        return ReadTemplate(parts, engine=self._engine)
