"""Where an upstream is, and how far one gets on the way there: name, address, connection, TLS. Nothing is asked."""

import asyncio
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from ipaddress import ip_network

from cryptography import x509

from hub.core.findings import Finding, bad, expiry, good
from hub.resilience.addresses import Network, is_allowed

ANY_NETWORK: tuple[Network, ...] = (ip_network("0.0.0.0/0"), ip_network("::/0"))

_STEP_SECONDS = 5.0
_CLOCK_SECONDS = 5.0  # a Date has whole seconds, and the answer was on its way
_ALERT_SECONDS = 0.5  # with TLS 1.3 a server refuses our certificate only after the handshake, a moment later


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """An address, the TLS context that trusts its CA and shows our certificate, and networks it may be in.

    `tls` is None where plain HTTP is spoken.
    """

    host: str
    port: int
    tls: ssl.SSLContext | None = field(repr=False)
    networks: tuple[Network, ...]


async def look(endpoint: Endpoint, now: datetime) -> list[Finding]:
    """Resolve, connect and shake hands, and say how far that went; the first that fails is the last line.

    Not a byte of a request is sent.
    """
    found: list[Finding] = []
    try:
        address = await _resolved(endpoint, found)
        await _connected(endpoint, address, found)
        if endpoint.tls is not None:
            await _shaken(endpoint, endpoint.tls, address, now, found)
    except _StoppedError:
        pass
    return found


async def remote_clock(endpoint: Endpoint, now: Callable[[], datetime]) -> list[Finding]:
    """Compare our clock with the `Date` of an answer to HEAD /, which is no operation of anybody's.

    Nothing if there is no such answer: whether the way is open is `look`'s matter.
    """
    try:
        async with asyncio.timeout(_STEP_SECONDS):
            head = await _head(endpoint)
    except (OSError, ssl.SSLError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        return []
    ours = now()
    for line in head.decode("latin-1").splitlines():
        name, _, value = line.partition(":")
        if name.strip().lower() == "date":
            return _compared(value.strip(), ours)
    return []


async def _head(endpoint: Endpoint) -> bytes:
    found: list[Finding] = []
    try:
        address = await _resolved(endpoint, found)
    except _StoppedError as error:
        raise OSError("no address") from error
    reader, writer = await asyncio.open_connection(
        address, endpoint.port, ssl=endpoint.tls, server_hostname=endpoint.host if endpoint.tls else None
    )
    try:
        writer.write(f"HEAD / HTTP/1.1\r\nHost: {endpoint.host}\r\nConnection: close\r\n\r\n".encode("ascii"))
        return await reader.readuntil(b"\r\n\r\n")
    finally:
        writer.transport.abort()


def _compared(date: str, ours: datetime) -> list[Finding]:
    try:
        seconds = (ours - parsedate_to_datetime(date)).total_seconds()
    except ValueError:
        return []
    told = f"ours is {abs(seconds):.0f} s from the Date of its answer"
    if abs(seconds) <= _CLOCK_SECONDS:
        return [good("clock", told)]
    return [bad("clock", told, "let this machine follow NTP (chrony), unless it is theirs that is wrong")]


class _StoppedError(Exception):
    """The last line says why there is no next step."""


async def _resolved(endpoint: Endpoint, found: list[Finding]) -> str:
    host = endpoint.host
    try:
        async with asyncio.timeout(_STEP_SECONDS):
            loop = asyncio.get_running_loop()
            infos = await loop.getaddrinfo(host, endpoint.port, type=socket.SOCK_STREAM)
    except (OSError, TimeoutError) as error:
        found.append(bad("name", f"{host} can't be resolved", "check the name in the settings and this machine's DNS"))
        raise _StoppedError from error
    addresses = [str(info[4][0]) for info in infos]
    allowed = [address for address in addresses if is_allowed(address, endpoint.networks)]
    if not allowed:
        told = f"{host} is {addresses[0]}, a private address"
        found.append(bad("name", told, "name its network in private_networks, or find out who answers for that name"))
        raise _StoppedError
    found.append(good("name", f"{host} is {allowed[0]}"))
    return allowed[0]


async def _connected(endpoint: Endpoint, address: str, found: list[Finding]) -> None:
    where = f"{address}:{endpoint.port}"
    try:
        async with asyncio.timeout(_STEP_SECONDS):
            _, writer = await asyncio.open_connection(address, endpoint.port)
        writer.transport.abort()
    except ConnectionRefusedError as error:
        remedy = "it is down, or listens on another port: ask its operator, check the address in the settings"
        found.append(bad("connection", f"{where} refuses connections", remedy))
        raise _StoppedError from error
    except TimeoutError as error:
        remedy = "a firewall drops it, or the host is down: ask both operators"
        found.append(bad("connection", f"{where} does not answer in {_STEP_SECONDS:.0f} s: blocked or down", remedy))
        raise _StoppedError from error
    except OSError as error:
        told = f"{where} can't be reached ({error.strerror or type(error).__name__})"
        found.append(bad("connection", told, "check this machine's network and routes"))
        raise _StoppedError from error
    found.append(good("connection", where))


async def _shaken(
    endpoint: Endpoint, context: ssl.SSLContext, address: str, now: datetime, found: list[Finding]
) -> None:
    try:
        async with asyncio.timeout(_STEP_SECONDS):
            reader, writer = await asyncio.open_connection(
                address, endpoint.port, ssl=context, server_hostname=endpoint.host
            )
        try:
            tls: ssl.SSLObject = writer.get_extra_info("ssl_object")
            certificate = x509.load_der_x509_certificate(tls.getpeercert(binary_form=True) or b"")
            await _no_alert(reader)
        finally:
            writer.transport.abort()
        found.append(good("tls", f"{tls.version()}, known by our CA bundle"))
        remedy = "ask its operator to renew it"
        found.append(expiry("its certificate", certificate.not_valid_after_utc, now, remedy=remedy))
    except ssl.SSLCertVerificationError as error:
        told = f"its certificate is not believed: {error.verify_message}"
        found.append(bad("tls", told, "compare the CA bundle in the settings with the CA its operator tells"))
    except (ssl.SSLError, ConnectionError, TimeoutError, asyncio.IncompleteReadError) as error:
        found.append(_refused(error))


async def _no_alert(reader: asyncio.StreamReader) -> None:
    try:
        async with asyncio.timeout(_ALERT_SECONDS):
            if not await reader.read(1):
                raise ConnectionAbortedError("it hangs up after the handshake")
    except TimeoutError:
        return  # it waits for our request, as it should


def _refused(error: Exception) -> Finding:
    reason = str(getattr(error, "reason", "") or str(error) or type(error).__name__)
    if "ALERT" in reason.upper() or isinstance(error, ConnectionAbortedError):
        remedy = "renew our client certificate, or have its operator let it in"
        return bad("tls", f"it refuses our certificate ({reason})", remedy)
    remedy = "something on the way cuts TLS (a firewall, a filter), or this is no TLS port"
    return bad("tls", f"the handshake was cut ({reason})", remedy)
