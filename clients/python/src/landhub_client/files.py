"""The PEM files by which a client and a hub know each other, and whether they have changed."""

import ssl
from dataclasses import dataclass
from pathlib import Path

import grpc

LOOK_SECONDS = 1.0
"""How often a client in use looks at its files: three stat calls."""

Stamp = tuple[tuple[int, int, int] | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """The CA the hub is known by, and the caller's certificate and key, both unencrypted PEM."""

    ca: Path
    certificate: Path
    key: Path

    def stamp(self) -> Stamp:
        """Return what tells that a file has changed."""
        return tuple(_stamp(path) for path in (self.ca, self.certificate, self.key))

    def read(self) -> grpc.ChannelCredentials:
        """Read all three.

        Raises:
            OSError: one can't be read, is no PEM, or key and certificate don't belong together (ssl.SSLError).
        """
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_cert_chain(self.certificate, self.key, password=lambda: "")  # an encrypted key: no question
        context.load_verify_locations(self.ca)
        return grpc.ssl_channel_credentials(
            root_certificates=self.ca.read_bytes(),
            private_key=self.key.read_bytes(),
            certificate_chain=self.certificate.read_bytes(),
        )


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns
