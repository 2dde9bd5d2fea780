"""`hub sealed` as a person meets it, and `sealed:NAME` in an installation's settings."""

import io
import os
import sys
from pathlib import Path

import pytest

from hub.app.keys import open_passphrase
from hub.cli.errand import Errand
from hub.cli.main import main
from hub.core.audit import AuditRecord, Phase
from hub.core.secrets import SecretError
from hub.installation.sealed import secrets_of
from hub.settings import load_settings

VALUE = "canary-of-a-password"


class Piped(io.TextIOWrapper):
    def __init__(self, content: str) -> None:
        super().__init__(io.BytesIO(content.encode()))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "hub"
    assert main(["init", str(made)]) == 0
    assert main(["sealed", "init", str(made)]) == 0
    return made


def put(folder: Path, name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(sys, "stdin", Piped(value))
    return main(["sealed", "set", str(folder), name])


def test_a_value_from_standard_input_is_used_by_its_reference(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert put(folder, "gateway", f"{VALUE}\n", monkeypatch) == 0
    secrets = secrets_of(load_settings(folder), folder, os.environ)
    assert secrets.resolve("sealed:gateway").reveal() == VALUE.encode()
    assert main(["sealed", "list", str(folder)]) == 0
    assert main(["check-config", str(folder)]) == 0
    printed = capsys.readouterr()
    assert "sealed:gateway  set 20" in printed.out
    assert VALUE not in printed.out + printed.err


def test_the_master_key_lies_beside_the_folder_and_is_made_once(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert load_settings(folder).sealed.master_key == "file:../hub.master-key"
    assert main(["sealed", "init", str(folder)]) == 1
    assert "exists already" in capsys.readouterr().err


def test_a_master_key_inside_the_folder_is_refused_by_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "other"
    assert main(["init", str(folder)]) == 0
    assert main(["sealed", "init", str(folder), "--master-key", str(folder / "keys" / "master")]) == 1
    assert "would go into every copy" in capsys.readouterr().err
    assert not (folder / "keys" / "master").exists()


@pytest.mark.parametrize("reference", ["env:MASTER", "file:keys/master", "c2VjcmV0"])
def test_settings_that_put_the_master_key_where_it_must_not_be_are_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch, reference: str
) -> None:
    text = (folder / "landhub.toml").read_text().replace("file:../hub.master-key", reference)
    text = text.replace('passphrase = "file:../hub.passphrase"', 'passphrase = "sealed:passphrase"')
    (folder / "landhub.toml").write_text(text)
    monkeypatch.setenv("MASTER", "x")
    assert main(["check-config", str(folder)]) == 1


def test_even_the_passphrase_of_the_private_keys_can_be_sealed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    passphrase = (folder.parent / "hub.passphrase").read_text()
    assert put(folder, "passphrase", passphrase, monkeypatch) == 0
    text = (folder / "landhub.toml").read_text()
    (folder / "landhub.toml").write_text(text.replace("file:../hub.passphrase", "sealed:passphrase"))
    (folder.parent / "hub.passphrase").unlink()
    settings = load_settings(folder)
    opened = open_passphrase(settings, secrets_of(settings, folder, os.environ))
    assert opened is not None
    assert opened.reveal() == passphrase.encode()
    assert main(["check-config", str(folder)]) == 0


def test_removed_secrets_are_gone_and_rotation_keeps_the_rest(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert put(folder, "one", "1", monkeypatch) == 0
    assert put(folder, "two", "2", monkeypatch) == 0
    assert main(["sealed", "remove", str(folder), "one"]) == 0
    assert main(["sealed", "rotate", str(folder)]) == 0
    secrets = secrets_of(load_settings(folder), folder, os.environ)
    assert secrets.resolve("sealed:two").text() == "2"
    with pytest.raises(SecretError, match="sealed:one: there is no sealed secret 'one'"):
        secrets.resolve("sealed:one")


def test_a_credential_is_named_to_the_command_line_by_its_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (folder / "landhub.toml").read_text().replace("file:../hub.master-key", "credential:landhub-master")
    (folder / "landhub.toml").write_text(text)
    monkeypatch.setattr(sys, "stdin", Piped("1"))
    assert main(["sealed", "set", str(folder), "one"]) == 1
    assert "--master-key FILE" in capsys.readouterr().err
    monkeypatch.setattr(sys, "stdin", Piped("1"))
    key = str(folder.parent / "hub.master-key")
    assert main(["sealed", "set", str(folder), "one", "--master-key", key]) == 0


@pytest.mark.parametrize(
    ("reason", "result", "kept", "words"),
    [
        ("ROTATED", 0, "new", "works and is in use"),
        ("UPSTREAM_CREDENTIALS_REFUSED", 1, "old", "the provider refuses it"),
        ("NOT_IN_USE", 1, "old", "no provider of a running module uses it"),
    ],
)
def test_a_new_value_that_the_hub_tried_is_kept_or_forgotten_also_where_the_hub_may_not_write(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *,
    reason: str,
    result: int,
    kept: str,
    words: str,
) -> None:
    def tried(settings: object, at: Path, errand: Errand, *, wait: bool) -> AuditRecord:
        assert (errand.kind, dict(errand.payload), wait) == ("core.rotate_secret", {"name": "gateway"}, True)
        return AuditRecord(phase=Phase.ADMIN, method=errand.method, reason=reason)

    assert put(folder, "gateway", "old", monkeypatch) == 0
    monkeypatch.setattr("hub.cli.secret.run_errand", tried)
    monkeypatch.setattr(sys, "stdin", Piped("new"))
    assert main(["secret", "rotate", str(folder), "gateway"]) == result
    assert words in capsys.readouterr().out
    secrets = secrets_of(load_settings(folder), folder, os.environ)
    assert secrets.resolve("sealed:gateway").text() == kept
    assert main(["sealed", "list", str(folder)]) == 0
    assert "being tried" not in capsys.readouterr().out
