"""One message to many: a campaign is durable as a whole at once, then written out bit by bit as notifications."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from hub.core.call import Call
from hub.core.database import Database
from hub.core.effects import Claim, Effects
from hub.core.errors import InvalidRequestError, NotFoundError
from hub.core.event_store import Event
from hub.core.ids import Ids
from hub.core.jobs import Done, Job, JobKind, Lease, NewJob, Next
from hub.core.money import Money
from hub.core.outbox import Outbox
from hub.core.vendor_reference import ReferenceShape
from hub.modules.notifications.addresses import Recipient, addresses_of
from hub.modules.notifications.campaign_store import CampaignRow, CampaignStore
from hub.modules.notifications.ledger import CAMPAIGN, CAMPAIGN_CANCELLED, CAMPAIGN_CREATED, Ledger, derived
from hub.modules.notifications.letter import Letter, decode_attachments, encode_attachments, encode_contents
from hub.modules.notifications.making import Made, Making
from hub.modules.notifications.message import Channel
from hub.modules.notifications.planning import (
    Handling,
    Plan,
    Planner,
    What,
    decode_steps,
    encode_steps,
    no_way,
    reachable,
)
from hub.modules.notifications.sending import LEASE, NEVER_GIVE_UP
from hub.modules.notifications.sent_mark import restored_time
from hub.modules.notifications.settings import NotificationsSettings
from hub.modules.notifications.states import AT_WORK, FailureReason, NotificationState, Policy, Priority, UnknownReason
from hub.modules.notifications.wording import TemplateUse, Wording

WRITE_OUT = "notifications.write_out"
OPEN, WRITTEN, CANCELLED = "OPEN", "WRITTEN", "CANCELLED"
CHUNK = 200  # notifications written in one transaction: some ten milliseconds, so that others get their turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One of a campaign's recipients, as the caller names it."""

    recipient: Recipient = field(repr=False)
    values: Mapping[str, Any] = field(default_factory=dict, repr=False)
    business_reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCampaign:
    """A campaign with its totals by state, and what it cost by currency."""

    row: CampaignRow
    totals: Mapping[str, int]
    costs: Sequence[Money]

    @property
    def is_finished(self) -> bool:
        """Whether nothing of it is queued or leaving, and nobody is being asked about it."""
        return not AT_WORK & {state for state, count in self.totals.items() if count}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A campaign that is asked for, checked: its recipients in parts, and what all of them are told."""

    parts: Sequence[bytes] = field(repr=False)
    letter: bytes = field(repr=False)
    plan: Plan
    size: int


class Campaigns:
    """Makes campaigns, writes them out, shows and cancels them."""

    def __init__(
        self,
        *,
        planner: Planner,
        making: Making,
        campaigns: CampaignStore,
        ledger: Ledger,
        database: Database,
        effects: Effects,
        outbox: Outbox,
        wording: Wording,
        ids: Ids,
        settings: NotificationsSettings,
    ) -> None:
        self._planner = planner
        self._making = making
        self._campaigns = campaigns
        self._ledger = ledger
        self._database = database
        self._effects = effects
        self._outbox = outbox
        self._wording = wording
        self._ids = ids
        self._settings = settings

    def kinds(self) -> tuple[JobKind, ...]:
        """Return the kinds of jobs to register."""
        return (
            JobKind(
                name=WRITE_OUT,
                handler=self.write_out,
                concurrency=2,
                lease=LEASE,
                max_failures=NEVER_GIVE_UP,
                max_run=timedelta(hours=1),
            ),
        )

    async def create(self, call: Call, members: Sequence[Member], what: What, handling: Handling) -> ShownCampaign:
        """Have a message sent to many, once for the call's request_id.

        Raises:
            InvalidRequestError: a recipient can't be reached at all, or the content can't be carried.
            PreconditionError: an account isn't the caller's.
        """
        started = await self._effects.find(call)
        if started is not None:
            return await self.get(call, started.resource_id)
        now = self._making.now()
        plan = self._planner.plan(call, handling, default=Priority.LOW, now=now)
        plan = await self._making.worded(call, plan, _first(what, members[0]))
        parts = await asyncio.to_thread(self._parts, members, plan)  # ten thousand phone numbers take a second
        asked = _Asked(parts=parts, letter=_encoded_what(what, plan), plan=plan, size=len(members))
        campaign_id = self._ids.resource_id()
        recorded = await self._effects.record(
            call,
            resource=CAMPAIGN,
            resource_id=campaign_id,
            change=lambda conn, claim: self._begin(conn, claim, asked),
        )
        return await self.get(call, recorded.resource_id)

    async def get(self, call: Call, campaign_id: str) -> ShownCampaign:
        """Return a campaign of the caller's; raises NotFoundError."""
        shown = await self._database.read(lambda conn: self._show(conn, campaign_id))
        if shown is None or shown.row.owner != call.group:
            raise _not_found()
        return shown

    async def cancel(self, call: Call, campaign_id: str) -> ShownCampaign:
        """Take back all of a campaign that has not left, once for the call's request_id."""
        await self.get(call, campaign_id)

        def change(conn: Connection, claim: Claim) -> None:
            row = self._campaigns.get(conn, campaign_id)
            if row is None or row.state == CANCELLED:
                return
            self._campaigns.drop_chunks(conn, campaign_id)
            self._campaigns.change(conn, campaign_id, state=CANCELLED, now=claim.now)
            self._campaigns.cancel_queued(conn, campaign_id, now=claim.now)
            self._ledger.tell(conn, _event(CAMPAIGN_CANCELLED, row))

        await self._effects.record(call, resource=CAMPAIGN, resource_id=campaign_id, change=change)
        return await self.get(call, campaign_id)

    async def write_out(self, job: Job, lease: Lease) -> Next:  # noqa: ARG002 - a part is written once by itself
        """Write a campaign's notifications, a part at a time, each with the job that sends it."""
        while True:
            found = await self._database.read(lambda conn: self._next_part(conn, job.resource_id))
            if found is None:
                return Done()
            row, number, members = found
            plan, reference = _decoded_plan(json.loads(row.plan))
            made = [await self._made(row, member, plan, reference) for member in members]
            await self._database.write(
                lambda conn: self._write_part(conn, job, row, number, made),  # noqa: B023 - awaited within the turn
                label="notifications.write_out",
            )

    def _begin(self, conn: Connection, claim: Claim, asked: _Asked) -> None:
        call = claim.call
        reference = self._effects.reference(call, shape=ReferenceShape(length=32))
        row = CampaignRow(
            id=claim.resource_id,
            owner=call.group,
            business_reference=call.business_reference,
            state=OPEN,
            size=asked.size,
            plan=json.dumps(_encoded_plan(asked.plan, reference), separators=(",", ":")),
            letter=asked.letter,
            traceparent=call.traceparent,
            create_time=claim.now,
            update_time=claim.now,
        )
        self._campaigns.add(conn, row)
        for number, part in enumerate(asked.parts):
            self._campaigns.add_chunk(conn, row.id, number, part)
        self._ledger.tell(conn, _event(CAMPAIGN_CREATED, row))
        self._outbox.enqueue(
            conn,
            NewJob(
                kind=WRITE_OUT,
                resource=CAMPAIGN,
                resource_id=row.id,
                owner=row.owner,
                caller=call.caller,
                method=call.method,
                request_id=call.request_id,
                business_reference=row.business_reference,
                traceparent=row.traceparent,
            ),
        )

    def _parts(self, members: Sequence[Member], plan: Plan) -> list[bytes]:
        encoded = [self._encoded_member(number, member, plan) for number, member in enumerate(members)]
        return [
            json.dumps(encoded[start : start + CHUNK], ensure_ascii=False, separators=(",", ":")).encode()
            for start in range(0, len(encoded), CHUNK)
        ]

    def _encoded_member(self, number: int, member: Member, plan: Plan) -> dict[str, Any]:
        path = f"recipients[{number}].recipient"
        addresses = addresses_of(member.recipient, region=self._settings.default_region, field_path=path)
        if not reachable(plan.steps, addresses):
            raise no_way(path, "needs an address for an account of the route")
        return {
            "number": number,
            "addresses": dict(addresses),
            "time_zone": member.recipient.time_zone,
            "values": dict(member.values),
            "business_reference": member.business_reference,
        }

    def _next_part(self, conn: Connection, campaign_id: str) -> tuple[CampaignRow, int, list[dict[str, Any]]] | None:
        row = self._campaigns.get(conn, campaign_id)
        part = None if row is None else self._campaigns.first_chunk(conn, campaign_id)
        return None if row is None or part is None else (row, part[0], json.loads(part[1]))

    async def _made(self, row: CampaignRow, member: dict[str, Any], plan: Plan, reference: str) -> Made:
        """Return one notification of the campaign, filled in; one that can't be filled in has failed."""
        addresses = {Channel(channel): address for channel, address in member["addresses"].items()}
        made = Made(
            plan=plan,
            letter=Letter(addresses=addresses),
            reference=derived(reference, str(member["number"])),
            business_reference=member["business_reference"] or row.business_reference,
            time_zone=member["time_zone"],
            campaign_id=row.id,
        )
        use = json.loads(row.letter or b"{}").get("template")
        if use is None:
            return made
        template = TemplateUse(
            template=use["template"],
            version=use["version"],
            values={**use["values"], **member["values"]},
            attachments=decode_attachments(use["attachments"]),
        )
        try:
            worded = await self._wording.render(row.owner, template, plan.channels)
            filled = self._planner.with_contents(plan, worded.contents)
        except InvalidRequestError:
            return replace(made, failure=FailureReason.CONTENT_INVALID)
        return replace(made, plan=filled, letter=Letter(addresses=addresses, contents=worded.contents))

    def _write_part(self, conn: Connection, job: Job, row: CampaignRow, number: int, made: Sequence[Made]) -> None:
        if not self._campaigns.drop_chunk(conn, row.id, number):
            return  # cancelled, or written by another worker
        now = self._database.now(conn)
        restored = restored_time(conn)
        may_have_gone = restored is not None and row.create_time <= restored
        cause = replace(job.new, owner=row.owner, traceparent=row.traceparent)
        for one in made:
            if may_have_gone and one.plan.schedule_time <= now:
                one = replace(one, unknown=UnknownReason.RESTORED)  # noqa: PLW2901 - the same one, held
            self._making.write(conn, one, cause, now=now)
        self._campaigns.change(conn, row.id, more_written=len(made), now=now)
        if row.written + len(made) >= row.size:
            self._campaigns.change(conn, row.id, state=WRITTEN, now=now)

    def _show(self, conn: Connection, campaign_id: str) -> ShownCampaign | None:
        row = self._campaigns.get(conn, campaign_id)
        if row is None:
            return None
        totals = dict(self._campaigns.totals(conn, campaign_id))
        waiting = NotificationState.CANCELLED if row.state == CANCELLED else NotificationState.QUEUED
        if row.size > row.written:
            totals[waiting] = totals.get(waiting, 0) + row.size - row.written
        costs = [
            Money(minor_units=cost, currency=name) for name, cost in self._campaigns.cost(conn, campaign_id).items()
        ]
        return ShownCampaign(row=row, totals=totals, costs=costs)


def _first(what: What, member: Member) -> What:
    """Return what the first recipient would be told: a template that doesn't fit is refused before it is too late."""
    return replace(what, values={**what.values, **member.values}) if isinstance(what, TemplateUse) else what


def _encoded_what(what: What, plan: Plan) -> bytes:
    value: dict[str, Any] = {"contents": encode_contents(plan.contents)}
    if isinstance(what, TemplateUse):
        template = {
            "template": what.template,
            "version": plan.template_version,
            "values": dict(what.values),
            "attachments": encode_attachments(what.attachments),
        }
        value = {"contents": {}, "template": template}
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _encoded_plan(plan: Plan, reference: str) -> dict[str, Any]:
    return {
        "steps": encode_steps(plan.steps),
        "priority": plan.priority.value,
        "unknown_policy": plan.unknown_policy.value,
        "schedule_time": plan.schedule_time.isoformat(),
        "expire_time": plan.expire_time.isoformat(),
        "template": plan.template,
        "template_version": plan.template_version,
        "reference": reference,
    }


def _decoded_plan(value: Mapping[str, Any]) -> tuple[Plan, str]:
    plan = Plan(
        steps=decode_steps(value["steps"]),
        priority=Priority(value["priority"]),
        unknown_policy=Policy(value["unknown_policy"]),
        schedule_time=datetime.fromisoformat(value["schedule_time"]),
        expire_time=datetime.fromisoformat(value["expire_time"]),
        template=value["template"],
        template_version=value["template_version"],
    )
    return plan, value["reference"]


def _event(kind: str, row: CampaignRow) -> Event:
    return Event(
        type=kind,
        subject=row.id,
        owner=row.owner,
        business_reference=row.business_reference,
        data={"campaign_id": row.id, "size": str(row.size)},
        traceparent=row.traceparent,
    )


def _not_found() -> NotFoundError:
    return NotFoundError("There is no such campaign; check its id.", metadata={"resource": CAMPAIGN})
