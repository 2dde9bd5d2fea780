"""What a place that holds keys must do. No method takes a hash: whoever may sign hashes can forge anything."""

import abc
from collections.abc import Mapping
from dataclasses import dataclass

from gost.certificate import CertificateFacts


class KeyBackendError(Exception):
    """The key could not be used. Messages hold no secret and no personal data."""


class KeyMissingError(KeyBackendError):
    """There is no private key for the certificate."""


class KeyLockedError(KeyBackendError):
    """The key waits for its PIN or passphrase."""


class KeyFailedError(KeyBackendError):
    """The key is there and did not sign."""


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


class KeyBackend(abc.ABC):
    """Certificates and the use of their private keys. Safe to use from several threads."""

    name: str
    """What `GetStatus` calls it: "gost_file"."""

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
            KeyFailedError: the key is there and did not sign.
        """

    @abc.abstractmethod
    def close(self) -> None:
        """Forget all keys. The second time does nothing."""
