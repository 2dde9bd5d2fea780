"""The command line of a verification, the same for `signer-agent verify-evidence` and `hub evidence verify`."""

import argparse
import json
import sys
from pathlib import Path
from typing import Final

from evidence.certificates import crl_ders
from evidence.container import EvidenceError
from evidence.findings import Proof, Verdict
from evidence.forms import BareXmlSignature, Signature
from evidence.trust import Trust, read_anchors, read_caller_key, read_signing_keys
from evidence.verify import verify
from gost.digest import Hash

_PIECE_BYTES: Final = 1024 * 1024


def run(options: argparse.Namespace) -> int:
    """Verify and print; 0 if everything in the file was checked and holds, else 1.

    Raises:
        EvidenceError: a file of the command line can't be read.
    """
    try:
        data = options.file.read_bytes()
    except OSError as error:
        raise EvidenceError(f"{options.file}: {error.strerror}") from error
    document: Path | None = options.document
    verdict = verify(
        data,
        _trust(options),
        at=options.at,
        document=(lambda signature: _digest(document, signature)) if document is not None else None,
    )
    out = _as_json(verdict) if options.json else _as_text(verdict)
    sys.stdout.write(f"{out}\n")
    return 0 if verdict.valid else 1


def _trust(options: argparse.Namespace) -> Trust:
    keys = {}
    for named in options.attestation_key:
        name, separator, path = named.partition("=")
        if not separator:
            raise EvidenceError(f"--attestation-key {named}: give NAME=FILE, the name as in the agent's settings")
        keys[name] = read_caller_key(Path(path))
    return Trust(
        anchors=[anchor for path in options.anchors for anchor in read_anchors(path)],
        timestamp_anchors=[anchor for path in options.timestamp_anchors for anchor in read_anchors(path)],
        crls=[der for path in options.crl for der in crl_ders(_read(path))],
        journal_keys=read_signing_keys(options.journal_key),
        audit_keys=read_signing_keys(options.audit_key) if options.audit_key is not None else (),
        attestation_keys=keys,
    )


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise EvidenceError(f"{path}: {error.strerror}") from error


def _digest(path: Path, signature: Signature) -> bytes:
    if isinstance(signature, BareXmlSignature):
        return signature.digest_in(_read(path))
    state = Hash(signature.digest_algorithm)
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE_BYTES):
                state.update(piece)
    except OSError as error:
        raise EvidenceError(f"{path}: {error.strerror}") from error
    return state.digest()


def _as_text(verdict: Verdict) -> str:
    lines = [f"{'ok  ' if finding.holds else 'FAIL'}  {finding.check}: {finding.told}" for finding in verdict.findings]
    lines += [f"      {name}: {value}" for name, value in verdict.facts] if verdict.valid else []
    return "\n".join([*lines, conclusion(verdict)])


def conclusion(verdict: Verdict) -> str:
    """The verdict in a sentence: whether it was valid at signing, and how one knows when that was."""
    if not verdict.valid or verdict.time is None:
        return "NOT PROVEN: see the lines that say FAIL"
    time = verdict.time.isoformat()
    if verdict.proof is Proof.PROVEN:
        return f"VALID AT SIGNING, TIME PROVEN: a timestamp authority saw the signature at {time}"
    return (
        f"VALID AT SIGNING, TIME ONLY CLAIMED: signer and journal say {time}, and no third party does; "
        "a certificate revoked since could have been used later"
    )


def _as_json(verdict: Verdict) -> str:
    told = {
        "valid": verdict.valid,
        "time_proof": verdict.proof.value,
        "time": verdict.time.isoformat() if verdict.time else "",
        "findings": [{"check": each.check, "holds": each.holds, "told": each.told} for each in verdict.findings],
        "facts": dict(verdict.facts),
    }
    return json.dumps(told, ensure_ascii=False)
