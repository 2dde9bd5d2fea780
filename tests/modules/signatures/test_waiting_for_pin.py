"""A signature whose key is locked waits for a person, and no longer than the settings say."""

import asyncio
from pathlib import Path

import pytest

from sandbox.csp.setup import EmulatedHost
from sandbox.foreign_signer import verify_detached
from signer_agent.clock import SystemClock as AgentClock
from signer_agent.installation import Plan, create
from tests.modules.signatures.conftest import Desk, Pki
from tests.modules.signatures.test_signing import CONTRACT, to_sign
from tests.support.csp import PIN
from tests.support.csp_agent import use_cryptopro
from tests.support.person import unlock


@pytest.fixture
def agent_folder(tmp_path: Path, pki: Pki) -> Path:
    """An agent over a token whose PIN a person gives."""
    host = EmulatedHost.create(tmp_path / "host", pki.authority)
    host.add(pki.seller, pki.authority, pin=PIN)
    folder = tmp_path / "agent"
    create(Plan(directory=folder, listen="127.0.0.1:0", development=True), clock=AgentClock())
    use_cryptopro(folder, host, pin="ask")
    return folder


async def test_it_waits_until_a_person_unlocks_the_key_and_is_then_signed(desk: Desk, agent_folder: Path) -> None:
    waiting = await desk.service.sign_one(desk.core.call(), desk.thumbprint, to_sign())
    assert waiting.state == "WAITING_FOR_PIN"
    assert waiting.expire_time is not None
    await desk.core.clock.advance(6)
    await desk.core.outbox.run_due()
    assert (await desk.service.get_signature(desk.core.call(), waiting.id)).state == "WAITING_FOR_PIN"

    status, shown = await asyncio.to_thread(unlock, agent_folder, typed=PIN)
    assert status == 0, shown
    await desk.core.clock.advance(6)
    await desk.core.outbox.run_due()

    signed = await desk.service.get_signature(desk.core.call(), waiting.id)
    assert signed.state == "SIGNED"
    assert signed.cms is not None
    verify_detached(CONTRACT, signed.cms, desk.pki.authority.chain_path)


async def test_it_expires_if_nobody_comes(desk: Desk) -> None:
    waiting = await desk.service.sign_one(desk.core.call(), desk.thumbprint, to_sign())
    assert waiting.expire_time is not None
    await desk.core.clock.advance((waiting.expire_time - desk.core.clock.now()).total_seconds() + 1)
    await desk.core.outbox.run_due()

    expired = await desk.service.get_signature(desk.core.call(), waiting.id)
    assert (expired.state, expired.failure_reason) == ("EXPIRED", "PIN_REQUIRED")
