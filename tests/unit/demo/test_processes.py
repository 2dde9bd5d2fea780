"""Programs in the background: started by their file, found by their pid, ended for good."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.demo.processes import Background, ProcessFailedError, running_pid

READY = "import pathlib, time; pathlib.Path('ready').touch(); time.sleep(60)"


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Background]:
    made = Background(name="sleeper", run=tmp_path, command=[sys.executable, "-c", READY], folder=tmp_path)
    yield made
    made.kill()


def test_a_program_runs_until_it_is_stopped(program: Background, tmp_path: Path) -> None:
    assert running_pid(program.pid_file) is None
    program.start()
    program.wait_until((tmp_path / "ready").exists, what="ready")
    assert program.pid == int((tmp_path / "sleeper.pid").read_text())
    program.stop()
    assert running_pid(program.pid_file) is None


def test_its_file_starts_it_again_after_it_was_killed(program: Background, tmp_path: Path) -> None:
    program.start()
    program.wait_until((tmp_path / "ready").exists, what="ready")
    first = program.pid
    program.kill()
    assert running_pid(program.pid_file) is None
    program.start()
    assert program.pid not in {None, first}


def test_a_program_that_ends_instead_of_getting_ready_is_told_with_its_last_words(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "raise SystemExit('no licence')"]
    program = Background(name="loser", run=tmp_path, command=command, folder=tmp_path)
    program.start()
    with pytest.raises(ProcessFailedError, match=r"loser ended before ready:\n  no licence"):
        program.wait_until(lambda: False, what="ready")


def test_a_program_that_never_gets_ready_is_told(program: Background) -> None:
    program.start()
    with pytest.raises(ProcessFailedError, match="sleeper: not ready in 0 s"):
        program.wait_until(lambda: False, what="ready", timeout_seconds=0)


def test_a_file_without_a_running_process_names_none(tmp_path: Path) -> None:
    assert running_pid(tmp_path / "missing.pid") is None
    (tmp_path / "bad.pid").write_text("not a number")
    assert running_pid(tmp_path / "bad.pid") is None
