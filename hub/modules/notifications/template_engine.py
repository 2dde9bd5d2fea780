"""Runs templates that `template_language.py` let pass, in Jinja2's immutable sandbox, within a budget.

Three walls stand behind each other: the syntax tree (nothing but data and our words can be named), the sandbox with its
attribute access replaced (a name is a field of a mapping, never an attribute of a Python object), and the budget: each
round of a loop is paid for beforehand, by the size of its body, and output is cut off at its limit while it is made.
"""

import itertools
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

from jinja2 import Environment, StrictUndefined, TemplateError, Undefined, UndefinedError, nodes, pass_context
from jinja2.environment import Template as Compiled
from jinja2.runtime import Context, LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from hub.modules.notifications import template_words as words
from hub.modules.notifications.template_language import (
    LOOP_FIELDS,
    MAX_SOURCE,
    TESTS,
    TemplateRefusedError,
    check,
    names,
    weigh,
)

MAX_STEPS = 10_000  # nodes of the tree visited in loops; at some ten microseconds each, a tenth of a second at worst
MAX_VALUES = 2_000  # in what is filled in
MAX_TEXT = 4_096  # letters of one value
MAX_VALUE_DEPTH = 8
_BUDGET, _ZONE, _PAY = "_budget", "_zone", "_pay"
_REORDERING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class FillingFailedError(Exception):
    """A template can't be filled in with these values; the message has no value in it.

    Attributes:
        field: The name that is missing or wrong, if it is one; "member.name".
    """

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class Fields(Mapping[str, Any]):
    """A mapping that a template reads by names. It is compared by identity, so that comparing is never long work."""

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    def __getitem__(self, key: str) -> Any:
        return self._values[key]

    def __iter__(self) -> Any:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)

    def __str__(self) -> NoReturn:
        raise FillingFailedError("a whole structure can't be written out; name a field of it")


class Items(tuple[Any, ...]):
    """A list that a template goes through; compared by identity, for the same reason."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return self is other

    def __ne__(self, other: object) -> bool:
        return self is not other

    def __hash__(self) -> int:
        return id(self)

    def __str__(self) -> NoReturn:
        raise FillingFailedError("a whole list can't be written out; go through it, or join it")


@dataclass(slots=True)
class _Budget:
    steps: int = MAX_STEPS

    def pay(self, steps: int) -> None:
        self.steps -= steps
        if self.steps < 0:
            raise FillingFailedError("the template does too much: its loops go through too many things")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A checked template, ready to be filled in."""

    names: frozenset[str]
    """What it needs."""
    compiled: Compiled


class _Environment(ImmutableSandboxedEnvironment):
    """Names are fields of mappings, and never attributes of Python objects."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, LoopContext) and attribute in LOOP_FIELDS:
            return getattr(obj, attribute)
        return self.getitem(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        if isinstance(obj, Undefined):
            raise UndefinedError(obj._undefined_message)  # noqa: SLF001 - what Jinja2's own access does
        if isinstance(obj, Fields) and isinstance(argument, str) and argument in obj:
            return obj[argument]
        if isinstance(obj, Items) and isinstance(argument, int) and -len(obj) <= argument < len(obj):
            return obj[argument]
        return self.undefined(name=str(argument)[:64])

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:  # noqa: ARG002 - Jinja2's signature
        return False

    def is_safe_callable(self, obj: Any) -> bool:  # noqa: ARG002 - same
        return False


class TemplateEngine:
    """Reads and fills in templates. Made once; keeps nothing of what it filled in."""

    def __init__(self) -> None:
        self._text = _environment(autoescape=False)
        self._html = _environment(autoescape=True)

    def read(self, source: str, *, html: bool = False) -> Filled:
        """Read a template; in HTML, whatever is filled in is escaped.

        Raises:
            TemplateRefusedError: it says what isn't allowed, or can't be read.
        """
        if len(source) > MAX_SOURCE:
            raise TemplateRefusedError(f"a template has at most {MAX_SOURCE} letters")
        environment = self._html if html else self._text
        try:
            tree = environment.parse(source)
            check(tree)
            needed = names(tree)
            _make_loops_pay(tree)
            tree.set_environment(environment)
            code = environment.compile(tree)
        except TemplateError as error:
            raise TemplateRefusedError(f"line {getattr(error, 'lineno', 0)}: {error.message}") from error
        except (RecursionError, MemoryError, SyntaxError, OverflowError, ValueError) as error:
            raise TemplateRefusedError("the template can't be read: it is nested too deep, or malformed") from error
        return Filled(names=needed, compiled=Compiled.from_code(environment, code, {}))

    def fill_in(self, template: Filled, values: Mapping[str, Any], *, zone: ZoneInfo, most: int) -> str:
        """Fill a template in with JSON values; at most so many letters come of it.

        Raises:
            FillingFailedError: a name is missing, a value is of the wrong kind, or it is too much work or text.
        """
        variables = {**plain(values), _BUDGET: _Budget(), _ZONE: zone}
        context = template.compiled.new_context(variables)
        pieces, length = [], 0
        try:
            for piece in template.compiled.root_render_func(context):
                length += len(piece)
                if length > most:
                    raise FillingFailedError(f"the text would have more than {most} letters")
                pieces.append(str(piece))
        except words.WordError as error:
            raise FillingFailedError(str(error)) from None
        except TemplateError as error:
            raise FillingFailedError("a value is missing or of the wrong kind", field=_field(error)) from None
        except (TypeError, ValueError, ArithmeticError, RecursionError) as error:
            raise FillingFailedError("a value is of the wrong kind for what is said of it") from error
        return "".join(pieces)


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Turn JSON values into what templates may touch: texts, whole numbers, booleans, `Fields` and `Items`.

    Raises:
        FillingFailedError: too many, too long, too deep, not JSON, or with letters that no text for people has.
    """
    budget = itertools.count(1)
    return {key: _plain(value, budget, key, depth=1) for key, value in values.items() if _is_name(key)}


def _plain(value: Any, budget: "itertools.count[int]", field: str, *, depth: int) -> Any:
    if next(budget) > MAX_VALUES or depth > MAX_VALUE_DEPTH:
        raise FillingFailedError("too many values, or nested too deep", field=field)
    match value:
        case None | bool():
            return value
        case int() if abs(value) < 10**18:
            return value
        case float() if value.is_integer() and abs(value) < 2**53:
            return int(value)  # JSON and protobuf's Struct have no whole numbers
        case str():
            return _text(value, field)
        case Mapping():
            return Fields(
                {
                    key: _plain(inner, budget, f"{field}.{key}", depth=depth + 1)
                    for key, inner in value.items()
                    if _is_name(key)
                }
            )
        case list() | tuple():
            return Items(_plain(inner, budget, field, depth=depth + 1) for inner in value)
        case _:
            raise FillingFailedError(
                "a value is a text, a whole number, true, false, a list or a structure", field=field
            )


def _text(value: str, field: str) -> str:
    if len(value) > MAX_TEXT:
        raise FillingFailedError(f"a value has at most {MAX_TEXT} letters", field=field)
    if any(
        letter in _REORDERING or (unicodedata.category(letter) in {"Cc", "Cs"} and letter not in "\n\t")
        for letter in value
    ):
        raise FillingFailedError("a value has control characters", field=field)
    return value


def _is_name(key: Any) -> bool:
    if not isinstance(key, str) or key.startswith("_") or len(key) > 64:
        raise FillingFailedError("a value's name is a text of 64 letters at most that doesn't begin with _")
    return True


def _make_loops_pay(tree: nodes.Template) -> None:
    """Wrap what each loop goes through, so that its rounds are paid for by the size of its body before the first."""
    for loop in list(tree.find_all(nodes.For)):
        weight = nodes.Const(sum(weigh(node) for node in (*loop.body, *loop.else_)) + 1)
        loop.iter = nodes.Filter(loop.iter, _PAY, [weight], [], None, None, lineno=loop.lineno)


def _environment(*, autoescape: bool) -> Environment:
    environment = _Environment(
        autoescape=autoescape,
        undefined=StrictUndefined,
        optimized=False,  # nothing is computed while a template is read
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
        cache_size=0,
    )
    environment.globals.clear()
    tests = {name: environment.tests[name] for name in TESTS}
    environment.tests.clear()
    environment.tests.update(tests)
    environment.filters.clear()
    environment.filters.update(_FILTERS)
    return environment


def _field(error: TemplateError) -> str:
    """Return the name that a template asked for in vain; it is the template's own word, not a value."""
    message = error.message or ""
    return message.partition("'")[2].partition("'")[0] if message.endswith("is undefined") else ""


def _given(word: Callable[..., Any]) -> Callable[..., Any]:
    """Have a word say which name is missing, rather than that what is not there is of the wrong kind."""

    def checked(value: Any, *arguments: Any) -> Any:
        for each in (value, *arguments):
            if isinstance(each, Undefined):
                raise UndefinedError(each._undefined_message)  # noqa: SLF001 - the name, without the traceback's frames
        return word(value, *arguments)

    return checked


@pass_context
def _pay(context: Context, value: Any, weight: int) -> Items:
    if not isinstance(value, Items):
        raise FillingFailedError("a loop goes through a list")
    context[_BUDGET].pay(weight * (len(value) + 1))
    return value


@pass_context
def _date(context: Context, value: Any) -> Any:
    return _given(words.long_date)(value, context[_ZONE])


@pass_context
def _short_date(context: Context, value: Any) -> Any:
    return _given(words.short_date)(value, context[_ZONE])


@pass_context
def _date_time(context: Context, value: Any) -> Any:
    return _given(words.date_time)(value, context[_ZONE])


def _join(value: Any, separator: str = ", ") -> str:
    if not isinstance(value, Items) or not all(isinstance(item, str | int) for item in value):
        raise FillingFailedError("join: needs a list of texts")
    texts = [str(item) for item in value]
    if sum(map(len, texts)) + len(separator) * len(texts) > MAX_TEXT:
        raise FillingFailedError("join: the text would be too long")
    return separator.join(texts)


def _length(value: Any) -> int:
    if not isinstance(value, Items | str):
        raise FillingFailedError("length: needs a list or a text")
    return len(value)


def _first(value: Any) -> Any:
    return _of_list(value, 0)


def _last(value: Any) -> Any:
    return _of_list(value, -1)


def _of_list(value: Any, place: int) -> Any:
    if not isinstance(value, Items) or not value:
        raise FillingFailedError("first, last: need a list with something in it")
    return value[place]


def _default(value: Any, otherwise: Any = "") -> Any:
    return otherwise if isinstance(value, Undefined) or value in {None, ""} else value


def _on_text(change: Callable[[str], str]) -> Callable[[Any], str]:
    def word(value: Any) -> str:
        if not isinstance(value, str):
            raise FillingFailedError("upper, lower, capitalize, trim: need a text")
        return change(value)

    return _given(word)


def _capitalized(text: str) -> str:
    return text[:1].upper() + text[1:]


_FILTERS: dict[str, Callable[..., Any]] = {
    _PAY: _pay,
    "money": _given(words.money),
    "date": _date,
    "short_date": _short_date,
    "datetime": _date_time,
    "plural": _given(words.plural),
    "link": _given(words.link),
    "upper": _on_text(str.upper),
    "lower": _on_text(str.lower),
    "capitalize": _on_text(_capitalized),
    "trim": _on_text(str.strip),
    "default": _default,
    "length": _given(_length),
    "first": _given(_first),
    "last": _given(_last),
    "join": _given(_join),
}
