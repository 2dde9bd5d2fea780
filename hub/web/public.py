"""The public listener: the modules' webhooks, and 404 to everything else.

Whatever comes in is a stranger's until a module says otherwise. What it turns away is counted, never kept: neither
bodies nor query strings are logged, traced or audited, for they may hold card numbers and names.
"""

from collections import Counter as Tally
from collections.abc import Awaitable, Callable, Iterable, Sequence

import prometheus_client
import structlog
from aiohttp import web

from hub.core.refusals import RefusalCounts
from hub.resilience.addresses import Network
from hub.web.peer import peer_address

log = structlog.get_logger(__name__)

LARGEST_BODY_BYTES = 1024 * 1024  # callbacks are small; documents never come this way
MOST_AT_ONCE = 128  # a route: what comes beside is told to come again, and other routes don't feel it

_NOT_FOUND = "NOT_FOUND"
_BUSY = "BUSY"
_BROKEN = "BROKEN"
_ELSEWHERE = "other"
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class WebhookRefusedError(Exception):
    """A webhook that is not heeded, raised by its handler: counted by sender and reason, and answered by `answer`.

    Args:
        reason: A code of a list of ours, "SIGNATURE_WRONG".
        answer: What is answered: an error, or what makes the sender content.
    """

    def __init__(self, reason: str, answer: web.Response) -> None:
        super().__init__(reason)
        self.reason = reason
        self.answer = answer


class WebhookMetrics:
    """Counts what came by route, status and reason; all of them are of lists of ours, so bounded."""

    def __init__(self, *, registry: prometheus_client.CollectorRegistry) -> None:
        self._requests = prometheus_client.Counter(
            "landhub_webhook_requests",
            "Requests on the public listener",
            ("route", "status", "reason"),
            registry=registry,
        )

    def answered(self, route: str, status: int, reason: str = "") -> None:
        """Count one request."""
        self._requests.labels(route, str(status), reason).inc()


class PublicListening:
    """Answers every request of the public listener.

    Args:
        routes: The modules' routes as they are now, each a fixed path below /<module>/; asked for at each request,
            since a module may start late or be switched off.
        proxies: Networks of proxies whose X-Forwarded-For is believed; `request.remote` is whom they name.
        refusals: Takes what is turned away, for the audit.
        metrics: Counts all.
    """

    def __init__(
        self,
        *,
        routes: Callable[[], Iterable[web.RouteDef]],
        proxies: Sequence[Network],
        refusals: RefusalCounts,
        metrics: WebhookMetrics,
        most_at_once: int = MOST_AT_ONCE,
    ) -> None:
        self._routes = routes
        self._proxies = tuple(proxies)
        self._refusals = refusals
        self._metrics = metrics
        self._most_at_once = most_at_once
        self._at_work: Tally[str] = Tally()

    def application(self, *, largest_body_bytes: int = LARGEST_BODY_BYTES) -> web.Application:
        """Return the application.

        Whatever is no route, a wrong method included, is an empty 404: a stranger learns nothing of what is here. A
        handler that breaks is an empty 500, logged by its class.
        """
        application = web.Application(client_max_size=largest_body_bytes, middlewares=[self._all_else])
        application.router.add_route("*", "/{path:.*}", self._answer)
        application.on_response_prepare.append(_unnamed)
        return application

    @web.middleware
    async def _all_else(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        """Answer what no route may see either: methods and paths that the server itself refuses."""
        try:
            return await handler(request)
        except (web.HTTPNotFound, web.HTTPMethodNotAllowed):
            return self._not_found()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        route = self._route(request)
        if route is None:
            return self._not_found()
        if self._at_work[route.path] >= self._most_at_once:
            self._metrics.answered(route.path, 503, _BUSY)
            return web.Response(status=503)
        self._at_work[route.path] += 1
        try:
            return await self._heard(request, route)
        finally:
            self._at_work[route.path] -= 1

    def _route(self, request: web.Request) -> web.RouteDef | None:
        asked = request.method, request.path
        return next((route for route in self._routes() if (route.method, route.path) == asked), None)

    async def _heard(self, request: web.Request, route: web.RouteDef) -> web.StreamResponse:
        peer = peer_address(request.remote or "", request.headers.getall("X-Forwarded-For", []), self._proxies)
        told = "unknown" if peer is None else str(peer)
        reason = ""
        try:
            answer = await _handler_of(route)(request.clone(remote=told))
        except WebhookRefusedError as refused:
            answer, reason = refused.answer, refused.reason
            self._refusals.count(method=route.path, peer=told, reason=reason)
        except web.HTTPException as refused:
            answer, reason = web.Response(status=refused.status), f"HTTP_{refused.status}"
            self._refusals.count(method=route.path, peer=told, reason=reason)
        except Exception as error:  # noqa: BLE001 - the edge of the process, as rpc/errors.py is for gRPC
            answer, reason = web.Response(status=500), _BROKEN
            log.error("webhook_failed", error=type(error).__name__, route=route.path)  # noqa: TRY400 - a traceback may hold what was sent
        self._metrics.answered(route.path, answer.status, reason)
        return answer

    def _not_found(self) -> web.Response:
        self._metrics.answered(_ELSEWHERE, 404, _NOT_FOUND)
        return web.Response(status=404)


async def _unnamed(_: web.Request, answer: web.StreamResponse) -> None:
    """Don't tell strangers which server answers, in which version."""
    answer.headers.pop("Server", None)


def _handler_of(route: web.RouteDef) -> _Handler:
    """Webhooks are functions; aiohttp would also take a class."""
    handler: _Handler = route.handler
    return handler
