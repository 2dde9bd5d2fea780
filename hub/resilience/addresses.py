"""Which addresses a provider's host may resolve to: public ones, and private networks that the settings name."""

import socket
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from aiohttp.abc import AbstractResolver, ResolveResult

Network = IPv4Network | IPv6Network

LOOPBACK: tuple[Network, ...] = (ip_network("127.0.0.0/8"), ip_network("::1/128"))


class AddressRefusedError(OSError):
    """The host's addresses are private: nothing is sent there. The HTTP client takes it for a failed resolution."""


def is_allowed(address: str, networks: tuple[Network, ...]) -> bool:
    """Say whether an IP address is public, or in one of the networks named."""
    parsed = _unmapped(ip_address(address.partition("%")[0]))
    if any(parsed in network for network in networks):
        return True
    return parsed.is_global and not parsed.is_multicast


class GuardedResolver(AbstractResolver):
    """Resolves by another resolver, and leaves out what isn't allowed."""

    def __init__(self, *, resolver: AbstractResolver, networks: tuple[Network, ...]) -> None:
        self._resolver = resolver
        self._networks = networks

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return the allowed addresses of a host.

        Raises:
            AddressRefusedError: it has none.
        """
        found = await self._resolver.resolve(host, port, family)
        allowed = [result for result in found if is_allowed(result["host"], self._networks)]
        if not allowed:
            raise AddressRefusedError(f"{host} resolves to private addresses only; name their network in the settings")
        return allowed

    async def close(self) -> None:
        """Release the resolver behind."""
        await self._resolver.close()


def _unmapped(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """An IPv4 address in IPv6's clothes is judged as what it is."""
    return getattr(address, "ipv4_mapped", None) or address
