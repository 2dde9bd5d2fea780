"""Checkpoints go to every agent, again when one was away, and not twice when nothing is new."""

from collections.abc import Awaitable, Callable
from typing import cast

from hub.app.checkpoints import CheckpointExchange
from hub.core.audit import AuditRecord, Checkpoint, Countersignature, Phase
from hub.core.errors import PreconditionError, UnavailableError
from hub.signing.port import SigningPort
from tests.support.core_fixtures import Core, core

__all__ = ["core"]


class Agents:
    """Two agents, of which some may be away."""

    agents = ("main", "spare")

    def __init__(self) -> None:
        self.away: set[str] = set()
        self.behind = False
        self.seen: list[tuple[str, int]] = []

    async def countersign(self, agent: str, checkpoint: Checkpoint) -> Countersignature:
        if agent in self.away:
            raise UnavailableError("away")
        if self.behind:
            raise PreconditionError("behind", reason="CHECKPOINT_BEHIND")
        self.seen.append((agent, checkpoint.count))
        return Countersignature(checkpoint_digest=checkpoint.digest, signer=agent, key_id="k", signature=b"s")


def newest(core: Core) -> Callable[[], Awaitable[Checkpoint | None]]:
    async def read() -> Checkpoint | None:
        return await core.database.read(core.stores.audit.newest_checkpoint)

    return read


def exchange(core: Core, agents: Agents) -> CheckpointExchange:
    return CheckpointExchange(
        audit=core.audit,
        newest=newest(core),
        signing=cast("SigningPort", agents),
        clock=core.clock,
        interval_seconds=60,
    )


async def test_each_agent_is_shown_the_newest_checkpoint_once(core: Core) -> None:
    agents = Agents()
    exchanging = exchange(core, agents)
    await exchanging.exchange()
    await exchanging.exchange()
    assert sorted(agents.seen) == [("main", 1), ("spare", 1)]


async def test_a_later_checkpoint_is_shown_again(core: Core) -> None:
    agents = Agents()
    exchanging = exchange(core, agents)
    await exchanging.exchange()
    await core.audit.write(AuditRecord(phase=Phase.ADMIN, method="hub.test"))
    await exchanging.exchange()
    assert [count for agent, count in agents.seen if agent == "main"] == [1, 4]


async def test_an_agent_that_was_away_is_told_at_the_next_turn_and_the_other_not_twice(core: Core) -> None:
    agents = Agents()
    agents.away = {"spare"}
    exchanging = exchange(core, agents)
    await exchanging.exchange()
    assert agents.seen == [("main", 1)]
    agents.away = set()
    await exchanging.exchange()
    assert agents.seen == [("main", 1), ("spare", 1)]


async def test_an_agent_that_remembers_a_longer_audit_changes_nothing_here(core: Core) -> None:
    agents = Agents()
    agents.behind = True
    await exchange(core, agents).exchange()
    records = await core.database.read(core.stores.audit.list)
    assert [stored.record.phase for stored in records] == [Phase.START]
