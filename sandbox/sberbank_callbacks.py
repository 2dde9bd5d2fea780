"""The RBS gateway's callbacks: what happened to an order, signed by a shared secret or by the bank's key."""

import hmac
import json
from collections.abc import Callable
from enum import StrEnum
from urllib.parse import urlencode

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA512

from sandbox.callbacks import Callback, CallbackSender
from sandbox.sberbank_orders import BankOrder

ATTEMPTS = 3
PAUSE_SECONDS = 60.0

SECRET = "sandbox-callback-token"  # noqa: S105 - of a simulator
Sign = Callable[[str], str]


class CallbackForm(StrEnum):
    """How they come, by the cabinet's switch: classic by GET unless turned, ecom by JSON."""

    GET = "get"
    FORM = "form"
    JSON = "json"


class SberbankCallbacks:
    """Tells the merchant's URL of what happens to orders; an empty URL: of nothing."""

    def __init__(
        self, *, sender: CallbackSender, sign: Sign, url: str = "", form: CallbackForm = CallbackForm.JSON
    ) -> None:
        self.sender = sender
        self.sign = sign
        self.url = url
        self.form = form

    def tell(self, order: BankOrder, operation: str, status: int) -> None:
        """Tell of an operation: created, approved, deposited, reversed, refunded, declinedByTimeout."""
        if not self.url:
            return
        told: dict[str, str | int] = {
            "mdOrder": order.order_id,
            "orderNumber": order.number,
            "operation": operation,
            "status": status,
            "amount": order.amount,
        }
        signed = "".join(f"{name};{told[name]};" for name in sorted(told))
        alias = {"sign_alias": "SHA-256 with RSA"}  # whatever the key is: it is no part of what is signed
        good = {**told, **alias, "checksum": self.sign(signed)}
        forged = {**told, **alias, "amount": 1, "checksum": self.sign(signed)}
        self.sender.send(self._request(good), about=operation, forged=self._request(forged))

    def _request(self, told: dict[str, str | int]) -> Callback:
        match self.form:
            case CallbackForm.GET:
                return Callback(url=f"{self.url}?{urlencode(told)}", method="GET")
            case CallbackForm.FORM:
                form = {"Content-Type": "application/x-www-form-urlencoded"}
                return Callback(url=self.url, headers=form, body=urlencode(told).encode())
            case CallbackForm.JSON:
                body = json.dumps(told, ensure_ascii=False).encode()
                return Callback(url=self.url, headers={"Content-Type": "application/json"}, body=body)


def by_secret(secret: str = SECRET) -> Sign:
    """Sign symmetrically: HMAC-SHA256."""
    return lambda text: hmac.new(secret.encode(), text.encode(), "sha256").hexdigest().upper()


def by_key(key: RSAPrivateKey) -> Sign:
    """Sign asymmetrically: RSA over SHA-512."""
    return lambda text: key.sign(text.encode(), PKCS1v15(), SHA512()).hex().upper()
