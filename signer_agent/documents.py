"""Documents that the agent sees: they stream through, and the journal keeps what was seen of them, not their bytes."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from gost.digest import DigestAlgorithm
from signer_agent.content import Look
from signer_agent.errors import COMMON_DOMAIN, ExhaustedError, FieldViolation, InvalidRequestError
from signer_agent.journal import Journal
from signer_agent.journal_file import Draft
from signer_agent.journal_record import Entry
from signer_agent.ledger import Ledger, content_texts
from signer_agent.model import Content
from signer_agent.policy import Policy
from signer_agent.signers import Signers

MAX_AT_ONCE: Final = 16  # documents on their way; two threads hash them, at 80 MB a second each


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A whole document that was seen and journaled: its digest by the key's algorithm, and what it is."""

    digest: bytes
    digest_algorithm: DigestAlgorithm
    content: Content


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
        max_document_bytes: int,
    ) -> None:
        self._policy = policy
        self._signers = signers
        self._ledger = ledger
        self._journal = journal
        self._readers = readers
        self._max_document_bytes = max_document_bytes
        self._on_their_way = 0

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
            raise ExhaustedError(
                "too many documents are on their way: ask again in a moment",
                reason="OVERLOADED",
                domain=COMMON_DOMAIN,
                retry_after=timedelta(seconds=2),
            )
        self._on_their_way += 1
        try:
            algorithm = signer.template.digest_algorithm
            look = Look(algorithm=algorithm, texts=self._policy.texts_to_find(certificate.upper()))
            await self._read(look, chunks)
        finally:
            self._on_their_way -= 1
        seen = Seen(digest=look.digest(), digest_algorithm=algorithm, content=look.content())
        told = replace(
            entry,
            digest=seen.digest.hex(),
            digest_algorithm=algorithm.name,
            details=content_texts(seen.content),
        )
        for record in await self._journal.append([Draft(entry=told)]):
            self._ledger.apply(record)
        return seen

    async def _read(self, look: Look, chunks: AsyncIterator[bytes]) -> None:
        loop = asyncio.get_running_loop()
        async for chunk in chunks:
            if look.size_bytes + len(chunk) > self._max_document_bytes:
                raise _bad_document(f"must not be longer than {self._max_document_bytes} bytes")
            await loop.run_in_executor(self._readers, look.update, chunk)
        if not look.size_bytes:
            raise _bad_document("must not be empty")


def _bad_document(problem: str) -> InvalidRequestError:
    return InvalidRequestError(
        f"the document {problem}",
        reason="VALIDATION_FAILED",
        domain=COMMON_DOMAIN,
        violations=(FieldViolation(field="chunk", description=problem, rule_id="document"),),
    )
