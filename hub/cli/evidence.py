"""`hub evidence verify`: prove a signature by its file, offline; no installation is needed."""

import argparse

from evidence.command import run as verify
from evidence.container import EvidenceError
from hub.cli.main import CommandError


def run(arguments: argparse.Namespace) -> int:
    """Verify and print; 0 if everything in the file holds."""
    try:
        return verify(arguments)
    except EvidenceError as error:
        raise CommandError(str(error)) from error
