"""What YooKassa answers: docs/modules/payments.md, read strictly, and told when it says something new."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType

from hub.core.money import Money
from hub.modules.payments.observation import Observation, Standing, VendorOperation, VendorOperationKind
from hub.resilience.failures import AnswerInvalidError
from hub.resilience.json_answer import Fields
from hub.resilience.policy import Surprise

REFERENCE = "landhub_reference"
"""Our number of a payment, among its metadata; YooKassa can't be asked for it, only for lists to look it up in."""
MARKER = "landhub_marker"
AMOUNT = "landhub_amount"
"""What a payment was opened for, in kopecks: captured in part, its `amount` is what was captured."""
REFUND = "landhub_refund"
"""Our number of a refund, among its metadata."""

STANDINGS = MappingProxyType(
    {
        "pending": Standing.UNPAID,
        "waiting_for_capture": Standing.HELD,
        "succeeded": Standing.PAID,
        "canceled": Standing.DECLINED,
    }
)
"""A payment's status as the vendor documents it; why it is canceled tells the rest."""

RELEASES = frozenset({"canceled_by_merchant", "expired_on_capture"})
"""Reasons of `canceled` by which a hold was let go: there was one."""
EXPIRED = "expired_on_confirmation"
DECLINES = frozenset(
    {
        "3d_secure_failed", "call_issuer", "card_expired", "country_forbidden", "deal_expired", "fraud_suspected",
        "general_decline", "identification_required", "insufficient_funds", "internal_timeout", "invalid_card_number",
        "invalid_csc", "issuer_unavailable", "loan_declined", "payment_method_limit_exceeded",
        "payment_method_restricted", "permission_revoked", "unsupported_mobile_operator",
    }
)  # fmt: skip
"""Reasons by which nobody's money was taken."""

PAYMENT_FIELDS = frozenset(
    {
        "id", "status", "amount", "income_amount", "description", "recipient", "payment_method", "captured_at",
        "created_at", "expires_at", "confirmation", "test", "refunded_amount", "paid", "refundable",
        "receipt_registration", "metadata", "cancellation_details", "authorization_details", "transfers", "deal",
        "merchant_customer_id", "invoice_details",
    }
)  # fmt: skip
REFUND_FIELDS = frozenset(
    {
        "id", "payment_id", "status", "cancellation_details", "receipt_registration", "created_at", "amount",
        "description", "sources", "deal", "refund_method", "refund_authorization_details", "metadata",
    }
)  # fmt: skip
LIST_FIELDS = frozenset({"type", "items", "next_cursor"})

_OURS = frozenset({REFERENCE, MARKER, AMOUNT, REFUND})
_AMOUNT_FIELDS = frozenset({"value", "currency"})
_CANCELLATION_FIELDS = frozenset({"party", "reason"})
_CONFIRMATION_FIELDS = frozenset(
    {"type", "confirmation_url", "confirmation_data", "confirmation_token", "return_url", "enforce", "locale"}
)
_REFUNDS = MappingProxyType(
    {
        "pending": VendorOperationKind.REFUND_UNDER_WAY,
        "succeeded": VendorOperationKind.REFUND,
        "canceled": VendorOperationKind.REFUND_FAILED,
    }
)
_DECIMAL = re.compile(r"([0-9]{1,12})(?:\.([0-9]{1,2}))?", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)


def payment(answer: Fields, surprise: Surprise) -> Observation:
    """Read a payment; its refunds are a list of their own."""
    status = answer.text("status")
    standing = STANDINGS.get(status, Standing.UNREADABLE)
    if standing is Standing.UNREADABLE:
        surprise("status", status)
    why = reason(answer, surprise) if status == "canceled" else ""
    told = _required_money(answer, "amount", surprise)
    given = money(answer, "refunded_amount", surprise)
    metadata = told_metadata(answer)
    confirmation = answer.optional_object("confirmation", _CONFIRMATION_FIELDS, surprise)
    is_paid = standing is Standing.PAID
    return Observation(
        vendor_id=answer.text("id"),
        reference=metadata.get(REFERENCE, ""),
        standing=_canceled(why, surprise) if status == "canceled" else standing,
        vendor_status=status,
        amount=_opened_for(told, metadata) if is_paid else told,
        marker=metadata.get(MARKER, ""),
        held=told.minor_units if standing is Standing.HELD else 0,
        captured=told.minor_units if is_paid else 0,
        refunded=0 if given is None else given.minor_units,
        decline_code="" if why in RELEASES else why,
        capture_before=_time(answer, "expires_at") if standing is Standing.HELD else None,
        payment_url=confirmation.optional_text("confirmation_url") if confirmation else "",
        sbp_payload=confirmation.optional_text("confirmation_data") if confirmation else "",
    )


def with_refunds(seen: Observation, refunds: Sequence[VendorOperation]) -> Observation:
    """Return a payment with its refunds, asked for after it: none of them is told without its amount."""
    made = sum(line.minor_units for line in refunds if line.kind is VendorOperationKind.REFUND)
    return replace(seen, refunded=max(seen.refunded, made), operations=refunds)


def refund(answer: Fields, surprise: Surprise) -> VendorOperation:
    """Read a refund."""
    status = answer.text("status")
    kind = _REFUNDS.get(status)
    if kind is None:
        surprise("refund_status", status)
    return VendorOperation(
        kind=kind or VendorOperationKind.REFUND_UNDER_WAY,  # nothing is concluded from a word nobody knows
        minor_units=_required_money(answer, "amount", surprise).minor_units,
        reference=told_metadata(answer).get(REFUND, ""),
        time=_time(answer, "created_at"),
    )


def told_metadata(answer: Fields) -> Mapping[str, str]:
    """Return the texts that we sent along; what others did is theirs."""
    found = answer.optional_object("metadata", _OURS, lambda _kind, _name: None)
    return {} if found is None else {name: found.optional_text(name) for name in _OURS if found.has(name)}


def money(answer: Fields, name: str, surprise: Surprise) -> Money | None:
    """Return an amount, which is a decimal text of roubles; None if it isn't told.

    Raises:
        AnswerInvalidError: it is of another form.
    """
    told = answer.optional_object(name, _AMOUNT_FIELDS, surprise)
    if told is None:
        return None
    matched = _DECIMAL.fullmatch(told.text("value"))
    currency = told.text("currency")
    if matched is None or not _CURRENCY.fullmatch(currency):
        raise AnswerInvalidError(f"{name} is no amount")
    major, minor = matched.groups(default="")
    return Money(minor_units=int(major) * 100 + int(minor.ljust(2, "0")), currency=currency)


def _required_money(answer: Fields, name: str, surprise: Surprise) -> Money:
    found = money(answer, name, surprise)
    if found is None:
        raise AnswerInvalidError(f"{name} is missing")
    return found


def _opened_for(told: Money, metadata: Mapping[str, str]) -> Money:
    """Return what a paid payment was opened for: more than it shows, if it was captured in part."""
    asked = metadata.get(AMOUNT, "")
    if asked.isascii() and asked.isdecimal() and len(asked) <= 18 and int(asked) > told.minor_units:
        return Money(minor_units=int(asked), currency=told.currency)
    return told


def reason(answer: Fields, surprise: Surprise) -> str:
    """Return why a payment or a refund is canceled; empty if it isn't told."""
    details = answer.optional_object("cancellation_details", _CANCELLATION_FIELDS, surprise)
    return details.optional_text("reason") if details else ""


def _canceled(why: str, surprise: Surprise) -> Standing:
    if why in RELEASES:
        return Standing.REVERSED
    if why == EXPIRED:
        return Standing.EXPIRED
    if why not in DECLINES:
        surprise("reason", why)
    return Standing.DECLINED


def _time(answer: Fields, name: str) -> datetime | None:
    text = answer.optional_text(name)
    if not text:
        return None
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise AnswerInvalidError(f"{name} is no time") from None
    return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
