"""CheckOwner's rules: what the register's words allow to conclude, and what they don't."""

from fractions import Fraction

import pytest

from hub.modules.rosreestr.owner_check import OwnerCheckResult, check_owner, check_owners_together
from hub.modules.rosreestr.port import Organization, Person, Restriction, Right, SoleTrader

IVAN = Person("Иванов", "Пётр", "Семёнович", inn="500100732259")
HALF = Fraction(1, 2)


def a_right(
    owner: str = "Иванов Пётр Семёнович",
    *,
    inn: str = "500100732259",
    share: Fraction | None = Fraction(1),
    kind: str = "Собственность",
    restrictions: tuple[Restriction, ...] = (),
    known: bool = True,
) -> Right:
    return Right(
        number="1",
        kind=kind,
        owner_name=owner,
        owner_inn=inn,
        share=share,
        restrictions=restrictions,
        restrictions_known=known,
    )


@pytest.mark.parametrize(
    ("rights", "expected"),
    [
        pytest.param([a_right()], "MATCH", id="name and ИНН agree"),
        pytest.param([a_right("ИВАНОВ ПЕТР СЕМЕНОВИЧ")], "MATCH", id="ё and capitals don't matter"),
        pytest.param([a_right(share=None)], "MATCH", id="a sole owner whose share isn't told"),
        pytest.param([a_right(inn="")], "UNKNOWN", id="the register tells no ИНН"),
        pytest.param([a_right(inn="502099000124")], "NO_MATCH", id="a namesake with another ИНН"),
        pytest.param([a_right("Петров Иван Семёнович")], "UNKNOWN", id="the same ИНН under another name"),
        pytest.param([a_right("Петров Иван Семёнович", inn="")], "NO_MATCH", id="another name"),
        pytest.param([a_right("Иванов П. С.", inn="")], "UNKNOWN", id="initials"),
        pytest.param([a_right("Иванов Пётр", inn="")], "UNKNOWN", id="no patronymic"),
        pytest.param([], "UNKNOWN", id="no rights at all"),
        pytest.param([a_right(kind="Аренда")], "UNKNOWN", id="a lease is no ownership"),
        pytest.param(
            [a_right(), a_right("ООО Ромашка", inn="5020990010", kind="Аренда")], "MATCH", id="owner and lease"
        ),
        pytest.param([a_right(known=False)], "UNKNOWN", id="restrictions aren't told"),
        pytest.param([a_right(restrictions=(Restriction("Арест"),))], "RESTRICTED", id="arrested"),
        pytest.param([a_right(share=HALF), a_right("Х У Z", inn="", share=HALF)], "CO_OWNERS", id="another has a half"),
        pytest.param([a_right(share=HALF)], "CO_OWNERS", id="half a share and silence about the other"),
        pytest.param([a_right(kind="Общая совместная собственность", share=None)], "CO_OWNERS", id="joint ownership"),
        pytest.param([a_right(share=HALF), a_right(share=HALF)], "CO_OWNERS", id="two halves, told as two rights"),
    ],
)
def test_the_result_follows_from_what_the_register_says(rights: list[Right], expected: str) -> None:
    assert check_owner(rights, IVAN).result == expected


def test_a_party_without_an_inn_is_never_a_match() -> None:
    assert check_owner([a_right()], Person("Иванов", "Пётр", "Семёнович")).result is OwnerCheckResult.UNKNOWN


def test_a_sole_trader_is_the_person() -> None:
    assert check_owner([a_right()], SoleTrader(IVAN)).result is OwnerCheckResult.MATCH


@pytest.mark.parametrize(
    ("registered", "inn", "expected"),
    [
        ("ООО Ромашка", "5020990010", "MATCH"),
        ("Общество с ограниченной ответственностью «Ромашка»", "5020990010", "MATCH"),
        ("ООО Лютик", "5020990010", "MATCH"),
        ("ООО «Ромашка»", "", "UNKNOWN"),
        ("ООО «Ромашка»", "7707083893", "NO_MATCH"),
    ],
)
def test_an_organisation_is_known_by_its_inn(registered: str, inn: str, expected: str) -> None:
    party = Organization('ООО "Ромашка"', inn="5020990010")
    assert check_owner([a_right(registered, inn=inn)], party).result == expected


def test_an_explanation_holds_no_name_and_no_inn() -> None:
    for rights in ([a_right()], [a_right(inn="")], [a_right("Петров Иван", inn="")], []):
        text = check_owner(rights, IVAN).explanation
        assert "Иванов" not in text
        assert "Петров" not in text
        assert "500100732259" not in text


ANNA = Person("Примерова", "Анна", "Макетовна", inn="502099000205")
ANNAS_HALF = a_right("Примерова Анна Макетовна", inn="502099000205", share=HALF)


@pytest.mark.parametrize(
    ("rights", "parties", "expected"),
    [
        pytest.param([a_right(share=HALF), ANNAS_HALF], [IVAN, ANNA], "MATCH", id="all owners sell"),
        pytest.param([a_right(share=HALF), ANNAS_HALF], [IVAN], "CO_OWNERS", id="one owner is missing"),
        pytest.param([a_right()], [IVAN, ANNA], "NO_MATCH", id="one seller owns nothing"),
        pytest.param([a_right(share=None), a_right("Примерова Анна Макетовна", inn="502099000205", share=None)],
                     [IVAN, ANNA], "UNKNOWN", id="shares aren't told"),
        pytest.param([a_right(share=HALF)], [IVAN], "CO_OWNERS", id="half is told of nobody"),
        pytest.param([a_right()], [IVAN], "MATCH", id="a sole owner"),
    ],
)  # fmt: skip
def test_together_the_sellers_must_be_all_the_owners(rights: list[Right], parties: list[Person], expected: str) -> None:
    assert check_owners_together(rights, parties).result == expected
