"""Writes attempts at upstreams that belong to a story to the database, so that the story outlives the process."""

import asyncio
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from opentelemetry import context, trace
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor
from opentelemetry.trace import format_span_id, format_trace_id

from hub.core.attempt_store import AttemptStore, UpstreamAttempt
from hub.core.clock import Clock
from hub.core.database import Database
from hub.core.errors import HubError

log = structlog.get_logger(__name__)

REFERENCE = "landhub.business_reference"
KEEP = timedelta(days=90)  # as long as events
WRITE_SECONDS = 1.0
MOST_WAITING = 10_000  # some MB; beyond, while the database is away, the oldest go
PRUNE_EVERY = timedelta(hours=1)
PRUNE_ROWS = 1000


class AttemptSpans(SpanProcessor):
    """Hands the business reference of a span to those inside it, and keeps the attempts among them to be written."""

    def __init__(self) -> None:
        self._waiting: deque[UpstreamAttempt] = deque(maxlen=MOST_WAITING)
        self._lock = threading.Lock()

    def on_start(self, span: Span, parent_context: context.Context | None = None) -> None:
        """Take the reference over from the span around it."""
        around = trace.get_current_span(parent_context)
        attributes = around.attributes if isinstance(around, ReadableSpan) else None
        reference = attributes.get(REFERENCE) if attributes else None
        if reference is not None:
            span.set_attribute(REFERENCE, reference)

    def on_end(self, span: ReadableSpan) -> None:
        """Keep an attempt of a story."""
        attempt = attempt_of(span)
        if attempt is not None and attempt.business_reference:
            with self._lock:
                self._waiting.append(attempt)

    def take(self) -> Sequence[UpstreamAttempt]:
        """Return what waits, which waits no longer."""
        with self._lock:
            taken = tuple(self._waiting)
            self._waiting.clear()
        return taken


class UpstreamTrail:
    """Writes once a second what waits, and prunes once an hour. What the last second before a kill told is lost."""

    def __init__(self, *, spans: AttemptSpans, database: Database, store: AttemptStore, clock: Clock) -> None:
        self._spans = spans
        self._database = database
        self._store = store
        self._clock = clock
        self._pruned = clock.now() - PRUNE_EVERY

    async def run_forever(self) -> None:
        """Write and prune until cancelled, and then write what is left."""
        try:
            while True:
                await self._clock.sleep(WRITE_SECONDS)
                await self.write()
                if self._clock.now() - self._pruned >= PRUNE_EVERY:
                    self._pruned = self._clock.now()
                    await self.prune()
        except asyncio.CancelledError:
            await self.write()
            raise

    async def write(self) -> None:
        """Write what waits; if the database doesn't take it, that is told in the log and the story lacks it."""
        attempts = self._spans.take()
        if not attempts:
            return
        try:
            await self._database.write(lambda conn: self._store.add(conn, attempts), label="upstream_attempts.add")
        except HubError as error:
            log.warning("upstream_attempts.not_written", count=len(attempts), reason=error.reason)

    async def prune(self) -> None:
        """Delete what is too old, in batches."""
        before, gone = self._clock.now() - KEEP, PRUNE_ROWS
        try:
            while gone == PRUNE_ROWS:
                gone = await self._database.write(
                    lambda conn: self._store.prune(conn, before=before, limit=PRUNE_ROWS),
                    label="upstream_attempts.prune",
                )
        except HubError as error:
            log.warning("upstream_attempts.not_pruned", reason=error.reason)


def attempt_of(span: ReadableSpan) -> UpstreamAttempt | None:
    """Return what a span tells of an attempt at an upstream; None if it is about something else."""
    attributes: Mapping[str, Any] = span.attributes or {}
    upstream = attributes.get("landhub.upstream")
    if not upstream or span.context is None or span.start_time is None:
        return None
    status = attributes.get("http.response.status_code", "")
    return UpstreamAttempt(
        trace_id=format_trace_id(span.context.trace_id),
        span_id=format_span_id(span.context.span_id),
        time=datetime.fromtimestamp(span.start_time / 1e9, tz=UTC),
        business_reference=str(attributes.get(REFERENCE, "")),
        upstream=str(upstream)[:100],
        operation=str(attributes.get("landhub.operation") or attributes.get("url.path") or span.name)[:200],
        outcome=str(attributes.get("landhub.outcome") or attributes.get("error.type") or status)[:100],
    )
