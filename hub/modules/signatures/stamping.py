"""What makes CAdES-T of a signature that is there: a timestamp over its value, asked for until there is one.

A signature is SIGNED before anybody asks for its timestamp, and stays that whatever becomes of it.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

from sqlalchemy import Connection

from gost.cms import SignerInfo, read_signed_data
from gost.compose import with_timestamp
from gost.report import TimestampReport
from gost.tsp import TimestampQuery
from hub.core.clock import Clock
from hub.core.database import Database
from hub.core.errors import UnavailableError
from hub.core.events import Event, Events
from hub.core.ids import Ids
from hub.core.jobs import Again, Done, Job, JobKind, Lease, NewJob, Next
from hub.core.outbox import Outbox
from hub.modules.signatures.port import (
    DOMAIN,
    SignatureState,
    TimestampPort,
    TimestampRefusedError,
    TimestampState,
)
from hub.modules.signatures.records import made_hash
from hub.modules.signatures.settings import TimestampSettings
from hub.modules.signatures.store import SignatureRow, SignaturesStore
from hub.modules.signatures.trust import Trust

STAMP: Final = "signatures.timestamp"

CLOCK_TOLERANCE: Final = timedelta(seconds=60)  # between our clock, the agent's and the authority's

_LEASE: Final = timedelta(seconds=60)
_NEVER_GIVE_UP: Final = 1_000_000  # failures: the time limit of the settings ends it
_LOOK_AT_SETTINGS_AGAIN: Final = timedelta(minutes=10)
_LONGEST_WAIT_SECONDS: Final = 5.0  # of a caller whose signature is there already
_NONCE_BYTES: Final = 8


class StampingWork:
    """The handler of the job. `port` is None where the settings name no timestamp authority."""

    def __init__(
        self,
        *,
        port: TimestampPort | None,
        store: SignaturesStore,
        trust: Trust,
        database: Database,
        outbox: Outbox,
        events: Events,
        clock: Clock,
        ids: Ids,
        settings: TimestampSettings,
    ) -> None:
        self._port = port
        self._store = store
        self._trust = trust
        self._database = database
        self._outbox = outbox
        self._events = events
        self._clock = clock
        self._ids = ids
        self._give_up_after = timedelta(seconds=settings.give_up_after_seconds)

    @property
    def can_stamp(self) -> bool:
        """Whether there is a timestamp authority."""
        return self._port is not None

    def kinds(self) -> tuple[JobKind, ...]:
        """Return the kinds of jobs to register."""
        kind = JobKind(
            name=STAMP,
            handler=self.stamp,
            lease=_LEASE,
            concurrency=8,
            max_failures=_NEVER_GIVE_UP,
            max_delay=timedelta(minutes=10),
        )
        return (kind,)

    def begin(self, conn: Connection, row: SignatureRow, cause: NewJob) -> SignatureRow:
        """Have a timestamp fetched for a signature that was just made; `cause` is the job that made it."""
        # Of the same resource as its cause, so that both records in the audit are of one request.
        job = replace(cause, kind=STAMP, payload={"signature_id": row.id}, unique_key=f"{STAMP}/{row.id}", run_at=None)
        return replace(row, timestamp_job=self._outbox.enqueue(conn, job) or "")

    async def await_outcome(self, rows: Sequence[SignatureRow], *, seconds: float) -> bool:
        """Wait a little until each signature has its timestamp, or it is clear that it has to wait; says if any had to.

        No longer than a few seconds, since the signatures are there.
        """
        waiting = [row for row in rows if row.timestamp_state == TimestampState.PENDING and row.timestamp_job]
        end = self._clock.monotonic() + min(seconds, _LONGEST_WAIT_SECONDS)
        for row in waiting:
            await self._outbox.wait_for_run(row.timestamp_job, seconds=max(0.0, end - self._clock.monotonic()))
        return bool(waiting)

    async def stamp(self, job: Job, lease: Lease) -> Next:
        """Have one signature's timestamp made, verify it and put it beside the signature."""
        row = await self._database.read(lambda conn: self._store.get(conn, job.payload["signature_id"]))
        if row is None or row.cms is None or row.timestamp_state != TimestampState.PENDING:
            return Done()
        if self._clock.now() >= row.create_time + self._give_up_after:
            return await self._settle(_failed(row, "TIMESTAMP_UNAVAILABLE"), lease)
        if self._port is None:
            return Again(delay=_LOOK_AT_SETTINGS_AGAIN, reason="TIMESTAMPS_NOT_SET_UP")
        signer = _ours(row, row.cms)
        try:
            token, stamp = await self._fetch(self._port, signer, lease)
        except TimestampRefusedError as error:
            return await self._settle(_failed(row, error.reason), lease)
        cms = with_timestamp(row.cms, signer.signature, token)
        made = replace(row, cms=cms, timestamp_state=TimestampState.MADE, timestamp_time=stamp.time)
        return await self._settle(made, lease)

    async def _fetch(self, port: TimestampPort, signer: SignerInfo, lease: Lease) -> tuple[bytes, TimestampReport]:
        nonce = int.from_bytes(self._ids.random_bytes(_NONCE_BYTES), "big")
        query = TimestampQuery.over(signer.signature, digest_algorithm=signer.digest_algorithm, nonce=nonce)
        asked = self._clock.now()
        token = await port.stamp(query, guard=lease.check)
        stamp = self._trust.verify_timestamp(token, signer.signature)
        problem = "" if stamp.is_valid else stamp.explanation
        if stamp.time is not None and not problem:
            latest = stamp.time + stamp.accuracy + CLOCK_TOLERANCE
            if latest < asked or (signer.signing_time is not None and latest < signer.signing_time):
                problem = "its time is before the signature's"
        if problem:
            raise UnavailableError(
                f"The timestamp that {port.name} made is not good: {problem}; see [trust], or tell its operator.",
                reason="TIMESTAMP_UNAVAILABLE",
                domain=DOMAIN,
            )
        return token, stamp

    async def _settle(self, row: SignatureRow, lease: Lease) -> Next:
        def change(conn: Connection) -> None:
            # The audit's hash is over all signatures of the request, and another may get its timestamp just now.
            self._store.take_batch(conn, row.batch_id)
            now = self._store.get(conn, row.id)
            if now is not None and now.cms is not None:  # else it was erased meanwhile, and must not come back
                self._store.replace(conn, row, states=(SignatureState.SIGNED, SignatureState.SIGNED))
                self._tell(conn, row)

        failed = row.timestamp_state == TimestampState.FAILED
        code = "FAILED_PRECONDITION" if failed else "OK"
        reason = row.timestamp_failure_reason
        return await lease.settle(
            change,
            then=Done(),
            code=code,
            reason=reason,
            payload_hash="" if failed else lambda conn: made_hash(self._store.batch(conn, row.batch_id)),
        )

    def _tell(self, conn: Connection, row: SignatureRow) -> None:
        event = Event(
            type="signatures.signature.timestamp_changed",
            subject=row.id,
            owner=row.owner,
            business_reference=row.business_reference,
            data={"signature_id": row.id, "timestamp_state": row.timestamp_state},
            traceparent=row.traceparent,
        )
        self._events.append(conn, event)


def _failed(row: SignatureRow, reason: str) -> SignatureRow:
    return replace(row, timestamp_state=TimestampState.FAILED, timestamp_failure_reason=reason)


def _ours(row: SignatureRow, cms: bytes) -> SignerInfo:
    """The signer that the row is about; others may stand beside it, maybe earlier ones by the same certificate."""
    mine = [
        signer
        for signer in read_signed_data(cms).signers
        if signer.certificate is not None
        and signer.certificate.thumbprint == row.thumbprint
        and signer.signing_time == row.signing_time
        and not signer.timestamps
    ]
    return mine[0]
