"""Whatever bytes come with a good certificate: no RPC answers INTERNAL or UNKNOWN, none hangs, the audit stays whole.

`make fuzz` runs for FUZZ_SECONDS (600) with FUZZ_SEED (the day's number).
"""

import itertools
import json
import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from sandbox.demo.stack import Stack
from tests.campaign.fuzz.fuzzer import Findings, Fuzzer
from tests.campaign.fuzz.targets import connections, targets
from tests.campaign.telling import long_test, tell
from tests.support.stack import channel, command, running_stack

SHORT_CALLS = 1000
PROGRESS_SECONDS = 60.0
KEPT = Path("build/fuzz")
REPORT = Path("build/fuzz.json")


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    """A landhub that limits nobody, so that each request gets to where it is judged."""
    folder = tmp_path / "installation"
    with running_stack(folder, limits={"calls_per_second": 100_000, "burst": 100_000}) as running:
        yield running


def test_no_request_surprises_a_landhub(stack: Stack) -> None:
    findings = fuzz(stack, iter(range(SHORT_CALLS)), seed=1)
    assert findings.calls == SHORT_CALLS
    assert_well(stack, findings)


@pytest.mark.campaign
def test_no_request_surprises_a_landhub_for_long(stack: Stack) -> None:
    long_test()
    seconds = float(os.environ.get("FUZZ_SECONDS", "600"))
    seed = int(os.environ.get("FUZZ_SEED", str(datetime.now(UTC).toordinal())))
    findings = fuzz(stack, _for(seconds), seed=seed)
    REPORT.parent.mkdir(exist_ok=True)
    report = {"seed": seed, "seconds": seconds, "calls": findings.calls, "wrong": findings.wrong}
    report["answers"] = {path: findings.answers(path) for path in findings.paths()}
    REPORT.write_text(json.dumps(report, indent=1), encoding="utf-8")
    print(f"\nfuzz, seed {seed}: {findings.calls} calls in {seconds:g} s\n{findings.table()}")  # noqa: T201
    assert_well(stack, findings)


def fuzz(stack: Stack, numbers: Iterator[int], *, seed: int) -> Findings:
    """Run against the stack until there are no more numbers."""
    opened = connections(stack)
    try:
        return Fuzzer(targets=targets(stack), connections=opened, seed=seed, kept=KEPT).run(numbers)
    finally:
        for each in opened.values():
            each.close()


def assert_well(stack: Stack, findings: Findings) -> None:
    """Nothing wrong was answered, all programs live and serve, and both chains are whole."""
    logs = {program.name: program.log_file.read_text(encoding="utf-8") for program in (stack.hub, stack.agent)}
    failed = [line for log in logs.values() for line in log.splitlines() if "rpc_failed" in line or "Traceback" in line]
    assert findings.wrong == [], "\n".join([*findings.wrong[:20], *failed[:20], findings.table()])
    assert failed == []
    assert stack.hub.pid is not None
    assert stack.agent.pid is not None
    with channel(stack.installation) as opened:
        stub: Any = health_pb2_grpc.HealthStub(opened)
        for service in ("", "landhub.rosreestr.v1.RosreestrService", "landhub.signatures.v1.SignaturesService"):
            answer = stub.Check(health_pb2.HealthCheckRequest(service=service), timeout=10)
            assert answer.status == health_pb2.HealthCheckResponse.SERVING, service
    command("hub", "audit", "verify", str(stack.installation.folder))
    command("signer_agent", "verify-journal", str(stack.installation.folder / "agent"))


def _for(seconds: float) -> Iterator[int]:
    began = told = time.monotonic()
    for number in itertools.count():
        now = time.monotonic()
        if now >= began + seconds:
            return
        if now >= told + PROGRESS_SECONDS:
            told = now
            tell(f"fuzz: {number} calls in {now - began:.0f} s of {seconds:g}")
        yield number
