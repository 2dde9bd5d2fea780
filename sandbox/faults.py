"""Which faults are waiting for which calls, and the drawing of them by count or by seed."""

import dataclasses
from collections import Counter
from collections.abc import Mapping
from enum import StrEnum
from random import Random
from typing import Any

ANY_OPERATION = "*"


class FaultKind(StrEnum):
    """What goes wrong. "Before" means that nothing is committed; "after" that a write is."""

    LATENCY = "latency"
    """Wait `seconds` before the call is worked on. A client that gave up meanwhile does not stop the commit."""
    SLOW_ANSWER = "slow_answer"
    """Commit, then wait `seconds` before answering."""
    HANG = "hang"
    """Before: never answer (until the sandbox stops)."""
    RESET = "reset"
    """Before: reset the TCP connection."""
    HTTP_STATUS = "http_status"
    """Before: answer `http_status` (503) in HTML, with `Retry-After` if `retry_after_seconds` is set (429)."""
    HTML = "html"
    """Before: HTTP 200 and a page in HTML, as a portal under maintenance does."""
    ERROR = "error"
    """Before: an `Error` document with `code` and `message`, under `http_status` (200)."""
    ANSWER_LOST = "answer_lost"
    """After: reset the connection, or with `answer = "hang"` never answer."""
    COMMIT_LATE = "commit_late"
    """Submissions: lose the answer as ANSWER_LOST does, and commit only `seconds` later by the sandbox's clock."""
    STATUS_LAGS = "status_lags"
    """Submissions: answer well, but tell of the registration only `seconds` later by the sandbox's clock."""
    FALSE_DUPLICATE = "false_duplicate"
    """Submissions: commit, then answer the `DUPLICATE` error naming the registration just made."""
    NUMBER_CODES = "number_codes"
    """Answer the error code as a number where it is a text mostly. Legitimate."""
    UNKNOWN_STATUS = "unknown_status"
    """Answer `word` as the status."""
    CUT_BODY = "cut_body"
    """After: declare the whole length, send half, reset."""
    CUT_DOCUMENT = "cut_document"
    """After: a sound token of the first half of the document."""
    EMPTY = "empty"
    """After: HTTP 200 and no body."""
    BAD_TOKEN = "bad_token"  # noqa: S105 - a kind of fault, not a secret
    """After: a token made under a key nobody shares."""
    WRONG_CHARSET = "wrong_charset"
    """After: windows-1251 bytes declared as UTF-8."""
    WINDOWS_1251 = "windows_1251"
    """After: windows-1251 bytes declared so. Legitimate."""
    NO_OFFSET = "no_offset"
    """After: moments without an offset, in Moscow time. Legitimate."""
    XML_BOMB = "xml_bomb"
    """After: nested entities that expand to gigabytes."""
    DTD = "dtd"
    """After: the right answer under a DOCTYPE."""
    XXE = "xxe"
    """After: an external entity of `url` in place of every text."""
    TOO_DEEP = "too_deep"
    """After: 200 levels of elements inside the answer."""
    TOO_MANY_ELEMENTS = "too_many_elements"
    """After: 30,000 more elements inside the answer."""
    UNKNOWN_ELEMENT = "unknown_element"
    """After: an element the page does not know. Legitimate."""
    DUPLICATE_ELEMENTS = "duplicate_elements"
    """After: every element directly under the root twice."""
    HUGE = "huge"
    """After: the right answer padded to `size_bytes` (17 MiB)."""
    SLOW_TRICKLE = "slow_trickle"
    """After: the right answer over `seconds`, a few bytes at a time."""
    CALLBACK_LOST = "callback_lost"
    """A callback is never sent."""
    CALLBACK_LATE = "callback_late"
    """A callback is sent only `seconds` later by the sandbox's clock, after others that came of later things."""
    CALLBACK_TWICE = "callback_twice"
    """A callback is sent twice at once."""
    CALLBACK_FORGED = "callback_forged"
    """Beside a callback comes one that says something else under its proof."""
    CALLBACK_EARLY = "callback_early"
    """A callback overtakes the answer of the call that it came of."""
    TIMESTAMP_REJECTED = "timestamp_rejected"
    """Timestamps: the status `rejection` and no token."""
    TIMESTAMP_WRONG_NONCE = "timestamp_wrong_nonce"
    """Timestamps: a good token with another request's nonce."""
    TIMESTAMP_WRONG_IMPRINT = "timestamp_wrong_imprint"
    """Timestamps: a good token over something else."""
    TIMESTAMP_CERTIFICATE_EXPIRED = "timestamp_certificate_expired"
    """Timestamps: a token by an authority whose certificate ended before."""
    TIMESTAMP_CLOCK_WRONG = "timestamp_clock_wrong"
    """Timestamps: a token whose time is off by `seconds`, which may be negative."""

    @property
    def is_of_timestamps(self) -> bool:
        """Whether it befalls the timestamp authority alone."""
        return self.startswith("timestamp_")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault waiting for calls. Fields a kind does not name are ignored."""

    kind: FaultKind
    operation: str = ANY_OPERATION
    """`timestamp`, `cadaster.info`, `rights.check`, `registration.submit`, `.status`, `.documents`, `.withdraw`;
    `sberbank.refund.do`, `tbank.Cancel`, `sberbank.callback`, `smsc.send` and their like; or `*`."""
    times: int | None = 1
    """For how many calls; None until cleared."""
    probability: float = 1.0
    """The share of matching calls it strikes, drawn from the board's seed."""
    seconds: float = 1.0
    http_status: int | None = None
    retry_after_seconds: int | None = None
    code: str = "INTERNAL"
    message: str = "Внутренняя ошибка"
    word: str = "НА ПРАВОВОЙ ЭКСПЕРТИЗЕ"
    answer: str = "reset"
    url: str = "file:///etc/hostname"
    size_bytes: int = 17 * 1024 * 1024

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Fault":
        """Read a fault as the control API takes it.

        Raises:
            ValueError: an unknown field or kind.
        """
        unknown = set(value) - {field.name for field in dataclasses.fields(cls)}
        if unknown or "kind" not in value:
            raise ValueError(f"a fault needs kind and knows no {sorted(unknown)}")
        return cls(**{**value, "kind": FaultKind(value["kind"])})


class FaultBoard:
    """The faults that wait; calls take them as they come."""

    def __init__(self, *, seed: int = 0) -> None:
        self._random = Random(seed)
        self._waiting: list[tuple[Fault, int | None]] = []
        self.struck: Counter[str] = Counter()
        """How many calls each kind struck."""

    @property
    def waiting(self) -> tuple[Fault, ...]:
        """The faults still waiting, each with the calls it has left in `times`."""
        return tuple(dataclasses.replace(fault, times=left) for fault, left in self._waiting)

    def add(self, *faults: Fault) -> None:
        """Let faults wait; several may strike the same call."""
        self._waiting.extend((fault, fault.times) for fault in faults)

    def reseed(self, seed: int) -> None:
        """Begin the drawing of probabilities anew."""
        self._random = Random(seed)

    def clear(self) -> None:
        """Forget all waiting faults."""
        self._waiting.clear()

    def take(self, operation: str) -> tuple[Fault, ...]:
        """The faults that strike this call, used up by one."""
        struck: list[Fault] = []
        remaining: list[tuple[Fault, int | None]] = []
        for fault, left in self._waiting:
            hit = fault.operation in {ANY_OPERATION, operation} and self._drawn(fault)
            if hit:
                struck.append(fault)
                self.struck[fault.kind] += 1
            after = left - 1 if hit and left is not None else left
            if after is None or after > 0:
                remaining.append((fault, after))
        self._waiting = remaining
        return tuple(struck)

    def _drawn(self, fault: Fault) -> bool:
        return fault.probability >= 1 or self._random.random() < fault.probability
