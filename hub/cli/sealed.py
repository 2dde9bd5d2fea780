"""`hub sealed`: set, list and remove sealed secrets, and rotate their master key. A value is never an argument."""

import argparse
import getpass
import os
import sys
from pathlib import Path

from hub.cli.main import OK, CommandError
from hub.core.clock import SystemClock
from hub.installation.private_keys import write_private
from hub.installation.sealed import sealed_file
from hub.installation.template import set_value
from hub.settings import FILE_NAME, load_settings, parse_settings
from sealed.files import SealedError
from sealed.master_key import MasterKey, find_master_key, new_key
from sealed.store import MAX_VALUE_BYTES, SealedFile


def run(arguments: argparse.Namespace) -> int:
    """Do what the action names."""
    try:
        if arguments.action == "init":
            return _init(arguments.folder, arguments.master_key)
        settings = load_settings(arguments.folder)
        sealed = sealed_file(settings, arguments.folder, os.environ, master_key=arguments.master_key)
        match arguments.action:
            case "set":
                return _set(sealed, arguments.name)
            case "list":
                return _list(sealed)
            case "remove":
                sealed.remove(arguments.name)
                print(f"sealed:{arguments.name} is removed")
                return OK
            case _:
                return _rotate(sealed)
    except SealedError as error:
        raise CommandError(str(error)) from error


def _init(folder: Path, path: Path | None) -> int:
    """Make the key's file and name it in the settings, unless they name one already."""
    settings = load_settings(folder)
    reference = settings.sealed.master_key
    if path is None and reference is not None and reference.startswith("file:"):
        path = folder / reference.removeprefix("file:")
    beside = folder.resolve().parent / f"{folder.resolve().name}.master-key"
    path = (path or beside).absolute()
    apart_from = (folder, (folder / settings.sealed.file).parent)
    find_master_key(f"file:{path}", base=folder, environment={}, apart_from=apart_from)
    if path.exists():
        raise CommandError(
            f"{path} exists already; a new key would not open what is sealed: hub sealed rotate {folder}"
        )
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    MasterKey(path=path).write([new_key()])
    if reference is None:
        name = f"../{path.name}" if path == beside else str(path)  # the two may be moved together
        text = set_value((folder / FILE_NAME).read_text(encoding="utf-8"), "sealed.master_key", f"file:{name}")
        parse_settings(text)
        _replace(folder / FILE_NAME, text)
    print(f"{path} is the master key of the sealed secrets; keep a copy in the recovery kit, apart from backups")
    return OK


def _set(sealed: SealedFile, name: str) -> int:
    value = read_value(f"value of sealed:{name}: ")
    sealed.put(name, value, now=SystemClock().now())
    print(f"sealed:{name} is set; a running hub takes it within seconds if it works")
    return OK


def _list(sealed: SealedFile) -> int:
    for name, secret in sorted(sealed.secrets().items()):
        notes = ["a new value is being tried"] if secret.candidate is not None else []
        notes += ["the value before it is kept"] if secret.previous is not None else []
        print("  ".join([f"sealed:{name}", f"set {secret.set_at}", *notes]))
    return OK


def _rotate(sealed: SealedFile) -> int:
    resumed = sealed.rotate()
    print("an interrupted rotation is finished" if resumed else "everything is sealed under a new master key")
    print(f"copy {sealed.master_key.path} to the recovery kit; older copies of {sealed.path} need the older key")
    return OK


def read_value(prompt: str) -> bytes:
    """Return a secret from standard input, or ask for it without showing it."""
    if sys.stdin.isatty():
        return getpass.getpass(prompt).encode()
    value = sys.stdin.buffer.read(MAX_VALUE_BYTES + 1)
    return (
        value.removesuffix(b"\n") if value.count(b"\n") == 1 else value
    )  # a line has an end; a PEM file keeps its own


def _replace(path: Path, text: str) -> None:
    """Write the whole file or none of it: the hub may be reading it."""
    temporary = path.with_name(f".{path.name}.new")
    write_private(temporary, text.encode())
    os.replace(temporary, path)  # noqa: PTH105 - Path.replace does the same and reads like str.replace
