"""What a place that holds keys must do. No method takes a hash: whoever may sign hashes can forge anything."""

import abc
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from opentelemetry.trace import Tracer

from gost.certificate import CertificateFacts


class KeyBackendError(Exception):
    """The key could not be used. Messages hold no secret and no personal data.

    Args:
        message: What happened.
        cause: The same in one word for machines: "LICENCE_MISSING".
        code: What the tool or token called it: "0x0000065b", "CKR_DEVICE_ERROR".
    """

    def __init__(self, message: str, *, cause: str = "", code: str = "") -> None:
        super().__init__(message)
        self.cause = cause
        self.code = code


class KeyMissingError(KeyBackendError):
    """There is no private key for the certificate."""


class KeyLockedError(KeyBackendError):
    """The key waits for its PIN or passphrase."""


class PinRefusedError(KeyLockedError):
    """The PIN was wrong and one try is lost. The same PIN is never tried again; the key is locked now.

    ``tries_left`` is None where the tool did not say.
    """

    def __init__(self, message: str, *, code: str = "", tries_left: int | None = None) -> None:
        super().__init__(message, cause="PIN_WRONG", code=code)
        self.tries_left = tries_left


class KeyFailedError(KeyBackendError):
    """The key is there and did not sign; asking again will not help."""


class KeyUnavailableError(KeyBackendError):
    """The key can't be reached now (token away, tool hung, place busy): asking again later may help."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldCertificate:
    """A certificate and where it is. ``container`` names the key's place without secrets, empty where there is none.

    ``locked`` says that the key is there and does not open without a person.
    """

    facts: CertificateFacts
    store: str
    container: str
    has_private_key: bool
    locked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Licence:
    """What a CSP says of its licence; ``expire_time`` is None if it has no end, or the CSP told of none."""

    is_usable: bool
    expire_time: datetime | None = None


class KeyBackend(abc.ABC):
    """Certificates and the use of their private keys. Safe to use from several threads."""

    name: str
    """What `GetStatus` calls it: "gost_file"."""
    signs_in_process: bool = True
    """Whether a signature takes microseconds; one that waits for a tool or token is made in a thread."""

    @abc.abstractmethod
    def certificates(self) -> Mapping[str, HeldCertificate]:
        """All certificates by thumbprint (SHA-1, upper-case hex), as of the last look."""

    @abc.abstractmethod
    def refresh(self) -> None:
        """Look again for certificates and keys. What can't be read now stays as it was."""

    @abc.abstractmethod
    def sign(self, thumbprint: str, to_be_signed: bytes) -> bytes:
        """Hash bytes that the agent itself built, sign them, and return the signature as CMS holds it.

        Raises:
            KeyMissingError: no certificate or no key of this thumbprint.
            KeyLockedError: the key waits for its passphrase.
            PinRefusedError: the PIN it was given is wrong; it is not tried again.
            KeyFailedError: the key is there and did not sign.
            KeyUnavailableError: it can't be reached now.
        """

    def signs_documents(self, thumbprint: str) -> bool:  # noqa: ARG002 - most don't
        """Whether a document that the agent has as a file is better signed by `sign_document`."""
        return False

    def sign_document(self, thumbprint: str, document: Path) -> bytes:  # noqa: ARG002 - see above
        """Have a tool hash and sign a whole file: a detached CAdES-BES in DER. It is still to be checked.

        Raises:
            KeyBackendError: as `sign`.
        """
        raise KeyFailedError("this backend signs no whole documents", cause="NOT_WHOLE")

    def licence(self) -> "Licence | None":
        """The licence that the keys can't be used without, as of the last look; None if none is needed or known."""
        return None

    @property
    def worker_pids(self) -> Sequence[int]:
        """The processes that hold keys; none where that is the agent itself."""
        return ()

    def trace_with(self, tracer: Tracer) -> None:  # noqa: B027 - most do nothing outside of this process
        """Make spans of what is done outside of this process."""

    @abc.abstractmethod
    def close(self) -> None:
        """Forget all keys. The second time does nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """A key whose PIN a person gives. ``seconds_left`` is 0 while it is locked."""

    thumbprint: str
    seconds_left: float


class Unlockable(abc.ABC):
    """A backend that takes PINs from a person into memory for a set time. A restart forgets them all."""

    @abc.abstractmethod
    def locks(self) -> Sequence[Lock]:
        """The keys that a person unlocks, by thumbprint."""

    @abc.abstractmethod
    def unlock(self, thumbprint: str, pin: bytes, *, seconds: float) -> None:
        """Try a PIN once and keep it if it is right. Costs a try if it is wrong.

        Raises:
            KeyMissingError: no such key is unlocked by a person.
            PinRefusedError: it is wrong.
            KeyBackendError: it could not be tried.
        """

    @abc.abstractmethod
    def lock(self, thumbprint: str) -> None:
        """Forget a PIN. Raises KeyMissingError."""
