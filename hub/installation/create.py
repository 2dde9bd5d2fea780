"""Makes a new installation: CAs, certificates, keys and the settings, each file for its owner alone."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

from hub.core.clock import Clock
from hub.core.ids import Ids
from hub.core.secrets import Secret
from hub.installation import pki
from hub.installation.private_keys import SYMMETRIC_KEY_BYTES, key_pem, new_symmetric_key, write_private
from hub.installation.template import set_value, settings_text
from hub.settings import FILE_NAME, parse_settings

LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")

_PASSPHRASE_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be made.

    Attributes:
        folder: The installation's folder; made if it isn't there.
        development: Marked, short-lived CAs, unencrypted keys, a ready client; the profile that allows them.
        passphrase_file: Where the passphrase of the private keys is kept; None in development.
        hosts: Names and addresses under which callers reach the hub, besides localhost.
        changes: Settings to set, as (path, TOML value).
    """

    folder: Path
    development: bool
    passphrase_file: Path | None
    hosts: Sequence[str] = ()
    changes: Sequence[tuple[str, str]] = ()


class InstallationExistsError(Exception):
    """The folder holds an installation already."""


def create(plan: Plan, *, clock: Clock, ids: Ids) -> None:
    """Make the installation; the settings are written last, so what was interrupted can be run again.

    Raises:
        InstallationExistsError: there is one already.
        ValueError: a setting that can't be set.
        SettingsError: a setting that the hub would refuse.
        OSError: the folder can't be written.
    """
    if (plan.folder / FILE_NAME).exists():
        raise InstallationExistsError(f"{plan.folder / FILE_NAME} exists already; choose another folder")
    text = settings_text(
        folder=str(plan.folder), development=plan.development, passphrase=_reference(plan.folder, plan.passphrase_file)
    )
    for path, value in plan.changes:
        text = set_value(text, path, value)
    parse_settings(text)
    for name in ("", "pki", "keys", "state", "state/audit"):
        (plan.folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)
        (plan.folder / name).chmod(0o700)
    passphrase = _make_passphrase(plan.passphrase_file, ids)
    _make_keys(plan.folder / "keys", ids, passphrase)
    _make_pki(plan, clock, passphrase)
    write_private(plan.folder / FILE_NAME, text.encode())


def write_issued(folder: Path, name: str, issued: pki.Issued | pki.Authority, *, passphrase: Secret | None) -> None:
    """Write NAME.crt and NAME.key."""
    write_private(folder / f"{name}.key", key_pem(issued.key, passphrase=passphrase))
    write_private(folder / f"{name}.crt", pki.certificate_pem(issued.certificate))


def _reference(folder: Path, passphrase_file: Path | None) -> str | None:
    if passphrase_file is None:
        return None
    path = passphrase_file.resolve()
    if path.parent == folder.resolve().parent:
        return f"file:../{path.name}"  # the two may be moved together
    return f"file:{path}"


def _make_passphrase(path: Path | None, ids: Ids) -> Secret | None:
    if path is None:
        return None
    if path.exists():
        raise InstallationExistsError(f"{path} exists already; move it away, or name another with --passphrase-file")
    content = ids.token(_PASSPHRASE_BYTES).encode()
    write_private(path, content)
    return Secret(content)


def _make_keys(folder: Path, ids: Ids, passphrase: Secret | None) -> None:
    for name in ("column", "reference", "pseudonym"):
        write_private(folder / f"{name}.key", new_symmetric_key(ids.random_bytes(SYMMETRIC_KEY_BYTES)))
    audit = ed25519.Ed25519PrivateKey.generate()
    write_private(folder / "audit.key", key_pem(audit, passphrase=passphrase))
    public = audit.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    write_private(folder / "audit.pub", public)


def _make_pki(plan: Plan, clock: Clock, passphrase: Secret | None) -> None:
    now = clock.now()
    folder = plan.folder / "pki"
    hosts = tuple(dict.fromkeys((*LOCAL_HOSTS, *plan.hosts)))
    callers = pki.make_authority("landhub callers", now=now, development=plan.development)
    administrators = pki.make_authority("landhub administrators", now=now, development=plan.development)
    write_issued(folder, "ca", callers, passphrase=passphrase)
    write_issued(folder, "admin-ca", administrators, passphrase=passphrase)
    server = pki.issue_server(callers, name="landhub", hosts=hosts, now=now)
    write_issued(folder, "server", server, passphrase=passphrase)
    admin_server = pki.issue_server(administrators, name="landhub administration", hosts=hosts, now=now)
    write_issued(folder, "admin-server", admin_server, passphrase=passphrase)
    admin = pki.issue_client(administrators, name="admin", now=now)
    write_issued(folder, "admin", admin, passphrase=passphrase)
    if plan.development:
        write_issued(folder, "client", pki.issue_client(callers, name="client", now=now), passphrase=None)
    for name in ("denied", "admin-denied"):
        write_private(folder / name, b"# SHA-256 fingerprints of refused client certificates, one a line.\n")


def default_passphrase_file(folder: Path) -> Path:
    """Return where a passphrase is kept if nothing else is said: beside the folder, not in it."""
    resolved = Path(os.path.abspath(folder))  # noqa: PTH100 - the folder need not exist, and links stay as they are
    return resolved.parent / f"{resolved.name}.passphrase"
