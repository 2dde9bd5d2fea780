"""A story is one timeline over the hub, its agents and its upstreams."""

from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import format_trace_id

from hub.app.story import StoryTeller, ordered
from hub.app.telemetry import SpanRing
from hub.core.audit import AuditRecord, Phase
from hub.core.audit_segments import SegmentFolder
from hub.core.audit_trail import AuditTrail
from hub.core.errors import UnavailableError
from hub.core.events import Event
from hub.rpc.services.ports import Story, StoryLine
from hub.signing.port import JournalEntry, SigningPort
from hub.storage.attempt_store import SqlAttemptStore
from tests.support.core_fixtures import Core, core

__all__ = ["core"]

REFERENCE = "ДКП-17"
TITLES = {"CreateRegistration": "Подача заявления", "rosreestr.registration.created": "Заявление принято"}


class Agents:
    agents = ("main",)

    def __init__(self, *entries: JournalEntry) -> None:
        self.entries = entries

    async def journal(self, agent: str, *, business_reference: str, limit: int) -> tuple[JournalEntry, ...]:
        assert (agent, business_reference) == ("main", REFERENCE)
        if not self.entries:
            raise UnavailableError("away")
        return self.entries


class Traces:
    def __init__(self) -> None:
        self.ring = SpanRing()
        provider = TracerProvider(shutdown_on_exit=False)
        provider.add_span_processor(self.ring)
        self.tracer = provider.get_tracer("test")

    def attempt(self, **attributes: Any) -> str:
        with self.tracer.start_as_current_span("POST /x", attributes=attributes) as span:
            return format_trace_id(span.get_span_context().trace_id)


async def tell(core: Core, traces: Traces, agents: Agents | None = None) -> Story:
    teller = StoryTeller(
        database=core.database,
        audit=AuditTrail(
            database=core.database,
            store=core.stores.audit,
            segments=core.stores.segments,
            folder=SegmentFolder(core.folder / "segments"),
        ),
        events=core.stores.events,
        attempts=SqlAttemptStore(),
        signing=cast("SigningPort | None", agents),
        titles=lambda: TITLES,
        spans=traces.ring.spans,
    )
    return await teller.tell(REFERENCE)


def record(**changes: Any) -> AuditRecord:
    fields = {"phase": Phase.INTENT, "method": "/landhub.rosreestr.v1.RosreestrService/CreateRegistration"}
    return AuditRecord(**{**fields, "business_reference": REFERENCE, **changes})


async def test_hub_agent_and_upstream_tell_one_story(core: Core) -> None:
    traces = Traces()
    upstream = {"landhub.upstream": "rosreestr.xml_gateway", "landhub.operation": "registration.submit"}
    trace_id = traces.attempt(**upstream, **{"http.response.status_code": 200})
    traces.attempt(**upstream)  # of another story
    await core.audit.write(record(trace_id=trace_id))
    await core.database.write(
        lambda conn: core.events.append(
            conn,
            Event(
                type="rosreestr.registration.created",
                subject="r1",
                owner="crm",
                business_reference=REFERENCE,
                data={"state": "PENDING"},
            ),
        ),
        label="test",
    )
    await core.audit.write(record(business_reference="another"))
    entry = JournalEntry(agent="main", time=core.clock.now() + timedelta(seconds=1), phase="SIGNED")
    story = await tell(core, traces, Agents(entry))
    told = {(line.source, line.title, line.state) for line in story.lines}
    assert told == {
        ("hub", "Подача заявления: начато", ""),
        ("hub", "Заявление принято", "PENDING"),
        ("agent main", "Документ подписан и подпись проверена", "SIGNED"),
        ("rosreestr.xml_gateway", "registration.submit", "200"),
    }
    assert not story.missing_sources


@pytest.mark.parametrize(
    ("code", "title"),
    [
        ("OK", "Подача заявления"),
        ("FAILED_PRECONDITION", "Подача заявления: отказано"),
        ("CANCELLED", "Подача заявления: прервано"),
        ("DEADLINE_EXCEEDED", "Подача заявления: не дождались ответа"),
    ],
)
async def test_a_call_that_came_to_nothing_does_not_read_like_a_deed(core: Core, code: str, title: str) -> None:
    await core.audit.write(record(phase=Phase.REQUEST, code=code))
    story = await tell(core, Traces(), Agents())
    assert [line.title for line in story.lines] == [title]


async def test_an_agent_that_is_away_is_named(core: Core) -> None:
    await core.audit.write(record())
    story = await tell(core, Traces(), Agents())
    assert story.missing_sources == ["agent main"]
    assert len(story.lines) == 1


async def test_asking_for_a_story_is_no_part_of_it(core: Core) -> None:
    await core.audit.write(record(phase=Phase.REQUEST, method="/landhub.hub.v1.HubService/GetStory"))
    assert not (await tell(core, Traces())).lines


def test_lines_that_only_repeat_are_told_once_with_their_count() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    polls = [
        StoryLine(time=start + timedelta(seconds=n), source="gateway", title="status", state="200") for n in range(5)
    ]
    other = StoryLine(time=start + timedelta(seconds=3, milliseconds=1), source="hub", title="IN_REVIEW")
    lines = ordered([other, *reversed(polls)])
    assert [line.title for line in lines] == ["status (×4)", "IN_REVIEW", "status"]
