"""`make demo` from the outside: its papers convince tools that are not ours, and it cleans up after itself."""

import json
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sandbox.demo.processes import running_pid
from tests.support.ports import demo_ports

TIMEOUT_SECONDS = 180
PROGRAMS = ("hub", "agent", "sandbox")
EVENTS = {"SUBMITTED", "IN_REVIEW", "SUSPENDED", "REGISTERED"}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("demo") / "installation"
    done = _run(folder, demo_ports().hub)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder, done.stdout


def test_openssl_accepts_the_signature_and_not_after_one_byte_changed(demo: tuple[Path, str], tmp_path: Path) -> None:
    folder, _ = demo
    assert _verify(folder, folder / "contract.txt")
    changed = tmp_path / "contract.txt"
    shutil.copy(folder / "contract.txt", changed)
    with changed.open("r+b") as file:
        file.seek(10)
        file.write(b"X")
    assert not _verify(folder, changed)


def test_one_trace_holds_the_whole_story_over_demo_hub_and_agent(demo: tuple[Path, str]) -> None:
    folder, _ = demo
    trace = json.loads((folder / "trace.json").read_text())
    spans = [
        (_service(resource_spans), span)
        for resource_spans in trace["resourceSpans"]
        for scope_spans in resource_spans["scopeSpans"]
        for span in scope_spans["spans"]
    ]
    assert {span["traceId"] for _, span in spans} == {_summary(folder)["trace_id"]}
    assert {service for service, _ in spans} == {"demo", "landhub", "landhub-signer-agent"}
    known = {span["spanId"] for _, span in spans}
    roots = [span["name"] for _, span in spans if span.get("parentSpanId") not in known]
    assert roots == ["land deal"]
    names = {span["name"] for _, span in spans}
    assert {"decide", "sign", "verify", "POST /registration/submit", "POST /registration/status"} <= names


def test_the_summary_tells_the_refusal_and_the_registration(demo: tuple[Path, str]) -> None:
    summary = _summary(demo[0])
    assert summary["refused_first"]["reason"] == "UNSUPPORTED_BY_PROVIDER"
    assert summary["refused_first"]["metadata"]["limit"] == "transferors"
    assert summary["state"] == "REGISTERED"
    assert summary["document_count"] == 2
    assert {event["data"]["state"] for event in summary["events"] if "state" in event["data"]} >= EVENTS


def test_the_registration_is_submitted_once_the_money_is_there(demo: tuple[Path, str]) -> None:
    summary = _summary(demo[0])
    assert (summary["deal_state"], summary["paid_kopecks"]) == ("PAID", 150_000_000)
    told = [(event["type"], event["data"].get("state")) for event in summary["events"]]
    assert told.count(("payments.payment.state_changed", "CAPTURED")) == 2
    there = told.index(("payments.deal.state_changed", "PAID"))
    assert there < told.index(("rosreestr.registration.created", "PENDING"))


def test_both_parties_were_told_of_each_step_once(demo: tuple[Path, str]) -> None:
    told = [(message["recipient"].lstrip("+"), message["text"]) for message in _summary(demo[0])["told"]]
    for phone in ("79990000101", "79990000102"):
        for words in ("принял документы", "зарегистрировал переход права"):
            assert len([text for recipient, text in told if recipient == phone and words in text]) == 1
    receipts = [text for recipient, text in told if recipient == "pokupatelev@buyer.example.com"]
    assert len(receipts) == 2
    assert all("по договору ДКП-2025/17" in text and "Пётр Примерович" in text for text in receipts)
    assert any("300\u00a0000,00\u00a0₽" in text for text in receipts)


def test_the_story_is_printed(demo: tuple[Path, str]) -> None:
    _, printed = demo
    for line in (
        "Подпись разрешена правилом contracts of the demo",
        "agent main",
        "Изменилось состояние расчётов по сделке  PAID",
        "rosreestr.xml_gateway",
        "REGISTERED",
    ):
        assert line in printed


def test_nothing_is_left_running(demo: tuple[Path, str]) -> None:
    assert [running_pid(demo[0] / f"run/{name}.pid") for name in PROGRAMS] == [None, None, None]


def test_a_port_in_use_is_named_in_one_line(tmp_path: Path) -> None:
    base = demo_ports().hub
    with socket.create_server(("127.0.0.1", base + 4)):
        done = _run(tmp_path / "installation", base)
    assert done.returncode == 1
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert f"port {base + 4} (agent) is in use" in line


def test_a_folder_that_is_not_the_demos_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "precious.txt").write_text("mine")
    done = _run(tmp_path, demo_ports().hub)
    assert done.returncode == 1
    assert "is no demo's folder" in done.stderr
    assert (tmp_path / "precious.txt").read_text() == "mine"


def _run(folder: Path, port_base: int) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sandbox.demo", "--dir", str(folder), "--port-base", str(port_base)]
    return subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_SECONDS, check=False)


def _verify(folder: Path, document: Path) -> bool:
    command = ["openssl", "cms", "-verify", "-engine", "gost", "-cades", "-binary", "-inform", "DER"]
    files: list[str | Path] = [
        "-in",
        folder / "contract.p7s",
        "-content",
        document,
        "-CAfile",
        folder / "chain.pem",
        "-out",
        "/dev/null",
    ]
    return subprocess.run([*command, *files], capture_output=True, timeout=30, check=False).returncode == 0


def _summary(folder: Path) -> dict[str, Any]:
    summary: dict[str, Any] = json.loads((folder / "summary.json").read_text())
    return summary


def _service(resource_spans: dict[str, Any]) -> str:
    (name,) = (
        item["value"]["stringValue"]
        for item in resource_spans["resource"]["attributes"]
        if item["key"] == "service.name"
    )
    return str(name)
