"""The register of plots and rights that the simulated gateway looks into. All people and firms in it are invented."""

import dataclasses
from collections.abc import Mapping
from typing import Any


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Restriction:
    """What limits a right. `until` is `YYYY-MM-DD`."""

    type: str
    number: str | None = None
    until: str | None = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """A registered right. `registration_date` is `YYYY-MM-DD`; `share` is like `1/2`."""

    type: str
    owner: str
    registration_date: str
    number: str
    inn: str | None = None
    share: str | None = None
    restrictions: tuple[Restriction, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """A plot. `area` is a decimal number of square metres; `scenario` is what befalls a registration of it."""

    cadastral_number: str
    address: str
    area: str
    rights: tuple[Right, ...] = ()
    category: str = "Земли населённых пунктов"
    permitted_use: str = "Для ведения садоводства"
    ownership_type: str = "Частная собственность"
    last_registration_date: str | None = None
    scenario: str | None = None

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Plot":
        """Read a plot as the control API takes it: these fields, rights and restrictions nested.

        Raises:
            ValueError: an unknown or missing field.
        """
        try:
            rights = tuple(
                Right(**{**right, "restrictions": tuple(Restriction(**item) for item in right.get("restrictions", ()))})
                for right in value.get("rights", ())
            )
            return cls(**{**value, "rights": rights})
        except TypeError as error:
            raise ValueError(f"not a plot: {error}") from error


class Registry:
    """The plots by cadastral number."""

    def __init__(self, plots: tuple[Plot, ...]) -> None:
        self._plots = {plot.cadastral_number: plot for plot in plots}

    @property
    def plots(self) -> tuple[Plot, ...]:
        """All plots, in the order they were put."""
        return tuple(self._plots.values())

    def find(self, cadastral_number: str) -> Plot | None:
        """The plot, or None."""
        return self._plots.get(cadastral_number)

    def put(self, plot: Plot) -> None:
        """Add a plot, or replace the one of the same number."""
        self._plots[plot.cadastral_number] = plot

    def replace(self, plots: tuple[Plot, ...]) -> None:
        """Have these plots and no others."""
        self._plots = {plot.cadastral_number: plot for plot in plots}


SINGLE_OWNER = "50:20:0010101:101"
CO_OWNERS = "50:20:0010101:102"
ARRESTED = "50:20:0010101:103"
MORTGAGED = "50:20:0010101:104"
OWNER_WITHOUT_INN = "50:20:0010101:105"
LEGAL_ENTITY = "50:20:0010101:106"
NO_RIGHTS = "50:20:0010101:107"
JOINT_OWNERS = "50:20:0010101:108"
LEASED = "50:20:0010101:109"
SIX_DIGIT_QUARTER = "16:50:990108:15"


def built_in_plots() -> tuple[Plot, ...]:
    """The plots every sandbox starts with."""
    ivan = _right(SINGLE_OWNER, "Тестов Иван Образцович", inn="502099000124")
    anna = _right(CO_OWNERS, "Примерова Анна Макетовна", inn="502099000205", share="1/2")
    boris = _right(CO_OWNERS, "Примеров Борис Шаблонович", inn="502099000371", share="1/2", sequence=2)
    arrest = Restriction(type="Арест", number=f"{ARRESTED}-50/020/2025-7")
    mortgage = Restriction(type="Ипотека", number=f"{MORTGAGED}-50/020/2024-3", until="2034-06-01")
    arrested = _right(ARRESTED, "Пробный Семён Испытанович", inn="502099000445", restrictions=(arrest,))
    mortgaged = _right(MORTGAGED, "Залогова Вера Макетовна", inn="502099000519", restrictions=(mortgage,))
    without_inn = _right(OWNER_WITHOUT_INN, "Безномеров Глеб Образцович")
    firm = _right(LEGAL_ENTITY, 'ООО "Ромашка-Пример"', inn="5020990010")
    joint = (
        _right(JOINT_OWNERS, "Совместнов Олег Шаблонович", inn="502099000692", kind="Общая совместная собственность"),
        _right(JOINT_OWNERS, "Совместнова Нина Макетовна", kind="Общая совместная собственность", sequence=2),
    )
    leased = (
        _right(LEASED, "Тестов Иван Образцович", inn="502099000124"),
        _right(LEASED, 'ООО "Ромашка-Пример"', inn="5020990010", kind="Аренда", sequence=2),
    )
    kazan = _right(SIX_DIGIT_QUARTER, "Казанский Пример Образцович", inn="165099000198")
    return (
        _plot(SINGLE_OWNER, "1", ivan, area="1200.00"),
        _plot(CO_OWNERS, "2", anna, boris, area="850.5"),
        _plot(ARRESTED, "3", arrested),
        _plot(MORTGAGED, "4", mortgaged),
        _plot(OWNER_WITHOUT_INN, "5", without_inn),
        _plot(LEGAL_ENTITY, "6", firm),
        Plot(cadastral_number=NO_RIGHTS, address=_address("7"), area="600", ownership_type="Не разграничена"),
        _plot(JOINT_OWNERS, "8", *joint),
        _plot(LEASED, "9", *leased),
        _plot(SIX_DIGIT_QUARTER, "10", kazan),
    )


def _plot(cadastral_number: str, house: str, *rights: Right, area: str = "1000") -> Plot:
    return Plot(
        cadastral_number=cadastral_number,
        address=_address(house),
        area=area,
        rights=rights,
        last_registration_date=rights[0].registration_date,
    )


def _address(house: str) -> str:
    return f"Московская область, посёлок Образцово, улица Примерная, участок {house}"


def _right(
    cadastral_number: str,
    owner: str,
    *,
    inn: str | None = None,
    share: str | None = None,
    kind: str | None = None,
    restrictions: tuple[Restriction, ...] = (),
    sequence: int = 1,
) -> Right:
    return Right(
        type=kind or ("Собственность" if share is None else "Общая долевая собственность"),
        owner=owner,
        registration_date="2021-03-15",
        number=f"{cadastral_number}-50/020/2021-{sequence}",
        inn=inn,
        share=share,
        restrictions=restrictions,
    )
