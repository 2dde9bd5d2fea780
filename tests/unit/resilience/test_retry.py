"""What is tried again, how often and when."""

import asyncio
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.clock import FakeClock
from hub.resilience.failures import (
    AnswerInvalidError,
    AnswerLostError,
    AttemptError,
    CredentialsRefusedError,
    NotSentError,
    QuotaExceededError,
    RequestRejectedError,
    UpstreamClosedError,
    UpstreamFailedError,
)
from hub.resilience.policy import Policy, Safety
from hub.resilience.retry import retrying

WRITES_THAT_MAY_NOT_REPEAT = (Safety.ASK_STATUS_FIRST, Safety.IRREVERSIBLE)


class Calls:
    """Fails by a list, then succeeds; tells at which second each attempt came."""

    def __init__(self, *failures: AttemptError) -> None:
        self.clock = FakeClock()
        self.failures = list(failures)
        self.seconds: list[float] = []

    async def __call__(self, number: int) -> str:
        self.seconds.append(self.clock.monotonic())
        assert number == len(self.seconds)
        if self.failures:
            raise self.failures.pop(0)
        return "done"

    async def run(self, safety: Safety, *, deadline: float = 1000.0, fraction: float = 1.0, **policy: object) -> str:
        settings = {"initial_delay": 1.0, "total_timeout": 1000.0, **policy}
        task = asyncio.create_task(
            retrying(
                self,
                policy=Policy.model_validate(settings),
                safety=safety,
                deadline=deadline,
                clock=self.clock,
                fraction=lambda: fraction,
            )
        )
        await self.clock.advance(2000)
        return await task


@pytest.mark.parametrize("safety", [Safety.READ, Safety.IDEMPOTENT_BY_KEY])
@pytest.mark.parametrize("kind", [NotSentError, AnswerLostError, AnswerInvalidError, UpstreamFailedError])
async def test_what_may_be_repeated_is(safety: Safety, kind: type[AttemptError]) -> None:
    calls = Calls(kind("1"), kind("2"))
    assert await calls.run(safety) == "done"
    assert len(calls.seconds) == 3


@pytest.mark.parametrize("safety", WRITES_THAT_MAY_NOT_REPEAT)
@pytest.mark.parametrize("kind", [AnswerLostError, AnswerInvalidError, UpstreamFailedError])
async def test_a_write_that_may_have_acted_is_never_repeated(safety: Safety, kind: type[AttemptError]) -> None:
    calls = Calls(kind("1"))
    with pytest.raises(kind):
        await calls.run(safety)
    assert len(calls.seconds) == 1


@pytest.mark.parametrize("safety", WRITES_THAT_MAY_NOT_REPEAT)
@pytest.mark.parametrize("kind", [NotSentError, UpstreamClosedError, QuotaExceededError])
async def test_a_write_that_certainly_did_not_act_is_repeated(safety: Safety, kind: type[AttemptError]) -> None:
    calls = Calls(kind("1"))
    assert await calls.run(safety) == "done"


@pytest.mark.parametrize("kind", [CredentialsRefusedError, RequestRejectedError])
async def test_what_no_repetition_can_mend_is_not_repeated(kind: type[AttemptError]) -> None:
    calls = Calls(kind("1"))
    with pytest.raises(kind):
        await calls.run(Safety.READ)
    assert len(calls.seconds) == 1


async def test_the_last_failure_stands() -> None:
    calls = Calls(NotSentError("1"), NotSentError("2"), AnswerLostError("3"))
    with pytest.raises(AnswerLostError, match="3"):
        await calls.run(Safety.READ)


async def test_delays_grow_to_their_limit() -> None:
    calls = Calls(*(NotSentError(str(number)) for number in range(5)))
    await calls.run(Safety.READ, max_attempts=6, max_delay=5.0, jitter=False)
    assert calls.seconds == [0, 1, 3, 7, 12, 17]


async def test_a_delay_is_what_the_upstream_asks_for_if_that_is_longer() -> None:
    calls = Calls(QuotaExceededError("429", retry_after=timedelta(seconds=30)))
    await calls.run(Safety.READ)
    assert calls.seconds == [0, 30]


async def test_nobody_waits_past_the_deadline() -> None:
    calls = Calls(QuotaExceededError("429", retry_after=timedelta(seconds=30)))
    with pytest.raises(QuotaExceededError):
        await calls.run(Safety.READ, deadline=30.0)
    assert calls.seconds == [0]


@given(fraction=st.floats(min_value=0, max_value=1, exclude_max=True))
def test_jitter_takes_off_at_most_half(fraction: float) -> None:
    async def second_attempt() -> float:
        calls = Calls(NotSentError("1"))
        await calls.run(Safety.READ, fraction=fraction)
        return calls.seconds[1]

    assert 0.5 <= asyncio.run(second_attempt()) <= 1.0
