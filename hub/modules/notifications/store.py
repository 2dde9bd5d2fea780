"""Notifications as they are stored, and the queries of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, bindparam, func, select, update

from hub.core.crypto import KeyRing, SealedColumn
from hub.modules.notifications.states import NotificationState
from hub.modules.notifications.tables import notifications
from hub.storage.owned import newest_first
from hub.storage.prepared import Prepared, inserting, prepared


@dataclass(frozen=True, kw_only=True)
class NotificationRow:
    """A notification as it is stored; times UTC. `changed` is how to get from one to the next.

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

    def changed(self, **values: Any) -> "NotificationRow":
        """Return the notification with other values, as `dataclasses.replace` does, which takes ten times as long.

        Each message passes this several times, and a row is long. Raises TypeError for what is no field.
        """
        return _made({**vars(self), **values})


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Which of the notifications that wait for a person; empty: all. `since`: held by then."""

    owner: str = ""
    account: str = ""
    campaign_id: str = ""
    unknown_reason: str = ""
    since: datetime | None = None


class StaleVersionError(Exception):
    """The notification changed since it was read: what was concluded from it may be old. Read it again."""


_COLUMNS = tuple(item.name for item in fields(NotificationRow))
_NAMES = frozenset(_COLUMNS)
_FIXED = frozenset(
    {
        "id",
        "owner",
        "business_reference",
        "campaign_id",
        "route",
        "reference",
        "priority",
        "unknown_policy",
        "template",
        "template_version",
        "time_zone",
        "letter",
        "job_id",
        "traceparent",
        "schedule_time",
        "expire_time",
        "create_time",
    }
)
_CHANGING = tuple(name for name in _COLUMNS if name not in _FIXED | {"version"})
_VALUES = attrgetter(*_CHANGING)
_MOST_WRITES = 100  # sets of columns that have a statement of their own: a message's life has about a dozen

# Each message passes these twice or more.
_INSERT = inserting(notifications)
_ONE = prepared(select(notifications).where(notifications.c.id == bindparam("row")))
_SENT_SINCE = prepared(
    select(func.count().label("sent"), func.min(notifications.c.send_time).label("first")).where(
        notifications.c.pseudonym == bindparam("whom"),
        notifications.c.account == bindparam("by"),
        notifications.c.send_time > bindparam("since"),
    )
)


class NotificationsStore:
    """Reads and writes within a given transaction; personal data is sealed here and nowhere else."""

    def __init__(self, *, ring: KeyRing) -> None:
        self._letter = SealedColumn(ring=ring, table="notifications_notifications", column="letter")
        self._writes: dict[tuple[str, ...], Prepared] = {}  # a memo, by the columns that are written

    def add(self, conn: Connection, row: NotificationRow) -> None:
        """Insert a new notification."""
        letter = None if row.letter is None else self._letter.seal(row.id, row.letter)
        _INSERT.run(conn, {**vars(row), "letter": letter})

    def update(
        self, conn: Connection, before: NotificationRow, after: NotificationRow, *, update_time: datetime
    ) -> NotificationRow:
        """Write what became of a notification, unless it changed in between; how it was asked for never changes.

        What is equal in both isn't written: a column that is costs a change of each index that it is in, too.

        Args:
            conn: The transaction.
            before: As it was read or written last.
            after: As it is to be.
            update_time: When it last changed in a way that anybody asks for.

        Returns:
            It as it is written.

        Raises:
            StaleVersionError: it changed.
        """
        written = after.changed(version=before.version + 1, update_time=update_time)
        pairs = zip(_CHANGING, _VALUES(before), _VALUES(written), strict=True)
        new = {name: value for name, old, value in pairs if value != old}
        keys = {"row": before.id, "was": before.version, "is_now": written.version}
        if self._write(tuple(new)).run(conn, {f"to_{name}": value for name, value in new.items()} | keys) != 1:
            raise StaleVersionError
        return written

    def _write(self, names: tuple[str, ...]) -> Prepared:
        statement = self._writes.get(names)
        if statement is None:
            if len(self._writes) >= _MOST_WRITES:
                self._writes.clear()
            statement = self._writes[names] = _writing(names)
        return statement

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
        return (0, None) if found is None else (found.sent, found.first)

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

    def list_held(self, conn: Connection, *, limit: int, held: Held | None = None) -> list[NotificationRow]:
        """Return notifications that wait for a person, oldest first, whoever owns them."""
        waits = (notifications.c.state == NotificationState.OUTCOME_UNKNOWN, notifications.c.needs_person.is_(True))
        query = select(notifications).where(*waits, *_filtered(held or Held()))
        query = query.order_by(notifications.c.create_time).limit(limit)
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

    def _row(self, found: RowMapping | dict[str, Any]) -> NotificationRow:
        values: dict[str, Any] = {**found}
        letter = values["letter"]
        values["letter"] = None if letter is None else self._letter.open(values["id"], letter)
        return _made(values)


def _made(values: dict[str, Any]) -> NotificationRow:
    """Return a row of all its values, which are taken as they are: setting them one by one is what takes long."""
    if values.keys() != _NAMES:
        raise TypeError("a notification has other fields")
    row = object.__new__(NotificationRow)
    vars(row).update(values)
    return row


def _writing(names: Iterable[str]) -> Prepared:
    table = notifications.c
    return prepared(
        update(notifications)
        .where(table.id == bindparam("row"), table.version == bindparam("was"))
        .values({"version": bindparam("is_now")} | {name: bindparam(f"to_{name}") for name in names})
    )


def _filtered(held: Held) -> list[ColumnElement[bool]]:
    named = {name: getattr(held, name) for name in ("owner", "account", "campaign_id", "unknown_reason")}
    found: list[ColumnElement[bool]] = [notifications.c[name] == value for name, value in named.items() if value]
    return found if held.since is None else [*found, notifications.c.update_time <= held.since]
