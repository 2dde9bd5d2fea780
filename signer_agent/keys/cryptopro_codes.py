"""What the codes of CryptoPro's tools mean, and whether asking again can help.

Sources: CryptoPro's `CSP_WinError.h`, the message table of pycades, and the table of cryptcp's own codes that
gost-crypto-gui keeps. A code that is not listed is a failure that is not retried.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from signer_agent.keys.port import (
    KeyBackendError,
    KeyFailedError,
    KeyLockedError,
    KeyMissingError,
    KeyUnavailableError,
    PinRefusedError,
)

PIN_WRONG: Final = 0x8010006B
_TRIES = re.compile(r"Tries left:\s*(\d+)")


class Kind(Enum):
    """Which error a code becomes."""

    PIN_WRONG = "PIN_WRONG"
    LOCKED = "LOCKED"
    MISSING = "MISSING"
    FAILED = "FAILED"
    UNAVAILABLE = "UNAVAILABLE"


@dataclass(frozen=True, slots=True)
class Meaning:
    """One code: the error it becomes, its cause in one word, and what to do."""

    kind: Kind
    cause: str
    advice: str


_FAILED, _MISSING, _LATER, _LOCKED = Kind.FAILED, Kind.MISSING, Kind.UNAVAILABLE, Kind.LOCKED
_OUR_BUG = "the agent called the tool in a way this version does not know: report it"

MEANINGS: Final[Mapping[int, Meaning]] = {
    # Windows and CryptoAPI
    0x00000002: Meaning(_MISSING, "CONTAINER_MISSING", "the container or file is not there"),
    0x00000057: Meaning(_FAILED, "BAD_PARAMETER", _OUR_BUG),
    0x80070057: Meaning(_FAILED, "BAD_PARAMETER", _OUR_BUG),
    0x000000A0: Meaning(_FAILED, "BAD_OPTION", _OUR_BUG),
    0x0000065B: Meaning(_FAILED, "LICENCE_MISSING", "the CSP's licence is missing or expired: install one"),
    0x8007065B: Meaning(_FAILED, "LICENCE_MISSING", "the CSP's licence is missing or expired: install one"),
    0x8007064A: Meaning(_FAILED, "LICENCE_CORRUPT", "the CSP's licence data is corrupt or absent: install it anew"),
    0x00000667: Meaning(_MISSING, "CERTIFICATE_MISSING", "the certificate to install was not found"),
    0x000004C7: Meaning(_LOCKED, "CANCELLED", "the PIN was asked for and not given"),
    0x80090006: Meaning(_FAILED, "BAD_SIGNATURE", "the signature is not valid"),
    0x80090008: Meaning(_FAILED, "BAD_ALGORITHM", "the hash does not fit the key"),
    0x8009000A: Meaning(_FAILED, "BAD_TYPE", _OUR_BUG),
    0x8009000B: Meaning(_FAILED, "BAD_KEY_STATE", "the key's state does not allow it"),
    0x8009000D: Meaning(_FAILED, "KEY_NOT_LOADED", "the private key was not loaded"),
    0x80090010: Meaning(_FAILED, "ACCESS_DENIED", "access to the key is denied, or the key's own validity has ended"),
    0x80090016: Meaning(_LATER, "KEYSET_MISSING", "the key set does not exist, or its token is away"),
    0x80090017: Meaning(_FAILED, "PROVIDER_MISSING", "the provider type is not installed"),
    0x8009001A: Meaning(_MISSING, "CONTAINER_MISSING", "the container was not found"),
    0x80090020: Meaning(
        _FAILED, "INTERNAL", "the CSP failed inside; on a fresh install its random source may be empty"
    ),
    0x80090022: Meaning(_LOCKED, "PIN_NEEDED", "the key wants a PIN and was given none: name a PIN source"),
    0x80091004: Meaning(_FAILED, "BAD_MESSAGE_TYPE", "the message is of another type"),
    0x80091010: Meaning(_FAILED, "MESSAGE_TRUNCATED", "the file is empty or truncated"),
    0x80092004: Meaning(_FAILED, "NOT_FOUND", "an object or property was not found"),
    0x8009200A: Meaning(_FAILED, "NOT_SIGNED", "the message is not signed"),
    0x8009200B: Meaning(_MISSING, "NO_KEY_LINK", "the certificate has no link to its key: certmgr -inst -cont"),
    0x8009200C: Meaning(_FAILED, "NO_DECRYPT_KEY", "no certificate to decrypt with"),
    0x8009200E: Meaning(_FAILED, "NO_SIGNER", "the message has no signer"),
    0x80092010: Meaning(_FAILED, "REVOKED", "the certificate is revoked"),
    0x80092012: Meaning(_LATER, "NO_REVOCATION_CHECK", "revocation could not be checked"),
    0x80092013: Meaning(_LATER, "REVOCATION_OFFLINE", "the revocation server is offline"),
    0x800B0101: Meaning(_FAILED, "EXPIRED", "the certificate has expired"),
    0x800B0109: Meaning(_FAILED, "UNTRUSTED_ROOT", "the chain's root is not trusted"),
    0x800B010A: Meaning(_FAILED, "NO_CHAIN", "no chain to a trusted root"),
    0x800B010E: Meaning(_LATER, "REVOCATION_FAILED", "the revocation check could not go on"),
    # PC/SC
    0x80100017: Meaning(_LATER, "READER_UNAVAILABLE", "the reader is unavailable"),
    0x8010000C: Meaning(_LATER, "NO_TOKEN", "there is no token in the reader"),
    0x8010001C: Meaning(_FAILED, "BAD_NAME", "the container's name is malformed or another CSP's"),
    0x8010001D: Meaning(_LATER, "NO_PCSC", "the PC/SC service is down"),
    0x8010002C: Meaning(_MISSING, "NO_CERTIFICATE", "no such certificate in the store"),
    0x8010002E: Meaning(_LATER, "NO_READERS", "there are no readers"),
    0x80100069: Meaning(_LATER, "TOKEN_REMOVED", "the token was removed"),
    0x8010006B: Meaning(Kind.PIN_WRONG, "PIN_WRONG", "the PIN is wrong"),
    0x8010006C: Meaning(_FAILED, "PIN_BLOCKED", "the PIN is blocked: unblock the token with its administrator's PIN"),
    0x8010006E: Meaning(_LOCKED, "CANCELLED", "the PIN was asked for and not given"),
    # TSP and OCSP clients
    0xC2100140: Meaning(_FAILED, "TSP_LICENCE", "the TSP client's licence is missing or expired"),
    0xC2110140: Meaning(_FAILED, "OCSP_LICENCE", "the OCSP client's licence is missing or expired"),
    # cryptcp's own
    0x20000064: Meaning(_LATER, "OUT_OF_MEMORY", "out of memory"),
    0x20000065: Meaning(_FAILED, "CANNOT_OPEN_FILE", "a file can't be opened"),
    0x20000066: Meaning(_LOCKED, "CANCELLED", "a question was not answered"),
    0x20000067: Meaning(_FAILED, "BAD_BASE64", "bad BASE64"),
    0x2000012C: Meaning(_FAILED, "CANNOT_OPEN_STORE", "the store can't be opened"),
    0x2000012D: Meaning(_MISSING, "NO_KEY_LINK", "no such certificate, or it has no link to its key"),
    0x2000012E: Meaning(_FAILED, "SEVERAL_CERTIFICATES", "more than one certificate fits"),
    0x2000012F: Meaning(_FAILED, "SEVERAL_CERTIFICATES", "exactly one certificate is wanted"),
    0x20000131: Meaning(_FAILED, "NO_USABLE_CERTIFICATE", "no usable certificate; its root may not be trusted"),
    0x20000132: Meaning(_FAILED, "CERTIFICATE_NOT_FITTING", "the certificate is not valid for this operation"),
    0x20000133: Meaning(
        _FAILED, "CHAIN_NOT_CHECKED", "the chain is not checked, revoked, expired, or its CRL is stale"
    ),
    0x20000134: Meaning(_FAILED, "PROVIDER_MISSING", "no provider for the algorithm"),
    0x20000135: Meaning(_LOCKED, "PIN_NEEDED", "the container's PIN could not be entered"),
    0x20000136: Meaning(_MISSING, "NO_KEY_LINK", "the link to the private key is broken"),
    0x20000190: Meaning(_FAILED, "BAD_COMMAND", _OUR_BUG),
    0x20000191: Meaning(_FAILED, "BAD_COMMAND", _OUR_BUG),
    0x20000192: Meaning(_FAILED, "NO_FILES", "the files were not found"),
    0x20000193: Meaning(_FAILED, "BAD_COMMAND", _OUR_BUG),
    0x20000194: Meaning(_FAILED, "WRONG_HASH", "the hash is wrong"),
    0x200001F5: Meaning(_FAILED, "NOT_SIGNED", "not a signed message"),
    0x200001F6: Meaning(_FAILED, "BAD_ALGORITHM", "unknown signature algorithm"),
    0x200001F7: Meaning(_FAILED, "NO_SIGNER", "the signer's certificate was not found"),
    0x200001F8: Meaning(_FAILED, "NOT_SIGNED", "there is no signature"),
    0x200001F9: Meaning(_FAILED, "BAD_SIGNATURE", "the signature is not valid"),
    0x20000200: Meaning(_FAILED, "BAD_TIMESTAMP", "the timestamp is not valid"),
    0x20000258: Meaning(_FAILED, "NOT_ENCRYPTED", "not an encrypted message"),
    0x20000259: Meaning(_FAILED, "BAD_ALGORITHM", "unknown encryption algorithm"),
    0x2000025A: Meaning(_MISSING, "NO_KEY_LINK", "no certificate with a matching private key"),
    0x200002BC: Meaning(_FAILED, "COM", "COM could not be started"),
    0x200002BD: Meaning(_MISSING, "CONTAINER_MISSING", "no containers were found"),
    0x200002BE: Meaning(_LATER, "NO_ANSWER", "the server did not answer"),
    0x200002BF: Meaning(_FAILED, "BAD_ANSWER", "the server's answer holds no certificate"),
    0x200002C0: Meaning(_FAILED, "BAD_ANSWER", "the file holds no request's number"),
    0x200002C1: Meaning(_FAILED, "BAD_ADDRESS", "bad address of a CA"),
    0x200002C2: Meaning(_FAILED, "BAD_ANSWER", "bad cookie"),
    0x20000320: Meaning(_FAILED, "BAD_LICENCE", "the licence's number has a wrong length"),
    0x20000321: Meaning(_FAILED, "BAD_LICENCE", "the licence is another product's"),
    0x20000322: Meaning(_FAILED, "BAD_LICENCE", "the licence can't be checked"),
    0x20000323: Meaning(_FAILED, "BAD_LICENCE", "the licence can't be saved"),
    0x20000324: Meaning(_FAILED, "BAD_LICENCE", "the licence can't be loaded"),
    0x20000325: Meaning(_FAILED, "LICENCE_EXPIRED", "cryptcp's licence has expired: install one"),
    0xFFFFFFFF: Meaning(_FAILED, "NOT_STARTED", "the tool could not begin"),
    **dict.fromkeys(
        (0x20000068, *range(0x200000C8, 0x200000D4), 0x20000130, 0x200001F4), Meaning(_FAILED, "BAD_COMMAND", _OUR_BUG)
    ),
}

_ERRORS: Final[Mapping[Kind, type[KeyBackendError]]] = {
    Kind.LOCKED: KeyLockedError,
    Kind.MISSING: KeyMissingError,
    Kind.FAILED: KeyFailedError,
    Kind.UNAVAILABLE: KeyUnavailableError,
}


def error_of(code: int, text: str) -> KeyBackendError:
    """The error that a tool's code means. ``text`` is what it printed; only the number of tries is taken from it."""
    shown = f"0x{code:08x}"
    meaning = MEANINGS.get(code)
    if meaning is None:
        if "http error" in text.lower():  # the timestamp client has no one code for it
            return KeyUnavailableError(f"a server did not answer ({shown})", cause="NO_ANSWER", code=shown)
        return KeyFailedError(
            f"the CSP failed with a code that is not known here ({shown})", cause="UNKNOWN", code=shown
        )
    if meaning.kind is Kind.PIN_WRONG:
        return pin_refused(text, code=shown)
    return _ERRORS[meaning.kind](f"{meaning.advice} ({shown})", cause=meaning.cause, code=shown)


def pin_refused(text: str, *, code: str = f"0x{PIN_WRONG:08x}") -> PinRefusedError:
    """A wrong PIN, with the tries that the tool says are left."""
    found = _TRIES.findall(text)
    return PinRefusedError("the PIN is wrong", code=code, tries_left=int(found[-1]) if found else None)
