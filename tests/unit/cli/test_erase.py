"""`hub erase` as a person meets it: the datum comes from standard input, and only what stands for it is written."""

import io
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from hub.cli.main import main

INN = "500100732259"


class Piped(io.TextIOWrapper):
    def __init__(self, content: str) -> None:
        super().__init__(io.BytesIO(content.encode()))


def make(tmp_path: Path) -> Path:
    folder = tmp_path / "hub"
    assert main(["init", str(folder), "--dev"]) == 0
    return folder


def erase(folder: Path, content: str, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(sys, "stdin", Piped(content))
    return main(["erase", str(folder), "--inn", "--no-wait"])


def test_a_job_for_the_hub_is_written_without_the_datum(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = make(tmp_path)
    assert main(["db", "migrate", str(folder)]) == 0
    assert erase(folder, f"{INN}\n", monkeypatch) == 0
    with closing(sqlite3.connect(folder / "state" / "landhub.db")) as connection:
        ((kind, payload),) = connection.execute("select kind, payload from outbox_jobs").fetchall()
    assert kind == "core.erase"
    printed = capsys.readouterr()
    assert INN not in payload + printed.out + printed.err
    assert not any(INN.encode() in path.read_bytes() for path in (folder / "state").rglob("*") if path.is_file())


def test_nothing_to_erase_by_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = make(tmp_path)
    assert erase(folder, " - \n", monkeypatch) == 1
    assert "no inn was given" in capsys.readouterr().err
    assert erase(folder, INN, monkeypatch) == 1
    assert "has not served yet" in capsys.readouterr().err


def test_the_keys_of_encrypted_columns_are_told_with_what_they_open(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = make(tmp_path)
    assert main(["db", "migrate", str(folder)]) == 0
    assert main(["keys", str(folder)]) == 0
    line = capsys.readouterr().out.splitlines()[-1]
    assert line.startswith("file:keys/column.key  ")
    assert line.endswith("0 values  seals")
