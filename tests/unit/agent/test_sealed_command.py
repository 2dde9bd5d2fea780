"""`signer-agent sealed`: PINs go into the encrypted file and come out of it for the agent alone."""

import io
import sys
from pathlib import Path

import pytest

from signer_agent.__main__ import main
from signer_agent.clock import SystemClock
from signer_agent.installation import Plan, create
from signer_agent.keys.choice import make_pins
from signer_agent.settings import load_settings
from tests.support.csp import PIN


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    folder = tmp_path / "agent"
    create(Plan(directory=folder), clock=SystemClock())
    return folder


def typed(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))


def add_settings(directory: Path) -> None:
    with (directory / "signer-agent.toml").open("a") as file:
        file.write('\n[keys.pins]\ndefault = "sealed:rutoken"\nsealed_master_key = "file:../agent.master-key"\n')


def test_a_pin_is_sealed_and_read_by_the_agent(
    directory: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sealed", "init", str(directory)]) == 0
    assert 'sealed_master_key = "file:../agent.master-key"' in capsys.readouterr().out
    add_settings(directory)
    typed(monkeypatch, PIN + "\n")
    assert main(["sealed", "set", str(directory), "rutoken"]) == 0
    assert main(["sealed", "rotate", str(directory)]) == 0
    assert main(["sealed", "list", str(directory)]) == 0

    said = "".join(capsys.readouterr())
    assert "sealed:rutoken  set 20" in said
    assert PIN not in said
    pins = make_pins(load_settings(directory).keys.pins, directory)
    assert pins.pin("A" * 40) == PIN.encode()
    written = [path for path in directory.parent.rglob("*") if path.is_file() and PIN.encode() in path.read_bytes()]
    assert written == []

    assert main(["sealed", "remove", str(directory), "rutoken"]) == 0
    assert main(["sealed", "remove", str(directory), "rutoken"]) == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["init", "--master-key", "{directory}/key"], "keep the master key elsewhere"),
        (["set", "rutoken"], "run `signer-agent sealed init` first"),
    ],
)
def test_what_would_not_be_safe_is_refused(
    directory: Path, words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    action, *others = [word.format(directory=directory) for word in words]

    assert main(["sealed", action, str(directory), *others]) == 1
    assert said in capsys.readouterr().err


def test_what_is_no_pin_is_not_sealed(
    directory: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["sealed", "init", str(directory)])
    assert main(["sealed", "init", str(directory)]) == 1
    add_settings(directory)
    typed(monkeypatch, "12\n34\n")

    assert main(["sealed", "set", str(directory), "rutoken"]) == 1
    assert "a PIN has 1 to 64 bytes" in capsys.readouterr().err
