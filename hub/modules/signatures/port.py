"""What the signatures module asks of who signs, the values it speaks, and its errors."""

import abc
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from gost.digest import DigestAlgorithm
from gost.tsp import TimestampQuery
from hub.core.errors import FieldViolation, HubError, InvalidRequestError, PreconditionError
from hub.modules.signatures.formats import Format
from hub.resilience.policy import Guard
from hub.signing.port import (
    AgentCertificate,
    AgentUnavailableError,
    Attestation,
    MadeSignature,
    ShownDocument,
    SigningOrder,
    SigningRefusedError,
)

DOMAIN = "landhub.signatures.v1"

__all__ = [
    "DOMAIN",
    "AgentCertificate",
    "AgentUnavailableError",
    "Attestation",
    "DigestNotFittingError",
    "DigestToSign",
    "DocumentEmptyError",
    "DocumentTooLargeError",
    "FormatNotFittingError",
    "HeaderExpectedError",
    "MadeSignature",
    "ShownDocument",
    "SignatureIndeterminateError",
    "SignatureNotValidError",
    "SignatureState",
    "SignaturesPort",
    "SignerNotValidError",
    "SigningOrder",
    "SigningRefusedError",
    "TimestampPort",
    "TimestampRefusedError",
    "TimestampState",
    "TimestampsNotSetUpError",
    "XmlNotFittingError",
]


class SignatureState(StrEnum):
    """Where a signature stands."""

    PENDING = "PENDING"
    SIGNED = "SIGNED"
    WAITING_FOR_PIN = "WAITING_FOR_PIN"
    EXPIRED = "EXPIRED"
    FAILED = "FAILED"


class TimestampState(StrEnum):
    """Where the timestamp of a signature stands whose format has one."""

    NONE = ""
    PENDING = "PENDING"
    MADE = "MADE"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestToSign:
    """One document to sign, by its digest. `document_kind` is DocumentKind without its prefix."""

    digest: bytes
    digest_algorithm: DigestAlgorithm
    document_kind: str
    attestation: Attestation | None = field(default=None)
    seen_by: str = ""
    """The agent that has seen the document, where one has to: no other one signs its digest."""
    format: Format = Format.CADES_BES_DETACHED
    content: bytes | None = field(default=None, repr=False)
    """The document itself, where the format holds it."""
    existing_cms: bytes | None = field(default=None, repr=False)
    """A CMS over the same document, to be signed beside."""
    digests: Mapping[DigestAlgorithm, bytes] = field(default_factory=dict)
    """The document's digests by what the signers of `existing_cms` use."""
    xml_element_id: str = ""
    """The element that is signed, in format XMLDSIG_SMEV3; the digest is of it as the transform writes it."""


class DocumentEmptyError(InvalidRequestError):
    """There is nothing to sign or verify."""

    def __init__(self, path: str) -> None:
        super().__init__(
            "The document is empty; send its bytes.",
            reason="DOCUMENT_EMPTY",
            domain=DOMAIN,
            violations=(FieldViolation(path, "must not be empty", "document"),),
        )


class HeaderExpectedError(InvalidRequestError):
    """A streamed document does not begin with its header, or has two."""

    def __init__(self) -> None:
        super().__init__(
            "The stream must begin with its header, once, and go on with chunks.",
            reason="HEADER_EXPECTED",
            domain=DOMAIN,
            violations=(FieldViolation("header", "must come first, once", "stream"),),
        )


class FormatNotFittingError(InvalidRequestError):
    """The format can't be had of what was given."""

    def __init__(self, problem: str) -> None:
        super().__init__(
            f"The format can't be had: {problem}.",
            reason="FORMAT_NOT_FITTING",
            domain=DOMAIN,
            violations=(FieldViolation("format", problem, "format"),),
        )


class XmlNotFittingError(InvalidRequestError):
    """The XML document can't be signed."""

    def __init__(self, problem: str) -> None:
        super().__init__(
            f"The XML document can't be signed: {problem}.",
            reason="XML_NOT_FITTING",
            domain=DOMAIN,
            violations=(FieldViolation("content", problem, "xml"),),
        )


class DocumentTooLargeError(InvalidRequestError):
    """The document is too long to be held in a signature."""

    def __init__(self, path: str, limit_bytes: int) -> None:
        super().__init__(
            f"A signature holds a document of up to {limit_bytes} bytes; sign a longer one detached.",
            reason="DOCUMENT_TOO_LARGE",
            domain=DOMAIN,
            metadata={"limit_bytes": str(limit_bytes)},
            violations=(FieldViolation(path, f"must have at most {limit_bytes} bytes in this format", "document"),),
        )


class TimestampsNotSetUpError(PreconditionError):
    """A format with a timestamp was asked for, and the settings name nobody who gives one."""

    def __init__(self) -> None:
        super().__init__(
            "This hub has no timestamp authority; set [modules.signatures.timestamps], or ask for CAdES-BES.",
            reason="TIMESTAMPS_NOT_SET_UP",
            domain=DOMAIN,
        )


class TimestampRefusedError(PreconditionError):
    """The timestamp authority refuses such a request, and will again. `words` are RFC 3161's."""

    def __init__(self, words: str) -> None:
        super().__init__(
            f"The timestamp authority refuses: {words}. See its policy and algorithms in the settings.",
            reason="TIMESTAMP_REFUSED",
            domain=DOMAIN,
            metadata={"status": words},
        )


class DigestNotFittingError(InvalidRequestError):
    """The digest doesn't fit the algorithm, or the algorithm doesn't fit the certificate's key."""

    def __init__(self, path: str, expected: str) -> None:
        super().__init__(
            f"{path} does not fit the certificate's key: hash the document with {expected}.",
            reason="DIGEST_NOT_FITTING",
            domain=DOMAIN,
            violations=(FieldViolation(path, f"must be a digest by {expected}", "digest"),),
        )


class SignerNotValidError(PreconditionError):
    """Our certificate can't be signed with now; `cause` says why: "expired", "revoked", "no_chain"."""

    def __init__(self, thumbprint: str, cause: str) -> None:
        super().__init__(
            f"Nothing was signed: the certificate is not valid now ({cause}). Renew it, or mend [trust].",
            reason="SIGNER_NOT_VALID",
            domain=DOMAIN,
            metadata={"thumbprint": thumbprint, "cause": cause},
        )


class SignatureNotValidError(PreconditionError):
    """The attached signature is broken or was not valid."""

    def __init__(self, sub_indication: str, explanation: str) -> None:
        super().__init__(
            f"The signature is not valid: {explanation}.",
            reason="SIGNATURE_NOT_VALID",
            domain=DOMAIN,
            metadata={"indication": "TOTAL_FAILED", "sub_indication": sub_indication},
        )


class SignatureIndeterminateError(PreconditionError):
    """Whether the attached signature is valid can't be concluded."""

    def __init__(self, sub_indication: str, explanation: str) -> None:
        super().__init__(
            f"Whether the signature is valid can't be concluded: {explanation}.",
            reason="SIGNATURE_INDETERMINATE",
            domain=DOMAIN,
            metadata={"indication": "INDETERMINATE", "sub_indication": sub_indication},
        )


class TimestampPort(abc.ABC):
    """A timestamp authority. Asking again is always safe: one timestamp too many does no harm."""

    @property
    @abc.abstractmethod
    def name(self) -> str:
        """The provider's name in settings: "tsp"."""

    @abc.abstractmethod
    async def stamp(self, query: TimestampQuery, *, guard: Guard | None = None) -> bytes:
        """Return the token (DER) that answers a query. Whether its authority is to be believed is not looked at.

        Raises:
            TimestampRefusedError: it says no, and will again.
            UnavailableError: it can't be reached, or its answer is not to this query.
        """

    @abc.abstractmethod
    async def probe(self) -> None:
        """Have one timestamp made over nothing of anybody's."""

    @abc.abstractmethod
    async def close(self) -> None:
        """Close the connections."""


class RevocationListPort(abc.ABC):
    """Where one revocation list is published. Asking again is always safe."""

    @property
    @abc.abstractmethod
    def name(self) -> str:
        """The point's name in the settings."""

    @abc.abstractmethod
    async def fetch(self, check: Callable[[bytes], None]) -> bytes:
        """Return the list that is published now, after `check` found nothing wrong with it; it may run in a thread.

        Raises:
            UnavailableError: it can't be reached, or `check` raised MalformedError over its answer.
            PreconditionError: it refuses.
        """

    @abc.abstractmethod
    async def close(self) -> None:
        """Close the connections."""


class SignaturesPort(abc.ABC):
    """Who holds the keys. Every method may raise UnavailableError; asking the same one again is always safe."""

    @property
    @abc.abstractmethod
    def name(self) -> str:
        """The provider's name in settings: "agents"."""

    @abc.abstractmethod
    async def list_certificates(self) -> Sequence[AgentCertificate]:
        """Return the certificates one can sign with, in order of thumbprint."""

    @abc.abstractmethod
    async def get_certificate(self, thumbprint: str) -> AgentCertificate:
        """Return one certificate; raises CertificateNotFoundError."""

    @abc.abstractmethod
    async def choose(self, thumbprint: str, *, but: str = "") -> str:
        """Name who is to sign; see SigningPort.choose."""

    @abc.abstractmethod
    async def sign(self, agent: str, orders: Sequence[SigningOrder]) -> Sequence[MadeSignature | HubError]:
        """Have signatures made, all with one certificate; what fails is told one by one. See SigningPort.sign."""

    @abc.abstractmethod
    async def show(self, agent: str, document: ShownDocument, chunks: AsyncIterator[bytes]) -> bytes:
        """Stream a document to who is to sign it, and return the digest it made; see SigningPort.show."""

    @abc.abstractmethod
    def observe(self, changed: Callable[[str], None]) -> Callable[[], None]:
        """Tell why nothing can be signed, empty when it can, now and at each change; the result stops it."""
