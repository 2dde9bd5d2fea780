"""The gate is right where pybreaker alone is wrong under asyncio."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from hub.core.clock import FakeClock
from hub.core.errors import PreconditionError
from hub.resilience.failures import AnswerLostError, QuotaExceededError
from hub.resilience.gate import BreakerState, Gate, GateClosedError

THRESHOLD = 3
RECOVERY = 60.0


class Harness:
    def __init__(self) -> None:
        self.clock = FakeClock()
        self.changes: list[BreakerState] = []
        self.gate = Gate(
            failure_threshold=THRESHOLD,
            recovery_timeout_seconds=RECOVERY,
            clock=self.clock,
            on_change=self.changes.append,
        )

    def state(self) -> BreakerState:
        return self.gate.state

    async def succeed(self) -> str:
        return await self.gate.run(_well)

    async def fail(self) -> None:
        with pytest.raises(AnswerLostError):
            await self.gate.run(_raising(AnswerLostError("lost")))

    async def refuse(self) -> None:
        with pytest.raises(PreconditionError):
            await self.gate.run(_raising(PreconditionError("no")))

    async def trip(self) -> None:
        for _ in range(THRESHOLD):
            await self.fail()
        assert self.state() is BreakerState.OPEN

    def begin(self) -> tuple["asyncio.Task[str]", "asyncio.Future[str]"]:
        """A call under way, and the future it waits for."""
        answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()

        async def call() -> str:
            return await answer

        return asyncio.create_task(self.gate.run(call)), answer


@pytest.fixture
def harness() -> Harness:
    return Harness()


async def _well() -> str:
    return "well"


def _raising(error: Exception) -> Callable[[], Awaitable[str]]:
    async def call() -> str:
        raise error

    return call


async def test_failures_of_coroutines_in_a_row_open_it(harness: Harness) -> None:
    await harness.trip()
    with pytest.raises(GateClosedError) as caught:
        await harness.succeed()
    assert caught.value.retry_after_seconds == RECOVERY
    assert harness.changes == [BreakerState.OPEN]


async def test_a_success_begins_the_count_anew(harness: Harness) -> None:
    for _ in range(3):
        await harness.fail()
        await harness.fail()
        await harness.succeed()
    assert harness.state() is BreakerState.CLOSED


async def test_the_call_that_trips_it_keeps_its_own_error(harness: Harness) -> None:
    error = AnswerLostError("the third")
    await harness.fail()
    await harness.fail()
    with pytest.raises(AnswerLostError) as caught:
        await harness.gate.run(_raising(error))
    assert caught.value is error
    assert harness.state() is BreakerState.OPEN


async def test_a_half_open_gate_lets_one_of_fifty_probe(harness: Harness) -> None:
    await harness.trip()
    await harness.clock.advance(RECOVERY)
    probe, answer = harness.begin()
    await asyncio.sleep(0)
    others = [harness.begin()[0] for _ in range(49)]
    results = await asyncio.gather(*others, return_exceptions=True)
    assert all(isinstance(result, GateClosedError) for result in results)
    answer.set_result("well")
    assert await probe == "well"
    assert harness.state() is BreakerState.CLOSED


async def test_a_failed_probe_opens_it_for_another_whole_period(harness: Harness) -> None:
    await harness.trip()
    await harness.clock.advance(RECOVERY + 5)
    assert harness.state() is BreakerState.HALF_OPEN
    await harness.fail()
    with pytest.raises(GateClosedError) as caught:
        await harness.succeed()
    assert caught.value.retry_after_seconds == RECOVERY


async def test_a_call_begun_before_the_trip_does_not_close_it_when_it_succeeds(harness: Harness) -> None:
    early, answer = harness.begin()
    await asyncio.sleep(0)
    await harness.trip()
    answer.set_result("late success")
    assert await early == "late success"
    assert harness.state() is BreakerState.OPEN


async def test_a_slow_probe_that_succeeds_after_the_state_moved_on_changes_nothing(harness: Harness) -> None:
    await harness.trip()
    await harness.clock.advance(RECOVERY)
    slow, answer = harness.begin()
    await asyncio.sleep(0)
    harness.gate.reset()
    await harness.trip()
    answer.set_result("too late")
    assert await slow == "too late"
    assert harness.state() is BreakerState.OPEN


async def test_failures_of_calls_begun_before_the_trip_do_not_prolong_it(harness: Harness) -> None:
    early = [harness.begin() for _ in range(5)]
    await asyncio.sleep(0)
    await harness.trip()
    await harness.clock.advance(RECOVERY - 1)
    for _, answer in early:
        answer.set_exception(AnswerLostError("late failure"))
    await asyncio.gather(*(task for task, _ in early), return_exceptions=True)
    assert harness.changes == [BreakerState.OPEN]
    await harness.clock.advance(1)
    assert await harness.succeed() == "well"


async def test_cancellations_are_no_failures_and_stay_cancellations(harness: Harness) -> None:
    for _ in range(THRESHOLD + 1):
        task, _ = harness.begin()
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert harness.state() is BreakerState.CLOSED
    assert harness.gate.consecutive_failures == 0


async def test_a_cancelled_probe_leaves_it_half_open_and_the_next_caller_probes(harness: Harness) -> None:
    await harness.trip()
    await harness.clock.advance(RECOVERY)
    probe, _ = harness.begin()
    await asyncio.sleep(0)
    probe.cancel()
    with pytest.raises(asyncio.CancelledError):
        await probe
    assert harness.state() is BreakerState.HALF_OPEN
    await harness.succeed()
    assert harness.state() is BreakerState.CLOSED


async def test_business_refusals_neither_count_nor_reset_the_count(harness: Harness) -> None:
    await harness.fail()
    await harness.fail()
    for _ in range(10):
        await harness.refuse()
    assert harness.gate.consecutive_failures == 2
    await harness.fail()
    assert harness.state() is BreakerState.OPEN


async def test_a_probe_that_is_refused_for_business_proves_the_upstream_well(harness: Harness) -> None:
    await harness.trip()
    await harness.clock.advance(RECOVERY)
    await harness.refuse()
    assert harness.state() is BreakerState.CLOSED


async def test_failures_that_tell_nothing_of_health_do_not_count(harness: Harness) -> None:
    for _ in range(THRESHOLD + 1):
        with pytest.raises(QuotaExceededError):
            await harness.gate.run(_raising(QuotaExceededError("429")))
    assert harness.state() is BreakerState.CLOSED


async def test_our_own_bug_says_nothing_about_the_upstream(harness: Harness) -> None:
    for _ in range(THRESHOLD + 1):
        with pytest.raises(ZeroDivisionError):
            await harness.gate.run(_raising(ZeroDivisionError()))
    assert harness.state() is BreakerState.CLOSED


async def test_it_goes_by_monotonic_time_alone(harness: Harness) -> None:
    await harness.trip()
    await harness.clock.advance(RECOVERY - 0.001)
    assert harness.state() is BreakerState.OPEN
    await harness.clock.advance(0.001)
    assert harness.state() is BreakerState.HALF_OPEN
    await harness.succeed()


async def test_a_reset_closes_it_at_once(harness: Harness) -> None:
    await harness.trip()
    harness.gate.reset()
    assert await harness.succeed() == "well"
    assert harness.changes == [BreakerState.OPEN, BreakerState.CLOSED]
