"""What the rosreestr module asks of a provider: the port, the values it speaks and the errors it may raise.

Personal data is kept out of every `repr`, so that it can't reach a log or a traceback by accident.
"""

import abc
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from hub.core.errors import InvalidRequestError, NotFoundError, OutcomeUnknownError, PreconditionError
from hub.core.money import Money
from hub.modules.rosreestr.parties import Organization, Party, Person, Representative, SoleTrader, TransferParty
from hub.resilience.policy import Guard

__all__ = [
    "DOMAIN",
    "Document",
    "DocumentKind",
    "LandPlot",
    "LandPlotNotFoundError",
    "LookupNotSupportedError",
    "Organization",
    "Party",
    "Person",
    "ReferenceTakenError",
    "RefusedByProviderError",
    "RegistrationNotFoundError",
    "RegistrationState",
    "RegistrationStatus",
    "Representative",
    "Restriction",
    "Right",
    "RosreestrPort",
    "SoleTrader",
    "Submission",
    "Transfer",
    "TransferParty",
    "UnsupportedByProviderError",
    "UnsupportedTextError",
]

DOMAIN = "landhub.rosreestr.v1"


@dataclass(frozen=True, slots=True)
class LandPlot:
    """A land plot as the register describes it."""

    cadastral_number: str
    address: str
    area_square_meters: Decimal
    category: str
    permitted_use: str
    ownership_type: str
    last_registration_date: date | None = None


@dataclass(frozen=True, slots=True)
class Restriction:
    """A restriction or encumbrance; `kind` in the register's words: "Арест", "Ипотека"."""

    kind: str
    number: str = ""
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Right:
    """A registered right to a plot.

    `owner_name` is in the register's words. An empty `owner_inn` or a `share` of None means that the provider didn't
    tell; no restrictions means that there are none only if `restrictions_known`.
    """

    number: str
    kind: str
    owner_name: str = field(repr=False)
    owner_inn: str = field(default="", repr=False)
    share: Fraction | None = None
    registration_date: date | None = None
    restrictions: tuple[Restriction, ...] = ()
    restrictions_known: bool = False


class DocumentKind(StrEnum):
    """What a document is in a land deal."""

    CONTRACT = "CONTRACT"
    SPOUSE_CONSENT = "SPOUSE_CONSENT"
    GUARDIANSHIP_PERMIT = "GUARDIANSHIP_PERMIT"
    POWER_OF_ATTORNEY = "POWER_OF_ATTORNEY"
    MACHINE_READABLE_POWER_OF_ATTORNEY = "MACHINE_READABLE_POWER_OF_ATTORNEY"
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True)
class Document:
    """A document as a value; `signatures` are detached CMS SignedData over `content`, DER."""

    kind: DocumentKind
    file_name: str = field(repr=False)
    content: bytes = field(repr=False)
    signatures: tuple[bytes, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Transfer:
    """A transfer of the right to land, as contracted. `contract_date` is a Moscow day."""

    contract_number: str
    contract_date: date
    price: Money
    transferors: tuple[TransferParty, ...]
    transferees: tuple[TransferParty, ...]
    cadastral_numbers: tuple[str, ...]
    documents: tuple[Document, ...] = ()


class RegistrationState(StrEnum):
    """Where a registration stands; PENDING and OUTCOME_UNKNOWN are the hub's own, a provider never tells them."""

    PENDING = "PENDING"
    SUBMITTED = "SUBMITTED"
    IN_REVIEW = "IN_REVIEW"
    SUSPENDED = "SUSPENDED"
    REQUIREMENTS = "REQUIREMENTS"
    DUTY_DUE = "DUTY_DUE"
    REGISTERED = "REGISTERED"
    REFUSED = "REFUSED"
    WITHDRAWN = "WITHDRAWN"
    OUTCOME_UNKNOWN = "OUTCOME_UNKNOWN"

    @property
    def is_final(self) -> bool:
        """Whether it never changes any more."""
        return self in {self.REGISTERED, self.REFUSED, self.WITHDRAWN}


@dataclass(frozen=True, slots=True)
class Submission:
    """What the provider took over: its id of the registration, and how many of the documents."""

    vendor_id: str
    document_count: int


@dataclass(frozen=True, slots=True)
class RegistrationStatus:
    """The provider's last word on a registration.

    `vendor_status` is that word as it came, `status_time` by the provider's clock, `reason` the register's words (may
    hold personal data). `uin` and `amount` tell the state duty that is due.
    """

    vendor_id: str
    state: RegistrationState
    vendor_status: str
    status_time: datetime
    reason: str = field(default="", repr=False)
    until: datetime | None = None
    uin: str = ""
    amount: Money | None = None
    registration_number: str = ""
    completion_date: date | None = None


class LandPlotNotFoundError(NotFoundError):
    """The register has no such plot."""

    def __init__(self, cadastral_number: str) -> None:
        super().__init__(
            f"The register has no land plot {cadastral_number}; check the cadastral number.",
            reason="LAND_PLOT_NOT_FOUND",
            domain=DOMAIN,
            metadata={"cadastral_number": cadastral_number},
        )


class RegistrationNotFoundError(NotFoundError):
    """The provider doesn't know the registration by its own id (any more)."""

    def __init__(self) -> None:
        super().__init__(
            "The provider has no registration with this id; ask its operator what became of it.",
            reason="RESOURCE_NOT_FOUND",
            metadata={"resource": "rosreestr.Registration"},
        )


class UnsupportedByProviderError(PreconditionError):
    """The provider can't carry such a deal. Raised before anything is sent."""

    def __init__(self, *, provider: str, limit: str, at_most: str) -> None:
        super().__init__(
            f"The provider {provider} carries at most {at_most} for {limit}; split the deal or use another provider.",
            reason="UNSUPPORTED_BY_PROVIDER",
            domain=DOMAIN,
            metadata={"provider": provider, "limit": limit, "at_most": at_most},
        )


class UnsupportedTextError(InvalidRequestError):
    """A text has characters that can't be put on the wire. Raised before anything is sent."""

    def __init__(self, where: str) -> None:
        super().__init__(
            f"The text of {where} has control characters, which the provider can't take; remove them.",
            reason="VALIDATION_FAILED",
            metadata={"field": where},
        )


class RefusedByProviderError(PreconditionError):
    """The provider refused for a reason of business; asking again will not help, and nothing was changed.

    `vendor_message` is the provider's text for people. It may hold personal data, so it is no part of the message.
    """

    def __init__(self, *, vendor_code: str, vendor_message: str = "") -> None:
        super().__init__(
            f"The provider refused the request ({vendor_code}); asking again will not help. A registration shows why.",
            reason="REFUSED_BY_PROVIDER",
            domain=DOMAIN,
            metadata={"vendor_code": vendor_code},
        )
        self.vendor_message = vendor_message


class ReferenceTakenError(OutcomeUnknownError):
    """The provider has other content under our reference; `vendor_id` tells which registration, if it said so.

    Whose that is, nobody can know from here: a person compares the two and settles it.
    """

    def __init__(self, *, reference: str, vendor_id: str = "") -> None:
        super().__init__(
            "The provider already has other content under this reference; look the registration up and settle it.",
            reason="REFERENCE_TAKEN",
            domain=DOMAIN,
            metadata={"vendor_reference": reference},
        )
        self.vendor_id = vendor_id


class LookupNotSupportedError(PreconditionError):
    """The provider can't look a registration up by our reference, so a lost answer waits for a person."""

    def __init__(self, *, provider: str) -> None:
        super().__init__(
            f"The provider {provider} can't look a registration up by our reference; settle it by ResolveOutcome.",
            reason="LOOKUP_NOT_SUPPORTED",
            domain=DOMAIN,
            metadata={"provider": provider},
        )


class RosreestrPort(abc.ABC):
    """Read the register and register transfers through one provider.

    Every method may raise UnavailableError (down, breaker open, answer unreadable; nothing was changed), ExhaustedError
    (its quota) or PreconditionError with UPSTREAM_CREDENTIALS_REFUSED. Methods that write may also raise
    OutcomeUnknownError: it may have happened, ask `find` or `status` before trying again.
    """

    @property
    @abc.abstractmethod
    def name(self) -> str:
        """The provider's name in settings and resources: "xml_gateway"."""

    @property
    @abc.abstractmethod
    def visibility_window(self) -> timedelta:
        """How long after it was sent a registration may still be invisible to `find`."""

    @property
    @abc.abstractmethod
    def can_find(self) -> bool:
        """Whether `find` works at all."""

    @property
    @abc.abstractmethod
    def carries_documents(self) -> bool:
        """Whether a submission takes the documents along; if not, it is made without them."""

    @abc.abstractmethod
    async def get_land_plot(self, cadastral_number: str) -> LandPlot:
        """Ask the register for one plot.

        Raises:
            LandPlotNotFoundError: there is none.
        """

    @abc.abstractmethod
    async def list_rights(self, cadastral_number: str) -> tuple[Right, ...]:
        """Ask the register for the rights to one plot; empty when none is registered.

        Raises:
            LandPlotNotFoundError: there is no such plot.
        """

    @abc.abstractmethod
    def check_transfer(self, transfer: Transfer) -> None:
        """Say whether the provider can carry this deal. Sends nothing.

        Raises:
            UnsupportedByProviderError: it can't, and why.
            UnsupportedTextError: a text can't be put on the wire.
        """

    @abc.abstractmethod
    async def submit(self, reference: str, transfer: Transfer, *, guard: Guard | None = None) -> Submission:
        """Submit a transfer under our reference. `guard` is awaited just before each time bytes may leave.

        Raises:
            UnsupportedByProviderError: nothing was sent.
            RefusedByProviderError: the provider said no.
            ReferenceTakenError: the reference has other content there.
            OutcomeUnknownError: it may have been taken; look it up by `find`.
        """

    @abc.abstractmethod
    async def find(self, reference: str) -> RegistrationStatus | None:
        """Look a registration up by our reference. None is no proof before `visibility_window` has passed.

        Raises:
            LookupNotSupportedError: this provider, as it is set up, can't.
        """

    @abc.abstractmethod
    async def get_status(self, vendor_id: str) -> RegistrationStatus:
        """Ask for a registration by the provider's id.

        Raises:
            RegistrationNotFoundError: not known there; no proof before `visibility_window` has passed.
        """

    @abc.abstractmethod
    async def add_documents(
        self, reference: str, vendor_id: str, documents: tuple[Document, ...], *, guard: Guard | None = None
    ) -> int:
        """Add documents to a registration, under a reference of their own; returns how many were taken.

        Raises:
            UnsupportedByProviderError: nothing was sent.
            RegistrationNotFoundError: not known there; no proof before `visibility_window` has passed.
            RefusedByProviderError: the provider said no.
            OutcomeUnknownError: they may have been added; where `can_find`, the same call is safe to repeat.
        """

    @property
    @abc.abstractmethod
    def can_withdraw(self) -> bool:
        """Whether `withdraw` works at all."""

    @abc.abstractmethod
    async def withdraw(self, vendor_id: str, reason: str, *, guard: Guard | None = None) -> RegistrationStatus:
        """Ask for the end of a registration; `reason` is for the register's people and may be empty.

        The answer's state is WITHDRAWN, or another one where that takes the register time.

        Raises:
            UnsupportedByProviderError, UnsupportedTextError: nothing was sent.
            RegistrationNotFoundError: not known there; no proof before `visibility_window` has passed.
            RefusedByProviderError: the provider said no, for example because the registration is final.
            OutcomeUnknownError: it may have been taken; `get_status` tells.
        """

    @abc.abstractmethod
    async def probe(self) -> None:
        """Make one read with the real credentials that changes, costs and discloses nothing.

        Raises:
            HubError: what a read would meet now.
        """

    @abc.abstractmethod
    async def close(self) -> None:
        """Let go of the connections, once, when the module ends."""
