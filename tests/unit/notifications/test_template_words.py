"""Money, dates and plural forms as they are written in Russian."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from hub.modules.notifications import template_words as words

YEKATERINBURG = ZoneInfo("Asia/Yekaterinburg")


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0, "0,00 ₽"),
        (5, "0,05 ₽"),
        (123_456, "1 234,56 ₽"),
        (150_000_000, "1 500 000,00 ₽"),
        (-123_456, "−1 234,56 ₽"),
        ("19900", "199,00 ₽"),
        ({"minor_units": 100, "currency_code": "USD"}, "1,00 $"),
        ({"minor_units": "100", "currency_code": "GEL"}, "1,00 GEL"),
    ],
)
def test_money_is_written_in_groups_with_blanks_that_do_not_break(value: Any, written: str) -> None:
    assert words.money(value) == written.replace(" ", "\u00a0")


@pytest.mark.parametrize("value", ["12.5", "", None, True, 1.5, "1e5", {}, "9" * 30, "1\n"])
def test_what_is_no_whole_number_is_no_money(value: Any) -> None:
    with pytest.raises(words.WordError):
        words.money(value)


@pytest.mark.parametrize(
    ("count", "form"),
    [(0, "дней"), (1, "день"), (2, "дня"), (4, "дня"), (5, "дней"), (11, "дней"), (12, "дней"), (21, "день"),
     (22, "дня"), (111, "дней"), (114, "дней"), (121, "день"), (-1, "день"), ("3", "дня")],
)  # fmt: skip
def test_plural_forms_follow_the_last_digits(count: Any, form: str) -> None:
    assert words.plural(count, "день", "дня", "дней") == form


def test_a_moment_is_told_in_the_recipients_zone_and_a_day_as_it_is() -> None:
    moment = "2026-11-26T20:05:00+00:00"
    assert words.date_time(moment) == "26\u00a0ноября 2026\u00a0г., 23:05 (МСК)"
    assert words.date_time(moment, YEKATERINBURG) == "27\u00a0ноября 2026\u00a0г., 01:05 (МСК+2)"
    assert words.date_time(moment, ZoneInfo("Europe/Kaliningrad")).endswith("22:05 (МСК−1)")
    assert words.date_time(moment, ZoneInfo("Asia/Kathmandu")).endswith("(МСК+2:45)")
    assert words.short_date(moment, YEKATERINBURG) == "27.11.2026"
    assert words.long_date("2026-11-26", YEKATERINBURG) == "26\u00a0ноября 2026\u00a0г."
    for word in (words.date_time, words.long_date):
        with pytest.raises(words.WordError):
            word("завтра")
    with pytest.raises(words.WordError):
        words.date_time("2026-11-26T20:05:00")


@pytest.mark.parametrize(
    "value",
    ["javascript:alert(1)", "http://a.example/", 'https://a.example/"onclick=x', "https://a.example/\n", "https://", 5,
     "https://a.example/<b>", "https://user@a.example/"],
)  # fmt: skip
def test_a_link_is_https_and_ends_no_attribute(value: Any) -> None:
    with pytest.raises(words.WordError):
        words.link(value)
    assert words.link("https://pay.example/o/1?a=b&c=d") == "https://pay.example/o/1?a=b&c=d"
