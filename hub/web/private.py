"""The private listener: metrics, health and sampled traces, for machines of the operator's own network."""

from collections.abc import Callable, Sequence

from aiohttp import web
from opentelemetry.sdk.trace import ReadableSpan
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from hub.core.health import HealthRegistry, ServiceState
from hub.web.traces import traces_as_json


def private_application(
    *, registry: CollectorRegistry, health: HealthRegistry, spans: Callable[[], Sequence[ReadableSpan]]
) -> web.Application:
    """Return the application.

    GET /metrics is Prometheus text; /healthz is 200 while the process answers at all; /readyz is 200 while the hub
    takes calls, else 503, with every service's state and reason; /traces are the newest sampled traces, made of the
    spans that `spans` gives oldest first, or with ?trace_id= one of them.
    """

    async def metrics(_: web.Request) -> web.Response:
        return web.Response(body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def alive(_: web.Request) -> web.Response:
        return web.json_response({"alive": True})

    async def ready(_: web.Request) -> web.Response:
        is_ready = health.get("").state is ServiceState.SERVING
        services = {
            service or "hub": {"state": state.state.value, "reason": state.reason}
            for service, state in sorted(health.all().items())
        }
        return web.json_response({"ready": is_ready, "services": services}, status=200 if is_ready else 503)

    async def traces(request: web.Request) -> web.Response:
        return web.json_response({"traces": traces_as_json(spans(), trace_id=request.query.get("trace_id", ""))})

    application = web.Application(client_max_size=1024)
    application.add_routes(
        [
            web.get("/metrics", metrics),
            web.get("/healthz", alive),
            web.get("/readyz", ready),
            web.get("/traces", traces),
        ]
    )
    return application
