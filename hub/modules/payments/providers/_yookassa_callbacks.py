"""How YooKassa calls back: JSON that nobody signed, so the sender's network is the proof, and nothing else is believed.

The networks are those that the vendor publishes. The sender is seen through listed proxies alone.
"""

import json
from collections.abc import Sequence
from typing import Any

from hub.modules.payments.notice import (
    CallbackAnswer,
    CallbackProblem,
    CallbackReader,
    CallbackRefusedError,
    CallbackRequest,
    Notice,
)
from hub.modules.payments.providers._yookassa_answers import REFERENCE
from hub.resilience.addresses import Network

PUBLISHED_NETWORKS = (
    "185.71.76.0/27",
    "185.71.77.0/27",
    "77.75.153.0/25",
    "77.75.154.128/25",
    "77.75.156.11/32",
    "77.75.156.35/32",
    "2a02:5180:0:1509::/64",
    "2a02:5180:0:2655::/64",
    "2a02:5180:0:1533::/64",
    "2a02:5180:0:2669::/64",
)
"""Where notifications come from, as the vendor's SDK had it in 2026."""
_LONGEST_ID = 128


class YookassaCallbacks(CallbackReader):
    """Takes what comes from the vendor's networks."""

    def __init__(self, *, networks: Sequence[Network]) -> None:
        self._networks = tuple(networks)

    @property
    def methods(self) -> frozenset[str]:
        """See the port."""
        return frozenset({"POST"})

    @property
    def answer(self) -> CallbackAnswer:
        """Anything under status 200; else it comes again for a day."""
        return CallbackAnswer()

    def read(self, request: CallbackRequest) -> Notice:
        """See the port."""
        peer = request.peer
        if peer is None or not any(peer in network for network in self._networks):
            raise CallbackRefusedError(CallbackProblem.SOURCE_NOT_ALLOWED, status=403)
        told = _object(request.body)
        if told.get("type") != "notification":
            raise CallbackRefusedError(CallbackProblem.UNREADABLE)
        thing = told.get("object")
        if not isinstance(thing, dict):
            raise CallbackRefusedError(CallbackProblem.UNREADABLE)
        metadata = thing.get("metadata")
        reference = _id(metadata, REFERENCE) if isinstance(metadata, dict) else ""
        # Of a refund: the payment's. Of what isn't ours (a payout, a deal): an id that no payment of ours has.
        notice = Notice(vendor_id=_id(thing, "payment_id") or _id(thing, "id"), reference=reference)
        if not notice.vendor_id and not notice.reference:
            raise CallbackRefusedError(CallbackProblem.UNREADABLE)
        return notice


def _object(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise CallbackRefusedError(CallbackProblem.UNREADABLE) from error
    if not isinstance(value, dict):
        raise CallbackRefusedError(CallbackProblem.UNREADABLE)
    return value


def _id(told: dict[str, Any], name: str) -> str:
    value = told.get(name)
    fits = isinstance(value, str) and len(value) <= _LONGEST_ID and value.isascii() and value.isprintable()
    return str(value) if fits else ""
