"""Calls turned away before they are audited one by one: counted by peer, recorded once a minute, bounded."""

from collections import Counter

from hub.core.audit import Audit, AuditRecord, Phase
from hub.core.clock import Clock
from hub.core.errors import HubError
from hub.rpc.metrics import RpcMetrics
from hub.rpc.passage import Passage

MOST_PEERS = 200  # a minute; what comes from more is counted together, so that a flood writes no flood of records
_MINUTE_SECONDS = 60.0
_OTHERS = "others"


class Refusals:
    """Counts refusals and records each (peer, caller, reason) as one record a minute."""

    def __init__(self, *, audit: Audit, metrics: RpcMetrics, clock: Clock) -> None:
        self._audit = audit
        self._metrics = metrics
        self._clock = clock
        self._counts: Counter[tuple[str, str, str]] = Counter()

    def count(self, passage: Passage, error: HubError) -> None:
        """Count one refusal."""
        self._metrics.refused(error.reason)
        key = peer_host(passage.context.peer()), passage.identity.caller, error.reason
        if key not in self._counts and len(self._counts) >= MOST_PEERS:
            key = _OTHERS, "", error.reason
        self._counts[key] += 1

    async def run(self) -> None:
        """Record the counts each minute, until cancelled."""
        while True:
            await self._clock.sleep(_MINUTE_SECONDS)
            self.flush()

    def flush(self) -> None:
        """Record what was counted since the last time."""
        counts, self._counts = self._counts, Counter()
        for (peer, caller, reason), count in counts.items():
            self._audit.append_later(
                AuditRecord(
                    phase=Phase.REFUSED,
                    method="*",
                    caller=caller,
                    reason=reason,
                    details={"peer": peer, "count": str(count)},
                )
            )


def peer_host(peer: str) -> str:
    """Return the address of a gRPC peer without its port: "ipv4:10.0.0.7" of "ipv4:10.0.0.7:52114"."""
    host, _, port = peer.rpartition(":")
    return host if port.isdecimal() else peer
