"""What holds whoever signs: the checks before, ownership, attaching what others signed, and verification."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from sqlalchemy import Connection

from gost.certificate import CertificateFacts
from gost.cms import read_signed_data
from gost.digest import DigestAlgorithm
from gost.digest import new as new_hash
from gost.report import Report
from hub.core.call import Call
from hub.core.clock import Clock
from hub.core.database import Database
from hub.core.effects import Claim, Effects
from hub.core.errors import HubError, NotFoundError
from hub.core.ids import Ids
from hub.core.vendor_reference import ReferenceShape
from hub.modules.signatures.composing import check_format
from hub.modules.signatures.formats import MAX_ATTACHED_BYTES, Format
from hub.modules.signatures.hashing import digest_all, digest_stream, hashed, kept
from hub.modules.signatures.port import (
    AgentCertificate,
    DigestNotFittingError,
    DigestToSign,
    ShownDocument,
    SignaturesPort,
    SignatureState,
    SignerNotValidError,
    SigningRefusedError,
    TimestampState,
)
from hub.modules.signatures.records import BATCH, SIGNATURE
from hub.modules.signatures.stamping import StampingWork
from hub.modules.signatures.store import SignatureRow, SignaturesStore
from hub.modules.signatures.trust import Trust
from hub.modules.signatures.verification import Document, Verification, algorithms_of, require_valid
from hub.modules.signatures.work import SIGN, SigningWork

OURS = "OURS"
FOREIGN = "FOREIGN"


@dataclass(frozen=True, slots=True, kw_only=True)
class HashedDocument:
    """A document's digest by what a key signs, and which agent has seen the document, where one has to."""

    digest: bytes
    algorithm: DigestAlgorithm
    seen_by: str = ""
    is_empty: bool = False
    content: bytes | None = field(default=None, repr=False)
    """The document itself, where the format holds it."""
    digests: Mapping[DigestAlgorithm, bytes] = field(default_factory=dict)
    """Its digests by what the signers use that it is to be signed beside."""


_UUID = ReferenceShape(length=32, alphabet="0123456789abcdef")


@dataclass(frozen=True, slots=True)
class Attached:
    """A foreign signature that was taken, and what was found; no report when it is a replay."""

    signature: SignatureRow
    report: Report | None


class SignaturesService:
    """The module's rules. Signatures it returns belong to the caller that asks."""

    def __init__(
        self,
        *,
        port: SignaturesPort,
        store: SignaturesStore,
        trust: Trust,
        work: SigningWork,
        stamping: StampingWork,
        database: Database,
        effects: Effects,
        clock: Clock,
        ids: Ids,
    ) -> None:
        self._port = port
        self._store = store
        self._trust = trust
        self._work = work
        self._stamping = stamping
        self._database = database
        self._effects = effects
        self._clock = clock
        self._ids = ids
        self._verification = Verification(trust=trust)

    @property
    def verification(self) -> Verification:
        """Verifies by this installation's trust."""
        return self._verification

    async def list_certificates(self) -> Sequence[AgentCertificate]:
        """Return what one can sign with, in order of thumbprint."""
        return await self._port.list_certificates()

    async def get_certificate(self, thumbprint: str) -> AgentCertificate:
        """Return one certificate; raises CertificateNotFoundError."""
        return await self._port.get_certificate(thumbprint)

    async def hash_document(
        self,
        call: Call,
        thumbprint: str,
        document_kind: str,
        chunks: AsyncIterator[bytes],
        *,
        form: Format = Format.CADES_BES_DETACHED,
        existing_cms: bytes | None = None,
    ) -> HashedDocument:
        """Hash a document by what a certificate's key signs, and show it to the agent where a rule wants to see it.

        Nothing is signed yet: a document that was only seen changes nothing outside.

        Raises:
            SigningRefusedError: the agent takes no such document, or has seen another one than we have.
            AgentUnavailableError: it must be seen, and no agent is there to see it.
            DocumentTooLargeError: the format holds the document, and it is too long for that.
        """
        certificate = await self._port.get_certificate(thumbprint)
        algorithm = certificate.facts.public_key_algorithm.digest_algorithm
        content = bytearray() if form.is_attached and existing_cms is None else None
        if content is not None:
            chunks = kept(chunks, content, limit_bytes=MAX_ATTACHED_BYTES)
        algorithms = {algorithm} if existing_cms is None else {algorithm, *algorithms_of(existing_cms)}
        if not certificate.content_needed:
            digests, size = await digest_stream(chunks, algorithms)
            return HashedDocument(
                digest=digests[algorithm],
                algorithm=algorithm,
                is_empty=not size,
                content=None if content is None else bytes(content),
                digests=digests,
            )
        states = {each: new_hash(each) for each in algorithms}
        agent = await self._port.choose(thumbprint)
        shown = ShownDocument(
            request_id=str(uuid.UUID(bytes=self._ids.random_bytes(16), version=4)),
            business_reference=call.business_reference,
            caller=call.caller,
            document_kind=document_kind,
            thumbprint=thumbprint,
            format=form,
        )
        seen = await self._port.show(agent, shown, hashed(chunks, tuple(states.values())))
        if seen != states[algorithm].digest():
            raise SigningRefusedError("CONTENT_DIFFERS")
        return HashedDocument(
            digest=seen,
            algorithm=algorithm,
            seen_by=agent,
            content=None if content is None else bytes(content),
            digests={each: state.digest() for each, state in states.items()},
        )

    async def sign_one(self, call: Call, thumbprint: str, item: DigestToSign) -> SignatureRow:
        """Sign one document once for the call's request_id, and return the signature as it then stands.

        Raises:
            SigningRefusedError: the agent refused, now or when the request was first made.
            AgentUnavailableError: no answer yet; the hub goes on, and the same request_id tells what became of it.
        """
        rows, error = await self._sign(call, thumbprint, [item], resource=SIGNATURE)
        row = rows[0]
        if row.state == SignatureState.FAILED:
            raise SigningRefusedError(row.failure_reason)
        if row.state == SignatureState.PENDING and error is not None:
            raise error
        return row

    async def sign_many(self, call: Call, thumbprint: str, items: Sequence[DigestToSign]) -> list[SignatureRow]:
        """Sign several documents once for the call's request_id; each signature tells how it stands."""
        rows, _ = await self._sign(call, thumbprint, items, resource=BATCH)
        return rows

    async def _sign(
        self, call: Call, thumbprint: str, items: Sequence[DigestToSign], *, resource: str
    ) -> tuple[list[SignatureRow], Exception | None]:
        try:
            certificate = await self._port.get_certificate(thumbprint)
            self._require_fit(certificate, items)
            for item in items:
                check = partial(check_format, item, trust=self._trust, stamps=self._stamping.can_stamp)
                if item.existing_cms is None:
                    check()
                else:
                    await asyncio.to_thread(check)
            agent = items[0].seen_by or await self._port.choose(thumbprint)
        except HubError:
            # What is no longer possible may have been done before: only a new request is refused.
            started = await self._effects.find(call)
            if started is None:
                raise
        else:
            started = await self._effects.start(
                call,
                kind=SIGN,
                resource=resource,
                resource_id=self._ids.resource_id(),
                begin=lambda conn, claim: self._begin(conn, claim, certificate.facts, agent, items),
            )
        awaited = await self._effects.await_outcome(call, started)
        rows = await self._batch(started.resource_id)
        if not rows or rows[0].owner != call.group:
            raise _not_found()
        if await self._stamping.await_outcome(rows, seconds=call.remaining_seconds(self._clock)):
            rows = await self._batch(started.resource_id)
        return rows, awaited.error

    async def _batch(self, batch_id: str) -> list[SignatureRow]:
        return await self._database.read(lambda c: self._store.batch(c, batch_id))

    def _require_fit(self, certificate: AgentCertificate, items: Sequence[DigestToSign]) -> None:
        facts = certificate.facts
        if not certificate.has_private_key:
            raise SigningRefusedError("PRIVATE_KEY_MISSING")
        expected = facts.public_key_algorithm.digest_algorithm
        for index, item in enumerate(items):
            if item.digest_algorithm is not expected or len(item.digest) != expected.size_bytes:
                raise DigestNotFittingError(f"digests[{index}].digest", expected.name)
        fault = self._trust.fault(facts)
        if fault:
            raise SignerNotValidError(facts.thumbprint, fault)

    def _begin(
        self, conn: Connection, claim: Claim, certificate: CertificateFacts, agent: str, items: Sequence[DigestToSign]
    ) -> None:
        call = claim.call
        for index, item in enumerate(items):
            word = item.attestation
            row = SignatureRow(
                # A single signature is its own batch. Ids grow, so a batch keeps its order.
                id=claim.resource_id if len(items) == 1 and index == 0 else self._ids.resource_id(),
                batch_id=claim.resource_id,
                owner=call.group,
                caller=call.caller,
                business_reference=call.business_reference,
                state=SignatureState.PENDING,
                origin=OURS,
                document_kind=item.document_kind,
                digest=item.digest,
                digest_algorithm=item.digest_algorithm.name,
                thumbprint=certificate.thumbprint,
                attestation=None if word is None else (word.statement, word.signature, word.key_id),
                create_time=claim.now,
                traceparent=call.traceparent,
                agent=agent,
                asked_as=self._asked_as(call, index),
                format=item.format,
                xml_element_id=item.xml_element_id,
                content=item.content if item.existing_cms is None else None,
                existing_cms=item.existing_cms,
            )
            self._store.add(conn, row)

    def _asked_as(self, call: Call, index: int) -> str:
        """Return the UUID under which the agent is asked for the document at the index of a request.

        Ours, since two callers may use the same request_id and the agent knows one hub. Made of the call, not drawn, so
        that a replay to a hub whose database was restored meets the signature that the agent has made already.
        """
        return str(uuid.UUID(hex=self._effects.reference(call, shape=_UUID, attempt=index + 1), version=4))

    async def get_signature(self, call: Call, signature_id: str) -> SignatureRow:
        """Return a signature of the caller's.

        Raises:
            NotFoundError: there is none, or it is another's.
        """
        row = await self._database.read(lambda c: self._store.get(c, signature_id))
        if row is None or row.owner != call.group:
            raise _not_found()
        return row

    async def attach(self, call: Call, document_kind: str, document: Document, cms: bytes) -> Attached:
        """Keep a signature that somebody else made, if it passes in full.

        Raises:
            SignatureNotValidError: it is broken or was not valid.
            SignatureIndeterminateError: that can't be concluded.
        """
        replay = await self._effects.find(call)
        if replay is not None:
            return Attached(await self.get_signature(call, replay.resource_id), None)
        report = await self._verification.verify(document, cms)
        require_valid(report)
        row = await self._foreign_row(call, document_kind, document, cms, report)

        def change(conn: Connection, _claim: Claim) -> None:
            self._store.add(conn, row)
            self._work.tell(conn, row)

        recorded = await self._effects.record(call, resource=SIGNATURE, resource_id=row.id, change=change)
        return Attached(await self.get_signature(call, recorded.resource_id), None if recorded.replayed else report)

    async def _foreign_row(
        self, call: Call, document_kind: str, document: Document, cms: bytes, report: Report
    ) -> SignatureRow:
        signed_data = read_signed_data(cms)
        first = signed_data.signers[0]
        digest, content = document.digest, document.content or signed_data.content
        if content is not None:
            digest = (await digest_all(content, {first.digest_algorithm}))[first.digest_algorithm]
        signer, proven = report.signers[0].certificate, report.signers[0].signing_time_proven
        signature_id = self._ids.resource_id()
        return SignatureRow(
            id=signature_id,
            batch_id=signature_id,
            owner=call.group,
            caller=call.caller,
            business_reference=call.business_reference,
            state=SignatureState.SIGNED,
            origin=FOREIGN,
            document_kind=document_kind,
            digest=digest,
            digest_algorithm=first.digest_algorithm.name,
            thumbprint="" if signer is None else signer.thumbprint,
            certificate=None if signer is None else signer.der,
            cms=cms,
            signing_time=report.signers[0].signing_time_claimed,
            format=Format.of(attached=signed_data.content is not None, stamped=proven is not None),
            timestamp_state=TimestampState.NONE if proven is None else TimestampState.MADE,
            timestamp_time=proven,
            create_time=self._clock.now(),
            traceparent=call.traceparent,
        )


def _not_found() -> NotFoundError:
    return NotFoundError(
        "There is no such signature; check signature_id.", metadata={"resource": "signatures.Signature"}
    )
