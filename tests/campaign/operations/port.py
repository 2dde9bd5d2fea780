"""What a module brings to the campaigns: the operations it draws, and the check of its ledger against the outside.

A new module adds one file here and one line in `operations/every.py`.
"""

import asyncio
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Protocol

from sqlalchemy import Connection

from hub.core.call import Call
from hub.core.vendor_reference import ReferenceShape
from sandbox.registrations import RegistrationBook
from tests.campaign.acquirers.port import Cabinet
from tests.campaign.caller import Calls
from tests.campaign.evidence import Evidence
from tests.campaign.hub_process import REFERENCES
from tests.campaign.template import Foreign


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What operations work with."""

    backend: Calls
    book: RegistrationBook | None
    """The register's, where the run is about it."""
    acquirer: Cabinet | None
    """The one the run is about."""
    thumbprint: str
    foreign: Sequence[Foreign]
    restores: bool
    """Whether an older copy of the database may be put back."""
    pace: float = 1.0
    """How long a second of the operations lasts: 1 in simulated time, less where time is real."""

    async def pause(self, seconds: float) -> None:
        """Wait so many seconds of the operations."""
        await asyncio.sleep(seconds * self.pace)


class Operation(Protocol):
    """One thing a backend wants, once. It holds what was learnt on the way."""

    caller: str

    async def run(self, scene: Scene) -> None:
        """Do it, and whatever else the seed adds: duplicates at once, other content under the same request_id."""
        ...

    async def replay(self, scene: Scene) -> None:
        """Ask for the same again, as a backend that restarted or heard of a restore does."""
        ...


class ModuleCampaign(Protocol):
    """A module's part."""

    name: str

    def draw(self, random: Random, scene: Scene, number: int) -> list[Operation]:
        """Draw the operations of one flow, in their order; flows run at the same time."""
        ...

    async def close(self, scene: Scene, operations: Sequence[Operation]) -> None:
        """Do what people do when all is well again: settle what waits for them."""
        ...

    def waits_for_others(self, conn: Connection, scene: Scene) -> set[str]:
        """Our ids of what goes on only when somebody else acts: jobs on it need not end."""
        ...

    def violations(self, evidence: Evidence, operations: Sequence[Operation]) -> Iterator[str]:
        """Say, a sentence each, what is not as it must be."""
        ...


def request_id(random: Random) -> str:
    """A UUID of the seed's."""
    return str(uuid.UUID(int=random.getrandbits(128), version=4))


def vendor_reference(caller: str, path: str, asked: str, attempt: int = 1) -> str:
    """The reference under which the vendor must have what a call asked for."""
    call = Call(caller=caller, group=caller, method=f"/{path}", deadline=0.0, request_id=asked)
    return REFERENCES.make(call, shape=ReferenceShape(length=32), attempt=attempt)


def seconds_between(earlier: str, later: str) -> float:
    """Seconds between two ISO times."""
    return (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds()
