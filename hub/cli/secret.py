"""`hub secret rotate`: give a provider a new secret while the hub serves; one that doesn't work is not taken."""

import argparse
import os

from hub.app.secret_rotation import METHOD, ROTATE
from hub.cli.errand import Errand, run_errand
from hub.cli.main import FAILED, OK, CommandError
from hub.cli.sealed import read_value
from hub.core.clock import SystemClock
from hub.installation.sealed import sealed_file
from hub.settings import load_settings
from sealed.files import SealedError
from sealed.store import SealedFile

_WHY = {
    "NOT_IN_USE": "no provider of a running module uses it; set it with `hub sealed set`, for the next start",
    "SECRET_UNUSABLE": "it is no secret of that kind",
    "UPSTREAM_CREDENTIALS_REFUSED": "the provider refuses it",
    "UPSTREAM_ANSWER_INVALID": "the provider answers under another key",
    "UPSTREAM_UNAVAILABLE": "the provider could not be reached to try it",
}


def run(arguments: argparse.Namespace) -> int:
    """Leave the new value to be tried, and tell what came of it."""
    folder, name = arguments.folder, arguments.name
    settings = load_settings(folder)
    try:
        sealed = sealed_file(settings, folder, os.environ, master_key=arguments.master_key)
        sealed.stage(name, read_value(f"new value of sealed:{name}: "))
        record = run_errand(settings, folder, Errand(kind=ROTATE, method=METHOD, payload={"name": name}), wait=True)
        if record is None:
            print(f"sealed:{name} is as it was: no hub has tried the new value yet; a hub that starts does")
            return FAILED
        return _told(sealed, name, record.reason)
    except SealedError as error:
        raise CommandError(str(error)) from error


def _told(sealed: SealedFile, name: str, reason: str) -> int:
    is_taken = reason == "ROTATED"
    if sealed.secrets()[name].candidate is not None:  # a hardened service may not write the file
        if is_taken:
            sealed.promote(name, now=SystemClock().now())
        else:
            sealed.discard(name)
    if is_taken:
        print(f"sealed:{name} works and is in use; the value before it is kept as `previous` until the next rotation")
        return OK
    print(f"sealed:{name} is as it was: {_WHY.get(reason, reason)}")
    return FAILED
