"""JSON of an upstream: strict where it matters, patient where vendors differ, and never quoted in an error."""

from decimal import Decimal

import pytest

from hub.resilience.failures import AnswerInvalidError
from hub.resilience.json_answer import Fields, parse_object


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b"<html>",
        b'{"a": 1',
        b'{"a": 1, "a": 2}',
        b'{"a": NaN}',
        b'{"a": "\xff"}',
        b'{"a":' * 100_000,
    ],
)
def test_what_is_no_object_is_refused_without_a_word_of_it(body: bytes) -> None:
    with pytest.raises(AnswerInvalidError) as caught:
        parse_object(body)
    assert caught.value.__cause__ is None


def test_an_object_is_read_whatever_its_mark_of_byte_order() -> None:
    assert parse_object(b'\xef\xbb\xbf{"a": "1"}') == {"a": "1"}


def fields(value: dict[str, object]) -> Fields:
    return Fields(value, known=frozenset(value), surprise=lambda _kind, _word: None)


@pytest.mark.parametrize("value", ["17", 17])
def test_a_number_may_be_written_as_a_text(value: object) -> None:
    assert fields({"a": value}).number("a") == 17


@pytest.mark.parametrize("value", [1.5, True, [], {}, "1.5", "1e3", "٣", "9" * 19, ""])
def test_what_is_no_whole_number_is_none(value: object) -> None:
    with pytest.raises(AnswerInvalidError):
        fields({"a": value}).number("a")


def test_missing_members_are_empty_where_they_may_be_and_refused_where_not() -> None:
    empty = fields({"a": None})
    assert (empty.optional_text("a"), empty.optional_text("b"), empty.optional_number("b")) == ("", "", None)
    with pytest.raises(AnswerInvalidError):
        empty.text("a")


def test_unknown_members_are_told_with_where_they_stand() -> None:
    told = []
    known = frozenset({"a"})
    outer = Fields({"a": {"b": 1}}, known=known, surprise=lambda kind, word: told.append((kind, word)))
    outer.optional_object("a", frozenset(), lambda kind, word: told.append((kind, word)))
    assert told == [("field", "a.b")]


@pytest.mark.parametrize(("value", "read"), [(Decimal("5.49"), "5.49"), ("5.49", "5.49"), (5, "5"), ("1.6", "1.6")])
def test_an_amount_may_be_written_as_number_or_text(value: object, read: str) -> None:
    assert fields({"a": value}).optional_decimal("a") == Decimal(read)


@pytest.mark.parametrize("value", [True, [], {}, "a", "NaN", "Infinity", "9" * 30, "1e30"])
def test_what_is_no_amount_is_none(value: object) -> None:
    with pytest.raises(AnswerInvalidError):
        fields({"a": value}).optional_decimal("a")


def test_an_amount_that_is_missing_is_none() -> None:
    assert fields({"a": None}).optional_decimal("a") is fields({"a": ""}).optional_decimal("a") is None


def test_only_true_is_true() -> None:
    assert [fields({"a": value}).is_true("a") for value in (True, 1, "true", None)] == [True, False, False, False]


def test_an_empty_list_stands_for_an_empty_object() -> None:
    assert fields({"a": []}).optional_object("a", frozenset(), lambda _kind, _word: None) is None
    with pytest.raises(AnswerInvalidError):
        fields({"a": [1]}).optional_object("a", frozenset(), lambda _kind, _word: None)
