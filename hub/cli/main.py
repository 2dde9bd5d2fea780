"""The arguments of the command `hub`, and what a person is told when something goes wrong."""

import argparse
import importlib
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from evidence.options import add_options as add_evidence_options
from hub.cli.operation import add_commands
from hub.core.secrets import SecretError
from hub.settings import SettingsError

Command = Callable[[argparse.Namespace], int]

OK, FAILED, USAGE = 0, 1, 2


class CommandError(Exception):
    """A command can't be done; the message tells the person what to do."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns:
        0 done, 1 not done or a problem was found, 2 the command line itself is wrong.
    """
    parsed = _parser().parse_args(arguments)
    command: Command = _load(parsed.command)
    try:
        return command(parsed)
    except SettingsError as error:
        for problem in error.problems:
            print(f"hub: {problem}", file=sys.stderr)
    except (CommandError, SecretError) as error:
        print(f"hub: {error}", file=sys.stderr)
    except BrokenPipeError:
        # Whoever read our output has seen enough; Python would complain about it once more when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except OSError as error:
        print(f"hub: {error.filename}: {error.strerror}" if error.filename else f"hub: {error}", file=sys.stderr)
    except KeyboardInterrupt:
        print("hub: interrupted", file=sys.stderr)
    return FAILED


def _load(name: str) -> Command:
    """Import the chosen command alone: `hub init` needs no gRPC."""
    command: Command = importlib.import_module(f"hub.cli.{name.replace('-', '_')}").run
    return command


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="hub", description="Runs and administers a landhub installation.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    init = commands.add_parser("init", help="make an installation")
    _folder(init)
    init.add_argument(
        "--dev", action="store_true", help="for trying things out: marked short-lived CAs, a ready client"
    )
    init.add_argument("--host", action="append", default=[], help="a name or address callers use; may be repeated")
    init.add_argument("--port-base", type=int, metavar="N", help="ports N (hub), N+1 (administration), N+2, N+3 (HTTP)")
    init.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="set a key of landhub.toml")
    init.add_argument("--passphrase-file", type=Path, help="where the passphrase of the private keys is to be kept")
    serve = commands.add_parser("serve", help="run the hub")
    _folder(serve)
    serve.add_argument("--process", type=int, help=argparse.SUPPRESS)  # how `serve` starts each of several processes
    _folder(commands.add_parser("check-config", help="check settings, files and keys; start nothing"))
    _add_sealed(commands.add_parser("sealed", help="secrets in one encrypted file, named sealed:NAME in the settings"))
    _folder(commands.add_parser("keys", help="how many encrypted values are under which column key"))
    secret = commands.add_parser("secret", help="secrets of providers").add_subparsers(dest="action", required=True)
    rotate = secret.add_parser("rotate", help="try a new value, read from standard input, and use it if it works")
    _folder(rotate)
    rotate.add_argument("name", metavar="NAME", help="the sealed secret's name")
    rotate.add_argument("--master-key", type=Path, metavar="FILE", help="the key's file, where systemd hands it on")
    _add_erase(commands.add_parser("erase", help="erase what is kept of a person, read from standard input"))
    _add_callers(commands.add_parser("callers", help="who may call"))
    _add_audit(commands.add_parser("audit", help="the audit trail"))
    story = commands.add_parser("story", help="what happened under one business reference")
    _folder(story)
    story.add_argument("reference", metavar="REF", help="the contract's or member's number")
    story.add_argument("--json", action="store_true", help="one JSON object a line")
    story.add_argument("--export", type=Path, metavar="FOLDER", help="write a file that proves it for each signature")
    _add_evidence(commands.add_parser("evidence", help="files that prove signatures"))
    add_commands(commands)
    database = commands.add_parser("db", help="the database").add_subparsers(dest="action", required=True)
    migrate = database.add_parser("migrate", help="back the database up and bring it to this release's schema")
    _folder(migrate)
    migrate.add_argument("--no-backup", dest="backup", action="store_false", help="you have made one yourself")
    return parser


def _add_sealed(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    init = actions.add_parser("init", help="make a master key, outside of DIR")
    put = actions.add_parser("set", help="set a secret; its value is read from standard input or asked for")
    names = actions.add_parser("list", help="list the names, never a value")
    remove = actions.add_parser("remove", help="remove a secret")
    rotate = actions.add_parser("rotate", help="seal everything under a new master key, and drop the old one")
    for action in (init, put, names, remove, rotate):
        _folder(action)
        action.add_argument("--master-key", type=Path, metavar="FILE", help="the key's file, where systemd hands it on")
    for action in (put, remove):
        action.add_argument("name", metavar="NAME", help="small letters, digits, . _ and -")


def _add_erase(parser: argparse.ArgumentParser) -> None:
    _folder(parser)
    known_by = parser.add_mutually_exclusive_group(required=True)
    for kind in ("inn", "snils", "ogrnip", "passport", "phone", "email"):
        known_by.add_argument(f"--{kind}", dest="kind", action="store_const", const=kind)
    parser.add_argument("--no-wait", dest="wait", action="store_false", help="leave it to the hub and return at once")


def _add_callers(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    add = actions.add_parser("add", help="issue a certificate and let the caller in")
    _folder(add)
    add.add_argument("name", metavar="NAME", help="small letters, digits, - and _")
    add.add_argument("--role", action="append", default=[], help="a role of the settings; may be repeated")
    add.add_argument("--group", default="", help="callers of one group share what they make")
    add.add_argument("--administrator", action="store_true", help="for the administration port, by its own CA")
    _folder(actions.add_parser("list", help="list the callers and their certificates"))
    deny = actions.add_parser("deny", help="refuse the caller's certificates from now on")
    _folder(deny)
    deny.add_argument("name", metavar="NAME")


def _add_audit(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    verify = actions.add_parser("verify", help="prove the audit trail whole, with the public key alone")
    _folder(verify)
    verify.add_argument("--public-key", type=Path, help="instead of keys/audit.pub: a copy kept elsewhere proves more")


def _add_evidence(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    add_evidence_options(
        actions.add_parser("verify", help="verify one offline, with nothing but the keys and roots given here")
    )


def _folder(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", metavar="DIR", type=Path, help="the installation's folder")
