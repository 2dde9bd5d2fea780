"""How findings are printed: a line each, and below it what to do."""

import json
from collections.abc import Iterable

from hub.core.findings import Finding, Verdict
from landhub.hub.v1 import hub_pb2

_VERDICTS = {
    hub_pb2.VERDICT_OK: Verdict.OK,
    hub_pb2.VERDICT_WARN: Verdict.WARN,
    hub_pb2.VERDICT_FAIL: Verdict.FAIL,
}
_MARKS = {Verdict.OK: "ok  ", Verdict.WARN: "warn", Verdict.FAIL: "FAIL"}


def print_findings(found: Iterable[Finding], *, as_json: bool) -> None:
    """Print them for people, or as one JSON object a line."""
    for finding in found:
        if as_json:
            line = {"check": finding.check, "verdict": finding.verdict.value, "told": finding.told}
            print(json.dumps(line | ({"remedy": finding.remedy} if finding.remedy else {}), ensure_ascii=False))
            continue
        print(f"{_MARKS[finding.verdict]}  {finding.check}: {finding.told}")
        if finding.remedy and finding.verdict is not Verdict.OK:
            print(f"      > {finding.remedy}")


def read_findings(messages: Iterable[hub_pb2.Finding]) -> list[Finding]:
    """Return what a hub found."""
    return [
        Finding(check=message.check, verdict=_VERDICTS[message.verdict], told=message.told, remedy=message.remedy)
        for message in messages
    ]
