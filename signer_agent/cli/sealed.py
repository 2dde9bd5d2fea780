"""`signer-agent sealed`: makes a master key and keeps PINs in the encrypted file. A value is never an argument."""

import argparse
import getpass
import os
import sys
from pathlib import Path
from typing import Final

from sealed.files import SealedError
from sealed.master_key import MasterKey, find_master_key, new_key
from sealed.store import MAX_VALUE_BYTES, SealedFile
from signer_agent.clock import SystemClock
from signer_agent.errors import SettingsError
from signer_agent.keys.pins import check_pin
from signer_agent.settings import Settings, load_settings

_ACTIONS: Final = {
    "init": "make a master key beside the installation, or where --master-key says",
    "set": "keep a PIN: it is asked for at a terminal, else read from standard input",
    "list": "show the names and when each was set, never a value",
    "remove": "forget a PIN",
    "rotate": "seal everything under a new master key",
}


def add_options(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    actions = parser.add_subparsers(required=True, metavar="ACTION", dest="action")
    for name, about in _ACTIONS.items():
        action = actions.add_parser(name, help=about, description=about)
        action.add_argument("directory", type=Path, help="the installation")
        if name in {"set", "remove"}:
            action.add_argument("name", help="of the secret: sealed:NAME in the settings")
        action.add_argument("--master-key", type=Path, help="its file, where the settings name a credential")
    parser.set_defaults(command=sealed)


def sealed(options: argparse.Namespace) -> int:
    """Run the command.

    Raises:
        SettingsError: the key or the file can't be used, or the value is no PIN.
    """
    directory: Path = options.directory
    settings = load_settings(directory)
    try:
        if options.action == "init":
            return _init(settings, directory, options.master_key)
        return _do(_file(settings, directory, options.master_key), options)
    except SealedError as error:
        raise SettingsError(str(error)) from error


def _do(file: SealedFile, options: argparse.Namespace) -> int:
    match options.action:
        case "set":
            file.put(options.name, check_pin(_value(f"PIN kept as sealed:{options.name}: ")), now=SystemClock().now())
            print(f"sealed:{options.name} is set; a running agent reads it at the next signature")
        case "list":
            for name, secret in sorted(file.secrets().items()):
                print(f"sealed:{name}  set {secret.set_at}")
        case "remove":
            file.remove(options.name)
            print(f"sealed:{options.name} is removed")
        case _:
            resumed = file.rotate()
            print("an interrupted rotation is finished" if resumed else "everything is sealed under a new master key")
            print(f"copy {file.master_key.path} to the recovery kit; older copies of {file.path} need the older key")
    return 0


def _init(settings: Settings, directory: Path, path: Path | None) -> int:
    beside = directory.resolve().parent / f"{directory.resolve().name}.master-key"
    path = (path or beside).absolute()
    find_master_key(f"file:{path}", base=directory, environment={}, apart_from=_apart_from(settings, directory))
    if path.exists():
        raise SealedError(f"{path} exists already; a new key would not open what is sealed: use `sealed rotate`")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    MasterKey(path=path).write([new_key()])
    name = f"../{path.name}" if path == beside else str(path)  # the two may be moved together
    print(f"{path} is the master key; keep a copy in the recovery kit, apart from backups. In signer-agent.toml:")
    print(f'[keys.pins]\nsealed_master_key = "file:{name}"')
    return 0


def _file(settings: Settings, directory: Path, master_key: Path | None) -> SealedFile:
    pins = settings.keys.pins
    reference = f"file:{master_key.absolute()}" if master_key is not None else pins.sealed_master_key
    if not reference:
        raise SettingsError("keys.pins.sealed_master_key is not set: run `signer-agent sealed init` first")
    path = find_master_key(
        reference, base=directory, environment=os.environ, apart_from=_apart_from(settings, directory)
    )
    key = MasterKey(path=path, is_credential=reference.startswith("credential:"))
    return SealedFile(path=directory / pins.sealed_file, master_key=key)


def _apart_from(settings: Settings, directory: Path) -> tuple[Path, ...]:
    return (directory, (directory / settings.keys.pins.sealed_file).parent)


def _value(prompt: str) -> bytes:
    if sys.stdin.isatty():
        return getpass.getpass(prompt).encode()
    return sys.stdin.buffer.read(MAX_VALUE_BYTES + 1).rstrip(b"\r\n")
