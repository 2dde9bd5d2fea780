"""Checkpoints exchanged with the hub: none goes back, and none makes the agent sign what it should not."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hub.core.audit_checkpoints import CheckpointKey, checkpoint_line, countersignature_line
from hub.signing import wire as hub_wire
from landhub.signer.v1.signer_service_pb2 import CountersignCheckpointResponse
from signer_agent.checkpoint import Checkpoint
from signer_agent.clock import milliseconds
from signer_agent.errors import AgentError, SettingsError
from signer_agent.exchange import CheckpointExchange, Exchange
from signer_agent.rpc import wire
from signer_agent.witnessed import read_witnessed
from tests.unit.agent.support import CHAIN, NOON, Bench

REQUEST_ID = "00000000-0000-4000-8000-000000000001"


def hub_checkpoint(key: Ed25519PrivateKey, *, count: int = 7, head: bytes = b"h" * 32, **changes: object) -> Checkpoint:
    stated = {
        "count": count,
        "head": head.hex(),
        "instance": "i-1",
        "previous": "",
        "time": NOON.isoformat(),
        "type": "landhub.audit.checkpoint.v1",
        **changes,
    }
    statement = json.dumps(stated, separators=(",", ":"), sort_keys=True).encode()
    return Checkpoint(
        chain="audit:i-1",
        count=count,
        head=head,
        time_ms=milliseconds(NOON),
        statement=statement,
        signature=key.sign(statement),
    )


async def take(bench: Bench, checkpoint: Checkpoint) -> Exchange:
    return await bench.exchange.take(checkpoint, request_id=REQUEST_ID, business_reference="", trace_id="")


async def refused(bench: Bench, checkpoint: Checkpoint) -> str:
    with pytest.raises(AgentError) as caught:
        await take(bench, checkpoint)
    return caught.value.reason


async def test_both_sides_sign_and_the_journal_keeps_the_hubs_word(bench: Bench) -> None:
    given = hub_checkpoint(bench.hub_key)

    exchange = await take(bench, given)

    public_key = bench.journal_key.public_key()
    assert exchange.countersigned.statement == given.statement
    assert exchange.countersigned.is_signed_by(public_key)
    assert exchange.journal_checkpoint.is_signed_by(public_key)
    assert exchange.journal_checkpoint.is_of_journal()
    assert (exchange.journal_checkpoint.chain, exchange.journal_checkpoint.count) == (CHAIN, 1)
    record = next(bench.journal.records(after=0))
    assert Checkpoint.from_texts(record.entry.details) == given


async def test_the_same_checkpoint_again_gets_the_same_word_and_no_second_record(bench: Bench) -> None:
    given = hub_checkpoint(bench.hub_key)

    first, second = await take(bench, given), await take(bench, given)

    assert first.countersigned == second.countersigned
    assert bench.phases() == ["CHECKPOINT"]


@pytest.mark.parametrize("restart", [False, True])
async def test_a_checkpoint_that_goes_back_or_aside_is_refused(bench: Bench, restart: bool) -> None:
    await take(bench, hub_checkpoint(bench.hub_key, count=7))
    if restart:
        bench = await bench.reopen()

    assert await refused(bench, hub_checkpoint(bench.hub_key, count=6)) == "CHECKPOINT_BEHIND"
    assert await refused(bench, hub_checkpoint(bench.hub_key, count=7, head=b"x" * 32)) == "CHECKPOINT_BEHIND"
    await take(bench, hub_checkpoint(bench.hub_key, count=8))


@pytest.mark.parametrize(
    "change",
    [
        {"chain": "audit:i-2"},
        {"chain": CHAIN},
        {"count": 8},
        {"head": b"x" * 32},
        {"signature": bytes(64)},
        {"signature": b""},
        {"statement": b"{}"},
        {"statement": b""},
        {"statement": b"\xff" * 5000},
    ],
)
async def test_a_checkpoint_that_does_not_say_what_was_signed_is_refused(
    bench: Bench, change: dict[str, object]
) -> None:
    given = replace(hub_checkpoint(bench.hub_key), **change)  # type: ignore[arg-type]

    assert await refused(bench, given) == "CHECKPOINT_INVALID"


async def test_a_checkpoint_by_another_key_is_refused(bench: Bench) -> None:
    assert await refused(bench, hub_checkpoint(Ed25519PrivateKey.generate())) == "CHECKPOINT_INVALID"


async def test_a_hub_cannot_have_checkpoints_of_the_agents_journal_made(bench: Bench) -> None:
    forged = (await bench.journal.checkpoint()).signed_again(bench.hub_key)
    mistyped = hub_checkpoint(bench.hub_key, type="landhub.journal.checkpoint.v1", chain=CHAIN)

    assert await refused(bench, forged) == "CHECKPOINT_INVALID"
    assert await refused(bench, mistyped) == "CHECKPOINT_INVALID"
    assert await refused(bench, replace(mistyped, chain=CHAIN)) == "CHECKPOINT_INVALID"
    with pytest.raises(ValueError, match="only the journal itself"):
        bench.journal.countersign(mistyped)


async def test_a_statement_in_another_form_of_json_is_refused(bench: Bench) -> None:
    given = hub_checkpoint(bench.hub_key)
    spaced = json.dumps(json.loads(given.statement), sort_keys=True).encode()

    changed = replace(given, statement=spaced, signature=bench.hub_key.sign(spaced))

    assert await refused(bench, changed) == "CHECKPOINT_INVALID"


async def test_without_a_pinned_key_none_is_taken(bench: Bench) -> None:
    bench.exchange = CheckpointExchange(hub_key=None, journal=bench.journal, ledger=bench.ledger)

    assert await refused(bench, hub_checkpoint(bench.hub_key)) == "CHECKPOINT_INVALID"


async def test_the_hubs_own_checkpoints_are_understood_and_what_it_keeps_of_ours_is_read_back(
    bench: Bench, tmp_path: Path
) -> None:
    signed = CheckpointKey(key=bench.hub_key).sign(
        instance="01920000-0000-7000-8000-000000000001", count=12, head=b"h" * 32, time=NOON, previous="ab" * 32
    )

    exchange = await take(bench, wire.checkpoint_of(hub_wire.checkpoint_request(signed).checkpoint))
    answer = CountersignCheckpointResponse(
        countersigned=wire.checkpoint(exchange.countersigned),
        journal_checkpoint=wire.checkpoint(exchange.journal_checkpoint),
    )
    kept = countersignature_line(hub_wire.countersignature("agent", signed, answer))
    (tmp_path / "checkpoints.jsonl").write_bytes(checkpoint_line(signed) + kept)

    assert read_witnessed(tmp_path / "checkpoints.jsonl", chain=CHAIN) == (exchange.journal_checkpoint,)
    bench.journal_key.public_key().verify(exchange.countersigned.signature, signed.body)
    with pytest.raises(SettingsError, match="holds no checkpoint"):
        read_witnessed(tmp_path / "checkpoints.jsonl", chain="journal:other")
