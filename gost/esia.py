"""What the login at ESIA (Госуслуги) wants signed: a string built from typed parameters, and `client_secret` of it.

Parameters are held to ASCII and begin with a letter or digit. So no such string is signed attributes of a CMS, which
hold bytes above 127, nor SignedInfo, which begins with ``<``: a signature of one never passes for one of another.
"""

import base64
import enum
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from gost import digest
from gost.certificate import CertificateFacts

_CLIENT_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,127}")
_SCOPE: Final = re.compile(r"[A-Za-z0-9][\x21-\x7e]*(?: [A-Za-z0-9][\x21-\x7e]*)*")
_STATE: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_ADDRESS: Final = re.compile(r"https?://[A-Za-z0-9][\x21-\x7e]{0,2000}")
_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~+/=-]*")
_MAX_SCOPE: Final = 2048
_MAX_CODE: Final = 8192


class EsiaOrder(enum.Enum):
    """In which order the parameters stand."""

    OLD = "old"
    """scope, timestamp, client_id, state: `/aas/oauth2/ac` and `te`."""
    NEW = "new"
    """client_id, scope, scope_org, timestamp, state, redirect_uri, code: `/aas/oauth2/v2/ac` and `v3/te`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EsiaParameters:
    """The parameters of a request to ESIA that are signed.

    Args:
        client_id: the system's mnemonic.
        scope: words, a space between them.
        timestamp: aware; whole seconds are signed.
        state: a UUID.
        redirect_uri: the address ESIA returns to; only signed in the new order.
        scope_org: the organisation's scopes; empty for none; only in the new order.
        code: the authorisation code, where one is exchanged for a token; only in the new order.

    Raises:
        ValueError: one is not of its form, or is given though the order has no place for it; ``field`` is in the text.
    """

    order: EsiaOrder
    client_id: str
    scope: str
    timestamp: datetime
    state: str
    redirect_uri: str = ""
    scope_org: str = ""
    code: str = ""

    def __post_init__(self) -> None:
        """Hold every parameter to its form."""
        is_new = self.order is EsiaOrder.NEW
        _require("client_id", holds=_CLIENT_ID.fullmatch(self.client_id) is not None)
        _require("scope", holds=_is_scope(self.scope))
        _require("timestamp", holds=self.timestamp.tzinfo is not None)
        _require("state", holds=_STATE.fullmatch(self.state) is not None)
        _require("redirect_uri", holds=bool(_ADDRESS.fullmatch(self.redirect_uri)) if is_new else not self.redirect_uri)
        _require("scope_org", holds=not self.scope_org or (is_new and _is_scope(self.scope_org)))
        _require("code", holds=not self.code or (is_new and _is_code(self.code)))

    def text(self) -> bytes:
        """The string to be signed, ASCII."""
        stamp = written_time(self.timestamp)
        if self.order is EsiaOrder.OLD:
            return f"{self.scope}{stamp}{self.client_id}{self.state}".encode("ascii")
        begin, end = f"{self.client_id}{self.scope}{self.scope_org}", f"{self.state}{self.redirect_uri}{self.code}"
        return f"{begin}{stamp}{end}".encode("ascii")


def written_time(moment: datetime) -> str:
    """A time as the parameter ``timestamp`` has it: ``2026.03.01 12:00:00 +0300``."""
    return moment.strftime("%Y.%m.%d %H:%M:%S %z")


def secret_of_cms(cms: bytes) -> str:
    """``client_secret`` of a detached CMS over the string: base64 for URLs, padded."""
    return base64.urlsafe_b64encode(cms).decode()


def secret_of_raw(signature: bytes) -> str:
    """``client_secret`` of a raw GOST signature of the string: base64 for URLs without padding."""
    return base64.urlsafe_b64encode(signature).decode().rstrip("=")


def reversed_bytes(signature: bytes) -> bytes:
    """A raw signature in the other byte order: what CMS holds as CryptoPro's CryptSignHash gives it, and back."""
    return signature[::-1]


def certificate_hash(certificate: CertificateFacts) -> str:
    """The parameter ``client_certificate_hash``: Streebog-256 of the certificate's DER in upper-case hexadecimal."""
    return digest.streebog256(certificate.der).hex().upper()


def _is_scope(text: str) -> bool:
    return len(text) <= _MAX_SCOPE and _SCOPE.fullmatch(text) is not None


def _is_code(text: str) -> bool:
    return len(text) <= _MAX_CODE and _CODE.fullmatch(text) is not None


def _require(field: str, *, holds: bool) -> None:
    if not holds:
        raise ValueError(f"the ESIA parameter {field} is not of its form, or has no place in this order")
