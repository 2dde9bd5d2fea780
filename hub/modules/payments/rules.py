"""When a payment may be captured, cancelled or refunded, and how the hub says that it may not."""

from datetime import timedelta

from hub.core.errors import (
    ExhaustedError,
    FieldViolation,
    HubError,
    InProgressError,
    InvalidRequestError,
    PreconditionError,
    UnavailableError,
)
from hub.core.money import Money
from hub.modules.payments.port import DOMAIN
from hub.modules.payments.states import PaymentState
from hub.modules.payments.store import PaymentRow

_ASK_AGAIN = timedelta(seconds=5)


def require_capturable(row: PaymentRow, amount: Money | None) -> None:
    """Raise unless so much is held."""
    _require_currency(row, amount)
    if not row.held:
        raise _not_allowed(row, "nothing is held")
    if amount is not None and amount.minor_units > row.held:
        raise PreconditionError(
            f"Only {row.held} minor units are held; capture no more.",
            reason="CAPTURE_EXCEEDS_HELD",
            domain=DOMAIN,
            metadata={"held": str(row.held), "currency": row.currency},
        )
    _require_no_review(row)


def require_cancellable(row: PaymentRow) -> None:
    """Raise unless the payment is unpaid or held."""
    state = PaymentState(row.state)
    if state is not PaymentState.AWAITING_PAYER and not row.held:
        raise _not_allowed(row, "only an unpaid or a held payment is cancelled, a captured one is refunded")
    _require_no_review(row)


def require_refundable(row: PaymentRow, amount: Money) -> None:
    """Raise unless so much is left of what was captured.

    What went back already counts once, whether it is ours or somebody else's in the acquirer's cabinet.
    """
    _require_currency(row, amount)
    state = PaymentState(row.state)
    if not state.has_money or not row.captured:
        raise _not_allowed(row, "nothing is captured")
    used = max(row.reserved, row.refunded)
    if amount.minor_units > row.captured - used:
        raise PreconditionError(
            f"Only {max(0, row.captured - used)} minor units are left to refund, refunds under way included.",
            reason="REFUND_EXCEEDS_CAPTURED",
            domain=DOMAIN,
            metadata={"captured": str(row.captured), "reserved": str(used), "currency": row.currency},
        )


def busy(operation_id: str, *, until: timedelta = _ASK_AGAIN) -> InProgressError:
    """Return the error for a payment that has another operation, or its own opening, under way."""
    return InProgressError(
        "Another operation on the payment is under way; send this one again when its outcome is known.",
        reason="PAYMENT_BUSY",
        domain=DOMAIN,
        metadata={"operation_id": operation_id},
        retry_after=until,
    )


def unsent_error(reason: str) -> HubError:
    """Return what a caller is told whose request didn't leave: it may be sent again, and nothing was done."""
    again = "Nothing was sent to the acquirer; send the same request again after the delay."
    if reason == "UPSTREAM_CREDENTIALS_REFUSED":
        return PreconditionError(
            "The acquirer refuses the hub's credentials, and nothing was done; the hub's operator must renew them.",
            reason="UPSTREAM_CREDENTIALS_REFUSED",
        )
    if reason == "UPSTREAM_QUOTA_EXCEEDED":
        return ExhaustedError(again, reason="UPSTREAM_QUOTA_EXCEEDED", retry_after=_ASK_AGAIN)
    return UnavailableError(again, reason="UPSTREAM_UNAVAILABLE", retry_after=_ASK_AGAIN)


def _require_no_review(row: PaymentRow) -> None:
    if row.state == PaymentState.NEEDS_REVIEW:
        raise _not_allowed(row, "it waits for ResolvePayment")


def _require_currency(row: PaymentRow, amount: Money | None) -> None:
    if amount is not None and amount.currency != row.currency:
        raise InvalidRequestError(
            f"The payment is in {row.currency}.",
            reason="CURRENCY_DIFFERS",
            domain=DOMAIN,
            metadata={"currency": row.currency},
            violations=(FieldViolation("amount.currency_code", f"must be {row.currency}", "currency"),),
        )


def _not_allowed(row: PaymentRow, why: str) -> PreconditionError:
    return PreconditionError(
        f"The payment is {row.state}: {why}.",
        reason="PAYMENT_STATE_NOT_ALLOWED",
        domain=DOMAIN,
        metadata={"state": row.state},
    )
