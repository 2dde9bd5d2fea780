"""`hub init`, `hub callers` and `hub check-config`, as a person meets them."""

import stat
from pathlib import Path

import pytest
from cryptography import x509

from hub.cli.main import main
from hub.installation.callers import certificates, denied
from hub.installation.pki import is_development
from hub.settings import load_settings


def make(tmp_path: Path, *arguments: str) -> Path:
    folder = tmp_path / "hub"
    assert main(["init", str(folder), *arguments]) == 0
    return folder


def test_every_file_of_an_installation_is_its_owners_alone(tmp_path: Path) -> None:
    folder = make(tmp_path)
    for path in (folder, *folder.rglob("*"), tmp_path / "hub.passphrase"):
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode == (0o700 if path.is_dir() else 0o600), path


def test_a_plain_installation_passes_its_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = make(tmp_path)
    assert main(["check-config", str(folder)]) == 0
    assert "profile production" in capsys.readouterr().out


def test_a_development_installation_has_a_client_and_a_marked_ca(tmp_path: Path) -> None:
    folder = make(tmp_path, "--dev")
    assert main(["check-config", str(folder)]) == 0
    for name in ("ca", "admin-ca", "client", "admin", "server"):
        assert is_development(x509.load_pem_x509_certificate((folder / "pki" / f"{name}.crt").read_bytes()))
    assert (folder / "pki" / "client.key").exists()


def test_a_plain_ca_carries_no_development_mark(tmp_path: Path) -> None:
    folder = make(tmp_path)
    for name in ("ca", "admin-ca", "server", "admin"):
        assert not is_development(x509.load_pem_x509_certificate((folder / "pki" / f"{name}.crt").read_bytes()))


def test_no_certificate_has_an_identifier_that_go_cannot_read(tmp_path: Path) -> None:
    folder = make(tmp_path, "--dev")
    for file in (folder / "pki").glob("*.crt"):
        for certificate in x509.load_pem_x509_certificates(file.read_bytes()):
            for extension in certificate.extensions:
                arcs = [int(arc) for arc in extension.oid.dotted_string.split(".")]
                assert max(arcs) < 2**31, f"{file.name}: {extension.oid}"


def test_an_installation_is_never_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = make(tmp_path, "--dev")
    before = (folder / "keys" / "reference.key").read_bytes()
    assert main(["init", str(folder), "--dev"]) == 1
    assert "exists already" in capsys.readouterr().err
    assert (folder / "keys" / "reference.key").read_bytes() == before


def test_ports_and_other_keys_can_be_set(tmp_path: Path) -> None:
    folder = make(
        tmp_path, "--dev", "--port-base", "18000", "--set", "server.drain_seconds=3", "--set", "audit.directory=x"
    )
    settings = load_settings(folder)
    assert settings.server.address == "127.0.0.1:18000"
    assert settings.web.private_address == "127.0.0.1:18003"
    assert settings.server.drain_seconds == 3
    assert settings.audit.directory == "x"


def test_a_table_that_is_not_there_is_made_by_set(tmp_path: Path) -> None:
    folder = make(tmp_path, "--dev", "--set", "signing.agents.main.address=127.0.0.1:1", *agent_files())
    assert load_settings(folder).signing.agents["main"].address == "127.0.0.1:1"


def agent_files() -> list[str]:
    return [part for key in ("ca", "certificate", "key") for part in ("--set", f"signing.agents.main.{key}=x")]


@pytest.mark.parametrize("change", ["server.adress=1:1", "nothing", "server.address=here", "pro file=1"])
def test_a_setting_nobody_knows_makes_no_installation(tmp_path: Path, change: str) -> None:
    assert main(["init", str(tmp_path / "hub"), "--dev", "--set", change]) == 1
    assert not (tmp_path / "hub").exists()


def test_a_caller_gets_a_certificate_and_a_place_in_the_settings(tmp_path: Path) -> None:
    folder = make(tmp_path)
    assert main(["callers", "add", str(folder), "crm", "--role", "deal", "--group", "sales"]) == 0
    caller = load_settings(folder).callers["crm"]
    assert (caller.roles, caller.group) == (("deal",), "sales")
    assert [found.path.name for found in certificates(folder) if found.caller == "crm"] == ["crm.crt"]


def test_a_second_certificate_leaves_the_first_one_alone(tmp_path: Path) -> None:
    folder = make(tmp_path)
    for _ in range(2):
        assert main(["callers", "add", str(folder), "crm", "--role", "deal"]) == 0
    assert [found.path.name for found in certificates(folder) if found.caller == "crm"] == ["crm-2.crt", "crm.crt"]


@pytest.mark.parametrize("arguments", [["crm"], ["crm", "--role", "nobody"], ["c r m", "--role", "deal"]])
def test_a_caller_without_a_known_role_or_name_is_refused(tmp_path: Path, arguments: list[str]) -> None:
    folder = make(tmp_path)
    before = (folder / "landhub.toml").read_text()
    assert main(["callers", "add", str(folder), *arguments]) == 1
    assert (folder / "landhub.toml").read_text() == before
    assert not (folder / "pki" / "callers").exists()


def test_a_denied_callers_certificates_are_all_on_the_list(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = make(tmp_path)
    for _ in range(2):
        main(["callers", "add", str(folder), "crm", "--role", "deal"])
    assert main(["callers", "deny", str(folder), "crm"]) == 0
    fingerprints = {found.fingerprint for found in certificates(folder) if found.caller == "crm"}
    assert len(fingerprints) == 2
    assert denied(folder, "pki/denied") == fingerprints
    capsys.readouterr()
    main(["callers", "list", str(folder)])
    assert capsys.readouterr().out.count("denied") == 2


def test_an_administrator_is_denied_on_the_administrators_list(tmp_path: Path) -> None:
    folder = make(tmp_path)
    assert main(["callers", "deny", str(folder), "admin"]) == 0
    assert not denied(folder, "pki/denied")
    assert len(denied(folder, "pki/admin-denied")) == 1


def test_an_unknown_caller_cannot_be_denied(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = make(tmp_path)
    assert main(["callers", "deny", str(folder), "ghost"]) == 1
    assert "by hand" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["keys/column.key", "keys/reference.key", "keys/audit.key", "pki/server.key"])
def test_a_key_file_open_to_others_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    folder = make(tmp_path, "--dev")
    (folder / name).chmod(0o640)
    assert main(["check-config", str(folder)]) == 1
    assert f"chmod 600 {folder / name}" in capsys.readouterr().err


def test_a_missing_passphrase_is_told_by_its_path(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = make(tmp_path)
    (tmp_path / "hub.passphrase").unlink()
    assert main(["check-config", str(folder)]) == 1
    assert "keys.passphrase: " in capsys.readouterr().err


def test_another_passphrase_does_not_open_the_keys(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = make(tmp_path)
    (tmp_path / "hub.passphrase").write_text("another")
    assert main(["check-config", str(folder)]) == 1
    assert "server.key: " in capsys.readouterr().err


def test_a_module_this_release_does_not_have_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = make(tmp_path, "--dev", "--set", "modules.ghosts.mode=on")
    assert main(["check-config", str(folder)]) == 1
    assert "modules.ghosts: this release has no module" in capsys.readouterr().err
