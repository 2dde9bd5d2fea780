"""What a client is told when a key did not sign."""

from datetime import timedelta
from typing import Final

from gost.errors import GostError
from signer_agent.errors import AgentError, PreconditionError, UnavailableError
from signer_agent.keys.port import (
    KeyBackendError,
    KeyLockedError,
    KeyMissingError,
    KeyUnavailableError,
    PinRefusedError,
)

# A token is put back by hand, and a hung tool was given its time: sooner would only make a queue
_ASK_AGAIN: Final = timedelta(seconds=5)


def answer_to(error: KeyBackendError | GostError, thumbprint: str) -> AgentError:
    """PIN_REQUIRED, PRIVATE_KEY_MISSING, KEY_UNAVAILABLE (ask again) or KEY_REFUSED (don't)."""
    metadata = {"thumbprint": thumbprint}
    if isinstance(error, KeyBackendError):
        named = {"cause": error.cause, "code": error.code}
        metadata |= {name: value for name, value in named.items() if value}
    if isinstance(error, PinRefusedError):
        return PreconditionError(
            "the key's PIN was wrong and is not tried again: give the right one",
            reason="PIN_REQUIRED",
            metadata=metadata,
        )
    if isinstance(error, KeyLockedError):
        return PreconditionError(
            "the key is locked: run `signer-agent unlock`", reason="PIN_REQUIRED", metadata=metadata
        )
    if isinstance(error, KeyUnavailableError):
        return UnavailableError(
            f"the key can't be reached now: {error}",
            reason="KEY_UNAVAILABLE",
            metadata=metadata,
            retry_after=_ASK_AGAIN,
        )
    if isinstance(error, KeyMissingError | GostError):
        return PreconditionError(
            "the private key can't be used: see `signer-agent keys`", reason="PRIVATE_KEY_MISSING", metadata=metadata
        )
    return PreconditionError(f"the key did not sign: {error}", reason="KEY_REFUSED", metadata=metadata)
