"""What the simulated vendors have taken to deliver, and what becomes of each message as the sandbox's time goes on."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sandbox.clock import SandboxClock
from sandbox.inbox import Arrived, Inbox

DEFAULT_STEP_SECONDS = 1.0


class Fate(StrEnum):
    """What becomes of a message. A vendor's own status word may stand in its place."""

    DELIVERED = "delivered"
    READ = "read"
    EXPIRED = "expired"
    UNDELIVERABLE = "undeliverable"
    REJECTED = "rejected"
    STUCK = "stuck"
    """It stays on its way for ever."""


_ARRIVES = frozenset({Fate.DELIVERED, Fate.READ})


@dataclasses.dataclass(slots=True, kw_only=True)
class Message:
    """A message that a vendor took. Costs are kopecks; `reference` is what its sender calls it."""

    vendor: str
    channel: str
    id: str
    recipient: str
    accepted_at: datetime
    text: str
    sender: str = ""
    subject: str = ""
    html: str = ""
    attachments: tuple[str, ...] = ()
    reference: str = ""
    parts: int = 1
    cost: int = 0
    fate: str = Fate.DELIVERED
    hidden_until: datetime | None = None
    is_test: bool = False
    callback_url: str = ""
    more: Mapping[str, Any] = dataclasses.field(default_factory=dict)


class MessageBook:
    """All vendors' messages of one sandbox."""

    def __init__(self, *, clock: SandboxClock, inbox: Inbox, step_seconds: float = DEFAULT_STEP_SECONDS) -> None:
        """`step_seconds`: how long a message stays in each state, by the sandbox's clock."""
        self._clock = clock
        self._inbox = inbox
        self._step = timedelta(seconds=step_seconds)
        self._all: list[Message] = []
        self._by_id: dict[tuple[str, str], Message] = {}
        self._late: list[tuple[datetime, Callable[[], object]]] = []
        self.fates: dict[str, str] = {}
        """By recipient, what becomes of messages to him: a `Fate`, or the vendor's own status."""
        self.refusals: dict[str, str] = {}
        """By recipient, the vendor's own code by which messages to him are refused."""
        self.watchers: list[Callable[[Message], None]] = []
        """Told of each message that is taken."""

    def add(self, message: Message, *, lag_seconds: float = 0) -> Message:
        """Take a message; `lag_seconds` later its vendor tells of it."""
        message.fate = self.fates.get(message.recipient, message.fate)
        if lag_seconds:
            message.hidden_until = message.accepted_at + timedelta(seconds=lag_seconds)
        self._all.append(message)
        self._by_id[message.vendor, message.id] = message
        if message.fate in _ARRIVES and not message.is_test:
            self._inbox.add(_arrived(message))
        for watch in self.watchers:
            watch(message)
        return message

    def of(self, vendor: str) -> Sequence[Message]:
        """What a vendor took, oldest first; tests that were only checked are left out."""
        self.catch_up()
        return [message for message in self._all if message.vendor == vendor and not message.is_test]

    def all(self) -> Sequence[Message]:
        """What all took, oldest first."""
        self.catch_up()
        return list(self._all)

    def find(self, vendor: str, message_id: str) -> Message | None:
        """The last message of an id, as it truly is."""
        self.catch_up()
        return self._by_id.get((vendor, message_id))

    def shown(self, vendor: str, message_id: str) -> Message | None:
        """The same as its vendor tells of it, which may lag behind."""
        message = self.find(vendor, message_id)
        if message is None or (message.hidden_until is not None and self._clock.now() < message.hidden_until):
            return None
        return message

    def steps(self, message: Message) -> int:
        """How many steps a message has had."""
        return int((self._clock.now() - message.accepted_at) / self._step) if self._step else 1_000

    def changed_at(self, message: Message, step: int) -> datetime:
        """When it took a step, by the sandbox's clock."""
        return min(self._clock.now(), self.moment(message, step))

    def moment(self, message: Message, step: int) -> datetime:
        """When it takes a step."""
        return message.accepted_at + step * self._step

    def later(self, seconds: float, work: Callable[[], object]) -> None:
        """Have work done only then, though its caller gave up long before."""
        self._late.append((self._clock.now() + timedelta(seconds=seconds), work))

    def catch_up(self) -> None:
        """Do what is due."""
        if not self._late:
            return
        now = self._clock.now()
        due = [work for time, work in self._late if time <= now]
        self._late = [(time, work) for time, work in self._late if time > now]
        for work in due:
            work()

    def clear(self) -> None:
        """Forget all."""
        for part in (self._all, self._by_id, self._late, self.fates, self.refusals):
            part.clear()


def _arrived(message: Message) -> Arrived:
    return Arrived(
        channel=message.channel,
        provider=message.vendor,
        vendor_id=message.id,
        sender=message.sender,
        recipient=message.recipient,
        subject=message.subject,
        text=message.text,
        html=message.html,
        attachments=message.attachments,
        time=message.accepted_at,
    )
