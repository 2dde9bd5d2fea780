"""What each service can do right now, and who wants to know when that changes."""

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass


class ServiceState(enum.Enum):
    """The states of grpc.health.v1, without grpc."""

    SERVING = "SERVING"
    NOT_SERVING = "NOT_SERVING"
    UNKNOWN = "SERVICE_UNKNOWN"


@dataclass(frozen=True, slots=True)
class ServiceHealth:
    """A state with its reason, a short sentence for operators."""

    state: ServiceState
    reason: str = ""


HealthObserver = Callable[[str, ServiceHealth], None]

_UNKNOWN = ServiceHealth(state=ServiceState.UNKNOWN)


class HealthRegistry:
    """States by full service name; "" is the hub itself. Used from the event loop only."""

    def __init__(self) -> None:
        self._states: dict[str, ServiceHealth] = {}
        self._observers: list[HealthObserver] = []

    def set(self, service: str, state: ServiceState, *, reason: str = "") -> None:
        """Set a service's state and tell the observers if it changed."""
        health = ServiceHealth(state=state, reason=reason)
        if self._states.get(service) == health:
            return
        self._states[service] = health
        for observer in tuple(self._observers):
            observer(service, health)

    def get(self, service: str) -> ServiceHealth:
        """Return a service's state; one never set is UNKNOWN."""
        return self._states.get(service, _UNKNOWN)

    def all(self) -> Mapping[str, ServiceHealth]:
        """Return a copy of all states."""
        return dict(self._states)

    def observe(self, observer: HealthObserver) -> Callable[[], None]:
        """Call the observer at each change, in the event loop, without waiting; the result stops it."""
        self._observers.append(observer)
        return lambda: self._observers.remove(observer) if observer in self._observers else None
