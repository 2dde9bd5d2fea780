"""What a server is told by the settings: where it listens, whom it lets in, how much and how long."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsFiles:
    """PEM files of one server. A file that changes is taken at the next handshake.

    Attributes:
        certificate, key: The server's own.
        client_ca: Who issues the callers' certificates, directly; several certificates may follow each other.
        revocations: A CRL by that CA, PEM or DER; None if there is none.
        denied: SHA-256 fingerprints of certificates in hex, one a line, "#" begins a comment; may not exist yet.
        open_key: Makes unencrypted PEM of the key file's content; raises ValueError if it can't.
    """

    certificate: Path
    key: Path
    client_ca: Path
    revocations: Path | None = None
    denied: Path | None = None
    open_key: Callable[[bytes], bytes] = bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A caller the settings know: its roles, and the group its resources belong to (empty: to itself)."""

    roles: frozenset[str]
    group: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessRules:
    """Callers by the name in their certificate, and roles as patterns of methods; what matches nothing is refused.

    A pattern is "landhub.rosreestr.v1.*" or "landhub.rosreestr.v1.RosreestrService/GetLandPlot".
    """

    callers: Mapping[str, Caller]
    roles: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimit:
    """So many calls a second of one method by one caller, and so many at once after a pause."""

    per_second: float
    burst: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimits:
    """Limits by method pattern (as in AccessRules), the first that matches; else the default."""

    default: RateLimit = field(default_factory=lambda: RateLimit(per_second=200.0, burst=400))
    methods: Mapping[str, RateLimit] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """How long calls may take.

    Attributes:
        margin_seconds: Taken off the caller's deadline, so that there is time to say what was late.
        default_seconds: For a call without a deadline.
        upload_seconds: For a stream of requests without a deadline. A stream of answers without one ends with its
            connection.
    """

    margin_seconds: float = 0.1
    default_seconds: float = 30.0
    upload_seconds: float = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerOptions:
    """One server.

    Attributes:
        address: "127.0.0.1:7443"; port 0 takes a free one.
        reflection: Serve gRPC reflection; off in production.
        max_connection_age_seconds: How long a connection lives, which bounds how long old certificates do; the calls on
            it then have `connection_age_grace_seconds` to end.
        shares_port: Other processes of this hub listen on the same port, and the system spreads connections over them.
        largest_message_bytes: Of one message, either way.
        largest_stream_bytes: Of all requests of one stream together.
    """

    address: str
    tls: TlsFiles
    access: AccessRules
    limits: RateLimits = field(default_factory=RateLimits)
    deadlines: Deadlines = field(default_factory=Deadlines)
    reflection: bool = False
    max_connection_age_seconds: int = 900
    connection_age_grace_seconds: int = 300
    shares_port: bool = False
    largest_message_bytes: int = 16 * 1024 * 1024
    largest_stream_bytes: int = 4 * 1024 * 1024 * 1024
