"""What a verification says: the indications of ETSI EN 319 102-1 with enough beside them to act on."""

import enum
from dataclasses import dataclass
from datetime import datetime, timedelta

from gost.certificate import CertificateFacts
from gost.qualification import NOT_VALID, Qualification


class Indication(enum.IntEnum):
    """The verdict, ordered so that the greater one is the worse (EN 319 102-1, 5.1.3)."""

    TOTAL_PASSED = 0
    INDETERMINATE = 1
    TOTAL_FAILED = 2


class SubIndication(enum.Enum):
    """Why a verdict is not TOTAL_PASSED (EN 319 102-1, tables 5 and 6)."""

    FORMAT_FAILURE = "FORMAT_FAILURE"
    HASH_FAILURE = "HASH_FAILURE"
    SIG_CRYPTO_FAILURE = "SIG_CRYPTO_FAILURE"
    NOT_YET_VALID = "NOT_YET_VALID"
    SIG_CONSTRAINTS_FAILURE = "SIG_CONSTRAINTS_FAILURE"
    CHAIN_CONSTRAINTS_FAILURE = "CHAIN_CONSTRAINTS_FAILURE"
    CERTIFICATE_CHAIN_GENERAL_FAILURE = "CERTIFICATE_CHAIN_GENERAL_FAILURE"
    CRYPTO_CONSTRAINTS_FAILURE = "CRYPTO_CONSTRAINTS_FAILURE"
    NO_SIGNING_CERTIFICATE_FOUND = "NO_SIGNING_CERTIFICATE_FOUND"
    NO_CERTIFICATE_CHAIN_FOUND = "NO_CERTIFICATE_CHAIN_FOUND"
    REVOKED_NO_POE = "REVOKED_NO_POE"
    REVOKED_CA_NO_POE = "REVOKED_CA_NO_POE"
    OUT_OF_BOUNDS_NO_POE = "OUT_OF_BOUNDS_NO_POE"
    TRY_LATER = "TRY_LATER"
    SIGNED_DATA_NOT_FOUND = "SIGNED_DATA_NOT_FOUND"


class CertificateStatus(enum.Enum):
    """How one certificate of the chain stands at the time asked about."""

    __hash__ = object.__hash__  # see gost.digest.DigestAlgorithm

    GOOD = "GOOD"
    EXPIRED = "EXPIRED"
    NOT_YET_VALID = "NOT_YET_VALID"
    BAD_SIGNATURE = "BAD_SIGNATURE"
    NO_ISSUER = "NO_ISSUER"
    NOT_ALLOWED = "NOT_ALLOWED"
    WEAK_ALGORITHM = "WEAK_ALGORITHM"


class RevocationStatus(enum.Enum):
    """What the revocation lists say of one certificate of the chain."""

    __hash__ = object.__hash__  # see gost.digest.DigestAlgorithm

    GOOD = "GOOD"
    REVOKED = "REVOKED"
    MISSING = "MISSING"
    STALE = "STALE"
    UNUSABLE = "UNUSABLE"
    NOT_CHECKED = "NOT_CHECKED"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainElement:
    """One certificate of the chain, the signer's first and the anchor last.

    ``revocation`` of an anchor is NOT_CHECKED: it is trusted because it was given. The CRL's times are aware UTC,
    None if no list of its issuer was given.
    """

    certificate: CertificateFacts
    status: CertificateStatus
    revocation: RevocationStatus
    crl_this_update: datetime | None = None
    crl_next_update: datetime | None = None
    revocation_time: datetime | None = None

    @property
    def subject(self) -> str:
        """The subject's name, as in ``CertificateFacts.subject``."""
        return self.certificate.subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """What was found: the elements from the certificate asked about up, and whether the last one is an anchor.

    ``is_good`` says that nothing at all is wrong with any of them; what a certificate is used for is not asked.
    """

    elements: tuple[ChainElement, ...]
    is_anchored: bool
    is_good: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TimestampReport:
    """The verdict on one timestamp of a signature; a wrong one proves nothing and makes the signature no worse.

    ``explanation`` is one English sentence. ``time`` is what the timestamp says, right within ``accuracy``, and None
    if it could not be read, as is ``certificate``, the authority's. ``policy`` is a dotted OID.
    """

    is_valid: bool
    explanation: str
    time: datetime | None = None
    accuracy: timedelta = timedelta()
    policy: str = ""
    certificate: CertificateFacts | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignerReport:
    """The verdict on one signer.

    ``explanation`` is one English sentence for developers and logs, without personal data. ``certificate`` is None
    if the CMS does not hold it. ``signing_time_claimed`` is what the signer wrote and proves nothing;
    ``signing_time_proven`` is the earliest time of a valid timestamp: the signature was there by then.
    ``qualification`` says whether it is a qualified one.
    ``unprotected_attributes`` are the dotted OIDs of unsigned attributes: anybody may have added or changed them.
    """

    indication: Indication
    sub_indication: SubIndication | None
    explanation: str
    certificate: CertificateFacts | None = None
    chain: tuple[ChainElement, ...] = ()
    signing_time_claimed: datetime | None = None
    signing_time_proven: datetime | None = None
    unprotected_attributes: tuple[str, ...] = ()
    timestamps: tuple[TimestampReport, ...] = ()
    qualification: Qualification = NOT_VALID


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The verdict on a CMS: that of its worst signer; ``signers`` is empty only if the CMS could not be read."""

    indication: Indication
    sub_indication: SubIndication | None
    explanation: str
    signers: tuple[SignerReport, ...] = ()

    @property
    def is_valid(self) -> bool:
        """Whether every signer passed. INDETERMINATE, a revoked certificate included, is not valid."""
        return self.indication is Indication.TOTAL_PASSED
