"""`signer-agent init`, as a person meets it: what it makes, for whose eyes, and what it leaves alone."""

import ipaddress
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID

from signer_agent.__main__ import main
from signer_agent.pki import DEVELOPMENT_MARK
from signer_agent.settings import load_settings

PAIRS = ("ca", "server", "hub")


def make(folder: Path, *options: str) -> Path:
    assert main(["init", str(folder / "agent"), *options]) == 0
    return folder / "agent"


def certificate(directory: Path, name: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate((directory / f"pki/{name}.crt").read_bytes())


def test_every_file_is_its_owners_alone(tmp_path: Path) -> None:
    directory = make(tmp_path)
    for path in (directory, *directory.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path
    assert {path.name for path in directory.iterdir()} == {"pki", "keys", "state", "signer-agent.toml"}


def test_a_plain_installation_passes_its_check_and_signs_nothing_yet(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    directory = make(tmp_path)
    assert "pki/ca.crt, pki/hub.crt, pki/hub.key and keys/journal.pub" in capsys.readouterr().out
    assert main(["check-config", str(directory)]) == 0
    told = capsys.readouterr().out
    assert "no rules: every signature is refused" in told
    assert "audit checkpoints are not countersigned" in told
    assert load_settings(directory).rules == ()


def test_one_ca_issues_for_both_ends_of_the_channel_and_each_for_its_end_alone(tmp_path: Path) -> None:
    directory = make(tmp_path, "--listen", "192.0.2.7:7444")
    ca, server, hub = (certificate(directory, name) for name in PAIRS)
    for issued, usage in ((server, ExtendedKeyUsageOID.SERVER_AUTH), (hub, ExtendedKeyUsageOID.CLIENT_AUTH)):
        issued.verify_directly_issued_by(ca)
        assert list(issued.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value) == [usage]
    names = server.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert ipaddress.ip_address("192.0.2.7") in names.get_values_for_type(x509.IPAddress)
    assert "localhost" in names.get_values_for_type(x509.DNSName)
    known_by = hub.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert known_by.get_values_for_type(x509.DNSName) == list(load_settings(directory).tls.clients)


def test_a_development_installation_is_marked_short_lived_and_signs_on_the_hubs_word(tmp_path: Path) -> None:
    plain, development = make(tmp_path / "plain"), make(tmp_path / "development", "--dev")
    for name in PAIRS:
        made = certificate(development, name)
        assert DEVELOPMENT_MARK in [each.value for each in made.subject]
        assert DEVELOPMENT_MARK not in [each.value for each in certificate(plain, name).subject]
        assert made.not_valid_after_utc - datetime.now(UTC) < timedelta(days=31)
    assert [rule.name for rule in load_settings(development).rules] == ["development"]


def test_the_hubs_audit_key_is_taken_over_if_it_is_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key = tmp_path / "audit.pub"
    key.write_bytes(
        Ed25519PrivateKey.generate().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    )
    directory = make(tmp_path, "--hub-audit-key", str(key))
    named = load_settings(directory).hub.audit_public_key
    assert named is not None
    assert (directory / named).read_bytes() == key.read_bytes()

    key.write_text("none")
    assert main(["init", str(tmp_path / "other"), "--hub-audit-key", str(key)]) == 1
    assert "audit.pub" in capsys.readouterr().err
    assert not (tmp_path / "other").exists()


def test_an_installation_is_never_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    directory = make(tmp_path)
    before = {path: path.read_bytes() for path in directory.rglob("*") if path.is_file()}
    assert main(["init", str(directory), "--dev"]) == 1
    assert "choose another directory" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in directory.rglob("*") if path.is_file()} == before


def test_one_that_was_interrupted_is_begun_anew(tmp_path: Path) -> None:
    directory = make(tmp_path)
    (directory / "signer-agent.toml").unlink()  # which is written last
    stale = (directory / "pki/ca.crt").read_bytes()
    make(tmp_path)
    assert (directory / "pki/ca.crt").read_bytes() != stale
    certificate(directory, "hub").verify_directly_issued_by(certificate(directory, "ca"))


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "agent").write_text("a file")
    assert main(["init", str(tmp_path / "agent")]) == 1
    assert str(tmp_path / "agent") in capsys.readouterr().err
