"""Documents that the agent sees: they stream through, and the journal keeps what was seen of them, not their bytes."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

from gost.digest import DigestAlgorithm
from signer_agent.content import Look
from signer_agent.errors import (
    COMMON_DOMAIN,
    AgentError,
    ExhaustedError,
    FieldViolation,
    InvalidRequestError,
    UnavailableError,
)
from signer_agent.journal import Journal
from signer_agent.journal_file import Draft
from signer_agent.journal_record import Entry
from signer_agent.ledger import Ledger, content_texts
from signer_agent.model import Content, Signature
from signer_agent.policy import Policy
from signer_agent.signers import Signers
from signer_agent.spool import Spool, SpooledDocument

MAX_AT_ONCE: Final = 16  # documents on their way; two threads hash them, at 80 MB a second each


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A whole document that was seen and journaled: its digest by the key's algorithm, and what it is."""

    digest: bytes
    digest_algorithm: DigestAlgorithm
    content: Content
    file: SpooledDocument | None = None
    """The document itself, where a tool may want it; see `Documents.kept_while`."""


class Documents:
    """Looks at documents in ``readers``, which are threads apart from those that sign. One event loop uses it."""

    def __init__(
        self,
        *,
        policy: Policy,
        signers: Signers,
        ledger: Ledger,
        journal: Journal,
        readers: Executor,
        spool: Spool,
        max_document_bytes: int,
        max_spooled_bytes: int,
    ) -> None:
        self._policy = policy
        self._signers = signers
        self._ledger = ledger
        self._journal = journal
        self._readers = readers
        self._spool = spool
        self._max_document_bytes = max_document_bytes
        self._max_spooled_bytes = max_spooled_bytes
        self._on_their_way = 0
        self._files: set[SpooledDocument] = set()
        self._tasks: set[asyncio.Task[list[Signature | AgentError]]] = set()

    def are_wanted_for(self, thumbprint: str) -> bool:
        """Whether a rule wants to see the documents that are signed with a certificate."""
        return self._policy.wants_content(thumbprint)

    async def see(self, chunks: AsyncIterator[bytes], entry: Entry, *, certificate: str) -> Seen:
        """Look at a whole document, journal what was seen, and remember it for a day.

        Raises:
            NotFoundError: CERTIFICATE_NOT_FOUND; it decides how to hash.
            InvalidRequestError: the document is empty or too long.
            ExhaustedError: too many documents are on their way.
            UnavailableError: JOURNAL_UNAVAILABLE.
        """
        signer = self._signers.find(certificate.upper())
        if self._on_their_way >= MAX_AT_ONCE:
            raise _too_many()
        self._on_their_way += 1
        file = self._new_file() if signer.signs_documents else None
        try:
            algorithm = signer.template.digest_algorithm
            look = Look(algorithm=algorithm, texts=self._policy.texts_to_find(certificate.upper()))
            await self._read(look, chunks, file)
            seen = Seen(digest=look.digest(), digest_algorithm=algorithm, content=look.content(), file=file)
            await self._journal_seen(seen, entry)
        except BaseException:
            self._drop(file)
            raise
        finally:
            self._on_their_way -= 1
        return seen

    async def kept_while(
        self, signing: Coroutine[Any, Any, list[Signature | AgentError]], seen: Seen
    ) -> Signature | AgentError:
        """The answer of a signing, whose document is kept until it ends, though the caller may be gone before."""
        task = asyncio.create_task(signing)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(lambda _: self._drop(seen.file))
        return (await asyncio.shield(task))[0]

    def forget(self, seen: Seen) -> None:
        """It is not to be signed."""
        self._drop(seen.file)

    async def _journal_seen(self, seen: Seen, entry: Entry) -> None:
        told = replace(
            entry,
            digest=seen.digest.hex(),
            digest_algorithm=seen.digest_algorithm.name,
            details=content_texts(seen.content),
        )
        for record in await self._journal.append([Draft(entry=told)]):
            self._ledger.apply(record)

    async def _read(self, look: Look, chunks: AsyncIterator[bytes], file: SpooledDocument | None) -> None:
        loop = asyncio.get_running_loop()
        async for chunk in chunks:
            if look.size_bytes + len(chunk) > self._max_document_bytes:
                raise _bad_document(f"must not be longer than {self._max_document_bytes} bytes")
            await loop.run_in_executor(self._readers, look.update, chunk)
            if file is not None:
                await self._keep(file, chunk)
        if not look.size_bytes:
            raise _bad_document("must not be empty")
        if file is not None:
            await loop.run_in_executor(self._readers, file.close)

    async def _keep(self, file: SpooledDocument, chunk: bytes) -> None:
        if sum(each.size_bytes for each in self._files) + len(chunk) > self._max_spooled_bytes:
            raise _too_many()
        try:
            await asyncio.get_running_loop().run_in_executor(self._readers, file.add, chunk)
        except OSError as error:
            raise _no_room() from error

    def _new_file(self) -> SpooledDocument:
        try:
            file = self._spool.document()
        except OSError as error:
            raise _no_room() from error
        self._files.add(file)
        return file

    def _drop(self, file: SpooledDocument | None) -> None:
        if file is not None:
            self._files.discard(file)
            file.remove()


def _too_many() -> ExhaustedError:
    return ExhaustedError(
        "too many documents are on their way: ask again in a moment",
        reason="OVERLOADED",
        domain=COMMON_DOMAIN,
        retry_after=timedelta(seconds=2),
    )


def _no_room() -> UnavailableError:
    return UnavailableError(
        "the document can't be kept while it is signed: make room on the agent's disk",
        reason="JOURNAL_UNAVAILABLE",
        retry_after=timedelta(seconds=5),
    )


def _bad_document(problem: str) -> InvalidRequestError:
    return InvalidRequestError(
        f"the document {problem}",
        reason="VALIDATION_FAILED",
        domain=COMMON_DOMAIN,
        violations=(FieldViolation(field="chunk", description=problem, rule_id="document"),),
    )
