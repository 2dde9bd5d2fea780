"""The ports of the notifications contract, made from what a subclass says of its provider."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from hub.modules.notifications.port import NotificationsPort
from sandbox.app import Sandbox
from tests.contract.notifications_contract import NotificationsContract
from tests.contract.notifications_sandbox import connect, sandbox_settings
from tests.contract.provider_context import Context


class SandboxedContract(NotificationsContract):
    """The suite against a vendor of the sandbox; a subclass gives `provider`, `vendor` and `values`, its settings."""

    @pytest.fixture
    async def sandbox(self, tmp_path: Path) -> AsyncIterator[Sandbox]:
        async with Sandbox.start(sandbox_settings(tmp_path)) as started:
            yield started

    @pytest.fixture
    async def port(self, context: Context, provider: Any, values: dict[str, Any]) -> AsyncIterator[NotificationsPort]:
        connected = connect(context, provider, values)
        yield connected
        await connected.close()

    @pytest.fixture
    async def impatient_port(
        self, context: Context, provider: Any, values: dict[str, Any]
    ) -> AsyncIterator[NotificationsPort]:
        connected = connect(context, provider, values, policy={"attempt_timeout": 1.0})
        yield connected
        await connected.close()

    async def test_production_refuses_a_vendor_on_this_machine(
        self, context: Context, provider: Any, values: dict[str, Any]
    ) -> None:
        with pytest.raises(ValueError, match="private address"):
            connect(context.in_production(), provider, values)

    async def test_plain_http_is_refused(self, context: Context, provider: Any, values: dict[str, Any]) -> None:
        with pytest.raises(ValueError, match="https"):
            connect(context, provider, values | {"api_url": values["api_url"].replace("https:", "http:")})
