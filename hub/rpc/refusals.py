"""Calls turned away before they are audited one by one: counted by peer, recorded once a minute, bounded."""

from hub.core.audit import Audit
from hub.core.clock import Clock
from hub.core.errors import HubError
from hub.core.refusals import MOST_PEERS, RefusalCounts
from hub.rpc.metrics import RpcMetrics
from hub.rpc.passage import Passage

__all__ = ["MOST_PEERS", "Refusals", "peer_host"]


class Refusals:
    """Counts refusals and records each (peer, caller, reason) as one record a minute."""

    def __init__(self, *, audit: Audit, metrics: RpcMetrics, clock: Clock) -> None:
        self._metrics = metrics
        self._counts = RefusalCounts(audit=audit, clock=clock)

    def count(self, passage: Passage, error: HubError) -> None:
        """Count one refusal."""
        self._metrics.refused(error.reason)
        peer = peer_host(passage.context.peer())
        self._counts.count(peer=peer, caller=passage.identity.caller, reason=error.reason)

    async def run(self) -> None:
        """Record the counts each minute, until cancelled."""
        await self._counts.run()

    def flush(self) -> None:
        """Record what was counted since the last time."""
        self._counts.flush()


def peer_host(peer: str) -> str:
    """Return the address of a gRPC peer without its port: "ipv4:10.0.0.7" of "ipv4:10.0.0.7:52114"."""
    host, _, port = peer.rpartition(":")
    return host if port.isdecimal() else peer
