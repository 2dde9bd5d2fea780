"""What an SMTP server's refusals mean: the reply code (RFC 5321), refined by the enhanced one (RFC 3463)."""

import re
from datetime import timedelta

from aiosmtplib import SMTPDataError, SMTPRecipientRefused, SMTPResponseException, SMTPSenderRefused

from hub.modules.notifications.port import Refusal, RefusedError
from hub.resilience.failures import AttemptError, CredentialsRefusedError, UpstreamClosedError

CLOSING = 421
PERMANENT = 500
NOT_ASCII = Refusal.RECIPIENT_UNREACHABLE
_LOGIN_NEEDED = frozenset({530, 534, 535, 538})
_ENHANCED = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_QUEUE_ID = re.compile(r"queued as ([A-Za-z0-9.-]{1,60})|\b(?:id|ID)[=: ]([A-Za-z0-9.-]{4,60})")
_TOO_BIG = frozenset({552, 523})


def is_reply(error: SMTPResponseException) -> bool:
    """Whether it is a refusal of SMTP's at all: what can't be read says nothing about the message."""
    return 400 <= error.code < 600


def is_refusal(error: SMTPResponseException) -> bool:
    """Whether the connection goes on after it."""
    return is_reply(error) and error.code != CLOSING


def meaning(error: SMTPResponseException, *, retry_after: timedelta) -> RefusedError | AttemptError:
    """Return what a refusal before or after the message means; nothing was taken either way."""
    if error.code == CLOSING:
        return UpstreamClosedError("code 421", retry_after=retry_after)
    if error.code in _LOGIN_NEEDED:
        return CredentialsRefusedError(f"code {error.code}")
    enhanced = _enhanced(error)
    code = str(error.code) if enhanced is None else f"{error.code} {'.'.join(enhanced)}"
    if error.code < PERMANENT:
        return RefusedError(Refusal.PROVIDER_UNAVAILABLE, vendor_code=code, retry_after=retry_after)
    return RefusedError(_permanent(error, enhanced), vendor_code=code)


def queue_id(message: str) -> str:
    """Return the queue's id of a message that was taken, if the server tells it in one of the usual ways.

    The rest of the line is the server's to write, and may repeat the address.
    """
    found = _QUEUE_ID.search(message)
    return (found[1] or found[2]) if found else ""


def _permanent(error: SMTPResponseException, enhanced: tuple[str, str, str] | None) -> Refusal:
    subject, detail = (enhanced[1], enhanced[2]) if enhanced else ("", "")
    match subject:
        case "1" if isinstance(error, SMTPSenderRefused) or detail in {"7", "8"}:
            return Refusal.SENDER_NOT_ALLOWED
        case "1":
            return Refusal.RECIPIENT_INVALID
        case "2" if detail == "3":
            return Refusal.CONTENT_REFUSED
        case "2" | "4":
            return Refusal.RECIPIENT_UNREACHABLE
        case "3" | "6":
            return Refusal.CONTENT_REFUSED
        case "7":
            return Refusal.CONTENT_REFUSED if isinstance(error, SMTPDataError) else Refusal.SENDER_NOT_ALLOWED
    if error.code in _TOO_BIG or isinstance(error, SMTPDataError):
        return Refusal.CONTENT_REFUSED
    if isinstance(error, SMTPSenderRefused):
        return Refusal.SENDER_NOT_ALLOWED
    if isinstance(error, SMTPRecipientRefused) and error.code in {550, 551, 553}:
        return Refusal.RECIPIENT_INVALID
    return Refusal.OTHER


def _enhanced(error: SMTPResponseException) -> tuple[str, str, str] | None:
    found = _ENHANCED.search(error.message)
    return (found[1], found[2], found[3]) if found else None
