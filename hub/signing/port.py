"""What the hub asks of the signer agents, in the hub's own words."""

import abc
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from gost.certificate import CertificateFacts
from gost.digest import DigestAlgorithm
from gost.esia import EsiaParameters
from hub.core.audit import Checkpoint, Countersignature
from hub.core.errors import HubError, NotFoundError, PreconditionError, UnavailableError

DOMAIN = "landhub.signatures.v1"

_ASK_AGAIN = timedelta(seconds=2)  # an agent starts in less


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry:
    """One entry of an agent's journal, as a story tells it. `phase` is JournalPhase without its prefix: "SIGNED"."""

    agent: str
    time: datetime
    phase: str
    request_id: str = ""
    certificate_thumbprint: str = ""
    rule: str = ""
    reason: str = ""
    trace_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentCertificate:
    """A certificate that an agent has, and whether it has the private key."""

    agent: str
    facts: CertificateFacts = field(repr=False)
    store: str
    container: str
    has_private_key: bool
    content_needed: bool = False
    """Whether the agent wants to see each document: `show` it first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attestation:
    """The caller's own word for a signature; the hub passes it through and can't make it."""

    statement: bytes = field(repr=False)
    signature: bytes = field(repr=False)
    key_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningOrder:
    """One signature to be made over a document's digest.

    `request_id` is a UUID of the hub's; the same (request_id, digest) always answers the same signature.
    `document_kind` is DocumentKind without its prefix: "CONTRACT"; so is `format` of SignatureFormat. In any CAdES
    format an agent makes detached CAdES-BES: content and timestamp are not signed, and are put in by the hub.
    """

    request_id: str
    business_reference: str
    caller: str
    document_kind: str
    digest: bytes
    digest_algorithm: DigestAlgorithm
    thumbprint: str
    format: str = "CADES_BES_DETACHED"
    xml_element_id: str = ""
    """The element that is signed, in format XMLDSIG_SMEV3; `digest` is of it as the transform writes it."""
    attestation: Attestation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownDocument:
    """A document that an agent is to look at before its digest is signed. The fields are those of `SigningOrder`."""

    request_id: str
    business_reference: str
    caller: str
    document_kind: str
    thumbprint: str
    format: str = "CADES_BES_DETACHED"


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeSignature:
    """A signature that an agent made: the CMS in DER, or the element ds:Signature; when, and by which rule."""

    cms: bytes = field(repr=False)
    rule: str
    signing_time: datetime
    journal_sequence: int


class EsiaFormat(StrEnum):
    """How a string of ESIA is signed; SignatureFormat without its prefix. Old order goes with CMS, new with RAW."""

    CMS = "ESIA_CMS"
    RAW = "ESIA_RAW"
    RAW_REVERSED = "ESIA_RAW_REVERSED"


@dataclass(frozen=True, slots=True, kw_only=True)
class EsiaSigningOrder:
    """A string of ESIA to be signed; the agent builds it of the parameters, whose time is signed in UTC.

    `request_id` is a UUID of the hub's; the same (request_id, parameters) always answers the same secret. Parameters
    that are signed must be sent to ESIA as they stand here, the time as `gost.esia.written_time` writes it in UTC.
    """

    request_id: str
    business_reference: str
    caller: str
    thumbprint: str
    format: EsiaFormat
    parameters: EsiaParameters = field(repr=False)
    attestation: Attestation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EsiaSecret:
    """The parameters `client_secret` and `client_certificate_hash` of a request to ESIA, and who allowed them when."""

    client_secret: str = field(repr=False)
    client_certificate_hash: str
    rule: str
    signing_time: datetime
    journal_sequence: int


AgentObserver = Callable[[str, str], None]
"""Told of an agent's name and why it can't be used; empty when it can."""


class AgentUnavailableError(UnavailableError):
    """An agent can't be reached, or can't work right now. Asking *it* again is safe: it answers the same signature.

    `may_have_signed` is False only if the request certainly never reached it: then another agent may be asked.
    """

    def __init__(self, agent: str, *, retry_after: timedelta | None = None, may_have_signed: bool = False) -> None:
        super().__init__(
            f"The signer agent {agent!r} can't be reached; start it, or ask again with the same request_id.",
            reason="AGENT_UNAVAILABLE",
            domain=DOMAIN,
            metadata={"agent": agent},
            retry_after=retry_after or _ASK_AGAIN,
        )
        self.may_have_signed = may_have_signed


class CertificateNotFoundError(NotFoundError):
    """No agent has a certificate with this thumbprint."""

    def __init__(self, thumbprint: str) -> None:
        super().__init__(
            "No agent holds a certificate with this thumbprint; see ListCertificates.",
            reason="CERTIFICATE_NOT_FOUND",
            domain=DOMAIN,
            metadata={"thumbprint": thumbprint},
        )


class SigningRefusedError(PreconditionError):
    """The agent refused for good; `agent_reason` is an ErrorReason of landhub.signer.v1 without its prefix."""

    def __init__(self, agent_reason: str) -> None:
        super().__init__(
            f"The signer agent refused to sign: {agent_reason}. Its policy and journal say why.",
            reason="SIGNING_REFUSED",
            domain=DOMAIN,
            metadata={"agent_reason": agent_reason},
        )
        self.agent_reason = agent_reason


class PinRequiredError(PreconditionError):
    """The key is locked; a person has to unlock it at the agent."""

    def __init__(self) -> None:
        super().__init__(
            "The key is locked: unlock it at the agent with `signer-agent unlock`.",
            reason="SIGNING_REFUSED",
            domain=DOMAIN,
            metadata={"agent_reason": "PIN_REQUIRED"},
        )


class SigningPort(abc.ABC):
    """The agents of this installation, behind one face. Every method may raise AgentUnavailableError."""

    @property
    @abc.abstractmethod
    def agents(self) -> Sequence[str]:
        """Their names in the settings."""

    @abc.abstractmethod
    def observe(self, observer: AgentObserver) -> Callable[[], None]:
        """Tell how each agent is, now and at each change; the result stops it."""

    @abc.abstractmethod
    async def list_certificates(self) -> Sequence[AgentCertificate]:
        """Return what the agents that can be reached hold, in order of thumbprint."""

    @abc.abstractmethod
    async def get_certificate(self, thumbprint: str) -> AgentCertificate:
        """Return one certificate.

        Raises:
            CertificateNotFoundError: no agent has it. An agent that can't be reached makes it AgentUnavailableError.
        """

    @abc.abstractmethod
    async def choose(self, thumbprint: str, *, but: str = "") -> str:
        """Name the agent to ask for a signature: of those that hold the key the least busy that works.

        If none works, one is named all the same, and its work waits for it. With `but`, another agent than that one
        which works, or "" if there is none.

        Raises:
            CertificateNotFoundError: no agent has the certificate.
        """

    @abc.abstractmethod
    async def sign(self, agent: str, orders: Sequence[SigningOrder]) -> Sequence[MadeSignature | HubError]:
        """Have up to 256 signatures made by one agent.

        Only this agent may be asked again for an order, unless it answered AgentUnavailableError that says it can't
        have signed: agents know nothing of one another, and two of them would make two signatures.

        Returns:
            For each order the signature, or why there is none: SigningRefusedError and PinRequiredError are final for
            this request, UnavailableError and ExhaustedError are not.
        """

    @abc.abstractmethod
    async def sign_esia(self, agent: str, order: EsiaSigningOrder) -> EsiaSecret:
        """Have a string of ESIA signed by one agent; asking the same one again is safe, as with `sign`.

        Raises:
            SigningRefusedError: its policy names no such system, address or scope, or the time is not now.
            PinRequiredError: a person has to unlock the key.
        """

    @abc.abstractmethod
    async def show(self, agent: str, document: ShownDocument, chunks: AsyncIterator[bytes]) -> bytes:
        """Stream a whole document to an agent, which signs nothing yet; within a day it signs the digest it returns.

        Raises:
            HubError: what the agent says against it, SigningRefusedError as a rule.
        """

    @abc.abstractmethod
    async def journal(self, agent: str, *, business_reference: str, limit: int) -> Sequence[JournalEntry]:
        """Return what one agent's journal tells of a business reference, oldest first, so many at most."""

    @abc.abstractmethod
    async def licences(self) -> Mapping[str, datetime]:
        """Return when the licences run out that agents' keys depend on, by agent; those that tell of an end."""

    @abc.abstractmethod
    async def evidence(self, agent: str, request_id: str) -> bytes:
        """Return what one agent has to prove the signature of a request: a file of evidence without our parts.

        Raises:
            NotFoundError: it knows of no such signature.
        """

    @abc.abstractmethod
    async def countersign(self, agent: str, checkpoint: Checkpoint) -> Countersignature:
        """Have one agent keep our checkpoint, and bring back its word for it with its journal's own checkpoint.

        Raises:
            PreconditionError: the agent has seen a later checkpoint of this chain (CHECKPOINT_BEHIND): our audit was
                cut short or rolled back.
        """

    @abc.abstractmethod
    async def start(self) -> None:
        """Connect in the background; returns at once."""

    @abc.abstractmethod
    async def close(self) -> None:
        """Close the connections."""
