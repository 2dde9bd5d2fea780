"""How a channel to a hub is opened: mutual TLS, retries by the contract, and the limits the hub has."""

from collections.abc import Mapping
from typing import Any

from landhub_client.contract import Method, service_config

DEFAULT_TIMEOUT_SECONDS = 30.0
_MESSAGE_BYTES = 16 * 1024 * 1024  # the hub's limit; larger documents are streamed
_KEEPALIVE_MS = 20_000  # a subscription whose peer is gone ends after this and the timeout; hubs allow 10 s
_KEEPALIVE_TIMEOUT_MS = 10_000
_RECONNECT_FIRST_MS = 200
_RECONNECT_MOST_MS = 3000  # a hub that restarts is found again soon


def channel_options(methods: Mapping[str, Method]) -> tuple[tuple[str, Any], ...]:
    """Return the options of a channel."""
    return (
        ("grpc.service_config", service_config(methods)),
        ("grpc.max_send_message_length", _MESSAGE_BYTES),
        ("grpc.max_receive_message_length", _MESSAGE_BYTES),
        ("grpc.keepalive_time_ms", _KEEPALIVE_MS),
        ("grpc.keepalive_timeout_ms", _KEEPALIVE_TIMEOUT_MS),
        ("grpc.initial_reconnect_backoff_ms", _RECONNECT_FIRST_MS),
        ("grpc.min_reconnect_backoff_ms", _RECONNECT_FIRST_MS),
        ("grpc.max_reconnect_backoff_ms", _RECONNECT_MOST_MS),
        (
            "grpc.use_local_subchannel_pool",
            1,
        ),  # else two clients share a connection, and its certificate
    )
