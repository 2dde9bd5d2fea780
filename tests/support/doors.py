"""What every door of ours does in a TLS handshake: a suite for whatever listens, subclassed for each of our servers."""

import asyncio
import socket
import ssl
import warnings
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import grpc
import pytest
from cryptography import x509

from tests.support.pki import Authority, Pair

_CALL_SECONDS = 20

Made = Callable[[Authority, tuple[x509.GeneralName, ...]], Pair | None]


def self_signed(sans: tuple[x509.GeneralName, ...]) -> Pair:
    """Return a certificate that nobody but its own key vouches for."""
    lone = Authority(name="itself")
    return lone.issue("itself", key=lone.pair.key, sans=sans)


def _namesake(authority: Authority, sans: tuple[x509.GeneralName, ...]) -> Pair:
    return Authority(name=authority.name).issue("x", sans=sans)


UNFIT: dict[str, Made] = {
    "self-signed": lambda _, sans: self_signed(sans),
    "of another CA of the same name": _namesake,
    "expired": lambda authority, sans: authority.issue("x", sans=sans, days=-0.5),
    "not yet valid": lambda authority, sans: authority.issue("x", sans=sans, age_days=-1),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """A server that listens on this machine as `localhost`.

    `authority` issued its clients' certificates, `sans` are in that of one who is let in, and `call` calls it and
    raises unless it answers.
    """

    port: int
    server_ca: bytes
    authority: Authority
    sans: tuple[x509.GeneralName, ...]
    call: Callable[[grpc.aio.Channel], Awaitable[object]]

    def good(self) -> Pair:
        """A certificate that is let in."""
        return self.authority.issue("x", sans=self.sans)

    async def called_with(self, pair: Pair | None) -> None:
        """Call it with a certificate, or with none."""
        shown = (pair.key_pem, pair.pem) if pair is not None else (None, None)
        credentials = grpc.ssl_channel_credentials(self.server_ca, *shown)
        async with grpc.aio.secure_channel(f"localhost:{self.port}", credentials) as channel:
            await self.call(channel)


class DoorContract:
    """Subclass it and give a fixture `door`."""

    @pytest.mark.parametrize("how", ["no certificate", *UNFIT])
    async def test_who_has_no_fit_certificate_gets_no_connection(self, how: str, door: Door) -> None:
        pair = UNFIT[how](door.authority, door.sans) if how in UNFIT else None
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await door.called_with(pair)
        assert caught.value.code() is grpc.StatusCode.UNAVAILABLE
        await door.called_with(door.good())

    async def test_nobody_is_spoken_to_in_the_clear(self, door: Door) -> None:
        async with grpc.aio.insecure_channel(f"localhost:{door.port}") as channel:
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await door.call(channel)
        assert caught.value.code() is grpc.StatusCode.UNAVAILABLE

    @pytest.mark.parametrize(("version", "is_taken"), [("TLSv1_1", False), ("TLSv1_2", True)])
    async def test_no_tls_older_than_1_2_is_spoken(
        self, version: str, is_taken: bool, door: Door, tmp_path: Path
    ) -> None:
        context = only(ssl.PROTOCOL_TLS_CLIENT, version)
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # a server's own certificate may be what is trusted
        context.load_verify_locations(cadata=door.server_ca.decode())
        context.load_cert_chain(*door.good().write(tmp_path, "good"))

        def shake_hands() -> bool:
            with socket.create_connection(("localhost", door.port), timeout=_CALL_SECONDS) as raw:
                try:
                    context.wrap_socket(raw, server_hostname="localhost").close()
                except (ssl.SSLError, ConnectionResetError):
                    return False
                return True

        assert await asyncio.to_thread(shake_hands) == is_taken


def only(side: int, version: str) -> ssl.SSLContext:
    """Return a context that speaks that version and no other, whatever this machine's policy is."""
    context = ssl.SSLContext(side)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = context.maximum_version = ssl.TLSVersion[version]
    context.set_ciphers("ALL:@SECLEVEL=0")
    return context
