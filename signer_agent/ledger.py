"""What the agent must remember to decide: requests, nonces, counts, checkpoints. All of it comes out of the journal."""

import hashlib
import sys
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final

from signer_agent.checkpoint import Checkpoint
from signer_agent.errors import COMMON_DOMAIN, AlreadyExistsError, ExhaustedError
from signer_agent.journal_record import Entry, Phase, Record
from signer_agent.model import Content, ContentFormat, SigningRequest

MAX_REQUESTS: Final = 500_000  # the oldest are forgotten first; some 400 bytes each
MAX_NONCES: Final = 500_000  # none is forgotten before it expires: then new ones are refused
MAX_CONTENTS: Final = 100_000  # documents seen; the oldest are forgotten first, and may be shown again
CONTENT_MS: Final = 86_400_000  # how long a document that was seen may be signed
MAX_CHAINS: Final = 10_000  # a chain is one start of a hub

_DAY_MS: Final = 86_400_000
_DAY_1970: Final = date(1970, 1, 1).toordinal()
_NONCE_MARGIN_MS: Final = 60_000  # kept that long after expiry, should the clock be set back a little


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """A request that was allowed: a hash of what it asked for, and its SIGNED record's number once there is one."""

    content: bytes
    rule: str
    day: str
    signed_sequence: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Nonce:
    request_id: str
    digest: str
    expires_ms: int


class Ledger:
    """Filled by `apply` with every record, at the start and as records are made. One event loop uses it.

    Args:
        max_requests: How many are remembered.
    """

    def __init__(self, *, max_requests: int = MAX_REQUESTS) -> None:
        self._max_requests = max_requests
        self._requests: OrderedDict[str, Remembered] = OrderedDict()
        self._nonces: dict[str, _Nonce] = {}
        self._counts: dict[str, int] = {}
        self._day = ""
        self._checkpoints: OrderedDict[str, Checkpoint] = OrderedDict()
        self._contents: OrderedDict[tuple[str, str], tuple[Content, int]] = OrderedDict()

    def apply(self, record: Record) -> None:
        """Take in one record of the journal."""
        entry = record.entry
        if entry.phase is Phase.DECIDED:
            self.reserve(entry, time_ms=record.time_ms)
        elif entry.phase is Phase.SIGNED:
            known = self._requests.get(entry.request_id)
            day = known.day if known else _day(record.time_ms)
            self._remember(entry, day=day, signed_sequence=record.sequence)
        elif entry.phase is Phase.CHECKPOINT:
            self._take_checkpoint(Checkpoint.from_texts(entry.details))
        elif entry.phase is Phase.SEEN:
            self._take_content(entry, time_ms=record.time_ms)

    def reserve(self, entry: Entry, *, time_ms: int) -> None:
        """Count a decision at once, before it is durable, so that no other takes the same place or nonce meanwhile.

        If it never becomes durable, the request holds its place all the same: it may ask again.
        """
        day = _day(time_ms)
        known = self._requests.get(entry.request_id)
        if known is None or (known.rule, known.day) != (entry.rule, day):
            self._count(entry.rule, day)
        self._remember(entry, day=day, signed_sequence=known.signed_sequence if known else 0)
        if nonce := entry.details.get("nonce"):
            self._forget_nonces(time_ms)
            expires_ms = int(entry.details["nonce_expires_ms"])
            self._nonces[nonce] = _Nonce(request_id=entry.request_id, digest=entry.digest, expires_ms=expires_ms)

    def remembered(self, request: SigningRequest) -> Remembered | None:
        """What is known of a request that was allowed before.

        Raises:
            AlreadyExistsError: its request_id was used for something else.
        """
        known = self._requests.get(request.request_id)
        if known is not None and known.content != content_of(request):
            raise request_id_reused()
        return known

    def signed_sequence(self, request_id: str) -> int:
        """Where the signature of a request stands in the journal; 0 if none is known."""
        known = self._requests.get(request_id)
        return known.signed_sequence if known is not None else 0

    def used(self, rule: str, *, time_ms: int, request_id: str) -> int:
        """How many other requests a rule allowed on that day (UTC)."""
        if _day(time_ms) > self._day:
            return 0
        known = self._requests.get(request_id)
        own = 1 if known is not None and (known.rule, known.day) == (rule, self._day) else 0
        return self._counts.get(rule, 0) - own

    def nonce_is_free(self, nonce: str, request: SigningRequest, *, time_ms: int) -> bool:
        """Whether no other request was allowed by it.

        Raises:
            ExhaustedError: no more can be remembered; wait until some expire.
        """
        known = self._nonces.get(nonce)
        if known is not None:
            return (known.request_id, known.digest) == (request.request_id, request.digest.hex())
        self._forget_nonces(time_ms)
        if len(self._nonces) >= MAX_NONCES:
            raise ExhaustedError(
                "too many attestations are still valid to remember another: give them a shorter life",
                reason="OVERLOADED",
                domain=COMMON_DOMAIN,
                retry_after=timedelta(minutes=10),
            )
        return True

    def content(self, digest: bytes, algorithm: str, *, time_ms: int) -> Content | None:
        """What was seen of the document with this digest within a day; None if nothing was."""
        seen = self._contents.get((digest.hex(), algorithm))
        return seen[0] if seen is not None and time_ms - seen[1] <= CONTENT_MS else None

    def last_checkpoint(self, chain: str) -> Checkpoint | None:
        """The longest checkpoint seen of a chain."""
        return self._checkpoints.get(chain)

    def _remember(self, entry: Entry, *, day: str, signed_sequence: int) -> None:
        self._requests[entry.request_id] = Remembered(
            content=_content(entry.digest, entry.digest_algorithm, entry.certificate, entry.format, entry.element_id),
            rule=sys.intern(entry.rule),
            day=sys.intern(day),
            signed_sequence=signed_sequence,
        )
        self._requests.move_to_end(entry.request_id)
        if len(self._requests) > self._max_requests:
            self._requests.popitem(last=False)

    def _count(self, rule: str, day: str) -> None:
        if day > self._day:  # days only go forward: the journal's time does
            self._day, self._counts = day, {}
        self._counts[rule] = self._counts.get(rule, 0) + 1

    def _forget_nonces(self, time_ms: int) -> None:
        if len(self._nonces) >= MAX_NONCES:
            oldest = time_ms - _NONCE_MARGIN_MS
            self._nonces = {name: nonce for name, nonce in self._nonces.items() if nonce.expires_ms >= oldest}

    def _take_content(self, entry: Entry, *, time_ms: int) -> None:
        key = (entry.digest, entry.digest_algorithm)
        content = content_of_texts(entry.details)
        before = self._contents.get(key)
        if before is not None:  # texts that other rules looked for at another time are in it all the same
            content = replace(content, found=content.found | before[0].found)
        self._contents[key] = (content, time_ms)
        self._contents.move_to_end(key)
        if len(self._contents) > MAX_CONTENTS:
            self._contents.popitem(last=False)

    def _take_checkpoint(self, checkpoint: Checkpoint) -> None:
        last = self._checkpoints.get(checkpoint.chain)
        if last is not None and last.count >= checkpoint.count:
            return
        self._checkpoints[checkpoint.chain] = checkpoint
        self._checkpoints.move_to_end(checkpoint.chain)
        if len(self._checkpoints) > MAX_CHAINS:
            self._checkpoints.popitem(last=False)


def content_texts(content: Content) -> Mapping[str, str]:
    """What was seen, as the journal tells it."""
    return MappingProxyType(
        {
            "content_size": str(content.size_bytes),
            "content_format": content.format.value,
            "content_found": " ".join(sorted(content.found)),
        }
    )


def content_of_texts(texts: Mapping[str, str]) -> Content:
    """Read it again."""
    return Content(
        size_bytes=int(texts["content_size"]),
        format=ContentFormat(texts["content_format"]),
        found=frozenset(texts["content_found"].split()),
    )


def content_of(request: SigningRequest) -> bytes:
    """What makes two uses of one request_id the same, hashed."""
    algorithm = request.digest_algorithm.name
    return _content(request.digest.hex(), algorithm, request.certificate, request.format.value, request.element_id)


def request_id_reused() -> AlreadyExistsError:
    """What is said to the second use of a request_id."""
    return AlreadyExistsError(
        "this request_id was used for another document, certificate or format: use a new one",
        reason="REQUEST_ID_REUSED",
    )


def _content(*texts: str) -> bytes:
    return hashlib.sha256("\x00".join(texts).encode()).digest()


def _day(time_ms: int) -> str:
    return date.fromordinal(_DAY_1970 + time_ms // _DAY_MS).isoformat()
