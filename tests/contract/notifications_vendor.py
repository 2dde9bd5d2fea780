"""What the contract of notifications needs of a simulated vendor, whatever its channel."""

import abc
from collections.abc import Sequence
from dataclasses import dataclass

from hub.modules.notifications.port import Channel, Content, Message

REFERENCE = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
OTHER_REFERENCE = "BBCDEFGHIJKLMNOPQRSTUVWXYZ234567"
TEXT = "Тестовый участок 7: канарейка-в-тексте"

ADDRESSES = {
    Channel.SMS: "+79991234567",
    Channel.EMAIL: "kanareyka@example.ru",
    Channel.TELEGRAM: "987654321",
    Channel.MAX: "987654321",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueMessage:
    """A message as the vendor truly has it. The cost is in kopecks; 0 parts where the channel has none."""

    vendor_id: str
    address: str
    sender: str
    subject: str
    text: str
    parts: int
    cost: int


class NotificationsVendor(abc.ABC):
    """The vendor's simulator, as tests drive it. Operations are "send" and "status"."""

    @abc.abstractmethod
    def fail(self, operation: str, fault: str, *, times: int = 1, seconds: float = 1.0, word: str = "") -> None:
        """Let a fault wait: a `FaultKind`, "server_error", "too_many_requests", "access_denied", "answer_hangs"."""

    @abc.abstractmethod
    def calls(self, operation: str) -> int:
        """How often an operation was called."""

    @abc.abstractmethod
    def messages(self) -> Sequence[TrueMessage]:
        """What it took, oldest first."""

    @abc.abstractmethod
    def fate(self, address: str, fate: str) -> None:
        """What becomes of messages to an address: a word of `sandbox.messages.book.Fate`, or the vendor's status."""

    @abc.abstractmethod
    def refuse(self, address: str, code: str) -> None:
        """By which code of its own it refuses messages to an address."""

    @abc.abstractmethod
    def advance(self, seconds: float) -> None:
        """Push the vendor's time forward."""

    @abc.abstractmethod
    def secrets(self) -> Sequence[str]:
        """What must stand in no log, span or metric."""


def a_message(
    channel: Channel,
    *,
    reference: str = REFERENCE,
    text: str = TEXT,
    sender: str = "",
    address: str = "",
) -> Message:
    """A message of the channel."""
    is_email = channel is Channel.EMAIL
    content = Content(
        text=text, subject="Долг за участок" if is_email else "", html=f"<p>{text}</p>" if is_email else ""
    )
    return Message(reference=reference, address=address or ADDRESSES[channel], sender=sender, content=content)
