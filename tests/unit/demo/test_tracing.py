"""A trace is drawn as a tree, and waited for until each call is told by both of its ends."""

from typing import Any

import pytest

from sandbox.demo import tracing
from sandbox.demo.tracing import IncompleteTraceError, complete_trace, tree

MILLISECOND = 1_000_000


def _span(span_id: str, parent: str, name: str, *, start: int, length: int, kind: int = 1, code: int = 0) -> Any:
    return {
        "spanId": span_id, "parentSpanId": parent, "name": name, "kind": kind, "status": {"code": code},
        "startTimeUnixNano": str(start * MILLISECOND), "endTimeUnixNano": str((start + length) * MILLISECOND),
        "attributes": [{"key": "rpc.system", "value": {"stringValue": "grpc"}}],
    }  # fmt: skip


def _trace(**services: list[Any]) -> Any:
    return {
        "resourceSpans": [
            {
                "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": name}}]},
                "scopeSpans": [{"spans": spans}],
            }
            for name, spans in services.items()
        ]
    }


DEMO = [
    _span("1", "", "land deal", start=100, length=50),
    _span("3", "1", "Sign", start=120, length=5, kind=3, code=2),
    _span("2", "1", "GetLandPlot", start=101, length=9, kind=3),
]
HUB = [_span("4", "2", "GetLandPlot", start=103, length=4, kind=2)]


def test_children_stand_under_their_parent_in_the_order_of_time() -> None:
    lines = [line.split("  ", 1)[1].strip() for line in tree(_trace(demo=DEMO, landhub=HUB))]
    assert [line.split("ms")[1].split() for line in lines] == [
        ["demo", "land", "deal"], ["demo", "GetLandPlot"], ["landhub", "GetLandPlot"], ["demo", "Sign", "ERROR"],
    ]  # fmt: skip
    assert [line.split("ms")[0].split()[-1] for line in lines] == ["50.0", "9.0", "4.0", "5.0"]


def test_a_trace_is_complete_when_every_call_is_answered_by_a_span(monkeypatch: pytest.MonkeyPatch) -> None:
    answered = [*HUB, _span("5", "3", "Sign", start=121, length=3, kind=2)]
    kept = [{}, _trace(demo=DEMO), _trace(demo=DEMO, landhub=HUB), _trace(demo=DEMO, landhub=answered)]
    monkeypatch.setattr(tracing, "_POLL_SECONDS", 0)
    monkeypatch.setattr(tracing, "fetch", lambda port, path: kept.pop(0))
    assert complete_trace(7490, "abc") == _trace(demo=DEMO, landhub=answered)


def test_a_trace_waits_for_the_spans_above_those_that_came(monkeypatch: pytest.MonkeyPatch) -> None:
    job, send = _span("6", "1", "send", start=125, length=9), _span("7", "6", "POST /send.php", start=126, length=3)
    demo = DEMO[:1]
    kept = [_trace(demo=demo, landhub=[send]), _trace(demo=demo, landhub=[send, job])]
    monkeypatch.setattr(tracing, "_POLL_SECONDS", 0)
    monkeypatch.setattr(tracing, "fetch", lambda port, path: kept.pop(0))
    assert complete_trace(7490, "abc") == _trace(demo=demo, landhub=[send, job])


def test_a_trace_that_stays_one_sided_names_the_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracing, "_POLL_SECONDS", 0)
    monkeypatch.setattr(tracing, "_COMPLETE_SECONDS", 0)
    monkeypatch.setattr(tracing, "fetch", lambda port, path: _trace(demo=DEMO, landhub=HUB))
    with pytest.raises(IncompleteTraceError, match="beside or above Sign"):
        complete_trace(7490, "abc")
