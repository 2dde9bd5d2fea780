"""What README and docs tell people to run does what they say.

A fenced block whose info string ends in `runnable` is run: python blocks as scripts, console blocks line by line, where
`$ ` starts a command and the lines after it must appear in what it prints, in that order. The blocks of one page share
an empty folder.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```(console|python) runnable\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TIMEOUT_S = 120


def pages() -> list[Path]:
    found = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
    return [path for path in found if BLOCK.search(path.read_text(encoding="utf-8"))]


def commands(page: str) -> Iterator[tuple[list[str], list[str]]]:
    """Each command of a page's runnable blocks, as arguments and the lines it must print."""
    for language, block in BLOCK.findall(page):
        if language == "python":
            yield [sys.executable, "-c", block], []
            continue
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, *expected = part.rstrip().splitlines()
            yield (
                ["bash", "-euo", "pipefail", "-c", command],
                [line.strip() for line in expected if line.strip() != "..."],
            )


def run_page(page: str, folder: Path) -> None:
    """Run a page's commands in the folder.

    Raises:
        AssertionError: one failed, or didn't print what the page says.
    """
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    for command, expected in commands(page):
        done = subprocess.run(
            command, cwd=folder, env=os.environ | {"PATH": path}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, timeout=TIMEOUT_S, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{command[-1]}\n{done.stdout}"
        rest = iter(done.stdout.splitlines())
        for line in expected:
            assert any(line in printed for printed in rest), f"{command[-1]} did not print {line!r}:\n{done.stdout}"


def test_every_page_does_what_it_says(tmp_path: Path) -> None:
    for number, page in enumerate(pages()):
        folder = tmp_path / str(number)
        folder.mkdir()
        run_page(page.read_text(encoding="utf-8"), folder)


def test_a_page_that_tells_the_truth_passes(tmp_path: Path) -> None:
    text = "```console runnable\n$ echo one; echo two; echo three > kept\none\n...\ntwo\n$ cat kept\nthree\n```\n"
    run_page(text + "```python runnable\nassert open('kept').read() == 'three\\n'\n```\n", tmp_path)


@pytest.mark.parametrize(
    "block", ["console runnable\n$ false", "console runnable\n$ echo one\ntwo", "python runnable\n1 / 0"]
)
def test_a_page_that_does_not_is_found(block: str, tmp_path: Path) -> None:
    with pytest.raises(AssertionError):
        run_page(f"```{block}\n```\n", tmp_path)
