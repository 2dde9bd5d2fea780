"""Who takes part in a deal, as the port speaks of them. Personal data is kept out of every `repr`."""

from dataclasses import dataclass, field
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Person:
    """A natural person. Empty strings where a part isn't known."""

    surname: str = field(repr=False)
    given_name: str = field(repr=False)
    patronymic: str = field(default="", repr=False)
    inn: str = field(default="", repr=False)
    snils: str = field(default="", repr=False)

    @property
    def full_name(self) -> str:
        """Фамилия Имя Отчество, in one line."""
        return " ".join(part for part in (self.surname, self.given_name, self.patronymic) if part)


@dataclass(frozen=True, slots=True)
class SoleTrader:
    """A person with a state registration number (индивидуальный предприниматель)."""

    person: Person
    ogrnip: str = field(default="", repr=False)

    @property
    def full_name(self) -> str:
        """The person's full name: the register knows no trade name."""
        return self.person.full_name

    @property
    def inn(self) -> str:
        """The person's ИНН."""
        return self.person.inn


@dataclass(frozen=True, slots=True)
class Organization:
    """A legal entity; `name` as registered, for example `ООО "Ромашка"`."""

    name: str
    inn: str = ""
    ogrn: str = ""

    @property
    def full_name(self) -> str:
        """The name as registered."""
        return self.name


Party = Person | SoleTrader | Organization


@dataclass(frozen=True, slots=True)
class Representative:
    """Who acts for a party, and the file name of the document among the deal's that entitles him."""

    person: Person
    power_of_attorney_file_name: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class TransferParty:
    """One side of a deal, or a part of it. The shares of a side sum to one."""

    party: Party
    share: Fraction = Fraction(1)
    representative: Representative | None = None
