"""The figures: what each says, what it should reach, what was measured, and the table of them in the README."""

import json
import re
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tests.bench.rig.machine import commit, describe
from tests.bench.rig.programs import ROOT

_README = ROOT / "README.md"
_RESULTS = ROOT / "build/bench.json"
_TABLE = re.compile(r"(<!-- bench -->\n).*?(<!-- /bench -->)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What one figure says in a line, its unit, and where it should be: at least `target`, or at most."""

    says: str
    unit: str
    target: float
    is_limit: bool = False

    def is_reached(self, value: float) -> bool:
        """Whether a value is where it should be."""
        return value <= self.target if self.is_limit else value >= self.target


FIGURES = {
    "lookup_vs_bare": Figure(
        says="`GetLandPlot` with mTLS, roles, limits, validation, audit and traces, against a bare gRPC handler",
        unit="x",
        target=0.5,
    ),
    "lookup_vs_sketch": Figure(says="the same, against FastAPI with a session a request", unit="x", target=1.5),
    "batch_lookup_vs_fastapi": Figure(
        says="`BatchGetLandPlots` of 64, plots a second, against FastAPI with one session", unit="x", target=1.1
    ),
    "sign_inprocess_vs_process": Figure(
        says="CAdES-BES made and verified in process, against a process to sign and one to verify", unit="x", target=60
    ),
    "sign_pool_vs_sketch": Figure(
        says="the hub's signing port to the agent and back by mTLS, 32 at a time, against those processes behind gRPC",
        unit="x",
        target=40,
    ),
    "sign_rpc_vs_sketch": Figure(
        says="`SignDigests` of one: caller, hub, agent and back, 32 at a time, against the same", unit="x", target=5
    ),
    "sign_batch_vs_limit": Figure(
        says="the agent's `SignBatch` of 64, against signing and verifying in process on two threads",
        unit="x",
        target=0.5,
    ),
    "verify_vs_process": Figure(
        says="a CAdES-BES of a new signer verified, with chain and revocation lists, against a process for each",
        unit="x",
        target=8,
    ),
    "verify_cached_vs_process": Figure(
        says="the same, of a signer whose chain was judged already", unit="x", target=20
    ),
    "stream_growth_mib": Figure(
        says="growth of hub and agent together over a document of 1 GiB",
        unit="MiB",
        target=64,
        is_limit=True,
    ),
    "outbox_jobs_per_s": Figure(says="jobs executed on SQLite, durably", unit="1/s", target=1000),
    "create_payment_vs_sketch": Figure(
        says="`CreatePayment`, kept and audited, TLS on both sides, against FastAPI with a session and token for each",
        unit="x",
        target=2.0,
    ),
    "notifications_per_s": Figure(
        says="messages of campaigns made, sent and noted on SQLite, each durably", unit="1/s", target=500
    ),
    "two_processes_vs_one": Figure(
        says="lookups by two hub processes on PostgreSQL, 32 connections, against one", unit="x", target=1.3
    ),
    "audit_verify_per_s": Figure(says="records that `hub audit verify` checks", unit="1/s", target=100_000),
}


@dataclass(frozen=True, slots=True)
class Measured:
    """The runs of one figure, and what they were measured against."""

    name: str
    runs: Sequence[float]
    baseline: str

    @property
    def value(self) -> float:
        """The median."""
        return statistics.median(self.runs)


class Figures:
    """What this run has measured."""

    def __init__(self) -> None:
        self._measured: dict[str, Measured] = {}

    def add(self, name: str, runs: Sequence[float], *, baseline: str) -> None:
        """Take a figure's runs; its value is their median."""
        assert name in FIGURES, name
        self._measured[name] = Measured(name, runs, baseline)

    def write(self, *, into_readme: bool) -> None:
        """Write build/bench.json and print the table; put it into the README too, if all figures are there."""
        ordered = [self._measured[name] for name in FIGURES if name in self._measured]
        if not ordered:
            return
        _RESULTS.parent.mkdir(exist_ok=True)
        _RESULTS.write_text(json.dumps([_as_json(measured) for measured in ordered], indent=1) + "\n", encoding="utf-8")
        print(f"\n{_table(ordered)}\n\n{_RESULTS.relative_to(ROOT)} has every run.")
        if into_readme:
            assert len(ordered) == len(FIGURES), f"not measured: {', '.join(FIGURES.keys() - self._measured.keys())}"
            _put_into_readme(ordered)


def _as_json(measured: Measured) -> dict[str, object]:
    figure = FIGURES[measured.name]
    return {
        "name": measured.name,
        "value": _rounded(measured.value),
        "unit": figure.unit,
        "target": figure.target,
        "baseline": measured.baseline,
        "runs": [_rounded(run) for run in measured.runs],
    }


def _put_into_readme(measured: Sequence[Measured]) -> None:
    where = f"Commit {commit()}, {date.today().isoformat()}, {describe()}.\n\n"  # noqa: DTZ011 - a day, for people
    text, count = _TABLE.subn(
        lambda found: f"{found[1]}{where}{_table(measured)}\n{found[2]}", _README.read_text(encoding="utf-8")
    )
    assert count == 1, "the README has no place for the table"
    _README.write_text(text, encoding="utf-8")


def _table(measured: Sequence[Measured]) -> str:
    lines = ["| Figure | What | Measured | Should be | Beside it |", "|---|---|---|---|---|"]
    for found in measured:
        figure = FIGURES[found.name]
        spread = f"{_shown(min(found.runs))} to {_shown(max(found.runs))}"
        value = f"{_shown(found.value)} {figure.unit}"
        reached = value if figure.is_reached(found.value) else f"**{value}, short**"
        bound = f"{'at most' if figure.is_limit else 'at least'} {_shown(figure.target)}"
        lines.append(f"| `{found.name}` | {figure.says} | {reached} ({spread}) | {bound} | {found.baseline} |")
    return "\n".join(lines)


def _rounded(value: float) -> float:
    return float(f"{value:.4g}")


def _shown(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
