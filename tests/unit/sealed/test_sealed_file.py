"""The encrypted file of secrets: what it keeps, what it refuses, and that a rotation survives a crash at every step."""

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from sealed import files, store
from sealed.files import SealedError
from sealed.master_key import MasterKey, find_master_key, new_key
from sealed.store import SealedFile

NOW = datetime(2026, 11, 26, tzinfo=UTC)
VALUE = b"canary-of-a-password"


@pytest.fixture
def sealed(tmp_path: Path) -> SealedFile:
    key = MasterKey(path=tmp_path / "elsewhere" / "master")
    key.write([new_key()])
    made = SealedFile(path=tmp_path / "hub" / "sealed", master_key=key)
    made.put("gateway", VALUE, now=NOW)
    return made


def test_a_secret_comes_back_and_its_file_shows_neither_name_nor_value(sealed: SealedFile) -> None:
    assert sealed.get("gateway") == VALUE
    content = sealed.path.read_bytes()
    assert VALUE not in content
    assert b"gateway" not in content
    assert repr(VALUE) not in repr(sealed.secrets())


def test_the_file_is_its_owners_and_the_master_key_read_only(sealed: SealedFile) -> None:
    assert stat.S_IMODE(sealed.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(sealed.master_key.path.stat().st_mode) == 0o400


@pytest.mark.parametrize("mode", [0o600, 0o440, 0o404, 0o644])
def test_a_master_key_with_another_mode_than_0400_is_refused_by_name(sealed: SealedFile, mode: int) -> None:
    sealed.master_key.path.chmod(mode)
    with pytest.raises(SealedError, match=f"{mode:04o}; run: chmod 400 {sealed.master_key.path}"):
        sealed.get("gateway")


def test_a_sealed_file_open_to_others_is_refused_by_name(sealed: SealedFile) -> None:
    sealed.path.chmod(0o640)
    with pytest.raises(SealedError, match="0640; run: chmod 600"):
        sealed.get("gateway")


def test_the_master_key_is_never_in_the_environment(tmp_path: Path) -> None:
    with pytest.raises(SealedError, match="never kept in the environment"):
        find_master_key("env:MASTER", base=tmp_path, environment={"MASTER": "x"}, apart_from=())


@pytest.mark.parametrize("name", ["keys/master", "master", "../hub/deep/down/master"])
def test_the_master_key_never_lies_in_the_folder_that_is_copied(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "hub"
    with pytest.raises(SealedError, match="would go into every copy"):
        find_master_key(f"file:{name}", base=folder, environment={}, apart_from=(folder,))


def test_a_link_into_the_folder_is_looked_through(tmp_path: Path) -> None:
    folder = tmp_path / "hub"
    folder.mkdir()
    (folder / "master").write_bytes(new_key())
    (tmp_path / "link").symlink_to(folder / "master")
    with pytest.raises(SealedError, match="would go into every copy"):
        find_master_key("file:../link", base=folder, environment={}, apart_from=(folder,))


def test_a_systemd_credential_is_read_and_changed_only_at_its_source(tmp_path: Path, sealed: SealedFile) -> None:
    (tmp_path / "credentials").mkdir()
    copy = tmp_path / "credentials" / "master"
    copy.write_bytes(sealed.master_key.path.read_bytes())
    copy.chmod(0o440)
    environment = {"CREDENTIALS_DIRECTORY": str(tmp_path / "credentials")}
    found = find_master_key("credential:master", base=tmp_path, environment=environment, apart_from=())
    handed_on = SealedFile(path=sealed.path, master_key=MasterKey(path=found, is_credential=True))
    assert handed_on.get("gateway") == VALUE
    with pytest.raises(SealedError, match="changed at its source"):
        handed_on.rotate()
    with pytest.raises(SealedError, match="no such credential"):
        find_master_key("credential:../master", base=tmp_path, environment=environment, apart_from=())


def test_another_key_and_an_altered_file_open_nothing(sealed: SealedFile) -> None:
    content = sealed.path.read_bytes()
    sealed.path.write_bytes(content[:40] + bytes([content[40] ^ 1]) + content[41:])
    with pytest.raises(SealedError, match="altered, or that is another key"):
        sealed.get("gateway")
    sealed.path.write_bytes(content)
    sealed.master_key.write([new_key()])
    with pytest.raises(SealedError, match="altered, or that is another key"):
        sealed.get("gateway")


def test_an_unknown_name_is_told_with_the_command_that_sets_it(sealed: SealedFile) -> None:
    with pytest.raises(SealedError, match="sealed set DIR gatewy"):
        sealed.get("gatewy")


@pytest.mark.parametrize("name", ["", "Gateway", "1st", "../x", "a b", "a" * 64])
def test_a_name_that_can_be_mistaken_is_refused(sealed: SealedFile, name: str) -> None:
    with pytest.raises(SealedError, match="can't be a secret's name"):
        sealed.put(name, VALUE, now=NOW)


def test_a_new_value_is_tried_beside_the_old_one_and_taken_or_forgotten(sealed: SealedFile) -> None:
    sealed.stage("gateway", b"wrong")
    assert sealed.get("gateway") == VALUE
    assert sealed.get("gateway", candidate=True) == b"wrong"
    sealed.discard("gateway")
    assert sealed.secrets()["gateway"].candidate is None
    sealed.stage("gateway", b"right")
    sealed.promote("gateway", now=NOW)
    assert sealed.get("gateway") == b"right"
    assert sealed.secrets()["gateway"].previous == VALUE


def test_rotation_leaves_one_key_that_opens_and_an_old_one_that_does_not(sealed: SealedFile) -> None:
    old = sealed.master_key.keys()
    assert sealed.rotate() is False
    assert sealed.get("gateway") == VALUE
    assert len(sealed.master_key.keys()) == 1
    sealed.master_key.write(old)
    with pytest.raises(SealedError, match="another key"):
        sealed.get("gateway")


class CrashError(Exception):
    """The process dies here."""


@pytest.mark.parametrize("step", range(6))
def test_a_rotation_that_dies_at_any_step_loses_nothing_and_is_finished_by_the_next(
    sealed: SealedFile, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    before = sealed.master_key.keys()[0]
    replaced = files.replace
    calls = 0

    def dying(path: Path, content: bytes, *, mode: int) -> None:
        nonlocal calls
        calls += 1
        if calls == step // 2 + 1:
            if step % 2:
                replaced(path, content, mode=mode)
            else:
                path.with_name(f".{path.name}.new").write_bytes(content[:10])
            raise CrashError
        replaced(path, content, mode=mode)

    with monkeypatch.context() as patch:
        patch.setattr(store, "replace_file", dying)
        patch.setattr("sealed.master_key.replace", dying)
        with pytest.raises(CrashError):
            sealed.rotate()
    assert sealed.get("gateway") == VALUE
    sealed.rotate()
    assert sealed.get("gateway") == VALUE
    (key,) = sealed.master_key.keys()
    assert key != before
    Fernet(key).decrypt(sealed.path.read_bytes().strip())
