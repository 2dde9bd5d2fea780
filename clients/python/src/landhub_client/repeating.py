"""What of a call is repeated here, above the channel's own retries: what a stopping or a busy hub did not take."""

import time
from collections.abc import Callable
from typing import Any

import grpc

from landhub_client.contract import Method
from landhub_client.errors import CallCancelledError, LandhubError, RequestInProgressError
from landhub_client.renewal import Renewal

_FIRST_SECONDS = 0.05  # the next connection leads to another process, which is there already
_MOST_CANCELLED = 6
_PAUSE_WHILE_RUNNING_SECONDS = 1.0  # if the hub names no delay
_OWN_WORDS = frozenset({"Locally cancelled by application!", "Channel closed!"})


class Repeats:
    """The attempts of one call, all within its timeout. A method that must not be repeated has one."""

    def __init__(
        self,
        *,
        method: Method,
        timeout_seconds: float,
        failure: Callable[[Any], LandhubError],
        renewal: Renewal,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._method = method
        self._failure = failure
        self._renewal = renewal
        self._monotonic = monotonic
        self._whole_seconds = timeout_seconds
        self._end = monotonic() + timeout_seconds
        self._is_first = True
        self._cancelled = 0

    def timeout_seconds(self) -> float:
        """Return what the next attempt may take: the first one all of it."""
        return self._whole_seconds if self._is_first else max(self._end - self._monotonic(), 0.0)

    def pause_seconds(self, error: grpc.RpcError) -> float:
        """Return how long to wait before the next attempt.

        CANCELLED that nobody here asked for comes of a hub that stops: the call reached it when it took none any more.
        ABORTED comes of a hub process that works on the same request id; it names a delay. A refused certificate may be
        one that is being replaced.

        Raises:
            grpc.RpcError: the error itself, if another attempt can't help or has no time.
        """
        self._is_first = False
        pause = self._pause(error)
        if pause is None or pause >= self.timeout_seconds():
            raise error
        return pause

    def _pause(self, error: Any) -> float | None:
        failure = self._failure(error)
        pause = self._renewal.pause_seconds(failure, retryable=self._method.retryable)
        if pause is not None or not self._method.retryable:
            return pause
        if isinstance(failure, RequestInProgressError):
            return failure.retry_after.total_seconds() if failure.retry_after else _PAUSE_WHILE_RUNNING_SECONDS
        if isinstance(failure, CallCancelledError) and error.details() not in _OWN_WORDS:
            self._cancelled += 1
            return _FIRST_SECONDS * 2**self._cancelled if self._cancelled <= _MOST_CANCELLED else None
        return None
