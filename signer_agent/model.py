"""What the agent is asked for and what it answers, in its own words: no wire types beyond the servicer."""

import enum
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from gost.digest import DigestAlgorithm
from gost.esia import EsiaParameters


class DocumentKind(enum.StrEnum):
    """What a document is said to be; the names of landhub.common.v1.DocumentKind without their prefix."""

    CONTRACT = "CONTRACT"
    SPOUSE_CONSENT = "SPOUSE_CONSENT"
    GUARDIANSHIP_PERMIT = "GUARDIANSHIP_PERMIT"
    POWER_OF_ATTORNEY = "POWER_OF_ATTORNEY"
    MACHINE_READABLE_POWER_OF_ATTORNEY = "MACHINE_READABLE_POWER_OF_ATTORNEY"
    OTHER = "OTHER"


class SignatureFormat(enum.StrEnum):
    """What a signature looks like; the names of landhub.common.v1.SignatureFormat without their prefix."""

    CADES_BES_DETACHED = "CADES_BES_DETACHED"
    CADES_BES_ATTACHED = "CADES_BES_ATTACHED"
    CADES_T_DETACHED = "CADES_T_DETACHED"
    CADES_T_ATTACHED = "CADES_T_ATTACHED"
    """What is signed is the same in these four, and what is made is detached CAdES-BES: the hub puts content and
    timestamp beside it. So a rule that names one of them keeps an honest hub to it, and no other."""
    XMLDSIG_SMEV3 = "XMLDSIG_SMEV3"
    ESIA_CMS = "ESIA_CMS"
    ESIA_RAW = "ESIA_RAW"
    ESIA_RAW_REVERSED = "ESIA_RAW_REVERSED"


ESIA_FORMATS: Final = frozenset({SignatureFormat.ESIA_CMS, SignatureFormat.ESIA_RAW, SignatureFormat.ESIA_RAW_REVERSED})


class AttestedBy(enum.StrEnum):
    """Whose word a rule takes for who asks and what is to be signed."""

    HUB = "hub"
    CALLER = "caller"
    CONTENT = "content"
    """Nobody's for the document: the agent sees it. Who asks and what kind it is, is the hub's word."""


class ContentFormat(enum.StrEnum):
    """What a document looks like by its bytes: a PDF by how it begins, XML and text by all of them."""

    PDF = "pdf"
    XML = "xml"
    TEXT = "text"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What the agent saw of a document. ``found`` names texts, looked for on behalf of rules, by `text_id`."""

    size_bytes: int
    format: ContentFormat
    found: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What a caller's own key asserts. The thumbprint is upper case; the nonce has 16 to 64 bytes."""

    digest: bytes
    digest_algorithm: DigestAlgorithm
    document_kind: DocumentKind
    certificate: str
    format: SignatureFormat
    expires: datetime
    nonce: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Attestation:
    """A caller's statement as it came: its exact bytes, what they say, the signature over them, the key's name.

    ``statement`` is None if the bytes are no valid statement.
    """

    statement_bytes: bytes
    statement: Statement | None
    signature: bytes
    key_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningRequest:
    """One document to be signed, by its digest. ``certificate`` is the thumbprint, upper-case hex.

    ``caller`` and ``document_kind`` are the hub's word and no more than that. In format XMLDSIG_SMEV3 the digest is of
    the element ``element_id`` as the transform writes it; in those of ESIA it is of the string that ``esia`` gives.
    ``document`` is its file, where the agent has seen it and a tool may want it whole.
    """

    request_id: str
    caller: str
    document_kind: DocumentKind
    digest: bytes
    digest_algorithm: DigestAlgorithm
    certificate: str
    format: SignatureFormat
    business_reference: str = ""
    attestation: Attestation | None = None
    trace_id: str = ""
    element_id: str = ""
    esia: EsiaParameters | None = None
    document: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """A signature that was made, verified and journaled, when, and by which rule.

    ``cms`` is what its format has: CMS in DER, the element ds:Signature in UTF-8, or a bare signature.
    """

    cms: bytes
    format: SignatureFormat
    rule: str
    signing_time: datetime
    journal_sequence: int
