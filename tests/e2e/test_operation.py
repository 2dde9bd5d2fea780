"""What an operator runs beside a hub that serves: doctor, upstreams, probe, stuck, outbox."""

import asyncio
import json
import re
import urllib.request
from contextlib import aclosing
from pathlib import Path
from typing import NoReturn

import pytest

from hub.cli import probe
from hub.cli.administration import HubDownError
from hub.cli.main import main
from landhub.events.v1 import events_service_pb2
from sandbox.demo.stack import Stack
from tests.support.known import make_known
from tests.support.stack import channel, connect


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[dict[str, str]]]:
    capsys.readouterr()
    code = main([*arguments, "--json"])
    return code, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_the_doctor_finds_nothing_that_fails_and_compares_the_clock_with_the_others(
    stack: Stack, capsys: pytest.CaptureFixture[str]
) -> None:
    code, found = run(capsys, "doctor", str(stack.installation.folder))
    assert [line for line in found if line["verdict"] == "fail"] == []
    assert code == 0
    lines = {line["check"]: line["told"] for line in found}
    assert lines["hub"].startswith("it runs; modules that are on: notifications, payments, rosreestr, signatures")
    assert "connection" in lines["agent main"]
    assert "known by our CA bundle" in lines["rosreestr.xml_gateway"]
    assert "agent main: clock" in lines
    assert "rosreestr.xml_gateway: clock" in lines


@pytest.mark.parametrize(
    ("name", "last"),
    [
        ("rosreestr", "read"),
        ("payments.sber", "read"),
        ("notifications.sms", "read"),
        ("main", "clock"),
        ("signing.main", "clock"),
    ],
)
def test_a_probe_goes_all_the_way(stack: Stack, capsys: pytest.CaptureFixture[str], name: str, last: str) -> None:
    code, found = run(capsys, "probe", str(stack.installation.folder), name)
    assert (code, found[-1]["check"], found[-1]["verdict"]) == (0, last, "ok")
    assert main(["probe", str(stack.installation.folder), "ghost"]) == 1


@pytest.mark.parametrize("name", ["rosreestr", "payments.sber", "notifications.sms"])
def test_without_a_hub_the_command_goes_the_way_itself(
    stack: Stack, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    def administration(*_: object) -> NoReturn:
        raise HubDownError

    monkeypatch.setattr(probe, "administration", administration)
    code, found = run(capsys, "probe", str(stack.installation.folder), name)
    assert (code, found[-1]["check"], found[-1]["verdict"]) == (0, "read", "ok")


def test_the_board_shows_the_provider_and_the_agent(stack: Stack, capsys: pytest.CaptureFixture[str]) -> None:
    code, found = run(capsys, "upstreams", str(stack.installation.folder))
    assert code == 0
    assert {upstream["name"] for upstream in found} == {
        "notifications.mail",
        "notifications.sms",
        "payments.sber",
        "rosreestr.xml_gateway",
        "signatures.tsp",
        "signing.main",
        "signing.main.documents",
    }
    assert main(["upstreams", str(stack.installation.folder)]) == 0
    assert "closed" in capsys.readouterr().out


def test_a_running_hub_tells_the_metrics_of_the_page_and_no_others(stack: Stack) -> None:
    page = (Path(__file__).parents[2] / "docs" / "metrics.md").read_text(encoding="utf-8")
    ports = stack.installation.ports
    with urllib.request.urlopen(f"http://127.0.0.1:{ports.private}/metrics", timeout=30) as answer:
        text = answer.read().decode()
    families = set(re.findall(r"^# TYPE (landhub_\w+) ", text, re.MULTILINE))
    assert {name for name in families if f"`{name}`" not in page and not name.endswith("_created")} == set()
    assert 'landhub_module_ready{module="rosreestr"} 1.0' in text
    assert "process_resident_memory_bytes" in text


def test_what_is_stuck_is_named_with_what_to_do_about_it(stack: Stack, capsys: pytest.CaptureFixture[str]) -> None:
    with channel(stack.installation) as client:
        known = make_known(stack, client, "Договор для оператора".encode())
    code, found = run(capsys, "stuck", str(stack.installation.folder))
    assert code == 1
    (ours,) = (work for work in found if work["resource"] == known.unknown_outcome)
    assert (ours["cause"], ours["lastError"]) == ("OUTCOME_UNKNOWN", "REFERENCE_TAKEN")
    assert "hub resolve" in ours["remedy"]
    code, dead = run(capsys, "outbox", "list", str(stack.installation.folder), "--state", "dead")
    assert code == 0
    assert known.idle_job in json.dumps(dead)


async def test_certificates_that_run_out_are_told_to_administrators_and_to_nobody_else(stack: Stack) -> None:
    request = events_service_pb2.SubscribeRequest(after_cursor="0", types=["hub.*"])
    async with connect(stack.installation, "administrator") as client, aclosing(client.subscribe(request)) as told:
        event = await asyncio.wait_for(anext(told), 60)  # those of a development CA live for thirty days
    assert event.type == "hub.certificate.expiring"
    assert {"certificate", "days", "expire_time"} <= set(event.data)
    async with connect(stack.installation) as client:
        assert not (await client.events.ListEvents(events_service_pb2.ListEventsRequest(types=["hub.*"]))).events
