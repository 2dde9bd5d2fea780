"""The provider in use, which may be exchanged for one with new credentials while calls are under way."""

from datetime import timedelta

from hub.core.in_use import InUse
from hub.modules.rosreestr.port import (
    Document,
    LandPlot,
    RegistrationStatus,
    Right,
    RosreestrPort,
    Submission,
    Transfer,
)
from hub.resilience.policy import Guard


class ExchangeablePort(RosreestrPort):
    """Passes everything on; a call ends with the provider it began with."""

    def __init__(self, port: RosreestrPort) -> None:
        self._in_use: InUse[RosreestrPort] = InUse(port, close=lambda replaced: replaced.close())

    def exchange(self, successor: RosreestrPort) -> None:
        """Use the successor from the next call on; the one before is closed when its last call ends."""
        self._in_use.exchange(successor)

    @property
    def name(self) -> str:
        """See the port."""
        return self._in_use.present.name

    @property
    def visibility_window(self) -> timedelta:
        """See the port."""
        return self._in_use.present.visibility_window

    @property
    def can_find(self) -> bool:
        """See the port."""
        return self._in_use.present.can_find

    @property
    def can_withdraw(self) -> bool:
        """See the port."""
        return self._in_use.present.can_withdraw

    @property
    def carries_documents(self) -> bool:
        """See the port."""
        return self._in_use.present.carries_documents

    def check_transfer(self, transfer: Transfer) -> None:
        """See the port."""
        self._in_use.present.check_transfer(transfer)

    async def get_land_plot(self, cadastral_number: str) -> LandPlot:
        """See the port."""
        async with self._in_use.use() as port:
            return await port.get_land_plot(cadastral_number)

    async def list_rights(self, cadastral_number: str) -> tuple[Right, ...]:
        """See the port."""
        async with self._in_use.use() as port:
            return await port.list_rights(cadastral_number)

    async def submit(self, reference: str, transfer: Transfer, *, guard: Guard | None = None) -> Submission:
        """See the port."""
        async with self._in_use.use() as port:
            return await port.submit(reference, transfer, guard=guard)

    async def find(self, reference: str) -> RegistrationStatus | None:
        """See the port."""
        async with self._in_use.use() as port:
            return await port.find(reference)

    async def get_status(self, vendor_id: str) -> RegistrationStatus:
        """See the port."""
        async with self._in_use.use() as port:
            return await port.get_status(vendor_id)

    async def add_documents(
        self, reference: str, vendor_id: str, documents: tuple[Document, ...], *, guard: Guard | None = None
    ) -> int:
        """See the port."""
        async with self._in_use.use() as port:
            return await port.add_documents(reference, vendor_id, documents, guard=guard)

    async def withdraw(self, vendor_id: str, reason: str, *, guard: Guard | None = None) -> RegistrationStatus:
        """See the port."""
        async with self._in_use.use() as port:
            return await port.withdraw(vendor_id, reason, guard=guard)

    async def probe(self) -> None:
        """See the port."""
        async with self._in_use.use() as port:
            await port.probe()

    async def close(self) -> None:
        """See the port."""
        await self._in_use.close()
