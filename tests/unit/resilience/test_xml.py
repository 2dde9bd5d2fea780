"""XML from outside is read as such: charset by declaration, no DTD, bounded, and strict about what it asks for."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.resilience.failures import AnswerInvalidError
from hub.resilience.xml import Node, is_xml_text, parse_xml

BOMB = """<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;">]><a>&c;</a>"""
XXE = """<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>"""


@pytest.mark.parametrize(
    ("declared", "codec"),
    [("UTF-8", "utf-8"), ("utf-8", "utf-8"), ("windows-1251", "cp1251"), ("WINDOWS-1251", "cp1251")],
)
def test_the_declared_charset_is_read(declared: str, codec: str) -> None:
    document = f'<?xml version="1.0" encoding="{declared}"?><a>Иванов</a>'.encode(codec)
    assert parse_xml(document).text == "Иванов"


def test_without_a_declaration_it_is_utf_8_with_or_without_a_mark() -> None:
    assert parse_xml("<a>Ы</a>".encode()).text == "Ы"
    assert parse_xml(b"\xef\xbb\xbf" + "<a>Ы</a>".encode()).text == "Ы"


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"<a>",
        b"<a></b>",
        b"<html><br></html>",
        "<?xml version='1.0' encoding='UTF-8'?><a>Иванов</a>".encode("cp1251"),
        "<?xml version='1.0' encoding='koi8-r'?><a>Иванов</a>".encode("koi8-r"),
        "<?xml version='1.0' encoding='UTF-16'?><a/>".encode("utf-16"),
        BOMB.encode(),
        XXE.encode(),
        b"<?xml version='1.0'?><!DOCTYPE a SYSTEM 'http://example.org/a.dtd'><a/>",
        b"<a>" * 65 + b"</a>" * 65,
        b"<a>" + b"<b/>" * 20_000 + b"</a>",
        b"<a>&nbsp;</a>",
        b"<a>\x00</a>",
    ],
)
def test_what_is_broken_or_hostile_is_refused(document: bytes) -> None:
    with pytest.raises(AnswerInvalidError):
        parse_xml(document)


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_else(document: bytes) -> None:
    with suppress(AnswerInvalidError):
        parse_xml(document)


@given(st.text(max_size=50))
def test_text_that_passes_the_check_survives_the_wire(text: str) -> None:
    if is_xml_text(text):
        escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")
        assert (parse_xml(f"<a>{escaped}</a>".encode()).text or "") == text


def _node(document: str, *known: str) -> tuple[Node, list[str]]:
    surprises: list[str] = []
    element = parse_xml(document.encode())
    return Node(element, known=frozenset(known), surprise=lambda _kind, word: surprises.append(word)), surprises


def test_children_nobody_knows_are_told_and_passed_over() -> None:
    node, surprises = _node("<a><b> text </b><new/></a>", "b")
    assert node.text("b") == "text"
    assert surprises == ["a/new"]


def test_a_missing_an_empty_a_double_and_a_nested_child_are_no_texts() -> None:
    node, _ = _node("<a><empty/><twice>1</twice><twice>1</twice><deep><x/></deep></a>", "empty", "twice", "deep")
    for name in ("missing", "empty", "twice", "deep"):
        with pytest.raises(AnswerInvalidError):
            node.text(name)
    assert node.optional_text("missing") == node.optional_text("empty") == ""
    assert len(node.nodes("twice", frozenset())) == 2
    with pytest.raises(AnswerInvalidError):
        node.node("missing", frozenset())
