"""The story of a signature: decided, journaled, signed, verified, journaled; and what happens when a step fails."""

import asyncio
import os
import uuid
from datetime import timedelta

import pytest

from gost.cms import read_signed_data
from gost.digest import DigestAlgorithm
from sandbox.foreign_signer import verify_detached
from sandbox.openssl import OpenSslError
from signer_agent.errors import AgentError
from signer_agent.journal_record import Phase
from signer_agent.model import DocumentKind, Signature
from tests.unit.agent.conftest import OpenBench
from tests.unit.agent.support import DIGEST, DOCUMENT, NOON, Bench, Keys, caller_rule, request, rule


async def test_openssl_accepts_the_signature_and_not_after_one_byte_of_the_document_changed(
    bench: Bench, keys: Keys
) -> None:
    made = await bench.signed(request(keys))

    verify_detached(DOCUMENT, made.cms, keys.authority.chain_path)
    with pytest.raises(OpenSslError):
        verify_detached(DOCUMENT[:-1] + b"!", made.cms, keys.authority.chain_path)
    assert made.rule == "contracts"
    assert made.signing_time == NOON


async def test_the_decision_is_durable_before_the_key_is_used(bench: Bench, keys: Keys) -> None:
    phases: list[list[str]] = []
    bench.backend._before = lambda _: phases.append(bench.phases())

    await bench.signed(request(keys))

    assert phases == [["DECIDED"]]
    assert bench.phases() == ["DECIDED", "SIGNED"]


async def test_the_key_is_given_signed_attributes_and_never_the_digest_itself(bench: Bench, keys: Keys) -> None:
    made = await bench.signed(request(keys))

    assert len(bench.signed_bytes) == 1
    assert bench.signed_bytes[0].startswith(b"\x31")  # a DER SET OF attributes
    assert DIGEST in bench.signed_bytes[0]
    assert read_signed_data(made.cms).content is None


async def test_a_signature_that_does_not_verify_is_withheld_and_journaled_as_failed(bench: Bench, keys: Keys) -> None:
    bench.break_signature = True

    answer = await bench.sign(request(keys))

    assert isinstance(answer, AgentError)
    assert answer.reason == "SIGNATURE_WITHHELD"
    assert bench.phases() == ["DECIDED", "FAILED"]


async def test_a_signature_whose_record_cannot_be_written_is_withheld(
    bench: Bench, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = request(keys)
    written = os.write

    def fail(_file: int, _data: bytes) -> int:
        raise OSError(28, "No space left on device")

    bench.backend._before = lambda _: monkeypatch.setattr(os, "write", fail)
    answer = await bench.sign(asked)
    monkeypatch.setattr(os, "write", written)
    bench.backend._before = lambda _: None

    assert isinstance(answer, AgentError)
    assert answer.reason == "JOURNAL_UNAVAILABLE"
    assert bench.phases() == ["DECIDED"]
    assert isinstance(await bench.sign(asked), Signature)  # with room again, the same request goes on


async def test_nothing_is_signed_when_the_decision_cannot_be_written(
    bench: Bench, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_file: int, _data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", fail)

    assert await bench.refused(request(keys)) == "JOURNAL_UNAVAILABLE"


async def test_a_journal_that_could_not_be_synced_is_not_trusted_again(
    bench: Bench, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", _io_error)
        assert await bench.refused(request(keys)) == "JOURNAL_UNAVAILABLE"

    assert await bench.refused(request(keys)) == "JOURNAL_UNAVAILABLE"


async def test_the_same_request_again_gets_the_same_signature(bench: Bench, keys: Keys) -> None:
    asked = request(keys)

    first = await bench.signed(asked)
    second = await bench.signed(asked)

    assert second == first
    assert len(bench.signed_bytes) == 1
    assert bench.phases() == ["DECIDED", "SIGNED"]


async def test_the_same_request_gets_the_same_signature_after_a_restart(bench: Bench, keys: Keys) -> None:
    asked = request(keys)
    first = await bench.signed(asked)

    again = await bench.reopen()

    assert await again.signed(asked) == first
    assert again.signed_bytes == []


async def test_the_same_request_at_once_is_signed_once(bench: Bench, keys: Keys) -> None:
    asked = request(keys)

    answers = await asyncio.gather(*(bench.sign(asked) for _ in range(20)))

    assert len({answer.cms for answer in answers if isinstance(answer, Signature)}) == 1
    assert len(bench.signed_bytes) == 1


async def test_a_request_twice_in_one_batch_is_signed_once(bench: Bench, keys: Keys) -> None:
    asked = request(keys)

    first, second = await bench.service.sign([asked, asked])

    assert first == second
    assert len(bench.signed_bytes) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"digest": bytes(32)},
        {"digest": bytes(64), "digest_algorithm": DigestAlgorithm.STREEBOG_512},
        {"certificate": "0" * 40},
    ],
)
@pytest.mark.parametrize("restart", [False, True])
async def test_a_request_id_used_for_something_else_is_refused(
    bench: Bench, keys: Keys, change: dict[str, object], restart: bool
) -> None:
    asked = request(keys)
    await bench.signed(asked)
    if restart:
        bench = await bench.reopen()

    assert await bench.refused(request(keys, request_id=asked.request_id, **change)) == "REQUEST_ID_REUSED"


async def test_what_was_decided_before_a_crash_is_signed_once_afterwards(bench: Bench, keys: Keys) -> None:
    asked = request(keys)

    def die(_: bytes) -> None:
        raise SystemError("killed")

    bench.backend._before = die
    with pytest.raises(SystemError):
        await bench.sign(asked)
    assert bench.phases() == ["DECIDED"]

    again = await bench.reopen()
    made = await again.signed(asked)

    verify_detached(DOCUMENT, made.cms, keys.authority.chain_path)
    assert again.phases() == ["DECIDED", "DECIDED", "SIGNED"]
    assert again.ledger.used("contracts", time_ms=0, request_id="") == 1


async def test_what_was_decided_before_a_crash_is_not_signed_if_the_policy_forbids_it_now(
    bench: Bench, keys: Keys
) -> None:
    asked = request(keys)
    bench.backend._before = lambda _: (_ for _ in ()).throw(SystemError("killed"))
    with pytest.raises(SystemError):
        await bench.sign(asked)

    again = await bench.reopen(rules=[])

    assert await again.refused(asked) == "POLICY_REFUSED"


async def test_a_batch_answers_each_request_for_itself_and_in_order(bench: Bench, keys: Keys) -> None:
    good = [request(keys, digest=bytes([number]) * 32) for number in range(130)]
    bad = request(keys, document_kind=DocumentKind.OTHER)

    answers = await bench.service.sign([*good[:70], bad, *good[70:]])

    assert [type(answer).__name__ for answer in answers].count("Signature") == 130
    refused = answers.pop(70)
    assert isinstance(refused, AgentError)
    assert refused.reason == "POLICY_REFUSED"
    for asked, answer in zip(good, answers, strict=True):
        assert isinstance(answer, Signature)
        assert asked.digest in answer.cms


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("expired", "CERTIFICATE_NOT_VALID_NOW"),
        ("early", "CERTIFICATE_NOT_VALID_NOW"),
        ("bare", "PRIVATE_KEY_MISSING"),
        ("agreement", "POLICY_REFUSED"),
    ],
)
async def test_a_certificate_that_cannot_sign_now_is_refused(bench: Bench, keys: Keys, name: str, reason: str) -> None:
    assert await bench.refused(request(keys, certificate=keys.thumbprints[name])) == reason
    assert bench.phases() == ["REFUSED"]


async def test_a_thumbprint_that_nobody_holds_is_not_found(bench: Bench, keys: Keys) -> None:
    assert await bench.refused(request(keys, certificate="0" * 40)) == "CERTIFICATE_NOT_FOUND"


async def test_a_digest_that_does_not_fit_the_key_is_refused(bench: Bench, keys: Keys) -> None:
    longer = request(keys, digest=bytes(64), digest_algorithm=DigestAlgorithm.STREEBOG_512)
    mislabelled = request(keys, digest=bytes(64))

    assert await bench.refused(longer) == "DIGEST_NOT_FITTING"
    assert await bench.refused(mislabelled) == "DIGEST_NOT_FITTING"


async def test_the_cap_holds_under_concurrency_and_over_restarts_and_ends_with_the_day(
    open_bench: OpenBench, keys: Keys
) -> None:
    bench = await open_bench([rule(cap_per_day=3)])
    answers = await bench.service.sign([request(keys) for _ in range(2)])
    assert all(isinstance(answer, Signature) for answer in answers)

    bench = await bench.reopen()
    answers = await asyncio.gather(*(bench.sign(request(keys)) for _ in range(5)))

    assert sum(isinstance(answer, Signature) for answer in answers) == 1
    refusals = [answer for answer in answers if isinstance(answer, AgentError)]
    assert {refusal.reason for refusal in refusals} == {"CAP_REACHED"}
    assert refusals[0].retry_after == timedelta(hours=12)
    bench.clock.move(timedelta(hours=12))
    await bench.signed(request(keys))


async def test_asking_again_takes_no_second_place_under_the_cap(open_bench: OpenBench, keys: Keys) -> None:
    bench = await open_bench([rule(cap_per_day=1)])
    asked = request(keys)
    bench.break_signature = True
    await bench.sign(asked)
    bench.break_signature = False

    await bench.signed(asked)

    assert await bench.refused(request(keys)) == "CAP_REACHED"


async def test_nothing_is_signed_while_the_clock_stands_behind_the_journal(bench: Bench, keys: Keys) -> None:
    await bench.signed(request(keys))

    bench.clock.move(timedelta(minutes=-10))
    assert await bench.refused(request(keys)) == "CLOCK_BEHIND_JOURNAL"

    bench.clock.move(timedelta(minutes=10))
    await bench.signed(request(keys))


async def test_a_damaged_kept_signature_is_not_handed_out(bench: Bench, keys: Keys) -> None:
    asked = request(keys)
    await bench.signed(asked)
    path = bench.folder / "attachments.bin"
    kept = path.read_bytes()
    path.write_bytes(kept[:-1] + bytes([kept[-1] ^ 1]))

    assert await bench.refused(asked) == "SIGNATURE_WITHHELD"


async def test_what_was_begun_ends_though_the_caller_stops_waiting(bench: Bench, keys: Keys) -> None:
    asked = request(keys)
    waiting = asyncio.create_task(bench.sign(asked))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await bench.service.finish(timeout_seconds=10)

    assert bench.phases() == ["DECIDED", "SIGNED"]


async def test_refusals_are_journaled_with_their_reason_and_only_so_many_a_minute(bench: Bench, keys: Keys) -> None:
    strangers = [request(keys, caller="stranger", request_id=str(uuid.uuid4())) for _ in range(200)]
    await bench.service.sign(strangers)
    journaled = list(bench.journal.records(after=0))

    assert len(journaled) == 120
    assert {(record.entry.phase, record.entry.reason) for record in journaled} == {(Phase.REFUSED, "POLICY_REFUSED")}
    bench.clock.move(timedelta(minutes=1))
    await bench.sign(strangers[0])
    assert next(bench.journal.records(after=120)).entry.details["left_out_before"] == "80"


async def test_the_journal_holds_no_name_of_the_certificates_owner(open_bench: OpenBench, keys: Keys) -> None:
    bench = await open_bench([caller_rule(certificates=[keys.thumbprints["other"]]), rule()])
    await bench.signed(request(keys))
    await bench.sign(request(keys, certificate=keys.thumbprints["other"]))

    content = (bench.folder / "journal.jsonl").read_text()

    assert "Продавцов" not in content
    assert "500100732259" not in content


def _io_error(_file: int) -> None:
    raise OSError(5, "Input/output error")
