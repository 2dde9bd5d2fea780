"""Campaigns as they are stored, and the parts of them that aren't written out yet."""

from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from hub.core.crypto import KeyRing, SealedColumn
from hub.modules.notifications.states import NotificationState
from hub.modules.notifications.tables import campaigns, chunks, notifications
from hub.storage.prepared import prepared


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignRow:
    """A campaign. `written` of its `size` notifications are rows of their own; the others lie in chunks.

    `plan` is JSON: how each is treated; `letter`: what all recipients are told alike.
    """

    id: str
    owner: str
    business_reference: str
    state: str
    size: int
    plan: str
    create_time: datetime
    update_time: datetime
    written: int = 0
    letter: bytes | None = field(default=None, repr=False)
    traceparent: str = ""


_ONE = prepared(select(campaigns).where(campaigns.c.id == bindparam("row")))  # read for each message of a campaign


class CampaignStore:
    """Reads and writes within a given transaction; personal data is sealed here and nowhere else."""

    def __init__(self, *, ring: KeyRing) -> None:
        self._campaign = SealedColumn(ring=ring, table="notifications_campaigns", column="letter")
        self._chunk = SealedColumn(ring=ring, table="notifications_chunks", column="letter")

    def add(self, conn: Connection, row: CampaignRow) -> None:
        """Insert a new campaign."""
        values: dict[str, object] = {item.name: getattr(row, item.name) for item in fields(CampaignRow)}
        values["letter"] = None if row.letter is None else self._campaign.seal(row.id, row.letter)
        conn.execute(insert(campaigns).values(values))

    def get(self, conn: Connection, campaign_id: str) -> CampaignRow | None:
        """Return a campaign whoever owns it."""
        found = _ONE.first(conn, {"row": campaign_id})
        if found is None:
            return None
        values: dict[str, Any] = {item.name: getattr(found, item.name) for item in fields(CampaignRow)}
        if values["letter"] is not None:
            values["letter"] = self._campaign.open(campaign_id, values["letter"])
        return CampaignRow(**values)

    def change(
        self, conn: Connection, campaign_id: str, *, state: str | None = None, more_written: int = 0, now: datetime
    ) -> None:
        """Move a campaign to a state, and count what was written out."""
        values: dict[str, Any] = {"update_time": now, "written": campaigns.c.written + more_written}
        if state is not None:
            values["state"] = state
        conn.execute(update(campaigns).where(campaigns.c.id == campaign_id).values(values))

    def totals(self, conn: Connection, campaign_id: str) -> dict[str, int]:
        """Return how many notifications of a campaign are in each state; those not written out aren't among them."""
        query = (
            select(notifications.c.state, func.count())
            .where(notifications.c.campaign_id == campaign_id)
            .group_by(notifications.c.state)
        )
        return {row[0]: row[1] for row in conn.execute(query)}

    def cost(self, conn: Connection, campaign_id: str) -> dict[str, int]:
        """Return what a campaign cost so far in minor units, by currency."""
        query = (
            select(notifications.c.cost_currency, func.sum(notifications.c.cost_minor_units))
            .where(notifications.c.campaign_id == campaign_id, notifications.c.cost_minor_units.is_not(None))
            .group_by(notifications.c.cost_currency)
        )
        return {currency: int(total) for currency, total in conn.execute(query)}

    def cancel_queued(self, conn: Connection, campaign_id: str, *, now: datetime) -> int:
        """Cancel what of a campaign is queued; returns how many. What leaves at this moment is not among them."""
        queued = (
            notifications.c.campaign_id == campaign_id,
            notifications.c.state == NotificationState.QUEUED,
        )
        values = {"state": NotificationState.CANCELLED, "version": notifications.c.version + 1, "update_time": now}
        return conn.execute(update(notifications).where(*queued).values(values)).rowcount

    def add_chunk(self, conn: Connection, campaign_id: str, number: int, letter: bytes) -> None:
        """Keep a part of a campaign's recipients until it is written out."""
        chunk_id = f"{campaign_id}.{number}"
        sealed = self._chunk.seal(chunk_id, letter)
        conn.execute(insert(chunks).values(id=chunk_id, campaign_id=campaign_id, number=number, letter=sealed))

    def first_chunk(self, conn: Connection, campaign_id: str) -> tuple[int, bytes] | None:
        """Return the next part to write out, with its number; None when all are."""
        query = select(chunks).where(chunks.c.campaign_id == campaign_id).order_by(chunks.c.number).limit(1)
        found = conn.execute(query).mappings().first()
        return None if found is None else (found["number"], self._chunk.open(found["id"], found["letter"]))

    def drop_chunk(self, conn: Connection, campaign_id: str, number: int) -> bool:
        """Forget a part; False if it is gone already."""
        return conn.execute(delete(chunks).where(chunks.c.id == f"{campaign_id}.{number}")).rowcount == 1

    def drop_chunks(self, conn: Connection, campaign_id: str) -> None:
        """Forget all parts of a campaign."""
        conn.execute(delete(chunks).where(chunks.c.campaign_id == campaign_id))
