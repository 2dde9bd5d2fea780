"""The templates that come with the hub, in Russian: files in `shipped/`, read once when the module starts."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hub.modules.notifications.templates import Category, Parts, Template

FOLDER = Path(__file__).parent / "shipped"


def shipped_templates(folder: Path = FOLDER) -> Mapping[str, Template]:
    """Return them by name."""
    found = [_template(table) for table in _tables(folder)]
    return {template.name: template for template in found}


def examples(folder: Path = FOLDER) -> Mapping[str, Mapping[str, Any]]:
    """Return values that each of them can be filled in with, by its name; for documents and tests."""
    return {table["name"]: table["example"] for table in _tables(folder)}


def _tables(folder: Path) -> list[dict[str, Any]]:
    return [tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.toml"))]


def _template(table: Mapping[str, Any]) -> Template:
    parts = {name: table.get(name, "").strip() for name in ("subject", "text", "html", "sms")}
    return Template(
        owner="", name=table["name"], version=table["version"], category=Category.SERVICE, parts=Parts(**parts)
    )
