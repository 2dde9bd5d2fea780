"""Rules about Python code: layers, sizes, injected time and randomness, providers, module state."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.rules.tree import CHECKED, PACKAGES, dotted, finding, modules, parse, python_files

MAX_FUNCTION_LINES = 60
MAX_FILE_LINES = 400

UNINJECTED = re.compile(
    r"^(datetime\.)*(datetime|date)\.(now|utcnow|today)$|^time\.(time|time_ns|monotonic|monotonic_ns|localtime|gmtime)$"
    r"|^uuid\.uuid[1-8]$|^uuid[1-8]$|^random\.\w+$"
)
INJECTORS = ("hub/core/clock.py", "hub/core/ids.py", "signer_agent/clock.py", "signer_agent/ids.py")

FORBIDDEN_IN_PROVIDERS = (
    "grpc", "landhub", "aiohttp", "requests", "urllib.request", "socket",  # the wire is Upstream's
    "pybreaker", "aiolimiter", "tenacity", "asyncio.sleep", "time.sleep",  # so is trying again
    "logging", "structlog", "prometheus_client", "opentelemetry",  # and telling of it
)  # fmt: skip

NAME_OF_CONSTANT = re.compile(r"^_{0,2}[A-Z][A-Za-z0-9_]*$|^__\w+__$")
CONSTANT_CALLS = {"structlog.get_logger", "structlog.stdlib.get_logger", "logging.getLogger", "Table", "sa.Table",
                  "sqlalchemy.Table", "MetaData", "sa.MetaData", "sqlalchemy.MetaData"}  # fmt: skip


def layers_are_kept(root: Path) -> list[str]:
    """import-linter keeps every contract of pyproject.toml."""
    paths = os.pathsep.join([str(root), str(root / "clients/python/src")])
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-logo", "--no-cache", "--config", root / "pyproject.toml"],
        cwd=root, env=os.environ | {"PYTHONPATH": paths}, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    return [] if done.returncode == 0 else [done.stdout + done.stderr]


def functions_and_files_are_short(root: Path) -> list[str]:
    """A function fits on a screen, a file on a few."""
    found = []
    for path in python_files(root, *CHECKED):
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > MAX_FILE_LINES:
            found.append(finding(root, path, 1, f"{lines} lines; {MAX_FILE_LINES} at most: split it by reason"))
        if "migrations" in path.parts:
            continue  # a migration is a list of tables, written once
        for node in ast.walk(parse(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > MAX_FUNCTION_LINES:
                    problem = f"{node.name} has {length} lines; {MAX_FUNCTION_LINES} at most"
                    found.append(finding(root, path, node.lineno, problem))
    return found


def time_and_randomness_are_injected(root: Path) -> list[str]:
    """Only the clock and the source of ids ask the machine; all else can be replayed from a seed."""
    found = []
    for path in python_files(root, "hub", "signer_agent"):
        if str(path.relative_to(root)) in INJECTORS:
            continue
        for node in ast.walk(parse(path)):
            if isinstance(node, ast.Call) and UNINJECTED.match(name := dotted(node.func)):
                found.append(finding(root, path, node.lineno, f"{name} asks the machine; take a clock or ids"))
    return found


def providers_hold_only_the_wire(root: Path) -> list[str]:
    """No provider connects, retries, sleeps, counts or logs: Upstream does."""
    found = []
    for module in modules(root):
        for path in python_files(module, "providers"):
            for line, name in _used_names(parse(path)):
                if any(name == other or name.startswith(f"{other}.") for other in FORBIDDEN_IN_PROVIDERS):
                    found.append(finding(root, path, line, f"a provider has no business with {name}"))
    return found


def modules_keep_no_state(root: Path) -> list[str]:
    """At module level there are constants and loggers; state lives in objects that someone made."""
    found = []
    for path in python_files(root, *PACKAGES):
        if "migrations" in path.parts:
            continue  # alembic asks for module variables
        tree = parse(path)
        problems = [*_module_variables(tree), *_globals(tree)]
        if not path.is_relative_to(root / "gost"):  # where addresses in a library are looked up once, as constants
            problems += _process_caches(tree)
        found += [finding(root, path, line, problem) for line, problem in problems]
    return found


def _used_names(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Attribute) and dotted(node) in {"asyncio.sleep", "time.sleep"}:
            yield node.lineno, dotted(node)


def _module_variables(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in tree.body:
        if not isinstance(node, ast.Assign | ast.AnnAssign):
            continue
        call = dotted(node.value.func) if isinstance(node.value, ast.Call) else ""
        for name in map(dotted, _targets(node)):
            if not NAME_OF_CONSTANT.match(name) and call not in CONSTANT_CALLS:
                yield node.lineno, f"{name or 'this'} is module state; name it as a constant or put it in an object"


def _targets(node: ast.Assign | ast.AnnAssign) -> Iterator[ast.expr]:
    for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
        yield from target.elts if isinstance(target, ast.Tuple) else [target]


def _globals(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Global):
            yield node.lineno, f"global {', '.join(node.names)} is module state; put it in an object"


def _process_caches(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for decorator in node.decorator_list:
                name = dotted(decorator.func) if isinstance(decorator, ast.Call) else dotted(decorator)
                if name.removeprefix("functools.") in {"cache", "lru_cache"}:
                    yield node.lineno, f"{node.name} keeps a cache for the whole process; put it in an object"
