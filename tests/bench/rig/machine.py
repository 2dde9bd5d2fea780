"""Which machine a figure is from, and who gets which of its cores."""

import os
import platform
import subprocess
from dataclasses import dataclass
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True, slots=True)
class Cores:
    """What is measured runs on `server`; all that drives it or answers it on `others`."""

    server: frozenset[int]
    others: frozenset[int]

    @property
    def both(self) -> frozenset[int]:
        """Every core of the two."""
        return self.server | self.others


def cores() -> Cores:
    """The first core for what is measured, the second for the rest; with one core both share it."""
    usable = sorted(os.sched_getaffinity(0))
    return Cores(frozenset(usable[:1]), frozenset(usable[1:2] or usable[:1]))


def describe() -> str:
    """The machine's shape: "2 cores of Intel(R) Xeon(R) Processor, Linux 6.1, Python 3.11.7"."""
    release = ".".join(platform.release().split(".")[:2])
    return (
        f"{len(os.sched_getaffinity(0))} cores of {_model()}, {platform.system()} {release}, "
        f"Python {platform.python_version()}"
    )


def commit() -> str:
    """The commit that was measured, with "+" if the tree has changes; empty outside a repository."""
    head = _git("rev-parse", "--short", "HEAD")
    return f"{head}+" if head and _git("status", "--porcelain", "--untracked-files=no") else head


def _model() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(["git", *arguments], cwd=_ROOT, capture_output=True, text=True, timeout=30, check=True)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()
