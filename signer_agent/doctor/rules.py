"""Rules that can never allow anything, or never come to decide: what their author surely did not mean."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from signer_agent.doctor.findings import Finding, doubtful, good
from signer_agent.keys.port import HeldCertificate
from signer_agent.model import ESIA_FORMATS, AttestedBy
from signer_agent.policy import outranks
from signer_agent.settings import ANY, RuleSettings, Settings


def check_rules(settings: Settings, held: Mapping[str, HeldCertificate] | None, now: datetime) -> list[Finding]:
    """Judge each rule by the certificates that are held (None: not known), the attestation keys and the other rules."""
    if not settings.rules:
        return [doubtful("rules", "there are none: every signature is refused", "write [[rules]] in the settings")]
    found: list[Finding] = []
    for place, rule in enumerate(settings.rules):
        found += (
            doubtful(f"rule {rule.name}", told, remedy)
            for told, remedy in [
                *_about_certificates(rule, held, now),
                *_about_callers(rule, settings),
                *_about_others(rule, settings.rules[:place], settings.rules),
            ]
        )
    spoken_for = {name for rule in settings.rules if rule.attested_by is AttestedBy.CALLER for name in rule.callers}
    for name, key in settings.attestation_keys.items():
        if spoken_for.isdisjoint({key.caller, ANY}):
            told = f"it is of {key.caller}, from whom no rule wants an attestation"
            found.append(doubtful(f"attestation key {name}", told, "correct the caller, or take the key out"))
    return found or [good("rules", f"{len(settings.rules)} rules can each allow something")]


_Problems = Iterator[tuple[str, str]]


def _about_certificates(rule: RuleSettings, held: Mapping[str, HeldCertificate] | None, now: datetime) -> _Problems:
    if held is None:
        return
    named = [thumbprint for thumbprint in rule.certificates if thumbprint != ANY]
    for thumbprint in named:
        if thumbprint not in held:
            yield f"it names certificate {thumbprint}, which is not held", "correct it; signer-agent keys lists them"
        elif held[thumbprint].facts.not_after < now:
            yield f"it names certificate {thumbprint}, which has expired", "name the certificate that follows it"
    usable = {name for name, each in held.items() if each.facts.not_before <= now <= each.facts.not_after}
    if ANY not in rule.certificates and usable.isdisjoint(named):
        yield "none of its certificates can be used: it allows nothing", "name one that is held and valid"


def _about_callers(rule: RuleSettings, settings: Settings) -> _Problems:
    if rule.attested_by is not AttestedBy.CALLER:
        return
    speaking = {key.caller for key in settings.attestation_keys.values()}
    missing = [name for name in rule.callers if name != ANY and name not in speaking]
    if missing or not speaking:
        told = f"no attestation key of {', '.join(missing) or 'anybody'}: what they ask for is refused"
        yield told, "add [attestation_keys.NAME] with public_key and this caller, or correct the caller's name"


def _about_others(
    rule: RuleSettings, before: tuple[RuleSettings, ...], all_rules: tuple[RuleSettings, ...]
) -> _Problems:
    if not rule.despite_caller_rules:
        guards = [
            other for other in all_rules if outranks(other, rule) and _all_in(rule.certificates, other.certificates)
        ]
        if guards:
            told = f"rule {guards[0].name} guards all of its certificates by a better word: it allows nothing"
            yield told, "give it certificates of its own, or take it out"
    for other in before:
        if _takes_all(other, rule, all_rules):
            told = f"rule {other.name}, which stands before it, decides all that it is for: it is never used"
            yield told, "put it before that rule, or take it out"
            return


def _takes_all(other: RuleSettings, rule: RuleSettings, all_rules: tuple[RuleSettings, ...]) -> bool:
    """Whether an earlier rule fits whatever this one fits; what concerns ESIA is not compared."""
    passes_on = not other.despite_caller_rules and any(outranks(third, other) for third in all_rules)
    return (
        not passes_on
        and ESIA_FORMATS.isdisjoint(rule.formats)
        and _all_in(rule.certificates, other.certificates)
        and _all_in(rule.callers, other.callers)
        and set(rule.document_kinds) <= set(other.document_kinds)
        and set(rule.formats) <= set(other.formats)
    )


def _all_in(names: tuple[str, ...], others: tuple[str, ...]) -> bool:
    return ANY in others or set(names) <= set(others)
