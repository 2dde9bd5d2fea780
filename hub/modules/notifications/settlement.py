"""What waits for a person: messages that may have gone out, and how a person settles them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from hub.core.call import Call
from hub.core.database import Database
from hub.core.effects import Claim, Effects
from hub.core.errors import PreconditionError
from hub.module_api import Resolution, StuckResource
from hub.modules.notifications.accounts import SEND
from hub.modules.notifications.ledger import NOTIFICATION, Ledger, recorded
from hub.modules.notifications.port import DOMAIN
from hub.modules.notifications.service import cause_of, not_found
from hub.modules.notifications.states import FailureReason, NotificationState
from hub.modules.notifications.store import NotificationRow, NotificationsStore

_REMEDY = "Look the message up in the provider's cabinet, then settle it: ResolveNotification, or `hub resolve`."


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a person found out: whether it went out, the provider's id of it, and if not, whether to send it now."""

    was_sent: bool
    vendor_id: str = ""
    send_again: bool = False


class Settlement:
    """Lists and settles the outcomes nobody can find out by asking."""

    def __init__(self, *, store: NotificationsStore, ledger: Ledger, database: Database, effects: Effects) -> None:
        self._store = store
        self._ledger = ledger
        self._database = database
        self._effects = effects

    async def stuck(self, limit: int) -> Sequence[StuckResource]:
        """Return the notifications that are held for a person, oldest first."""
        rows = await self._database.read(lambda conn: self._store.list_held(conn, limit=limit))
        return [
            StuckResource(
                resource=f"{NOTIFICATION}/{row.id}",
                kind=SEND,
                since=row.update_time,
                last_error=row.unknown_reason,
                business_reference=row.business_reference,
                remedy=_REMEDY,
            )
            for row in rows
        ]

    async def resolve_outcome(self, call: Call, resolution: Resolution) -> str:
        """Settle a notification for an administrator."""
        finding = Finding(was_sent=resolution.vendor_id is not None, vendor_id=resolution.vendor_id or "")
        return (await self._settle(call, resolution.resource_id, finding, owner=None)).state

    async def resolve(self, call: Call, notification_id: str, finding: Finding) -> NotificationRow:
        """Settle a notification of the caller's.

        Raises:
            NotFoundError: no such notification, or another caller's.
            PreconditionError: nothing waits for a person there.
        """
        return await self._settle(call, notification_id, finding, owner=call.group)

    async def _settle(
        self, call: Call, notification_id: str, finding: Finding, *, owner: str | None
    ) -> NotificationRow:
        def change(conn: Connection, _claim: Claim) -> None:
            row = self._store.get(conn, notification_id)
            if row is None or owner not in {None, row.owner}:
                raise not_found()
            if row.state != NotificationState.OUTCOME_UNKNOWN:
                raise _nothing_to_resolve(row, administrator=owner is None)
            written = self._ledger.write(conn, row, settled(row, finding))
            if written.state == NotificationState.QUEUED:
                self._ledger.send_later(conn, written, replace(cause_of(call), owner=row.owner), run_at=None)

        await self._effects.record(call, resource=NOTIFICATION, resource_id=notification_id, change=change)
        found = await self._ledger.notification(notification_id)
        if found is None:
            raise not_found()
        return found


def settled(row: NotificationRow, finding: Finding) -> NotificationRow:
    """Return the notification as it is after what a person found out."""
    known = replace(row, unknown_reason="", needs_person=False)
    if finding.was_sent:
        return replace(known, state=NotificationState.SENT, vendor_id=finding.vendor_id or row.vendor_id)
    failed = replace(known, state=NotificationState.FAILED, failure_reason=FailureReason.NOT_SENT)
    if not finding.send_again:
        return failed
    attempts = recorded(failed) if row.send_time is not None else row.attempts
    return replace(
        failed,
        state=NotificationState.QUEUED,
        failure_reason="",
        attempts=attempts,
        sendings=row.sendings + 1,
        vendor_reference="",
        send_time=None,
    )


def _nothing_to_resolve(row: NotificationRow, *, administrator: bool) -> PreconditionError:
    return PreconditionError(
        f"The notification is {row.state}, and nothing of it waits for a person.",
        reason="OUTCOME_KNOWN" if administrator else "NOTHING_TO_RESOLVE",
        domain="landhub.hub.v1" if administrator else DOMAIN,
        metadata={"state": row.state},
    )
