"""Puts one timeline together from all that know a business reference: audit, events, journals, upstreams."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from opentelemetry.sdk.trace import ReadableSpan

from hub.app.upstream_trail import attempt_of
from hub.core.attempt_store import AttemptStore, UpstreamAttempt
from hub.core.audit import Phase
from hub.core.audit_store import StoredRecord
from hub.core.audit_trail import AuditPage, AuditTrail
from hub.core.database import Database
from hub.core.errors import HubError
from hub.core.event_store import EventFilter, EventRow, EventStore
from hub.rpc.services.ports import Story, StoryLine
from hub.signing.port import JournalEntry, SigningPort

MAX_LINES = 1000  # as the contract says of GetStory
ASK_AGENTS_SECONDS = 5.0
HUB = "hub"

_STORY = "/landhub.hub.v1.HubService/GetStory"

_PHASES = {
    Phase.REQUEST: "",
    Phase.INTENT: "начато",
    Phase.OUTCOME: "итог",
    Phase.REFUSED: "отказано",
    Phase.ADMIN: "администратор",
}
_ENDS = {"": "", "OK": "", "CANCELLED": "прервано", "DEADLINE_EXCEEDED": "не дождались ответа"}
_JOURNAL = {
    "DECIDED": "Подпись разрешена правилом",
    "SIGNED": "Документ подписан и подпись проверена",
    "REFUSED": "В подписи отказано",
    "FAILED": "Подпись не удалась",
    "CALLER_REFUSED": "Отказано в соединении",
}


class StoryTeller:
    """Tells stories.

    Args:
        titles: Event types, RPC names and job kinds with their line for a person.
        spans: The sampled spans this process remembers.
    """

    def __init__(
        self,
        *,
        database: Database,
        audit: AuditTrail,
        events: EventStore,
        attempts: AttemptStore,
        signing: SigningPort | None,
        titles: Callable[[], Mapping[str, str]],
        spans: Callable[[], Sequence[ReadableSpan]],
    ) -> None:
        self._database = database
        self._audit = audit
        self._events = events
        self._attempts = attempts
        self._signing = signing
        self._titles = titles
        self._spans = spans

    async def tell(self, reference: str) -> Story:
        """Return the story of a business reference, at most 1,000 lines."""
        titles = self._titles()
        audited = await self._audit.list(business_reference=reference, limit=MAX_LINES)
        wanted = EventFilter(owner=None, business_reference=reference)
        page = await self._database.read(lambda conn: self._events.page(conn, wanted, after=0, limit=MAX_LINES))
        kept = await self._database.read(lambda conn: self._attempts.of(conn, reference, limit=MAX_LINES))
        lines = [*audit_lines(audited.records, titles), *event_lines(page.rows, titles)]
        lines += attempt_lines(kept, self._spans(), reference, {line.trace_id for line in lines})
        journal, missing = await self._journals(reference)
        return Story(lines=ordered([*lines, *journal]), missing_sources=[*segment_sources(audited), *missing])

    async def _journals(self, reference: str) -> tuple[list[StoryLine], list[str]]:
        if self._signing is None:
            return [], []
        agents = self._signing.agents
        answers = await asyncio.gather(*(self._journal(self._signing, agent, reference) for agent in agents))
        lines = [line for answer in answers if answer is not None for line in journal_lines(answer)]
        return lines, [f"agent {agent}" for agent, answer in zip(agents, answers, strict=True) if answer is None]

    async def _journal(self, signing: SigningPort, agent: str, reference: str) -> Sequence[JournalEntry] | None:
        try:
            async with asyncio.timeout(ASK_AGENTS_SECONDS):
                return await signing.journal(agent, business_reference=reference, limit=MAX_LINES)
        except (HubError, TimeoutError):
            return None


def ordered(lines: Iterable[StoryLine]) -> Sequence[StoryLine]:
    """Return the lines by time, a line that only repeats the one before it told once; of too many the newest."""
    told: list[StoryLine] = []
    repeated = 1
    for line in sorted(lines, key=lambda line: line.time):
        if told and _repeats(line, first := told[-1], repeated):
            repeated += 1
            told[-1] = replace(first, title=f"{line.title} (×{repeated})")
        else:
            told.append(line)
            repeated = 1
    return told[-MAX_LINES:]


def _repeats(line: StoryLine, first: StoryLine, repeated: int) -> bool:
    title = line.title if repeated == 1 else f"{line.title} (×{repeated})"
    return (title, line.source, line.resource, line.state) == (first.title, first.source, first.resource, first.state)


def segment_sources(audited: AuditPage) -> list[str]:
    """Name the segments of the audit that hold lines of the story and can't be read."""
    return [f"audit segment {file}" for file in audited.missing]


def audit_lines(records: Iterable[StoredRecord], titles: Mapping[str, str]) -> list[StoryLine]:
    """Tell audit records; an outcome's state is its code, with the reason if there is one."""
    lines = []
    for stored in records:
        record = stored.record
        if record.phase not in _PHASES or record.method == _STORY:
            continue  # that somebody asked for the story is no part of it
        word = _PHASES[record.phase] or _ENDS.get(record.code, "отказано")
        name = record.method.rpartition("/")[2]
        title = titles.get(name, name)
        state = f"{record.code} {record.reason}".strip()
        lines.append(
            StoryLine(
                time=stored.time,
                source=HUB,
                title=f"{title}: {word}" if word else title,
                resource=record.resource,
                state=state,
                trace_id=record.trace_id,
            )
        )
    return lines


def event_lines(rows: Iterable[EventRow], titles: Mapping[str, str]) -> list[StoryLine]:
    """Tell events; data's "state" is the state they tell of."""
    return [
        StoryLine(
            time=row.time,
            source=HUB,
            title=titles.get(row.event.type, row.event.type),
            resource=row.event.subject,
            state=row.event.data.get("state", ""),
            trace_id=_trace_id(row.event.traceparent),
        )
        for row in rows
    ]


def journal_lines(entries: Iterable[JournalEntry]) -> list[StoryLine]:
    """Tell entries of an agent's journal."""
    return [
        StoryLine(
            time=entry.time,
            source=f"agent {entry.agent}",
            title=_JOURNAL.get(entry.phase, entry.phase) + (f" {entry.rule}" if entry.phase == "DECIDED" else ""),
            resource=entry.certificate_thumbprint,
            state=entry.reason or entry.phase,
            trace_id=entry.trace_id,
        )
        for entry in entries
    ]


def attempt_lines(
    kept: Iterable[UpstreamAttempt], spans: Iterable[ReadableSpan], reference: str, traces: set[str]
) -> list[StoryLine]:
    """Tell attempts at upstreams: those kept of this reference, and what this process remembers of its traces."""
    remembered = (attempt_of(span) for span in spans)
    theirs = [
        attempt
        for attempt in remembered
        if attempt is not None and (attempt.business_reference == reference or attempt.trace_id in traces)
    ]
    by_span = {(attempt.trace_id, attempt.span_id): attempt for attempt in (*kept, *theirs)}
    return [
        StoryLine(
            time=attempt.time,
            source=attempt.upstream,
            title=attempt.operation,
            state=attempt.outcome,
            trace_id=attempt.trace_id,
        )
        for attempt in by_span.values()
    ]


def _trace_id(traceparent: str) -> str:
    parts = traceparent.split("-")
    return parts[1] if len(parts) == 4 else ""
