"""T-Bank's token: the proof that a request, or a notification, was made by who knows the terminal's password."""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

_TOKEN = "Token"  # noqa: S105 - a field's name
_PASSWORD = "Password"  # noqa: S105 - a field's name


def token(fields: Mapping[str, Any], password: str) -> str:
    """Return the token of a message: SHA-256 over its scalars and the password, in the order of their names.

    Objects and lists (`Receipt`, `DATA`, `Shops`) and `Token` itself are left out, and so is what is null.

    Source: developer.tbank.ru/eacq/intro/developer/token.
    """
    scalars = {
        name: _text(value)
        for name, value in fields.items()
        if name != _TOKEN and value is not None and not isinstance(value, Mapping | list | tuple)
    }
    scalars[_PASSWORD] = password
    whole = "".join(scalars[name] for name in sorted(scalars))
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()


def is_signed(fields: Mapping[str, Any], password: str) -> bool:
    """Whether a message carries its token. Takes the same time wherever a wrong one differs."""
    told = fields.get(_TOKEN)
    if not isinstance(told, str):
        return False
    return hmac.compare_digest(told.lower().encode("utf-8", "surrogatepass"), token(fields, password).encode())


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
