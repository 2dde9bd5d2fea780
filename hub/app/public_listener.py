"""Opens the public listener: what modules want of it, whom it believes, and where its refusals are recorded."""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import AsyncExitStack
from ipaddress import ip_network

from aiohttp import web

from hub.app.core import Core
from hub.core.refusals import RefusalCounts
from hub.settings import WebSettings
from hub.web.listener import Listener
from hub.web.public import PublicListening, WebhookMetrics


def public_listener(
    settings: WebSettings,
    core: Core,
    *,
    routes: Callable[[], Iterable[web.RouteDef]],
    shares_port: bool,
    closing: AsyncExitStack,
) -> Listener:
    """Return the listener, not started; `closing` closes it, and then records what it refused last."""
    refusals = RefusalCounts(audit=core.audit, clock=core.clock)
    counting = asyncio.create_task(refusals.run(), name="count refused webhooks")

    async def stop_counting() -> None:
        counting.cancel()
        await asyncio.gather(counting, return_exceptions=True)
        refusals.flush()

    closing.push_async_callback(stop_counting)
    listening = PublicListening(
        routes=routes,
        proxies=[ip_network(name) for name in settings.trusted_proxies],
        refusals=refusals,
        metrics=WebhookMetrics(registry=core.metrics),
    )
    listener = Listener(application=listening.application(), address=settings.public_address, shares_port=shares_port)
    closing.push_async_callback(listener.close)
    return listener
