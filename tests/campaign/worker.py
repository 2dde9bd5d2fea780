"""A process that runs seeds and prints a line of JSON for each; it ends with the first line it can't write."""

import dataclasses
import gc
import json
import logging
import shutil
import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.campaign.planted import PLANTED
from tests.campaign.run import Course
from tests.campaign.template import Template
from tests.campaign.themes import THEMES

COLLECT_EVERY = 25  # seeds; what a run leaves are circles that nobody reaches


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """How to run. Seeds are about the `themes` in turn. `root` is emptied for each; `keep`: for one that fails."""

    template: Template
    root: Path
    themes: Sequence[str]
    plant: str
    zombies: bool
    until_found: bool
    keep: Path | None


def work(task: Task, seeds: Iterable[int]) -> int:
    """Run the seeds."""
    logging.disable(logging.CRITICAL)  # the hub's own log is kept by the run
    warnings.simplefilter("ignore")  # what a killed process leaves unclosed
    course = Course(template=task.template, root=task.root)
    if task.plant:
        PLANTED[task.plant]()
    gc.disable()
    for number, seed in enumerate(seeds, start=1):
        theme = THEMES[task.themes[seed % len(task.themes)]]
        result = course.run(seed, theme, zombies=task.zombies)
        if result.violations and task.keep is not None:
            shutil.copytree(task.root, task.keep, dirs_exist_ok=True)
            (task.keep / "log.txt").write_text("\n".join(course.logs))
        print(json.dumps(dataclasses.asdict(result)), flush=True)  # noqa: T201 - that is how it tells
        if result.violations and task.until_found:
            break
        if number % COLLECT_EVERY == 0:
            gc.collect()
    return 0
