"""The session with a token: kept open, used by one thread at a time, opened anew when the token was away."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

import pkcs11
from pkcs11 import TokenFlag

from signer_agent.keys.port import (
    KeyBackendError,
    KeyFailedError,
    KeyLockedError,
    KeyUnavailableError,
    PinRefusedError,
)

# After these no handle of before is good: the token was pulled out, changed, or forgot who was logged in
_GONE: Final = (
    pkcs11.DeviceError,
    pkcs11.DeviceRemoved,
    pkcs11.KeyHandleInvalid,
    pkcs11.NoSuchToken,
    pkcs11.ObjectHandleInvalid,
    pkcs11.SessionClosed,
    pkcs11.SessionHandleInvalid,
    pkcs11.SlotIDInvalid,
    pkcs11.TokenNotPresent,
    pkcs11.TokenNotRecognised,
    pkcs11.UserNotLoggedIn,
)
_LATER: Final = (pkcs11.DeviceMemory, pkcs11.HostMemory, pkcs11.SessionCount, pkcs11.FunctionCancelled)


class TokenSession:
    """One session, reused: logging in costs a slow token half a second.

    One thread at a time: the binding initialises a module with `C_Initialize(NULL)`, which promises it just that; two
    threads in it were seen to break SoftHSM2. A token signs one thing at a time anyway.

    Args:
        library: The vendor's module.
        token_label: Which token.
        wait_seconds: For one's turn.
    """

    def __init__(self, *, library: str, token_label: str, wait_seconds: float) -> None:
        self._library = library
        self._token_label = token_label
        self._wait_seconds = wait_seconds
        self._turn = threading.Lock()
        self._session: pkcs11.Session | None = None
        self._gone = False

    @contextmanager
    def taken(self, pin: bytes | None, *, by_person: bool = False) -> Iterator[pkcs11.Session]:
        """The session, logged in with the PIN if there is one.

        Only a person may try one on a token that has counted a wrong PIN since the last good one. So a wrong PIN in a
        file costs one try, however often the agent is started.

        Raises:
            KeyLockedError: the token has counted a wrong PIN.
            PinRefusedError: the PIN is wrong.
            KeyUnavailableError: the token is away or busy.
            KeyFailedError: the token refuses.
        """
        with self._my_turn():
            try:
                yield self._opened(pin, by_person=by_person)
            except pkcs11.PKCS11Error as error:
                self._gone = isinstance(error, _GONE)
                raise error_of(error) from error

    def close(self) -> None:
        """Log out. Raises KeyUnavailableError: somebody else's turn does not end."""
        with self._my_turn():
            self._close()

    @contextmanager
    def _my_turn(self) -> Iterator[None]:
        if not self._turn.acquire(timeout=self._wait_seconds):
            raise KeyUnavailableError("the token is busy", cause="BUSY")
        try:
            yield
        finally:
            self._turn.release()

    def _opened(self, pin: bytes | None, *, by_person: bool) -> pkcs11.Session:
        if self._gone:
            self._start_anew()
        if self._session is None:
            token = pkcs11.lib(self._library).get_token(token_label=self._token_label)
            if pin is not None and not by_person and token.flags & TokenFlag.USER_PIN_COUNT_LOW:
                raise KeyLockedError("a wrong PIN was tried on the token: log in once by hand", cause="PIN_WRONG")
            text = None if pin is None else pin.decode("utf-8", "surrogateescape")
            self._session = token.open(user_pin=text)
        return self._session

    def _start_anew(self) -> None:
        """Make the module look at its readers again: many see a token that came back only then."""
        self._close()
        pkcs11.lib(self._library).reinitialize()
        self._gone = False

    def _close(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            with suppress(pkcs11.PKCS11Error):
                session.close()


def error_of(error: pkcs11.PKCS11Error) -> KeyBackendError:
    """What a module's error means here."""
    code = type(error).__name__
    if isinstance(error, pkcs11.PinIncorrect | pkcs11.PinInvalid | pkcs11.PinLenRange):
        return PinRefusedError("the PIN is wrong", code=code)
    if isinstance(error, pkcs11.PinLocked):
        return KeyFailedError("the PIN is blocked: unblock the token", cause="PIN_BLOCKED", code=code)
    if isinstance(error, pkcs11.PinExpired):
        return KeyFailedError("the PIN has expired: set a new one", cause="PIN_EXPIRED", code=code)
    if isinstance(error, _GONE):
        return KeyUnavailableError("the token is away", cause="TOKEN_REMOVED", code=code)
    if isinstance(error, _LATER):
        return KeyUnavailableError("the token can't now", cause="BUSY", code=code)
    return KeyFailedError(f"the token refused ({code})", cause="TOKEN_REFUSED", code=code)
