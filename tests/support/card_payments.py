"""Payments at every acquirer by cards that are canaries: written on its page, told in its answers and its callbacks."""

import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from landhub.payments.v1 import payments_pb2, payments_service_pb2
from sandbox.demo.payer import pay_on_page
from sandbox.demo.ports import HOST, Ports
from sandbox.demo.stack import Stack
from sandbox.sberbank_wire import APPROVAL_CODE
from sandbox.tbank import Terminal
from sandbox.yookassa import Shop
from sandbox.yookassa_wire import RRN
from tests.support.canaries import Aviary
from tests.support.examples import payment
from tests.support.known_payments import PAYMENTS
from tests.support.stack import control

CALLER = "cards"
"""Whose accounts they are: others keep theirs to themselves."""
Send = Callable[..., Any]

_SECONDS = 60
_HOLDER = "KANAREYKA NA KARTE"
_ACCOUNTS: Mapping[str, tuple[str, str, str]] = {
    # The status request, which tells of the card; the card; how it is told.
    "card_ecom": ("sberbank.getOrderStatusExtended.do", "2200700819764003", "220070**4003"),
    "card_classic": ("sberbank.getOrderStatusExtended.do", "2200700819764011", "220070**4011"),
    "card_tbank": ("tbank.GetState", "4300000819764777", "430000******4777"),
    "card_yoo": ("yookassa.payments.get", "5555550819764444", "*4444"),
}
_FAULTS = ("unknown_element", "cut_document", "wrong_charset", "html", "cut_body")
_SECRETS = ("sberbank.password", "sberbank.callback", "tbank.password", "yookassa.key")
"""The sandbox's files of them."""


def card_settings(ports: Ports) -> dict[str, Any]:
    """The settings of an installation with these accounts."""
    at = {name: f"https://{HOST}:{ports.by_name()[name]}" for name in ("sberbank", "tbank", "yookassa")}
    sberbank = {
        "user_name": "landhub-api",
        "password": "file:sandbox/sberbank.password",
        "callback_secrets": ["file:sandbox/sberbank.callback"],
    }
    accounts: dict[str, dict[str, Any]] = {
        "card_ecom": {**sberbank, "dialect": "ecom", "api_url": f"{at['sberbank']}/ecomm/gw/partner/api/v1"},
        "card_classic": {**sberbank, "dialect": "classic", "api_url": f"{at['sberbank']}/payment/rest"},
        "card_tbank": {
            "terminal_key": Terminal().key,
            "password": "file:sandbox/tbank.password",
            "api_url": f"{at['tbank']}/v2",
            "notification_url": f"{_callbacks(ports)}/card_tbank",
        },
        "card_yoo": {
            "shop_id": Shop().shop_id,
            "secret_key": "file:sandbox/yookassa.key",
            "api_url": f"{at['yookassa']}/v3",
        },
    }
    settings: dict[str, Any] = {
        f"modules.payments.return_hosts.{CALLER}": ["shop.example"],
        "web.trusted_proxies": ["127.0.0.1/32"],
    }
    for account, own in accounts.items():
        table = f"modules.payments.accounts.{account}"
        provider = {"card_tbank": "tbank", "card_yoo": "yookassa"}.get(account, "sberbank")
        settings |= {f"{table}.provider": provider, f"{table}.callers": [CALLER]}
        own |= {"ca_bundle": "sandbox/ca.crt", "visibility_window_seconds": 1.0}
        settings |= {f"{table}.settings.{name}": value for name, value in own.items()}
    return settings


def card_sandbox_options(ports: Ports) -> Sequence[str]:
    """What else the sandbox is started with, so that all acquirers call back."""
    return (
        "--sberbank-callback-url", f"{_callbacks(ports)}/card_ecom",
        "--yookassa-notification-url", f"{_callbacks(ports)}/card_yoo",
    )  # fmt: skip


class CardPayments:
    """Pays by card everywhere, has answers with card data fail to be read, and sends callbacks that nobody believes."""

    def __init__(self, *, stack: Stack, aviary: Aviary, send: Send) -> None:
        """`send`: sends a request as CALLER and returns the answer."""
        self._stack = stack
        self._aviary = aviary
        self._send = send

    def run(self) -> None:
        """Do it all."""
        folder = self._stack.installation.folder / "sandbox"
        for name in _SECRETS:
            self._aviary.keep(f"the sandbox's {name}", (folder / name).read_text().strip())
        self._aviary.keep("a cardholder", _HOLDER)
        self._aviary.keep("an approval code", APPROVAL_CODE)
        self._aviary.keep("a payment's number at the banks", RRN)
        for account, (operation, pan, told) in _ACCOUNTS.items():
            self._aviary.keep(f"a card at {account}", pan)
            if len(told) > len("*4444"):
                self._aviary.keep(f"a card at {account}, as it is told", told)
            self._pay(account, operation, pan, ca=folder / "ca.crt")
            self._call_back_falsely(account, pan)

    def _pay(self, account: str, operation: str, pan: str, *, ca: Path) -> None:
        request = payment()
        request.account = account
        made = self._send(f"{PAYMENTS}/CreatePayment", request).payment
        pay_on_page(made.payment_url, ca=ca, card={"pan": pan, "holder": _HOLDER})
        faults = [{"kind": kind, "operation": operation} for kind in _FAULTS]
        control(self._stack, "/faults", {"faults": faults})
        self._wait_until_captured(made.payment_id)
        refund = payments_service_pb2.CreateRefundRequest(
            request_id=str(uuid.uuid4()), payment_id=made.payment_id, amount=request.amount
        )
        refund.amount.minor_units = 100
        self._send(f"{PAYMENTS}/CreateRefund", refund)

    def _wait_until_captured(self, payment_id: str) -> None:
        end = time.monotonic() + _SECONDS
        request = payments_service_pb2.GetPaymentRequest(payment_id=payment_id)
        while self._send(f"{PAYMENTS}/GetPayment", request).payment.state != payments_pb2.PAYMENT_STATE_CAPTURED:
            assert time.monotonic() < end, "the payment was never seen as paid"
            time.sleep(0.05)

    def _call_back_falsely(self, account: str, pan: str) -> None:
        """Send what holds a card in its address, its headers and its body, and proves nothing."""
        told = {"pan": pan, "cardholderName": _HOLDER, "checksum": "00", "mdOrder": pan, "Pan": pan, "Token": "0"}
        url = f"{_callbacks(self._stack.installation.ports)}/{account}"
        for request in _false(url, told, pan):
            try:
                urllib.request.urlopen(request, timeout=10).close()
            except urllib.error.HTTPError as refused:
                refused.close()


def _false(url: str, told: Mapping[str, str], pan: str) -> Iterator[urllib.request.Request]:
    body = urlencode(told).encode()
    yield urllib.request.Request(f"{url}?{urlencode(told)}")
    yield urllib.request.Request(url, data=body, headers={"User-Agent": pan})
    yield urllib.request.Request(f"{url}/{pan}", data=body)


def _callbacks(ports: Ports) -> str:
    return f"http://{HOST}:{ports.public}/payments/callbacks"
