"""What an SMTP server's refusals mean: the reply code (RFC 5321), refined by the enhanced one (RFC 3463)."""

import re
from datetime import timedelta

from hub.modules.notifications.port import Refusal, RefusedError
from hub.resilience.failures import AttemptError, CredentialsRefusedError, UpstreamClosedError
from hub.resilience.smtp import CLOSING, SmtpReply, Stage

_LOGIN_NEEDED = frozenset({530, 534, 535, 538})
_ENHANCED = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_QUEUE_ID = re.compile(r"queued as ([A-Za-z0-9.-]{1,60})|\b(?:id|ID)[=: ]([A-Za-z0-9.-]{4,60})")
_TOO_BIG = frozenset({552, 523})
_NO_SUCH_MAILBOX = frozenset({550, 551, 553})


def meaning(reply: SmtpReply, *, retry_after: timedelta) -> RefusedError | AttemptError:
    """Return what a refusal before or after the message means; nothing was taken either way."""
    if reply.code == CLOSING:
        return UpstreamClosedError("code 421", retry_after=retry_after)
    if reply.code in _LOGIN_NEEDED:
        return CredentialsRefusedError(f"code {reply.code}")
    found = _ENHANCED.search(reply.text)
    code = f"{reply.code} {found[0]}" if found else str(reply.code)
    if not reply.is_permanent:
        return RefusedError(Refusal.PROVIDER_UNAVAILABLE, vendor_code=code, retry_after=retry_after)
    return RefusedError(_permanent(reply, *((found[2], found[3]) if found else ("", ""))), vendor_code=code)


def queue_id(text: str) -> str:
    """Return the queue's id of a message that was taken, if the server tells it in one of the usual ways.

    The rest of the line is the server's to write, and may repeat the address.
    """
    found = _QUEUE_ID.search(text)
    return (found[1] or found[2]) if found else ""


def _permanent(reply: SmtpReply, subject: str, detail: str) -> Refusal:
    match subject:
        case "1" if reply.stage is Stage.MAIL or detail in {"7", "8"}:
            return Refusal.SENDER_NOT_ALLOWED
        case "1":
            return Refusal.RECIPIENT_INVALID
        case "6" if detail == "7":  # an address in letters that the server doesn't take
            return Refusal.RECIPIENT_UNREACHABLE
        case "2" | "4" if detail != "3":
            return Refusal.RECIPIENT_UNREACHABLE
        case "2" | "3" | "4" | "6":
            return Refusal.CONTENT_REFUSED
        case "7":
            return Refusal.CONTENT_REFUSED if reply.stage is Stage.DATA else Refusal.SENDER_NOT_ALLOWED
    if reply.code in _TOO_BIG or reply.stage is Stage.DATA:
        return Refusal.CONTENT_REFUSED
    if reply.stage is Stage.MAIL:
        return Refusal.SENDER_NOT_ALLOWED
    return Refusal.RECIPIENT_INVALID if reply.code in _NO_SUCH_MAILBOX else Refusal.OTHER
