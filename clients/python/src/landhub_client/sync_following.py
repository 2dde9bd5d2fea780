"""A channel on the synchronous side that follows its PEM files: certificates are replaced and no call is dropped."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

import grpc

from landhub_client.files import LOOK_SECONDS, Files
from landhub_client.renewal import RENEWED_SECONDS

_FAILED = (grpc.ChannelConnectivity.TRANSIENT_FAILURE, grpc.ChannelConnectivity.SHUTDOWN)
_UNFIT = object()


class FollowingSyncChannel:
    """What SyncChannel needs of a channel; see FollowingAioChannel. What it replaced is closed after its last call.

    Raises:
        OSError: the files can't be used.
    """

    def __init__(
        self,
        *,
        files: Files,
        open_channel: Callable[[grpc.ChannelCredentials], grpc.Channel],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._files = files
        self._open = open_channel
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._stamp = files.stamp()
        self._channel = open_channel(files.read())
        self._looked = monotonic()
        self._renewed_until = 0.0
        self._fresh: grpc.Channel | None = None
        self._calls: Counter[grpc.Channel] = Counter()
        self._closed = False

    def unary_unary(self, path: str, request_serializer: Any, response_deserializer: Any) -> Callable[..., Any]:
        """Return the callable of a method, over whichever channel is in use when it is called."""
        return self._whole(lambda channel: channel.unary_unary(path, request_serializer, response_deserializer))

    def stream_unary(self, path: str, request_serializer: Any, response_deserializer: Any) -> Callable[..., Any]:
        """Return the callable of a method, over whichever channel is in use when it is called."""
        return self._whole(lambda channel: channel.stream_unary(path, request_serializer, response_deserializer))

    def unary_stream(self, path: str, request_serializer: Any, response_deserializer: Any) -> Callable[..., Any]:
        """Return the callable of a method, over whichever channel is in use when it is called."""
        start = self._bound(lambda channel: channel.unary_stream(path, request_serializer, response_deserializer))

        def call(request: Any, *, timeout: float | None, metadata: Any) -> Any:
            channel = self._taken()
            answers = start(channel)(request, timeout=timeout, metadata=metadata)
            if not answers.add_callback(lambda: self._left(channel)):
                self._left(channel)
            return answers

        return call

    def renewing(self) -> bool:
        """Look at the files now. True if a new channel is about to take over, or has just done so."""
        self._look()
        with self._lock:
            return self._fresh is not None or self._monotonic() < self._renewed_until

    def close(self) -> None:
        """Close it, and what it replaced; calls under way are cancelled."""
        with self._lock:
            self._closed = True
            channels = {self._channel, *self._calls, *([self._fresh] if self._fresh else [])}
        for channel in channels:
            channel.close()

    def _whole(self, make: Callable[[grpc.Channel], Callable[..., Any]]) -> Callable[..., Any]:
        start = self._bound(make)

        def call(requests: Any | Iterable[Any], *, timeout: float | None, metadata: Any) -> Any:
            channel = self._taken()
            try:
                return start(channel)(requests, timeout=timeout, metadata=metadata)
            finally:
                self._left(channel)

        return call

    @staticmethod
    def _bound(make: Callable[[grpc.Channel], Callable[..., Any]]) -> Callable[[grpc.Channel], Callable[..., Any]]:
        made: tuple[object, Any] = _UNFIT, None

        def start(channel: grpc.Channel) -> Callable[..., Any]:
            nonlocal made
            there, method = made
            if there is not channel:
                method = make(channel)
                made = channel, method
            found: Callable[..., Any] = method
            return found

        return start

    def _taken(self) -> grpc.Channel:
        if self._monotonic() - self._looked >= LOOK_SECONDS:
            self._look()
        with self._lock:
            self._calls[self._channel] += 1
            return self._channel

    def _left(self, channel: grpc.Channel) -> None:
        with self._lock:
            self._calls[channel] -= 1
            if self._calls[channel] > 0:
                return
            del self._calls[channel]
            retired = channel is not self._channel
        if retired:
            channel.close()

    def _look(self) -> None:
        with self._lock:
            self._looked = self._monotonic()
            stamp = self._files.stamp()
            if self._closed or self._fresh is not None or stamp == self._stamp:
                return
            try:
                fresh = self._open(self._files.read())
            except OSError:
                return  # not whole yet: looked at again
            self._fresh = fresh
        fresh.subscribe(lambda state: self._told(fresh, stamp, state), try_to_connect=True)

    def _told(self, fresh: grpc.Channel, stamp: Any, state: grpc.ChannelConnectivity) -> None:
        """Hear, on a thread of gRPC's, how the new channel fares."""
        with self._lock:
            if self._fresh is not fresh or self._closed:
                return
            ready = state is grpc.ChannelConnectivity.READY and stamp == self._files.stamp()
            if not ready and state is not grpc.ChannelConnectivity.READY and state not in _FAILED:
                return
            self._fresh, unwanted = None, fresh
            if ready:
                unwanted, self._channel, self._stamp = self._channel, fresh, stamp
                self._renewed_until = self._monotonic() + RENEWED_SECONDS
            busy = self._calls[unwanted] > 0
        if not busy:
            unwanted.close()
