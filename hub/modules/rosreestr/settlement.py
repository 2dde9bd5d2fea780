"""What waits for a person: unknown outcomes that can't be asked for, and how a person settles them."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection

from hub.core.call import Call
from hub.core.database import Database
from hub.core.effects import Claim, Effects
from hub.core.errors import NotFoundError, PreconditionError
from hub.core.jobs import NewJob
from hub.core.outbox import Outbox
from hub.module_api import Resolution, StuckResource
from hub.modules.rosreestr import work
from hub.modules.rosreestr.port import RegistrationState
from hub.modules.rosreestr.store import AdditionRow, RegistrationRow, RosreestrStore
from hub.modules.rosreestr.work import RegistrationWork

_REMEDY = "Ask the gateway's operator by the vendor reference, then settle it: `hub resolve`."


class Settlement:
    """Lists and settles the outcomes nobody can find out by asking."""

    def __init__(
        self, *, store: RosreestrStore, database: Database, effects: Effects, outbox: Outbox, work: RegistrationWork
    ) -> None:
        self._store = store
        self._database = database
        self._effects = effects
        self._outbox = outbox
        self._work = work

    async def stuck(self, limit: int) -> Sequence[StuckResource]:
        """Return what is in state OUTCOME_UNKNOWN, oldest first."""
        rows = await self._database.read(lambda c: self._store.list_by_state(c, work.OUTCOME_UNKNOWN, limit=limit))
        more = await self._database.read(
            lambda c: self._store.list_additions_by_state(c, work.OUTCOME_UNKNOWN, limit=limit)
        )
        stuck = [
            StuckResource(
                resource=f"{kind}/{row.id}",
                kind=job,
                since=row.update_time,
                last_error=work.OUTCOME_UNKNOWN,
                business_reference=row.business_reference,
                remedy=f"{_REMEDY} Reference: {row.vendor_reference}",
            )
            for kind, job, found in (
                (work.REGISTRATION, work.SUBMIT, rows),
                (work.ADDITION, work.ADD_DOCUMENTS, more),
            )
            for row in found
        ]
        return sorted(stuck, key=lambda item: item.since)[:limit]

    async def resolve_registration(self, call: Call, resolution: Resolution) -> str:
        """Settle a submission: it happened (under the vendor's id), or it did not and is sent again."""

        def change(conn: Connection, claim: Claim) -> str:
            row = self._store.get_registration(conn, resolution.resource_id)
            if row is None:
                raise _no_such(work.REGISTRATION)
            _require_unknown(row.state)
            settled = self._settled(row, resolution)
            self._work.write(conn, row, settled, follow=resolution.vendor_id is not None)
            if resolution.vendor_id is None:
                self._send_again(conn, row, work.SUBMIT, work.REGISTRATION, claim.job_id)
            return settled.state

        await self._effects.record(
            call, resource=work.REGISTRATION, resource_id=resolution.resource_id, change=change, keep_forever=True
        )
        row = await self._database.read(lambda c: self._store.get_registration(c, resolution.resource_id))
        return "" if row is None else row.state

    async def resolve_addition(self, call: Call, resolution: Resolution) -> str:
        """Settle an addition of documents: it happened, or it did not and is sent again."""

        def change(conn: Connection, claim: Claim) -> str:
            addition = self._store.get_addition(conn, resolution.resource_id)
            if addition is None:
                raise _no_such(work.ADDITION)
            _require_unknown(addition.state)
            happened = resolution.vendor_id is not None
            state = work.ADDED if happened else work.PENDING
            self._store.settle_addition(conn, addition.id, state=state, now=claim.now)
            if happened:
                self._store.forget_documents(conn, addition.id)
            else:
                self._send_again(conn, addition, work.ADD_DOCUMENTS, work.ADDITION, claim.job_id)
            return state

        await self._effects.record(
            call, resource=work.ADDITION, resource_id=resolution.resource_id, change=change, keep_forever=True
        )
        addition = await self._database.read(lambda c: self._store.get_addition(c, resolution.resource_id))
        return "" if addition is None else addition.state

    def _settled(self, row: RegistrationRow, resolution: Resolution) -> RegistrationRow:
        if resolution.vendor_id is None:
            return replace(row, state=RegistrationState.PENDING, refusal_code="")
        return replace(row, state=RegistrationState.SUBMITTED, vendor_id=resolution.vendor_id, refusal_code="")

    def _send_again(
        self, conn: Connection, row: RegistrationRow | AdditionRow, kind: str, resource: str, key: str
    ) -> None:
        job = NewJob(
            kind=kind,
            resource=resource,
            resource_id=row.id,
            owner=row.owner,
            business_reference=row.business_reference,
            traceparent=row.traceparent,
            unique_key=f"{kind}:again:{key}",
        )
        self._outbox.enqueue(conn, job)


def _no_such(resource: str) -> NotFoundError:
    return NotFoundError("There is no such resource; see ListStuckWork.", metadata={"resource": resource})


def _require_unknown(state: str) -> None:
    if state != work.OUTCOME_UNKNOWN:
        raise PreconditionError(
            f"The outcome is known: the resource is {state}. There is nothing to settle.",
            reason="OUTCOME_KNOWN",
            domain="landhub.hub.v1",
            metadata={"state": state},
        )
