"""Lookups don't cost a connection each, and wait their turn for one: handshakes are counted where they arrive.

Providers with access tokens will be counted likewise, by token fetches; there is none yet.
"""

import asyncio
from pathlib import Path

import pytest

from sandbox import registry
from sandbox.app import Sandbox
from tests.contract.provider_context import make_context
from tests.contract.xml_gateway_vendor import connect, sandbox_settings

_AT_ONCE = 64
_POOL = 8


@pytest.mark.parametrize("calls", [pytest.param(500), pytest.param(10_000, marks=pytest.mark.bench)])
async def test_so_many_lookups_shake_hands_no_more_often_than_the_pool_is_large(tmp_path: Path, calls: int) -> None:
    async with Sandbox.start(sandbox_settings(tmp_path)) as sandbox:
        port = connect(make_context(tmp_path), sandbox, policy={"max_concurrent": _POOL})
        left = iter(range(calls))

        async def ask() -> int:
            served = 0
            for _ in left:
                await port.get_land_plot(registry.SINGLE_OWNER)
                served += 1
            return served

        try:
            served = await asyncio.gather(*(ask() for _ in range(_AT_ONCE)))
        finally:
            await port.close()
        assert max(served) - min(served) <= 2, "whoever came first waits no longer than whoever came later"
        assert sandbox.gateway.operations["cadaster.info"] == calls
        assert sandbox.gateway.handshakes["finished"] <= _POOL
