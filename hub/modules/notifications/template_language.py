"""What a template may say: a small part of Jinja2, checked by its syntax tree before anything of it is ever run.

There is output, `if`, `for` over a value's list, comparison of scalars, and our own words (filters). There is no call,
no assignment, no arithmetic, no macro, no include. So nothing can be run but our own words, nothing can grow but by
the output, and nothing can be repeated but by a list that was given: what is left to bound are steps and letters, and
`template_engine.py` counts them.
"""

from collections.abc import Iterator

from jinja2 import nodes

MAX_SOURCE = 32_768
MAX_NODES = 4_000
MAX_DEPTH = 24  # of the syntax tree; Python's own compiler and stack are far from their limits there
MAX_NESTED_LOOPS = 3

WORDS = frozenset(
    {"money", "date", "short_date", "datetime", "plural", "link", "upper", "lower", "capitalize", "trim", "default",
     "length", "first", "last", "join"}
)  # fmt: skip
TESTS = frozenset({"defined", "undefined", "none"})
LOOP_FIELDS = frozenset({"index", "first", "last", "length"})

_ALLOWED: tuple[type[nodes.Node], ...] = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.Getattr, nodes.Getitem,
    nodes.Filter, nodes.Test, nodes.If, nodes.For, nodes.CondExpr, nodes.Compare, nodes.Operand, nodes.And, nodes.Or,
    nodes.Not,
)  # fmt: skip
_JINJAS_OWN = frozenset({"self", "super", "caller", "varargs", "kwargs"})
_COMPARISONS = frozenset({"eq", "ne", "lt", "lteq", "gt", "gteq"})
_SPELLED = {
    nodes.Call: "a call",
    nodes.Assign: "set",
    nodes.AssignBlock: "set",
    nodes.Macro: "macro",
    nodes.CallBlock: "call",
    nodes.FilterBlock: "a filter block",
    nodes.Include: "include",
    nodes.Import: "import",
    nodes.FromImport: "import",
    nodes.Extends: "extends",
    nodes.Block: "block",
    nodes.Concat: "~",
    nodes.With: "with",
}


class TemplateRefusedError(Exception):
    """What a template says is not allowed, or can't be read; the message says what and in which line."""


def check(tree: nodes.Template) -> None:
    """See that a template says nothing but what is allowed.

    Raises:
        TemplateRefusedError: it does.
    """
    for count, (node, depth, loops) in enumerate(_walk(tree), start=1):
        line = getattr(node, "lineno", 0)
        if count > MAX_NODES or depth > MAX_DEPTH:
            raise TemplateRefusedError(f"line {line}: the template is too big or nested too deep")
        if type(node) not in _ALLOWED:
            word = _SPELLED.get(type(node), type(node).__name__.lower())
            raise TemplateRefusedError(f"line {line}: {word} is not allowed in a template")
        if loops > MAX_NESTED_LOOPS:
            raise TemplateRefusedError(f"line {line}: at most {MAX_NESTED_LOOPS} loops inside each other")
        problem = _problem(node)
        if problem:
            raise TemplateRefusedError(f"line {line}: {problem}")


def weigh(tree: nodes.Node) -> int:
    """Return how many nodes there are: what one run through it costs, in steps."""
    return sum(1 for _ in _walk(tree))


def names(tree: nodes.Template) -> frozenset[str]:
    """Return the names a template reads that it didn't make itself."""
    found = {node.name for node, _, _ in _walk(tree) if isinstance(node, nodes.Name) and node.ctx == "load"}
    made = {node.name for node, _, _ in _walk(tree) if isinstance(node, nodes.Name) and node.ctx == "store"}
    return frozenset(found - made - {"loop"})


def _walk(tree: nodes.Node) -> Iterator[tuple[nodes.Node, int, int]]:
    """Yield every node with its depth and how many loops it is in; without recursion, so that depth can't hurt here."""
    waiting: list[tuple[nodes.Node, int, int]] = [(tree, 0, 0)]
    while waiting:
        node, depth, loops = waiting.pop()
        loops += isinstance(node, nodes.For)
        yield node, depth, loops
        waiting.extend((child, depth + 1, loops) for child in node.iter_child_nodes())


def _problem(node: nodes.Node) -> str:
    """Return what is wrong with an allowed kind of node; empty if nothing is."""
    match node:
        case nodes.Name(name=name) | nodes.Getattr(attr=name) if name.startswith("_"):
            return "a name may not begin with _"
        case nodes.Name(name=name, ctx=ctx) if name in _JINJAS_OWN or (name == "loop" and ctx == "store"):
            return f"{name} is Jinja2's own name"
        case nodes.Const(value=value) if not isinstance(value, str | int | None):
            return "only texts and whole numbers are allowed"
        case nodes.Getitem(arg=arg) if not (isinstance(arg, nodes.Const) and isinstance(arg.value, str | int)):
            return "only a field's name or a place in a list may stand in brackets"
        case nodes.Getitem(arg=nodes.Const(value=str() as name)) if name.startswith("_"):
            return "a name may not begin with _"
        case nodes.Filter() if node.name not in WORDS:
            return f"there is no word {node.name[:32]!r}"
        case nodes.Test() if node.name not in TESTS:
            return f"there is no test {node.name[:32]!r}"
        case nodes.Filter() | nodes.Test() if node.kwargs or node.dyn_args or node.dyn_kwargs:
            return "arguments stand one after the other, without names and stars"
        case nodes.Filter(node=None):
            return "a filter block is not allowed in a template"
        case nodes.Operand() if node.op not in _COMPARISONS:
            return "only ==, !=, <, <=, > and >= compare"
        case nodes.For() if node.recursive or node.test is not None or not isinstance(node.target, nodes.Name):
            return "a loop is {% for name in list %}, without if, recursive or several names"
        case _:
            return ""
