"""HAProxy: TLS for the stub provider, a sink for traces, and the client's side of mTLS, which h2load doesn't have."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_BIND = re.compile(r"^\s*bind 127\.0\.0\.1:([0-9]+)", re.MULTILINE)
_GLOBAL = """
global
  nbthread 1
  maxconn 4000
  tune.ssl.default-dh-param 2048
defaults
  mode http
  timeout client 60s
  timeout server 60s
  timeout connect 5s
  timeout http-request 60s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsClient:
    """A client's pair in one PEM file, and the CA by which it knows the server."""

    pair: Path
    ca: Path


def gateway(*, port: int, to: int, pair: Path, client_ca: Path) -> str:
    """An HTTPS server that asks for a client certificate, before one that speaks HTTP alone."""
    return f"""
frontend provider
  bind 127.0.0.1:{port} ssl crt {pair} ca-file {client_ca} verify required ssl-min-ver TLSv1.3
  default_backend stub
backend stub
  http-reuse always
  server stub 127.0.0.1:{to}
"""


def bank(*, port: int, to: int, pair: Path) -> str:
    """An HTTPS server that asks for no certificate, before one that speaks HTTP alone."""
    return f"""
frontend bank
  bind 127.0.0.1:{port} ssl crt {pair} ssl-min-ver TLSv1.2
  default_backend bank
backend bank
  http-reuse always
  server bank 127.0.0.1:{to}
"""


def sink(*, port: int) -> str:
    """An HTTP server that takes everything: where the hub's traces go."""
    return f"""
frontend sink
  bind 127.0.0.1:{port}
  option http-buffer-request
  http-request return status 200
"""


def door(*, name: str, port: int, to: Sequence[int], tls: TlsClient) -> str:
    """Passes bytes on over mTLS, a connection for a connection: h2load can't show a client certificate."""
    servers = "\n".join(
        f"  server s{at} 127.0.0.1:{target} ssl crt {tls.pair} ca-file {tls.ca} verify required alpn h2"
        for at, target in enumerate(to)
    )
    return f"""
listen {name}
  bind 127.0.0.1:{port}
  mode tcp
  balance roundrobin
{servers}
"""


def statistics(*, port: int) -> str:
    """How many requests each of them has seen, as CSV at /;csv."""
    return f"""
frontend statistics
  bind 127.0.0.1:{port}
  stats enable
  stats uri /
"""


def configuration(*parts: str) -> str:
    """A whole configuration file."""
    return _GLOBAL + "".join(parts)


def bound_ports(configuration: str) -> list[int]:
    """The ports that a configuration listens on."""
    return [int(port) for port in _BIND.findall(configuration)]
