"""Who may have what signed with which key: rules in order, the first that fits decides, and no rule means no."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from signer_agent.attestation import AttestationKey, Proof, prove
from signer_agent.clock import milliseconds
from signer_agent.errors import ExhaustedError, PermissionDeniedError
from signer_agent.ledger import Ledger
from signer_agent.model import AttestedBy, SigningRequest
from signer_agent.settings import ANY, RuleSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """A yes: by which rule, on whose word, and the proof where the caller's word was needed."""

    rule: str
    attested_by: AttestedBy
    proof: Proof | None = None


class Policy:
    """The rules of the settings. It holds no state: what was allowed before is the ledger's."""

    def __init__(self, *, rules: Sequence[RuleSettings], attestation_keys: Mapping[str, AttestationKey]) -> None:
        self._rules = tuple(rules)
        self._keys = dict(attestation_keys)

    def decide(self, request: SigningRequest, *, ledger: Ledger, now: datetime) -> Permission:
        """Allow a request, or say why not.

        Raises:
            PermissionDeniedError: POLICY_REFUSED, or one of the ATTESTATION reasons.
            ExhaustedError: CAP_REACHED until the next day, UTC.
        """
        rule = self._rule_for(request)
        proof = None
        if rule.attested_by is AttestedBy.CALLER:
            proof = prove(request, self._keys, now=now)
            if not ledger.nonce_is_free(proof.nonce, request, time_ms=milliseconds(now)):
                raise PermissionDeniedError(
                    "the attestation's nonce was used for another request: make a new attestation for each",
                    reason="ATTESTATION_REPLAYED",
                )
        _check_cap(rule, request, ledger, now)
        return Permission(rule=rule.name, attested_by=rule.attested_by, proof=proof)

    def explain(self, request: SigningRequest) -> Iterator[str]:
        """Tell rule by rule why it decides such a request or passes it on; attestations and caps aside."""
        for rule in self._rules:
            if not (problem := self._why_not(rule, request)):
                yield f"{rule.name}: decides; allowed if {_condition(rule)}"
                return
            yield f"{rule.name}: no, {problem}"
        yield "no rule fits: refused"

    def warnings(self) -> Iterator[str]:
        """Tell of rules that don't do what their author may think."""
        for rule in self._rules:
            guards = [other for other in self._rules if _shares_certificates(rule, other)]
            names = ", ".join(guard.name for guard in guards)
            if rule.attested_by is AttestedBy.CALLER or not guards:
                continue
            if rule.despite_caller_rules:
                yield (
                    f"rule {rule.name}: a compromised hub gets signatures with certificates that {names} guards, "
                    "for any document, since what it says of kind and caller is only its word"
                )
            else:
                yield (
                    f"rule {rule.name}: never used for the certificates of {names}, which need the caller's "
                    "attestation; give the rule certificates of its own"
                )
        callers = {key.caller for key in self._keys.values()}
        for rule in self._rules:
            if rule.attested_by is AttestedBy.CALLER and ANY not in rule.callers and callers.isdisjoint(rule.callers):
                yield f"rule {rule.name}: none of its callers has an attestation key, so it allows nothing"

    def _rule_for(self, request: SigningRequest) -> RuleSettings:
        near = ""
        for rule in self._rules:
            if not self._why_not(rule, request):
                return rule
            if not near and _covers(rule, request.certificate):
                near = rule.name
        raise PermissionDeniedError(
            "the agent's policy doesn't allow it: `signer-agent explain` says which rule would",
            reason="POLICY_REFUSED",
            metadata={"rule": near} if near else {},
        )

    def _why_not(self, rule: RuleSettings, request: SigningRequest) -> str:
        if not _covers(rule, request.certificate):
            return "it is for other certificates"
        if request.caller not in rule.callers and ANY not in rule.callers:
            return "it is for other callers"
        if request.document_kind not in rule.document_kinds:
            return "it is for other kinds of documents"
        if request.format not in rule.formats:
            return "it is for other formats"
        if rule.attested_by is AttestedBy.HUB and not rule.despite_caller_rules:
            # Caller and kind are the hub's word here, so naming others must not open what a caller's rule guards.
            for other in self._rules:
                if other.attested_by is AttestedBy.CALLER and _covers(other, request.certificate):
                    return f"rule {other.name} guards this certificate by the caller's attestation"
        return ""


def _check_cap(rule: RuleSettings, request: SigningRequest, ledger: Ledger, now: datetime) -> None:
    cap = rule.cap_per_day
    if cap is None or ledger.used(rule.name, time_ms=milliseconds(now), request_id=request.request_id) < cap:
        return
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    raise ExhaustedError(
        "the rule's cap for today is reached: wait for the next day (UTC), or raise the cap",
        reason="CAP_REACHED",
        metadata={"rule": rule.name, "cap": str(cap)},
        retry_after=midnight - now,
    )


def _covers(rule: RuleSettings, certificate: str) -> bool:
    return certificate in rule.certificates or ANY in rule.certificates


def _shares_certificates(rule: RuleSettings, other: RuleSettings) -> bool:
    if rule.attested_by is AttestedBy.CALLER or other.attested_by is AttestedBy.HUB:
        return False
    if ANY in rule.certificates or ANY in other.certificates:
        return True
    return not set(rule.certificates).isdisjoint(other.certificates)


def _condition(rule: RuleSettings) -> str:
    word = "the caller attests it with its own key" if rule.attested_by is AttestedBy.CALLER else "the hub says so"
    return word if rule.cap_per_day is None else f"{word}, {rule.cap_per_day} a day at most"
