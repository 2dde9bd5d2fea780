"""How rules look at a working tree: which files are ours, and how a finding is written."""

import ast
import functools
from collections.abc import Iterator
from pathlib import Path

PACKAGES = ("hub", "signer_agent", "gost", "sealed", "evidence", "sandbox", "clients/python/src/landhub_client")
CHECKED = (*PACKAGES, "tests", "tools")


def python_files(root: Path, *folders: str) -> Iterator[Path]:
    """Yield the Python files below the folders that exist; generated code lives in none of them."""
    for folder in folders:
        yield from sorted((root / folder).rglob("*.py"))


def parse(path: Path) -> ast.Module:
    """Parse one file, once for each content."""
    return _parse(path.read_text(encoding="utf-8"), str(path))


@functools.lru_cache(maxsize=2000)
def _parse(text: str, name: str) -> ast.Module:
    return ast.parse(text, filename=name)


def finding(root: Path, path: Path, line: int, problem: str) -> str:
    """One line that leads to the place, as `hub/app.py:12: what is wrong`."""
    return f"{path.relative_to(root)}:{line}: {problem}"


def modules(root: Path) -> list[Path]:
    """The folders of the hub's modules."""
    folder = root / "hub" / "modules"
    return sorted(path for path in folder.glob("*") if path.is_dir() and path.name != "__pycache__")


def dotted(node: ast.AST) -> str:
    """The name `a.b.c` that an expression spells, or an empty string."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        prefix = dotted(node.value)
        return f"{prefix}.{node.attr}" if prefix else ""
    return ""
