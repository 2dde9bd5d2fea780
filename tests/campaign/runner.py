"""Runs seeds in several processes, says how far they are, and puts what came of them into a report."""

import json
import queue
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.campaign.template import Template

PROGRAM = Path(__file__).parent
PROGRESS_SECONDS = 10.0
MAX_TOLD = 20  # failing seeds that are told one by one
SILENT_SECONDS = 120.0  # a worker that says nothing for so long hangs
CLASSES = ("lost", "doubled", "unaudited", "leaked")


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What to run."""

    seeds: int
    first_seed: int
    processes: int
    themes: Sequence[str]
    plant: str
    report: Path
    until_found: bool
    zombies: bool


@dataclass(slots=True)
class Summary:
    """What came of all seeds so far."""

    seeds: int = 0
    operations: int = 0
    answers: int = 0
    kills: int = 0
    restores: int = 0
    virtual_hours: float = 0.0
    themes: Counter[str] = field(default_factory=Counter)
    crashes: Counter[str] = field(default_factory=Counter)
    places: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    violations: Counter[str] = field(default_factory=Counter)
    failing: list[dict[str, Any]] = field(default_factory=list)

    def take(self, result: dict[str, Any]) -> None:
        """Add a seed."""
        self.seeds += 1
        self.themes[result["theme"]] += 1
        self.operations += result["operations"]
        self.answers += result["answers"]
        self.kills += result["kills"]
        self.restores += result["restored"]
        self.virtual_hours += result["virtual_seconds"] / 3600
        self.faults.update(result["faults"])
        for crash in result["crashes"]:
            kind, _, place = crash.partition(" ")
            self.crashes[kind] += 1
            self.places[place] += kind == "await"
        for violation in result["violations"]:
            kind = violation.partition(":")[0]
            self.violations[kind if kind in CLASSES else "other"] += 1
        if result["violations"]:
            self.failing.append({name: result[name] for name in ("seed", "theme", "digest", "violations", "crashes")})

    def report(self, *, seconds: float, commit: str, order: Order) -> dict[str, Any]:
        """The report as JSON."""
        return {
            "commit": commit,
            "seeds": self.seeds,
            "themes": dict(self.themes.most_common()),
            "first_seed": order.first_seed,
            "seconds": round(seconds, 1),
            "seeds_per_second": round(self.seeds / seconds, 2),
            "operations": self.operations,
            "answers": self.answers,
            "virtual_hours": round(self.virtual_hours, 1),
            "crashes": dict(self.crashes.most_common()),
            "crash_places": dict(self.places.most_common()),
            "kills": self.kills,
            "restores": self.restores,
            "faults": dict(self.faults.most_common()),
            **{kind: self.violations[kind] for kind in (*CLASSES, "other")},
            "failing": self.failing,
        }


def run_seeds(order: Order, *, template: Template, folder: Path) -> int:
    """Run them all; 0 if no seed failed. With `until_found`, end with the first that does."""
    began = time.monotonic()
    summary = Summary()
    workers = [_start(order, template, folder, number) for number in range(order.processes)]
    try:
        _collect(order, workers, summary, began)
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
    report = summary.report(seconds=time.monotonic() - began, commit=_commit(), order=order)
    order.report.parent.mkdir(parents=True, exist_ok=True)
    order.report.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n")
    _tell(f"{_line(summary, began)}; {sum(summary.crashes.values())} crashes at {len(summary.places)} awaits and more, "
          f"{summary.restores} restores; {order.report}")  # fmt: skip
    return 1 if summary.failing else 0


def _start(order: Order, template: Template, folder: Path, number: int) -> "subprocess.Popen[str]":
    command = [
        sys.executable, str(PROGRAM), "--worker", str(template.folder), "--folder", str(folder / f"worker-{number}"),
        "--first-seed", str(order.first_seed + number), "--seeds", str(order.seeds - number),
        "--every", str(order.processes), "--about", ",".join(order.themes),
    ]  # fmt: skip
    if order.plant:
        command += ["--plant", order.plant]
    if order.zombies:
        command += ["--zombies"]
    if order.seeds == 1:
        command += ["--keep", str(order.report.parent / f"campaign-seed-{order.first_seed}")]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def _collect(order: Order, workers: "list[subprocess.Popen[str]]", summary: Summary, began: float) -> None:
    lines: queue.Queue[str | None] = queue.Queue()
    for worker in workers:
        threading.Thread(target=_read, args=(worker, lines), daemon=True).start()
    running, told = len(workers), began
    while running:
        line = lines.get(timeout=SILENT_SECONDS)
        if line is None:
            running -= 1
            continue
        result = json.loads(line)
        summary.take(result)
        if result["violations"]:
            _tell_failure(order, result, summary)
            if order.until_found:
                return
        if time.monotonic() - told > PROGRESS_SECONDS:
            told = time.monotonic()
            _tell(_line(summary, began))
    if summary.seeds != order.seeds:
        raise RuntimeError(f"{order.seeds} seeds were to be run, and {summary.seeds} were: see above")


def _read(worker: "subprocess.Popen[str]", lines: "queue.Queue[str | None]") -> None:
    assert worker.stdout is not None
    for line in worker.stdout:
        lines.put(line)
    lines.put(None)


def _tell_failure(order: Order, result: dict[str, Any], summary: Summary) -> None:
    if len(summary.failing) > MAX_TOLD:
        return
    more = [f"--about={result['theme']}"]
    more += [f"--plant={order.plant}"] * bool(order.plant) + ["--zombies"] * order.zombies
    _tell(f"seed {result['seed']} of {result['theme']} fails, digest {result['digest']}, crashes {result['crashes']}")
    for violation in result["violations"][:MAX_TOLD]:
        _tell(f"    {violation}")
    _tell(f'    again: make campaign SEEDS=1 KILLS=0 FIRST_SEED={result["seed"]} ARGS="{" ".join(more)}"')


def _line(summary: Summary, began: float) -> str:
    seconds = time.monotonic() - began
    found = ", ".join(f"{summary.violations[kind]} {kind}" for kind in (*CLASSES, "other"))
    return f"{summary.seeds} seeds in {seconds:.0f} s ({summary.seeds / seconds:.1f}/s): {found}"


def _commit() -> str:
    done = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=False, cwd=PROGRAM)
    return done.stdout.strip()


def _tell(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - a command line prints
