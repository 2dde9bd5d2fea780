"""What holds whatever the provider: one notification a request, lists, and taking back what has not left."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection

from hub.core.call import Call
from hub.core.database import Database
from hub.core.effects import Claim, Effects
from hub.core.errors import NotFoundError, PreconditionError
from hub.core.ids import Ids
from hub.core.jobs import NewJob
from hub.core.vendor_reference import ReferenceShape
from hub.modules.notifications.addresses import Recipient, addresses_of
from hub.modules.notifications.ledger import NOTIFICATION, Ledger
from hub.modules.notifications.letter import Letter
from hub.modules.notifications.making import Made, Making
from hub.modules.notifications.message import Channel
from hub.modules.notifications.planning import Handling, Plan, Planner, What, no_way, reachable
from hub.modules.notifications.port import DOMAIN
from hub.modules.notifications.settings import NotificationsSettings
from hub.modules.notifications.states import NotificationState, Priority
from hub.modules.notifications.store import NotificationRow, NotificationsStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A notification that isn't made yet: how it would go, and where to."""

    plan: Plan
    addresses: Mapping[Channel, str] = field(repr=False)


class NotificationsService:
    """The module's rules. Everything it returns belongs to the caller that asks."""

    def __init__(
        self,
        *,
        planner: Planner,
        making: Making,
        store: NotificationsStore,
        ledger: Ledger,
        database: Database,
        effects: Effects,
        ids: Ids,
        settings: NotificationsSettings,
    ) -> None:
        self._planner = planner
        self._making = making
        self._store = store
        self._ledger = ledger
        self._database = database
        self._effects = effects
        self._ids = ids
        self._settings = settings

    async def create(self, call: Call, recipient: Recipient, what: What, handling: Handling) -> NotificationRow:
        """Have a message sent once for the call's request_id; returns when it is durable.

        Raises:
            InvalidRequestError: the recipient can't be reached, the content can't be carried, times contradict.
            PreconditionError: an account isn't the caller's.
        """
        started = await self._effects.find(call)
        if started is not None:
            return await self.get(call, started.resource_id)
        planned = await self.plan(call, recipient, what, handling)
        made = Made(
            plan=planned.plan,
            letter=Letter(addresses=planned.addresses, contents=planned.plan.contents),
            reference=self._effects.reference(call, shape=ReferenceShape(length=32)),
            business_reference=call.business_reference,
            time_zone=recipient.time_zone,
        )

        def change(conn: Connection, claim: Claim) -> None:
            self._making.write(conn, made, cause_of(call), now=claim.now, notification_id=claim.resource_id)

        recorded = await self._effects.record(
            call, resource=NOTIFICATION, resource_id=self._ids.resource_id(), change=change
        )
        return await self.get(call, recorded.resource_id)

    async def plan(self, call: Call, recipient: Recipient, what: What, handling: Handling) -> Planned:
        """Return what `create` would make, and make nothing; raises as it does."""
        plan = self._planner.plan(call, handling, default=Priority.NORMAL, now=self._making.now())
        addresses = addresses_of(recipient, region=self._settings.default_region, field_path="recipient")
        steps = reachable(plan.steps, addresses)
        if not steps:
            raise no_way("recipient", "needs an address for an account of the route")
        return Planned(plan=await self._making.worded(call, replace(plan, steps=steps), what), addresses=addresses)

    async def get(self, call: Call, notification_id: str) -> NotificationRow:
        """Return a notification of the caller's; raises NotFoundError."""
        row = await self._ledger.notification(notification_id)
        if row is None or row.owner != call.group:
            raise not_found()
        return row

    async def list_notifications(
        self,
        call: Call,
        *,
        business_reference: str,
        campaign_id: str,
        states: Sequence[str],
        before: tuple[datetime, str] | None,
        limit: int,
    ) -> list[NotificationRow]:
        """Return the caller's notifications, newest first."""
        return await self._database.read(
            lambda conn: self._store.list_notifications(
                conn,
                owner=call.group,
                business_reference=business_reference,
                campaign_id=campaign_id,
                states=states,
                before=before,
                limit=limit,
            )
        )

    async def cancel(self, call: Call, notification_id: str) -> NotificationRow:
        """Take a notification back, once for the call's request_id.

        Raises:
            NotFoundError: no such notification, or another caller's.
            PreconditionError: it is leaving, has left, or has ended otherwise.
        """
        await self.get(call, notification_id)

        def change(conn: Connection, _claim: Claim) -> None:
            row = self._store.get(conn, notification_id)
            if row is None:
                raise not_found()
            if row.state == NotificationState.CANCELLED:
                return
            if row.state != NotificationState.QUEUED:
                raise PreconditionError(
                    f"The notification is {row.state}: it can't be taken back.",
                    reason="TOO_LATE_TO_CANCEL",
                    domain=DOMAIN,
                    metadata={"state": row.state},
                )
            self._ledger.write(conn, row, replace(row, state=NotificationState.CANCELLED))

        await self._effects.record(call, resource=NOTIFICATION, resource_id=notification_id, change=change)
        return await self.get(call, notification_id)


def cause_of(call: Call) -> NewJob:
    """Return what the jobs of a request tell of it."""
    return NewJob(
        kind="",
        owner=call.group,
        caller=call.caller,
        method=call.method,
        request_id=call.request_id,
        business_reference=call.business_reference,
        traceparent=call.traceparent,
    )


def not_found() -> NotFoundError:
    """Return the error for what isn't there, or isn't the caller's."""
    return NotFoundError("There is no such notification; check its id.", metadata={"resource": NOTIFICATION})
