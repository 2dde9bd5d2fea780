"""Makes an installation: its CA, the server's and the hub's certificates, the journal's key, the settings."""

import os
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Final

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from signer_agent.clock import Clock
from signer_agent.errors import SettingsError
from signer_agent.exchange import read_audit_key
from signer_agent.pki import issue, make_authority
from signer_agent.settings import FILE_NAME

LOCAL_HOSTS: Final = ("localhost", "127.0.0.1", "::1")

_SETTINGS: Final = Template("""\
# The signer agent's settings. Relative paths are from this file's directory; a key that is not known refuses to start.
name = "$name"

[server]
listen = "$listen"

[tls]
clients = ["hub"]              # names (SAN) of the clients let in; pki/hub.crt and pki/hub.key are the hub's

[keys]
backend = "gost_file"          # or "cryptopro", "pkcs11": see docs/operations
folder = "keys/certificates"   # NAME.crt and NAME.key (PKCS#8, chmod 600)
passphrase = ""                # file:PATH, env:NAME or credential:NAME; empty if the keys are not encrypted

[hub]
$audit

[telemetry]
otlp_endpoint = ""             # an OTLP/HTTP collector, as "http://127.0.0.1:4318/v1/traces"

# Who may have what signed. The first rule that fits decides; what no rule fits is refused.
# A backend attests what it wants signed with a key of its own, so that a compromised hub gets nothing:
#
# [attestation_keys.crm-2026]
# public_key = "keys/crm-2026.pub"      # ECDSA P-256 or Ed25519, PEM
# caller = "crm"
#
# [[rules]]
# name = "contracts of the crm"
# certificates = ["<thumbprint>"]       # or ["*"]
# callers = ["crm"]
# document_kinds = ["CONTRACT"]
# formats = ["CADES_BES_DETACHED"]      # the default; also CADES_BES_ATTACHED, CADES_T_DETACHED, CADES_T_ATTACHED
# attested_by = "caller"
$rules""")

_AUDIT_LINE: Final = 'audit_public_key = "pki/hub-audit.pub"'
_NO_AUDIT_LINE: Final = (
    '# audit_public_key = "pki/hub-audit.pub"   # the hub\'s keys/audit.pub: its checkpoints are countersigned'
)

_DEVELOPMENT_RULES: Final = """
# Development only: whatever the hub says is signed.
[[rules]]
name = "development"
certificates = ["*"]
callers = ["*"]
document_kinds = ["CONTRACT", "SPOUSE_CONSENT", "GUARDIANSHIP_PERMIT", "POWER_OF_ATTORNEY",
                  "MACHINE_READABLE_POWER_OF_ATTORNEY", "OTHER"]
formats = ["CADES_BES_DETACHED", "CADES_BES_ATTACHED", "CADES_T_DETACHED", "CADES_T_ATTACHED", "XMLDSIG_SMEV3"]
attested_by = "hub"
allow_hub_attestation = true
cap_per_day = 10000
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to make.

    ``listen`` is host:port; ``hub_audit_key`` the hub's `keys/audit.pub`; development means a marked, short-lived CA
    and a rule that signs whatever the hub says.
    """

    directory: Path
    name: str = "agent"
    listen: str = "127.0.0.1:7444"
    hub_audit_key: Path | None = None
    development: bool = False


def create(plan: Plan, *, clock: Clock) -> None:
    """Make an installation in a directory that has none.

    Raises:
        SettingsError: there is one already, the audit key is none, or a file can't be written.
    """
    directory = plan.directory
    if (directory / FILE_NAME).exists():
        raise SettingsError(f"{directory} has an installation already: choose another directory")
    audit_key = None
    if plan.hub_audit_key is not None:
        read_audit_key(plan.hub_audit_key)
        audit_key = plan.hub_audit_key.read_bytes()
    try:
        for folder in (directory, *(directory / name for name in ("pki", "keys", "keys/certificates", "state"))):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _make_channel(plan, clock)
        _make_journal_key(directory)
        if audit_key is not None:
            _write(directory / "pki/hub-audit.pub", audit_key)
        _write(directory / FILE_NAME, _settings(plan).encode())  # last: an installation with settings is complete
    except OSError as error:
        raise SettingsError(f"{error.filename or directory}: {error.strerror}") from error


def _make_channel(plan: Plan, clock: Clock) -> None:
    now = clock.now()
    host = plan.listen.rpartition(":")[0].strip("[]")
    hosts = tuple(dict.fromkeys((*LOCAL_HOSTS, *((host,) if host not in {"", "0.0.0.0", "::"} else ()))))  # noqa: S104
    authority = make_authority(f"landhub signer {plan.name}", now=now, development=plan.development)
    server = issue(authority, "signer-agent", hosts=hosts, is_server=True, now=now, development=plan.development)
    hub = issue(authority, "hub", hosts=("hub",), is_server=False, now=now, development=plan.development)
    pki = plan.directory / "pki"
    for name, pair in (("ca", authority), ("server", server), ("hub", hub)):
        _write(pki / f"{name}.crt", pair.certificate_pem())
        _write(pki / f"{name}.key", pair.key_pem())


def _make_journal_key(directory: Path) -> None:
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    _write(directory / "keys/journal.key", private)
    _write(directory / "keys/journal.pub", public)


def _settings(plan: Plan) -> str:
    return _SETTINGS.substitute(
        name=plan.name,
        listen=plan.listen,
        audit=_AUDIT_LINE if plan.hub_audit_key is not None else _NO_AUDIT_LINE,
        rules=_DEVELOPMENT_RULES if plan.development else "",
    )


def _write(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read, whatever the umask; a left-over of an interrupted run is replaced."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
