"""Who may have what signed with which key: rules in order, the first that fits decides, and no rule means no."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from gost.esia import EsiaParameters
from signer_agent.attestation import AttestationKey, Proof, prove
from signer_agent.clock import milliseconds
from signer_agent.content import text_id
from signer_agent.errors import ExhaustedError, PermissionDeniedError
from signer_agent.ledger import Ledger
from signer_agent.model import ESIA_FORMATS, AttestedBy, Content, SigningRequest
from signer_agent.policy_version import policy_document, version_of
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
        self.document = policy_document(self._rules, self._keys)
        """The policy as canonical JSON."""
        self.version = version_of(self.document)
        """What the journal calls it: SHA-256 of the document, hex."""

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
        if rule.attested_by is AttestedBy.CONTENT:
            seen = ledger.content(request.digest, request.digest_algorithm.name, time_ms=milliseconds(now))
            _check_content(rule, seen)
        _check_cap(rule, request, ledger, now)
        return Permission(rule=rule.name, attested_by=rule.attested_by, proof=proof)

    def wants_content(self, certificate: str) -> bool:
        """Whether some rule wants to see the documents that are signed with a certificate."""
        return any(rule.attested_by is AttestedBy.CONTENT and _covers(rule, certificate) for rule in self._rules)

    def texts_to_find(self, certificate: str) -> frozenset[str]:
        """What to look for in a document that is to be signed with a certificate."""
        return frozenset(
            text for rule in self._rules if _covers(rule, certificate) for text in rule.content_must_contain
        )

    def explain(self, request: SigningRequest, *, attested_with: str | None = None) -> Iterator[str]:
        """Tell rule by rule which decides such a request and how, and of each other one why it does not; caps aside.

        Args:
            request: Its digest and attestation are not looked at.
            attested_with: The key_id of its attestation, "" if it has none; None leaves that open.
        """
        decides = ""
        for rule in self._rules:
            if problem := self._why_not(rule, request):
                yield f"{rule.name}: no, {problem}"
            elif decides:
                yield f"{rule.name}: no, it fits too, but {decides} stands before it"
            else:
                decides = rule.name
                yield f"{rule.name}: decides; {self._verdict(rule, request, attested_with)}"
        if not decides:
            yield "no rule fits: refused, POLICY_REFUSED"

    def _verdict(self, rule: RuleSettings, request: SigningRequest, attested_with: str | None) -> str:
        if rule.attested_by is not AttestedBy.CALLER or attested_with is None:
            return f"allowed if {_condition(rule, request)}"
        if not attested_with:
            return "refused, ATTESTATION_MISSING: the caller has to attest it with its own key"
        key = self._keys.get(attested_with)
        if key is None:
            return f"refused, ATTESTATION_INVALID: {attested_with} is in no [attestation_keys]"
        if key.caller != request.caller:
            return f"refused, ATTESTATION_INVALID: {attested_with} speaks for {key.caller}"
        return f"allowed if {_condition(rule, request)}: {attested_with} may speak for it"

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
                    f"rule {rule.name}: never used for the certificates of {names}, which need a better word than "
                    "the hub's; give the rule certificates of its own"
                )
        callers = {key.caller for key in self._keys.values()}
        for rule in self._rules:
            if rule.attested_by is AttestedBy.CONTENT and not (rule.content_formats or rule.content_must_contain):
                yield f"rule {rule.name}: whatever document the hub shows is signed; say content_formats or more"
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
        if request.esia is not None and (problem := _esia_problem(rule, request.esia)):
            return problem
        if not rule.despite_caller_rules:
            # Caller and kind are the hub's word here, so naming others must not open what a better word guards.
            for other in self._rules:
                if outranks(other, rule) and _covers(other, request.certificate):
                    return f"rule {other.name} guards this certificate by {_WORDS[other.attested_by]}"
        return ""


def _esia_problem(rule: RuleSettings, parameters: EsiaParameters) -> str:
    if parameters.client_id not in rule.esia_client_ids:
        return "it is for other systems at ESIA"
    if rule.esia_redirect_uris and parameters.redirect_uri not in rule.esia_redirect_uris:
        return "it is for requests to ESIA that return elsewhere"
    asked = {*parameters.scope.split(), *parameters.scope_org.split()}
    if rule.esia_scopes and not asked.issubset(rule.esia_scopes):
        return "it is for other scopes at ESIA"
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


def _check_content(rule: RuleSettings, seen: Content | None) -> None:
    named = {"rule": rule.name}
    if seen is None:
        raise PermissionDeniedError(
            "the rule wants to see the document itself: send it by SignStream, or by the hub's SignDocument",
            reason="CONTENT_NEEDED",
            metadata=named,
        )
    cause = ""
    if rule.max_content_bytes is not None and seen.size_bytes > rule.max_content_bytes:
        cause = "size"
    elif rule.content_formats and seen.format not in rule.content_formats:
        cause = "format"
    elif not all(text_id(text) in seen.found for text in rule.content_must_contain):
        cause = "text"
    if cause:
        raise PermissionDeniedError(
            f"the rule doesn't let this document be signed, by its {cause}: see the rule",
            reason="CONTENT_REFUSED",
            metadata={**named, "cause": cause},
        )


def outranks(other: RuleSettings, rule: RuleSettings) -> bool:
    """Whether the other rule rests on a better word; the caller's is the best, the hub's the least."""
    return _RANKS.index(other.attested_by) > _RANKS.index(rule.attested_by)


_RANKS = (AttestedBy.HUB, AttestedBy.CONTENT, AttestedBy.CALLER)
_WORDS = {
    AttestedBy.HUB: "the hub's word",
    AttestedBy.CONTENT: "what the agent sees of the document",
    AttestedBy.CALLER: "the caller's attestation",
}


def _covers(rule: RuleSettings, certificate: str) -> bool:
    return certificate in rule.certificates or ANY in rule.certificates


def _shares_certificates(rule: RuleSettings, other: RuleSettings) -> bool:
    if not outranks(other, rule):
        return False
    if ANY in rule.certificates or ANY in other.certificates:
        return True
    return not set(rule.certificates).isdisjoint(other.certificates)


_CONDITIONS = {
    AttestedBy.HUB: "the hub says so",
    AttestedBy.CONTENT: "the agent has seen the document, and it is as the rule wants it",
    AttestedBy.CALLER: "the caller attests it with its own key",
}


def _condition(rule: RuleSettings, request: SigningRequest) -> str:
    word = _CONDITIONS[rule.attested_by]
    if request.format in ESIA_FORMATS and request.esia is None:
        word = f"its ESIA client_id is one of {', '.join(rule.esia_client_ids)}, and {word}"
    return word if rule.cap_per_day is None else f"{word}, {rule.cap_per_day} a day at most"
