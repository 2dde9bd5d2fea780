"""Check digits of Russian registration numbers, and the grammar of cadastral numbers."""

import re

_CADASTRAL_NUMBER = re.compile(r"[0-9]{2}:[0-9]{2}:[0-9]{6,7}:[0-9]{1,10}")
_INN_ORGANISATION = (2, 4, 10, 3, 5, 9, 4, 6, 8)
_INN_PERSON_FIRST = (7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
_INN_PERSON_SECOND = (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
_SNILS_FIRST_CHECKED = 1001999  # numbers up to 001-001-998 were given out without check digits
_ACCOUNT_WEIGHTS = (7, 1, 3)


def is_inn(text: str) -> bool:
    """Return whether this is an ИНН: 10 digits (organisation) or 12 (person) with the right check digits."""
    if _all_digits(text, 10):
        return _inn_digit(text, _INN_ORGANISATION) == text[9]
    if _all_digits(text, 12):
        return _inn_digit(text, _INN_PERSON_FIRST) == text[10] and _inn_digit(text, _INN_PERSON_SECOND) == text[11]
    return False


def is_ogrn(text: str) -> bool:
    """Return whether this is an ОГРН of an organisation: 13 digits, the last one right."""
    return _all_digits(text, 13) and int(text[:12]) % 11 % 10 == int(text[12])


def is_ogrnip(text: str) -> bool:
    """Return whether this is an ОГРНИП of a sole trader: 15 digits, the last one right."""
    return _all_digits(text, 15) and int(text[:14]) % 13 % 10 == int(text[14])


def is_snils(text: str) -> bool:
    """Return whether this is a СНИЛС: 11 digits without separators, the last two right."""
    if not _all_digits(text, 11):
        return False
    if int(text[:9]) < _SNILS_FIRST_CHECKED:
        return True
    control = sum(int(digit) * weight for digit, weight in zip(text, range(9, 0, -1), strict=False)) % 101 % 100
    return control == int(text[9:])


def is_bank_account(account: str, *, bic: str) -> bool:
    """Return whether an account (20 digits) fits the bank's БИК (9 digits), by the Bank of Russia's control key."""
    if not (_all_digits(account, 20) and _all_digits(bic, 9)):
        return False
    # Correspondent accounts, and accounts at the Bank of Russia (its BICs end in 000 to 002), are keyed differently.
    at_central_bank = account.startswith("301") or bic[6:] in {"000", "001", "002"}
    prefix = f"0{bic[4:6]}" if at_central_bank else bic[6:]
    digits = prefix + account
    return sum(int(digit) * _ACCOUNT_WEIGHTS[place % 3] % 10 for place, digit in enumerate(digits)) % 10 == 0


def is_cadastral_number(text: str) -> bool:
    """Return whether this is the number of an object: "77:01:0001001:1234" (district, region, quarter, object)."""
    return _CADASTRAL_NUMBER.fullmatch(text) is not None


def same_cadastral_number(one: str, other: str) -> bool:
    """Return whether two spellings name one object: some services drop leading zeros."""
    return _without_zeros(one) == _without_zeros(other)


def _all_digits(text: str, count: int) -> bool:
    return len(text) == count and text.isascii() and text.isdigit()


def _inn_digit(text: str, weights: tuple[int, ...]) -> str:
    return str(sum(int(digit) * weight for digit, weight in zip(text, weights, strict=False)) % 11 % 10)


def _without_zeros(number: str) -> list[str]:
    return [part.lstrip("0") for part in "".join(number.split()).split(":")]
