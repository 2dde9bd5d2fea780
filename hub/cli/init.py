"""`hub init`: make an installation."""

import argparse

from hub.cli.main import OK, CommandError
from hub.core.clock import SystemClock
from hub.core.ids import Ids
from hub.installation.create import InstallationExistsError, Plan, create, default_passphrase_file

_PORTS = ("server.address", "administration.address", "web.public_address", "web.private_address")


def run(arguments: argparse.Namespace) -> int:
    """Make it and say what to do next."""
    plan = Plan(
        folder=arguments.folder,
        development=arguments.dev,
        passphrase_file=None
        if arguments.dev
        else arguments.passphrase_file or default_passphrase_file(arguments.folder),
        hosts=arguments.host,
        changes=(*_ports(arguments.port_base), *(_change(text) for text in arguments.set)),
    )
    clock = SystemClock()
    try:
        create(plan, clock=clock, ids=Ids(clock=clock))
    except (InstallationExistsError, ValueError) as error:
        raise CommandError(str(error)) from error
    print(f"{plan.folder}: {'a development' if plan.development else 'an'} installation is ready.")
    for line in _next_steps(plan):
        print(line)
    return OK


def _next_steps(plan: Plan) -> tuple[str, ...]:
    if plan.development:
        return (
            f"  client: {plan.folder}/pki/client.crt, client.key, and ca.crt to know the hub by",
            f"  start:  hub serve {plan.folder}",
        )
    return (
        f"  the passphrase of its private keys is in {plan.passphrase_file}: keep it apart from backups",
        f"  keep a copy of {plan.folder}/keys/reference.key and audit.pub elsewhere",
        f"  switch modules on in {plan.folder}/landhub.toml, then: hub check-config {plan.folder}",
        f"  let a caller in: hub callers add {plan.folder} NAME --role deal",
        f"  start: hub serve {plan.folder}",
    )


def _ports(base: int | None) -> tuple[tuple[str, str], ...]:
    if base is None:
        return ()
    if not 1 <= base <= 65532:
        raise CommandError("--port-base must be from 1 to 65532")
    return tuple((path, f'"127.0.0.1:{base + index}"') for index, path in enumerate(_PORTS))


def _change(text: str) -> tuple[str, str]:
    path, separator, value = text.partition("=")
    if not separator:
        raise CommandError(f"--set {text}: write KEY=VALUE, for example server.address=127.0.0.1:0")
    return path, value
