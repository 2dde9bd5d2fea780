"""Makes the demo's installation: GOST certificates, the hub's and the agent's own, and their settings."""

import dataclasses
import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sandbox.demo.messages import accounts, write_keys
from sandbox.demo.ports import HOST, Ports
from sandbox.test_ca import Issued, Subject, TestAuthority
from sandbox.timestamp_authority import TimestampAuthority

ATTESTATION_KEY_ID = "demo-backend"
CALLER = "client"
"""The caller that `hub init --dev` makes a certificate for."""

SELLER = Subject(
    common_name="Тестов Иван Образцович",
    surname="Тестов",
    given_name="Иван Образцович",
    inn="502099000124",
    snils="11223344595",
)
BUYER = Subject(
    common_name="Покупателев Пётр Примерович",
    surname="Покупателев",
    given_name="Пётр Примерович",
    inn="502099000766",
)
_COMMAND_SECONDS = 60


class InstallationFailedError(Exception):
    """A command of the set-up failed; the message holds what it said."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """A folder with everything the demo needs, and what stands where in it."""

    folder: Path
    ports: Ports
    authority: TestAuthority
    seller: Issued
    buyer: Issued

    @property
    def run(self) -> Path:
        """Where processes leave their pid, log and command."""
        return self.folder / "run"

    @property
    def pki(self) -> Path:
        """`ca.crt`, `client.crt`, `client.key`, `admin-ca.crt`, `admin.crt`, `admin.key`."""
        return self.folder / "pki"

    @property
    def chain(self) -> Path:
        """The GOST CAs that `openssl cms -verify -CAfile` needs."""
        return self.folder / "chain.pem"

    @property
    def control_url(self) -> str:
        """The sandbox's control API."""
        return f"http://{HOST}:{self.ports.control}"

    def attestation_key(self) -> Ed25519PrivateKey:
        """The key by which the demo's backend attests what it wants signed."""
        key = serialization.load_pem_private_key(_attestation_key(self.folder).read_bytes(), password=None)
        if not isinstance(key, Ed25519PrivateKey):
            raise TypeError("the attestation key is of another kind: remove the folder and begin anew")
        return key


def install(
    folder: Path, ports: Ports, *, pace: Mapping[str, float] | None = None, settings: Mapping[str, Any] | None = None
) -> Installation:
    """Make a fresh installation; the folder is made, and must hold none.

    Args:
        folder: Where.
        ports: Where its programs will listen.
        pace: Overrides of the times of its modules: status_poll_initial, poll_base, visibility_window_seconds.
        settings: More settings of the hub, by their path.

    Raises:
        InstallationFailedError: a command failed.
        OpenSslError: openssl or its gost engine is missing.
    """
    (folder / "run").mkdir(parents=True)
    authority = TestAuthority.create(folder / "gost", name="landhub demo")
    seller = authority.issue("seller", SELLER)
    buyer = authority.issue("buyer", BUYER)
    TimestampAuthority.create(authority)  # the sandbox finds its certificates and issues none itself
    (folder / "gost/issuing.crl").write_bytes(authority.crl())
    (folder / "gost/root.crl").write_bytes(authority.root_crl())
    shutil.copy(authority.chain_path, folder / "chain.pem")
    all_settings = [*_addresses(ports), *_modules(ports, pace or {}), *(settings or {}).items()]
    _command("hub", "init", str(folder), "--dev", *(f"--set={key}={_toml(value)}" for key, value in all_settings))
    write_keys(folder)
    _install_agent(folder, ports, seller)
    return Installation(folder=folder, ports=ports, authority=authority, seller=seller, buyer=buyer)


def _addresses(ports: Ports) -> list[tuple[str, Any]]:
    return [
        ("server.address", f"{HOST}:{ports.hub}"),
        ("administration.address", f"{HOST}:{ports.administration}"),
        ("web.public_address", f"{HOST}:{ports.public}"),
        ("web.private_address", f"{HOST}:{ports.private}"),
        ("telemetry.otlp_endpoint", f"http://{HOST}:{ports.control}/v1/traces"),
        ("signing.agents.main.address", f"{HOST}:{ports.agent}"),
        ("signing.agents.main.ca", "agent/pki/ca.crt"),
        ("signing.agents.main.certificate", "agent/pki/hub.crt"),
        ("signing.agents.main.key", "agent/pki/hub.key"),
        ("signing.agents.main.journal_key", "agent/keys/journal.pub"),
    ]


def _modules(ports: Ports, pace: Mapping[str, float]) -> list[tuple[str, Any]]:
    gateway = "modules.rosreestr.providers.xml_gateway"
    return [
        ("modules.signatures.mode", "on"),
        ("modules.signatures.trust.anchors", ["gost/root.crt"]),
        ("modules.signatures.trust.intermediates", ["gost/issuing.crt"]),
        ("modules.signatures.trust.timestamp_anchors", ["gost/root.crt"]),
        ("modules.signatures.trust.crls", ["gost/*.crl"]),
        ("modules.signatures.timestamps.provider", "tsp"),
        ("modules.signatures.timestamps.providers.tsp.url", f"http://{HOST}:{ports.timestamps}/tsp"),
        ("modules.rosreestr.mode", "on"),
        ("modules.rosreestr.provider", "xml_gateway"),
        # The register moves by seconds here, not by days.
        ("modules.rosreestr.status_poll_initial", pace.get("status_poll_initial", 0.5)),
        ("modules.rosreestr.status_poll_base", pace.get("poll_base", 1.0)),
        (f"{gateway}.api_url", f"https://{HOST}:{ports.gateway}"),
        (f"{gateway}.ca_bundle", "sandbox/ca.crt"),
        (f"{gateway}.client_certificate", "sandbox/client.crt"),
        (f"{gateway}.client_key", "sandbox/client.key"),
        (f"{gateway}.fernet_keys", ["file:sandbox/fernet.key"]),
        (f"{gateway}.visibility_window_seconds", pace.get("visibility_window_seconds", 5.0)),
        *_payments(ports, pace),
        *accounts(ports, caller=CALLER),
    ]


def _payments(ports: Ports, pace: Mapping[str, float]) -> list[tuple[str, Any]]:
    account = "modules.payments.accounts.sber"
    return [
        ("modules.payments.mode", "on"),
        (f"modules.payments.return_hosts.{CALLER}", ["shop.example"]),
        ("modules.payments.poll_initial", pace.get("status_poll_initial", 15.0)),  # the bank calls back long before
        ("modules.payments.poll_base", pace.get("poll_base", 1.0)),
        (f"{account}.provider", "sberbank"),
        (f"{account}.callers", [CALLER]),
        (f"{account}.settings.dialect", "ecom"),
        (f"{account}.settings.api_url", f"https://{HOST}:{ports.sberbank}/ecomm/gw/partner/api/v1"),
        (f"{account}.settings.user_name", "landhub-api"),
        (f"{account}.settings.password", "file:sandbox/sberbank.password"),
        (f"{account}.settings.ca_bundle", "sandbox/ca.crt"),
        (f"{account}.settings.callback_secrets", ["file:sandbox/sberbank.callback"]),
        (f"{account}.settings.hold_days", 7),
        (f"{account}.settings.visibility_window_seconds", pace.get("visibility_window_seconds", 5.0)),
    ]


def _install_agent(folder: Path, ports: Ports, seller: Issued) -> None:
    agent = folder / "agent"
    listen = ("--listen", f"{HOST}:{ports.agent}")
    _command("signer_agent", "init", str(agent), *listen, "--hub-audit-key", str(folder / "keys/audit.pub"))
    for path in (seller.certificate_path, seller.key_path):
        kept = agent / "keys/certificates" / path.name
        shutil.copy(path, kept)
        kept.chmod(0o600)
    public_key = _make_attestation_key(folder)
    (agent / "keys/demo-backend.pub").write_bytes(public_key)
    path = agent / "signer-agent.toml"
    text = path.read_text(encoding="utf-8")
    endpoint = f'otlp_endpoint = "http://{HOST}:{ports.control}/v1/traces"'
    text = text.replace('otlp_endpoint = ""', endpoint, 1) + _RULES
    path.write_text(text, encoding="utf-8")


# What the hub says is not enough here: the backend attests each document with a key that the hub doesn't have.
_RULES = f"""
[attestation_keys.{ATTESTATION_KEY_ID}]
public_key = "keys/demo-backend.pub"
caller = "{CALLER}"

[[rules]]
name = "contracts of the demo"
certificates = ["*"]
callers = ["{CALLER}"]
document_kinds = ["CONTRACT"]
formats = ["CADES_BES_DETACHED", "CADES_BES_ATTACHED", "CADES_T_DETACHED", "CADES_T_ATTACHED"]
attested_by = "caller"
"""


def _attestation_key(folder: Path) -> Path:
    return folder / "backend/attestation.key"


def _make_attestation_key(folder: Path) -> bytes:
    """Write the backend's private key and return the public one, PEM."""
    key = Ed25519PrivateKey.generate()
    path = _attestation_key(folder)
    path.parent.mkdir(mode=0o700)
    path.touch(mode=0o600)
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def _command(module: str, *arguments: str) -> None:
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_COMMAND_SECONDS, check=False)
    if done.returncode != 0:
        raise InstallationFailedError(f"{module} {arguments[0]} failed:\n{done.stdout}{done.stderr}".rstrip())


def _toml(value: Any) -> str:
    return json.dumps(value)
