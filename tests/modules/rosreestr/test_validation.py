"""A deal that contradicts itself is refused with the field that does."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from hub.core.errors import InvalidRequestError
from hub.core.money import Money
from hub.modules.rosreestr.port import (
    Document,
    DocumentKind,
    Organization,
    Person,
    Representative,
    Transfer,
    TransferParty,
)
from hub.modules.rosreestr.validation import check_transfer

SELLER = TransferParty(Person("Тестов", "Иван", inn="502099000124", snils="11223344595"))
BUYER = TransferParty(Organization("ООО", inn="7707083893", ogrn="1027700132195"))
POWER = Document(DocumentKind.POWER_OF_ATTORNEY, "доверенность.pdf", b"p")
GOOD = Transfer(
    contract_number="17",
    contract_date=date(2026, 11, 20),
    price=Money(0, "RUB"),
    transferors=(SELLER,),
    transferees=(BUYER,),
    cadastral_numbers=("50:20:0010101:101",),
    documents=(Document(DocumentKind.CONTRACT, "договор.pdf", b"c"), POWER),
)


def test_a_sound_deal_passes() -> None:
    agent = Representative(Person("А", "Б"), "доверенность.pdf")
    check_transfer(replace(GOOD, transferors=(replace(SELLER, representative=agent),)))


def test_shares_that_sum_to_one_exactly_pass() -> None:
    third = replace(SELLER, share=Fraction(1, 3))
    check_transfer(replace(GOOD, transferors=(third, third, third)))


Change = Callable[[Transfer], Transfer]


@pytest.mark.parametrize(
    ("change", "reason", "field"),
    [
        pytest.param(
            lambda deal: replace(deal, transferors=(replace(SELLER, share=Fraction(1, 2)),)),
            "SHARES_NOT_ONE", "transfer.transferors", id="half a seller",
        ),
        pytest.param(
            lambda deal: replace(deal, transferees=(BUYER, BUYER)),
            "SHARES_NOT_ONE", "transfer.transferees", id="two whole buyers",
        ),
        pytest.param(
            lambda deal: replace(deal, transferors=(TransferParty(Person("Т", "И", inn="502099000125")),)),
            "CHECK_DIGITS_WRONG", "transfer.transferors[0].party.person.inn", id="ИНН",
        ),
        pytest.param(
            lambda deal: replace(deal, transferors=(TransferParty(Person("Т", "И", snils="11223344596")),)),
            "CHECK_DIGITS_WRONG", "transfer.transferors[0].party.person.snils", id="СНИЛС",
        ),
        pytest.param(
            lambda deal: replace(deal, transferees=(TransferParty(Organization("О", ogrn="1027700132196")),)),
            "CHECK_DIGITS_WRONG", "transfer.transferees[0].party.organization.ogrn", id="ОГРН",
        ),
        pytest.param(
            lambda deal: replace(
                deal, transferors=(replace(SELLER, representative=Representative(Person("А", "Б"), "нет.pdf")),)
            ),
            "POWER_OF_ATTORNEY_MISSING",
            "transfer.transferors[0].representative.power_of_attorney_file_name", id="no power of attorney",
        ),
        pytest.param(
            lambda deal: replace(deal, documents=(*deal.documents, POWER)),
            "DOCUMENT_DUPLICATE", "transfer.documents[2].file_name", id="the same file twice",
        ),
        pytest.param(
            lambda deal: replace(deal, documents=(POWER,)), "VALIDATION_FAILED", "transfer.documents", id="no contract"
        ),
        pytest.param(
            lambda deal: replace(deal, price=Money(1, "USD")),
            "VALIDATION_FAILED", "transfer.price.currency_code", id="dollars",
        ),
    ],
)  # fmt: skip
def test_a_contradiction_is_named_by_reason_and_field(change: Change, reason: str, field: str) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        check_transfer(change(GOOD))
    assert caught.value.reason == reason
    assert [violation.field for violation in caught.value.violations] == [field]
