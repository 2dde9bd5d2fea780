"""An exact amount of money."""

import re
from dataclasses import dataclass

_CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units (kopecks) with its ISO 4217 code; never a float.

    Raises:
        ValueError: the code is not three capital letters.
    """

    minor_units: int
    currency: str

    def __post_init__(self) -> None:
        if not _CURRENCY.fullmatch(self.currency):
            raise ValueError("a currency is three capital letters, for example RUB")

    def __add__(self, other: "Money") -> "Money":
        if self.currency != other.currency:
            raise ValueError("amounts of different currencies can't be added")
        return Money(minor_units=self.minor_units + other.minor_units, currency=self.currency)

    def decimal_text(self) -> str:
        """Return the amount in major units with two decimals and a point: "1500000.00"."""
        sign = "-" if self.minor_units < 0 else ""
        major, minor = divmod(abs(self.minor_units), 100)
        return f"{sign}{major}.{minor:02d}"
