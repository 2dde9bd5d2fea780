"""Keys in a folder: what they tell, who may read them, and looking again while files change."""

import os
from pathlib import Path

import pytest

from gost.certificate import read_certificate
from gost.keys import PublicKey
from sandbox.test_ca import Subject, TestAuthority
from signer_agent.errors import SettingsError
from signer_agent.keys.gost_file import GostFileBackend
from signer_agent.keys.port import KeyLockedError, KeyMissingError
from signer_agent.secret_reference import resolve
from tests.unit.agent.support import Keys, put_private


@pytest.fixture
def folder(tmp_path: Path, keys: Keys) -> Path:
    """A folder with one pair."""
    path = tmp_path / "certificates"
    path.mkdir()
    copy_pair(keys, path, "seller")
    return path


def copy_pair(keys: Keys, folder: Path, name: str, *, new_name: str = "") -> None:
    put_private(folder / f"{new_name or name}.key", (keys.folder / f"{name}.key").read_bytes())
    (folder / f"{new_name or name}.crt").write_bytes((keys.folder / f"{name}.crt").read_bytes())


def test_certificates_tell_where_they_are_and_whether_their_key_is_there(keys: Keys) -> None:
    backend = GostFileBackend(folder=keys.folder, passphrase=None)
    held = backend.certificates()

    seller, bare = held[keys.thumbprints["seller"]], held[keys.thumbprints["bare"]]
    assert (seller.store, seller.container, seller.has_private_key) == ("keys", "seller.key", True)
    assert (bare.container, bare.has_private_key) == ("", False)
    with pytest.raises(KeyMissingError):
        backend.sign(keys.thumbprints["bare"], b"attributes")
    backend.close()
    with pytest.raises(KeyMissingError):
        backend.sign(keys.thumbprints["seller"], b"attributes")


def test_a_signature_verifies_by_the_certificate(folder: Path, keys: Keys) -> None:
    backend = GostFileBackend(folder=folder, passphrase=None)
    certificate = backend.certificates()[keys.thumbprints["seller"]].facts

    signature = backend.sign(certificate.thumbprint, b"attributes")

    assert PublicKey.from_certificate(certificate).verify(b"attributes", signature)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
def test_a_key_open_to_others_is_refused(folder: Path, mode: int) -> None:
    (folder / "seller.key").chmod(mode)

    with pytest.raises(SettingsError, match="chmod 600"):
        GostFileBackend(folder=folder, passphrase=None)


def test_a_pair_added_later_is_found_and_a_removed_one_forgotten(folder: Path, keys: Keys) -> None:
    backend = GostFileBackend(folder=folder, passphrase=None)

    copy_pair(keys, folder, "other")
    backend.refresh()
    assert set(backend.certificates()) == {keys.thumbprints["seller"], keys.thumbprints["other"]}

    (folder / "seller.crt").unlink()
    backend.refresh()
    assert set(backend.certificates()) == {keys.thumbprints["other"]}


def test_what_cannot_be_read_now_stays_as_it_was(folder: Path, keys: Keys) -> None:
    backend = GostFileBackend(folder=folder, passphrase=None)
    thumbprint = keys.thumbprints["seller"]

    (folder / "seller.crt").write_bytes(b"-----BEGIN CERTIFICATE-----\nhalf")
    (folder / "new.crt").write_bytes(b"half")
    copy_pair(keys, folder, "other")
    (folder / "other.key").chmod(0o644)
    backend.refresh()

    assert set(backend.certificates()) == {thumbprint}
    assert backend.sign(thumbprint, b"attributes")


def test_a_folder_that_is_gone_for_a_while_costs_no_key(folder: Path, keys: Keys) -> None:
    backend = GostFileBackend(folder=folder, passphrase=None)

    folder.rename(folder.with_name("away"))
    backend.refresh()

    assert backend.sign(keys.thumbprints["seller"], b"attributes")


def test_a_key_of_another_certificate_is_none(folder: Path, keys: Keys) -> None:
    copy_pair(keys, folder, "other", new_name="seller")
    put_private(folder / "seller.key", (keys.folder / "expired.key").read_bytes())

    held = GostFileBackend(folder=folder, passphrase=None).certificates()[keys.thumbprints["other"]]

    assert not held.has_private_key


def test_an_encrypted_key_opens_by_its_passphrase_and_else_is_locked(tmp_path: Path) -> None:
    authority = TestAuthority.create(tmp_path / "ca")
    issued = authority.issue("locked", Subject(common_name="Закрытый"), passphrase="1234")
    folder = tmp_path / "keys"
    folder.mkdir()
    (folder / "locked.crt").write_bytes(issued.certificate_pem)
    put_private(folder / "locked.key", issued.key_pem)
    thumbprint = read_certificate(issued.certificate_pem).thumbprint

    assert GostFileBackend(folder=folder, passphrase=b"1234").sign(thumbprint, b"attributes")
    for passphrase in (None, b"4321"):
        backend = GostFileBackend(folder=folder, passphrase=passphrase)
        held = backend.certificates()[thumbprint]
        assert (held.locked, held.has_private_key, held.container) == (True, True, "locked.key")
        with pytest.raises(KeyLockedError):
            backend.sign(thumbprint, b"attributes")


def test_a_missing_folder_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="make it and put NAME"):
        GostFileBackend(folder=tmp_path / "nowhere", passphrase=None)


def test_passphrases_are_named_and_never_written_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_private(tmp_path / "pin", b"1234\n")
    monkeypatch.setenv("AGENT_PIN", "5678")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))

    assert resolve("file:pin", directory=tmp_path) == b"1234"
    assert resolve("env:AGENT_PIN", directory=tmp_path) == b"5678"
    assert resolve("credential:pin", directory=tmp_path) == b"1234"
    for reference in ("1234", "env:NOT_SET_ANYWHERE", "file:missing", "credential:../pin", "credential:other", "env:"):
        with pytest.raises(SettingsError) as caught:
            resolve(reference, directory=tmp_path)
        assert "1234" not in str(caught.value)


def test_a_passphrase_file_open_to_others_is_refused(tmp_path: Path) -> None:
    put_private(tmp_path / "pin", b"1234")
    (tmp_path / "pin").chmod(0o644)

    with pytest.raises(SettingsError, match="open to others"):
        resolve("file:pin", directory=tmp_path)
    assert os.name == "posix"
