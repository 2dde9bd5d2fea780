"""How the RBS gateway calls back: GET, a form or JSON, with a checksum over all that it says.

The checksum is HMAC-SHA256 under a secret of the account, or an RSA signature over SHA-512 under the bank's certificate
(whatever `sign_alias` calls it). The string is "name;value;" for each parameter but `checksum` and `sign_alias`,
in the order of the names' bytes.
"""

import hmac
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.x509 import load_pem_x509_certificate

from hub.core.secrets import Secret
from hub.modules.payments.notice import (
    CallbackAnswer,
    CallbackProblem,
    CallbackReader,
    CallbackRefusedError,
    CallbackRequest,
    Notice,
)

_SMALLEST_KEY_BITS = 2048
_LONGEST_CHECKSUM = 2 * 1024  # hex of an RSA signature of 8192 bits
_MOST_PARAMETERS = 100
_UNSIGNED_NAMES = frozenset({"checksum", "sign_alias"})
_LONGEST_ID = 128


class SberbankCallbacks(CallbackReader):
    """Takes what any of the secrets or certificates proves: during a rotation there are two.

    Args:
        secrets: What the cabinet calls the callback token; not the API's password.
        certificates: Public keys of the bank's.
    """

    def __init__(self, *, secrets: Sequence[Secret], certificates: Sequence[RSAPublicKey]) -> None:
        self._secrets = tuple(secrets)
        self._certificates = tuple(certificates)

    @property
    def methods(self) -> frozenset[str]:
        """The cabinet has a switch for it, which is GET unless somebody turned it."""
        return frozenset({"GET", "POST"})

    @property
    def answer(self) -> CallbackAnswer:
        """Anything under status 200."""
        return CallbackAnswer()

    def read(self, request: CallbackRequest) -> Notice:
        """See the port."""
        told = _parameters(request)
        checksum = told.get("checksum")
        if not isinstance(checksum, str) or not checksum:
            raise CallbackRefusedError(CallbackProblem.UNSIGNED)
        if not any(self._proves(_bytes(signed), checksum) for signed in _signed_texts(told)):
            raise CallbackRefusedError(CallbackProblem.SIGNATURE_WRONG)
        notice = Notice(vendor_id=_id(told, "mdOrder") or _id(told, "orderId"), reference=_id(told, "orderNumber"))
        if not notice.vendor_id and not notice.reference:
            raise CallbackRefusedError(CallbackProblem.UNREADABLE)
        return notice

    def _proves(self, signed: bytes, checksum: str) -> bool:
        try:
            proof = bytes.fromhex(checksum) if len(checksum) <= _LONGEST_CHECKSUM else b""
        except ValueError:
            return False
        macs = [hmac.digest(secret.text().encode(), signed, "sha256") for secret in self._secrets]
        # Without a shortcut: how long it takes tells nothing of which secret nearly fitted.
        if any([hmac.compare_digest(mac, proof) for mac in macs]):  # noqa: C419 - the list is the point
            return True
        return any(_is_signed(key, proof, signed) for key in self._certificates)


def callback_key(certificate: bytes) -> RSAPublicKey:
    """Return the key of a certificate in PEM that the bank signs callbacks under.

    Raises:
        ValueError: it is no certificate, or not of an RSA key of at least 2048 bits.
    """
    key = load_pem_x509_certificate(certificate).public_key()
    if not isinstance(key, RSAPublicKey) or key.key_size < _SMALLEST_KEY_BITS:
        raise ValueError(f"callbacks are signed under an RSA key of at least {_SMALLEST_KEY_BITS} bits")
    return key


def _is_signed(key: RSAPublicKey, proof: bytes, signed: bytes) -> bool:
    try:
        key.verify(proof, signed, PKCS1v15(), SHA512())
    except InvalidSignature:
        return False
    return True


def _parameters(request: CallbackRequest) -> Mapping[str, Any]:
    """Return all that was said, each name once: of two values nobody knows which one was signed."""
    try:
        if request.content_type == "application/json":
            pairs = [*request.query, *_json_pairs(request.body)]
        else:
            form = parse_qsl(
                request.body.decode("ascii"),
                keep_blank_values=True,
                strict_parsing=bool(request.body),
                errors="strict",
                max_num_fields=_MOST_PARAMETERS,
            )
            pairs = [*request.query, *form]
    except ValueError as error:  # of UnicodeDecodeError and JSONDecodeError, too
        raise CallbackRefusedError(CallbackProblem.UNREADABLE) from error
    told = dict(pairs)
    if len(told) != len(pairs) or len(told) > _MOST_PARAMETERS:
        raise CallbackRefusedError(CallbackProblem.UNREADABLE)
    return told


def _json_pairs(body: bytes) -> list[tuple[str, Any]]:
    """Return the members of an object, numbers as they are written: a checksum is over text."""
    try:
        value = json.loads(body, parse_int=str, parse_float=str, parse_constant=str, object_pairs_hook=list)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(value, list) or not all(isinstance(pair, tuple) for pair in value):
        raise ValueError("not an object")
    return value


def _signed_texts(told: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the checksum may be over.

    The documents don't say what of a nested object (ecom's `additionalParams`) goes in: nothing of it, or its members
    as if they stood beside the rest. Only what is in either is believed, and of that no more than an order's number.
    """
    flat = {name: value for name, value in told.items() if not isinstance(value, list)}
    yield _signed_text(flat)
    nested = [pair for value in told.values() if isinstance(value, list) for pair in value if isinstance(pair, tuple)]
    if nested:
        yield _signed_text(dict(nested) | flat)


def _signed_text(told: Mapping[str, Any]) -> str:
    names = sorted((name for name in told if name not in _UNSIGNED_NAMES), key=_bytes)
    return "".join(f"{name};{_text(told[name])};" for name in names)


def _bytes(text: str) -> bytes:
    """JSON may hold halves of characters, which the string of another sender then has as well."""
    return text.encode("utf-8", "surrogatepass")


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _id(told: Mapping[str, Any], name: str) -> str:
    value: Any = told.get(name)
    fits = isinstance(value, str) and len(value) <= _LONGEST_ID and value.isascii() and value.isprintable()
    return value if fits else ""
