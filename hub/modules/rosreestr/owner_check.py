"""Whether a party owns a plot and may sell it, by full name and ИНН; what can't be known is UNKNOWN, never a guess."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from hub.modules.rosreestr.port import Organization, Party, Restriction, Right


class OwnerCheckResult(StrEnum):
    """What a check of the owner found."""

    MATCH = "MATCH"
    NO_MATCH = "NO_MATCH"
    CO_OWNERS = "CO_OWNERS"
    RESTRICTED = "RESTRICTED"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class OwnerCheck:
    """A result, why (one line for a person, without personal data), and what restricts the right."""

    result: OwnerCheckResult
    explanation: str
    restrictions: tuple[Restriction, ...] = ()


class _Sameness(StrEnum):
    SAME = "same"
    OTHER = "other"
    UNSURE = "unsure"


def check_owner(rights: Sequence[Right], party: Party) -> OwnerCheck:
    """Compare the registered ownership rights to one plot with the party that says it owns it."""
    ownership = [right for right in rights if _is_ownership(right)]
    if not ownership:
        return OwnerCheck(OwnerCheckResult.UNKNOWN, "The register tells of no right of ownership to the plot.")
    sameness = [_same_owner(right, party) for right in ownership]
    matched = [right for right, same in zip(ownership, sameness, strict=True) if same is _Sameness.SAME]
    if not matched and _Sameness.UNSURE in sameness:
        return OwnerCheck(
            OwnerCheckResult.UNKNOWN, "The name fits, but not both sides tell an ИНН; the names may differ."
        )
    if not matched:
        return OwnerCheck(OwnerCheckResult.NO_MATCH, "The register names other owners.")
    return _judge(matched, others=len(ownership) - len(matched))


def check_owners_together(rights: Sequence[Right], parties: Sequence[Party]) -> OwnerCheck:
    """Compare all owners of one plot with all parties that transfer it: each must own, and no owner may be missing."""
    checks = [check_owner(rights, party) for party in parties]
    for result in (
        OwnerCheckResult.NO_MATCH,
        OwnerCheckResult.UNKNOWN,
        OwnerCheckResult.RESTRICTED,
    ):
        for check in checks:
            if check.result is result:
                return check
    ownership = [right for right in rights if _is_ownership(right)]
    missing = [r for r in ownership if not any(_same_owner(r, party) is _Sameness.SAME for party in parties)]
    shares = [right.share for right in ownership if right.share is not None]
    if missing or (len(shares) == len(ownership) and sum(shares) != 1):
        return OwnerCheck(OwnerCheckResult.CO_OWNERS, "The plot has owners who are not among the transferors.")
    if len(shares) < len(ownership) and any(check.result is OwnerCheckResult.CO_OWNERS for check in checks):
        return OwnerCheck(OwnerCheckResult.UNKNOWN, "The register doesn't tell the owners' shares.")
    return OwnerCheck(OwnerCheckResult.MATCH, "The transferors are all the owners, and nothing restricts their rights.")


def _judge(matched: Sequence[Right], *, others: int) -> OwnerCheck:
    restrictions = tuple(restriction for right in matched for restriction in right.restrictions)
    if restrictions:
        return OwnerCheck(
            OwnerCheckResult.RESTRICTED, "The party owns the plot, and the right is restricted.", restrictions
        )
    if not all(right.restrictions_known for right in matched):
        return OwnerCheck(OwnerCheckResult.UNKNOWN, "The provider doesn't tell whether the right is restricted.")
    if others or any(_is_part(right) for right in matched):
        return OwnerCheck(OwnerCheckResult.CO_OWNERS, "The party is one owner of several.")
    return OwnerCheck(OwnerCheckResult.MATCH, "The party is the only owner, and nothing restricts the right.")


def _is_ownership(right: Right) -> bool:
    return "собственность" in right.kind.casefold()


def _is_part(right: Right) -> bool:
    kind = right.kind.casefold()
    return "долевая" in kind or "совместная" in kind or (right.share is not None and right.share != 1)


def _same_owner(right: Right, party: Party) -> _Sameness:
    """Two ИНН decide unless the names contradict them; without both, a name alone can only rule a person out."""
    names = _same_name(right.owner_name, party)
    if right.owner_inn and party.inn:
        if right.owner_inn != party.inn:
            return _Sameness.OTHER
        # The ИНН of an organisation is its own; a person's may be mistyped, so the name has to agree.
        return _Sameness.SAME if isinstance(party, Organization) or names is _Sameness.SAME else _Sameness.UNSURE
    return _Sameness.OTHER if names is _Sameness.OTHER else _Sameness.UNSURE


def _same_name(registered: str, party: Party) -> _Sameness:
    if isinstance(party, Organization):
        # An organisation is written in many ways; only equality says something.
        return _Sameness.SAME if _organization_key(registered) == _organization_key(party.name) else _Sameness.UNSURE
    left, right = _name_parts(registered), _name_parts(party.full_name)
    if left == right:
        return _Sameness.SAME
    return _Sameness.UNSURE if _could_abbreviate(left, right) else _Sameness.OTHER


def _name_parts(name: str) -> list[str]:
    plain = name.casefold().replace("ё", "е").replace(".", ". ")
    return plain.split()


def _could_abbreviate(left: Sequence[str], right: Sequence[str]) -> bool:
    """Whether one name may be a shorter writing of the other: initials, or a patronymic left out."""
    if not left or not right or left[0] != right[0]:
        return False
    return all(
        a.startswith(b.rstrip(".")) or b.startswith(a.rstrip(".")) for a, b in zip(left[1:], right[1:], strict=False)
    )


_LEGAL_FORMS = {
    "общество с ограниченной ответственностью": "ооо",
    "публичное акционерное общество": "пао",
    "закрытое акционерное общество": "зао",
    "акционерное общество": "ао",
    "садоводческое некоммерческое товарищество": "снт",
    "производственный кооператив": "пк",
}


def _organization_key(name: str) -> str:
    plain = re.sub(r"[^\w\s]", " ", name.casefold().replace("ё", "е"))
    plain = " ".join(plain.split())
    for form, short in _LEGAL_FORMS.items():
        plain = plain.replace(form, short)
    return plain
