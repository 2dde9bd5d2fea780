"""What is read of the CSP's licence: whether it is good and until when, and never its serial."""

from datetime import UTC, datetime

import pytest

from signer_agent.keys.cryptopro_licence import licence_of

SERIAL = "00000-00000-00000-00000-00000"


@pytest.mark.parametrize(
    ("said", "is_usable"),
    [
        (f"License validity:\n{SERIAL}\nLicense is permanent.\n", True),
        (f"License validity:\n{SERIAL}\nLicense is expired.\n[ErrorCode: 0x0000065b]\n", False),
        ("License is absent.\n", False),
        (f"Срок действия лицензии:\n{SERIAL}\nЛицензия истекла.\n", False),
    ],
)
def test_whether_it_is_good_is_read(said: str, is_usable: bool) -> None:
    licence = licence_of(said.encode())

    assert (licence.is_usable, licence.expire_time) == (is_usable, None)
    assert SERIAL not in repr(licence)


@pytest.mark.parametrize("day", ["31.12.2026", "2026-12-31"])
def test_a_date_in_it_is_its_last_day(day: str) -> None:
    licence = licence_of(f"License validity:\n{SERIAL}\nExpires: {day}\n".encode())

    assert licence.expire_time == datetime(2027, 1, 1, tzinfo=UTC)
