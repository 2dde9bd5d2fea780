"""Who really sent a request: the connection's other end, or whom the proxies that the settings list name."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address

from hub.resilience.addresses import Network

Address = IPv4Address | IPv6Address

_MOST_HOPS = 20  # no chain of proxies is that long; the rest of the header isn't looked at


def peer_address(connected: str, forwarded: Sequence[str], proxies: Sequence[Network]) -> Address | None:
    """Return the address of who sent a request; None if the connection has none (a local socket).

    Each listed proxy appends the address it was reached from, so the header is believed from its end, as far as listed
    proxies wrote it. What can't be read ends that: the sender is then taken for the proxy itself.

    Args:
        connected: The other end of the connection.
        forwarded: The values of all X-Forwarded-For headers, in their order.
        proxies: Networks of proxies whose word is taken.
    """
    peer = parsed_address(connected)
    hops = ",".join(forwarded).rsplit(",", _MOST_HOPS) if forwarded else []
    while peer is not None and hops and any(peer in network for network in proxies):
        told = parsed_address(hops.pop().strip())
        if told is None:
            return peer
        peer = told
    return peer


def parsed_address(text: str) -> Address | None:
    """Return an address, an IPv4 one in IPv6's clothes as what it is; None if it is none."""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
