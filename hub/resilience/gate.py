"""The circuit breaker: pybreaker's counters and thresholds behind a gate that makes them right under asyncio.

Alone, pybreaker 1.4.1 lets every waiting caller probe a half-open circuit, lets results of calls begun before a change
of state move it again, takes a cancellation for a failure, reads the wall clock and puts its own error in place of the
call's. So it is never asked whether a call may pass, and never sees one running: it only hears of results, afterwards.
State is of this process alone.
"""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from enum import StrEnum
from typing import TypeVar

import pybreaker

from hub.core.clock import Clock
from hub.core.errors import HubError
from hub.resilience.failures import AttemptError

T = TypeVar("T")


class BreakerState(StrEnum):
    """CLOSED lets calls pass, OPEN refuses them, HALF_OPEN lets one probe pass at a time."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class GateClosedError(Exception):
    """The breaker refused the call: nothing was sent. `retry_after_seconds` is when a probe may pass."""

    def __init__(self, retry_after_seconds: float) -> None:
        super().__init__(f"the breaker is open for {retry_after_seconds:.1f} s more")
        self.retry_after_seconds = retry_after_seconds


class Gate:
    """Lets calls through to one upstream while it is well, and one probe at a time while that is being found out."""

    def __init__(
        self,
        *,
        failure_threshold: int,
        recovery_timeout_seconds: float,
        clock: Clock,
        on_change: Callable[[BreakerState], None],
    ) -> None:
        self._clock = clock
        self._recovery_timeout = recovery_timeout_seconds
        self._on_change = on_change
        self._epoch = 0
        self._opened_at = 0.0
        self._is_probing = False
        self._breaker = pybreaker.CircuitBreaker(
            fail_max=failure_threshold,
            reset_timeout=recovery_timeout_seconds,
            listeners=[_StateListener(self._changed)],
            throw_new_error_on_trip=False,
        )

    @property
    def state(self) -> BreakerState:
        """The state as the next caller would meet it."""
        if self._open_for_seconds() > 0:
            return BreakerState.OPEN
        return BreakerState.CLOSED if self._breaker.current_state == pybreaker.STATE_CLOSED else BreakerState.HALF_OPEN

    async def run(self, call: Callable[[], Awaitable[T]]) -> T:
        """Run a call if it may pass, and learn from its result.

        An `AttemptError` that counts is a failure. A refusal for a business reason proves the upstream alive: it
        closes a half-open breaker, and in a closed one it neither counts nor resets the count. All else, cancellation
        above all, says nothing about the upstream.

        Raises:
            GateClosedError: it may not pass.
        """
        epoch = self._admit()
        try:
            result = await call()
        except AttemptError as failure:
            self._report(epoch, failure if failure.counts else None, is_success=False)
            raise
        except HubError:
            self._report(epoch, None, is_success=False)
            raise
        except BaseException:
            self._release(epoch)
            raise
        self._report(epoch, None, is_success=True)
        return result

    @property
    def consecutive_failures(self) -> int:
        """How many calls in a row have failed."""
        return self._breaker.fail_counter

    def reset(self) -> None:
        """Close the breaker by hand; results of calls under way are ignored."""
        self._breaker.close()

    def _admit(self) -> int:
        if self._breaker.current_state == pybreaker.STATE_CLOSED:
            return self._epoch
        seconds = self._open_for_seconds()
        if seconds > 0:
            raise GateClosedError(seconds)
        if self._breaker.current_state == pybreaker.STATE_OPEN:
            self._breaker.half_open()
        if self._breaker.current_state == pybreaker.STATE_HALF_OPEN:
            if self._is_probing:
                raise GateClosedError(self._recovery_timeout)
            self._is_probing = True
        return self._epoch

    def _open_for_seconds(self) -> float:
        if self._breaker.current_state != pybreaker.STATE_OPEN:
            return 0.0
        return self._opened_at + self._recovery_timeout - self._clock.monotonic()

    def _report(self, epoch: int, failure: AttemptError | None, *, is_success: bool) -> None:
        if epoch != self._epoch:
            return  # begun before the state changed: it tells of an upstream that was
        is_probe, self._is_probing = self._is_probing, False
        if failure is not None:
            with suppress(type(failure)):
                self._breaker.call(_raise, failure)
        elif is_probe or (is_success and self._breaker.fail_counter):
            self._breaker.call(_succeed)

    def _release(self, epoch: int) -> None:
        if epoch == self._epoch:
            self._is_probing = False

    def _changed(self, state: str) -> None:
        self._epoch += 1
        self._is_probing = False
        if state == pybreaker.STATE_OPEN:
            self._opened_at = self._clock.monotonic()
        self._on_change(BreakerState(state.replace("-", "_")))


class _StateListener(pybreaker.CircuitBreakerListener):
    def __init__(self, on_state: Callable[[str], None]) -> None:
        self._on_state = on_state

    def state_change(
        self,
        cb: pybreaker.CircuitBreaker,  # noqa: ARG002 - pybreaker's signature
        old_state: pybreaker.CircuitBreakerState | None,  # noqa: ARG002 - same
        new_state: pybreaker.CircuitBreakerState,
    ) -> None:
        self._on_state(new_state.name)


def _raise(failure: AttemptError) -> None:
    raise failure


def _succeed() -> None:
    return None
