"""The worker processes over one place: turns at them, asking again when one died, successors of those that grew."""

import contextlib
import queue
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence

import structlog

from signer_agent.errors import SettingsError
from signer_agent.keys.frames import Frame, packed, unpacked
from signer_agent.keys.native import FoundCertificate, NativeKeys
from signer_agent.keys.port import KeyBackendError, KeyUnavailableError
from signer_agent.keys.worker_client import START_SECONDS, Worker, WorkerGoneError, error_of

LOG = structlog.get_logger(__name__)


class Workers(NativeKeys):
    """Up to ``count`` workers over one place, each used by one thread at a time. Safe to use from several threads.

    A worker that holds more than ``max_resident_bytes`` goes on working until another one has started in its place.

    Args:
        place: What the workers are told first.
        count: How many; they are started when they are needed, one at once.
        max_resident_bytes: Of one worker.
        wait_seconds: For one's turn.
        timeout_seconds: Of one request; a worker that takes longer is killed.
        environment: Of the workers.

    Raises:
        SettingsError: the library can't be loaded.
    """

    def __init__(
        self,
        *,
        place: Frame,
        count: int,
        max_resident_bytes: int,
        wait_seconds: float,
        timeout_seconds: float,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._place = place
        self._environment = environment
        self._max_resident_bytes = max_resident_bytes
        self._wait_seconds = wait_seconds
        self._timeout_seconds = timeout_seconds
        self._closed = False
        self._slots = [_Slot(start=self._started) for _ in range(count)]
        self._idle: queue.LifoQueue[_Slot] = queue.LifoQueue()
        for slot in self._slots:
            self._idle.put(slot)
        try:
            self._slots[-1].worker = self._started()
        except (KeyBackendError, WorkerGoneError) as error:
            raise SettingsError(str(error)) from error

    @property
    def pids(self) -> Sequence[int]:
        """The processes there are now."""
        return [slot.worker.pid for slot in self._slots if slot.worker is not None]

    def found(self, pin: bytes | None) -> Sequence[FoundCertificate]:
        """See `NativeKeys.found`."""
        answer = self._ask({"do": "found", "pin": packed(pin)})
        return [
            FoundCertificate(
                der=unpacked(item["der"]), key=unpacked(item["key"]), has_key=item["has_key"], place=item["place"]
            )
            for item in answer["found"]
        ]

    def try_pin(self, key: bytes, algorithm: str, pin: bytes) -> None:
        """See `NativeKeys.try_pin`."""
        self._ask({"do": "try_pin", "key": packed(key), "algorithm": algorithm, "pin": packed(pin)})

    def sign(self, key: bytes, algorithm: str, to_be_signed: bytes, pin: bytes | None) -> bytes:
        """See `NativeKeys.sign`."""
        request = {
            "do": "sign",
            "key": packed(key),
            "algorithm": algorithm,
            "to_be_signed": packed(to_be_signed),
            "pin": packed(pin),
        }
        return unpacked(self._ask(request)["signature"])

    def forget(self) -> None:
        """Log out everywhere: a process that ended remembers no PIN. New ones start when they are needed.

        Raises:
            KeyUnavailableError: somebody's turn does not end.
        """
        with contextlib.ExitStack() as turns:
            for slot in [turns.enter_context(self._turn()) for _ in self._slots]:
                slot.end()

    def close(self) -> None:
        """End all. The second time does nothing."""
        if not self._closed:
            self.forget()
            self._closed = True

    def _ask(self, request: Frame) -> Frame:
        """Asked once more if the worker was gone before the library was called: then nothing can have been done."""
        with self._turn() as slot:
            try:
                answer = self._once(slot, request)
            except WorkerGoneError as error:
                if error.begun or error.timed_out:
                    raise _gone(error, self._timeout_seconds) from error
                LOG.warning("key_worker_replaced", cause="DIED")
                answer = self._again(slot, request)
            slot.renew_if(bool(slot.worker) and slot.resident_bytes > self._max_resident_bytes)
        if "error" in answer:
            raise error_of(answer)
        return answer

    def _again(self, slot: "_Slot", request: Frame) -> Frame:
        try:
            return self._once(slot, request)
        except WorkerGoneError as error:
            raise _gone(error, self._timeout_seconds) from error

    def _once(self, slot: "_Slot", request: Frame) -> Frame:
        worker = slot.ready()
        try:
            return worker.ask(request, timeout_seconds=self._timeout_seconds)
        except WorkerGoneError:
            slot.worker = None
            raise

    @contextlib.contextmanager
    def _turn(self) -> Iterator["_Slot"]:
        if self._closed:
            raise KeyUnavailableError("the agent is stopping", cause="BUSY")
        try:
            slot = self._idle.get(timeout=self._wait_seconds)
        except queue.Empty as error:
            raise KeyUnavailableError("the keys are busy", cause="BUSY") from error
        try:
            yield slot
        finally:
            self._idle.put(slot)

    def _started(self) -> Worker:
        return Worker(place=self._place, environment=self._environment)


class _Slot:
    """A worker's place. Who has the turn changes it; the successor is started by a thread beside."""

    def __init__(self, *, start: Callable[[], Worker]) -> None:
        self._start = start
        self._starting: threading.Thread | None = None
        self._next: Worker | None = None
        self.worker: Worker | None = None

    @property
    def resident_bytes(self) -> int:
        """Of the worker at its last answer."""
        return self.worker.resident_bytes if self.worker is not None else 0

    def ready(self) -> Worker:
        """The worker, its successor, or a new one. Raises KeyBackendError or WorkerGoneError."""
        if self._starting is not None and (self.worker is None or not self._starting.is_alive()):
            self._starting.join(START_SECONDS)
            self._starting = None
            if self._next is not None:
                LOG.info("key_worker_replaced", cause="GROWN", resident_bytes=self.resident_bytes)
                self._close()
                self.worker, self._next = self._next, None
        if self.worker is None:
            self.worker = self._start()
        return self.worker

    def renew_if(self, wanted: bool) -> None:  # noqa: FBT001 - a condition
        """Start a successor, which takes over at the first turn after it is ready."""
        if wanted and self._starting is None:
            self._starting = threading.Thread(target=self._start_next, name="key-worker-starts", daemon=True)
            self._starting.start()

    def end(self) -> None:
        """End the worker and its successor."""
        if self._starting is not None:
            self._starting.join(START_SECONDS)
            self._starting = None
        if self._next is not None:
            self._next.close()
            self._next = None
        self._close()

    def _start_next(self) -> None:
        try:
            self._next = self._start()
        except (KeyBackendError, WorkerGoneError) as error:
            LOG.warning("key_worker_not_replaced", cause=type(error).__name__)  # the grown one goes on

    def _close(self) -> None:
        if self.worker is not None:
            self.worker.close()
            self.worker = None


def _gone(error: WorkerGoneError, timeout_seconds: float) -> KeyUnavailableError:
    if error.timed_out:
        return KeyUnavailableError(
            f"the library did not answer within {timeout_seconds:g} s and was killed", cause="TIMED_OUT"
        )
    return KeyUnavailableError("the process that held the library died", cause="WORKER_DIED")
