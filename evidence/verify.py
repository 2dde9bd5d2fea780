"""Verifies evidence offline: no network, no server, no clock, and no trust but what the caller gives."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from evidence.attestation import check_attestation
from evidence.audit import AuditFacts, read_audit
from evidence.certificates import read_chain, read_crls
from evidence.chains import canonical
from evidence.container import (
    AUDIT,
    CERTIFICATES,
    CRLS,
    JOURNAL,
    POLICY,
    README,
    SIGNATURE,
    SIGNATURE_AS_MADE,
    SUMMARY,
    XML_SIGNATURE,
    EvidenceError,
    unpack,
)
from evidence.findings import Finding, Proof, Verdict, bad, good
from evidence.forms import Signature, signature_of
from evidence.journal import JournalFacts, read_journal
from evidence.policy import check_policy
from evidence.readme import FORMAT, readme
from evidence.signature import Material, SignatureFacts, judge
from evidence.trust import Trust
from gost.digest import DigestAlgorithm

Digest = Callable[[Signature], bytes]

_NEEDED: Final = (README, SUMMARY, CERTIFICATES, CRLS, POLICY, JOURNAL)
_SECOND: Final = timedelta(seconds=1)  # a CMS has whole seconds, the journal thousandths

_Made = TypeVar("_Made")


@dataclass(slots=True, kw_only=True)
class _Checks:
    """Findings as they come; each step is made although one before it failed, as far as it can be."""

    findings: list[Finding] = field(default_factory=list)

    def run(self, check: str, step: Callable[[], _Made], told: Callable[[_Made], str]) -> _Made | None:
        """Make a step and note what came of it; None if it does not hold."""
        try:
            made = step()
        except EvidenceError as error:
            self.findings.append(bad(check, str(error)))
            return None
        self.findings.append(good(check, told(made)))
        return made


def verify(data: bytes, trust: Trust, *, at: datetime | None = None, document: Digest | None = None) -> Verdict:
    """Verify a file.

    Args:
        data: The file.
        trust: Whom to trust.
        at: As of when the certificate is judged, aware; None is the time of signing.
        document: Hashes the document as a signature did; None if it is not at hand. May raise EvidenceError.
    """
    checks = _Checks()
    parts = checks.run("file", lambda: _parts(data), lambda found: f"{len(found)} parts, nothing beside them")
    if parts is None:
        return Verdict(findings=checks.findings)
    material = checks.run("parts", lambda: _material(parts), lambda _: "all can be read")
    if material is None:
        return Verdict(findings=checks.findings)
    if document is not None:
        checks.run("document", lambda: _same_document(material, document), lambda _: "it is the one that was signed")
    journal = checks.run("journal", lambda: _journal(parts, trust, material), _journal_told)
    journaled = journal.signing_time if journal is not None else None
    signature = checks.run(
        "signature", lambda: judge(material, trust, at=at, journaled=journaled), lambda found: _good_at(found.time)
    )
    if journal is not None:
        _check_decision(checks, parts, journal, trust)
    audit = _check_audit(checks, parts, journal, trust)
    return Verdict(
        findings=checks.findings,
        proof=signature.proof if signature else Proof.UNKNOWN,
        time=signature.time if signature else None,
        facts=_facts(material, signature, journal, audit),
    )


def _good_at(time: datetime) -> str:
    return f"it verifies, and its certificate was good at {time.isoformat()}, by lists of that time or later ones"


def _parts(data: bytes) -> Mapping[str, bytes]:
    parts = unpack(data)
    missing = [name for name in _NEEDED if name not in parts]
    if SIGNATURE not in parts and XML_SIGNATURE not in parts:
        missing.append(SIGNATURE)
    if missing:
        raise EvidenceError(f"it lacks {', '.join(missing)}")
    if XML_SIGNATURE in parts and not parts.keys().isdisjoint({SIGNATURE, SIGNATURE_AS_MADE}):
        raise EvidenceError("it holds two signatures")
    if canonical(parts[SUMMARY]).get("format") != FORMAT:
        raise EvidenceError(f"it is not of the version that is known here, {FORMAT}")
    if parts[README] != readme(parts):
        raise EvidenceError("its README is not that of its version")
    return parts


def _material(parts: Mapping[str, bytes]) -> Material:
    summary = canonical(parts[SUMMARY])
    if set(summary) != {"format", "digest", "digest_algorithm"}:
        raise EvidenceError(f"{SUMMARY} says more or less than it should")
    try:
        algorithm = DigestAlgorithm[str(summary["digest_algorithm"])]
        digest = bytes.fromhex(summary["digest"])
    except (KeyError, ValueError, TypeError) as error:
        raise EvidenceError(f"{SUMMARY} names no digest") from error
    signature = signature_of(parts)
    if (signature.digest_algorithm, signature.digest) != (algorithm, digest) or digest.hex() != summary["digest"]:
        raise EvidenceError("the digest is not the one that was signed")
    return Material(
        signature=signature,
        digest=digest,
        certificates=read_chain(parts[CERTIFICATES]),
        crls=read_crls(parts[CRLS]),
    )


def _same_document(material: Material, document: Digest) -> bool:
    if document(material.signature) != material.digest:
        raise EvidenceError("this is not the document that was signed")
    return True


def _journal(parts: Mapping[str, bytes], trust: Trust, material: Material) -> JournalFacts:
    if not trust.journal_keys:
        raise EvidenceError("it is in the file and was not checked: give the agent's key, --journal-key")
    signature = material.signature
    made = parts.get(SIGNATURE_AS_MADE) or _signature(parts)
    facts = read_journal(parts[JOURNAL], trust.journal_keys, made)
    record = facts.signed
    if record["digest"] != material.digest.hex() or record["digest_algorithm"] != signature.digest_algorithm.name:
        raise EvidenceError("it tells of another document")
    if signature.certificate is None or record["certificate"] != signature.certificate.thumbprint:
        raise EvidenceError("it tells of another certificate")
    claimed = signature.signing_time or facts.signing_time
    if facts.signing_time != claimed:
        raise EvidenceError("it tells of another time of signing")
    if not facts.decided_time - _SECOND <= claimed <= facts.signed_time + _SECOND:
        raise EvidenceError("the time of signing does not lie between decision and record")
    return facts


def _signature(parts: Mapping[str, bytes]) -> bytes:
    return parts[XML_SIGNATURE] if XML_SIGNATURE in parts else parts[SIGNATURE]


def _journal_told(facts: JournalFacts) -> str:
    last = facts.signed["sequence"]
    return f"record {last} of {facts.chain} leads to a checkpoint of {facts.checkpoint_time} under the key given"


def _check_decision(checks: _Checks, parts: Mapping[str, bytes], journal: JournalFacts, trust: Trust) -> None:
    rule = journal.decided["rule"]
    checks.run(
        "policy",
        lambda: check_policy(parts[POLICY], journal, trust),
        lambda version: (
            f'rule "{rule}" of version {version[:16]} allowed it, on the word of: {journal.decided["attested_by"]}'
        ),
    )
    if journal.decided["attested_by"] == "caller":
        checks.run(
            "attestation",
            lambda: check_attestation(journal, trust),
            lambda key: f"the caller {journal.decided['caller']} asked for exactly this, by its key {key}",
        )


def _check_audit(
    checks: _Checks, parts: Mapping[str, bytes], journal: JournalFacts | None, trust: Trust
) -> AuditFacts | None:
    """A file of the agent alone has no audit; then no key of one may be given, so that it can't be left out unseen."""
    if AUDIT not in parts:
        if trust.audit_keys:
            checks.findings.append(bad("audit", "the hub's key was given, and the file has no audit records"))
        return None
    return checks.run(
        "audit",
        lambda: _audit(parts, journal, trust),
        lambda facts: f"the hub recorded signature {facts.signature_id} for {facts.outcome['caller']}",
    )


def _audit(parts: Mapping[str, bytes], journal: JournalFacts | None, trust: Trust) -> AuditFacts:
    if not trust.audit_keys:
        raise EvidenceError("it is in the file and was not checked: give the hub's key, --audit-key")
    facts = read_audit(parts[AUDIT], trust.audit_keys, _signature(parts))
    if journal is not None:
        for name in ("caller", "business_reference"):
            if facts.outcome[name] != journal.signed.get(name, ""):
                raise EvidenceError(f"hub and agent tell of different requests ({name})")
    return facts


def _facts(
    material: Material,
    signature: SignatureFacts | None,
    journal: JournalFacts | None,
    audit: AuditFacts | None,
) -> list[tuple[str, str]]:
    facts = [("digest", material.digest.hex()), ("digest algorithm", material.signature.digest_algorithm.name)]
    if signature is not None and signature.signer.certificate is not None:
        certificate = signature.signer.certificate
        facts += [
            ("signer", certificate.subject),
            ("issuer", certificate.issuer),
            ("serial", certificate.serial_number),
        ]
        facts += [("certificate expires", certificate.not_after.isoformat())]
    others = [each.certificate for each in material.signature.others]
    facts += [("signed besides, not judged here", each.subject if each else "somebody") for each in others]
    if journal is not None:
        shown: Any = journal.decided
        names = ("caller", "document_kind", "business_reference", "rule", "attested_by", "request_id")
        facts += [(name.replace("_", " "), str(shown[name])) for name in names if shown.get(name)]
        facts += [("policy", journal.detail("policy")), ("journaled", journal.signed_time.isoformat())]
    if audit is not None:
        facts += [("signature id", audit.signature_id)]
    return facts
