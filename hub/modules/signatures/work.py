"""What goes on after a request to sign: ask the agent until it has signed or refused, and verify what it made."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Connection

from gost.digest import DigestAlgorithm
from gost.errors import MalformedError
from hub.core.clock import Clock
from hub.core.database import Database
from hub.core.errors import ExhaustedError, HubError, UnavailableError
from hub.core.events import Event, Events
from hub.core.jobs import Again, Done, Job, JobKind, Lease, NewJob, Next
from hub.core.persons import Persons
from hub.modules.signatures.composing import composed
from hub.modules.signatures.formats import Format
from hub.modules.signatures.personal import known_by
from hub.modules.signatures.port import (
    AgentUnavailableError,
    Attestation,
    MadeSignature,
    SignaturesPort,
    SignatureState,
    SigningOrder,
    SigningRefusedError,
    TimestampState,
)
from hub.modules.signatures.records import SIGNATURE, made_hash
from hub.modules.signatures.settings import SignaturesSettings
from hub.modules.signatures.stamping import StampingWork
from hub.modules.signatures.store import SignatureRow, SignaturesStore
from hub.modules.signatures.trust import Trust
from hub.signing.port import PinRequiredError

SIGN = "signatures.sign"

OPEN = (SignatureState.PENDING, SignatureState.WAITING_FOR_PIN)

_LEASE = timedelta(seconds=60)
_ASK_FOR_PIN_AGAIN = timedelta(seconds=5)
_NEVER_GIVE_UP = 1_000_000  # failures: the time limits of the settings end it
_INLINE = 4  # signatures verified on the event loop; more go to a thread


class SigningWork:
    """The handler of the module's job. Asking again is safe: an agent answers the same request with the same bytes."""

    def __init__(
        self,
        *,
        port: SignaturesPort,
        store: SignaturesStore,
        trust: Trust,
        database: Database,
        events: Events,
        persons: Persons,
        clock: Clock,
        settings: SignaturesSettings,
        stamping: StampingWork,
    ) -> None:
        self._port = port
        self._store = store
        self._trust = trust
        self._database = database
        self._events = events
        self._persons = persons
        self._clock = clock
        self._settings = settings
        self._stamping = stamping

    def kinds(self) -> tuple[JobKind, ...]:
        """Return the kinds of jobs to register."""
        kind = JobKind(
            name=SIGN,
            handler=self.sign,
            lease=_LEASE,
            concurrency=32,
            max_failures=_NEVER_GIVE_UP,
            max_delay=timedelta(seconds=30),
        )
        return (kind,)

    async def sign(self, job: Job, lease: Lease) -> Next:
        """Have the signatures of one request made."""
        rows = await self._database.read(lambda c: self._store.batch(c, job.resource_id))
        waiting = [row for row in rows if row.state in OPEN]
        if not waiting:
            return Done()
        late = [self._given_up(row) for row in waiting if self._is_late(row)]
        if late:
            rest = Again(delay=timedelta()) if len(late) < len(waiting) else None
            return await self._settle(late, lease, job.new, then=rest, batch=rows)
        asked, results = await self._ask(waiting, lease)
        judged = await self._judge(asked, results)
        changed = [after for before, after in zip(asked, judged, strict=True) if after != before]
        then = self._next(judged, results, nothing_sent=not lease.may_have_been_sent and _is_untouched(results))
        if not changed:
            return then
        return await self._settle(changed, lease, job.new, then=then, batch=rows)

    async def _ask(
        self, rows: Sequence[SignatureRow], lease: Lease
    ) -> tuple[Sequence[SignatureRow], Sequence[MadeSignature | HubError]]:
        """Ask the agent that was chosen, and another one only if none of this can ever have reached the first.

        Agents know nothing of one another: two that were asked make two signatures. So whom the request goes to is
        durable before it goes.
        """
        agent = rows[0].agent or await self._port.choose(rows[0].thumbprint)  # none: it was begun by an older release
        if agent == rows[0].agent:
            await lease.check()
        else:
            rows = await self._assign(rows, agent, lease)
        results = await self._port.sign(agent, [_order(row) for row in rows])
        if lease.may_have_been_sent or not _is_untouched(results):
            return rows, results
        other = await self._port.choose(rows[0].thumbprint, but=agent)
        if not other:
            return rows, results
        rows = await self._assign(rows, other, lease)
        return rows, await self._port.sign(other, [_order(row) for row in rows])

    async def _assign(self, rows: Sequence[SignatureRow], agent: str, lease: Lease) -> Sequence[SignatureRow]:
        batch_id = rows[0].batch_id
        await lease.check(lambda conn: self._store.assign(conn, batch_id, agent))
        return [replace(row, agent=agent) for row in rows]

    async def _judge(
        self, rows: Sequence[SignatureRow], results: Sequence[MadeSignature | HubError]
    ) -> list[SignatureRow]:
        def judge() -> list[SignatureRow]:
            return [self._judged(row, result) for row, result in zip(rows, results, strict=True)]

        return judge() if len(rows) <= _INLINE else await asyncio.to_thread(judge)

    def _judged(self, row: SignatureRow, result: MadeSignature | HubError) -> SignatureRow:
        if isinstance(result, MadeSignature):
            return self._verified(row, result)
        if isinstance(result, PinRequiredError):
            until = row.expire_time or self._clock.now() + timedelta(seconds=self._settings.pin_wait_seconds)
            return replace(row, state=SignatureState.WAITING_FOR_PIN, expire_time=until)
        if isinstance(result, UnavailableError | ExhaustedError):
            return row
        reason = result.agent_reason if isinstance(result, SigningRefusedError) else result.reason
        return _ended(row, SignatureState.FAILED, reason)

    def _verified(self, row: SignatureRow, made: MadeSignature) -> SignatureRow:
        """Nothing an agent says is taken on trust: what does not verify here was not signed."""
        if row.xml_element_id:
            report = self._trust.verify_bare_xml(made.cms, element_id=row.xml_element_id, digest=row.digest)
        else:
            report = self._trust.verify(made.cms, row.digest)
        certificate = report.signers[0].certificate if len(report.signers) == 1 else None
        if not report.is_valid or certificate is None or certificate.thumbprint != row.thumbprint:
            return _ended(row, SignatureState.FAILED, "SIGNATURE_NOT_VALID")
        try:
            cms = composed(row, made.cms)
        except MalformedError:
            return _ended(row, SignatureState.FAILED, "FORMAT_NOT_FITTING")
        return replace(
            _ended(row, SignatureState.SIGNED),
            cms=cms,
            certificate=certificate.der,
            signing_time=made.signing_time,
            expire_time=None,
            timestamp_state=TimestampState.PENDING if Format(row.format).is_stamped else TimestampState.NONE,
        )

    def _next(
        self, judged: Sequence[SignatureRow], results: Sequence[MadeSignature | HubError], *, nothing_sent: bool
    ) -> Next:
        for row, result in zip(judged, results, strict=True):
            if row.state == SignatureState.PENDING and isinstance(result, HubError):
                return Again(reason=result.reason, error=result, nothing_sent=nothing_sent)
        if any(row.state == SignatureState.WAITING_FOR_PIN for row in judged):
            return Again(delay=_ASK_FOR_PIN_AGAIN, reason="PIN_REQUIRED")
        return Done()

    def _is_late(self, row: SignatureRow) -> bool:
        if row.state == SignatureState.WAITING_FOR_PIN:
            return row.expire_time is not None and self._clock.now() >= row.expire_time
        return self._clock.now() >= row.create_time + timedelta(seconds=self._settings.give_up_after_seconds)

    def _given_up(self, row: SignatureRow) -> SignatureRow:
        if row.state == SignatureState.WAITING_FOR_PIN:
            return _ended(row, SignatureState.EXPIRED, "PIN_REQUIRED")
        return _ended(row, SignatureState.FAILED, "AGENT_UNAVAILABLE")

    async def _settle(
        self,
        rows: Sequence[SignatureRow],
        lease: Lease,
        cause: NewJob,
        *,
        then: Next | None,
        batch: Sequence[SignatureRow],
    ) -> Next:
        batch_id, is_whole = rows[0].batch_id, len(rows) == len(batch)

        def change(conn: Connection) -> None:
            if not is_whole:
                self._store.take_batch(conn, batch_id)
            for row in rows:
                after = row
                if row.timestamp_state == TimestampState.PENDING:
                    after = self._stamping.begin(conn, row, cause)
                if self._store.replace(conn, after, states=OPEN):
                    self.tell(conn, after)

        failed = [row for row in rows if row.state in {SignatureState.FAILED, SignatureState.EXPIRED}]
        reason = failed[0].failure_reason if failed else rows[0].state
        code = "FAILED_PRECONDITION" if failed else "OK"
        made = made_hash(rows) if is_whole else lambda conn: made_hash(self._store.batch(conn, batch_id))
        return await lease.settle(change, then=then, code=code, reason=reason, payload_hash=made)

    def tell(self, conn: Connection, row: SignatureRow) -> None:
        """Append the event of a signature's new state, and note whose signature it is."""
        if row.certificate is not None:
            whose = known_by(row.certificate)
            self._persons.link(conn, resource=SIGNATURE, resource_id=row.id, known_by=whose)
        data = {"signature_id": row.id, "state": row.state, "origin": row.origin, "document_kind": row.document_kind}
        event = Event(
            type="signatures.signature.state_changed",
            subject=row.id,
            owner=row.owner,
            business_reference=row.business_reference,
            data=data,
            traceparent=row.traceparent,
        )
        self._events.append(conn, event)


def _is_untouched(results: Sequence[MadeSignature | HubError]) -> bool:
    """Whether certainly nothing reached the agent."""
    return all(isinstance(result, AgentUnavailableError) and not result.may_have_signed for result in results)


def _ended(row: SignatureRow, state: SignatureState, reason: str = "") -> SignatureRow:
    """In a final state, without what was kept to come there."""
    return replace(row, state=state, failure_reason=reason, attestation=None, content=None, existing_cms=None)


def _order(row: SignatureRow) -> SigningOrder:
    attestation = None
    if row.attestation is not None:
        statement, signature, key_id = row.attestation
        attestation = Attestation(statement=statement, signature=signature, key_id=key_id)
    return SigningOrder(
        request_id=row.asked_as or row.id,
        business_reference=row.business_reference,
        caller=row.caller,
        document_kind=row.document_kind,
        digest=row.digest,
        digest_algorithm=DigestAlgorithm[row.digest_algorithm],
        thumbprint=row.thumbprint,
        format=row.format,
        xml_element_id=row.xml_element_id,
        attestation=attestation,
    )
