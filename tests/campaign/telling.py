"""Words on the progress of a long test, where `pytest -s` shows them."""

import faulthandler
import sys


def long_test() -> None:
    """Say nothing of where this test is after five minutes: it is meant to take longer."""
    faulthandler.cancel_dump_traceback_later()


def tell(words: str) -> None:
    """Say how far it is."""
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()
