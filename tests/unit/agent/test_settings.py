"""Settings and installations: an unknown key refuses, the hub's word is opted into, every file is private."""

from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from signer_agent.errors import SettingsError
from signer_agent.installation import Plan, create
from signer_agent.settings import Settings, load_settings
from tests.unit.agent.support import SetClock

HUB_RULE = """
[[rules]]
name = "r"
certificates = ["*"]
callers = ["crm"]
document_kinds = ["CONTRACT"]
attested_by = "hub"
"""


def load(directory: Path, text: str) -> Settings:
    (directory / "signer-agent.toml").write_text(text)
    return load_settings(directory)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('nam = "agent"', "nam: Extra inputs"),
        ("[server]\nport = 1", "server.port: Extra inputs"),
        ("[[rules]]\nname = 'r'\nanything = 1", "rules.0.anything: Extra inputs"),
        ("name = ", "is no TOML"),
        (HUB_RULE, "needs allow_hub_attestation = true"),
        (HUB_RULE + "allow_hub_attestation = true", "needs cap_per_day"),
        (HUB_RULE.replace('"hub"', '"caller"') + "despite_caller_rules = true", "remove what concerns the hub"),
        (HUB_RULE.replace('"*"', '"all"'), "40 hex digits"),
        (HUB_RULE.replace('"CONTRACT"', '"LETTER"'), "rules.0.document_kinds.0"),
        (HUB_RULE.replace('"CONTRACT"', ""), "rules.0.document_kinds"),
        ((HUB_RULE + "allow_hub_attestation = true\ncap_per_day = 1\n") * 2, "two rules have one name"),
        ('[tls]\ndenied_fingerprints = ["ab"]', "64 hex digits"),
        ('[keys]\nbackend = "magic"', "keys.backend"),
    ],
)
def test_settings_that_are_wrong_say_where_and_refuse(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SettingsError, match=r"signer-agent\.toml") as caught:
        load(tmp_path, text)
    assert said in str(caught.value)


def test_missing_settings_name_the_command_that_makes_them(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="signer-agent init"):
        load_settings(tmp_path)


def test_an_installation_is_complete_private_and_not_made_twice(tmp_path: Path) -> None:
    directory = tmp_path / "agent"
    create(Plan(directory=directory, listen="10.0.0.5:7444"), clock=SetClock())

    settings = load_settings(directory)
    assert settings.server.listen == "10.0.0.5:7444"
    assert settings.rules == ()
    files = [path for path in directory.rglob("*") if path.is_file()]
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    assert {path.stat().st_mode & 0o777 for path in directory.rglob("*") if path.is_dir()} == {0o700}
    server = x509.load_pem_x509_certificate((directory / "pki/server.crt").read_bytes())
    names = server.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert "10.0.0.5" in [str(address) for address in names.get_values_for_type(x509.IPAddress)]
    with pytest.raises(SettingsError, match="already"):
        create(Plan(directory=directory), clock=SetClock())


def test_a_development_installation_is_marked_and_short_lived(tmp_path: Path) -> None:
    create(Plan(directory=tmp_path / "agent", development=True), clock=SetClock())

    assert load_settings(tmp_path / "agent").rules[0].allow_hub_attestation
    authority = x509.load_pem_x509_certificate((tmp_path / "agent/pki/ca.crt").read_bytes())
    assert "not for production" in authority.subject.rfc4514_string()
    assert (authority.not_valid_after_utc - authority.not_valid_before_utc).days <= 30


def test_the_hubs_audit_key_is_pinned_at_the_start(tmp_path: Path) -> None:
    key = Ed25519PrivateKey.generate().public_key()
    pem = key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "audit.pub").write_bytes(pem)
    (tmp_path / "wrong.pub").write_bytes(b"no key")

    create(Plan(directory=tmp_path / "agent", hub_audit_key=tmp_path / "audit.pub"), clock=SetClock())

    pinned = load_settings(tmp_path / "agent").hub.audit_public_key
    assert pinned is not None
    assert (tmp_path / "agent" / pinned).read_bytes() == pem
    with pytest.raises(SettingsError, match="copy the hub's audit key"):
        create(Plan(directory=tmp_path / "other", hub_audit_key=tmp_path / "wrong.pub"), clock=SetClock())
