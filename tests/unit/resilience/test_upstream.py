"""The chain as a whole: what a caller is told, when bytes may have left, and what is counted."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from prometheus_client import CollectorRegistry

from hub.core.clock import FakeClock
from hub.core.errors import (
    ExhaustedError,
    HubError,
    LeaseLostError,
    NotFoundError,
    OutcomeUnknownError,
    PreconditionError,
    UnavailableError,
)
from hub.core.ids import SeededIds
from hub.resilience.failures import (
    AnswerInvalidError,
    AnswerLostError,
    AttemptError,
    CredentialsRefusedError,
    NotSentError,
    QuotaExceededError,
    RequestRejectedError,
    UpstreamClosedError,
    UpstreamFailedError,
)
from hub.resilience.gate import BreakerState
from hub.resilience.policy import Policy, Safety
from hub.resilience.upstream import Attempt, Upstream, Upstreams


class Harness:
    def __init__(self, **policy: object) -> None:
        self.clock = FakeClock()
        self.registry = CollectorRegistry()
        self.upstreams = Upstreams(clock=self.clock, ids=SeededIds(clock=self.clock), registry=self.registry)
        self.upstream = self.open(**policy)
        self.attempts: list[int] = []

    def open(self, **policy: object) -> Upstream:
        return self.upstreams.open("plots.vendor", Policy.model_validate({"max_attempts": 1, **policy}))

    def metric(self, name: str, **labels: str) -> float:
        return self.registry.get_sample_value(name, {"upstream": "plots.vendor", **labels}) or 0.0

    def sending(self, *results: Exception | str) -> Callable[[Attempt], Awaitable[str]]:
        """A sender that raises or returns these one after another."""
        waiting = list(results)

        async def send(attempt: Attempt) -> str:
            self.attempts.append(attempt.number)
            result = waiting.pop(0)
            if isinstance(result, Exception):
                raise result
            return result

        return send

    async def call(self, *results: Exception | str, safety: Safety = Safety.READ) -> str:
        return await self.upstream.call("read", self.sending(*results), safety=safety)


@pytest.mark.parametrize(
    ("failure", "error", "reason"),
    [
        (NotSentError("x"), UnavailableError, "UPSTREAM_UNAVAILABLE"),
        (AnswerLostError("x"), UnavailableError, "UPSTREAM_UNAVAILABLE"),
        (UpstreamFailedError("x"), UnavailableError, "UPSTREAM_UNAVAILABLE"),
        (UpstreamClosedError("x"), UnavailableError, "UPSTREAM_UNAVAILABLE"),
        (AnswerInvalidError("x"), UnavailableError, "UPSTREAM_ANSWER_INVALID"),
        (RequestRejectedError("x"), UnavailableError, "UPSTREAM_ANSWER_INVALID"),
        (QuotaExceededError("x"), ExhaustedError, "UPSTREAM_QUOTA_EXCEEDED"),
        (CredentialsRefusedError("x"), PreconditionError, "UPSTREAM_CREDENTIALS_REFUSED"),
    ],
)
async def test_a_failed_read_is_told_by_kind(failure: AttemptError, error: type[HubError], reason: str) -> None:
    with pytest.raises(error) as caught:
        await Harness().call(failure)
    assert caught.value.reason == reason
    assert caught.value.metadata == {"upstream": "plots.vendor"}
    assert caught.value.__cause__ is failure
    assert bool(caught.value.retry_after) is (error is not PreconditionError)


@pytest.mark.parametrize("safety", [Safety.IDEMPOTENT_BY_KEY, Safety.ASK_STATUS_FIRST, Safety.IRREVERSIBLE])
@pytest.mark.parametrize("failure", [AnswerLostError("x"), AnswerInvalidError("x"), UpstreamFailedError("x")])
async def test_a_write_that_may_have_acted_is_unknown(safety: Safety, failure: AttemptError) -> None:
    with pytest.raises(OutcomeUnknownError):
        await Harness().call(failure, safety=safety)


@pytest.mark.parametrize(
    ("safety", "seconds"), [(Safety.READ, 20.0), (Safety.ASK_STATUS_FIRST, 8.0), (Safety.IRREVERSIBLE, 8.0)]
)
async def test_an_attempt_at_a_write_is_shorter_than_a_lease_whatever_the_policy_says(
    safety: Safety, seconds: float
) -> None:
    harness = Harness()
    upstreams = Upstreams(
        clock=harness.clock,
        ids=SeededIds(clock=harness.clock),
        registry=CollectorRegistry(),
        longest_write_seconds=8.0,
    )
    given: list[float] = []

    async def send(attempt: Attempt) -> str:
        given.append(attempt.timeout_seconds)
        return "done"

    await upstreams.open("plots.vendor", Policy(attempt_timeout=20.0)).call("write", send, safety=safety)
    assert given == [seconds]


@pytest.mark.parametrize("failure", [NotSentError("x"), UpstreamClosedError("x")])
async def test_a_write_that_certainly_did_not_act_is_unavailable(failure: AttemptError) -> None:
    with pytest.raises(UnavailableError):
        await Harness().call(failure, safety=Safety.ASK_STATUS_FIRST)


async def test_a_write_is_unknown_if_any_of_its_attempts_may_have_acted() -> None:
    harness = Harness(max_attempts=2, initial_delay=0)
    with pytest.raises(OutcomeUnknownError):
        await harness.call(AnswerLostError("x"), NotSentError("y"), safety=Safety.IDEMPOTENT_BY_KEY)
    assert harness.attempts == [1, 2]


async def test_a_refusal_passes_as_it_is_and_is_not_tried_again() -> None:
    harness = Harness(max_attempts=3)
    refusal = NotFoundError("no such plot")
    with pytest.raises(NotFoundError) as caught:
        await harness.call(refusal)
    assert caught.value is refusal
    assert harness.attempts == [1]
    assert harness.upstream.status().last_success_time


@pytest.mark.parametrize(("has_left", "error"), [(False, UnavailableError), (True, OutcomeUnknownError)])
async def test_a_timeout_is_judged_by_whether_bytes_may_have_left(
    has_left: bool, error: type[UnavailableError]
) -> None:
    async def send(attempt: Attempt) -> str:
        attempt.has_left = has_left
        await asyncio.Event().wait()
        return "never"

    with pytest.raises(error):
        await Harness(attempt_timeout=0.01).upstream.call("submit", send, safety=Safety.ASK_STATUS_FIRST)


async def test_an_open_breaker_sends_nothing_and_tells_when_to_come_back() -> None:
    harness = Harness(failure_threshold=1, recovery_timeout=60)
    with pytest.raises(UnavailableError):
        await harness.call(NotSentError("x"))
    await harness.clock.advance(20)
    with pytest.raises(UnavailableError) as caught:
        await harness.call("well", safety=Safety.IRREVERSIBLE)
    assert caught.value.retry_after == timedelta(seconds=40)
    assert harness.attempts == [1]
    assert harness.metric("landhub_upstream_breaker_state") == 2
    assert harness.upstream.status().breaker is BreakerState.OPEN
    harness.upstream.reset_breaker()
    assert await harness.call("well") == "well"
    assert harness.metric("landhub_upstream_breaker_state") == 0


async def test_each_attempt_passes_the_breaker_and_spends_quota() -> None:
    harness = Harness(max_attempts=3, failure_threshold=2, initial_delay=0, rate={"calls": 10, "per_seconds": 60})
    with pytest.raises(UnavailableError):
        await harness.call(NotSentError("1"), NotSentError("2"), "never")
    assert harness.attempts == [1, 2], "the breaker opened between the second and the third"


async def test_a_pace_that_would_take_too_long_is_told_with_its_wait() -> None:
    harness = Harness(rate={"calls": 1, "per_seconds": 3600})
    assert await harness.call("first") == "first"
    with pytest.raises(ExhaustedError) as caught:
        await harness.call("second")
    assert caught.value.retry_after == timedelta(seconds=3600)
    assert caught.value.quota[0].subject == "upstream:plots.vendor"
    assert harness.upstream.status().breaker is BreakerState.CLOSED


async def test_the_guard_is_asked_before_every_attempt_and_stops_it() -> None:
    harness = Harness(max_attempts=3, initial_delay=0)
    asked: list[int] = []

    async def guard() -> None:
        asked.append(len(harness.attempts))
        if len(asked) == 2:
            raise LeaseLostError("gone")

    send = harness.sending(NotSentError("1"), "never")
    with pytest.raises(LeaseLostError):
        await harness.upstream.call("submit", send, safety=Safety.ASK_STATUS_FIRST, guard=guard)
    assert asked == [0, 1]
    assert harness.attempts == [1]


async def test_a_guards_own_refusal_is_no_sign_of_the_upstreams_health() -> None:
    harness = Harness(failure_threshold=1)
    with pytest.raises(UnavailableError):
        await harness.call(NotSentError("x"))
    await harness.clock.advance(60)
    refusal = ExhaustedError("our own queue is full")

    async def guard() -> None:
        raise refusal

    with pytest.raises(ExhaustedError) as caught:
        await harness.upstream.call("submit", harness.sending(), safety=Safety.IRREVERSIBLE, guard=guard)
    assert caught.value is refusal
    assert harness.upstream.status().breaker is BreakerState.HALF_OPEN
    assert harness.upstream.status().last_success_time is None
    assert await harness.call("well") == "well"


async def test_attempts_and_calls_are_counted_by_outcome() -> None:
    harness = Harness(max_attempts=2, initial_delay=0)
    await harness.call(AnswerLostError("x"), "well")
    attempts, calls = "landhub_upstream_attempts_total", "landhub_upstream_calls_total"
    assert harness.metric(attempts, operation="read", outcome="AnswerLostError") == 1
    assert harness.metric(attempts, operation="read", outcome="ok") == 1
    assert harness.metric(calls, operation="read", outcome="ok") == 1
    assert harness.metric("landhub_upstream_attempt_seconds_count", operation="read") == 2


async def test_surprises_are_counted_and_logged_once_each(capsys: pytest.CaptureFixture[str]) -> None:
    harness = Harness()
    for word in ("НОВОЕ", "НОВОЕ", "two\nlines"):
        harness.upstream.surprise("status", kind="word", word=word)
    assert harness.metric("landhub_upstream_surprises_total", operation="status", kind="word") == 3
    logged = capsys.readouterr().out
    assert logged.count("НОВОЕ") == 1
    assert "lines" not in logged


async def test_an_upstream_that_is_opened_again_starts_afresh() -> None:
    harness = Harness(failure_threshold=1)
    with pytest.raises(UnavailableError):
        await harness.call(NotSentError("x"))
    again = harness.open(failure_threshold=1)
    assert [status.breaker for status in harness.upstreams.statuses()] == [BreakerState.CLOSED]
    assert harness.upstreams.get("plots.vendor") is again
    assert harness.upstreams.get("nobody") is None


def test_a_policy_whose_attempts_outlast_the_call_is_refused() -> None:
    with pytest.raises(ValueError, match="attempt_timeout"):
        Policy(attempt_timeout=10, total_timeout=5)


async def test_an_attempt_whose_process_was_stopped_until_its_time_was_over_sends_nothing() -> None:
    harness = Harness(attempt_timeout=5)
    left: list[str] = []

    async def send(attempt: Attempt) -> str:
        harness.clock.jump(5)  # the process stood still between the guard and the first byte
        attempt.leave()
        left.append("bytes")
        return "answer"

    with pytest.raises(UnavailableError):
        await harness.upstream.call("submit", send, safety=Safety.IRREVERSIBLE)
    assert left == []
