"""The module's tables and queries: notifications, campaigns and what of a campaign isn't written out yet."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Index,
    Integer,
    MetaData,
    RowMapping,
    String,
    Table,
    Text,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)

from hub.core.crypto import KeyRing, SealedColumn
from hub.modules.notifications.states import NotificationState
from hub.storage.owned import newest_first
from hub.storage.prepared import inserting, prepared
from hub.storage.types import EncryptedBytes, UtcTime

metadata = MetaData()

notifications = Table(
    "notifications_notifications",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("owner", String(128), nullable=False),
    Column("business_reference", String(64), nullable=False),
    Column("campaign_id", String(64), nullable=False),
    Column("state", String(32), nullable=False),
    Column("failure_reason", String(32), nullable=False),
    Column("unknown_reason", String(32), nullable=False),
    Column("needs_person", Boolean, nullable=False),
    Column("route", Text, nullable=False),
    Column("step", Integer, nullable=False),
    Column("account", String(64), nullable=False),
    Column("provider", String(64), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("reference", String(64), nullable=False),
    Column("sendings", Integer, nullable=False),
    Column("vendor_reference", String(64), nullable=False),
    Column("vendor_id", String(128), nullable=False),
    Column("vendor_code", String(64), nullable=False),
    Column("attempts", Text, nullable=False),
    Column("cost_minor_units", BigInteger, nullable=True),
    Column("cost_currency", String(3), nullable=False),
    Column("parts", Integer, nullable=False),
    Column("priority", String(16), nullable=False),
    Column("unknown_policy", String(16), nullable=False),
    Column("template", String(64), nullable=False),
    Column("template_version", Integer, nullable=False),
    Column("time_zone", String(64), nullable=False),
    Column("letter", EncryptedBytes, nullable=True),
    Column("pseudonym", String(64), nullable=False),
    Column("job_id", String(64), nullable=False),
    Column("traceparent", String(64), nullable=False),
    Column("schedule_time", UtcTime, nullable=False),
    Column("expire_time", UtcTime, nullable=False),
    Column("step_time", UtcTime, nullable=False),
    Column("send_time", UtcTime, nullable=True),
    Column("deliver_time", UtcTime, nullable=True),
    Column("report_time", UtcTime, nullable=True),
    Column("create_time", UtcTime, nullable=False),
    Column("update_time", UtcTime, nullable=False),
)
Index(
    "notifications_by_owner",
    notifications.c.owner,
    notifications.c.create_time,
    notifications.c.id,
)
Index("notifications_by_campaign", notifications.c.campaign_id, notifications.c.state)
Index("notifications_by_recipient", notifications.c.pseudonym, notifications.c.send_time)
Index("notifications_by_report_time", notifications.c.account, notifications.c.report_time)
Index("notifications_by_vendor_id", notifications.c.account, notifications.c.vendor_id)
Index("notifications_by_vendor_reference", notifications.c.vendor_reference)
Index("notifications_by_state", notifications.c.state, notifications.c.update_time)

campaigns = Table(
    "notifications_campaigns",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("owner", String(128), nullable=False),
    Column("business_reference", String(64), nullable=False),
    Column("state", String(32), nullable=False),
    Column("size", Integer, nullable=False),
    Column("written", Integer, nullable=False),
    Column("plan", Text, nullable=False),
    Column("letter", EncryptedBytes, nullable=True),
    Column("traceparent", String(64), nullable=False),
    Column("create_time", UtcTime, nullable=False),
    Column("update_time", UtcTime, nullable=False),
)

chunks = Table(
    "notifications_chunks",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("campaign_id", String(64), nullable=False),
    Column("number", Integer, nullable=False),
    Column("letter", EncryptedBytes, nullable=False),
)
Index("notifications_chunks_by_campaign", chunks.c.campaign_id, chunks.c.number)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationRow:
    """A notification as it is stored; times UTC.

    Attributes:
        route: JSON of the steps that are left to be tried and those that were: `[[account, sender, channel], ...]`.
        step: Which of them is tried now.
        reference: From which our reference of each sending is made; `sendings`: how many there were.
        attempts: JSON of the sendings that are over, without personal data.
        letter: JSON: addresses, texts, files; None once it is forgotten.
        pseudonym: Stands for the address of the present step.
        step_time: Since when this step is tried; `report_time`: when the provider is asked next; None: not any more.
    """

    id: str
    owner: str
    business_reference: str
    state: str
    route: str
    account: str
    provider: str
    channel: str
    reference: str
    priority: str
    unknown_policy: str
    schedule_time: datetime
    expire_time: datetime
    step_time: datetime
    create_time: datetime
    update_time: datetime
    version: int = 1
    campaign_id: str = ""
    failure_reason: str = ""
    unknown_reason: str = ""
    needs_person: bool = False
    step: int = 0
    sendings: int = 0
    vendor_reference: str = ""
    vendor_id: str = ""
    vendor_code: str = ""
    attempts: str = "[]"
    cost_minor_units: int | None = None
    cost_currency: str = ""
    parts: int = 0
    template: str = ""
    template_version: int = 0
    time_zone: str = ""
    letter: bytes | None = field(default=None, repr=False)
    pseudonym: str = ""
    job_id: str = ""
    traceparent: str = ""
    send_time: datetime | None = None
    deliver_time: datetime | None = None
    report_time: datetime | None = None


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


class StaleVersionError(Exception):
    """The notification changed since it was read: what was concluded from it may be old. Read it again."""


_COLUMNS = tuple(item.name for item in fields(NotificationRow))
_CHANGING = tuple(name for name in _COLUMNS if name not in {"id", "version", "letter"})

# Each message passes these twice or more.
_INSERT = inserting(notifications)
_ONE = prepared(select(notifications).where(notifications.c.id == bindparam("row")))
_WRITE = prepared(
    update(notifications)
    .where(notifications.c.id == bindparam("row"), notifications.c.version == bindparam("was"))
    .values({"version": bindparam("is_now"), **{name: bindparam(f"to_{name}") for name in _CHANGING}})
)
_SENT_SINCE = prepared(
    select(func.count(), func.min(notifications.c.send_time).label("first")).where(
        notifications.c.pseudonym == bindparam("whom"),
        notifications.c.account == bindparam("by"),
        notifications.c.send_time > bindparam("since"),
    )
)


class NotificationsStore:
    """Reads and writes within a given transaction; personal data is sealed here and nowhere else."""

    def __init__(self, *, ring: KeyRing) -> None:
        self._letter = SealedColumn(ring=ring, table="notifications_notifications", column="letter")
        self._campaign = SealedColumn(ring=ring, table="notifications_campaigns", column="letter")
        self._chunk = SealedColumn(ring=ring, table="notifications_chunks", column="letter")

    def add(self, conn: Connection, row: NotificationRow) -> None:
        """Insert a new notification."""
        values: dict[str, object] = {name: getattr(row, name) for name in _COLUMNS}
        values["letter"] = None if row.letter is None else self._letter.seal(row.id, row.letter)
        _INSERT.run(conn, values)

    def update(self, conn: Connection, row: NotificationRow) -> NotificationRow:
        """Write a notification read before, unless it changed in between; its letter never changes.

        Raises:
            StaleVersionError: it did.
        """
        values: dict[str, object] = {f"to_{name}": getattr(row, name) for name in _CHANGING}
        keys = {"row": row.id, "was": row.version, "is_now": row.version + 1}
        if _WRITE.run(conn, values | keys) != 1:
            raise StaleVersionError
        return replace(row, version=row.version + 1)

    def get(self, conn: Connection, notification_id: str) -> NotificationRow | None:
        """Return a notification whoever owns it."""
        found = _ONE.first(conn, {"row": notification_id})
        return None if found is None else self._row(found._asdict())

    def list_notifications(
        self,
        conn: Connection,
        *,
        owner: str,
        business_reference: str = "",
        campaign_id: str = "",
        states: Sequence[str] = (),
        before: tuple[datetime, str] | None = None,
        limit: int,
    ) -> list[NotificationRow]:
        """Return an owner's notifications, newest first; `before` is the last one of the page before."""
        query = newest_first(
            notifications,
            owner=owner,
            business_reference=business_reference,
            states=states,
            before=before,
            limit=limit,
        )
        if campaign_id:
            query = query.where(notifications.c.campaign_id == campaign_id)
        return [self._row(found) for found in conn.execute(query).mappings()]

    def sent_since(
        self, conn: Connection, *, pseudonym: str, account: str, since: datetime
    ) -> tuple[int, datetime | None]:
        """Return how many messages an account sent to one recipient since a time, and when the first of them."""
        found = _SENT_SINCE.first(conn, {"whom": pseudonym, "by": account, "since": since})
        return (0, None) if found is None else (found[0], found[1])

    def due_for_report(self, conn: Connection, *, account: str, now: datetime, limit: int) -> list[NotificationRow]:
        """Return the notifications of an account that the provider should be asked of now, longest due first."""
        query = (
            select(notifications)
            .where(notifications.c.account == account, notifications.c.report_time <= now)
            .order_by(notifications.c.report_time)
            .limit(limit)
        )
        return [self._row(found) for found in conn.execute(query).mappings()]

    def next_report(self, conn: Connection, *, account: str) -> datetime | None:
        """Return when the next question about a notification of the account is due."""
        wanted = select(func.min(notifications.c.report_time)).where(notifications.c.account == account)
        found: datetime | None = conn.scalar(wanted)
        return found

    def find_at_vendor(
        self, conn: Connection, *, account: str, vendor_id: str, reference: str
    ) -> NotificationRow | None:
        """Return the notification that a provider speaks of, by its id or by ours."""
        if vendor_id:
            by = [notifications.c.account == account, notifications.c.vendor_id == vendor_id]
        else:
            by = [notifications.c.account == account, notifications.c.vendor_reference == reference]
        found = conn.execute(select(notifications).where(*by).limit(1)).mappings().first()
        return None if found is None else self._row(found)

    def list_held(self, conn: Connection, *, limit: int) -> list[NotificationRow]:
        """Return notifications that wait for a person, oldest first, whoever owns them."""
        held = (notifications.c.state == NotificationState.OUTCOME_UNKNOWN, notifications.c.needs_person.is_(True))
        query = select(notifications).where(*held).order_by(notifications.c.create_time).limit(limit)
        return [self._row(found) for found in conn.execute(query).mappings()]

    def list_in_state(
        self, conn: Connection, states: Sequence[str], *, after: str, limit: int
    ) -> list[NotificationRow]:
        """Return notifications in these states by id, whoever owns them, after an id."""
        query = (
            select(notifications)
            .where(notifications.c.state.in_(states), notifications.c.id > after)
            .order_by(notifications.c.id)
            .limit(limit)
        )
        return [self._row(found) for found in conn.execute(query).mappings()]

    def add_campaign(self, conn: Connection, row: CampaignRow) -> None:
        """Insert a new campaign."""
        values: dict[str, object] = {item.name: getattr(row, item.name) for item in fields(CampaignRow)}
        values["letter"] = None if row.letter is None else self._campaign.seal(row.id, row.letter)
        conn.execute(insert(campaigns).values(values))

    def get_campaign(self, conn: Connection, campaign_id: str) -> CampaignRow | None:
        """Return a campaign whoever owns it."""
        found = conn.execute(select(campaigns).where(campaigns.c.id == campaign_id)).mappings().first()
        if found is None:
            return None
        values: dict[str, Any] = {item.name: found[item.name] for item in fields(CampaignRow)}
        if values["letter"] is not None:
            values["letter"] = self._campaign.open(campaign_id, values["letter"])
        return CampaignRow(**values)

    def change_campaign(
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

    def _row(self, found: RowMapping | dict[str, Any]) -> NotificationRow:
        values: dict[str, Any] = {name: found[name] for name in _COLUMNS}
        letter = values["letter"]
        values["letter"] = None if letter is None else self._letter.open(values["id"], letter)
        return NotificationRow(**values)
