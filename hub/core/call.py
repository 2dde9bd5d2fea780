"""Who asks, for what, until when: what the inbound chain knows about one RPC and hands to the domain."""

from dataclasses import dataclass, field

from hub.core.clock import Clock


@dataclass(frozen=True, slots=True)
class Call:
    """One call by one caller.

    Attributes:
        caller: The name in the client certificate's SAN.
        group: The owner of what is made: the caller's name, or the group the settings put it into.
        roles: The roles the settings give the caller.
        method: The full RPC name, "/landhub.rosreestr.v1.RosreestrService/CreateRegistration".
        request_id: The idempotency key; empty for reads.
        business_reference: The contract's or member's number; empty if none.
        deadline: On the clock's monotonic scale, in seconds; the inbound chain has taken its own margin off.
        traceparent: W3C trace context of the server span; empty if not traced.
        fingerprint: The parsed request's deterministic bytes; only its HMAC is ever stored.
    """

    caller: str
    group: str
    method: str
    deadline: float
    roles: frozenset[str] = frozenset()
    request_id: str = ""
    business_reference: str = ""
    traceparent: str = ""
    fingerprint: bytes = field(default=b"", repr=False)

    def remaining_seconds(self, clock: Clock) -> float:
        """Return how long the caller still waits; 0 when it no longer does."""
        return max(0.0, self.deadline - clock.monotonic())

    @property
    def trace_id(self) -> str:
        """The trace's id in hex, or empty."""
        return trace_id_of(self.traceparent)


def trace_id_of(traceparent: str) -> str:
    """Return the trace's id in a W3C traceparent, in hex, or empty."""
    parts = traceparent.split("-")
    return parts[1] if len(parts) == 4 else ""
