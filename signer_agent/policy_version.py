"""What a policy said when it decided: its rules and attestation keys as canonical JSON, named by their hash.

Each decision is journaled with the name, and the agent keeps every version it ever went by in `policies/` beside the
journal, so that evidence can show the rule and not only what it is called.
"""

import hashlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import orjson

from signer_agent.attestation import AttestationKey
from signer_agent.content import text_id
from signer_agent.settings import RuleSettings

POLICIES_NAME: Final = "policies"  # a folder beside the journal; some 2 KiB for each change of the rules

_TYPE: Final = "landhub.signer.policy.v1"


def policy_document(rules: Sequence[RuleSettings], attestation_keys: Mapping[str, AttestationKey]) -> bytes:
    """The policy as canonical JSON. Texts that rules look for stand there by their `text_id`: they may be personal."""
    keys = {name: {"caller": key.caller, "key_sha256": key.fingerprint} for name, key in attestation_keys.items()}
    told = {"type": _TYPE, "rules": [_told(rule) for rule in rules], "attestation_keys": keys}
    return orjson.dumps(told, option=orjson.OPT_SORT_KEYS)


def version_of(document: bytes) -> str:
    """The name of a policy: SHA-256, hex."""
    return hashlib.sha256(document).hexdigest()


def keep_policy(folder: Path, document: bytes) -> None:
    """Keep a policy beside the journal; one that is there already stays as it is. Raises OSError."""
    path = policy_path(folder, version_of(document))
    if path.exists():
        return
    path.parent.mkdir(mode=0o700, exist_ok=True)
    new = path.with_suffix(".new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(document)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def policy_path(folder: Path, version: str) -> Path:
    """Where a policy is kept; ``folder`` is the journal's."""
    return folder / POLICIES_NAME / f"{version}.json"


def _told(rule: RuleSettings) -> dict[str, Any]:
    told = rule.model_dump(mode="json")
    told["content_must_contain"] = [text_id(text) for text in rule.content_must_contain]
    return told
