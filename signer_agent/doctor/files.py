"""Whether only the agent's account can read keys and PINs, and only it can write what the agent trusts."""

import os
import stat
import sys
from pathlib import Path

from signer_agent.doctor.findings import Finding, bad, good
from signer_agent.settings import FILE_NAME, Settings

_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


def check_private_files(settings: Settings, directory: Path) -> list[Finding]:
    """Judge the modes of keys, PINs and settings, and whether this account can read them."""
    if sys.platform == "win32":
        return []  # an installation's folder is closed by its access list: docs/operations
    found: list[Finding] = []
    present = sorted(path for path in _private(settings, directory) if path.is_file())
    for path in present:
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & 0o077:
            remedy = f"chmod 600 {path}; who could read it may have: renew what it holds"
            found.append(bad("files", f"{path} is open to others (mode {mode:04o})", remedy))
        elif not os.access(path, os.R_OK):
            found.append(bad("files", f"{path} can't be read by this account", "chown it to the agent's account"))
    for path in _trusted(settings, directory):
        if path.exists() and path.stat().st_mode & _OTHERS_WRITE:
            found.append(bad("files", f"{path} can be written by others", f"chmod go-w {path}"))
    return found or [good("files", f"{len(present)} private files are open to their owner alone")]


def _private(settings: Settings, directory: Path) -> set[Path]:
    pins = settings.keys.pins
    references = {settings.keys.passphrase, pins.default, pins.sealed_master_key, *pins.certificates.values()}
    named = {reference.removeprefix("file:") for reference in references if reference.startswith("file:")}
    files = [settings.tls.key, settings.journal.key, pins.sealed_file, *map(Path, named)]
    paths = {directory / name for name in files}
    return paths | set((directory / "pki").rglob("*.key")) | set((directory / settings.keys.folder).glob("*.key"))


def _trusted(settings: Settings, directory: Path) -> list[Path]:
    """What decides who is let in and what is signed."""
    tls = settings.tls
    named = [Path(FILE_NAME), Path("pki"), Path("keys"), tls.client_ca, tls.certificate]
    named += [settings.keys.folder, settings.journal.folder]
    named += [key.public_key for key in settings.attestation_keys.values()]
    named += [path for path in (settings.hub.audit_public_key, tls.client_crl) if path is not None]
    return [directory, *dict.fromkeys(directory / path for path in named)]
