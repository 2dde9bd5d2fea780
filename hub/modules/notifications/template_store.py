"""Templates as they are stored: versions that never change. They hold no personal data: that is filled in."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, func, insert, select

from hub.modules.notifications.templates import Category, Parts, Template
from hub.modules.notifications.wording_tables import templates


class TemplateStore:
    """Reads and writes within a given transaction."""

    def add(self, conn: Connection, template: Template) -> None:
        """Insert a version; it must be the next one of its name."""
        conn.execute(
            insert(templates).values(
                id=template.id,
                owner=template.owner,
                name=template.name,
                version=template.version,
                category=template.category.value,
                parts=json.dumps(asdict(template.parts), ensure_ascii=False),
                create_time=template.create_time,
            )
        )

    def newest_version(self, conn: Connection, owner: str, name: str) -> int:
        """Return the number of a template's newest version; 0 if there is none."""
        query = select(func.max(templates.c.version)).where(templates.c.owner == owner, templates.c.name == name)
        return conn.scalar(query) or 0

    def get(self, conn: Connection, owner: str, name: str, version: int) -> Template | None:
        """Return a version of a template of the owner's; version 0 is the newest."""
        query = select(templates).where(templates.c.owner == owner, templates.c.name == name)
        if version:
            query = query.where(templates.c.version == version)
        return _one(conn, query.order_by(templates.c.version.desc()).limit(1))

    def get_by_id(self, conn: Connection, template_id: str) -> Template | None:
        """Return a version by its id, whoever owns it."""
        return _one(conn, select(templates).where(templates.c.id == template_id))

    def list_newest(self, conn: Connection, owner: str, *, after: str, limit: int) -> Sequence[Template]:
        """Return the newest version of each of the owner's templates, by name, after a name."""
        newest = (
            select(templates.c.name, func.max(templates.c.version).label("version"))
            .where(templates.c.owner == owner, templates.c.name > after)
            .group_by(templates.c.name)
            .order_by(templates.c.name)
            .limit(limit)
            .subquery()
        )
        query = (
            select(templates)
            .join(newest, (templates.c.name == newest.c.name) & (templates.c.version == newest.c.version))
            .where(templates.c.owner == owner)
            .order_by(templates.c.name)
        )
        return [_template(found) for found in conn.execute(query).mappings()]


def _one(conn: Connection, query: Select[Any]) -> Template | None:
    found = conn.execute(query).mappings().first()
    return None if found is None else _template(found)


def _template(found: RowMapping) -> Template:
    return Template(
        id=found["id"],
        owner=found["owner"],
        name=found["name"],
        version=found["version"],
        category=Category(found["category"]),
        parts=Parts(**json.loads(found["parts"])),
        create_time=found["create_time"],
    )
