"""What makes a payment contradictory in itself, or not allowed to its caller, whatever the provider.

Field rules (lengths, patterns, presence) stand in the proto and have been checked before.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from urllib.parse import urlsplit

from hub.core.call import Call
from hub.core.errors import FieldViolation, InvalidRequestError
from hub.modules.payments.order import Order, Receipt
from hub.modules.payments.port import DOMAIN


def check_order(call: Call, order: Order, return_hosts: Mapping[str, tuple[str, ...]]) -> None:
    """Check an order in itself, and where it sends its payer.

    Raises:
        InvalidRequestError: a URL leads to a host that isn't the caller's, or the receipt doesn't add up.
    """
    allowed = {*return_hosts.get(call.caller, ()), *return_hosts.get(call.group, ())}
    for field, url in (("return_url", order.return_url), ("fail_url", order.fail_url)):
        if url and not _leads_to(url, allowed):
            raise InvalidRequestError(
                f"{field} leads to a host that this caller isn't allowed; see return_hosts in the hub's settings.",
                reason="RETURN_HOST_NOT_ALLOWED",
                domain=DOMAIN,
                violations=(FieldViolation(field, "must lead to a host on the caller's list", "return_host"),),
            )
    if order.receipt is not None:
        violations = tuple(_of_receipt(order.receipt, order.amount.minor_units))
        if violations:
            raise InvalidRequestError(
                f"The receipt doesn't add up: {violations[0].field} {violations[0].description}.",
                reason="RECEIPT_INVALID",
                domain=DOMAIN,
                violations=violations,
            )


def _leads_to(url: str, hosts: set[str]) -> bool:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    # What a browser and this parser might read differently (user, backslash, port) is refused, not interpreted.
    plain = "@" not in parts.netloc and "\\" not in url and port in {None, 443}
    return plain and parts.scheme == "https" and (parts.hostname or "") in hosts


def _of_receipt(receipt: Receipt, total: int) -> Iterator[FieldViolation]:
    if not receipt.email and not receipt.phone:
        yield FieldViolation("receipt", "needs an email or a phone to send the receipt to", "receipt.contact")
    for index, item in enumerate(receipt.items):
        if Decimal(item.price_minor_units) * item.quantity != item.amount_minor_units:
            field = f"receipt.items[{index}].amount_minor_units"
            yield FieldViolation(field, "must be price times quantity", "receipt.item_amount")
    if sum(item.amount_minor_units for item in receipt.items) != total:
        yield FieldViolation("receipt.items", "must sum to the payment's amount", "receipt.sum")
