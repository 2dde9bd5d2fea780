"""Verifying what anybody signed: detached over a document or its digest, or attached over the document inside."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from gost import digest as hashing
from gost.cms import SignedData, read_signed_data
from gost.digest import DigestAlgorithm
from gost.errors import MalformedError
from gost.report import Indication, Report, SubIndication
from gost.xmldsig_verify import XmlReport
from hub.modules.signatures.hashing import digest_all
from hub.modules.signatures.port import DocumentEmptyError, SignatureIndeterminateError, SignatureNotValidError
from hub.modules.signatures.trust import Trust


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document to verify a signature over: its bytes, or the digest somebody else took of it.

    Neither where the CMS holds it.
    """

    content: bytes | None = field(default=None, repr=False)
    digest: bytes = b""

    @property
    def is_given(self) -> bool:
        """Whether there is one beside the CMS."""
        return self.content is not None or bool(self.digest)


class Verification:
    """Verifies by the trust of the settings. Whatever is wrong with a signature is in the report."""

    def __init__(self, *, trust: Trust) -> None:
        self._trust = trust

    async def verify(self, document: Document, cms: bytes, *, at: datetime | None = None) -> Report:
        """Verify as of a time; None is now.

        Raises:
            DocumentEmptyError: no document is given, and the CMS holds none.
        """
        if document.content is not None:
            return self.verify_digests(await digest_all(document.content, algorithms_of(cms)), cms, at=at)
        if not document.digest:
            return self.verify_digests({}, cms, at=at)
        inside = content_of(cms)
        if inside is None:
            return self._trust.verify(cms, document.digest, at=at)
        taken = await digest_all(inside, algorithms_of(cms))
        return self._of_inside(cms, same=document.digest in taken.values(), at=at)

    async def verify_xml(self, content: bytes, *, element_id: str, at: datetime) -> XmlReport:
        """Verify an XML document that holds its signature by the profile of SMEV 3, as of a time."""
        return await asyncio.to_thread(self._trust.verify_xml, content, element_id=element_id, at=at)

    def verify_digests(
        self, digests: Mapping[DigestAlgorithm, bytes], cms: bytes, *, at: datetime | None = None
    ) -> Report:
        """Verify over a document that was hashed by each algorithm the signature uses; none where the CMS holds it.

        Raises:
            DocumentEmptyError: it is nowhere.
        """
        inside = content_of(cms)
        if inside is not None:
            same = all(hashing.digest(algorithm, inside) == digest for algorithm, digest in digests.items())
            return self._of_inside(cms, same=same, at=at)
        if not digests and algorithms_of(cms):
            raise DocumentEmptyError("document")
        return self._trust.verify(cms, digests, at=at)

    def _of_inside(self, cms: bytes, *, same: bool, at: datetime | None) -> Report:
        if same:
            return self._trust.verify_attached(cms, at=at)
        return Report(
            indication=Indication.TOTAL_FAILED,
            sub_indication=SubIndication.HASH_FAILURE,
            explanation="the document given is not the one that the CMS holds",
        )


def algorithms_of(cms: bytes) -> frozenset[DigestAlgorithm]:
    """Return what a document must be hashed with for this signature; nothing if the CMS can't be read."""
    signed_data = _read(cms)
    return frozenset() if signed_data is None else signed_data.digest_algorithms


def content_of(cms: bytes) -> bytes | None:
    """Return the document that a CMS holds; None if it holds none or can't be read."""
    signed_data = _read(cms)
    return None if signed_data is None else signed_data.content


def require_valid(report: Report) -> None:
    """Let only what passed in full pass.

    Raises:
        SignatureNotValidError: it is broken or was not valid.
        SignatureIndeterminateError: that can't be concluded.
    """
    sub = report.sub_indication.value if report.sub_indication else ""
    if report.indication is Indication.TOTAL_FAILED:
        raise SignatureNotValidError(sub, report.explanation)
    if report.indication is Indication.INDETERMINATE:
        raise SignatureIndeterminateError(sub, report.explanation)


def _read(cms: bytes) -> SignedData | None:
    try:
        return read_signed_data(cms)
    except MalformedError:
        return None
