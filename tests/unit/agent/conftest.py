"""Keys once a session, an agent a test."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from signer_agent.attestation import AttestationKey
from signer_agent.settings import RuleSettings
from tests.unit.agent.support import Bench, Keys, caller_rule, make_keys, rule

OpenBench = Callable[[Sequence[RuleSettings]], Awaitable[Bench]]


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return make_keys(tmp_path_factory.mktemp("agent-keys"))


@pytest.fixture
def caller_key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()


@pytest.fixture
async def open_bench(tmp_path: Path, keys: Keys, caller_key: Ed25519PrivateKey) -> AsyncIterator[OpenBench]:
    opened: list[Bench] = []

    async def make(rules: Sequence[RuleSettings]) -> Bench:
        named = {"crm-key": AttestationKey(key=caller_key.public_key(), caller="crm")}
        bench = Bench(folder=tmp_path / "state", keys=keys, rules=rules, attestation_keys=named)
        opened.append(bench)
        return bench

    yield make
    for bench in opened:
        bench.workers.shutdown()


@pytest.fixture
async def bench(open_bench: OpenBench) -> Bench:
    """An agent that takes the hub's word for contracts of the crm."""
    return await open_bench([rule()])


@pytest.fixture
async def guarded(open_bench: OpenBench) -> Bench:
    """An agent that takes nothing but the crm's own word."""
    return await open_bench([caller_rule()])
