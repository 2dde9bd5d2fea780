"""The provider in use, which may be exchanged for one with new credentials while calls are under way."""

from datetime import datetime

from hub.core.in_use import InUse
from hub.core.money import Money
from hub.modules.payments.notice import CallbackReader
from hub.modules.payments.port import Capabilities, Observation, Opened, Order, OrderPage, PaymentsPort, RefundOrder
from hub.resilience.policy import Guard


class ExchangeablePort(PaymentsPort):
    """Passes everything on; a call ends with the provider it began with."""

    def __init__(self, port: PaymentsPort) -> None:
        self._in_use: InUse[PaymentsPort] = InUse(port, close=lambda replaced: replaced.close())

    def exchange(self, successor: PaymentsPort) -> None:
        """Use the successor from the next call on; the one before is closed when its last call ends."""
        self._in_use.exchange(successor)

    @property
    def name(self) -> str:
        """See the port."""
        return self._in_use.present.name

    @property
    def capabilities(self) -> Capabilities:
        """See the port."""
        return self._in_use.present.capabilities

    @property
    def callbacks(self) -> CallbackReader | None:
        """See the port."""
        return self._in_use.present.callbacks

    def check_order(self, order: Order) -> None:
        """See the port."""
        self._in_use.present.check_order(order)

    async def create(self, reference: str, order: Order, *, guard: Guard | None = None) -> Opened:
        """See the port."""
        async with self._in_use.use() as port:
            return await port.create(reference, order, guard=guard)

    async def find(self, reference: str, *, since: datetime | None = None) -> Observation | None:
        """See the port."""
        async with self._in_use.use() as port:
            return await port.find(reference, since=since)

    async def get(self, vendor_id: str) -> Observation:
        """See the port."""
        async with self._in_use.use() as port:
            return await port.get(vendor_id)

    async def capture(self, vendor_id: str, amount: Money, *, guard: Guard | None = None) -> None:
        """See the port."""
        async with self._in_use.use() as port:
            await port.capture(vendor_id, amount, guard=guard)

    async def decline(self, vendor_id: str, *, guard: Guard | None = None) -> None:
        """See the port."""
        async with self._in_use.use() as port:
            await port.decline(vendor_id, guard=guard)

    async def reverse(self, vendor_id: str, *, guard: Guard | None = None) -> int:
        """See the port."""
        async with self._in_use.use() as port:
            return await port.reverse(vendor_id, guard=guard)

    async def refund(self, refund: RefundOrder, *, guard: Guard | None = None) -> None:
        """See the port."""
        async with self._in_use.use() as port:
            await port.refund(refund, guard=guard)

    async def list_orders(self, since: datetime, until: datetime, *, page: str = "") -> OrderPage | None:
        """See the port."""
        async with self._in_use.use() as port:
            return await port.list_orders(since, until, page=page)

    async def probe(self) -> None:
        """See the port."""
        async with self._in_use.use() as port:
            await port.probe()

    async def close(self) -> None:
        """See the port."""
        await self._in_use.close()
