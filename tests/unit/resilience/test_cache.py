"""One call for all who ask at once, answers that tell their age, failures that aren't kept."""

import asyncio

import pytest

from hub.core.clock import FakeClock
from hub.resilience.cache import Cache


class Source:
    def __init__(self) -> None:
        self.calls = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self.error: Exception | None = None

    async def __call__(self) -> int:
        self.calls += 1
        number = self.calls
        await self.gate.wait()
        if self.error:
            raise self.error
        return number


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def cache(clock: FakeClock) -> Cache[str, int]:
    return Cache(clock=clock, max_entries=2)


async def test_an_answer_is_kept_for_as_long_as_the_question_allows(cache: Cache[str, int], clock: FakeClock) -> None:
    source = Source()
    first = await cache.get("a", source, max_age_seconds=10)
    await clock.advance(10)
    kept = await cache.get("a", source, max_age_seconds=10)
    assert (kept.value, kept.observe_time, kept.is_cached) == (1, first.observe_time, True)
    await clock.advance(1)
    fresh = await cache.get("a", source, max_age_seconds=10)
    assert (fresh.value, fresh.observe_time, fresh.is_cached) == (2, clock.now(), False)


async def test_fifty_who_ask_at_once_cause_one_call(cache: Cache[str, int]) -> None:
    source = Source()
    source.gate.clear()
    asking = [asyncio.create_task(cache.get("a", source, max_age_seconds=10)) for _ in range(50)]
    await asyncio.sleep(0)
    source.gate.set()
    assert {observed.value for observed in await asyncio.gather(*asking)} == {1}
    assert source.calls == 1


async def test_one_who_gives_up_does_not_take_the_answer_from_the_others(cache: Cache[str, int]) -> None:
    source = Source()
    source.gate.clear()
    first, second = (asyncio.create_task(cache.get("a", source, max_age_seconds=10)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    source.gate.set()
    assert (await second).value == 1
    assert source.calls == 1


async def test_zero_asks_now_and_joins_nobody(cache: Cache[str, int]) -> None:
    source = Source()
    source.gate.clear()
    earlier = asyncio.create_task(cache.get("a", source, max_age_seconds=10))
    await asyncio.sleep(0)
    now = asyncio.create_task(cache.get("a", source, max_age_seconds=0))
    await asyncio.sleep(0)
    source.gate.set()
    assert (await now).value == 2
    assert (await earlier).value == 1


async def test_the_age_counts_from_before_the_call_left(cache: Cache[str, int], clock: FakeClock) -> None:
    source = Source()
    source.gate.clear()
    asked_at = clock.now()
    asking = asyncio.create_task(cache.get("a", source, max_age_seconds=10))
    await clock.advance(5)
    source.gate.set()
    assert (await asking).observe_time == asked_at
    await clock.advance(6)
    assert not (await cache.get("a", source, max_age_seconds=10)).is_cached


async def test_a_failure_reaches_all_who_asked_and_is_not_kept(cache: Cache[str, int]) -> None:
    source = Source()
    source.error = LookupError("down")
    results = await asyncio.gather(
        *(cache.get("a", source, max_age_seconds=10) for _ in range(3)), return_exceptions=True
    )
    assert all(isinstance(result, LookupError) for result in results)
    assert source.calls == 1
    source.error = None
    assert (await cache.get("a", source, max_age_seconds=10)).value == 2


async def test_it_is_bounded(cache: Cache[str, int]) -> None:
    source = Source()
    for key in ("a", "b", "c"):
        await cache.get(key, source, max_age_seconds=10)
    assert not (await cache.get("a", source, max_age_seconds=10)).is_cached
    assert (await cache.get("c", source, max_age_seconds=10)).is_cached
