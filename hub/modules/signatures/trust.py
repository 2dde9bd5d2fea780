"""Whom this installation trusts: anchors, intermediates, revocation and accreditation lists, read again on change."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from gost.accreditation import AccreditationList
from gost.certificate import CertificateFacts, read_certificates
from gost.digest import DigestAlgorithm
from gost.errors import MalformedError
from gost.report import CertificateStatus, Report, RevocationStatus, TimestampReport
from gost.timestamps import TimestampPolicy, verify_timestamp
from gost.verify import VerificationPolicy, verify_attached, verify_detached
from gost.xmldsig_verify import XmlReport, verify_bare_signature, verify_xml
from hub.core.clock import Clock
from hub.modules.signatures.settings import TrustSettings

_LOOK_AGAIN_SECONDS = 5.0  # for changed files: a new revocation list counts soon, and a signature costs no stat calls

_Stamp = tuple[tuple[str, int, int], ...]


class Trust:
    """Verifies by the policy that the files say now. A file that can't be read keeps the policy before it in force."""

    def __init__(self, *, settings: TrustSettings, path: Callable[[str], Path], clock: Clock) -> None:
        self._settings = settings
        self._path = path
        self._clock = clock
        self._looked = clock.monotonic()
        self._accreditation: tuple[_Stamp, AccreditationList] | None = None
        self._stamp = self._stamp_now()
        self._policy = self._load()

    def verify(
        self, cms: bytes, digest: bytes | Mapping[DigestAlgorithm, bytes], *, at: datetime | None = None
    ) -> Report:
        """Verify a detached CMS as of a time; None is now."""
        return verify_detached(cms, digest, policy=self._current(), at=at or self._clock.now())

    def verify_attached(self, cms: bytes, *, at: datetime | None = None) -> Report:
        """Verify a CMS that holds its content as of a time; None is now."""
        return verify_attached(cms, policy=self._current(), at=at or self._clock.now())

    def verify_xml(self, document: bytes, *, element_id: str, at: datetime | None = None) -> XmlReport:
        """Verify an XML document by the profile of SMEV 3 as of a time; None is now."""
        return verify_xml(document, policy=self._current(), at=at or self._clock.now(), element_id=element_id)

    def verify_bare_xml(self, signature: bytes, *, element_id: str, digest: bytes) -> Report:
        """Verify an XML signature that is not in its document yet, as of now."""
        return verify_bare_signature(
            signature, element_id=element_id, digest=digest, policy=self._current(), at=self._clock.now()
        )

    def verify_timestamp(self, token: bytes, stamped: bytes) -> TimestampReport:
        """Judge a timestamp as of now."""
        return verify_timestamp(token, stamped, policy=self._current().timestamps, at=self._clock.now())

    def fault(self, certificate: CertificateFacts) -> str:
        """Say why a certificate can't be signed with now, in a word; empty if it can."""
        policy = self._current()
        now = self._clock.now()
        if now >= certificate.not_after:
            return "expired"
        if now < certificate.not_before:
            return "not_yet_valid"
        chain = policy.trust.build_chain(certificate, extra=(), at=now, max_crl_age=policy.max_crl_age)
        if not chain.is_anchored:
            return "no_chain"
        for element in chain.elements:
            if element.revocation is RevocationStatus.REVOKED:
                return "revoked"
            if element.status is not CertificateStatus.GOOD:
                return str(element.status.value).lower()
            uncertain = element.revocation not in {RevocationStatus.GOOD, RevocationStatus.NOT_CHECKED}
            if policy.require_crl and uncertain:
                return "revocation_unknown"
        return ""

    def known(self) -> tuple[tuple[CertificateFacts, ...], tuple[bytes, ...]]:
        """Return the certificates of CAs and the revocation lists that the files hold now, for evidence."""
        policy = self._current()
        return (*policy.anchors, *policy.intermediates), policy.crls

    def authorities(self) -> tuple[CertificateFacts, ...]:
        """Return the certificates of all CAs that the files name now, those of timestamps, too."""
        policy = self._current()
        return (*policy.anchors, *policy.intermediates, *policy.timestamps.anchors)

    def _current(self) -> VerificationPolicy:
        now = self._clock.monotonic()
        if now - self._looked >= _LOOK_AGAIN_SECONDS:
            self._looked = now
            stamp = self._stamp_now()
            if stamp != self._stamp:
                self._reload(stamp)
        return self._policy

    def _reload(self, stamp: _Stamp) -> None:
        try:
            self._policy = self._load()
        except (OSError, MalformedError):
            return  # half written, or broken: the old policy stays, and its lists grow stale by themselves
        self._stamp = stamp

    def _load(self) -> VerificationPolicy:
        settings = self._settings
        max_age = None if settings.max_crl_age_hours is None else timedelta(hours=settings.max_crl_age_hours)
        intermediates = self._certificates(settings.intermediates)
        crls = tuple(file.read_bytes() for file in self._files(crl_patterns(settings)))
        return VerificationPolicy(
            anchors=self._certificates(settings.anchors),
            intermediates=intermediates,
            crls=crls,
            max_crl_age=max_age,
            require_crl=settings.require_crl,
            accreditation=self._read_accreditation(),
            timestamps=TimestampPolicy(
                anchors=self._certificates(settings.timestamp_anchors),
                intermediates=intermediates,
                crls=crls,
                max_crl_age=max_age,
                require_crl=settings.require_crl,
            ),
        )

    def _read_accreditation(self) -> AccreditationList | None:
        """Read only when the file has changed: it is long, and the other files change every day."""
        if not self._settings.accreditation:
            return None
        file = self._path(self._settings.accreditation)
        stamp = _stamp([file])
        if self._accreditation is None or self._accreditation[0] != stamp:
            self._accreditation = (stamp, AccreditationList(file.read_bytes()))
        return self._accreditation[1]

    def _certificates(self, patterns: tuple[str, ...]) -> tuple[CertificateFacts, ...]:
        return tuple(facts for file in self._files(patterns) for facts in read_certificates(file.read_bytes()))

    def _files(self, patterns: tuple[str, ...]) -> list[Path]:
        return files_of(patterns, self._path)

    def _stamp_now(self) -> _Stamp:
        settings = self._settings
        certificates = settings.anchors + settings.intermediates + settings.timestamp_anchors
        files = self._files(certificates + crl_patterns(settings))
        return _stamp([*files, *([self._path(settings.accreditation)] if settings.accreditation else [])])


def crl_patterns(settings: TrustSettings) -> tuple[str, ...]:
    """Where revocation lists lie: those that the installation lays there, and those that the hub fetches."""
    fetched = (f"{settings.fetching.folder}/*.crl",) if settings.fetching.points else ()
    return (*settings.crls, *fetched)


def files_of(patterns: Iterable[str], path: Callable[[str], Path]) -> list[Path]:
    """The files that patterns of the settings name; one without a `*` is named whether it is there or not."""
    found: list[Path] = []
    for pattern in patterns:
        named = path(pattern)
        found += sorted(named.parent.glob(named.name)) if "*" in named.name else [named]
    return found


def _stamp(files: list[Path]) -> _Stamp:
    stats = [(str(file), file.stat()) for file in files if file.exists()]
    return tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in stats)
