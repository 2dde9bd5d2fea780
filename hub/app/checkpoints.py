"""Exchanges checkpoints with the signer agents, so that neither the audit nor a journal can be cut short alone."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

import structlog

from hub.core.audit import Audit, Checkpoint
from hub.core.clock import Clock
from hub.core.errors import HubError
from hub.signing.port import SigningPort

log = structlog.get_logger(__name__)

# The agent remembers an audit that is longer than ours; somebody else speaks for the agent
_ALARMS = frozenset({"CHECKPOINT_BEHIND", "CHECKPOINT_INVALID"})
EXCHANGE_SECONDS = 15.0  # for all agents together: a signature each, and a wait for one that is away


class CheckpointExchange:
    """Shows each agent the newest checkpoint, at start and then at every interval.

    Args:
        newest: Returns the newest checkpoint of this process instance; None if there is none.
    """

    def __init__(
        self,
        *,
        audit: Audit,
        newest: Callable[[], Awaitable[Checkpoint | None]],
        signing: SigningPort,
        clock: Clock,
        interval_seconds: float,
    ) -> None:
        self._audit = audit
        self._newest = newest
        self._signing = signing
        self._clock = clock
        self._interval = interval_seconds
        self._seen: dict[str, str] = {}

    async def run_forever(self) -> None:
        """Exchange again and again. An agent that is away is told at the next turn."""
        while True:
            try:
                async with asyncio.timeout(EXCHANGE_SECONDS):
                    await self.exchange()
            except TimeoutError:
                log.warning("checkpoint.exchange_too_slow", seconds=EXCHANGE_SECONDS)
            except HubError as error:
                log.warning("checkpoint.not_made", reason=error.reason)
            await self._clock.sleep(self._interval)

    async def exchange(self) -> None:
        """Exchange once with every agent that has not seen the newest checkpoint yet."""
        checkpoint = await self._audit.checkpoint() or await self._newest()
        if checkpoint is None:
            return
        behind = [agent for agent in self._signing.agents if self._seen.get(agent) != checkpoint.digest]
        await asyncio.gather(*(self._with_agent(agent, checkpoint) for agent in behind))

    async def _with_agent(self, agent: str, checkpoint: Checkpoint) -> None:
        try:
            countersignature = await self._signing.countersign(agent, checkpoint)
        except HubError as error:
            level = logging.ERROR if error.reason in _ALARMS else logging.WARNING
            log.log(level, "checkpoint.not_countersigned", agent=agent, reason=error.reason)
            return
        await self._audit.countersigned(countersignature)
        self._seen[agent] = checkpoint.digest
