"""Whether a timestamp proves that something existed: what it covers, who made it, and whether that authority may.

As of a time: without archive timestamps, which are not read here, a timestamp proves nothing once its authority's
certificate has expired or was revoked.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509

from gost import digest as hashing
from gost.certificate import CertificateFacts
from gost.chain import TrustStore
from gost.cms import read_timestamp_token
from gost.digest import DigestAlgorithm
from gost.errors import MalformedError, UnsupportedAlgorithmError
from gost.keys import PublicKey
from gost.names import tolerating_long_names
from gost.report import CertificateStatus, Chain, RevocationStatus, TimestampReport
from gost.tsp import Timestamp, TimestampQuery, read_timestamp

_TIME_STAMPING: Final = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.8")
_CLOCK_TOLERANCE: Final = timedelta(seconds=5)  # between our clock and an authority's, beside what it says of its own


@dataclass(frozen=True, kw_only=True)
class TimestampPolicy:
    """Which timestamp authorities to believe.

    Args:
        anchors: of timestamp authorities; those of signers are not taken for them.
        intermediates, crls, max_crl_age, require_crl: as for signers; see ``VerificationPolicy``.

    Raises:
        MalformedError: a certificate or list can't be read.
    """

    anchors: tuple[CertificateFacts, ...] = ()
    intermediates: tuple[CertificateFacts, ...] = ()
    crls: tuple[bytes, ...] = ()
    max_crl_age: timedelta | None = None
    require_crl: bool = True
    trust: TrustStore = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Parse everything now, so that a bad file is told of at once."""
        trust = TrustStore(anchors=self.anchors, intermediates=self.intermediates, crls=self.crls)
        object.__setattr__(self, "trust", trust)


def verify_timestamp(token: bytes, stamped: bytes, *, policy: TimestampPolicy, at: datetime) -> TimestampReport:
    """Judge a token over ``stamped`` as of ``at``. Whatever is wrong with it is in the report and never raised."""
    try:
        timestamp = read_timestamp(token)
        came_along = read_timestamp_token(token).certificates
    except (MalformedError, UnsupportedAlgorithmError) as error:
        return TimestampReport(is_valid=False, explanation=str(error))
    try:
        problem = _problem(timestamp, came_along, stamped, policy, at)
    except (MalformedError, UnsupportedAlgorithmError) as error:
        problem = str(error)
    return TimestampReport(
        is_valid=not problem,
        explanation=problem or "the timestamp, its authority's certificate and its chain are good",
        time=timestamp.gen_time,
        accuracy=timestamp.accuracy,
        policy=timestamp.policy,
        certificate=timestamp.signer.certificate,
    )


def mismatch(timestamp: Timestamp, query: TimestampQuery) -> str:
    """Say in what a timestamp is not the answer to a query; empty if it is."""
    if timestamp.nonce != query.nonce:
        return "its nonce is that of another request"
    if (timestamp.digest_algorithm, timestamp.imprint) != (query.digest_algorithm, query.imprint):
        return "it is over something else"
    if query.policy and timestamp.policy != query.policy:
        return "it was made under another policy than was asked for"
    return ""


def _problem(
    timestamp: Timestamp,
    came_along: Iterable[CertificateFacts],
    stamped: bytes,
    policy: TimestampPolicy,
    at: datetime,
) -> str:
    if hashing.digest(timestamp.digest_algorithm, stamped) != timestamp.imprint:
        return "the timestamp is over something else"
    return (
        _signature_problem(timestamp)
        or _certificate_problem(timestamp, tuple(came_along), policy, at)
        or _time_problem(timestamp, at)
    )


def _signature_problem(timestamp: Timestamp) -> str:
    signer = timestamp.signer
    if signer.certificate is None:
        return "the timestamp does not hold its authority's certificate"
    if signer.signed_attributes is None:
        return "the timestamp has no signed attributes"
    if hashing.digest(signer.digest_algorithm, timestamp.info) != signer.message_digest:
        return "the timestamp was changed after it was signed"
    if not PublicKey.from_certificate(signer.certificate).verify(signer.signed_attributes, signer.signature):
        return "the timestamp was not signed by its authority's key"
    reference = signer.signing_certificate
    if reference is None:
        return "the timestamp's signed attribute signingCertificateV2 is missing"
    algorithm = DigestAlgorithm.from_oid(reference.digest_oid)
    if hashing.digest(algorithm, signer.certificate.der) != reference.certificate_hash:
        return "the timestamp's signed attribute signingCertificateV2 names another certificate"
    return ""


def _certificate_problem(
    timestamp: Timestamp, came_along: tuple[CertificateFacts, ...], policy: TimestampPolicy, at: datetime
) -> str:
    certificate = timestamp.signer.certificate
    assert certificate is not None
    if not _is_for_timestamps(certificate):
        return "the authority's certificate is not for timestamps, critically and for nothing else"
    if not policy.anchors:
        return "no anchors of timestamp authorities are known"
    chain = policy.trust.build_chain(certificate, extra=came_along, at=at, max_crl_age=policy.max_crl_age)
    if not chain.is_anchored:
        return "no chain leads from the authority's certificate to an anchor of timestamp authorities"
    if timestamp.gen_time < certificate.not_before:
        return "the timestamp is older than its authority's certificate"
    return _chain_problem(chain, require_crl=policy.require_crl)


def _chain_problem(chain: Chain, *, require_crl: bool) -> str:
    for element in chain.elements:
        if element.revocation is RevocationStatus.REVOKED:
            return "a certificate of the authority's chain is revoked"
        if element.status is not CertificateStatus.GOOD:
            return f"a certificate of the authority's chain is {element.status.name}"
        known = element.revocation in {RevocationStatus.GOOD, RevocationStatus.NOT_CHECKED}
        if require_crl and not known:
            return "a revocation list for the authority's chain is missing, stale or unusable"
    return ""


def _time_problem(timestamp: Timestamp, at: datetime) -> str:
    if timestamp.gen_time - timestamp.accuracy > at + _CLOCK_TOLERANCE:
        return "the timestamp is from the future"
    return ""


def _is_for_timestamps(certificate: CertificateFacts) -> bool:
    """RFC 3161 2.3: the extended key usage is critical and holds nothing but timeStamping."""
    try:
        with tolerating_long_names():
            extensions = x509.load_der_x509_certificate(certificate.der).extensions
        usage = extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except (ValueError, x509.ExtensionNotFound, x509.DuplicateExtension, x509.UnsupportedGeneralNameType):
        return False
    return usage.critical and list(usage.value) == [_TIME_STAMPING] and certificate.may_sign
