"""Something in use is exchanged while it is used, and closed when nobody uses it any more."""

import asyncio

from hub.core.in_use import InUse


class Thing:
    def __init__(self) -> None:
        self.closed = 0

    async def close(self) -> None:
        self.closed += 1


async def test_who_began_with_the_old_one_ends_with_it_and_then_it_is_closed() -> None:
    old, new = Thing(), Thing()
    in_use = InUse(old, close=Thing.close)
    async with in_use.use() as first:
        in_use.exchange(new)
        async with in_use.use() as second:
            assert (first, second) == (old, new)
        await asyncio.sleep(0)
        assert old.closed == 0
    await asyncio.sleep(0)
    assert (old.closed, new.closed) == (1, 0)
    await in_use.close()
    assert (old.closed, new.closed) == (1, 1)


async def test_an_idle_one_is_closed_at_once() -> None:
    old = Thing()
    in_use = InUse(old, close=Thing.close)
    in_use.exchange(Thing())
    await asyncio.sleep(0)
    assert old.closed == 1
