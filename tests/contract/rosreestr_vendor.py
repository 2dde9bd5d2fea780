"""What the rosreestr contract needs of a provider's simulator, and the deal it submits."""

import abc
from collections.abc import Sequence
from datetime import date

from hub.core.money import Money
from hub.modules.rosreestr.port import Document, DocumentKind, Organization, Person, Transfer, TransferParty

SELLER = Person("Тестов", "Иван", "Образцович", inn="502099000124")
BUYER = Organization('ООО "Ромашка-Пример"', inn="5020990010")
CONTRACT = Document(
    DocumentKind.CONTRACT, "договор.pdf", b"%PDF-1.7 \xd0\xb4\x00\xff", signatures=(b"\x30\x03one", b"\x30\x03two")
)
CONSENT = Document(DocumentKind.SPOUSE_CONSENT, "согласие.pdf", b"consent")


class RosreestrVendor(abc.ABC):
    """The simulator of a provider's vendor, as far as the contract needs it."""

    single_owner: str
    co_owners: str
    arrested: str
    no_rights: str
    unknown_plot: str

    @abc.abstractmethod
    def fail(self, operation: str, fault: str, *, times: int = 1, seconds: float = 1.0, word: str = "") -> None:
        """Let the next calls of `read_plot`, `read_rights`, `submit`, `status`, `documents`,
        `withdraw` meet a fault.

        Faults: answer_lost, answer_hangs, hang, reset, commit_late, status_lags, duplicate, server_error,
        too_many_requests, html, empty, cut_body, cut_document, bad_token, wrong_charset, windows_1251, bomb, dtd, xxe,
        too_deep, too_many_elements, huge, unknown_status, unknown_element, twice, no_offset, maintenance, refused,
        access_denied.
        """

    @abc.abstractmethod
    def calls(self, operation: str) -> int:
        """How many calls of an operation have come."""

    @abc.abstractmethod
    async def arrived(self, operation: str, count: int) -> None:
        """Wait until that many calls of an operation have come."""

    @abc.abstractmethod
    def registrations(self) -> Sequence[str]:
        """The vendor ids of all registrations."""

    @abc.abstractmethod
    def document_digests(self, vendor_id: str) -> Sequence[tuple[str, str, int]]:
        """Kind, SHA-256 and count of signatures of each document it has, in order."""

    @abc.abstractmethod
    def choose(self, scenario: str) -> None:
        """What befalls later registrations: straight, suspended, duty, refused."""

    @abc.abstractmethod
    def advance(self, seconds: float) -> None:
        """Push the vendor's time forward; each state of a scenario lasts a second."""

    @abc.abstractmethod
    def set_status(self, vendor_id: str, word: str) -> None:
        """Put a registration into a status by the vendor's word."""

    @abc.abstractmethod
    def sent_texts(self) -> str:
        """All that was sent so far, decoded, as one text."""


def a_transfer(
    vendor: RosreestrVendor, *, number: str = "2026/17", documents: tuple[Document, ...] = (CONTRACT,)
) -> Transfer:
    return Transfer(
        contract_number=number,
        contract_date=date(2026, 11, 20),
        price=Money(150_000_050, "RUB"),
        transferors=(TransferParty(SELLER),),
        transferees=(TransferParty(BUYER),),
        cadastral_numbers=(vendor.single_owner,),
        documents=documents,
    )
