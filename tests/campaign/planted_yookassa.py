"""Bugs put into payments through YooKassa on purpose: see planted.py."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from hub.modules.payments.creation import Creation
from hub.modules.payments.observation import VendorOperationKind
from hub.modules.payments.providers import _yookassa_answers as answers
from hub.modules.payments.providers._yookassa_api import Write, YookassaApi


def _make_keys_anew() -> None:
    """As if a key were made when a request is sent, and not when it is asked for."""
    write = YookassaApi.write
    sent: list[None] = []

    async def anew(api: YookassaApi, asked: Write, *rest: Any, **more: Any) -> Any:
        sent.append(None)
        return await write(api, replace(asked, key=f"{asked.key[:40]}-{len(sent)}"), *rest, **more)

    YookassaApi.write = anew  # type: ignore[method-assign,assignment]


def _trust_keys_for_ever() -> None:
    """As if a payment's key were all that is needed to send it again, however long ago it was sent first."""

    find_out = Creation._find_out

    async def open_again(creation: Creation, port: Any, row: Any, lease: Any, **how: Any) -> Any:
        if how.get("taken"):
            return await find_out(creation, port, row, lease, **how)
        return await creation._open(port, row, lease)

    Creation._find_out = open_again  # type: ignore[method-assign,assignment]


def _take_pending_refunds_for_made() -> None:
    answers._REFUNDS = {**answers._REFUNDS, "pending": VendorOperationKind.REFUND}  # type: ignore[assignment]


PLANTED_IN_YOOKASSA: Final[Mapping[str, Callable[[], None]]] = {
    "make-keys-anew": _make_keys_anew,
    "trust-keys-for-ever": _trust_keys_for_ever,
    "take-pending-refunds-for-made": _take_pending_refunds_for_made,
}
