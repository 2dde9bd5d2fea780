"""The idempotency keys' rows in SQL."""

import dataclasses
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select, tuple_

from hub.core.idempotency import IdempotencyKey, IdempotencyStore
from hub.storage.prepared import inserting_new, prepared
from hub.storage.tables import idempotency_keys as keys

_FIELDS = tuple(field.name for field in dataclasses.fields(IdempotencyKey))
_ADD = inserting_new(keys)
_SAME = prepared(
    select(keys).where(
        keys.c.caller == bindparam("who"), keys.c.method == bindparam("what"), keys.c.request_id == bindparam("which")
    )
)


class SqlIdempotencyStore(IdempotencyStore):
    """See IdempotencyStore."""

    def add(self, conn: Connection, key: IdempotencyKey) -> bool:
        """See IdempotencyStore.add."""
        return _ADD.run(conn, {name: getattr(key, name) for name in _FIELDS}) == 1

    def get(self, conn: Connection, caller: str, method: str, request_id: str) -> IdempotencyKey | None:
        """See IdempotencyStore.get."""
        row = _SAME.first(conn, {"who": caller, "what": method, "which": request_id})
        return None if row is None else IdempotencyKey(**row._asdict())

    def prune(self, conn: Connection, *, now: datetime, limit: int) -> int:
        """See IdempotencyStore.prune."""
        key = tuple(keys.primary_key)
        old = select(*key).where(keys.c.expires_at < now).limit(limit)
        return conn.execute(delete(keys).where(tuple_(*key).in_(old))).rowcount
