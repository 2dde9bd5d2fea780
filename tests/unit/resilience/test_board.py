"""What operators see of an upstream follows what happens to it."""

import asyncio
from datetime import UTC, datetime

import pytest
from prometheus_client import CollectorRegistry

from hub.core.clock import FakeClock
from hub.core.errors import NotFoundError, UnavailableError
from hub.core.ids import SeededIds
from hub.resilience.failures import NotSentError
from hub.resilience.gate import BreakerState
from hub.resilience.policy import Policy, Rate, Safety
from hub.resilience.upstream import Attempt, Upstream, Upstreams

POLICY = Policy(failure_threshold=2, max_attempts=1, rate=Rate(calls=5, per_seconds=60))


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
def upstream(clock: FakeClock, registry: CollectorRegistry) -> Upstream:
    return Upstreams(clock=clock, ids=SeededIds(clock=clock), registry=registry).open("things.vendor", POLICY)


async def fail(attempt: Attempt) -> None:
    raise NotSentError("ClientConnectorError")


async def test_a_fresh_upstream_has_nothing_to_tell(upstream: Upstream) -> None:
    status = upstream.status()
    assert (status.breaker, status.breaker_changed_time, status.in_flight) == (BreakerState.CLOSED, None, 0)
    assert (status.latency_median_seconds, status.latency_p95_seconds) == (None, None)
    assert status.quota_left == 5
    assert status.last_failure_reason == ""


async def test_a_failure_is_told_with_its_reason_and_the_breaker_with_its_time(
    upstream: Upstream, clock: FakeClock
) -> None:
    for _ in range(2):
        await clock.advance(10)
        with pytest.raises(UnavailableError):
            await upstream.call("get", fail, safety=Safety.READ)
    status = upstream.status()
    assert (status.breaker, status.breaker_changed_time) == (BreakerState.OPEN, clock.now())
    assert (status.last_failure_reason, status.last_failure_time) == ("ClientConnectorError", clock.now())
    assert (status.consecutive_failures, status.quota_left) == (2, 3)
    assert status.last_success_time is None


async def test_latencies_and_calls_in_flight_are_told_and_a_refusal_counts_as_an_answer(
    upstream: Upstream, clock: FakeClock
) -> None:
    async def slow(attempt: Attempt) -> None:
        await clock.sleep(2)

    async def refuse(attempt: Attempt) -> None:
        raise NotFoundError("no such thing")

    calling = asyncio.create_task(upstream.call("get", slow, safety=Safety.READ))
    await clock.advance(1)
    assert upstream.status().in_flight == 1
    await clock.advance(1)
    await calling
    with pytest.raises(NotFoundError):
        await upstream.call("get", refuse, safety=Safety.READ)
    status = upstream.status()
    assert (status.in_flight, status.last_success_time) == (0, clock.now())
    assert (status.latency_median_seconds, status.latency_p95_seconds) == (2.0, 2.0)


async def test_a_quota_comes_back_with_its_period(upstream: Upstream, clock: FakeClock) -> None:
    async def answer(attempt: Attempt) -> None:
        return None

    for _ in range(5):
        await upstream.call("get", answer, safety=Safety.READ)
    assert upstream.status().quota_left == 0
    await clock.advance(61)
    assert upstream.status().quota_left == 5


async def test_the_expiry_of_what_we_show_is_told(upstream: Upstream) -> None:
    certificate, token = datetime(2027, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, 1, tzinfo=UTC)
    upstream.shows_certificate(expire_time=certificate)
    upstream.holds_token(expire_time=token)
    status = upstream.status()
    assert (status.certificate_expire_time, status.token_expire_time) == (certificate, token)


async def test_retries_and_waits_for_our_own_pace_are_counted(clock: FakeClock, registry: CollectorRegistry) -> None:
    policy = Policy(max_attempts=3, initial_delay=0, total_timeout=120, rate=Rate(calls=2, per_seconds=60))
    upstreams = Upstreams(clock=clock, ids=SeededIds(clock=clock), registry=registry)
    calling = asyncio.create_task(upstreams.open("things.vendor", policy).call("get", fail, safety=Safety.READ))
    await clock.advance(61)
    with pytest.raises(UnavailableError):
        await calling
    labels = {"upstream": "things.vendor", "operation": "get"}
    assert registry.get_sample_value("landhub_upstream_retries_total", labels) == 2
    waited = registry.get_sample_value("landhub_upstream_pace_wait_seconds_sum", {"upstream": "things.vendor"})
    assert waited == pytest.approx(60, abs=1)
