"""What a seed draws: who dies where and when, who is stopped, what the wires and the vendor do, what is put back."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import exp, log
from random import Random
from typing import Any, Final, Protocol

from sandbox.faults import Fault, FaultKind
from tests.campaign.simulation.process import CrashPoint, PointKind

SUBMIT, STATUS, DOCUMENTS = "registration.submit", "registration.status", "registration.documents"
LONGEST_POINTS: Final = {
    # How far a run of a few operations gets, so that every point is reached by some seed.
    PointKind.AWAIT: 220,
    PointKind.STEP: 900,
    PointKind.BEFORE_COMMIT: 45,
    PointKind.AFTER_COMMIT: 45,
    PointKind.BEFORE_SEND: 14,
    PointKind.AFTER_SEND: 24,
}
WEIGHTS: Final = {
    PointKind.AWAIT: 6,
    PointKind.STEP: 1,
    PointKind.BEFORE_COMMIT: 2,
    PointKind.AFTER_COMMIT: 3,
    PointKind.BEFORE_SEND: 1,
    PointKind.AFTER_SEND: 2,
}
# The vendor keeps its word: what was submitted is visible within the window, which is 60 s; these add up to less.
LONGEST_LATENCY_SECONDS: Final = 25.0
LONGEST_LAG_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """A replica is stopped (SIGSTOP) and goes on later: beyond its lease, it is a zombie."""

    slot: int
    at: CrashPoint
    for_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Restore:
    """A copy of the database, taken at one time and put back at another."""

    copied_at_seconds: float
    put_back_at_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All of it."""

    replicas: int
    flows: int
    crashes: tuple[tuple[CrashPoint, ...], ...]
    """For each replica, where its first start dies, its second, ...; later ones live."""
    restart_seconds: tuple[float, ...]
    agent_deaths: tuple[tuple[float, float], ...]
    """(when, how long it stays away), one after the other."""
    pauses: tuple[Pause, ...]
    restore: Restore | None
    vendor_faults: tuple[Fault, ...]
    rpc_faults: tuple[tuple[str, str], ...]
    busy_commits: tuple[tuple[float, int], ...]
    """(when, how many groups of transactions fail then)."""
    replays: bool


class Misfortunes(Protocol):
    """What a theme brings of its own: what its vendors do, and which calls get lost."""

    @property
    def rpc_paths(self) -> Sequence[str]:
        """Parts of the paths of calls."""
        ...

    def draw_fault(self, random: Random) -> Fault:
        """Draw a vendor's fault."""
        ...


def draw_plan(random: Random, theme: Misfortunes, *, zombies: bool = False) -> Plan:
    """Draw what befalls one run. A fifth are about zombies: two replicas that stop and go on, and no crash."""
    zombies = random.random() < 0.2 or zombies
    replicas = 2 if zombies else random.choice((1, 1, 2))
    restore = not zombies and random.random() < 0.15
    return Plan(
        replicas=replicas,
        flows=random.choice((1, 1, 2)),
        crashes=tuple(() if zombies else tuple(_crashes(random)) for _ in range(replicas)),
        restart_seconds=tuple(random.choice((0.5, 2.0, 10.0, 70.0, 130.0)) for _ in range(8)),
        agent_deaths=tuple(
            (random.uniform(0.2, 20.0), random.choice((0.5, 5.0, 45.0))) for _ in range(random.choice((0, 0, 0, 1, 2)))
        ),
        pauses=tuple(_pauses(random, replicas, likely=0.8 if zombies else 0.1)),
        restore=Restore(copied_at_seconds=random.uniform(0.5, 12.0), put_back_at_seconds=random.uniform(13.0, 60.0))
        if restore
        else None,
        vendor_faults=tuple(theme.draw_fault(random) for _ in range(random.choice((0, 0, 1, 1, 2, 3)))),
        rpc_faults=tuple(_rpc_fault(random, theme.rpc_paths) for _ in range(random.choice((0, 0, 1, 2)))),
        busy_commits=((random.uniform(0.5, 10.0), random.choice((1, 3))),) if random.random() < 0.15 else (),
        replays=restore or random.random() < 0.3,
    )


def _crashes(random: Random) -> Iterator[CrashPoint]:
    for _ in range(random.choice((0, 1, 1, 1, 2, 3))):
        yield _point(random, random.choices(list(WEIGHTS), list(WEIGHTS.values()))[0])


def _pauses(random: Random, replicas: int, *, likely: float) -> Iterator[Pause]:
    """Long enough, mostly, for the other replica to find the lease over and do the work."""
    for slot in range(replicas):
        if random.random() < likely:
            label = random.choice(("outbox.settle", "outbox.check", "outbox.claim", ""))
            at = _point(random, random.choice((PointKind.AWAIT, PointKind.BEFORE_COMMIT)))
            if at.kind is PointKind.BEFORE_COMMIT and label:
                at = CrashPoint(at.kind, random.choice((1, 1, 2, 3)), label)
            yield Pause(slot=slot, at=at, for_seconds=random.choice((10.0, 95.0, 140.0, 200.0)))


def _point(random: Random, kind: PointKind) -> CrashPoint:
    """Early points are where most work is half done, so they are drawn more often."""
    count = int(exp(random.uniform(0, log(LONGEST_POINTS[kind]))))
    return CrashPoint(kind, max(1, count))


def draw_register_fault(random: Random) -> Fault:
    """Every kind the sandbox has, with what it needs to be survived."""
    kind = random.choice([*(kind for kind in FaultKind if not kind.is_of_timestamps), *_FREQUENT])
    values: dict[str, Any] = {
        "kind": kind,
        "operation": random.choice((SUBMIT, SUBMIT, SUBMIT, DOCUMENTS, STATUS, "*")),
    }
    match kind:
        case FaultKind.LATENCY | FaultKind.SLOW_ANSWER | FaultKind.SLOW_TRICKLE:
            values["seconds"] = random.uniform(1.0, LONGEST_LATENCY_SECONDS)
        case FaultKind.COMMIT_LATE | FaultKind.STATUS_LAGS:
            values |= {"operation": SUBMIT, "seconds": random.uniform(5.0, LONGEST_LAG_SECONDS)}
            values["answer"] = random.choice(("reset", "hang"))
        case FaultKind.ANSWER_LOST:
            values["answer"] = random.choice(("reset", "hang"))
        case FaultKind.HTTP_STATUS:
            values["http_status"] = random.choice((429, 500, 502, 503, 403))
            values["retry_after_seconds"] = random.choice((None, 3))
        case FaultKind.ERROR:
            values["code"] = random.choice(("REFUSED", "MAINTENANCE", "TOO_MANY_REQUESTS", "INTERNAL", "ACCESS_DENIED"))
        case FaultKind.FALSE_DUPLICATE:
            values["operation"] = SUBMIT
        case FaultKind.UNKNOWN_STATUS:
            values["operation"] = STATUS
        case _:
            pass
    values["times"] = random.choice((1, 1, 1, 2, 4))
    return Fault(**values)


_FREQUENT: Final = (
    FaultKind.ANSWER_LOST,
    FaultKind.ANSWER_LOST,
    FaultKind.COMMIT_LATE,
    FaultKind.STATUS_LAGS,
    FaultKind.RESET,
    FaultKind.HANG,
    FaultKind.LATENCY,
    FaultKind.HTTP_STATUS,
    FaultKind.CUT_BODY,
)


def _rpc_fault(random: Random, paths: Sequence[str]) -> tuple[str, str]:
    path = random.choice(paths)
    return path, random.choice(("refused", "request_lost", "answer_lost", "answer_lost", "slow"))
