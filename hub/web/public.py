"""The public listener: the modules' webhooks, and 404 to everything else."""

from collections.abc import Awaitable, Callable, Iterable

import structlog
from aiohttp import web

log = structlog.get_logger(__name__)

LARGEST_BODY_BYTES = 1024 * 1024  # callbacks are small; documents never come this way

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def public_application(
    *, routes: Iterable[web.RouteDef], largest_body_bytes: int = LARGEST_BODY_BYTES
) -> web.Application:
    """Return the application with the modules' routes, each below /<module>/.

    Whatever is not one of them, a wrong method included, is an empty 404: a stranger learns nothing of what is here. A
    handler that breaks is an empty 500, logged by its class.
    """
    application = web.Application(client_max_size=largest_body_bytes, middlewares=[_plain])
    application.add_routes(list(routes))
    return application


@web.middleware
async def _plain(request: web.Request, handler: _Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except (web.HTTPNotFound, web.HTTPMethodNotAllowed):
        return web.Response(status=404)
    except web.HTTPException as answer:
        return web.Response(status=answer.status)
    except Exception as error:  # noqa: BLE001 - the edge of the process, as rpc/errors.py is for gRPC
        resource = request.match_info.route.resource
        log.error("webhook_failed", error=type(error).__name__, route=resource.canonical if resource else "")  # noqa: TRY400 - a traceback may hold what was sent
        return web.Response(status=500)
