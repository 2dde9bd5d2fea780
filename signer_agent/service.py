"""How a signature comes to be: decide > journal the decision > build > sign > verify > journal the result."""

import asyncio
import base64
import contextvars
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from opentelemetry.trace import Tracer

from gost.errors import GostError
from signer_agent.clock import Clock, milliseconds, moment
from signer_agent.errors import COMMON_DOMAIN, AgentError, ExhaustedError, InternalError, PreconditionError
from signer_agent.journal import Journal
from signer_agent.journal_file import Draft, JournalDamagedError
from signer_agent.journal_record import Entry, Phase, with_details
from signer_agent.key_answers import answer_to
from signer_agent.keys.port import KeyBackendError
from signer_agent.ledger import Ledger, content_of, request_id_reused
from signer_agent.model import Signature, SigningRequest
from signer_agent.policy import Permission, Policy
from signer_agent.refusals import Refusals
from signer_agent.signers import Signer, Signers
from signer_agent.whole_documents import signed_whole

SLICE: Final = 64  # signatures in one go of a thread: some 5 ms, so that one caller can't hold the agent
MAX_WAITING: Final = 4096  # signatures under way; half a second of work for keys in process
CLOCK_TOLERANCE: Final = timedelta(seconds=5)  # how far the clock may be set back without anybody having to look


CLOCK_BEHIND: Final = "CLOCK_BEHIND_JOURNAL"


def clock_is_behind(now: datetime, journal: Journal) -> bool:
    """Whether the clock was set back behind the journal's last record, beyond the tolerance: then nothing is signed."""
    return milliseconds(now + CLOCK_TOLERANCE) < journal.last_time_ms


@dataclass(slots=True, kw_only=True)
class _Case:
    """One request on its way; `answer` ends it."""

    request: SigningRequest
    outcome: asyncio.Future[Signature | AgentError]
    answer: Signature | AgentError | None = None
    signer: Signer | None = None
    permission: Permission | None = None
    entry: Entry | None = None
    """What is told of it in the journal, from the decision on."""
    decided: bool = False
    """Whether the decision is durable: only then is the key used."""
    signing_time: datetime | None = None
    signed: bytes = b""
    """The bytes that are signed, built here."""
    signature: bytes = b""
    cms: bytes = b""


class SigningService:
    """Signs documents by their digests. One event loop uses it; keys are used in ``workers`` (two threads).

    No more than ``max_waiting`` signatures are under way; who asks for more is told to come back.
    """

    def __init__(
        self,
        *,
        policy: Policy,
        ledger: Ledger,
        journal: Journal,
        signers: Signers,
        refusals: Refusals,
        clock: Clock,
        tracer: Tracer,
        workers: Executor,
        max_waiting: int = MAX_WAITING,
    ) -> None:
        self._policy = policy
        self._ledger = ledger
        self._journal = journal
        self._signers = signers
        self._refusals = refusals
        self._clock = clock
        self._tracer = tracer
        self._workers = workers
        self._max_waiting = max_waiting
        self._running: dict[str, _Case] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def sign(self, requests: Sequence[SigningRequest]) -> list[Signature | AgentError]:
        """Sign each request; the answer tells of each in its order, and one that fails doesn't fail the others.

        The same (request_id, digest) answers the same signature, before and after a restart. What was begun is brought
        to its end even if the caller stops waiting.
        """
        fresh: list[_Case] = []
        outcomes = [self._join(request, fresh) for request in requests]
        task = asyncio.create_task(self._carry_out(fresh))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        await asyncio.shield(task)
        return [await asyncio.shield(outcome) for outcome in outcomes]

    @property
    def waiting(self) -> int:
        """How many signatures are under way."""
        return len(self._running)

    async def finish(self, *, timeout_seconds: float) -> None:
        """Wait for what was begun, and no longer than that."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=timeout_seconds)

    async def _carry_out(self, cases: list[_Case]) -> None:
        try:
            with self._tracer.start_as_current_span("decide"):
                for case in cases:
                    self._decide(case)
            await self._journal_decisions(cases)
            await self._make_signatures([case for case in cases if case.answer is None])
            await self._journal_results([case for case in cases if case.decided])
        finally:
            self._settle(cases)

    def _decide(self, case: _Case) -> None:
        request = case.request
        try:
            case.answer = self._earlier_signature(request)
            if case.answer is None:
                now = self._now()
                case.signer = self._signers.find(request.certificate)
                case.permission = self._policy.decide(request, ledger=self._ledger, now=now)
                case.signer.check_usable(request, now=now)
                case.entry = _decided(case, policy=self._policy.version)
                self._ledger.reserve(case.entry, time_ms=milliseconds(now))
        except AgentError as error:
            case.answer, case.permission = error, None

    async def _journal_decisions(self, cases: list[_Case]) -> None:
        drafts: list[Draft] = []
        for case in cases:
            if case.answer is None and case.entry is not None:
                drafts.append(Draft(entry=case.entry))
            elif isinstance(case.answer, AgentError):
                drafts += self._refusals.drafts(_entry(case, Phase.REFUSED, case.answer))
        await self._append(drafts, [case for case in cases if case.answer is None])

    async def _make_signatures(self, cases: list[_Case]) -> None:
        if len(cases) == 1 and _is_quick(cases[0]):
            self._build_sign_verify(cases)  # some 0.2 ms: less than the way to a thread and back
            return
        loop = asyncio.get_running_loop()
        size = SLICE if all(case.signer and case.signer.signs_in_process for case in cases) else 1
        slices = [cases[start : start + size] for start in range(0, len(cases), size)]
        await asyncio.gather(
            *(
                loop.run_in_executor(self._workers, contextvars.copy_context().run, self._build_sign_verify, some)
                for some in slices
            )
        )

    def _build_sign_verify(self, cases: list[_Case]) -> None:
        with self._tracer.start_as_current_span("sign"):
            for case in cases:
                _build_and_sign(case, self._clock.now())
        with self._tracer.start_as_current_span("verify"):
            for case in cases:
                _verify_and_assemble(case)

    async def _journal_results(self, cases: list[_Case]) -> None:
        drafts = [
            Draft(entry=_signed(case), attachment=case.cms)
            if case.answer is None
            else Draft(entry=_entry(case, Phase.FAILED, case.answer))
            for case in cases
        ]
        signed = [case for case in cases if case.answer is None]
        await self._append(drafts, signed)

    async def _append(self, drafts: list[Draft], waiting: list[_Case]) -> None:
        """Make drafts durable and learn from them; if that fails, what waits for it gets nothing."""
        try:
            with self._tracer.start_as_current_span("journal", attributes={"landhub.records": len(drafts)}):
                records = await self._journal.append(drafts)
        except AgentError as error:
            for case in waiting:
                case.answer = error
            return
        named = {case.request.request_id: case for case in waiting}
        for record in records:
            if record.entry.phase is Phase.DECIDED:
                named[record.entry.request_id].decided = True  # and reserved when it was made
                continue
            self._ledger.apply(record)
            if record.entry.phase is Phase.SIGNED:
                case = named[record.entry.request_id]
                case.answer = _answer(case, sequence=record.sequence)

    def _join(self, request: SigningRequest, fresh: list[_Case]) -> asyncio.Future[Signature | AgentError]:
        """The outcome of the same request that is under way, or of a new case."""
        running = self._running.get(request.request_id)
        if running is not None and content_of(running.request) == content_of(request):
            return running.outcome
        outcome = asyncio.get_running_loop().create_future()
        if running is not None:
            outcome.set_result(request_id_reused())
            return outcome
        if len(self._running) >= self._max_waiting:
            outcome.set_result(_overloaded())
            return outcome
        case = _Case(request=request, outcome=outcome)
        self._running[request.request_id] = case
        fresh.append(case)
        return outcome

    def _settle(self, cases: list[_Case]) -> None:
        stopped = InternalError("signing stopped half-way: ask again", reason="INTERNAL", domain=COMMON_DOMAIN)
        for case in cases:
            del self._running[case.request.request_id]
            case.outcome.set_result(case.answer or stopped)

    def _earlier_signature(self, request: SigningRequest) -> Signature | None:
        known = self._ledger.remembered(request)
        if known is None or not known.signed_sequence:
            return None
        record = next(self._journal.records(after=known.signed_sequence - 1))
        try:
            cms = self._journal.attachment(record)
        except JournalDamagedError as error:
            raise InternalError(
                "the signature made for this request_id is damaged: use a new request_id, and verify the journal",
                reason="SIGNATURE_WITHHELD",
                metadata={"thumbprint": request.certificate},
            ) from error
        return Signature(
            cms=cms,
            format=request.format,
            rule=record.entry.rule,
            signing_time=moment(int(record.entry.details["signing_time_ms"])),
            journal_sequence=record.sequence,
        )

    def _now(self) -> datetime:
        now = self._clock.now()
        if clock_is_behind(now, self._journal):
            raise PreconditionError("the agent's clock stands behind its journal: set the clock", reason=CLOCK_BEHIND)
        return now


def _build_and_sign(case: _Case, now: datetime) -> None:
    assert case.signer is not None
    thumbprint = case.request.certificate
    try:
        if whole := signed_whole(case.signer, case.request, now=now):
            case.cms, case.signing_time = whole
            return
        case.signing_time = now.replace(microsecond=0)
        case.signed = case.signer.to_be_signed(case.request, case.signing_time)
        case.signature = case.signer.sign(case.signed)
    except (KeyBackendError, GostError) as error:
        case.answer = answer_to(error, thumbprint)
    except InternalError as error:
        case.answer = error


def _verify_and_assemble(case: _Case) -> None:
    if case.answer is not None or case.cms:  # what a tool made whole is verified already
        return
    assert case.signer is not None
    if case.signer.public_key.verify(case.signed, case.signature):
        case.cms = case.signer.assembled(case.request, case.signed, case.signature)
        return
    case.answer = InternalError(
        "what the key made did not verify and was withheld: look after the key",
        reason="SIGNATURE_WITHHELD",
        metadata={"thumbprint": case.request.certificate},
    )


def _overloaded() -> ExhaustedError:
    return ExhaustedError(
        "too many signatures wait for their keys: ask again in a moment",
        reason="OVERLOADED",
        domain=COMMON_DOMAIN,
        retry_after=timedelta(seconds=2),
    )


def _is_quick(case: _Case) -> bool:
    return case.signer is not None and case.signer.is_quick


def _decided(case: _Case, *, policy: str) -> Entry:
    entry = with_details(_entry(case, Phase.DECIDED), policy=policy)
    proof = case.permission.proof if case.permission else None
    attestation = case.request.attestation
    if proof is None or attestation is None:
        return entry
    return with_details(
        entry,
        nonce=proof.nonce,
        nonce_expires_ms=str(milliseconds(proof.expires)),
        attestation_key=attestation.key_id,
        attestation_statement=base64.b64encode(attestation.statement_bytes).decode(),
        attestation_signature=base64.b64encode(attestation.signature).decode(),
    )


def _signed(case: _Case) -> Entry:
    assert case.signing_time is not None
    assert case.entry is not None
    details = MappingProxyType({"signing_time_ms": str(milliseconds(case.signing_time))})
    return replace(case.entry, phase=Phase.SIGNED, details=details)


def _answer(case: _Case, *, sequence: int) -> Signature:
    assert case.signing_time is not None
    assert case.permission is not None
    return Signature(
        cms=case.cms,
        format=case.request.format,
        rule=case.permission.rule,
        signing_time=case.signing_time,
        journal_sequence=sequence,
    )


def _entry(case: _Case, phase: Phase, answer: AgentError | Signature | None = None) -> Entry:
    request = case.request
    permission = case.permission
    error = answer if isinstance(answer, AgentError) else None
    return Entry(
        phase=phase,
        caller=request.caller,
        request_id=request.request_id,
        business_reference=request.business_reference,
        digest=request.digest.hex(),
        digest_algorithm=request.digest_algorithm.name,
        document_kind=request.document_kind.value,
        certificate=request.certificate,
        format=request.format.value,
        element_id=request.element_id,
        rule=permission.rule if permission else (error.metadata.get("rule", "") if error else ""),
        attested_by=permission.attested_by.value if permission else "",
        reason=error.reason if error else "",
        trace_id=request.trace_id,
    )
