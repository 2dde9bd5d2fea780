"""Calls keep to the pace, and are told how long they would wait."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.clock import FakeClock
from hub.resilience.policy import Rate
from hub.resilience.ratelimit import PaceExceededError, Pacer


async def _turns(pacer: Pacer, clock: FakeClock, count: int) -> list[float]:
    """At which second each of `count` callers that come at once gets its turn."""
    turns: list[float] = []

    async def call() -> None:
        await pacer.take_turn(at_most_seconds=1_000_000)
        turns.append(clock.monotonic())

    tasks = [asyncio.create_task(call()) for _ in range(count)]
    await clock.advance(1_000_000)
    await asyncio.gather(*tasks)
    return turns


async def test_as_many_as_allowed_go_at_once_and_the_rest_a_period_later() -> None:
    clock = FakeClock()
    pacer = Pacer(rate=Rate(calls=3, per_seconds=2), clock=clock)
    assert await _turns(pacer, clock, 8) == [0, 0, 0, 2, 2, 2, 4, 4]


async def test_a_wait_longer_than_allowed_is_told_and_takes_no_turn() -> None:
    clock = FakeClock()
    pacer = Pacer(rate=Rate(calls=1, per_seconds=10), clock=clock)
    await pacer.take_turn(at_most_seconds=0)
    for _ in range(3):
        with pytest.raises(PaceExceededError) as caught:
            await pacer.take_turn(at_most_seconds=9)
        assert caught.value.wait_seconds == 10
    await clock.advance(10)
    await pacer.take_turn(at_most_seconds=0)


@given(
    calls=st.integers(1, 5),
    gaps=st.lists(st.floats(min_value=0, max_value=3, allow_nan=False), min_size=1, max_size=30),
)
def test_no_period_ever_holds_more_than_the_rate(calls: int, gaps: list[float]) -> None:
    async def run() -> list[float]:
        clock = FakeClock()
        pacer = Pacer(rate=Rate(calls=calls, per_seconds=2), clock=clock)
        turns: list[float] = []

        async def call() -> None:
            await pacer.take_turn(at_most_seconds=1_000)
            turns.append(clock.monotonic())

        tasks = []
        for gap in gaps:
            await clock.advance(gap)
            tasks.append(asyncio.create_task(call()))
        await clock.advance(1_000)
        await asyncio.gather(*tasks)
        return turns

    turns = asyncio.run(run())
    assert len(turns) == len(gaps)
    for start in turns:
        assert sum(start <= turn < start + 2 - 1e-9 for turn in turns) <= calls
