"""The states of a notification and the reasons that go with them; the words are the contract's."""

from enum import StrEnum

from hub.modules.notifications.answers import Fate, Refusal, Report


class NotificationState(StrEnum):
    """Where a notification stands."""

    QUEUED = "QUEUED"
    SENDING = "SENDING"
    SENT = "SENT"
    DELIVERED = "DELIVERED"
    FAILED = "FAILED"
    EXPIRED = "EXPIRED"
    CANCELLED = "CANCELLED"
    OUTCOME_UNKNOWN = "OUTCOME_UNKNOWN"


ENDED = frozenset(
    {
        NotificationState.DELIVERED,
        NotificationState.FAILED,
        NotificationState.EXPIRED,
        NotificationState.CANCELLED,
    }
)
"""States that nothing changes any more. SENT and OUTCOME_UNKNOWN may change or stay: a provider may tell, or never."""
AT_WORK = frozenset({NotificationState.QUEUED, NotificationState.SENDING, NotificationState.OUTCOME_UNKNOWN})
"""States in which a job of sending has something to do."""


class FailureReason(StrEnum):
    """Why a notification failed beyond what a provider's Refusal says; both are values of the contract's enum."""

    CONTENT_INVALID = "CONTENT_INVALID"
    NOT_DELIVERED = "NOT_DELIVERED"
    EXPIRED_AT_PROVIDER = "EXPIRED_AT_PROVIDER"
    ACCOUNT_MISSING = "ACCOUNT_MISSING"
    NOT_SENT = "NOT_SENT"


class UnknownReason(StrEnum):
    """Why an outcome isn't known."""

    ANSWER_LOST = "ANSWER_LOST"
    INTERRUPTED = "INTERRUPTED"
    RESTORED = "RESTORED"


class Policy(StrEnum):
    """What is done after a lost answer when nobody can tell."""

    NEVER_TWICE = "NEVER_TWICE"
    RATHER_TWICE = "RATHER_TWICE"


class Priority(StrEnum):
    """What goes first."""

    LOW = "LOW"
    NORMAL = "NORMAL"
    HIGH = "HIGH"


def state_of(report: Report) -> tuple[NotificationState, str]:
    """Return the state and the failure's reason that a provider's report of a taken message means."""
    match report.fate:
        case Fate.DELIVERED:
            return NotificationState.DELIVERED, ""
        case Fate.NOT_DELIVERED:
            named = report.refusal is not Refusal.OTHER
            return NotificationState.FAILED, report.refusal if named else FailureReason.NOT_DELIVERED
        case Fate.EXPIRED:
            return NotificationState.FAILED, FailureReason.EXPIRED_AT_PROVIDER
    return NotificationState.SENT, ""
