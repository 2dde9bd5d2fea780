"""Logs: one JSON object a line on standard error, an event name and fields, never a field that names a person."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

# The last line of defence: nobody should log these, and if somebody does, the value is not written.
_PERSONAL = frozenset(
    {
        "address",
        "body",
        "content",
        "email",
        "full_name",
        "given_name",
        "inn",
        "ogrn",
        "owner_name",
        "party",
        "passport",
        "passphrase",
        "password",
        "patronymic",
        "payload",
        "phone",
        "request",
        "response",
        "secret",
        "snils",
        "surname",
        "token",
    }
)


def configure_logs(level: str) -> None:
    """Set the process's logs up, those of libraries included (from WARNING on, without their arguments' values)."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _without_personal_fields,
            _exception_by_class,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    library_logs = logging.getLogger()
    library_logs.handlers = [_LibraryLogs()]
    library_logs.setLevel(logging.WARNING)


def _without_personal_fields(_: Any, __: str, fields: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {name: "***" if name.lower() in _PERSONAL else value for name, value in fields.items()}


def _exception_by_class(_: Any, __: str, fields: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Tell an exception by its class and place: its text, and a traceback's lines, may hold anything."""
    if fields.pop("exc_info", None):
        kind, _error, traceback = sys.exc_info()
        fields["error_type"] = kind.__name__ if kind else ""
        while traceback is not None and traceback.tb_next is not None:
            traceback = traceback.tb_next
        if traceback is not None:
            fields["error_at"] = f"{traceback.tb_frame.f_globals.get('__name__', '')}:{traceback.tb_lineno}"
    return fields


class _LibraryLogs(logging.Handler):
    """Passes on that a library complained and where, not its words: they may hold what it was given."""

    def emit(self, record: logging.LogRecord) -> None:
        level = max(record.levelno, logging.WARNING)
        structlog.get_logger().log(
            level, "library", logger=record.name, at=f"{record.module}:{record.lineno}", template=str(record.msg)[:200]
        )
