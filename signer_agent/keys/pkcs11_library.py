"""A token by its PKCS#11 module, as a worker process uses it: one session, kept open, opened anew when it was away."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Final

import pkcs11
from pkcs11 import Attribute, Mechanism, ObjectClass, TokenFlag
from pkcs11.util.ec import encode_ecdsa_signature

from signer_agent.keys.native import FoundCertificate, NativeKeys
from signer_agent.keys.port import (
    KeyBackendError,
    KeyFailedError,
    KeyLockedError,
    KeyMissingError,
    KeyUnavailableError,
    PinRefusedError,
)

MAX_CERTIFICATES: Final = 100

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


class Pkcs11Keys(NativeKeys):
    """The certificates of one token; a key's handle is its CKA_ID.

    One session, reused: logging in costs a slow token half a second. The binding initialises a module with
    `C_Initialize(NULL)`, which promises it a single thread; a token signs one thing at a time anyway.

    Args:
        module: The vendor's library.
        token_label: Which token.

    Raises:
        KeyFailedError: the module can't be loaded.
    """

    def __init__(self, *, module: str, token_label: str) -> None:
        self._module = module
        self._token_label = token_label
        self._session: pkcs11.Session | None = None
        self._logged_in = False
        self._gone = False
        try:
            pkcs11.lib(module)
        except (pkcs11.PKCS11Error, RuntimeError) as error:
            raise KeyFailedError(f"{module} can't be loaded", cause="LIBRARY_MISSING") from error

    def found(self, pin: bytes | None) -> Sequence[FoundCertificate]:
        """All certificates. While nobody is logged in a token hides its keys."""
        with self._taken(pin) as session:
            held = session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY})
            key_ids = {key[Attribute.ID] for key in held}
            listed = list(session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE}))[:MAX_CERTIFICATES]
            found = []
            for certificate in listed:
                key_id = certificate[Attribute.ID]
                der = certificate[Attribute.VALUE]
                found.append(FoundCertificate(der=der, key=key_id, has_key=key_id in key_ids, place=key_id.hex()))
            return found

    def try_pin(self, key: bytes, algorithm: str, pin: bytes) -> None:  # noqa: ARG002 - all keys share the PIN
        """Log in anew."""
        self._close_session()
        with self._taken(pin, by_person=True):
            pass

    def sign(self, key: bytes, algorithm: str, to_be_signed: bytes, pin: bytes | None) -> bytes:
        """PKCS#1 v1.5 with SHA-256, or ECDSA over SHA-256 in DER."""
        with self._taken(pin) as session:
            return _signature(session, key, algorithm, to_be_signed)

    def close(self) -> None:
        """Log out."""
        self._close_session()

    @contextmanager
    def _taken(self, pin: bytes | None, *, by_person: bool = False) -> Iterator[pkcs11.Session]:
        """The session, logged in with the PIN if there is one.

        Only a person may try one on a token that has counted a wrong PIN since the last good one. So a wrong PIN in a
        file costs one try, however often the agent is started.

        Raises:
            KeyLockedError: the token has counted a wrong PIN.
            PinRefusedError: the PIN is wrong.
            KeyUnavailableError: the token is away or busy.
            KeyFailedError: the token refuses.
        """
        try:
            yield self._opened(pin, by_person=by_person)
        except pkcs11.PKCS11Error as error:
            self._gone = isinstance(error, _GONE)
            raise error_of(error) from error

    def _opened(self, pin: bytes | None, *, by_person: bool) -> pkcs11.Session:
        if self._gone:
            self._start_anew()
        if pin is not None and not self._logged_in:
            self._close_session()  # one that nobody logged in to
        if self._session is None:
            token = pkcs11.lib(self._module).get_token(token_label=self._token_label)
            if pin is not None and not by_person and token.flags & TokenFlag.USER_PIN_COUNT_LOW:
                raise KeyLockedError("a wrong PIN was tried on the token: log in once by hand", cause="PIN_WRONG")
            text = None if pin is None else pin.decode("utf-8", "surrogateescape")
            self._session = token.open(user_pin=text)
            self._logged_in = pin is not None
        return self._session

    def _start_anew(self) -> None:
        """Make the module look at its readers again: many see a token that came back only then."""
        self._close_session()
        pkcs11.lib(self._module).reinitialize()
        self._gone = False

    def _close_session(self) -> None:
        session, self._session, self._logged_in = self._session, None, False
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


def _signature(session: pkcs11.Session, key_id: bytes, algorithm: str, to_be_signed: bytes) -> bytes:
    try:
        key: Any = session.get_key(object_class=ObjectClass.PRIVATE_KEY, id=key_id)
    except pkcs11.NoSuchKey as error:
        raise KeyMissingError("the token has no such key any more") from error
    if algorithm == "RSA":
        return bytes(key.sign(to_be_signed, mechanism=Mechanism.SHA256_RSA_PKCS))
    raw = key.sign(hashlib.sha256(to_be_signed).digest(), mechanism=Mechanism.ECDSA)
    return bytes(encode_ecdsa_signature(raw))
