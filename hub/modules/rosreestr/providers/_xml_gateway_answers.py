"""What the XML gateway answers: docs/modules/rosreestr.md, read strictly, and told when it says something new."""

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import TypeVar

from hub.core.money import Money
from hub.modules.rosreestr.port import (
    LandPlot,
    RegistrationState,
    RegistrationStatus,
    Restriction,
    Right,
)
from hub.resilience.failures import AnswerInvalidError
from hub.resilience.policy import Surprise
from hub.resilience.xml import Node

T = TypeVar("T")

MOSCOW = timezone(timedelta(hours=3), "MSK")

STATES = MappingProxyType(
    {
        "accepted": RegistrationState.SUBMITTED,
        "принято": RegistrationState.SUBMITTED,
        "received": RegistrationState.SUBMITTED,
        "in_progress": RegistrationState.IN_REVIEW,
        "in_review": RegistrationState.IN_REVIEW,
        "в работе": RegistrationState.IN_REVIEW,
        "проверка": RegistrationState.IN_REVIEW,
        "suspended": RegistrationState.SUSPENDED,
        "приостановлено": RegistrationState.SUSPENDED,
        "requirements": RegistrationState.REQUIREMENTS,
        "требуются документы": RegistrationState.REQUIREMENTS,
        "awaiting_payment": RegistrationState.DUTY_DUE,
        "ожидает оплаты": RegistrationState.DUTY_DUE,
        "completed": RegistrationState.REGISTERED,
        "registered": RegistrationState.REGISTERED,
        "зарегистрировано": RegistrationState.REGISTERED,
        "rejected": RegistrationState.REFUSED,
        "refused": RegistrationState.REFUSED,
        "отказано": RegistrationState.REFUSED,
        "withdrawn": RegistrationState.WITHDRAWN,
        "cancelled": RegistrationState.WITHDRAWN,
        "отозвано": RegistrationState.WITHDRAWN,
    }
)

PLOT_FIELDS = frozenset(
    {"CadastralNumber", "Address", "Area", "Category", "PermittedUse", "OwnershipType", "LastRegistrationDate"}
)
RIGHTS_FIELDS = frozenset({"CadastralNumber", "Rights"})
SUBMITTED_FIELDS = frozenset({"RequestID"})
DOCUMENTS_FIELDS = frozenset({"RequestID", "Accepted"})
WITHDRAWAL_FIELDS = frozenset({"RequestID", "Status"})
_STATUS_FIELDS = frozenset({"RequestID", "Status", "StatusDate", "CompletionDate", "RegistrationNumber"})
_RIGHT_FIELDS = frozenset({"Type", "Owner", "RegistrationDate", "Number"})
_RIGHT_DETAILS = frozenset({"INN", "Share", "Restriction"})
_RESTRICTION_FIELDS = frozenset({"Type", "Number", "Until"})
_DETAIL_FIELDS = frozenset({"Reason", "Until", "UIN", "Sum"})

_AREA = re.compile(r"[0-9]{1,15}(\.[0-9]{1,6})?")
_SHARE = re.compile(r"([1-9][0-9]{0,8})/([1-9][0-9]{0,8})")
_INN = re.compile(r"[0-9]{10}|[0-9]{12}")
_ROUBLES = re.compile(r"([0-9]{1,15})\.([0-9]{2})")


def status_fields(*, details: bool) -> frozenset[str]:
    """The children of a `StatusResponse`, with or without the extension."""
    return _STATUS_FIELDS | {"StatusDetail"} if details else _STATUS_FIELDS


def land_plot(node: Node) -> LandPlot:
    """Read a `CadastralResponse`."""
    return LandPlot(
        cadastral_number=node.text("CadastralNumber"),
        address=node.optional_text("Address"),
        area_square_meters=_read(node, "Area", _area),
        category=node.optional_text("Category"),
        permitted_use=node.optional_text("PermittedUse"),
        ownership_type=node.optional_text("OwnershipType"),
        last_registration_date=_read_optional(node, "LastRegistrationDate", date.fromisoformat),
    )


def rights(node: Node, *, details: bool) -> tuple[Right, ...]:
    """Read an `OwnershipResponse`; without the extension nothing is told of ИНН, shares and restrictions."""
    container = node.node("Rights", frozenset({"Right"}))
    known = _RIGHT_FIELDS | _RIGHT_DETAILS if details else _RIGHT_FIELDS
    return tuple(_right(item, details=details) for item in container.nodes("Right", known))


def status(node: Node, surprise: Surprise) -> RegistrationStatus:
    """Read a `StatusResponse`."""
    state, word = _state(node, surprise)
    detail = node.optional_node("StatusDetail", _DETAIL_FIELDS)
    return RegistrationStatus(
        vendor_id=node.text("RequestID"),
        state=state,
        vendor_status=word,
        status_time=_read(node, "StatusDate", _moment),
        reason=detail.optional_text("Reason") if detail else "",
        until=_read_optional(detail, "Until", _end) if detail else None,
        uin=detail.optional_text("UIN") if detail else "",
        amount=_read_optional(detail, "Sum", _roubles) if detail else None,
        registration_number=node.optional_text("RegistrationNumber"),
        completion_date=_read_optional(node, "CompletionDate", date.fromisoformat),
    )


def withdrawal(node: Node, surprise: Surprise, now: datetime) -> RegistrationStatus:
    """Read a `WithdrawalResponse`, which tells no time of its own."""
    state, word = _state(node, surprise)
    return RegistrationStatus(vendor_id=node.text("RequestID"), state=state, vendor_status=word, status_time=now)


def count(node: Node, name: str) -> int:
    """Read a small number."""
    return _read(node, name, _count)


def _state(node: Node, surprise: Surprise) -> tuple[RegistrationState, str]:
    word = node.text("Status")
    state = STATES.get(word.casefold())
    if state is None:
        surprise("status", word)
    return state or RegistrationState.IN_REVIEW, word


def _right(node: Node, *, details: bool) -> Right:
    return Right(
        number=node.text("Number"),
        kind=node.text("Type"),
        owner_name=node.text("Owner"),
        owner_inn=(_read_optional(node, "INN", _inn) or "") if details else "",
        share=_read_optional(node, "Share", _share) if details else None,
        registration_date=_read(node, "RegistrationDate", date.fromisoformat),
        restrictions=tuple(_restriction(item) for item in node.nodes("Restriction", _RESTRICTION_FIELDS)),
        restrictions_known=details,
    )


def _restriction(node: Node) -> Restriction:
    return Restriction(
        kind=node.text("Type"),
        number=node.optional_text("Number"),
        until=_read_optional(node, "Until", date.fromisoformat),
    )


def _read(node: Node, name: str, convert: Callable[[str], T]) -> T:
    text = node.text(name)
    try:
        return convert(text)
    except ValueError:
        # The cause is left out: it may hold the text, and that a person's name.
        raise AnswerInvalidError(f"{node.name}/{name} is not of its form") from None


def _read_optional(node: Node, name: str, convert: Callable[[str], T]) -> T | None:
    return _read(node, name, convert) if node.optional_text(name) else None


def _area(text: str) -> Decimal:
    return Decimal(_matching(_AREA, text)[0])


def _share(text: str) -> Fraction:
    parts = _matching(_SHARE, text)
    share = Fraction(int(parts[1]), int(parts[2]))
    if share > 1:
        raise ValueError("a share is at most one")
    return share


def _inn(text: str) -> str:
    return _matching(_INN, text)[0]


def _roubles(text: str) -> Money:
    parts = _matching(_ROUBLES, text)
    return Money(minor_units=int(parts[1] + parts[2]), currency="RUB")


def _count(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > 9:
        raise ValueError("not a count")
    return int(text)


def _moment(text: str) -> datetime:
    if "T" not in text:
        raise ValueError("a moment has a time")
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=MOSCOW)


def _end(text: str) -> datetime:
    """A moment; or a Moscow day, which ends at its midnight."""
    if "T" in text:
        return _moment(text)
    return datetime.combine(date.fromisoformat(text) + timedelta(days=1), time.min, tzinfo=MOSCOW)


def _matching(pattern: re.Pattern[str], text: str) -> re.Match[str]:
    match = pattern.fullmatch(text)
    if match is None:
        raise ValueError("not of the form expected")
    return match
