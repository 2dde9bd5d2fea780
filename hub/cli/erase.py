"""`hub erase`: have the hub erase what it keeps of one person. Who that is is read from standard input."""

import argparse
import os

from hub.app.keys import open_keys
from hub.cli.errand import Errand, run_errand
from hub.cli.main import FAILED, OK, CommandError
from hub.cli.sealed import read_value
from hub.core.clock import SystemClock
from hub.core.erasure import ERASE, METHOD
from hub.core.ids import Ids
from hub.core.persons import Identifier, pseudonym
from hub.installation.sealed import secrets_of
from hub.settings import load_settings


def run(arguments: argparse.Namespace) -> int:
    """Give the hub the job, and wait until it is done."""
    folder, kind = arguments.folder, Identifier(arguments.kind)
    settings = load_settings(folder)
    keys = open_keys(settings, secrets=secrets_of(settings, folder, os.environ), ids=Ids(clock=SystemClock()))
    try:
        person = pseudonym(keys.hashes, kind, read_value(f"{kind.value}: ").decode())
    except ValueError as error:
        raise CommandError(f"no {kind.value} was given: {error}") from error
    errand = Errand(kind=ERASE, method=METHOD, payload={"pseudonyms": person})
    record = run_errand(settings, folder, errand, wait=arguments.wait)
    if record is None:
        print("it is not done yet: a running hub does it within a minute, a stopped one when it starts")
        return FAILED if arguments.wait else OK
    counts = record.details
    print(f"{counts['erased']} resources erased, {counts['waiting']} are still needed and follow when they are final")
    return OK
