"""The RPCs: proto to domain, to the service, to proto. No rules and no try here."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from importlib import metadata
from typing import Final

from opentelemetry.trace import Tracer

from landhub.common.v1 import signing_pb2
from landhub.signer.v1 import signer_service_pb2 as pb
from signer_agent.clock import Clock
from signer_agent.documents import Documents, Seen
from signer_agent.errors import COMMON_DOMAIN, AgentError, FieldViolation, InvalidRequestError, NotFoundError
from signer_agent.exchange import CheckpointExchange
from signer_agent.exporting import Exporter
from signer_agent.journal import Journal
from signer_agent.journal_record import Record
from signer_agent.keys.port import HeldCertificate, KeyBackend
from signer_agent.model import Signature
from signer_agent.rpc import esia, wire
from signer_agent.rpc.errors import failure_of
from signer_agent.rpc.item_spans import item_spans
from signer_agent.rpc.validating import Validating, broken
from signer_agent.service import CLOCK_BEHIND, SigningService, clock_is_behind

_DEFAULT_PAGE: Final = 50
_MAX_SCANNED: Final = 20_000  # records looked through for one page: some 100 ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What is known of a call beside its request: the client's name, the trace, and the broken rules of a batch."""

    client: str
    trace_id: str
    violations: Mapping[int, tuple[FieldViolation, ...]] = field(default_factory=dict)


class SignerServicer:
    """landhub.signer.v1.SignerService."""

    def __init__(
        self,
        *,
        agent: str,
        service: SigningService,
        documents: Documents,
        exchange: CheckpointExchange,
        journal: Journal,
        exporter: Exporter,
        backend: KeyBackend,
        validating: Validating,
        clock: Clock,
        tracer: Tracer,
        workers: Executor,
    ) -> None:
        self._tracer = tracer
        self._agent = agent
        self._service = service
        self._documents = documents
        self._exchange = exchange
        self._journal = journal
        self._exporter = exporter
        self._backend = backend
        self._validating = validating
        self._clock = clock
        self._workers = workers

    async def list_certificates(self, request: pb.ListCertificatesRequest, _call: Call) -> pb.ListCertificatesResponse:
        """All certificates, by thumbprint."""
        after = wire.page_position(request.page_token, "certificates")
        held = self._backend.certificates()
        size = request.page_size or _DEFAULT_PAGE
        left = [name for name in sorted(held) if name > after]
        token = wire.page_token("certificates", left[size - 1]) if len(left) > size else ""
        page = [self._certificate(held[name]) for name in left[:size]]
        return pb.ListCertificatesResponse(certificates=page, next_page_token=token)

    async def get_certificate(self, request: pb.GetCertificateRequest, _call: Call) -> pb.GetCertificateResponse:
        """One certificate."""
        return pb.GetCertificateResponse(certificate=self._certificate(self._held(request.thumbprint.upper())))

    async def sign(self, request: pb.SignRequest, call: Call) -> pb.SignResponse:
        """One signature."""
        asked = wire.signing_request(request, trace_id=call.trace_id, validating=self._validating)
        answer = (await self._service.sign([asked]))[0]
        if isinstance(answer, AgentError):
            raise answer
        return wire.signature(answer)

    async def sign_batch(self, request: pb.SignBatchRequest, call: Call) -> pb.SignBatchResponse:
        """Several signatures, each answered for itself."""
        good = [
            wire.signing_request(item, trace_id=call.trace_id, validating=self._validating)
            for place, item in enumerate(request.requests)
            if place not in call.violations
        ]
        with item_spans(self._tracer, (item.traceparent for item in request.requests)):
            answers = iter(await self._service.sign(good))
        results = [
            _result(broken(call.violations[place]) if place in call.violations else next(answers))
            for place in range(len(request.requests))
        ]
        return pb.SignBatchResponse(results=results)

    async def sign_stream(self, parts: AsyncIterator[pb.SignStreamRequest], call: Call) -> pb.SignStreamResponse:
        """One signature over a document that streams in, or only a look at it."""
        first = await anext(parts, None)
        if first is None or first.WhichOneof("part") != "header":
            raise _header_expected()
        header = first.header
        seen = await self._documents.see(
            _chunks(parts),
            wire.shown_document(header, trace_id=call.trace_id),
            certificate=header.certificate_thumbprint,
        )
        response = pb.SignStreamResponse(
            digest=seen.digest,
            digest_algorithm=wire.digest_algorithm(seen.digest_algorithm),
            size_bytes=seen.content.size_bytes,
        )
        if header.look_only:
            self._documents.forget(seen)
            return response
        answer = await self._documents.kept_while(self._sign_seen(header, seen, call), seen)
        if isinstance(answer, AgentError):
            raise answer
        response.signature.CopyFrom(wire.signature(answer))
        return response

    async def _sign_seen(self, header: pb.SignStreamHeader, seen: Seen, call: Call) -> list[Signature | AgentError]:
        asked = wire.streamed_request(
            header, seen.digest, seen.digest_algorithm, trace_id=call.trace_id, validating=self._validating
        )
        document = seen.file.path if seen.file is not None else None
        return await self._service.sign([replace(asked, document=document)])

    async def sign_esia(self, request: pb.SignEsiaRequest, call: Call) -> pb.SignEsiaResponse:
        """The signature of a string of ESIA."""
        asked = esia.esia_request(request, trace_id=call.trace_id, validating=self._validating)
        answer = (await self._service.sign([asked]))[0]
        if isinstance(answer, AgentError):
            raise answer
        return esia.esia_response(answer, self._held(asked.certificate).facts)

    async def get_status(self, _request: pb.GetStatusRequest, _call: Call) -> pb.GetStatusResponse:
        """How the agent is."""
        now = self._clock.now()
        usable = [
            held
            for held in self._backend.certificates().values()
            if held.has_private_key
            and not held.locked
            and held.facts.may_sign
            and held.facts.not_before <= now <= held.facts.not_after
        ]
        response = pb.GetStatusResponse(
            agent=self._agent,
            version=metadata.version("landhub"),
            backend=self._backend.name,
            certificate_count=len(usable),
            journal_count=self._journal.count,
            journal_head=self._journal.head,
        )
        response.agent_time.FromDatetime(now)
        if clock_is_behind(now, self._journal):
            response.not_serving_reason = CLOCK_BEHIND
        licence = self._backend.licence()
        if licence is not None and licence.expire_time is not None:
            response.licence_expire_time.FromDatetime(licence.expire_time)
        return response

    async def list_journal_records(
        self, request: pb.ListJournalRecordsRequest, _call: Call
    ) -> pb.ListJournalRecordsResponse:
        """A page of the journal; a page of a filtered list may be short, or empty, and still lead on."""
        kind = f"journal:{request.business_reference}"
        position = wire.page_position(request.page_token, kind)
        after = int(position) if position.isdecimal() else 0
        size = request.page_size or _DEFAULT_PAGE
        loop = asyncio.get_running_loop()
        records, last = await loop.run_in_executor(self._workers, self._page, after, size, request.business_reference)
        token = wire.page_token(kind, str(last)) if last < self._journal.count else ""
        return pb.ListJournalRecordsResponse(
            records=[wire.journal_record(record) for record in records], next_page_token=token
        )

    async def export_evidence(self, request: pb.ExportEvidenceRequest, _call: Call) -> pb.ExportEvidenceResponse:
        """What proves one signature, as far as the agent has it."""
        await self._journal.state()
        loop = asyncio.get_running_loop()
        evidence = await loop.run_in_executor(self._workers, self._exporter.export, request.request_id.lower())
        return pb.ExportEvidenceResponse(evidence=evidence)

    async def countersign_checkpoint(
        self, request: pb.CountersignCheckpointRequest, call: Call
    ) -> pb.CountersignCheckpointResponse:
        """Exchange checkpoints."""
        exchange = await self._exchange.take(
            wire.checkpoint_of(request.checkpoint),
            request_id=request.request_id,
            business_reference=request.business_reference,
            trace_id=call.trace_id,
        )
        return pb.CountersignCheckpointResponse(
            countersigned=wire.checkpoint(exchange.countersigned),
            journal_checkpoint=wire.checkpoint(exchange.journal_checkpoint),
        )

    def _held(self, thumbprint: str) -> HeldCertificate:
        held = self._backend.certificates().get(thumbprint)
        if held is None:
            raise NotFoundError(
                "this agent has no such certificate: ListCertificates tells what it has",
                reason="CERTIFICATE_NOT_FOUND",
                metadata={"thumbprint": thumbprint},
            )
        return held

    def _certificate(self, held: HeldCertificate) -> signing_pb2.Certificate:
        return wire.certificate(held, content_needed=self._documents.are_wanted_for(held.facts.thumbprint))

    def _page(self, after: int, size: int, business_reference: str) -> tuple[list[Record], int]:
        """The records of a page, and the last record looked at."""
        found: list[Record] = []
        last = after
        for record in itertools.islice(self._journal.records(after=after), _MAX_SCANNED):
            last = record.sequence
            if not business_reference or record.entry.business_reference == business_reference:
                found.append(record)
                if len(found) == size:
                    break
        return found, last


async def _chunks(parts: AsyncIterator[pb.SignStreamRequest]) -> AsyncIterator[bytes]:
    async for part in parts:
        if part.WhichOneof("part") != "chunk":
            raise _header_expected()
        yield part.chunk


def _header_expected() -> InvalidRequestError:
    return InvalidRequestError(
        "the stream must begin with its header, once, and go on with chunks",
        reason="VALIDATION_FAILED",
        domain=COMMON_DOMAIN,
        violations=(FieldViolation(field="header", description="must come first, once", rule_id="stream"),),
    )


def _result(answer: Signature | AgentError) -> pb.SignBatchResult:
    if isinstance(answer, AgentError):
        return pb.SignBatchResult(failure=failure_of(answer))
    return pb.SignBatchResult(response=wire.signature(answer))
