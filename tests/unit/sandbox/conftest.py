"""A sandbox whose clock stands still, and a raw client of its gateway."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sandbox.app import Sandbox
from sandbox.settings import SandboxSettings
from sandbox.test_ca import TestAuthority
from tests.unit.sandbox.raw_gateway import RawGateway, connect

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> SandboxSettings:
    """What the `sandbox` fixture starts with."""
    return SandboxSettings(directory=tmp_path / "sandbox", frozen_at=START)


@pytest.fixture
async def sandbox(settings: SandboxSettings) -> AsyncIterator[Sandbox]:
    """A sandbox for one test."""
    async with Sandbox.start(settings) as started:
        yield started


@pytest.fixture
async def gateway(sandbox: Sandbox) -> AsyncIterator[RawGateway]:
    """A client of the sandbox's gateway."""
    client = connect(sandbox)
    async with client.session:
        yield client


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> TestAuthority:
    """A GOST CA for the whole run."""
    return TestAuthority.create(tmp_path_factory.mktemp("gost") / "ca")
