"""YooKassa's notifications: JSON that nobody signs, from its networks, as a proxy in front of the merchant tells it."""

import json
from typing import Any

from sandbox import yookassa_wire as wire
from sandbox.callbacks import Callback, CallbackSender
from sandbox.yookassa_shop import ShopPayment, ShopRefund

ATTEMPTS = 24
PAUSE_SECONDS = 3600.0  # the vendor says that it tries for a day, not how often
SOURCE = "185.71.76.5"
_ELSEWHERE = "203.0.113.9"


class YookassaNotifications:
    """Tells the merchant's URL of what happens to payments and refunds; an empty URL: of nothing.

    The simulator's own address is the machine's. `X-Forwarded-For` says what a listed proxy would: whom it was reached
    from.
    """

    def __init__(self, *, sender: CallbackSender, url: str = "", source: str = SOURCE) -> None:
        self.sender = sender
        self.url = url
        self.source = source

    def tell(self, event: str, thing: ShopPayment | ShopRefund, *, base_url: str, shop_id: str) -> None:
        """Tell of an event: payment.waiting_for_capture, payment.succeeded, payment.canceled, refund.succeeded."""
        if not self.url:
            return
        if isinstance(thing, ShopRefund):
            told = wire.refund_object(thing)
        else:
            told = wire.payment_object(thing, base_url=base_url, shop_id=shop_id)
        forged = {**told, "status": "succeeded", "amount": {"value": "1.00", "currency": "RUB"}}
        self.sender.send(
            self._request(event, told, self.source), about=event, forged=self._request(event, forged, _ELSEWHERE)
        )

    def _request(self, event: str, told: dict[str, Any], source: str) -> Callback:
        body = json.dumps({"type": "notification", "event": event, "object": told}, ensure_ascii=False).encode()
        return Callback(
            url=self.url, headers={"Content-Type": "application/json", "X-Forwarded-For": source}, body=body
        )
