"""Rules about where things are: a module's files and names, documents, examples, the released contract."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.rules.tree import dotted, finding, modules, parse
from tools.release_image import CHANGELOG, RELEASED, changelog_mark

MODULE_PARTS = ("module.py", "settings.py", "port.py", "store.py", "servicer.py", "providers", "migrations")
LINK = re.compile(r"\[[^\]]*\]\((?!https?:|mailto:|#)([^)#\s]+)[^)]*\)")
FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)


def modules_have_their_shape(root: Path) -> list[str]:
    """Every module has the same parts, a page, and a proto package with its service and its errors."""
    found = []
    for module in modules(root):
        name = module.name
        proto = root / "proto" / "landhub" / name / "v1"
        parts = [module / part for part in MODULE_PARTS]
        parts += [root / "docs" / "modules" / f"{name}.md", proto / f"{name}_service.proto", proto / "errors.proto"]
        found += [finding(root, part, 1, f"module {name} needs it") for part in parts if not part.exists()]
    return found


def modules_have_one_name(root: Path) -> list[str]:
    """Folder, ModuleSpec, settings table and proto package say the same name."""
    names = {module.name for module in modules(root)}
    found = []
    for module in modules(root):
        path = module / "module.py"
        if path.exists() and module.name not in set(_spec_names(parse(path))):
            found.append(finding(root, path, 1, f'needs ModuleSpec(name="{module.name}", ...)'))
    for path in _examples(root):
        tables = set(tomllib.loads(path.read_text(encoding="utf-8")).get("modules", {}))
        found += [finding(root, path, 1, f"[modules.{t}] is no folder of hub/modules") for t in sorted(tables - names)]
    return found


def documents_lead_somewhere(root: Path) -> list[str]:
    """Every relative link in a page leads to a file, and every example configuration is TOML."""
    found = []
    for path in [*sorted(root.glob("*.md")), *sorted((root / "docs").rglob("*.md"))]:
        text = FENCE.sub(lambda match: "\n" * match[0].count("\n"), path.read_text(encoding="utf-8"))
        for match in LINK.finditer(text):
            if not (path.parent / match[1]).exists():
                line = text.count("\n", 0, match.start()) + 1
                found.append(finding(root, path, line, f"{match[1]} does not exist"))
    for path in _examples(root):
        try:
            tomllib.loads(path.read_text(encoding="utf-8"))
        except tomllib.TOMLDecodeError as error:
            found.append(finding(root, path, 1, str(error)))
    return found


def decisions_have_a_number_each(root: Path) -> list[str]:
    """No two decisions have one number, and a title says the number of its file."""
    found, taken = [], set()
    for path in sorted((root / "docs" / "adr").glob("*.md")):
        number = path.name.partition("-")[0]
        if number in taken:
            found.append(finding(root, path, 1, f"{number} is another decision's; take the next free number"))
        if not path.read_text(encoding="utf-8").startswith(f"# {int(number)}. "):
            found.append(finding(root, path, 1, f'its title must begin with "{int(number)}."'))
        taken.add(number)
    return found


def released_contract_is_in_the_changelog(root: Path) -> list[str]:
    """CHANGELOG.md names the released contract image, so that a break is a decision."""
    image = root / RELEASED
    if not image.exists():
        return [finding(root, image, 1, "no released contract to compare with: make release-image")]
    mark = changelog_mark(image.read_bytes())
    changelog = root / CHANGELOG
    if not changelog.exists() or mark not in changelog.read_text(encoding="utf-8"):
        return [finding(root, changelog, 1, f"does not name {mark}: change the image only by make release-image")]
    return []


def _examples(root: Path) -> list[Path]:
    return sorted((root / "docs" / "examples").rglob("*.toml"))


def _spec_names(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and dotted(node.func).endswith("ModuleSpec"):
            for keyword in node.keywords:
                if keyword.arg == "name" and isinstance(keyword.value, ast.Constant):
                    yield str(keyword.value.value)
