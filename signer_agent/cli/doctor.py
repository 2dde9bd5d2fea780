"""`signer-agent doctor`: a line for everything looked at, below it what to do, and 1 if something fails."""

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from signer_agent.clock import SystemClock
from signer_agent.doctor.examine import examine
from signer_agent.doctor.findings import Finding, Verdict
from signer_agent.settings import TelemetrySettings
from signer_agent.telemetry import configure_logs

_MARKS: Final = {Verdict.OK: "ok  ", Verdict.WARN: "warn", Verdict.FAIL: "FAIL"}


def add_options(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument("directory", metavar="DIR", type=Path, nargs="?", default=Path(), help="here, if not given")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


def doctor(options: argparse.Namespace) -> int:
    """Print what was found; 1 if something fails."""
    configure_logs(TelemetrySettings(log_level="error"), stream=sys.stderr)  # what is found is told in lines
    found = examine(options.directory, clock=SystemClock())
    _print(found, as_json=options.json)
    failed = sum(finding.verdict is Verdict.FAIL for finding in found)
    warned = sum(finding.verdict is Verdict.WARN for finding in found)
    if not options.json:
        print(f"{len(found)} looked at, {warned} to be seen to, {failed} failed")
    return 1 if failed else 0


def _print(found: Iterable[Finding], *, as_json: bool) -> None:
    for finding in found:
        if as_json:
            line = {"check": finding.check, "verdict": finding.verdict.value, "told": finding.told}
            print(json.dumps(line | ({"remedy": finding.remedy} if finding.remedy else {}), ensure_ascii=False))
            continue
        print(f"{_MARKS[finding.verdict]}  {finding.check}: {finding.told}")
        if finding.remedy:
            print(f"      > {finding.remedy}")
