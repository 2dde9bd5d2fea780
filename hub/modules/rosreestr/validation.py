"""What makes a deal contradictory in itself, whatever the provider: check digits, shares, dates, missing documents.

Field rules (lengths, patterns, presence) stand in the proto and have been checked before.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from hub.core.checks import is_inn, is_ogrn, is_ogrnip, is_snils
from hub.core.errors import FieldViolation, InvalidRequestError
from hub.modules.rosreestr.port import (
    DOMAIN,
    Document,
    DocumentKind,
    Organization,
    Party,
    Person,
    SoleTrader,
    Transfer,
    TransferParty,
)

MAX_DOCUMENT_BYTES = 12 * 1024 * 1024  # in one request, over all its documents: the contract's word

_POWERS = {DocumentKind.POWER_OF_ATTORNEY, DocumentKind.MACHINE_READABLE_POWER_OF_ATTORNEY}


def check_transfer(transfer: Transfer) -> None:
    """Check a deal in itself.

    Raises:
        InvalidRequestError: SHARES_NOT_ONE, POWER_OF_ATTORNEY_MISSING, CHECK_DIGITS_WRONG, DOCUMENT_DUPLICATE or
            VALIDATION_FAILED, with every field that is wrong for the first of these reasons.
    """
    violations = [*_deal(transfer), *_documents(transfer.documents, "transfer.documents")]
    for side, parties in (("transferors", transfer.transferors), ("transferees", transfer.transferees)):
        violations += _side(f"transfer.{side}", parties, transfer.documents)
    _refuse(violations)


def check_documents(documents: Sequence[Document]) -> None:
    """Check documents that are to be added; raises as check_transfer does."""
    _refuse(list(_documents(documents, "documents")))


def check_party(party: Party, path: str) -> None:
    """Check the check digits of a party; raises InvalidRequestError with CHECK_DIGITS_WRONG."""
    _refuse(list(_party(party, path)))


def _refuse(violations: list[FieldViolation]) -> None:
    if not violations:
        return
    reason = violations[0].rule_id
    fields = tuple(violation for violation in violations if violation.rule_id == reason)
    raise InvalidRequestError(
        f"{len(fields)} field(s) of the deal are wrong; the first: {fields[0].field}: {fields[0].description}",
        reason=reason,
        domain=None if reason == "VALIDATION_FAILED" else DOMAIN,
        violations=fields,
    )


def _deal(transfer: Transfer) -> Iterator[FieldViolation]:
    if transfer.price.currency != "RUB":
        yield FieldViolation("transfer.price.currency_code", "must be RUB", "VALIDATION_FAILED")
    if not any(document.kind is DocumentKind.CONTRACT for document in transfer.documents):
        yield FieldViolation("transfer.documents", "must hold the contract", "VALIDATION_FAILED")


def _side(path: str, parties: Sequence[TransferParty], documents: Sequence[Document]) -> Iterator[FieldViolation]:
    if sum((item.share for item in parties), Fraction(0)) != 1:
        yield FieldViolation(path, "shares must sum to exactly one", "SHARES_NOT_ONE")
    powers = {document.file_name for document in documents if document.kind in _POWERS}
    for index, item in enumerate(parties):
        here = f"{path}[{index}]"
        yield from _party(item.party, f"{here}.party")
        if item.representative is None:
            continue
        yield from _person(item.representative.person, f"{here}.representative.person")
        if item.representative.power_of_attorney_file_name not in powers:
            field = f"{here}.representative.power_of_attorney_file_name"
            yield FieldViolation(field, "must name a power of attorney among documents", "POWER_OF_ATTORNEY_MISSING")


def _party(party: Party, path: str) -> Iterator[FieldViolation]:
    match party:
        case Person():
            yield from _person(party, f"{path}.person")
        case SoleTrader():
            yield from _person(party.person, f"{path}.sole_trader.person")
            yield from _digits(party.ogrnip, f"{path}.sole_trader.ogrnip", correct=is_ogrnip(party.ogrnip))
        case Organization():
            yield from _digits(party.inn, f"{path}.organization.inn", correct=is_inn(party.inn))
            yield from _digits(party.ogrn, f"{path}.organization.ogrn", correct=is_ogrn(party.ogrn))


def _person(person: Person, path: str) -> Iterator[FieldViolation]:
    yield from _digits(person.inn, f"{path}.inn", correct=is_inn(person.inn))
    yield from _digits(person.snils, f"{path}.snils", correct=is_snils(person.snils))


def _digits(value: str, path: str, *, correct: bool) -> Iterator[FieldViolation]:
    if value and not correct:
        yield FieldViolation(path, "check digits are wrong; was it mistyped?", "CHECK_DIGITS_WRONG")


def _documents(documents: Sequence[Document], path: str) -> Iterator[FieldViolation]:
    seen: set[str] = set()
    for index, document in enumerate(documents):
        if document.file_name in seen:
            field = f"{path}[{index}].file_name"
            yield FieldViolation(field, "two documents must not have the same file name", "DOCUMENT_DUPLICATE")
        seen.add(document.file_name)
    if sum(len(document.content) for document in documents) > MAX_DOCUMENT_BYTES:
        yield FieldViolation(path, f"must not exceed {MAX_DOCUMENT_BYTES} bytes in all", "VALIDATION_FAILED")
