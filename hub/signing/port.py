"""What the hub asks of the signer agents, in the hub's own words."""

import abc
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from hub.core.audit import Checkpoint, Countersignature


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry:
    """One entry of an agent's journal, as a story tells it. `phase` is JournalPhase without its prefix: "SIGNED"."""

    agent: str
    time: datetime
    phase: str
    request_id: str = ""
    certificate_thumbprint: str = ""
    rule: str = ""
    reason: str = ""
    trace_id: str = ""


class SigningPort(abc.ABC):
    """The agents of this installation, behind one face. Every method may raise UnavailableError."""

    @property
    @abc.abstractmethod
    def agents(self) -> Sequence[str]:
        """Their names in the settings."""

    @abc.abstractmethod
    async def journal(self, agent: str, *, business_reference: str, limit: int) -> Sequence[JournalEntry]:
        """Return what one agent's journal tells of a business reference, oldest first, so many at most."""

    @abc.abstractmethod
    async def countersign(self, agent: str, checkpoint: Checkpoint) -> Countersignature:
        """Have one agent keep our checkpoint, and bring back its word for it with its journal's own checkpoint.

        Raises:
            PreconditionError: the agent has seen a later checkpoint of this chain (CHECKPOINT_BEHIND): our audit was
                cut short or rolled back.
        """

    @abc.abstractmethod
    async def close(self) -> None:
        """Close the connections."""
