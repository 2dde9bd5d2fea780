"""Recognises a database that is older than what the hub has sent: it counts sendings in it, and beside it in a file.

A number is on file before the message leaves. A database that tells a smaller one was restored from a backup, and what
it calls queued may have gone out: that is held for a person. A power cut may cost the file its last few numbers.
"""

import os
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, insert, select, update

from hub.modules.notifications.states import NotificationState, UnknownReason
from hub.modules.notifications.tables import marks, notifications
from hub.storage.prepared import prepared

_ID = 1
_DIGITS = 20
_AT_RISK = (NotificationState.QUEUED, NotificationState.SENDING, NotificationState.OUTCOME_UNKNOWN)
_COUNT = prepared(update(marks).where(marks.c.id == _ID).values(sent=marks.c.sent + 1))
_SENT = prepared(select(marks.c.sent).where(marks.c.id == _ID))


class SentMark:
    """The two counts. The file is written in place, without waiting for the disk: a killed process loses nothing."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None
        self._noted = 0
        self.restored_time: datetime | None = None
        """When the database was last found to be older than what was sent; known once the module has begun."""

    def open(self) -> None:
        """Make the file, or take it as it is.

        Raises:
            OSError: it can't be written.
        """
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)

    def close(self) -> None:
        """Let the file go."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def count(self, conn: Connection) -> int:
        """Count one sending in the transaction that lets it leave; returns how many there were."""
        _COUNT.run(conn, {})
        row = _SENT.first(conn, {})
        return 0 if row is None else int(row.sent)

    def note(self, count: int) -> None:
        """Put a committed count on file, before anything leaves."""
        if self._descriptor is not None and count > self._noted:
            os.pwrite(self._descriptor, f"{count:0{_DIGITS}d}\n".encode(), 0)
            self._noted = count

    def take_stock(self, conn: Connection, *, now: datetime) -> int:
        """Compare both counts when the module starts; hold what may have gone out. Returns how many were held.

        A file that isn't there beside a SQLite database that has sent is a restore onto another machine. Replicas of a
        PostgreSQL database have a file each, and a new one begins with none.
        """
        sent = conn.scalar(select(marks.c.sent).where(marks.c.id == _ID))
        if sent is None:
            conn.execute(insert(marks).values(id=_ID, sent=0, restored_time=None))
            sent = 0
        noted = self._read()
        if noted is None and conn.dialect.name == "postgresql":
            noted = sent
        if (noted is None and sent == 0) or (noted is not None and noted <= sent):
            return 0
        later = max(sent, noted or 0) + 1
        conn.execute(update(marks).where(marks.c.id == _ID).values(sent=later, restored_time=now))
        return _hold(conn, now)

    def begin(self, conn: Connection) -> None:
        """Put the database's count on file: from here on they go together."""
        self.restored_time = restored_time(conn)
        self.note(int(conn.scalar(select(marks.c.sent).where(marks.c.id == _ID)) or 0))

    def _read(self) -> int | None:
        if self._descriptor is None:
            return None
        text = os.pread(self._descriptor, _DIGITS, 0).decode("ascii", "replace").strip()
        return int(text) if text.isdecimal() else None


def restored_time(conn: Connection) -> datetime | None:
    """Return when the database was last found to be older than what was sent."""
    found: datetime | None = conn.scalar(select(marks.c.restored_time).where(marks.c.id == _ID))
    return found


def _hold(conn: Connection, now: datetime) -> int:
    values = {
        "state": NotificationState.OUTCOME_UNKNOWN,
        "unknown_reason": UnknownReason.RESTORED,
        "needs_person": True,
        "version": notifications.c.version + 1,
        "update_time": now,
    }
    may_have_gone = (notifications.c.state.in_(_AT_RISK), notifications.c.schedule_time <= now)
    return conn.execute(update(notifications).where(*may_have_gone).values(values)).rowcount
