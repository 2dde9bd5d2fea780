"""Attempts at upstreams as rows in SQL."""

import dataclasses
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, tuple_

from hub.core.attempt_store import AttemptStore, UpstreamAttempt
from hub.storage.tables import upstream_attempts as attempts


class SqlAttemptStore(AttemptStore):
    """See AttemptStore."""

    def add(self, conn: Connection, attempts_: Sequence[UpstreamAttempt]) -> None:
        """See AttemptStore.add."""
        if attempts_:
            conn.execute(insert(attempts), [dataclasses.asdict(attempt) for attempt in attempts_])

    def of(self, conn: Connection, business_reference: str, *, limit: int) -> Sequence[UpstreamAttempt]:
        """See AttemptStore.of."""
        theirs = select(attempts).where(attempts.c.business_reference == business_reference)
        rows = conn.execute(theirs.order_by(attempts.c.time.desc()).limit(limit)).all()
        return [UpstreamAttempt(**row._asdict()) for row in reversed(rows)]

    def prune(self, conn: Connection, *, before: datetime, limit: int) -> int:
        """See AttemptStore.prune."""
        key = tuple(attempts.primary_key)
        old = select(*key).where(attempts.c.time < before).limit(limit)
        return conn.execute(delete(attempts).where(tuple_(*key).in_(old))).rowcount
