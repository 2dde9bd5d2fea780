"""The idempotency keys' rows in SQL."""

import dataclasses
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select, tuple_

from hub.core.idempotency import IdempotencyKey, IdempotencyStore
from hub.storage.inserts import insert_new
from hub.storage.tables import idempotency_keys as keys

_SAME = select(keys).where(
    keys.c.caller == bindparam("who"), keys.c.method == bindparam("what"), keys.c.request_id == bindparam("which")
)


class SqlIdempotencyStore(IdempotencyStore):
    """See IdempotencyStore."""

    def add(self, conn: Connection, key: IdempotencyKey) -> bool:
        """See IdempotencyStore.add."""
        return insert_new(conn, keys, {field.name: getattr(key, field.name) for field in dataclasses.fields(key)})

    def get(self, conn: Connection, caller: str, method: str, request_id: str) -> IdempotencyKey | None:
        """See IdempotencyStore.get."""
        row = conn.execute(_SAME, {"who": caller, "what": method, "which": request_id}).first()
        return None if row is None else IdempotencyKey(**row._asdict())

    def prune(self, conn: Connection, *, now: datetime, limit: int) -> int:
        """See IdempotencyStore.prune."""
        key = tuple(keys.primary_key)
        old = select(*key).where(keys.c.expires_at < now).limit(limit)
        return conn.execute(delete(keys).where(tuple_(*key).in_(old))).rowcount
