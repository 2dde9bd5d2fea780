"""What waits goes together, and each of those who wait is answered for himself."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import pytest

from hub.signing.coalescing import Coalescer

LONG = 60.0


class Road:
    """Takes batches and answers each when told to."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self._gates: list[asyncio.Future[None]] = []

    async def send(self, items: Sequence[str]) -> Sequence[str]:
        self.batches.append(list(items))
        gate: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._gates.append(gate)
        await gate
        return [item.upper() for item in items]

    def answer(self, number: int, error: Exception | None = None) -> None:
        if error is None:
            self._gates[number].set_result(None)
        else:
            self._gates[number].set_exception(error)


def coalescer(
    send: Callable[[Sequence[str]], Awaitable[Sequence[str]]], *, at_once: int = 1, most: int = 100
) -> Coalescer[str, str]:
    return Coalescer[str, str](
        send=send,
        late=lambda taken: "late, perhaps sent" if taken else "late, never sent",
        full=lambda: "full",
        largest_batch=3,
        batches_at_once=at_once,
        most_waiting=most,
    )


async def turn() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_what_comes_in_one_turn_goes_together_and_the_rest_waits_for_its_place() -> None:
    road = Road()
    queue = coalescer(road.send)
    tasks = [asyncio.create_task(queue.submit([item], timeout_seconds=LONG)) for item in "abcd"]
    await turn()
    assert road.batches == [["a", "b", "c"]]
    road.answer(0)
    await turn()
    assert road.batches == [["a", "b", "c"], ["d"]]
    road.answer(1)
    assert await asyncio.gather(*tasks) == [["A"], ["B"], ["C"], ["D"]]


async def test_a_long_request_is_cut_into_batches_and_answered_in_its_order() -> None:
    road = Road()
    queue = coalescer(road.send, at_once=2)
    task = asyncio.create_task(queue.submit("abcdefg", timeout_seconds=LONG))
    await turn()
    assert road.batches == [["a", "b", "c"], ["d", "e", "f"]]
    road.answer(1)
    await turn()
    road.answer(2)
    road.answer(0)
    assert await task == list("ABCDEFG")


async def test_who_is_cancelled_in_the_queue_is_not_sent_and_who_is_under_way_harms_nobody() -> None:
    road = Road()
    queue = coalescer(road.send)
    under_way, other = (asyncio.create_task(queue.submit([item], timeout_seconds=LONG)) for item in "ab")
    await turn()
    waiting, behind = (asyncio.create_task(queue.submit([item], timeout_seconds=LONG)) for item in "cd")
    await turn()
    under_way.cancel()
    waiting.cancel()
    await turn()
    road.answer(0)
    assert await other == ["B"]
    await turn()
    assert road.batches == [["a", "b"], ["d"]]
    road.answer(1)
    assert await behind == ["D"]


async def test_a_late_answer_says_whether_the_request_may_have_been_sent() -> None:
    road = Road()
    queue = coalescer(road.send)
    sent = asyncio.create_task(queue.submit(["a"], timeout_seconds=0.01))
    await turn()
    unsent = asyncio.create_task(queue.submit(["b"], timeout_seconds=0.01))
    assert await sent == ["late, perhaps sent"]
    assert await unsent == ["late, never sent"]
    road.answer(0)
    await turn()
    assert road.batches == [["a"]]


async def test_a_batch_that_fails_fails_nobody_in_another() -> None:
    road = Road()
    queue = coalescer(road.send, at_once=2)
    tasks = [asyncio.create_task(queue.submit([item], timeout_seconds=LONG)) for item in "abcd"]
    await turn()
    road.answer(0, ValueError("the first batch is lost"))
    road.answer(1)
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(result) for result in results] == [ValueError, ValueError, ValueError, list]


async def test_answers_that_do_not_fit_the_questions_are_believed_for_none() -> None:
    async def send(_items: Sequence[str]) -> Sequence[str]:
        return ["A"]

    with pytest.raises(ValueError, match="argument 2"):
        await coalescer(send).submit(["a", "b"], timeout_seconds=LONG)


async def test_who_finds_no_place_is_told_at_once() -> None:
    road = Road()
    queue = coalescer(road.send, most=2)
    task = asyncio.create_task(queue.submit("abcd", timeout_seconds=LONG))
    await turn()
    road.answer(0)
    assert await task == ["A", "B", "full", "full"]


async def test_closing_answers_all_who_wait() -> None:
    road = Road()
    queue = coalescer(road.send)
    sent = asyncio.create_task(queue.submit(["a"], timeout_seconds=LONG))
    await turn()
    unsent = asyncio.create_task(queue.submit(["b"], timeout_seconds=LONG))
    await turn()
    await queue.close()
    assert await sent == ["late, perhaps sent"]
    assert await unsent == ["late, never sent"]
    assert queue.load == 0
