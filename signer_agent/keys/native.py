"""What a native library of keys can do; it is loaded in a worker process and nowhere else."""

import abc
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundCertificate:
    """A certificate in DER and its key's handle: what the library is told to sign with it, empty if there can be none.

    ``has_key``: the key was seen; one that hides until a PIN is given was not. ``place`` names it without secrets.
    """

    der: bytes
    key: bytes
    has_key: bool
    place: str


class NativeKeys(abc.ABC):
    """One library over one place. One thread uses it.

    Every method may raise KeyUnavailableError, KeyFailedError or KeyLockedError; PinRefusedError where it gets a PIN.
    """

    @abc.abstractmethod
    def found(self, pin: bytes | None) -> Sequence[FoundCertificate]:
        """All certificates there. Without the PIN a token may hide its keys."""

    @abc.abstractmethod
    def try_pin(self, key: bytes, algorithm: str, pin: bytes) -> None:
        """Use a PIN that a person gave, once, whatever was counted before."""

    @abc.abstractmethod
    def sign(self, key: bytes, algorithm: str, to_be_signed: bytes, pin: bytes | None) -> bytes:
        """Hash and sign, as CMS holds it; ``algorithm`` is a name of `PublicKeyAlgorithm`. Raises KeyMissingError."""

    @abc.abstractmethod
    def close(self) -> None:
        """Log out. The process ends after it."""
