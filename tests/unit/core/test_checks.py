"""Check digits and cadastral numbers, on published examples."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.checks import (
    is_bank_account,
    is_cadastral_number,
    is_inn,
    is_ogrn,
    is_ogrnip,
    is_snils,
    same_cadastral_number,
)

VALID = [
    (is_inn, "7707083893"),
    (is_inn, "500100732259"),
    (is_ogrn, "1027700132195"),
    (is_ogrnip, "304500116000157"),
    (is_snils, "11223344595"),
]


@pytest.mark.parametrize(("check", "number"), VALID)
def test_a_published_number_passes_and_each_mistyped_digit_does_not(check: Callable[[str], bool], number: str) -> None:
    assert check(number)
    missed = 0
    for place, digit in enumerate(number):
        for other in "0123456789".replace(digit, ""):
            missed += check(number[:place] + other + number[place + 1 :])
    # "mod 11 mod 10" and "mod 13 mod 10" let a few slip, by their nature.
    assert missed <= len(number) * 9 * 0.1


@pytest.mark.parametrize("check", [is_inn, is_ogrn, is_ogrnip, is_snils])
@given(text=st.text(alphabet="0123456789 -٣²", max_size=16))
def test_anything_else_is_answered_not_raised(check: Callable[[str], bool], text: str) -> None:
    assert check(text) in {True, False}
    if not (text.isascii() and text.isdigit()):
        assert not check(text)


def test_a_snils_of_the_first_million_has_no_check_digits() -> None:
    assert is_snils("00100199800")
    assert not is_snils("00100199900")


@pytest.mark.parametrize(
    ("bic", "account"),
    [
        ("049805746", "40602810700000000025"),
        ("049805000", "30101810800000000746"),
        ("044525225", "30101810400000000225"),
    ],
)
def test_an_account_fits_its_bank_and_no_mistyped_one_does(bic: str, account: str) -> None:
    assert is_bank_account(account, bic=bic)
    assert not is_bank_account(account[:-1] + str((int(account[-1]) + 1) % 10), bic=bic)


@pytest.mark.parametrize("number", ["77:01:0001001:1234", "16:50:110108:2815", "72:17:1502001:499"])
def test_a_cadastral_number_of_six_or_seven_quarter_digits_is_one(number: str) -> None:
    assert is_cadastral_number(number)


@pytest.mark.parametrize(
    "number",
    [
        "",
        "77:01:0001001",
        "77:01:0001001:",
        "7:01:0001001:1",
        "77:01:00010011:1",
        "77:01:0001001:1\n",
        "٧٧:01:0001001:1",
    ],
)
def test_what_only_looks_like_a_cadastral_number_is_none(number: str) -> None:
    assert not is_cadastral_number(number)


def test_dropped_zeros_and_spaces_name_the_same_plot() -> None:
    assert same_cadastral_number("77:05:0007007:4926", "77:5:7007: 4926")
    assert not same_cadastral_number("77:05:0007007:4926", "77:05:0007007:492")
