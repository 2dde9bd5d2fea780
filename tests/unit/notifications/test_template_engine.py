"""Templates say what they are given, escaped where it is HTML; what could read, grow or run on is refused."""

from typing import Any

import pytest

from hub.modules.notifications.template_engine import MAX_STEPS, FillingFailedError, TemplateEngine
from hub.modules.notifications.template_language import TemplateRefusedError
from hub.modules.notifications.template_words import MOSCOW

ENGINE = TemplateEngine()

# What is known to have got out of Jinja2, out of its sandbox, or to have run for ever in it.
ESCAPES = (
    "{{ ''.__class__ }}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ ''['__class__'] }}",
    "{{ ''|attr('__class__') }}",
    "{{ ''|attr('\\x5f\\x5fclass\\x5f\\x5f') }}",
    "{{ [].__class__.__base__ }}",
    "{{ ().__class__ }}",
    "{{ {}.__class__ }}",
    "{{ self }}",
    "{{ self }}{{ self._TemplateReference__context }}",
    "{{ self.__init__.__globals__ }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ joiner.__init__.__globals__ }}",
    "{{ namespace.__init__.__globals__ }}",
    "{{ lipsum.__globals__['os'].popen('id').read() }}",
    "{{ lipsum(n=1000000) }}",
    "{{ dict.mro() }}",
    "{{ '{0.__class__}'.format(1) }}",
    "{{ '{0.__class__.__init__.__globals__}'.format_map({'0': 1}) }}",
    "{{ ('{0.__class__}'|attr('format'))(1) }}",
    "{% set f = '{0.__class__}'.format %}{{ f(1) }}",
    "{{ '{0.__class__.__base__}'|format(1) }}",
    "{{ ['{0.__class__}']|map('format', 1)|list }}",
    "{{ ['x']|map(attribute='__class__')|list }}",
    "{{ ['x']|groupby('__class__') }}",
    "{{ ['x']|sort(attribute='__class__') }}",
    "{{ 'x'|xmlattr }}",
    "{{ {'onload=\"x\"': 'y'}|xmlattr }}",
    "{{ name|safe }}",
    "{% autoescape false %}{{ name }}{% endautoescape %}",
    "{% filter safe %}{{ name }}{% endfilter %}",
    "{% include '/etc/passwd' %}",
    "{% import 'os' as os %}",
    "{% from 'os' import system %}",
    "{% extends 'base' %}",
    "{% block a %}{% endblock %}",
    "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "{% call name() %}{% endcall %}",
    "{% set x = name %}",
    "{% set x %}{{ name }}{% endset %}",
    "{% with x = name %}{{ x }}{% endwith %}",
    "{% do name.append(1) %}",
    "{% for x in range(999999999) %}{% endfor %}",
    "{% for x in [1, 2] recursive %}{{ loop([1]) }}{% endfor %}",
    "{% for x in items if x %}{% endfor %}",
    "{% for loop in items %}{% endfor %}",
    "{% for _budget in items %}{% endfor %}",
    "{{ _budget }}",
    "{{ _zone.key }}",
    "{{ member._secret }}",
    "{{ member['_secret'] }}",
    "{{ member[name] }}",
    "{{ name[0:1] }}",
    "{{ name|_pay(1) }}",
    "{{ name() }}",
    "{{ loop.cycle(1) }}",
    "{{ 'a' * 1000000000 }}",
    "{{ 10 ** 1000000000 }}",
    "{{ '%1000000000d' % 1 }}",
    "{{ 'a' + 'b' }}",
    "{{ 'a' ~ name }}",
    "{{ 1 - 1 }}",
    "{{ -1 }}",
    "{{ 1.5 }}",
    "{{ [1, 2] }}",
    "{{ {'a': 1} }}",
    "{{ 'a' in items }}",
    "{{ name|center(1000000000) }}",
    "{{ name|indent(1000000000) }}",
    "{{ name|replace('', name) }}",
    "{{ name|wordwrap(1) }}",
    "{{ name|urlize }}",
    "{{ name|pprint }}",
    "{{ items|batch(1)|list }}",
    "{{ name|money(currency='RUB') }}",
    "{{ name|plural(*items) }}",
    "{{ name|plural(**member) }}",
    "{{ name is callable }}",
    "{{ name is sameas(1) }}",
    "{{ name is filter }}",
    "{{ " + "(" * 200 + "name" + ")" * 200 + " }}{{ " + "not " * 5000 + "name }}",
    "{{ " + " and ".join(["name"] * 3000) + " }}",
    "{% if name %}" * 30 + "{% endif %}" * 30,
    "{% for a in items %}" * 4 + "{% endfor %}" * 4,
    "{{ name }" ,
    "{# for ever",
    "x" * 40_000,
)  # fmt: skip


def fill(source: str, values: dict[str, Any] | None = None, *, html: bool = False, most: int = 10_000) -> str:
    return ENGINE.fill_in(ENGINE.read(source, html=html), values or {}, zone=MOSCOW, most=most)


@pytest.mark.parametrize("source", ESCAPES, ids=lambda source: source[:60])
def test_what_a_template_must_not_say_is_refused_before_it_runs(source: str) -> None:
    with pytest.raises(TemplateRefusedError):
        ENGINE.read(source)


@pytest.mark.parametrize(
    "name", ["__class__", "real", "keys", "items", "append", "format", "mro", "gi_frame", "f_globals"]
)
def test_attributes_of_python_objects_are_no_fields(name: str) -> None:
    for value in ("text", 1, ["a"], {"a": 1}, None, True):
        for source in (f"{{{{ x.{name} }}}}", f"{{{{ x['{name}'] }}}}"):
            with pytest.raises((TemplateRefusedError, FillingFailedError)):
                fill(source, {"x": value})


def test_a_field_is_what_was_given_and_not_the_method_of_that_name() -> None:
    assert fill("{{ x.items }} {{ x.keys }}", {"x": {"items": "вещи", "keys": "ключи"}}) == "вещи ключи"


def test_html_in_a_name_is_escaped_in_html_and_left_alone_in_text() -> None:
    name = """<script>alert("1")</script> & 'Ко'"""
    escaped = "&lt;script&gt;alert(&#34;1&#34;)&lt;/script&gt; &amp; &#39;Ко&#39;"
    source = '<p title="{{ name }}">{{ name }}{{ names|join("<br>") }}{{ "<b>" }}</p>'
    shown = fill(source, {"name": name, "names": ["<", ">"]}, html=True)
    assert shown == f'<p title="{escaped}">{escaped}&lt;&lt;br&gt;&gt;&lt;b&gt;</p>'
    assert fill("{{ name }}", {"name": name}) == name


def test_what_is_filled_in_is_never_read_as_a_template() -> None:
    assert fill("{{ name }}", {"name": "{{ 7 }}{% for x in y %}"}) == "{{ 7 }}{% for x in y %}"


def test_a_missing_name_is_told_and_no_value() -> None:
    with pytest.raises(FillingFailedError) as caught:
        fill("{{ name }} {{ member.surname }}", {"name": "КАНАРЕЙКА", "member": {}})
    assert "КАНАРЕЙКА" not in str(caught.value)
    with pytest.raises(FillingFailedError) as missing:
        fill("{{ amount }}")
    assert missing.value.field == "amount"


@pytest.mark.parametrize(
    "name", ["config", "request", "range", "dict", "lipsum", "cycler", "joiner", "namespace", "loop"]
)
def test_nothing_is_there_that_was_not_given(name: str) -> None:
    with pytest.raises(FillingFailedError):
        fill(f"{{{{ {name} }}}}")


def test_default_stands_in_for_what_is_missing_or_empty() -> None:
    assert fill('{{ a|default("—") }}{{ b|default("—") }}{{ c|default("—") }}', {"b": "", "c": "в"}) == "——в"
    assert fill("{% if a is defined %}да{% else %}нет{% endif %}") == "нет"


def test_loops_go_through_lists_with_their_place() -> None:
    source = "{% for x in xs %}{{ loop.index }}:{{ x.n }}{% if not loop.last %}, {% endif %}{% else %}пусто{% endfor %}"
    assert fill(source, {"xs": [{"n": "а"}, {"n": "б"}]}) == "1:а, 2:б"
    assert fill(source, {"xs": []}) == "пусто"
    for value in ("text", {"a": 1}, 5):
        with pytest.raises(FillingFailedError):
            fill(source, {"xs": value})


def test_loops_within_loops_are_cut_short_by_steps_and_not_by_time() -> None:
    values = {"xs": [1] * 600}
    source = "{% for a in xs %}{% for b in xs %}{% for c in xs %}{% endfor %}{% endfor %}{% endfor %}"
    with pytest.raises(FillingFailedError, match="too much"):
        fill(source, values)
    body = "{% if a == b %}{% endif %}" * 10
    inner = int((MAX_STEPS / 60) ** 0.5) // 2
    assert fill("{% for a in xs %}{% for b in xs %}" + body + "{% endfor %}{% endfor %}", {"xs": [1] * inner}) == ""


def test_what_comes_out_is_bounded_while_it_is_made() -> None:
    with pytest.raises(FillingFailedError, match="more than 100"):
        fill("{% for x in xs %}{{ t }}{% endfor %}", {"xs": [1] * 50, "t": "т" * 50}, most=100)
    with pytest.raises(FillingFailedError):
        fill("{{ xs|join(t) }}", {"xs": ["а"] * 1000, "t": "т" * 4000})


@pytest.mark.parametrize(
    "values",
    [
        {"a": "x" * 5000},
        {"a": [1] * 3000},
        {"a": [[[[[[[[[1]]]]]]]]]},
        {"a": 10**30},
        {"a": 0.5},
        {"a": float("nan")},
        {"a": object()},
        {"a": b"bytes"},
        {"_zone": "x"},
        {"a": {"__class__": 1}},
        {"a": "\x00"},
        {"a": "x\r\nBcc: all@example.com"},
        {"a": "\u202eтекст"},
        {"a": "\ud800"},
    ],
)
def test_values_that_are_not_plain_are_refused(values: dict[str, Any]) -> None:
    with pytest.raises(FillingFailedError):
        fill("постоянный текст", values)


def test_structures_are_not_written_out_whole_nor_compared_through() -> None:
    for source in ("{{ x }}", "{{ y }}", "{{ y|join }}"):
        with pytest.raises(FillingFailedError):
            fill(source, {"x": {"a": 1}, "y": [[1]]})
    assert fill("{% if x == y %}равны{% endif %}", {"x": [1], "y": [1]}) == ""
