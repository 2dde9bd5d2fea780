"""CAdES-T through a real agent and a simulated authority: no signature is lost to a missing timestamp."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, update

from hub.core.errors import UnavailableError
from hub.modules.signatures.formats import Format
from hub.modules.signatures.personal import personal_data
from hub.modules.signatures.port import DigestToSign
from hub.modules.signatures.providers import tsp
from hub.modules.signatures.records import SIGNATURE, made_hash
from hub.modules.signatures.store import SignatureRow, signatures
from hub.modules.signatures.verification import Document
from sandbox.clock import SandboxClock
from sandbox.faults import Fault, FaultBoard, FaultKind
from sandbox.foreign_signer import verify_detached
from sandbox.listener import Listener
from sandbox.timestamp_authority import TimestampAuthority
from sandbox.timestamp_server import TimestampServer
from tests.contract.provider_context import make_context
from tests.modules.signatures.conftest import AgentProcess, Desk, Pki, open_desk, recorded_hashes
from tests.modules.signatures.test_formats import opened, signed
from tests.modules.signatures.test_signing import CONTRACT, to_sign

T_DETACHED = Format.CADES_T_DETACHED


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamps:
    """The authority, what befalls it, and the desk that asks it."""

    server: TimestampServer
    faults: FaultBoard
    desk: Desk

    async def now(self, row: SignatureRow) -> SignatureRow:
        return await self.desk.service.get_signature(self.desk.core.call(), row.id)

    async def later(self, row: SignatureRow) -> SignatureRow:
        """The signature after what is due later, too, has run."""
        await self.desk.core.clock.advance(700)
        await self.desk.core.outbox.run_due()
        return await self.now(row)


@pytest.fixture(scope="session")
def authority(pki: Pki) -> TimestampAuthority:
    return TimestampAuthority.create(pki.authority)


@pytest.fixture
async def stamps(tmp_path: Path, pki: Pki, agent: AgentProcess, authority: TimestampAuthority) -> AsyncIterator[Stamps]:
    faults = FaultBoard()
    listener = Listener(host="127.0.0.1", port=0)
    server = TimestampServer(listener=listener, authority=authority, clock=SandboxClock(), faults=faults)
    await server.start()
    policy = {"attempt_timeout": 2, "total_timeout": 2, "max_attempts": 1, "failure_threshold": 100}
    settings = tsp.Settings.model_validate({"url": server.url, "policy": policy})
    port = tsp.build(settings, make_context(tmp_path))
    async with open_desk(tmp_path, pki, agent, port) as desk:
        yield Stamps(server=server, faults=faults, desk=desk)
    await port.close()
    await server.stop()


async def test_a_timestamp_is_put_beside_the_signature_and_proves_its_time(stamps: Stamps) -> None:
    first = await signed(stamps.desk, T_DETACHED)
    assert (first.state, first.timestamp_state, first.format) == ("SIGNED", "PENDING", "CADES_T_DETACHED")
    assert first.cms is not None
    verify_detached(CONTRACT, first.cms, stamps.desk.pki.authority.chain_path)
    await stamps.desk.core.outbox.run_due()
    row = await stamps.now(first)
    assert row.timestamp_state == "MADE"
    assert row.cms is not None
    verify_detached(CONTRACT, row.cms, stamps.desk.pki.authority.chain_path)
    report = await stamps.desk.service.verification.verify(Document(content=CONTRACT), row.cms)
    assert report.is_valid
    assert report.signers[0].signing_time_proven == row.timestamp_time


async def test_a_timestamp_is_put_beside_an_attached_signature(stamps: Stamps, tmp_path: Path) -> None:
    first = await signed(stamps.desk, Format.CADES_T_ATTACHED)
    await stamps.desk.core.outbox.run_due()
    row = await stamps.now(first)
    assert row.cms is not None
    assert row.timestamp_state == "MADE"
    assert opened(row.cms, stamps.desk, tmp_path) == CONTRACT


async def test_of_signatures_beside_one_another_ours_gets_the_timestamp(stamps: Stamps) -> None:
    first = await signed(stamps.desk, Format.CADES_BES_DETACHED)
    assert first.cms is not None
    item_call = stamps.desk.core.call(2)
    hashed = await stamps.desk.service.hash_document(
        item_call, stamps.desk.thumbprint, "CONTRACT", _whole(CONTRACT), form=T_DETACHED, existing_cms=first.cms
    )
    item = DigestToSign(
        digest=hashed.digest,
        digest_algorithm=hashed.algorithm,
        document_kind="CONTRACT",
        format=T_DETACHED,
        existing_cms=first.cms,
        digests=hashed.digests,
    )
    second = await stamps.desk.service.sign_one(item_call, stamps.desk.thumbprint, item)
    await stamps.desk.core.outbox.run_due()
    row = await stamps.now(second)
    assert row.cms is not None
    report = await stamps.desk.service.verification.verify(Document(content=CONTRACT), row.cms)
    assert sorted(len(signer.timestamps) for signer in report.signers) == [0, 1]


async def _whole(content: bytes) -> AsyncIterator[bytes]:
    yield content


async def test_timestamps_that_come_together_leave_an_audit_that_is_bound_to_all_of_them(
    stamps: Stamps, monkeypatch: pytest.MonkeyPatch
) -> None:
    core, port = stamps.desk.core, stamps.desk.service._stamping._port
    assert port is not None
    items = [replace(to_sign(name.encode()), format=T_DETACHED) for name in ("one", "two", "three")]
    first = await stamps.desk.service.sign_many(core.call(), stamps.desk.thumbprint, items)
    all_asked, fetch = asyncio.Barrier(len(items)), port.stamp

    async def together(*args: Any, **kwargs: Any) -> bytes:
        token = await fetch(*args, **kwargs)
        await all_asked.wait()
        return token

    monkeypatch.setattr(port, "stamp", together)
    await core.outbox.start()
    try:
        async with asyncio.timeout(20):
            rows = first
            while {row.timestamp_state for row in rows} != {"MADE"}:
                await core.clock.advance(0.001)
                rows = [await stamps.now(row) for row in first]
    finally:
        await core.outbox.stop(grace_seconds=1)
    assert made_hash(rows) in await recorded_hashes(core)


async def test_who_waits_gets_the_timestamp_with_the_signature(stamps: Stamps) -> None:
    core = stamps.desk.core
    await signed(stamps.desk, T_DETACHED)
    await core.outbox.start()
    try:
        waiting = asyncio.create_task(signed(stamps.desk, T_DETACHED))
        while not waiting.done():
            await core.clock.advance(0.001)  # so slow that the authority answers before the caller's time is over
            await core.database.read(lambda _: None)
        assert (await waiting).timestamp_state == "MADE"
    finally:
        await core.outbox.stop(grace_seconds=1)


async def test_an_authority_that_is_down_costs_a_delay_and_no_signature(stamps: Stamps) -> None:
    await stamps.server.stop()
    first = await signed(stamps.desk, T_DETACHED)
    await stamps.desk.core.outbox.run_due()
    still = await stamps.now(first)
    assert (still.state, still.timestamp_state, still.cms) == ("SIGNED", "PENDING", first.cms)
    await stamps.server.start()
    assert (await stamps.later(first)).timestamp_state == "MADE"


_FAULTS = [
    Fault(kind=FaultKind.TIMESTAMP_WRONG_NONCE),
    Fault(kind=FaultKind.TIMESTAMP_WRONG_IMPRINT),
    Fault(kind=FaultKind.TIMESTAMP_CERTIFICATE_EXPIRED),
    Fault(kind=FaultKind.TIMESTAMP_CLOCK_WRONG, seconds=600),
    Fault(kind=FaultKind.TIMESTAMP_CLOCK_WRONG, seconds=-600),
    Fault(kind=FaultKind.TIMESTAMP_REJECTED),
    Fault(kind=FaultKind.HTML),
    Fault(kind=FaultKind.HTTP_STATUS),
    Fault(kind=FaultKind.RESET),
    Fault(kind=FaultKind.ANSWER_LOST),
    Fault(kind=FaultKind.LATENCY, seconds=5),
]


@pytest.mark.parametrize("fault", _FAULTS, ids=lambda fault: f"{fault.kind}{fault.seconds:+.0f}")
async def test_a_timestamp_that_is_not_good_is_asked_for_again(fault: Fault, stamps: Stamps) -> None:
    stamps.faults.add(fault)
    first = await signed(stamps.desk, T_DETACHED)
    await stamps.desk.core.outbox.run_due()
    assert stamps.faults.struck[fault.kind] == 1
    assert (await stamps.now(first)).timestamp_state == "PENDING"
    row = await stamps.later(first)
    assert row.timestamp_state == "MADE"
    assert stamps.server.operations["timestamp"] == 2


async def test_a_refusal_for_good_ends_the_asking_and_leaves_the_signature(
    stamps: Stamps, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sandbox.timestamp_authority.POLICY", "1.2.3")
    monkeypatch.setattr("sandbox.timestamp_authority._DIGESTS", frozenset[str]())
    first = await signed(stamps.desk, T_DETACHED)
    await stamps.desk.core.outbox.run_due()
    row = await stamps.now(first)
    assert (row.state, row.timestamp_state, row.cms) == ("SIGNED", "FAILED", first.cms)
    assert row.timestamp_failure_reason == "TIMESTAMP_REFUSED"


async def test_an_authority_that_stays_away_is_given_up_in_the_end(stamps: Stamps) -> None:
    await stamps.server.stop()
    first = await signed(stamps.desk, T_DETACHED)
    long_ago = stamps.desk.core.clock.now() - timedelta(days=4)
    await stamps.desk.core.database.write(
        lambda conn: conn.execute(update(signatures).values(create_time=long_ago)), label="test"
    )
    row = await stamps.later(first)
    assert (row.state, row.timestamp_state) == ("SIGNED", "FAILED")
    assert row.timestamp_failure_reason == "TIMESTAMP_UNAVAILABLE"


async def test_what_was_erased_meanwhile_does_not_come_back_with_its_timestamp(
    stamps: Stamps, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await signed(stamps.desk, T_DETACHED)
    core = stamps.desk.core
    personal = personal_data(resource=SIGNATURE, keep=timedelta())

    def erase(conn: Connection) -> None:
        assert personal.blank(conn, first.id)

    fetch = stamps.desk.service._stamping._port.stamp  # type: ignore[union-attr]

    async def erased_meanwhile(*args: object, **kwargs: object) -> bytes:
        token: bytes = await fetch(*args, **kwargs)  # type: ignore[arg-type]
        await core.database.write(erase, label="test")
        return token

    monkeypatch.setattr(stamps.desk.service._stamping._port, "stamp", erased_meanwhile)
    await core.outbox.run_due()
    assert (await stamps.now(first)).cms is None


async def test_a_probe_gets_a_timestamp_or_says_why_not(stamps: Stamps, tmp_path: Path) -> None:
    port = tsp.build(tsp.Settings(url=stamps.server.url), make_context(tmp_path))
    await port.probe()
    await stamps.server.stop()
    with pytest.raises(UnavailableError):
        await port.probe()
    await port.close()


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("ftp://tsa.example", "http"),
        ("https://tsa.example/tsp", "ca_bundle"),
        ("http://user@tsa.example/", "without user"),
        ("http://10.1.2.3/tsp", "private"),
    ],
)
def test_an_address_that_is_no_authoritys_is_refused(url: str, problem: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=problem):
        tsp.build(tsp.Settings(url=url), make_context(tmp_path).in_production())


async def test_a_pending_timestamp_survives_that_its_authority_is_taken_out_of_the_settings(stamps: Stamps) -> None:
    first = await signed(stamps.desk, T_DETACHED)
    stamping = stamps.desk.service._stamping
    port, stamping._port = stamping._port, None
    await stamps.desk.core.outbox.run_due()
    assert (await stamps.now(first)).timestamp_state == "PENDING"
    stamping._port = port
    assert (await stamps.later(first)).timestamp_state == "MADE"
