"""`hub callers`: let a caller in, list them, refuse one."""

import argparse
import os

from hub.app.keys import open_passphrase
from hub.cli.main import OK, CommandError
from hub.core.clock import SystemClock
from hub.installation.callers import certificates, denied, deny, issue, let_in
from hub.installation.sealed import secrets_of
from hub.settings import load_settings


def run(arguments: argparse.Namespace) -> int:
    """Do what the action names."""
    match arguments.action:
        case "add":
            return _add(arguments)
        case "list":
            return _list(arguments)
        case _:
            return _deny(arguments)


def _add(arguments: argparse.Namespace) -> int:
    folder, name = arguments.folder, arguments.name
    settings = load_settings(folder)
    roles = arguments.role or (["administrator"] if arguments.administrator else [])
    if name not in settings.callers and not roles:
        known = ", ".join(settings.roles) or "none yet: add [roles.NAME] to landhub.toml"
        raise CommandError(f"say what {name} may do with --role ROLE; the roles are: {known}")
    is_new = let_in(folder, settings, name=name, roles=roles, group=arguments.group)
    secrets = secrets_of(settings, folder, os.environ)
    path = issue(
        folder,
        name=name,
        administrator=arguments.administrator,
        clock=SystemClock(),
        passphrase=open_passphrase(settings, secrets),
    )
    ca = "admin-ca.crt" if arguments.administrator else "ca.crt"
    address = settings.administration.address if arguments.administrator else settings.server.address
    print(f"{name}: a certificate is issued{' and the caller is in the settings' if is_new else ''}.")
    print(f"  give the caller, over a safe way: {path}, {path.with_suffix('.key')} and {folder / 'pki' / ca}")
    print(f"  it calls: {address}")
    if is_new:
        print("  a running hub lets the caller in within a second; nothing to restart")
    elif roles:
        print(f"  its roles are left as they are; change them in [callers.{name}], which a running hub notices")
    return OK


def _list(arguments: argparse.Namespace) -> int:
    folder = arguments.folder
    settings = load_settings(folder)
    refused = denied(folder, settings.server.denied_fingerprints) | denied(
        folder, settings.administration.denied_fingerprints
    )
    found = list(certificates(folder))
    for name, caller in sorted(settings.callers.items()):
        print(f"{name}: roles {', '.join(caller.roles) or 'none'}{f', group {caller.group}' if caller.group else ''}")
        for certificate in found:
            if certificate.caller == name:
                until = certificate.certificate.not_valid_after_utc.date().isoformat()
                state = "denied" if certificate.fingerprint in refused else f"until {until}"
                print(f"  {certificate.path.relative_to(folder)}: {state}, SHA-256 {certificate.fingerprint}")
    return OK


def _deny(arguments: argparse.Namespace) -> int:
    try:
        added = deny(arguments.folder, name=arguments.name)
    except LookupError as error:
        raise CommandError(str(error)) from error
    for certificate in added:
        print(f"{arguments.name}: denied {certificate.fingerprint}")
    print(f"{arguments.name}: a running hub refuses {len(added) or 'no more'} certificates; nothing to restart")
    return OK
