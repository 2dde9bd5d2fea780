"""Callbacks in a simulated machine: where they go, what goes wrong with them, and how they must be answered."""

from collections.abc import Iterable, Iterator
from random import Random
from typing import Any, Final

from sandbox.callbacks import Delivery
from sandbox.faults import Fault, FaultKind

PORT = 7480
"""A balancer's in front of the replicas' public listeners."""
URL = f"http://127.0.0.1:{PORT}/payments/callbacks"

_FAULTS: Final = (
    FaultKind.CALLBACK_LOST,
    *[FaultKind.CALLBACK_LATE] * 2,
    *[FaultKind.CALLBACK_TWICE] * 2,
    *[FaultKind.CALLBACK_FORGED] * 2,
    *[FaultKind.CALLBACK_EARLY] * 2,
)
_LATEST_SECONDS = 120.0
_TAKEN = "200"
_ANSWERS: Final = {_TAKEN, "503", "failed"}
"""To a genuine one: taken, or come again, or there was nobody."""


def draw_callback_fault(random: Random, family: str) -> Fault:
    """Draw what goes wrong with callbacks: what comes late comes after whatever it tells of, and after more."""
    kind = random.choice(_FAULTS)
    values: dict[str, Any] = {"kind": kind, "times": random.choice((1, 2, 4, 8))}
    if kind is FaultKind.CALLBACK_LATE:
        values["seconds"] = random.uniform(5.0, _LATEST_SECONDS)
    return Fault(**values, operation=f"{family}.callback")


def misheard(deliveries: Iterable[Delivery]) -> Iterator[str]:
    """Say which callbacks were not answered as they must be: a forged one is never taken, a genuine one is."""
    for delivery in deliveries:
        answers = set(delivery.answers)
        if delivery.about == "forged":
            if _TAKEN in answers:
                yield "a forged callback was taken"
        elif answers - _ANSWERS:
            yield f"a callback about {delivery.about} was answered {delivery.answers}"
        elif _TAKEN in answers and not delivery.is_heard:
            yield f"a callback about {delivery.about} was taken, and its sender doesn't know it"
