"""One service outside, and the only way to call it: total deadline > retry > breaker > rate limit > attempt timeout."""

import asyncio
import copy
import math
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import structlog
from prometheus_client import CollectorRegistry

from hub.core.clock import Clock
from hub.core.errors import HubError
from hub.core.ids import Ids
from hub.resilience.board import Board, UpstreamStatus
from hub.resilience.endpoint import Endpoint
from hub.resilience.failures import AnswerLostError, AttemptError, NotSentError
from hub.resilience.gate import BreakerState, Gate, GateClosedError
from hub.resilience.metrics import UpstreamMetrics
from hub.resilience.policy import Guard, Policy, Safety, Surprise
from hub.resilience.ratelimit import PaceExceededError, Pacer
from hub.resilience.retry import retrying
from hub.resilience.verdict import verdict

__all__ = ["Attempt", "Send", "Upstream", "UpstreamStatus", "Upstreams"]

T = TypeVar("T")

_log = structlog.get_logger()
_PLAIN_WORD = re.compile(r"[\w .:/-]{1,64}")
_ANSWERED = frozenset({"ok", "refused"})
_SURPRISES_KEPT = 256  # enough to name what a vendor changed, too few to fill a log


@dataclass(slots=True)
class Attempt:
    """One attempt. The sender calls `leave` just before the first byte leaves.

    Attributes:
        ends: The monotonic time after which nothing may leave; a process that was stopped wakes up beyond it.
        has_left: Bytes may have left.
    """

    number: int
    timeout_seconds: float
    ends: float
    clock: Clock
    has_left: bool = False

    def leave(self) -> None:
        """Mark that bytes leave now.

        Raises:
            NotSentError: the attempt's time is over, so they must not.
        """
        if not self.has_left and self.clock.monotonic() >= self.ends:
            raise NotSentError("the attempt's time was over before anything was sent")
        self.has_left = True


Send = Callable[[Attempt], Awaitable[T]]


class Upstream:
    """One service outside, named "module.provider".

    Args:
        longest_write_seconds: No attempt at what changes the world lasts longer, whatever the policy says: less than a
            lease, so that a worker that slept wakes up to an attempt whose time is over.
    """

    def __init__(
        self,
        *,
        name: str,
        policy: Policy,
        clock: Clock,
        ids: Ids,
        metrics: UpstreamMetrics,
        longest_write_seconds: float = math.inf,
    ) -> None:
        self.name = name
        self.policy = policy
        self._longest_write_seconds = longest_write_seconds
        self._clock = clock
        self._ids = ids
        self._metrics = metrics
        self._gate = Gate(
            failure_threshold=policy.failure_threshold,
            recovery_timeout_seconds=policy.recovery_timeout,
            clock=clock,
            on_change=self._breaker_changed,
        )
        self._pacer = Pacer(rate=policy.rate, clock=clock) if policy.rate else None
        self._board = Board(clock=clock)
        self.endpoint: Endpoint | None = None
        """Where it is, for those who look how far they get; whoever speaks to it sets this."""
        self._surprises: set[tuple[str, str, str]] = set()
        metrics.breaker(name, BreakerState.CLOSED)

    async def call(self, operation: str, send: Send[T], *, safety: Safety, guard: Guard | None = None) -> T:
        """Make one call with all its attempts.

        `send` makes one attempt; it raises an `AttemptError` when that failed, and a hub error when the upstream
        answered and refused. `guard` is awaited just before every attempt of it.

        Raises:
            UnavailableError: down, breaker open, answer unreadable, out of time. Nothing was done.
            ExhaustedError: its quota, or our pace.
            PreconditionError: it refuses our credentials.
            OutcomeUnknownError: something that changes the world may have been done.
            Exception: whatever `guard` raised, and hub errors that `send` raised.
        """
        deadline = self._clock.monotonic() + self.policy.total_timeout
        longest = self.policy.attempt_timeout
        if safety is not Safety.READ:
            longest = min(longest, self._longest_write_seconds)
        may_have_acted = False

        async def attempt(number: int) -> T:
            nonlocal may_have_acted
            try:
                return await self._gate.run(
                    lambda: self._attempt(operation, number, send, guard, longest=longest, deadline=deadline)
                )
            except AttemptError as failure:
                may_have_acted |= failure.may_have_acted
                raise

        try:
            result = await retrying(
                attempt,
                policy=self.policy,
                safety=safety,
                deadline=deadline,
                clock=self._clock,
                fraction=self._ids.fraction,
            )
        except (AttemptError, GateClosedError, PaceExceededError) as failure:
            error = verdict(self.name, operation, failure, unknown=may_have_acted and safety is not Safety.READ)
            self._metrics.call(self.name, operation, outcome=type(error).__name__)
            raise error from failure
        except _HeldBackError as held_back:
            self._metrics.call(self.name, operation, outcome="held_back")
            raise held_back.why from None
        except HubError as refusal:
            self._metrics.call(self.name, operation, outcome=type(refusal).__name__)
            raise
        self._metrics.call(self.name, operation, outcome="ok")
        return result

    @property
    def breaker(self) -> BreakerState:
        """Whether its breaker lets calls through."""
        return self._gate.state

    def status(self) -> UpstreamStatus:
        """Tell how it does."""
        board = self._board
        median, p95 = board.latencies()
        return UpstreamStatus(
            name=self.name,
            breaker=self._gate.state,
            breaker_changed_time=board.breaker_changed_time,
            last_success_time=board.last_success_time,
            last_failure_time=board.last_failure_time,
            last_failure_reason=board.last_failure_reason,
            consecutive_failures=self._gate.consecutive_failures,
            in_flight=board.in_flight,
            latency_median_seconds=median,
            latency_p95_seconds=p95,
            quota_left=self._pacer.left() if self._pacer else None,
            token_expire_time=board.token_expire_time,
            certificate_expire_time=board.certificate_expire_time,
        )

    def shows_certificate(self, *, expire_time: datetime) -> None:
        """Tell until when the certificate is good that we show it."""
        self._board.certificate_expire_time = expire_time

    def holds_token(self, *, expire_time: datetime | None) -> None:
        """Tell until when the token is good that it gave us; None if we hold none."""
        self._board.token_expire_time = expire_time

    def reset_breaker(self) -> None:
        """Close the breaker by hand."""
        self._gate.reset()

    def surprise(self, operation: str, *, kind: str, word: str) -> None:
        """Count something unknown in an answer, and log it the first time it is met."""
        self._metrics.surprise(self.name, operation, kind=kind)
        shown = word if _PLAIN_WORD.fullmatch(word) else "(not a plain word)"
        if (operation, kind, shown) in self._surprises or len(self._surprises) >= _SURPRISES_KEPT:
            return
        self._surprises.add((operation, kind, shown))
        _log.warning("upstream_surprise", upstream=self.name, operation=operation, kind=kind, word=shown)

    def surprises(self, operation: str) -> Surprise:
        """Return what counts the surprises of one operation, for those who read its answers."""
        return lambda kind, word: self.surprise(operation, kind=kind, word=word)

    async def _attempt(
        self, operation: str, number: int, send: Send[T], guard: Guard | None, *, longest: float, deadline: float
    ) -> T:
        if self._pacer:
            waiting = self._clock.monotonic()
            await self._pacer.take_turn(at_most_seconds=deadline - waiting)
            self._metrics.waited(self.name, self._clock.monotonic() - waiting)
        started = self._clock.monotonic()
        seconds = min(longest, deadline - started)
        current = Attempt(number=number, timeout_seconds=seconds, ends=started + seconds, clock=self._clock)
        outcome = "abandoned"
        self._board.in_flight += 1
        try:
            result = await _in_time(current, send, guard)
            outcome = "ok"
            return result
        except AttemptError as failure:
            outcome = type(failure).__name__
            self._board.failed(str(failure))
            _log.warning(
                "upstream_attempt_failed", upstream=self.name, operation=operation, attempt=number, failure=str(failure)
            )
            raise
        except HubError:
            outcome = "refused"
            raise
        finally:
            seconds = self._clock.monotonic() - started
            self._board.in_flight -= 1
            if outcome in _ANSWERED:
                self._board.answered(seconds)
            self._metrics.attempt(self.name, operation, outcome=outcome, seconds=seconds, is_retry=number > 1)

    def _breaker_changed(self, state: BreakerState) -> None:
        self._board.breaker_changed()
        self._metrics.breaker(self.name, state)
        _log.warning("upstream_breaker_changed", upstream=self.name, state=state.value)


async def _in_time(current: Attempt, send: Send[T], guard: Guard | None) -> T:
    """Run one attempt, and tell a timeout by whether bytes may have left."""
    try:
        async with asyncio.timeout(current.timeout_seconds):
            await _pass(guard)
            return await send(current)
    except TimeoutError as error:
        if current.has_left:
            raise AnswerLostError(f"no whole answer in {current.timeout_seconds:.1f} s") from error
        raise NotSentError(f"no connection in {current.timeout_seconds:.1f} s") from error


async def _pass(guard: Guard | None) -> None:
    try:
        if guard:
            await guard()
    except Exception as error:
        raise _HeldBackError(error) from error


class _HeldBackError(Exception):
    """The guard said no, for reasons of its own, which say nothing about the upstream."""

    def __init__(self, why: Exception) -> None:
        super().__init__("held back")
        self.why = why


class Upstreams:
    """All upstreams of this process: opens them by name, and tells how they do.

    Args:
        longest_write_seconds: See Upstream.
    """

    def __init__(
        self, *, clock: Clock, ids: Ids, registry: CollectorRegistry, longest_write_seconds: float = math.inf
    ) -> None:
        self._longest_write_seconds = longest_write_seconds
        self._clock = clock
        self._ids = ids
        self._metrics = UpstreamMetrics(registry=registry)
        self._upstreams: dict[str, Upstream] = {}
        self._keeps_open = False

    def keeping(self) -> "Upstreams":
        """Return the same upstreams, but that opening an open one again gives it as it is, breaker, pace and all.

        For a provider that is built anew, with other credentials, beside the one in use.
        """
        view = copy.copy(self)
        view._keeps_open = True  # noqa: SLF001 - of this very class
        return view

    def open(self, name: str, policy: Policy) -> Upstream:
        """Open one, "module.provider"; opened again (a module that is started again), it starts afresh."""
        if self._keeps_open and name in self._upstreams:
            return self._upstreams[name]
        upstream = Upstream(
            name=name,
            policy=policy,
            clock=self._clock,
            ids=self._ids,
            metrics=self._metrics,
            longest_write_seconds=self._longest_write_seconds,
        )
        self._upstreams[name] = upstream
        return upstream

    def statuses(self) -> tuple[UpstreamStatus, ...]:
        """Tell how all of them do, by name."""
        return tuple(self._upstreams[name].status() for name in sorted(self._upstreams))

    def get(self, name: str) -> Upstream | None:
        """Return the one of that name, if it is open."""
        return self._upstreams.get(name)
