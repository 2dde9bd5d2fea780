"""The provider in use, which may be exchanged for one with new credentials while calls are under way."""

from collections.abc import Sequence

from hub.core.in_use import InUse
from hub.modules.notifications.port import (
    Accepted,
    Balance,
    Callback,
    CallbackRead,
    Capabilities,
    Channel,
    Content,
    Estimate,
    Guard,
    Message,
    NotificationsPort,
    Report,
    Sought,
)


class ExchangeablePort(NotificationsPort):
    """Passes everything on; a call ends with the provider it began with."""

    def __init__(self, port: NotificationsPort) -> None:
        self._in_use: InUse[NotificationsPort] = InUse(port, close=lambda replaced: replaced.close())

    def exchange(self, successor: NotificationsPort) -> None:
        """Use the successor from the next call on; the one before is closed when its last call ends."""
        self._in_use.exchange(successor)

    @property
    def name(self) -> str:
        """See the port."""
        return self._in_use.present.name

    @property
    def channel(self) -> Channel:
        """See the port."""
        return self._in_use.present.channel

    @property
    def capabilities(self) -> Capabilities:
        """See the port."""
        return self._in_use.present.capabilities

    def check(self, content: Content, *, sender: str) -> None:
        """See the port."""
        self._in_use.present.check(content, sender=sender)

    async def send(self, message: Message, *, guard: Guard | None = None) -> Accepted:
        """See the port."""
        async with self._in_use.use() as port:
            return await port.send(message, guard=guard)

    async def find(self, sought: Sought) -> Report | None:
        """See the port."""
        async with self._in_use.use() as port:
            return await port.find(sought)

    async def reports(self, sought: Sequence[Sought]) -> Sequence[Report]:
        """See the port."""
        async with self._in_use.use() as port:
            return await port.reports(sought)

    def read_callback(self, callback: Callback) -> CallbackRead | None:
        """See the port."""
        return self._in_use.present.read_callback(callback)

    async def balance(self) -> Balance:
        """See the port."""
        async with self._in_use.use() as port:
            return await port.balance()

    async def estimate(self, message: Message) -> Estimate:
        """See the port."""
        async with self._in_use.use() as port:
            return await port.estimate(message)

    async def probe(self) -> None:
        """See the port."""
        async with self._in_use.use() as port:
            await port.probe()

    async def close(self) -> None:
        """See the port."""
        await self._in_use.close()
