"""What a campaign needs of an acquirer's simulator: accounts, what people do at it, its book, and what it was sent."""

import abc
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any, ClassVar, Protocol

from sandbox.callbacks import Delivery
from sandbox.clock import SandboxClock
from sandbox.faults import Fault, FaultBoard
from sandbox.listener import Listener

VISIBILITY_SECONDS = 60.0
LONGEST_LATENCY_SECONDS = 6.0
"""Three faults may strike one call: together with LONGEST_LAG_SECONDS they stay within the window."""
LONGEST_LAG_SECONDS = 30.0
ORDER_LIVES_SECONDS = 420


@dataclass(frozen=True, slots=True, kw_only=True)
class BookOrder:
    """An order as the acquirer truly has it; amounts in kopecks.

    `is_payable`: a payer could still pay it. `given_back`: of `refunded`, what a reversal of ours gave back.
    """

    vendor_id: str
    reference: str
    amount: int
    held: int
    captured: int
    refunded: int
    is_payable: bool
    is_reversed: bool
    given_back: int = 0

    @property
    def has_money(self) -> bool:
        """Whether a payer's money is held or was taken, and has not all gone back."""
        return self.held > 0 or self.captured > self.refunded


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """One call. `kind`: create, status, capture, decline, reverse, refund or list; `order`: our number or its id.

    `did_nothing`: the hub was told so, and may send again at once.
    """

    kind: str
    order: str
    time: datetime
    did_nothing: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What a payer writes on the acquirer's page."""

    pan: str
    holder: str


class Cabinet(Protocol):
    """An acquirer that serves: its book, and what payers, operators and the bank do there."""

    def orders(self) -> Sequence[BookOrder]:
        """See Acquirer."""
        ...

    def pay(self, vendor_id: str, outcome: str) -> bool:
        """See Acquirer."""
        ...

    def operate(self, vendor_id: str, action: str, kopecks: int = 0) -> bool:
        """See Acquirer."""
        ...

    def sendings(self) -> Sequence[Sending]:
        """See Acquirer."""
        ...


class Acquirer(abc.ABC):
    """One family's simulators in one run. Nothing it holds is known to the hub but by asking."""

    family: ClassVar[str]
    provider: ClassVar[str]
    takes_expiry: ClassVar[bool] = True
    """Whether a payment may say how long its payer has."""

    @staticmethod
    @abc.abstractmethod
    def accounts() -> Mapping[str, Mapping[str, Any]]:
        """The provider's settings of each account, the same in every run."""

    @classmethod
    def usable(cls, *, restores: bool) -> Sequence[str]:
        """The accounts that payments are drawn for; `restores`: an older database may be put back meanwhile."""
        del restores
        return sorted(cls.accounts())

    @staticmethod
    @abc.abstractmethod
    def keyed_refunds(account: str) -> bool:
        """Whether refunds of an account are made once by our number."""

    @staticmethod
    def key_seconds(account: str) -> float:
        """How long the acquirer knows the key of a request, and answers its repetition as it answered it; 0: never."""
        del account
        return 0.0

    @staticmethod
    @abc.abstractmethod
    def draw_fault(random: Random) -> Fault:
        """Draw what goes wrong with a call, of what the vendor may survive."""

    @abc.abstractmethod
    def __init__(self, *, clock: SandboxClock, faults: FaultBoard, card: Card, seed: int) -> None:
        """Make the simulators; payers pay by `card`."""

    @abc.abstractmethod
    async def start(self) -> None:
        """Listen."""

    @abc.abstractmethod
    async def stop(self) -> None:
        """Close, and call nobody back any more; its books can still be read."""

    @abc.abstractmethod
    def orders(self) -> Sequence[BookOrder]:
        """All orders of all accounts, oldest first."""

    @abc.abstractmethod
    def pay(self, vendor_id: str, outcome: str) -> bool:
        """What a payer does: approve, challenge, fail, decline. False: the acquirer doesn't let him."""

    @abc.abstractmethod
    def operate(self, vendor_id: str, action: str, kopecks: int = 0) -> bool:
        """What is done in the cabinet: refund, deposit, reverse; by the bank: undo_refund. False: not possible."""

    @abc.abstractmethod
    def sendings(self) -> Sequence[Sending]:
        """The calls that came, oldest first."""

    @abc.abstractmethod
    def deliveries(self) -> Sequence[Delivery]:
        """The callbacks that were sent."""


class PlainListener(Listener):
    """Serves without TLS (see simulation/network.py), and says https, as payment pages must."""

    @property
    def url(self) -> str:
        """Scheme, host and port."""
        return super().url.replace("http://", "https://", 1)
