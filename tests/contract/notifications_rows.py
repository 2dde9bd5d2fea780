"""The tables of errors and statuses of all vendors of messages, row by row, and what each row means."""

from collections.abc import Mapping

from hub.modules.notifications.port import Channel, Fate, Refusal

SMS_REFUSED = [
    *[("smsc", code, Refusal.CONTENT_REFUSED) for code in ("1", "5", "6")],
    ("smsc", "3", Refusal.NO_MONEY),
    ("smsc", "7", Refusal.RECIPIENT_INVALID),
    ("smsc", "8", Refusal.RECIPIENT_UNREACHABLE),
    ("smsc", "77", Refusal.OTHER),
    ("smsru", "201", Refusal.NO_MONEY),
    ("smsru", "202", Refusal.RECIPIENT_INVALID),
    *[("smsru", code, Refusal.CONTENT_REFUSED) for code in ("203", "205", "208", "210", "211", "212", "213")],
    ("smsru", "204", Refusal.SENDER_NOT_ALLOWED),
    *[("smsru", code, Refusal.RATE_LIMITED) for code in ("206", "230")],
    *[("smsru", code, Refusal.RECIPIENT_UNREACHABLE) for code in ("207", "214")],
    *[("smsru", code, Refusal.RECIPIENT_OPTED_OUT) for code in ("209", "215")],
    *[("smsru", code, Refusal.DUPLICATE) for code in ("231", "232", "233")],
    *[("smsru", code, Refusal.OTHER) for code in ("303", "304", "305", "901", "902", "777")],
    ("smsaero", "no credits", Refusal.NO_MONEY),
    ("smsaero", "reject", Refusal.CONTENT_REFUSED),
    ("smsaero", "400", Refusal.CONTENT_REFUSED),
]
SMS_CREDENTIALS = [
    ("smsc", "2"),
    *[("smsru", str(code)) for code in (200, 300, 301, 302, *range(501, 508))],
    ("smsaero", "401"),
    ("smsaero", "403"),
]
SMS_STATUSES = [
    *[("smsc", word, Fate.UNDER_WAY, Refusal.OTHER) for word in ("-2", "-1", "0", "99")],
    *[("smsc", word, Fate.DELIVERED, Refusal.OTHER) for word in ("1", "2", "4")],
    ("smsc", "-3", Fate.NOT_FOUND, Refusal.OTHER),
    ("smsc", "3", Fate.EXPIRED, Refusal.OTHER),
    ("smsc", "20", Fate.NOT_DELIVERED, Refusal.RECIPIENT_UNREACHABLE),
    ("smsc", "22", Fate.NOT_DELIVERED, Refusal.RECIPIENT_INVALID),
    ("smsc", "23", Fate.NOT_DELIVERED, Refusal.CONTENT_REFUSED),
    ("smsc", "24", Fate.NOT_DELIVERED, Refusal.NO_MONEY),
    ("smsc", "25", Fate.NOT_DELIVERED, Refusal.RECIPIENT_UNREACHABLE),
    ("smsru", "-1", Fate.NOT_FOUND, Refusal.OTHER),
    *[("smsru", word, Fate.UNDER_WAY, Refusal.OTHER) for word in ("100", "101", "102", "999")],
    *[("smsru", word, Fate.DELIVERED, Refusal.OTHER) for word in ("103", "110")],
    ("smsru", "104", Fate.EXPIRED, Refusal.OTHER),
    *[("smsru", word, Fate.NOT_DELIVERED, Refusal.RECIPIENT_UNREACHABLE) for word in ("105", "106", "150")],
    ("smsru", "107", Fate.NOT_DELIVERED, Refusal.OTHER),
    ("smsru", "108", Fate.NOT_DELIVERED, Refusal.CONTENT_REFUSED),
    *[("smsaero", word, Fate.UNDER_WAY, Refusal.OTHER) for word in ("0", "3", "4", "8", "99")],
    ("smsaero", "1", Fate.DELIVERED, Refusal.OTHER),
    ("smsaero", "2", Fate.NOT_DELIVERED, Refusal.RECIPIENT_UNREACHABLE),
    ("smsaero", "6", Fate.NOT_DELIVERED, Refusal.CONTENT_REFUSED),
]
LATER: list[tuple[str, str, int]] = [("smsc", "4", 10), ("smsru", "220", 0), ("smsru", "500", 0)]
"""What says that it may be sent later, and after how many minutes at least."""

CHANNELS = {
    "telegram": Channel.TELEGRAM,
    "max": Channel.MAX,
    "unisender_go": Channel.EMAIL,
    "generic_sms": Channel.SMS,
    "generic_email": Channel.EMAIL,
}
SENDING = {
    "telegram": ("telegram", "sendMessage"),
    "max": ("max", "send"),
    "unisender_go": ("unisender_go", "send"),
    "generic_sms": ("generic_http", "send"),
    "generic_email": ("generic_http", "email"),
}
SERVICE_REFUSED: list[tuple[str, str, int | None, Refusal]] = [
    ("telegram", "400", None, Refusal.RECIPIENT_INVALID),
    ("telegram", "403", None, Refusal.RECIPIENT_OPTED_OUT),
    ("telegram", "418", None, Refusal.OTHER),
    ("max", "proto.payload", 400, Refusal.CONTENT_REFUSED),
    ("max", "chat.denied", 403, Refusal.RECIPIENT_OPTED_OUT),
    ("max", "chat.not.found", 404, Refusal.RECIPIENT_INVALID),
    ("max", "method.not.allowed", 405, Refusal.CONTENT_REFUSED),
    ("unisender_go", "150", 400, Refusal.CONTENT_REFUSED),
    ("unisender_go", "704", 404, Refusal.CONTENT_REFUSED),
    ("unisender_go", "413", 413, Refusal.CONTENT_REFUSED),
    *[
        (name, code, None, refusal)
        for name in ("generic_sms", "generic_email")
        for code, refusal in (
            ("bad_recipient", Refusal.RECIPIENT_INVALID),
            ("opted_out", Refusal.RECIPIENT_OPTED_OUT),
            ("unreachable", Refusal.RECIPIENT_UNREACHABLE),
            ("bad_sender", Refusal.SENDER_NOT_ALLOWED),
            ("bad_message", Refusal.CONTENT_REFUSED),
            ("duplicate", Refusal.DUPLICATE),
            ("no_money", Refusal.NO_MONEY),
            ("too_many", Refusal.RATE_LIMITED),
            ("try_later", Refusal.PROVIDER_UNAVAILABLE),
            ("a_word_of_theirs", Refusal.OTHER),
        )
    ],
]
SERVICE_CREDENTIALS: list[tuple[str, str, int | None]] = [
    ("telegram", "401", None),
    ("telegram", "404", None),
    ("max", "verify.token", 401),
    ("unisender_go", "114", 401),
    ("unisender_go", "114", 400),
    ("unisender_go", "102", 403),
    ("generic_sms", "bad_api_key", 401),
    ("generic_email", "bad_api_key", 403),
]
SERVICE_UNKNOWN: list[tuple[str, str, int | None]] = [
    ("telegram", "500", None),
    ("telegram", "502", None),
    ("max", "service.unavailable", 503),
    ("unisender_go", "500", 500),
    ("generic_sms", "broken", 500),
    ("generic_email", "broken", 503),
]
FAILED_ADDRESSES: Mapping[str, Refusal] = {
    "invalid": Refusal.RECIPIENT_INVALID,
    "duplicate": Refusal.DUPLICATE,
    "permanent_unavailable": Refusal.RECIPIENT_UNREACHABLE,
    "temporary_unavailable": Refusal.RECIPIENT_UNREACHABLE,
    "unsubscribed": Refusal.RECIPIENT_OPTED_OUT,
}
"""What UniSender Go says of an address that failed."""

SMTP_REPLIES: Mapping[str, tuple[str, Refusal]] = {
    "451 4.7.1": ("rcpt", Refusal.PROVIDER_UNAVAILABLE),
    "450 4.2.1": ("rcpt", Refusal.PROVIDER_UNAVAILABLE),
    "452 4.2.2": ("rcpt", Refusal.PROVIDER_UNAVAILABLE),
    "550 5.1.1": ("rcpt", Refusal.RECIPIENT_INVALID),
    "550": ("rcpt", Refusal.RECIPIENT_INVALID),
    "552 5.2.2": ("rcpt", Refusal.RECIPIENT_UNREACHABLE),
    "550 5.4.4": ("rcpt", Refusal.RECIPIENT_UNREACHABLE),
    "550 5.7.1": ("rcpt", Refusal.SENDER_NOT_ALLOWED),
    "553 5.1.8": ("mail", Refusal.SENDER_NOT_ALLOWED),
    "550 5.7.60": ("mail", Refusal.SENDER_NOT_ALLOWED),
    "554 5.7.1": ("data", Refusal.CONTENT_REFUSED),
    "552 5.3.4": ("data", Refusal.CONTENT_REFUSED),
    "451 4.3.0": ("data", Refusal.PROVIDER_UNAVAILABLE),
    "554": ("data", Refusal.CONTENT_REFUSED),
}

STATES: Mapping[tuple[Fate, Refusal], tuple[str, str]] = {
    (Fate.UNDER_WAY, Refusal.OTHER): ("SENT", ""),
    (Fate.NOT_FOUND, Refusal.OTHER): ("SENT", ""),
    (Fate.DELIVERED, Refusal.OTHER): ("DELIVERED", ""),
    (Fate.EXPIRED, Refusal.OTHER): ("FAILED", "EXPIRED_AT_PROVIDER"),
    (Fate.NOT_DELIVERED, Refusal.OTHER): ("FAILED", "NOT_DELIVERED"),
    (Fate.NOT_DELIVERED, Refusal.RECIPIENT_UNREACHABLE): ("FAILED", "RECIPIENT_UNREACHABLE"),
    (Fate.NOT_DELIVERED, Refusal.RECIPIENT_INVALID): ("FAILED", "RECIPIENT_INVALID"),
    (Fate.NOT_DELIVERED, Refusal.CONTENT_REFUSED): ("FAILED", "CONTENT_REFUSED"),
    (Fate.NOT_DELIVERED, Refusal.NO_MONEY): ("FAILED", "NO_MONEY"),
}
"""Where a notification stands after what was told of it, and why."""
