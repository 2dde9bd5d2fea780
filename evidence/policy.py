"""Whether the policy in the file is the one that decided, and its rule fits what was signed."""

import hashlib
from typing import Any, Final

from evidence.attestation import fingerprint
from evidence.chains import canonical
from evidence.container import EvidenceError
from evidence.journal import JournalFacts
from evidence.trust import Trust

POLICY_TYPE: Final = "landhub.signer.policy.v1"

_ANY: Final = "*"


def check_policy(data: bytes, facts: JournalFacts, trust: Trust) -> str:
    """Return the policy's version, the SHA-256 of its text.

    Raises:
        EvidenceError: it is another policy than the journal names, or its rule doesn't allow this.
    """
    version = hashlib.sha256(data).hexdigest()
    if facts.detail("policy") != version:
        raise EvidenceError("it is not the policy that the journal says decided")
    policy = canonical(data)
    record = facts.decided
    rules = [rule for rule in policy.get("rules", ()) if rule.get("name") == record.get("rule")]
    if policy.get("type") != POLICY_TYPE or len(rules) != 1:
        raise EvidenceError("it has no rule of the name that decided")
    if not _allows(rules[0], record):
        raise EvidenceError("the rule that decided does not allow this")
    key = trust.attestation_keys.get(facts.detail("attestation_key"))
    if key is not None:
        named = policy.get("attestation_keys", {}).get(facts.detail("attestation_key"), {})
        if named.get("key_sha256") != fingerprint(key) or named.get("caller") != record.get("caller"):
            raise EvidenceError("the caller's key is not the one that the policy names for this caller")
    return version


def _allows(rule: dict[str, Any], record: Any) -> bool:
    return (
        rule.get("attested_by") == record.get("attested_by")
        and record.get("document_kind") in rule.get("document_kinds", ())
        and record.get("format") in rule.get("formats", ())
        and not {_ANY, record.get("caller")}.isdisjoint(rule.get("callers", ()))
        and not {_ANY, record.get("certificate")}.isdisjoint(rule.get("certificates", ()))
    )
