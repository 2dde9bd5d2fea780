"""Counts what is turned away before it is audited one by one, and records it once a minute: bounded, whoever floods."""

from collections import Counter

from hub.core.audit import Audit, AuditRecord, Phase
from hub.core.clock import Clock

MOST_PEERS = 200  # a minute; what comes from more is counted together, so that a flood writes no flood of records
_MINUTE_SECONDS = 60.0
_OTHERS = "others"


class RefusalCounts:
    """Records each (method, peer, caller, reason) as one record a minute."""

    def __init__(self, *, audit: Audit, clock: Clock) -> None:
        self._audit = audit
        self._clock = clock
        self._counts: Counter[tuple[str, str, str, str]] = Counter()

    def count(self, *, peer: str, reason: str, method: str = "*", caller: str = "") -> None:
        """Count one refusal; `method` is of a list of ours, never what the peer wrote."""
        key = method, peer, caller, reason
        if key not in self._counts and len(self._counts) >= MOST_PEERS:
            key = method, _OTHERS, "", reason
        self._counts[key] += 1

    async def run(self) -> None:
        """Record the counts each minute, until cancelled."""
        while True:
            await self._clock.sleep(_MINUTE_SECONDS)
            self.flush()

    def flush(self) -> None:
        """Record what was counted since the last time."""
        counts, self._counts = self._counts, Counter()
        for (method, peer, caller, reason), count in counts.items():
            self._audit.append_later(
                AuditRecord(
                    phase=Phase.REFUSED,
                    method=method,
                    caller=caller,
                    reason=reason,
                    details={"peer": peer, "count": str(count)},
                )
            )
