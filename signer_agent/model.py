"""What the agent is asked for and what it answers, in its own words: no wire types beyond the servicer."""

import enum
from dataclasses import dataclass
from datetime import datetime

from gost.digest import DigestAlgorithm


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

    ``caller`` and ``document_kind`` are the hub's word and no more than that.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """A signature that was made, verified and journaled: the CMS in DER, its time, the rule that allowed it."""

    cms: bytes
    rule: str
    signing_time: datetime
    journal_sequence: int
