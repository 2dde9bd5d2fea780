"""`signer-agent export` and `signer-agent verify-evidence`: one file that proves a signature, and its verification."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from evidence.assemble import assemble
from evidence.certificates import crl_ders
from evidence.command import run as verify
from evidence.container import EvidenceError
from evidence.trust import read_anchors
from signer_agent.errors import SettingsError
from signer_agent.exporting import find_reference, find_signature, journal_parts
from signer_agent.settings import load_settings

SUFFIX = ".evidence.zip"


def add_options(parser: argparse.ArgumentParser) -> None:
    """What `export` takes."""
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--request", metavar="ID", help="the request_id of a signature, as the journal has it")
    which.add_argument("--reference", metavar="REF", help="all signatures under a business reference")
    parser.add_argument("--out", type=Path, required=True, help="a folder, which must be there")
    parser.add_argument(
        "--chain", type=Path, action="append", default=[], help="certificates of the CAs, PEM; may be repeated"
    )
    parser.add_argument("--crl", type=Path, action="append", default=[], help="a revocation list; may be repeated")


def export(options: argparse.Namespace) -> int:
    """Write one file a signature.

    Raises:
        SettingsError: a signature is not there, is not covered by a checkpoint yet, or can't be written.
    """
    folder: Path = options.directory / load_settings(options.directory).journal.folder
    try:
        for request_id in _requests(folder, options):
            path = options.out / f"{request_id}{SUFFIX}"
            parts = journal_parts(folder, find_signature(folder, request_id))
            known = [certificate for file in options.chain for certificate in read_anchors(file)]
            crls = [der for file in options.crl for der in crl_ders(file.read_bytes())]
            path.write_bytes(assemble(parts, known=known, crls=crls))
            print(path)
    except EvidenceError as error:
        raise SettingsError(str(error)) from error
    except OSError as error:
        raise SettingsError(f"{error.filename}: {error.strerror}") from error
    return 0


def verify_evidence(options: argparse.Namespace) -> int:
    """Verify a file; see `evidence.command`."""
    try:
        return verify(options)
    except EvidenceError as error:
        raise SettingsError(str(error)) from error


def _requests(folder: Path, options: argparse.Namespace) -> Sequence[str]:
    if options.request:
        return [str(options.request).lower()]
    found = find_reference(folder, options.reference)
    if not found:
        raise SettingsError(f"the journal has no signature under {options.reference}")
    return found
