"""An aiohttp application on one address, with the bounds that both listeners share."""

from aiohttp import web

_REQUEST_SECONDS = 30.0  # for a whole request to arrive on a kept connection
_SHUTDOWN_SECONDS = 5.0
_LARGEST_LINE_BYTES = 8190
_LARGEST_HEADER_BYTES = 8190


class Listener:
    """Serves one application. Nothing of a request is logged: paths and headers of webhooks may hold anything.

    Args:
        address: "127.0.0.1:7481"; port 0 takes a free one.
        shares_port: Other processes of this hub listen there, too.
    """

    def __init__(self, *, application: web.Application, address: str, shares_port: bool = False) -> None:
        self._runner = web.AppRunner(
            application,
            access_log=None,
            handle_signals=False,
            shutdown_timeout=_SHUTDOWN_SECONDS,
            keepalive_timeout=_REQUEST_SECONDS,
            max_line_size=_LARGEST_LINE_BYTES,
            max_field_size=_LARGEST_HEADER_BYTES,
        )
        self._address = address
        self._shares_port = shares_port

    async def start(self) -> int:
        """Listen; returns the port.

        Raises:
            OSError: the address is taken or is none of this machine's.
        """
        await self._runner.setup()
        host, _, port = self._address.rpartition(":")
        site = web.TCPSite(self._runner, host.strip("[]"), int(port), reuse_address=True, reuse_port=self._shares_port)
        await site.start()
        bound: int = self._runner.addresses[0][1]
        return bound

    async def close(self) -> None:
        """Let requests end, at most five seconds, and release the port. Safe to call without a start."""
        await self._runner.cleanup()
