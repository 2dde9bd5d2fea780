"""Try again, as long as a repetition is safe, may help and is over before the deadline."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from hub.core.clock import Clock
from hub.resilience.failures import AttemptError
from hub.resilience.policy import Policy, Safety

T = TypeVar("T")


async def retrying(
    attempt: Callable[[int], Awaitable[T]],
    *,
    policy: Policy,
    safety: Safety,
    deadline: float,
    clock: Clock,
    fraction: Callable[[], float],
) -> T:
    """Run `attempt(number)`, from 1 on, until it succeeds or its failure stands.

    A call that may have acted is repeated only if `safety` says that a repetition is harmless. `deadline` is on the
    clock's monotonic scale; `fraction` draws a number in [0, 1) for the jitter.

    Raises:
        AttemptError: the last attempt's failure.
    """
    for number in range(1, policy.max_attempts + 1):
        try:
            return await attempt(number)
        except AttemptError as failure:
            is_safe = safety.is_repeatable or not failure.may_have_acted
            delay = _delay_seconds(policy, number, failure, fraction)
            if number == policy.max_attempts or not (is_safe and failure.repeatable):
                raise
            if clock.monotonic() + delay >= deadline:
                raise
            await clock.sleep(delay)
    raise AssertionError("a policy allows at least one attempt")


def _delay_seconds(policy: Policy, number: int, failure: AttemptError, fraction: Callable[[], float]) -> float:
    """Exponential, half of it drawn at random; never less than the upstream asked for."""
    delay = min(policy.initial_delay * policy.exponential_base ** (number - 1), policy.max_delay)
    if policy.jitter:
        delay *= 0.5 + fraction() / 2
    asked = failure.retry_after.total_seconds() if failure.retry_after else 0.0
    return max(delay, asked)
