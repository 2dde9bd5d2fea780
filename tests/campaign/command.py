"""The command line of the campaigns."""

import argparse
import json
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from random import Random

from tests.campaign.kills import run_kills
from tests.campaign.loads.every import make_load
from tests.campaign.planted import PLANTED
from tests.campaign.runner import Order, run_seeds
from tests.campaign.template import Template, make_template
from tests.campaign.themes import THEMES
from tests.campaign.worker import Task, work
from tests.support.postgres import running_server

PAUSE_SECONDS = 95.0  # a lease lasts 90 s at most
POSTGRES_PAUSE_SECONDS = 10.0  # and 3 s there, where nobody can tell that its process is dead
MEMORY = Path("/dev/shm")


def main(arguments: Sequence[str]) -> int:
    """Run what is asked for; 0 if nothing was found, 1 if something was."""
    options = _parser().parse_args(arguments)
    if options.worker is not None:
        template = Template(options.worker)
        seeds = range(options.first_seed, options.first_seed + options.seeds, options.every)
        task = Task(
            template=template,
            root=options.folder,
            themes=options.about,
            plant=options.plant,
            zombies=options.zombies,
            until_found=options.until_found,
            keep=options.keep,
        )
        return work(task, seeds)
    signal.signal(signal.SIGTERM, _stop)
    memory = MEMORY if os.access(MEMORY, os.W_OK) else None
    folder = Path(tempfile.mkdtemp(prefix="landhub-campaign-", dir=memory))
    try:
        order = Order(
            seeds=options.seeds,
            first_seed=options.first_seed,
            processes=options.processes,
            themes=options.about,
            plant=options.plant,
            report=options.report,
            until_found=options.until_found,
            zombies=options.zombies,
        )
        failed = run_seeds(order, template=make_template(folder / "template"), folder=folder) if order.seeds else 0
        return failed | (_kill(options) if options.kills else 0)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _kill(options: argparse.Namespace) -> int:
    """Kill real programs at the work of all themes, on a real disk, and add what came of it to the report."""
    random = Random(f"kills {options.first_seed}")
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="landhub-kills-"))
        on_postgres = options.database == "postgresql"
        pause_seconds = POSTGRES_PAUSE_SECONDS if on_postgres else PAUSE_SECONDS
        report = run_kills(
            Path(folder) / "installation",
            loads=[make_load(THEMES[name], random=random, pause_seconds=pause_seconds) for name in options.about],
            kills=options.kills,
            random=random,
            pause_seconds=pause_seconds,
            tell=_tell,
            server=stack.enter_context(running_server()) if on_postgres else None,
        )
        options.report.parent.mkdir(parents=True, exist_ok=True)
        if report.violations:  # what nobody can look into again is not cleared up
            kept_in = options.report.parent / f"campaign-kills-{options.first_seed}"
            shutil.copytree(folder, kept_in, dirs_exist_ok=True)
            _tell(f"    files of the run: {kept_in}")
    for violation in report.violations:
        print(f"    {violation}")  # noqa: T201 - a command line prints
    kept = json.loads(options.report.read_text()) if options.report.exists() else {}
    runs = [*kept.get("kill_runs", []), {"themes": options.about, "database": options.database, **report.as_json()}]
    options.report.write_text(json.dumps(kept | {"kill_runs": runs}, ensure_ascii=False, indent=1) + "\n")
    begun = ", ".join(f"{count} {name}" for name, count in report.begun.items())
    done = f"{options.database}: {report.kills} kills, {report.pauses} pauses, {begun}"
    print(f"{done}: {len(report.violations)} violations; {options.report}")  # noqa: T201 - a command line prints
    return 1 if report.violations else 0


def _tell(words: str) -> None:
    print(words, flush=True)  # noqa: T201 - a command line prints


def _stop(_number: int, _frame: object) -> None:
    sys.exit(143)  # so that what was made is removed, and the workers are ended


def _themes(names: str) -> list[str]:
    unknown = set(names.split(",")) - set(THEMES)
    if unknown:
        raise argparse.ArgumentTypeError(f"no such theme: {', '.join(sorted(unknown))}")
    return names.split(",")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tests/campaign", description=__doc__)
    parser.add_argument("--seeds", type=int, default=10_000, help="how many seeds (10000)")
    parser.add_argument("--kills", type=int, default=0, help="how many kills of real programs afterwards (none)")
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite", help="of the kills (sqlite)")
    parser.add_argument(
        "--about",
        type=_themes,
        default=sorted(THEMES),
        help="a seed each in turn, kills amid all: " + ",".join(sorted(THEMES)),
    )
    parser.add_argument("--processes", type=int, default=2, help="how many at once (2)")
    parser.add_argument("--report", type=Path, default=Path("build/campaign.json"))
    parser.add_argument("--plant", choices=sorted(PLANTED), default="", help="run with this bug in the hub")
    parser.add_argument("--until-found", action="store_true", help="end with the first seed that fails")
    parser.add_argument("--zombies", action="store_true", help="run every seed as one that is about zombies")
    parser.add_argument("--worker", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--every", type=int, default=1, help=argparse.SUPPRESS)
    parser.add_argument("--keep", type=Path, help=argparse.SUPPRESS)
    return parser
