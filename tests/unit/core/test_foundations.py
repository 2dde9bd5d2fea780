"""Time, ids, money, secrets, spans, health: the small things everything else trusts."""

import asyncio
import copy
import json
import os
import pickle
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from hub.core.call import Call
from hub.core.clock import FakeClock
from hub.core.crypto import KeyedHash
from hub.core.health import HealthRegistry, ServiceHealth, ServiceState
from hub.core.ids import SeededIds
from hub.core.money import Money
from hub.core.secrets import Secret, SecretError, Secrets, read_private_file
from hub.core.telemetry import Telemetry, current_trace_id, current_traceparent


def test_ids_are_uuids_of_version_7_in_the_order_they_were_made_and_repeat_from_a_seed() -> None:
    clock = FakeClock()
    ids, again = SeededIds(clock=clock, seed=5), SeededIds(clock=clock, seed=5)
    made = [ids.resource_id() for _ in range(10_000)]
    assert made == sorted(made)
    assert len(set(made)) == 10_000
    assert {uuid.UUID(one).version for one in made} == {7}
    assert {uuid.UUID(one).variant for one in made} == {uuid.RFC_4122}
    assert made[:5] == [again.resource_id() for _ in range(5)]


def test_fractions_and_tokens_stay_in_their_bounds() -> None:
    ids = SeededIds(clock=FakeClock())
    assert all(0 <= ids.fraction() < 1 for _ in range(1000))
    assert len(ids.token(32)) == 43


async def test_a_fake_clock_wakes_sleepers_in_the_order_of_their_time() -> None:
    clock, woken = FakeClock(), list[tuple[str, float]]()

    async def sleeper(name: str, seconds: float) -> None:
        await clock.sleep(seconds)
        woken.append((name, clock.monotonic()))

    tasks = [asyncio.create_task(sleeper(name, seconds)) for name, seconds in (("b", 2), ("a", 1), ("c", 9))]
    await clock.advance(5)
    assert woken == [("a", 1), ("b", 2)]
    assert clock.now() == datetime(2026, 1, 1, 0, 0, 5, tzinfo=UTC)
    await clock.advance(5)
    await asyncio.gather(*tasks)
    assert woken[-1] == ("c", 9)


def test_money_is_exact_and_of_one_currency() -> None:
    assert Money(minor_units=150_000_005, currency="RUB").decimal_text() == "1500000.05"
    assert Money(minor_units=-5, currency="RUB").decimal_text() == "-0.05"
    with pytest.raises(ValueError, match="three capital letters"):
        Money(minor_units=1, currency="rub")
    with pytest.raises(ValueError, match="different currencies"):
        Money(minor_units=1, currency="RUB") + Money(minor_units=1, currency="USD")


def test_a_secret_shows_nowhere() -> None:
    secret = Secret(b"canary")
    shown = [repr(secret), str(secret), f"{secret}", f"{secret:>10}", "%s" % secret, str([secret])]  # noqa: UP031
    assert not any("canary" in text for text in shown)
    for leak in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError):
            leak(secret)
    with pytest.raises(TypeError):
        json.dumps(secret)


def test_a_call_shows_no_content_of_its_request() -> None:
    call = Call(caller="crm", group="crm", method="/m", deadline=1.0, fingerprint=b"canary")
    assert "canary" not in repr(call)


def _file(folder: Path, mode: int = 0o600, content: bytes = b"value\n") -> Path:
    path = folder / "key"
    path.write_bytes(content)
    path.chmod(mode)
    return path


def test_references_to_the_environment_and_to_private_files_resolve(tmp_path: Path) -> None:
    _file(tmp_path)
    secrets = Secrets(base=tmp_path, environment={"NAME": "from env"})
    assert secrets.resolve("env:NAME").text() == "from env"
    assert secrets.resolve("file:key").text() == "value"


@pytest.mark.parametrize("reference", ["plain value", "env:", "env:MISSING", "file:missing", "vault:x", ""])
def test_what_is_no_usable_reference_is_refused_without_repeating_it(tmp_path: Path, reference: str) -> None:
    with pytest.raises(SecretError) as refused:
        Secrets(base=tmp_path, environment={}).resolve(reference)
    assert "plain value" not in str(refused.value)


def test_a_profile_may_refuse_the_environment(tmp_path: Path) -> None:
    secrets = Secrets(base=tmp_path, environment={"NAME": "x"}, allow_environment=False)
    with pytest.raises(SecretError, match="not allowed"):
        secrets.resolve("env:NAME")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o620, 0o601])
def test_a_file_open_to_others_is_refused_also_behind_a_link(tmp_path: Path, mode: int) -> None:
    path = _file(tmp_path, mode)
    (tmp_path / "link").symlink_to(path)
    for name in ("key", "link"):
        with pytest.raises(SecretError, match="chmod 600"):
            read_private_file(tmp_path / name)


def test_a_folder_a_pipe_and_an_empty_file_are_no_secrets(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    for path in (tmp_path, tmp_path / "pipe"):
        with pytest.raises(SecretError, match="regular file"):
            read_private_file(path)
    with pytest.raises(SecretError, match="empty"):
        read_private_file(_file(tmp_path, content=b""))


def test_a_keyed_hash_tells_lists_apart_and_needs_its_key() -> None:
    one, other = KeyedHash(key=Secret(b"1"), key_id="1"), KeyedHash(key=Secret(b"2"), key_id="2")
    assert one.digest("p", b"ab", b"c") != one.digest("p", b"a", b"bc")
    assert one.digest("p", b"ab") != one.digest("q", b"ab")
    assert one.digest("p", b"ab") != other.digest("p", b"ab")
    assert one.pseudonym("p", "ab") == one.pseudonym("p", "ab")


@pytest.fixture
def exported() -> tuple[Telemetry, InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    return Telemetry(tracer=provider.get_tracer("test")), exporter


def test_a_span_keeps_listed_attributes_and_drops_the_rest(exported: tuple[Telemetry, InMemorySpanExporter]) -> None:
    telemetry, exporter = exported
    with telemetry.span("work", attributes={"landhub.attempt": 1, "owner.name": "canary"}):
        pass
    assert dict(exporter.get_finished_spans()[0].attributes or {}) == {"landhub.attempt": 1}


def test_a_failed_span_tells_the_class_of_the_error_and_never_its_words(
    exported: tuple[Telemetry, InMemorySpanExporter],
) -> None:
    telemetry, exporter = exported
    with pytest.raises(LookupError), telemetry.span("work"):
        raise LookupError("canary")
    span = exporter.get_finished_spans()[0]
    assert (span.attributes or {})["error.type"] == "LookupError"
    assert not span.status.is_ok
    assert "canary" not in span.to_json()


def test_a_trace_goes_on_across_a_row(exported: tuple[Telemetry, InMemorySpanExporter]) -> None:
    telemetry, exporter = exported
    with telemetry.span("call"):
        kept, trace_id = current_traceparent(), current_trace_id()
    assert current_traceparent() == ""
    with telemetry.span("job", parent=kept):
        assert current_trace_id() == trace_id
    call, job = exporter.get_finished_spans()
    assert job.parent is not None
    assert call.context is not None
    assert job.parent.span_id == call.context.span_id


def test_a_trace_that_is_not_sampled_keeps_its_id_inside_and_opens_no_more_spans(
    exported: tuple[Telemetry, InMemorySpanExporter],
) -> None:
    telemetry, exporter = exported
    unsampled = f"00-{'a' * 32}-{'b' * 16}-00"
    with telemetry.span("job", parent=unsampled) as job, telemetry.span("call") as call:
        assert call is job
        assert current_trace_id() == "a" * 32
        assert current_traceparent().endswith("-00")
    assert exporter.get_finished_spans() == ()


def test_health_tells_observers_of_changes_only() -> None:
    health, heard = HealthRegistry(), list[tuple[str, ServiceHealth]]()
    stop = health.observe(lambda service, state: heard.append((service, state)))
    assert health.get("a").state is ServiceState.UNKNOWN
    health.set("a", ServiceState.NOT_SERVING, reason="no agent")
    health.set("a", ServiceState.NOT_SERVING, reason="no agent")
    health.set("a", ServiceState.SERVING)
    assert [state.state for _, state in heard] == [ServiceState.NOT_SERVING, ServiceState.SERVING]
    stop()
    health.set("a", ServiceState.UNKNOWN)
    assert len(heard) == 2


def test_a_naive_time_is_never_stored() -> None:
    from hub.storage.types import UtcTime  # noqa: PLC0415 - used here only

    with pytest.raises(TypeError):
        UtcTime().process_bind_param(datetime(2026, 1, 1), None)  # type: ignore[arg-type]  # noqa: DTZ001
    moscow = datetime(2026, 1, 1, 3, tzinfo=UTC) + timedelta(microseconds=1)
    stored = UtcTime().process_bind_param(moscow, None)  # type: ignore[arg-type]
    assert UtcTime().process_result_value(stored, None) == moscow  # type: ignore[arg-type]
