"""The arguments of a verification: apart from its work, so that a command line is read without loading that."""

import argparse
from datetime import UTC, datetime
from pathlib import Path


def add_options(parser: argparse.ArgumentParser) -> None:
    """What the command takes. Trust is given here and never read from the file."""
    parser.add_argument("file", type=Path, help="the evidence")
    parser.add_argument("--anchors", type=Path, action="append", required=True, help="root certificates you trust, PEM")
    parser.add_argument(
        "--timestamp-anchors", type=Path, action="append", default=[], help="roots of timestamp authorities, PEM"
    )
    parser.add_argument("--journal-key", type=Path, required=True, help="the agent's keys/journal.pub, as you got it")
    parser.add_argument("--audit-key", type=Path, help="the hub's keys/audit.pub; needed if the hub made the file")
    parser.add_argument(
        "--attestation-key", action="append", default=[], metavar="NAME=FILE", help="a caller's key; may be repeated"
    )
    parser.add_argument(
        "--crl", type=Path, action="append", default=[], help="a newer revocation list; may be repeated"
    )
    parser.add_argument("--document", type=Path, help="the document, to see that it is the one")
    parser.add_argument(
        "--at", type=_time, help="judge the certificate as of this time, not that of signing (ISO 8601)"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object")


def _time(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
