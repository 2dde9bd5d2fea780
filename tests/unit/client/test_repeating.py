"""What the client repeats by itself above the channel's retries: calls that a stopping or a busy hub did not take."""

from datetime import timedelta
from typing import Any

import grpc
import pytest

from landhub_client.contract import Method, RequestIdPlace
from landhub_client.errors import CallCancelledError, HubFailedError, LandhubError, RequestInProgressError
from landhub_client.renewal import Renewal
from landhub_client.repeating import Repeats


class Failure(grpc.RpcError):
    """A failed call, as both faces of grpc tell it."""

    def __init__(
        self, kind: type[LandhubError], *, details: str = "CANCELLED", retry_after: float | None = None
    ) -> None:
        delay = None if retry_after is None else timedelta(seconds=retry_after)
        self.told = kind(code=grpc.StatusCode.UNKNOWN, message=details, method="/m", retry_after=delay)
        self._details = details

    def details(self) -> str:
        return self._details


def _failure(error: Any) -> LandhubError:
    told: LandhubError = error.told
    return told


def _repeats(times: list[float], *, retryable: bool = True) -> Repeats:
    method = Method(path="/s/M", service="s", name="M", retryable=retryable, request_id=RequestIdPlace.REQUEST)
    return Repeats(
        method=method,
        timeout_seconds=10,
        failure=_failure,
        renewal=Renewal(renewing=lambda: False),
        monotonic=lambda: times[0],
    )


def test_a_call_that_a_stopping_hub_cancelled_is_made_again_a_few_times() -> None:
    repeats = _repeats([0.0])
    pauses = [repeats.pause_seconds(Failure(CallCancelledError)) for _ in range(6)]
    assert pauses == sorted(pauses)
    with pytest.raises(Failure):
        repeats.pause_seconds(Failure(CallCancelledError))


@pytest.mark.parametrize("own", ["Locally cancelled by application!", "Channel closed!"])
def test_what_this_side_cancelled_stays_cancelled(own: str) -> None:
    with pytest.raises(Failure):
        _repeats([0.0]).pause_seconds(Failure(CallCancelledError, details=own))


def test_a_request_that_runs_elsewhere_is_asked_of_again_after_the_delay_that_was_named() -> None:
    repeats = _repeats([0.0])
    assert {repeats.pause_seconds(Failure(RequestInProgressError, retry_after=1.5)) for _ in range(50)} == {1.5}


def test_no_attempt_is_made_that_has_no_time_left() -> None:
    times = [0.0]
    repeats = _repeats(times)
    assert repeats.timeout_seconds() == 10
    repeats.pause_seconds(Failure(RequestInProgressError, retry_after=1))
    times[0] = 8.5
    assert repeats.timeout_seconds() == 1.5
    with pytest.raises(Failure):
        repeats.pause_seconds(Failure(RequestInProgressError, retry_after=2))


def test_a_method_that_must_not_be_repeated_and_any_other_failure_are_told_at_once() -> None:
    with pytest.raises(Failure):
        _repeats([0.0], retryable=False).pause_seconds(Failure(CallCancelledError))
    with pytest.raises(Failure):
        _repeats([0.0]).pause_seconds(Failure(HubFailedError))
