"""SignaturesService: contract in, service, contract out."""

from collections.abc import AsyncIterator
from dataclasses import replace
from hashlib import sha256

from hub.core.call import Call
from hub.core.clock import Clock
from hub.modules.signatures import wire
from hub.modules.signatures.formats import Format
from hub.modules.signatures.hashing import digest_stream, sliced
from hub.modules.signatures.port import Attestation, DigestToSign, DocumentEmptyError, HeaderExpectedError
from hub.modules.signatures.service import HashedDocument, SignaturesService
from hub.modules.signatures.verification import algorithms_of, content_of
from hub.rpc.pages import PageTokens, page_size
from landhub.signatures.v1 import signatures_service_pb2 as pb


class SignaturesServicer:
    """Serves landhub.signatures.v1.SignaturesService."""

    def __init__(self, *, service: SignaturesService, pages: PageTokens, clock: Clock) -> None:
        self._service = service
        self._pages = pages
        self._clock = clock

    async def list_certificates(self, request: pb.ListCertificatesRequest, call: Call) -> pb.ListCertificatesResponse:
        """List certificates."""
        size, after = page_size(request), self._pages.position(call, request)
        found = [item for item in await self._service.list_certificates() if item.facts.thumbprint > after]
        page = found[:size]
        return pb.ListCertificatesResponse(
            certificates=[wire.agent_certificate(item) for item in page],
            next_page_token=self._pages.make(call, request, page[-1].facts.thumbprint) if len(found) > size else "",
        )

    async def get_certificate(self, request: pb.GetCertificateRequest, _call: Call) -> pb.GetCertificateResponse:
        """Get a certificate."""
        found = await self._service.get_certificate(request.thumbprint)
        return pb.GetCertificateResponse(certificate=wire.agent_certificate(found))

    async def sign_document(self, request: pb.SignDocumentRequest, call: Call) -> pb.SignDocumentResponse:
        """Sign a document."""
        kind = wire.document_kind(request.document_kind)
        existing_cms, form = wire.beside(request)
        xml = wire.xml_to_sign(request)
        hashed = await self._service.hash_document(
            call,
            request.certificate_thumbprint,
            kind,
            sliced(request.content if xml is None else await xml.octets()),
            form=form,
            existing_cms=existing_cms,
        )
        item = _item(hashed, kind, wire.attestation(request.attestation), form, existing_cms)
        if xml is None:
            row = await self._service.sign_one(call, request.certificate_thumbprint, item)
            return pb.SignDocumentResponse(signature=wire.signature(row))
        item = replace(item, xml_element_id=xml.element_id)
        row = await self._service.sign_one(call, request.certificate_thumbprint, item)
        signed = b"" if row.cms is None else await xml.signed(row.cms)
        return pb.SignDocumentResponse(signature=wire.signature(row), signed_xml=signed)

    async def sign_document_stream(
        self, requests: AsyncIterator[pb.SignDocumentStreamRequest], call: Call
    ) -> pb.SignDocumentStreamResponse:
        """Sign a document that streams in."""
        first = await anext(requests, None)
        if first is None or first.WhichOneof("part") != "header":
            raise HeaderExpectedError
        header = first.header
        named = replace(call, request_id=header.request_id, business_reference=header.business_reference)
        kind = wire.document_kind(header.document_kind)
        existing_cms, form = wire.beside(header)
        hashed = await self._service.hash_document(
            named,
            header.certificate_thumbprint,
            kind,
            _sign_chunks(requests),
            form=form,
            existing_cms=existing_cms,
        )
        if hashed.is_empty:
            raise DocumentEmptyError("chunk")
        item = _item(hashed, kind, wire.attestation(header.attestation), form, existing_cms)
        fingerprint = sha256(header.SerializeToString(deterministic=True)).digest() + item.digest
        named = replace(named, fingerprint=fingerprint)
        row = await self._service.sign_one(named, header.certificate_thumbprint, item)
        return pb.SignDocumentStreamResponse(signature=wire.signature(row))

    async def sign_digests(self, request: pb.SignDigestsRequest, call: Call) -> pb.SignDigestsResponse:
        """Sign digests."""
        form = wire.format_of(request.format)
        items = [wire.digest_to_sign(message, form) for message in request.digests]
        rows = await self._service.sign_many(call, request.certificate_thumbprint, items)
        return pb.SignDigestsResponse(signatures=[wire.signature(row) for row in rows])

    async def get_signature(self, request: pb.GetSignatureRequest, call: Call) -> pb.GetSignatureResponse:
        """Get a signature."""
        row = await self._service.get_signature(call, request.signature_id)
        return pb.GetSignatureResponse(signature=wire.signature(row))

    async def attach_signature(self, request: pb.AttachSignatureRequest, call: Call) -> pb.AttachSignatureResponse:
        """Attach a foreign signature."""
        kind = wire.document_kind(request.document_kind)
        attached = await self._service.attach(call, kind, wire.document(request), request.cms)
        found = attached.report
        return pb.AttachSignatureResponse(
            signature=wire.signature(attached.signature),
            report=None if found is None else wire.report(found, self._clock.now()),
        )

    async def verify_signature(self, request: pb.VerifySignatureRequest, _call: Call) -> pb.VerifySignatureResponse:
        """Verify a signature."""
        at = wire.moment(request) or self._clock.now()
        if request.HasField("xml"):
            element_id = request.xml.element_id
            of_xml = await self._service.verification.verify_xml(request.content, element_id=element_id, at=at)
            return pb.VerifySignatureResponse(
                report=wire.report(of_xml.report, at),
                signed_element_id=of_xml.element_id,
                signed_content=of_xml.signed_octets,
            )
        found = await self._service.verification.verify(wire.document(request), request.cms, at=at)
        return pb.VerifySignatureResponse(report=wire.report(found, at))

    async def verify_signature_stream(
        self, requests: AsyncIterator[pb.VerifySignatureStreamRequest], _call: Call
    ) -> pb.VerifySignatureStreamResponse:
        """Verify a signature over a document that streams in."""
        first = await anext(requests, None)
        if first is None or first.WhichOneof("part") != "header":
            raise HeaderExpectedError
        at = wire.moment(first.header) or self._clock.now()
        cms = first.header.cms
        digests, size = await digest_stream(_verify_chunks(requests), algorithms_of(cms))
        given = digests if size or content_of(cms) is None else {}
        found = self._service.verification.verify_digests(given, cms, at=at)
        return pb.VerifySignatureStreamResponse(report=wire.report(found, at))


def _item(
    hashed: HashedDocument, kind: str, attestation: Attestation | None, form: Format, existing_cms: bytes | None
) -> DigestToSign:
    return DigestToSign(
        digest=hashed.digest,
        digest_algorithm=hashed.algorithm,
        document_kind=kind,
        attestation=attestation,
        seen_by=hashed.seen_by,
        format=form,
        content=hashed.content,
        existing_cms=existing_cms,
        digests=hashed.digests,
    )


async def _sign_chunks(requests: AsyncIterator[pb.SignDocumentStreamRequest]) -> AsyncIterator[bytes]:
    async for request in requests:
        if request.WhichOneof("part") != "chunk":
            raise HeaderExpectedError
        yield request.chunk


async def _verify_chunks(requests: AsyncIterator[pb.VerifySignatureStreamRequest]) -> AsyncIterator[bytes]:
    async for request in requests:
        if request.WhichOneof("part") != "chunk":
            raise HeaderExpectedError
        yield request.chunk
