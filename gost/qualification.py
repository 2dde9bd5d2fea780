"""Whether a signature is a qualified one by Federal Law 63-FZ, as far as a list of accredited authorities can tell.

Said are three things: yes, no, and that it can't be told. Without a list, or by a list older than the certificate, it
can't; nothing is ever called qualified by default.
"""

import enum
from dataclasses import dataclass
from typing import Final

from gost.accreditation import AccreditationList
from gost.certificate import CertificateFacts

# certificatePolicies of FSB order 795: what class of tools the certificate's owner signs with
TOOL_CLASSES: Final = {
    "1.2.643.100.113.1": "КС1",
    "1.2.643.100.113.2": "КС2",
    "1.2.643.100.113.3": "КС3",
    "1.2.643.100.113.4": "КВ1",
    "1.2.643.100.113.5": "КВ2",
    "1.2.643.100.113.6": "КА1",
}


class Qualified(enum.Enum):
    """The answer."""

    NOT_DETERMINED = "NOT_DETERMINED"
    NO = "NO"
    YES = "YES"


@dataclass(frozen=True, slots=True, kw_only=True)
class Qualification:
    """Whether a signature is qualified, why in one English sentence, and by which accredited authority."""

    answer: Qualified
    explanation: str
    centre: str = ""


NO_LIST: Final = Qualification(
    answer=Qualified.NOT_DETERMINED, explanation="no list of accredited authorities was given"
)
NOT_VALID: Final = Qualification(
    answer=Qualified.NOT_DETERMINED, explanation="the signature was not found valid, so it was not asked"
)


def tool_class(certificate: CertificateFacts) -> str:
    """The highest class of signing tools the certificate names, in Russian letters; empty if it names none."""
    named = [TOOL_CLASSES[oid] for oid in sorted(certificate.policies) if oid in TOOL_CLASSES]
    return named[-1] if named else ""


def qualify(
    signer: CertificateFacts, issuer: CertificateFacts | None, accreditation: AccreditationList | None
) -> Qualification:
    """Say whether a valid signature by this certificate is qualified.

    63-FZ article 11: the authority was accredited on the day it issued the certificate. FSB order 795: the certificate
    names the owner's and the issuer's tools and the class of the former.

    Args:
        signer: the signer's certificate, whose chain was found good.
        issuer: the one above it in that chain; None if it is an anchor itself.
        accreditation: the list, if there is one.
    """
    if accreditation is None:
        return NO_LIST
    lacking = _lacking(signer)
    if lacking:
        return _no(f"a qualified certificate must have {', '.join(lacking)}")
    centre = None if issuer is None else accreditation.centre_of(issuer)
    issued = signer.not_before
    if centre is None:
        if issuer is not None and issuer.not_before > accreditation.issued:
            return _unknown("the issuer's certificate is newer than the list of accredited authorities: get a new list")
        return _no("the issuer's certificate is none of an accredited authority")
    if issued > accreditation.issued:
        return _unknown("the certificate is newer than the list of accredited authorities: get a new list", centre.name)
    was_accredited = centre.was_accredited(issued)
    if was_accredited is None:
        return _unknown("the list does not tell when the authority was accredited: get a new list", centre.name)
    if not was_accredited:
        return _no("the authority was not accredited when it issued the certificate", centre.name)
    explanation = "the authority was accredited when it issued the certificate"
    return Qualification(answer=Qualified.YES, explanation=explanation, centre=centre.name)


def _lacking(certificate: CertificateFacts) -> list[str]:
    there = {
        "a class of signing tools among its policies": bool(tool_class(certificate)),
        "subjectSignTool": certificate.signing_tool is not None,
        "issuerSignTool": bool(certificate.issuer_signing_tools),
    }
    return [name for name, is_there in there.items() if not is_there]


def _no(explanation: str, centre: str = "") -> Qualification:
    return Qualification(answer=Qualified.NO, explanation=explanation, centre=centre)


def _unknown(explanation: str, centre: str = "") -> Qualification:
    return Qualification(answer=Qualified.NOT_DETERMINED, explanation=explanation, centre=centre)
