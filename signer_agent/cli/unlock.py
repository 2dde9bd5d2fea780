"""`signer-agent unlock`: gives a key's PIN to the running agent, from a person's terminal and from nowhere else."""

import argparse
import getpass
import json
import re
import socket
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from signer_agent.console import console_path
from signer_agent.errors import SettingsError
from signer_agent.settings import load_settings

_ANSWER_SECONDS: Final = 700.0  # the settings allow a tool 600
_MAX_ANSWER_BYTES: Final = 1024 * 1024
_UNITS: Final = {"s": 1, "m": 60, "h": 3600}


def duration(text: str) -> int:
    """Seconds of "30m", "8h" or "90s". Raises ValueError, which argparse reports."""
    found = re.fullmatch(r"([1-9]\d{0,5})([smh])", text)
    if found is None:
        raise ValueError("a time is a number and s, m or h: 30m")
    return int(found[1]) * _UNITS[found[2]]


def add_options(parser: argparse.ArgumentParser) -> None:
    """What the command takes. A PIN is no option: every user of the machine could read it."""
    parser.add_argument("--certificate", default="", help="its thumbprint; needed if several keys are locked")
    parser.add_argument("--for", dest="seconds", type=duration, default="8h", help="how long (default: 8h)")
    other = parser.add_mutually_exclusive_group()
    other.add_argument("--list", action="store_true", help="only show the keys that a person unlocks")
    other.add_argument("--lock", action="store_true", help="forget the PIN now")


def unlock(options: argparse.Namespace) -> int:
    """Run the command; 0 if the key is now as asked for.

    Raises:
        SettingsError: the agent does not run, or nobody sits at a terminal.
    """
    path = console_path(load_settings(options.directory), options.directory)
    keys = _keys(ask_console(path, {"do": "list"}))
    if options.list or not keys:
        _show(keys)
        return 0
    thumbprint = _chosen(options.certificate, keys)
    request: dict[str, Any] = {"do": "lock" if options.lock else "unlock", "thumbprint": thumbprint}
    if not options.lock:
        request |= {"pin": _asked_for(thumbprint), "seconds": options.seconds}
    answer = ask_console(path, request)
    if "error" in answer:
        left = answer.get("tries_left")
        print(
            f"signer-agent: {answer['error']}" + (f"; tries left: {left}" if left is not None else ""), file=sys.stderr
        )
        return 1
    _show([key for key in _keys(answer) if key["thumbprint"] == thumbprint])
    return 0


def ask_console(path: Path, request: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the running agent answers. Raises SettingsError if none does."""
    if sys.platform == "win32":
        raise SettingsError("unlock is not there on Windows yet: save the PIN in its container")
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(_ANSWER_SECONDS)
            connection.connect(str(path))
            connection.sendall(json.dumps(request).encode() + b"\n")
            with connection.makefile("rb") as reader:
                answer = json.loads(reader.readline(_MAX_ANSWER_BYTES))
    except (FileNotFoundError, ConnectionRefusedError) as error:
        raise SettingsError(f"{path}: no agent serves there, or no key of it is unlocked by a person") from error
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path}: the agent did not answer") from error
    return answer if isinstance(answer, dict) else {"error": "the agent is of another release"}


def _keys(answer: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    if "error" in answer:
        raise SettingsError(str(answer["error"]))
    keys: Sequence[Mapping[str, Any]] = answer["keys"]
    return keys


def _chosen(named: str, keys: Sequence[Mapping[str, Any]]) -> str:
    known = [str(key["thumbprint"]) for key in keys]
    if named:
        if named.upper() not in known:
            raise SettingsError(f"{named} is no key that a person unlocks: see --list")
        return named.upper()
    if len(known) > 1:
        raise SettingsError("there are several: name one with --certificate (see --list)")
    return known[0]


def _asked_for(thumbprint: str) -> str:
    if not sys.stdin.isatty():
        raise SettingsError("a PIN is typed by a person: run this at a terminal")
    return getpass.getpass(f"PIN of {thumbprint}: ")


def _show(keys: Sequence[Mapping[str, Any]]) -> None:
    if not keys:
        print("no key here is unlocked by a person: see [keys.pins]")
    for key in keys:
        left = round(key["seconds_left"])
        state = f"unlocked for {left // 3600} h {left % 3600 // 60} min {left % 60} s" if left else "locked"
        print(f"{key['thumbprint']}  {state}")
