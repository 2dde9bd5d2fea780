"""What the payments contract needs of an acquirer's simulator, and the order it opens."""

import abc
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import pytest

from hub.core.errors import OutcomeUnknownError
from hub.core.money import Money
from hub.modules.payments.port import Order, PaymentsPort
from sandbox.app import Sandbox

RETURN_URL = "https://shop.example/ok"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueOrder:
    """An order as the acquirer truly has it; amounts in kopecks."""

    vendor_id: str
    reference: str
    amount: int
    held: int
    captured: int
    refunded: int


class PaymentsVendor(abc.ABC):
    """The simulator of an acquirer, as far as the contract needs it."""

    sandbox: Sandbox
    shows_attempts = True
    """Whether it tells that the payer is at it, and why his last attempt failed while he may try again."""

    @abc.abstractmethod
    def fail(self, operation: str, fault: str, *, times: int = 1, seconds: float = 1.0, word: str = "") -> None:
        """Let the next calls of `create`, `create_held`, `status`, `capture`, `decline`, `reverse`, `refund` meet a
        fault.

        Faults: answer_lost, answer_hangs, hang, reset, commit_late, status_lags, server_error, too_many_requests, html,
        empty, cut_body, cut_document, wrong_charset, huge, unknown_status, unknown_element, refused, unclear, busy,
        access_denied, number_codes.
        """

    @abc.abstractmethod
    def calls(self, operation: str) -> int:
        """How many calls of an operation have come."""

    @abc.abstractmethod
    def orders(self) -> Sequence[TrueOrder]:
        """All orders, oldest first, as they truly stand."""

    @abc.abstractmethod
    def order(self, vendor_id: str) -> TrueOrder:
        """One of them."""

    @abc.abstractmethod
    def pay(self, vendor_id: str, outcome: str = "approve") -> None:
        """What the payer does: approve, challenge, fail, decline."""

    @abc.abstractmethod
    def operate(self, vendor_id: str, action: str, kopecks: int = 0) -> None:
        """What somebody does in the acquirer's cabinet: refund, deposit, reverse; or the bank: undo_refund."""

    @abc.abstractmethod
    def advance(self, seconds: float) -> None:
        """Push the vendor's time forward."""

    @abc.abstractmethod
    def sent(self, operation: str) -> Sequence[object]:
        """What was sent in the calls of an operation, without the login."""


def an_order(kopecks: int = 19_900, *, two_stage: bool = False, description: str = "Аренда, договор А-17") -> Order:
    return Order(
        amount=Money(minor_units=kopecks, currency="RUB"),
        return_url=RETURN_URL,
        description=description,
        two_stage=two_stage,
    )


def roubles(kopecks: int) -> Money:
    return Money(minor_units=kopecks, currency="RUB")


async def unknown_or_repeated(
    port: PaymentsPort, vendor: PaymentsVendor, operation: str, call: Callable[[], Awaitable[object]]
) -> None:
    """What may have arrived is sent once and unknown; or again, where the acquirer knows the repetition by its key."""
    before = vendor.calls(operation)
    if port.capabilities.keyed_changes:
        await call()
        assert vendor.calls(operation) == before + 2
        return
    with pytest.raises(OutcomeUnknownError):
        await call()
    assert vendor.calls(operation) == before + 1
