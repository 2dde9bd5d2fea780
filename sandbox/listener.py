"""A TCP listener for an aiohttp application that can be stopped and started again on its port."""

import ssl
from pathlib import Path

from aiohttp import web

_DRAIN_SECONDS = 0.2  # calls that hang are cut off; nobody waits for a simulator


class CountingContext(ssl.SSLContext):
    """A server's TLS context that counts the handshakes it finished and refused."""

    finished = 0
    refused = 0


class _CountingObject(ssl.SSLObject):
    def do_handshake(self) -> None:
        context = self.context
        assert isinstance(context, CountingContext)
        try:
            super().do_handshake()
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            raise
        except ssl.SSLError:
            context.refused += 1
            raise
        context.finished += 1


def server_context(*, certificate: Path, key: Path, client_ca: Path) -> CountingContext:
    """A context that demands a client certificate of `client_ca`; all three are paths of PEM files."""
    context = CountingContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate, key)
    context.load_verify_locations(client_ca)
    context.verify_mode = ssl.CERT_REQUIRED
    context.sslobject_class = _CountingObject
    return context


def open_context(*, certificate: Path, key: Path) -> CountingContext:
    """A context that asks for no client certificate: who comes logs in by what he sends. Paths of PEM files."""
    context = CountingContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate, key)
    context.sslobject_class = _CountingObject
    return context


class Listener:
    """One address that serves one application."""

    def __init__(self, *, host: str, port: int, tls: CountingContext | None = None) -> None:
        """Port 0 is chosen at the first start and kept."""
        self._host = host
        self._port = port
        self._tls = tls
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """Scheme, host and port."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"{'http' if self._tls is None else 'https'}://{host}:{self._port}"

    @property
    def handshakes(self) -> dict[str, int]:
        """TLS handshakes that were finished and refused."""
        return {} if self._tls is None else {"finished": self._tls.finished, "refused": self._tls.refused}

    @property
    def is_open(self) -> bool:
        """Whether it listens."""
        return self._runner is not None

    async def start(self, application: web.Application) -> None:
        """Begin to listen; nothing if it does."""
        if self._runner is not None:
            return
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=_DRAIN_SECONDS)
        await runner.setup()
        site = web.TCPSite(runner, self._host, self._port, ssl_context=self._tls, reuse_address=True)
        await site.start()
        self._runner = runner
        self._port = runner.addresses[0][1]

    async def stop(self) -> None:
        """Refuse connections and end those there are; nothing if it does not listen."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
