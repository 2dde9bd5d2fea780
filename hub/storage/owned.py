"""An owner's resources a page at a time, for every table that has `owner`, `business_reference`, `state` and a time."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, Table, and_, or_, select


def newest_first(
    table: Table,
    *,
    owner: str,
    business_reference: str = "",
    states: Sequence[str] = (),
    before: tuple[datetime, str] | None = None,
    limit: int,
) -> Select[Any]:
    """Select an owner's rows, newest first; `before` is `(create_time, id)` of the last one of the page before."""
    query = select(table).where(table.c.owner == owner)
    if business_reference:
        query = query.where(table.c.business_reference == business_reference)
    if states:
        query = query.where(table.c.state.in_(states))
    if before is not None:
        time, row_id = before
        query = query.where(or_(table.c.create_time < time, and_(table.c.create_time == time, table.c.id < row_id)))
    return query.order_by(table.c.create_time.desc(), table.c.id.desc()).limit(limit)
