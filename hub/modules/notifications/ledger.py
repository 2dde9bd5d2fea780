"""The one way to write what happened to a notification: its row, the event that tells it, the job that goes on."""

import base64
import hashlib
import json
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from hub.core.database import Database
from hub.core.events import Event, Events
from hub.core.jobs import NewJob
from hub.core.outbox import Outbox
from hub.modules.notifications.accounts import job_kind
from hub.modules.notifications.answers import Report
from hub.modules.notifications.campaign_store import CampaignStore
from hub.modules.notifications.letter import Letter, decode_contents, decode_letter
from hub.modules.notifications.planning import Step, decode_steps
from hub.modules.notifications.states import NotificationState, Priority, state_of
from hub.modules.notifications.store import NotificationRow, NotificationsStore

NOTIFICATION = "notifications.Notification"
CAMPAIGN = "notifications.Campaign"

CREATED = "notifications.notification.created"
STATE_CHANGED = "notifications.notification.state_changed"
CAMPAIGN_CREATED = "notifications.campaign.created"
CAMPAIGN_CANCELLED = "notifications.campaign.cancelled"

_UNTOLD = frozenset({NotificationState.QUEUED, NotificationState.SENDING})
_JOB_PRIORITIES = {Priority.HIGH: 10, Priority.NORMAL: 100, Priority.LOW: 200}
_REFERENCE_BYTES = 20  # 32 letters of base32


def reference_of(row: NotificationRow) -> str:
    """Return our reference of the row's present sending: the same for ever, and nobody else's."""
    return derived(row.reference, str(row.sendings))


def derived(reference: str, what: str) -> str:
    """Return a reference that follows from another one; that is a keyed hash, so nobody can guess this one either."""
    digest = hashlib.sha256(f"{reference}:{what}".encode()).digest()
    return base64.b32encode(digest[:_REFERENCE_BYTES]).decode()


def recorded(row: NotificationRow) -> str:
    """Return the attempts with the one that just ended."""
    ended = {
        "account": row.account,
        "channel": row.channel,
        "state": row.state,
        "failure_reason": row.failure_reason,
        "vendor_code": row.vendor_code,
        "vendor_reference": row.vendor_reference,
        "vendor_id": row.vendor_id,
        "send_time": None if row.send_time is None else row.send_time.isoformat(),
        "cost": None if row.cost_minor_units is None else row.cost_minor_units - spent_before(row),
    }
    return json.dumps([*json.loads(row.attempts), ended], separators=(",", ":"))


def spent_before(row: NotificationRow) -> int:
    """Return what the sendings before the present one cost, in minor units, as far as it was told."""
    return sum(attempt.get("cost") or 0 for attempt in json.loads(row.attempts))


def doubts(row: NotificationRow) -> int:
    """Return how many sendings before the present one ended without anybody knowing how."""
    return sum(attempt["state"] == NotificationState.OUTCOME_UNKNOWN for attempt in json.loads(row.attempts))


def with_report(row: NotificationRow, report: Report) -> NotificationRow:
    """Return the notification after what a provider told of it; times of the next question are the caller's."""
    state, reason = state_of(report)
    cost = report.cost
    return replace(
        row,
        state=state,
        failure_reason=reason,
        unknown_reason="",
        needs_person=False,
        vendor_id=report.vendor_id or row.vendor_id,
        vendor_code=report.vendor_code[:64] or row.vendor_code,
        deliver_time=report.time if state is NotificationState.DELIVERED else row.deliver_time,
        cost_minor_units=row.cost_minor_units if cost is None else spent_before(row) + cost.minor_units,
        cost_currency=row.cost_currency if cost is None else cost.currency,
        parts=report.parts or row.parts,
    )


class Ledger:
    """Writes notifications within a given transaction."""

    def __init__(
        self, *, store: NotificationsStore, campaigns: CampaignStore, database: Database, outbox: Outbox, events: Events
    ) -> None:
        self._store = store
        self._campaigns = campaigns
        self._database = database
        self._outbox = outbox
        self._events = events

    async def notification(self, notification_id: str) -> NotificationRow | None:
        """Return a notification whoever owns it."""
        return await self._database.read(lambda conn: self._store.get(conn, notification_id))

    async def with_letter(self, notification_id: str) -> tuple[NotificationRow, Letter] | None:
        """Return a notification with what it says; None if there is none, or what it says is forgotten."""

        def read(conn: Connection) -> tuple[NotificationRow, Letter] | None:
            row = self._store.get(conn, notification_id)
            if row is None or row.letter is None:
                return None
            letter = decode_letter(row.letter)
            if letter.contents or not row.campaign_id:
                return row, letter
            campaign = self._campaigns.get(conn, row.campaign_id)
            if campaign is None or campaign.letter is None:
                return None
            return row, replace(letter, contents=decode_contents(json.loads(campaign.letter)["contents"]))

        return await self._database.read(read)

    def add(self, conn: Connection, row: NotificationRow, cause: NewJob) -> None:
        """Insert a notification with the job that sends it."""
        self._store.add(conn, row)
        if not row.campaign_id or row.state != NotificationState.QUEUED:  # a campaign is told of as a whole
            self._events.append(conn, _created(row))
        if row.state == NotificationState.QUEUED:
            self.send_later(conn, row, cause, run_at=row.schedule_time)

    def write(self, conn: Connection, before: NotificationRow, after: NotificationRow) -> NotificationRow:
        """Write a notification, and the event of a new state; returns it as it is written.

        Raises:
            StaleVersionError: it changed since `before` was read. That is the row as it lies there, and nothing else:
                what `after` has alike isn't written.
        """
        written = self._store.update(conn, before, after, update_time=self._database.now(conn))
        if before.state != after.state and after.state not in _UNTOLD:
            self._events.append(conn, _state_event(before, after))
        return written

    def send_later(self, conn: Connection, row: NotificationRow, cause: NewJob, *, run_at: datetime | None) -> None:
        """Have the present step of a notification tried; `cause`: the job of the request that it began with."""
        job = NewJob(
            kind=job_kind(row.account),
            payload={"sending": str(row.sendings)},
            resource=NOTIFICATION,
            resource_id=row.id,
            owner=row.owner,
            caller=cause.caller,
            method=cause.method,
            request_id=cause.request_id,
            business_reference=row.business_reference,
            traceparent=row.traceparent,
            run_at=run_at,
            priority=_JOB_PRIORITIES[Priority(row.priority)],
        )
        self._outbox.enqueue(conn, job)

    def tell(self, conn: Connection, event: Event) -> None:
        """Append an event."""
        self._events.append(conn, event)


def steps_of(row: NotificationRow) -> tuple[Step, ...]:
    """Return the notification's route."""
    return decode_steps(row.route)


def _created(row: NotificationRow) -> Event:
    return _event(CREATED, row, {"state": row.state})


def _state_event(before: NotificationRow, after: NotificationRow) -> Event:
    data = {"state": str(after.state), "previous_state": str(before.state)}
    if after.failure_reason and after.state != NotificationState.SENT:
        data["failure_reason"] = str(after.failure_reason)
    if after.unknown_reason:
        data["unknown_reason"] = str(after.unknown_reason)
    return _event(STATE_CHANGED, after, data)


def _event(kind: str, row: NotificationRow, more: dict[str, str]) -> Event:
    data = {"notification_id": row.id, "account": row.account, "channel": row.channel, **more}
    if row.campaign_id:
        data["campaign_id"] = row.campaign_id
    return Event(
        type=kind,
        subject=row.id,
        owner=row.owner,
        business_reference=row.business_reference,
        data=data,
        traceparent=row.traceparent,
    )
