"""Personal data that is found wherever it turns up: all of a run begins with one of two stems."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from landhub.common.v1 import document_pb2, party_pb2
from sandbox.registry import Plot, Right
from tests.support.canaries import Aviary, spellings

PLOT = "50:20:0010101:777"
WORD = "Канарейкина"  # every text that tests.support.canaries makes begins with it
PASSWORD = "kanareyka&parol=7+"  # of our login at the simulated acquirers
PAN, HOLDER = "2200700819764003", "KANAREYKA NA KARTE"
MASKED_PAN = "220070**4003"


@dataclass(frozen=True, slots=True)
class Canaries:
    """The people and papers of all runs."""

    seller_surname: str
    seller_inn: str
    buyer_surname: str
    content: bytes

    @classmethod
    def make(cls) -> "Canaries":
        """Make them."""
        aviary = Aviary()
        content = f"{WORD} продала, Покупателев купил".encode()
        return cls(aviary.text("seller"), aviary.inn("seller"), aviary.text("buyer"), content)

    def seller(self) -> party_pb2.Person:
        """Who owns the plot."""
        return party_pb2.Person(
            surname=self.seller_surname, given_name="Иван", patronymic="Образцович", inn=self.seller_inn
        )

    def buyer(self) -> party_pb2.Person:
        """Who buys it."""
        return party_pb2.Person(surname=self.buyer_surname, given_name="Пётр")

    def plot(self) -> Plot:
        """The plot, in the register."""
        owner = f"{self.seller_surname} Иван Образцович"
        right = Right(
            type="Собственность",
            owner=owner,
            registration_date="2021-03-15",
            number=f"{PLOT}-50/020/2021-1",
            inn=self.seller_inn,
        )
        return Plot(
            cadastral_number=PLOT, address="Московская область, участок 777", area="700.00", rights=(right,),
            last_registration_date="2021-03-15",
        )  # fmt: skip

    def document(self, kind: document_pb2.DocumentKind.ValueType, file_name: str) -> document_pb2.Document:
        """A paper."""
        return document_pb2.Document(kind=kind, file_name=f"{WORD}-{file_name}", content=self.content)

    def found_in(self, places: Iterable[tuple[str, bytes]]) -> Iterator[str]:
        """Yield, a sentence each, which place holds one, and how it is written."""
        stems = (WORD, self.seller_inn, PASSWORD, PAN, HOLDER, MASKED_PAN)
        needles = {needle: way for stem in stems for way, needle in spellings(stem)}
        for place, told in places:
            haystack = told.replace(b"\0" * 64, b"\0")  # most of a database's pages, and of no needle
            for needle, way in needles.items():
                if needle in haystack:
                    yield f"leaked: personal data is in {place}, as {way}"
                    break


CANARIES = Canaries.make()
