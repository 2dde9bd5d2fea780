"""How the simulated T-Bank tells of changes: POST to `NotificationURL`, until it is answered by `OK` alone."""

import json
from collections.abc import Mapping
from typing import Any

from sandbox.callbacks import Callback, CallbackSender
from sandbox.clock import SandboxClock
from sandbox.faults import FaultBoard
from sandbox.tbank_payments import TBankPayment
from sandbox.tbank_wire import notification

TOLD_OF = frozenset(
    {
        "AUTHORIZED", "CONFIRMED", "PARTIAL_REVERSED", "REVERSED", "PARTIAL_REFUNDED", "REFUNDED", "REJECTED",
        "CANCELED", "DEADLINE_EXPIRED",
    }
)  # fmt: skip

_HOURLY, _DAILY = 24, 30
_HOUR_SECONDS, _DAY_SECONDS = 3_600.0, 86_400.0


class TBankNotifications:
    """Tells each payment's own address of what happens to it."""

    def __init__(self, *, clock: SandboxClock, faults: FaultBoard, terminal_key: str, password: str) -> None:
        self._terminal_key = terminal_key
        self._password = password
        self.sender = CallbackSender(
            name="tbank",
            clock=clock,
            faults=faults,
            attempts=1 + _HOURLY + _DAILY,
            pause_seconds=lambda attempt: _HOUR_SECONDS if attempt <= _HOURLY else _DAY_SECONDS,
            is_heard=lambda status, body: (status, body) == (200, b"OK"),
        )

    def tell(self, payment: TBankPayment) -> None:
        """Tell of the status that a payment has come to."""
        if not payment.notification_url or payment.status not in TOLD_OF:
            return
        told = notification(self._terminal_key, self._password, payment)
        url = payment.notification_url
        self.sender.send(_request(url, told), about=payment.status, forged=_request(url, {**told, "Amount": 1}))


def _request(url: str, told: Mapping[str, Any]) -> Callback:
    return Callback(url=url, headers={"Content-Type": "application/json"}, body=json.dumps(told).encode())
