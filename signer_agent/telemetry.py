"""Traces by OTLP and logs in JSON, neither with anything personal: fields are what this package puts there itself."""

import logging
import sys
from collections.abc import Callable
from typing import Final, TextIO

import structlog
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from prometheus_client import CollectorRegistry, start_http_server

from signer_agent.errors import SettingsError
from signer_agent.settings import TelemetrySettings

SERVICE_NAME: Final = "landhub-signer-agent"

_LEVELS: Final = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}
_EXPORT_TIMEOUT_SECONDS: Final = 5  # a collector that hangs costs spans, no signature
_EXPORT_DELAY_MS: Final = 1000


def make_tracer_provider(settings: TelemetrySettings, *, agent: str, version: str) -> TracerProvider:
    """A provider of the agent's own; it exports if the settings name a collector. Shut it down at the end."""
    resource = Resource.create({"service.name": SERVICE_NAME, "service.instance.id": agent, "service.version": version})
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    if settings.otlp_endpoint:
        exporter = OTLPSpanExporter(endpoint=settings.otlp_endpoint, timeout=_EXPORT_TIMEOUT_SECONDS)
        provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=_EXPORT_DELAY_MS))
    return provider


def serve_metrics(settings: TelemetrySettings, registry: CollectorRegistry) -> Callable[[], None]:
    """Serve `/metrics` in a thread of its own if the settings name an address; the result ends it.

    Raises:
        SettingsError: the address can't be had.
    """
    if not settings.metrics_address:
        return lambda: None
    host, _, port = settings.metrics_address.rpartition(":")
    try:
        server, thread = start_http_server(int(port), addr=host.strip("[]"), registry=registry)
    except (OSError, ValueError) as error:
        raise SettingsError(f"telemetry.metrics_address: {settings.metrics_address} can't be listened on") from error

    def end() -> None:
        server.shutdown()
        server.server_close()
        thread.join()

    return end


def configure_logs(settings: TelemetrySettings, *, stream: TextIO = sys.stderr) -> None:
    """One JSON object a line, for this process."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[settings.log_level]),
        logger_factory=structlog.PrintLoggerFactory(stream),
        cache_logger_on_first_use=False,
    )
