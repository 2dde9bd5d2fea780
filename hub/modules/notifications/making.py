"""Makes notifications: from a plan, addresses and a text to the row that is sent."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection

from hub.core.call import Call
from hub.core.clock import Clock
from hub.core.ids import Ids
from hub.core.jobs import NewJob
from hub.core.persons import Persons
from hub.modules.notifications.accounts import Accounts
from hub.modules.notifications.addresses import is_personal, pseudonym_of
from hub.modules.notifications.ledger import NOTIFICATION, Ledger
from hub.modules.notifications.letter import Letter, encode_letter
from hub.modules.notifications.planning import Plan, Planner, What, contents_in_full, encode_steps, reachable
from hub.modules.notifications.states import FailureReason, NotificationState, UnknownReason
from hub.modules.notifications.store import NotificationRow
from hub.modules.notifications.wording import TemplateUse, Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """One notification, ready to be written.

    Attributes:
        plan, letter: How it is treated, and what it says to whom.
        reference: From which our references at the providers are made.
        failure: It can't be sent, and why; None: it can.
        unknown: It may have gone out already; None: it hasn't.
    """

    plan: Plan
    letter: Letter = field(repr=False)
    reference: str
    business_reference: str = ""
    time_zone: str = ""
    campaign_id: str = ""
    failure: FailureReason | None = None
    unknown: UnknownReason | None = None


class Making:
    """Words and writes notifications."""

    def __init__(
        self,
        *,
        accounts: Accounts,
        planner: Planner,
        ledger: Ledger,
        wording: Wording,
        persons: Persons,
        clock: Clock,
        ids: Ids,
    ) -> None:
        self._accounts = accounts
        self._planner = planner
        self._ledger = ledger
        self._wording = wording
        self._persons = persons
        self._clock = clock
        self._ids = ids

    def now(self) -> datetime:
        """Return the time that plans begin with."""
        return self._clock.now()

    async def worded(self, call: Call, plan: Plan, what: What) -> Plan:
        """Return the plan with what each channel says.

        Raises:
            InvalidRequestError: the template can't be filled in, or no account of the route can carry it.
        """
        if not isinstance(what, TemplateUse):
            return self._planner.with_contents(plan, contents_in_full(what, plan.channels))
        worded = await self._wording.render(call.group, what, plan.channels)
        said = replace(plan, template=what.template, template_version=worded.version)
        return self._planner.with_contents(said, worded.contents)

    def write(
        self, conn: Connection, made: Made, cause: NewJob, *, now: datetime, notification_id: str = ""
    ) -> NotificationRow:
        """Write a notification and its job; `cause` tells of the request that asked for it."""
        plan = made.plan
        steps = reachable(plan.steps, made.letter.addresses)
        step = (steps or plan.steps)[0]
        account = self._accounts.get(step.account)
        stand_ins = {channel: pseudonym_of(self._persons, channel, to) for channel, to in made.letter.addresses.items()}
        row = NotificationRow(
            id=notification_id or self._ids.resource_id(),
            owner=cause.owner,
            business_reference=made.business_reference,
            campaign_id=made.campaign_id,
            state=_state(made, has_a_way=bool(steps)),
            failure_reason=made.failure or ("" if steps else FailureReason.CONTENT_INVALID),
            unknown_reason=made.unknown or "",
            needs_person=made.unknown is not None,
            route=encode_steps(steps or plan.steps),
            account=step.account,
            provider="" if account is None else account.port.name,
            channel=step.channel,
            reference=made.reference,
            priority=plan.priority,
            unknown_policy=plan.unknown_policy,
            template=plan.template,
            template_version=plan.template_version,
            time_zone=made.time_zone,
            letter=encode_letter(made.letter),
            pseudonym=stand_ins.get(step.channel, ""),
            traceparent=cause.traceparent,
            schedule_time=plan.schedule_time,
            expire_time=plan.expire_time,
            step_time=max(now, plan.schedule_time),
            create_time=now,
            update_time=now,
        )
        self._ledger.add(conn, row, cause)
        persons = [pseudonym for channel, pseudonym in stand_ins.items() if is_personal(channel)]
        self._persons.link_pseudonyms(conn, resource=NOTIFICATION, resource_id=row.id, pseudonyms=persons)
        return row


def _state(made: Made, *, has_a_way: bool) -> NotificationState:
    if made.failure is not None or not has_a_way:
        return NotificationState.FAILED
    return NotificationState.QUEUED if made.unknown is None else NotificationState.OUTCOME_UNKNOWN
