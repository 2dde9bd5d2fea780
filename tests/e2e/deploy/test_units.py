"""The units are good, closed and installable; the Dockerfile passes its linter and holds no more than it needs."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
UNITS = sorted((ROOT / "deploy/systemd").glob("*.service"))
DOCKERFILE = ROOT / "deploy/docker/Dockerfile"
EXPOSURE = 12
"""Tenths of systemd's 0 (closed) to 10; what is left is that they have a network at all."""

PROGRAMS = Path(sys.executable).parent


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_finds_nothing_wrong_with_a_unit(unit: Path, tmp_path: Path) -> None:
    # It wants the programs to be there, and here they are elsewhere.
    copy = tmp_path / unit.name
    copy.write_text(unit.read_text(encoding="utf-8").replace("/opt/landhub/bin", str(PROGRAMS)), encoding="utf-8")
    done = analyze("verify", "--man=no", str(copy))
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_is_as_closed_as_a_server_can_be(unit: Path) -> None:
    done = analyze("security", "--offline=true", f"--threshold={EXPOSURE}", "--no-pager", str(unit))
    assert done.returncode == 0, done.stdout


def test_an_open_unit_would_be_found(tmp_path: Path) -> None:
    unit = tmp_path / "open.service"
    unit.write_text("[Service]\nExecStart=/bin/true\n", encoding="utf-8")
    assert analyze("security", "--offline=true", f"--threshold={EXPOSURE}", "--no-pager", str(unit)).returncode != 0


def test_a_stop_leaves_time_for_the_drain() -> None:
    text = (ROOT / "deploy/systemd/landhub.service").read_text(encoding="utf-8")
    example = (ROOT / "docs/examples/landhub.toml").read_text(encoding="utf-8")
    assert _number(r"TimeoutStopSec=(\d+)", text) > _number(r"drain_seconds = (\d+)", example)


def test_the_dockerfile_passes_its_linter() -> None:
    done = subprocess.run([PROGRAMS / "hadolint", DOCKERFILE], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_an_image_runs_without_root_and_without_what_builds_it() -> None:
    stages = re.split(r"^FROM ", DOCKERFILE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    final = [stage for stage in stages if stage.split()[2] in {"hub", "signer-agent"}]
    assert len(final) == 2
    assert all(re.search(r"^USER \d+:\d+$", stage, re.MULTILINE) for stage in final)
    runtime = next(stage for stage in stages if stage.split()[2] == "runtime")
    assert not re.search(r"venv |pip |gcc|build-essential|nodejs", runtime)


def test_what_an_image_is_made_of_is_there_and_is_let_in() -> None:
    text = DOCKERFILE.read_text(encoding="utf-8")
    sources = {source for line in re.findall(r"^COPY (?!--)(.*)$", text, re.MULTILINE) for source in line.split()[:-1]}
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert sources == {line[1:] for line in ignored if line.startswith("!")}
    assert all((ROOT / source).exists() for source in sources)


def analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["systemd-analyze", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
        check=False,
    )


def _number(pattern: str, text: str) -> int:
    found = re.search(pattern, text)
    assert found is not None
    return int(found[1])
