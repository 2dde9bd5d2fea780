"""Sends bad requests, a few at a time, and keeps what a hub must never answer."""

import json
import os
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from threading import Lock
from typing import Any

import grpc
from google.protobuf.message import Message

from tests.campaign.fuzz.mutate import Mutator
from tests.campaign.fuzz.targets import Rules, Target

AT_ONCE = 8
CALL_SECONDS = 5.0
WATCH_SECONDS = 0.3
"""A stream of answers is looked at for so long."""

SLOW_SECONDS = 1.0
"""What an answer may take on a machine of its own; where others compete for the processors, so much longer."""

MOST_ANSWERS = 5
TRIES = 20
MOST_SUSPECTS = 200
METADATA: Sequence[tuple[str, str | bytes]] = (
    ("traceparent", ""),
    ("traceparent", "00-" + "0" * 32 + "-" + "0" * 16 + "-01"),
    ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-ff"),
    ("traceparent", "ff-" + "g" * 60),
    ("tracestate", "a=" + "b" * 3000),
    ("baggage", "k=v," * 700),
    ("grpc-previous-rpc-attempts", "2147483648"),
    ("x-other-bin", bytes(range(256))),
    ("authorization", "Bearer x"),
)
NEVER = {grpc.StatusCode.INTERNAL, grpc.StatusCode.UNKNOWN, grpc.StatusCode.DATA_LOSS}
# What the gRPC library itself answers, without our details: a message over the limit.
WITHOUT_DETAILS = {grpc.StatusCode.RESOURCE_EXHAUSTED, grpc.StatusCode.CANCELLED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One bad request: where it goes, its bytes and metadata, and the number it can be made again by."""

    number: int
    target: Target
    messages: Sequence[bytes]
    metadata: tuple[tuple[str, str | bytes], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of it."""

    code: grpc.StatusCode
    said: str
    explained: bool
    seconds: float


@dataclass(slots=True, kw_only=True)
class Findings:
    """What a run saw.

    Attributes:
        codes: How often each RPC answered each status.
        wrong: One line for each answer that must not be.
        suspects: What took too long, to be asked again alone: the machine may have been busy.
    """

    codes: Counter[tuple[str, str]] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    suspects: list[Case] = field(default_factory=list)

    @property
    def calls(self) -> int:
        """How many answers were seen."""
        return self.codes.total()

    def paths(self) -> list[str]:
        """The RPCs that were called."""
        return sorted({path for path, _ in self.codes})

    def answers(self, path: str) -> dict[str, int]:
        """How often an RPC answered each status."""
        return {code: count for (of, code), count in sorted(self.codes.items()) if of == path}

    def table(self) -> str:
        """Statuses by RPC, one a line."""
        return "\n".join(f"{path}: {self.answers(path)}" for path in self.paths())


class Fuzzer:
    """One seeded run against a running landhub."""

    def __init__(
        self,
        *,
        targets: Sequence[Target],
        connections: Mapping[str, grpc.Channel],
        seed: int,
        kept: Path,
    ) -> None:
        """Prepare; nothing is sent yet.

        Args:
            targets: What to call.
            connections: By the name that targets know them by.
            seed: The same seed, the same requests, but for ids that a landhub or a clock makes.
            kept: Where requests with a wrong answer are written.
        """
        self._targets = targets
        self._connections = connections
        self._seed = seed
        self._kept = kept
        self._rules = Rules()
        self._lock = Lock()
        self.findings = Findings()

    def run(self, numbers: Iterator[int]) -> Findings:
        """Send a case for each number, then ask the suspects again, one by one."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for worker in [pool.submit(self._work, numbers) for _ in range(AT_ONCE)]:
                worker.result()
        for case in self.findings.suspects[:MOST_SUSPECTS]:
            if all(_slow(case.target, self.send(case)) for _ in range(3)):
                self._keep(case, "took over a second, three times alone")
        return self.findings

    def case(self, number: int) -> Case:
        """Make one bad request."""
        rng = Random(f"{self._seed}:{number}")
        mutator = Mutator(rng=rng)
        target = self._targets[number % len(self._targets)] if rng.random() < 0.5 else rng.choice(self._targets)
        way = rng.random()
        good = target.good() if target.good else [mutator.fresh(target.method.input_type)]
        if way < 0.1:
            return Case(number=number, target=target, messages=[rng.randbytes(rng.choice((0, 1, 9, 99, 999)))])
        if way < 0.2:
            messages = [mutator.fresh(target.method.input_type).SerializeToString() for _ in range(len(good))]
        else:
            messages = [message.SerializeToString() for message in good]
            bent = rng.randrange(len(good))
            messages[bent] = self._bent(mutator, good[bent], looks_good=way < 0.55).SerializeToString()
        if way > 0.8:
            messages = [mutator.wire(message) for message in messages]
        if target.method.client_streaming:
            messages = _shuffled(messages, rng)
        metadata = (rng.choice(METADATA),) if rng.random() < 0.2 else ()
        return Case(number=number, target=target, messages=messages, metadata=metadata)

    def _bent(self, mutator: Mutator, good: Message, *, looks_good: bool) -> Message:
        """A bent message; one that looks good breaks no rule of the contract, and gets further."""
        bent = mutator.bent(good)
        for _ in range(TRIES if looks_good else 0):
            if bent != good and self._rules.accept(bent):
                break
            bent = mutator.bent(good)
        return bent

    def send(self, case: Case) -> Answer:
        """Send it, and see what comes within the deadline."""
        method, began = case.target.method, time.monotonic()
        channel: Any = self._connections[case.target.connection]
        try:
            if method.server_streaming:
                _look(
                    channel.unary_stream(case.target.path)(
                        case.messages[0], timeout=WATCH_SECONDS, metadata=case.metadata
                    )
                )
            elif method.client_streaming:
                channel.stream_unary(case.target.path)(
                    iter(case.messages), timeout=CALL_SECONDS, metadata=case.metadata
                )
            else:
                channel.unary_unary(case.target.path)(case.messages[0], timeout=CALL_SECONDS, metadata=case.metadata)
        except grpc.RpcError as error:
            failure: Any = error
            names = {name for name, _ in failure.trailing_metadata() or ()}
            return Answer(
                code=failure.code(),
                said=failure.details() or "",
                explained="grpc-status-details-bin" in names,
                seconds=time.monotonic() - began,
            )
        return Answer(code=grpc.StatusCode.OK, said="", explained=True, seconds=time.monotonic() - began)

    def _work(self, numbers: Iterator[int]) -> None:
        while (number := self._next(numbers)) is not None:
            case = self.case(number)
            answer = self.send(case)
            if case.target.path.endswith("/SetModuleMode") and case.target.good:
                # It may have turned a module off, behind which nothing would be reached any more.
                on = [message.SerializeToString() for message in case.target.good()]
                self.send(Case(number=number, target=case.target, messages=on))
            with self._lock:
                self.findings.codes[(case.target.path, answer.code.name)] += 1
                if (problem := _problem(answer)) is not None:
                    self._keep(case, problem)
                elif _slow(case.target, answer):
                    self.findings.suspects.append(case)

    def _next(self, numbers: Iterator[int]) -> int | None:
        with self._lock:
            return next(numbers, None)

    def _keep(self, case: Case, problem: str) -> None:
        self._kept.mkdir(parents=True, exist_ok=True)
        file = self._kept / f"{self._seed}-{case.number}.json"
        content: dict[str, Any] = {
            "path": case.target.path,
            "problem": problem,
            "messages": [part.hex() for part in case.messages],
        }
        content["metadata"] = [f"{name}: {value!r}" for name, value in case.metadata]
        file.write_text(json.dumps(content, indent=1), encoding="utf-8")
        self.findings.wrong.append(f"seed {self._seed}, case {case.number}: {case.target.path}: {problem} ({file})")


def _problem(answer: Answer) -> str | None:
    if answer.code in NEVER:
        return f"{answer.code.name}: {answer.said}"
    if answer.code is grpc.StatusCode.DEADLINE_EXCEEDED or answer.explained:
        return None
    if answer.code in WITHOUT_DETAILS:
        return None
    return f"{answer.code.name} without details: {answer.said}"


def _slow(target: Target, answer: Answer) -> bool:
    """It took over a second, or, where waiting is right, past the deadline: the hub itself answers before that."""
    if target.method.server_streaming:
        return False
    if target.may_wait:
        return answer.code is grpc.StatusCode.DEADLINE_EXCEEDED and not answer.explained
    return answer.seconds > SLOW_SECONDS * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def _shuffled(messages: list[bytes], rng: Random) -> list[bytes]:
    """The stream as it is, or without its beginning or end, doubled, turned round, or empty."""
    others: Sequence[list[bytes]] = (
        messages[1:],
        messages[:-1],
        messages * 2,
        messages[::-1],
        [],
        [*messages, *[b""] * 50],
    )
    return messages if rng.random() < 0.4 else rng.choice(others)


def _look(call: Any) -> None:
    for seen, _ in enumerate(call, start=1):
        if seen == MOST_ANSWERS:
            call.cancel()
            return
