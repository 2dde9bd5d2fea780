"""Private addresses are refused unless their network is named."""

import socket
from ipaddress import ip_network

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from hub.resilience.addresses import LOOPBACK, AddressRefusedError, GuardedResolver, is_allowed


class Fixed(AbstractResolver):
    def __init__(self, *addresses: str) -> None:
        self._addresses = addresses

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [
            ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=0)
            for address in self._addresses
        ]

    async def close(self) -> None:
        return


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "::1",
        "fe80::1%eth0",
        "fc00::1",
        "::ffff:10.0.0.1",
        "::ffff:127.0.0.1",
    ],
)
def test_a_private_address_is_refused(address: str) -> None:
    assert not is_allowed(address, ())


@pytest.mark.parametrize("address", ["8.8.8.8", "2a02:6b8::1"])
def test_a_public_address_is_allowed(address: str) -> None:
    assert is_allowed(address, ())


def test_a_named_network_is_allowed_and_no_other() -> None:
    named = (ip_network("10.20.0.0/16"), *LOOPBACK)
    assert is_allowed("10.20.3.4", named)
    assert is_allowed("::ffff:10.20.3.4", named)
    assert is_allowed("::1", named)
    assert not is_allowed("10.21.0.1", named)


async def test_a_host_keeps_its_public_addresses_alone() -> None:
    resolver = GuardedResolver(resolver=Fixed("10.0.0.1", "8.8.8.8"), networks=())
    assert [result["host"] for result in await resolver.resolve("gateway.example")] == ["8.8.8.8"]


async def test_a_host_with_private_addresses_alone_is_refused() -> None:
    resolver = GuardedResolver(resolver=Fixed("10.0.0.1", "127.0.0.1"), networks=())
    with pytest.raises(AddressRefusedError):
        await resolver.resolve("gateway.example")
