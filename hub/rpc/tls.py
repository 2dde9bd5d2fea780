"""The server's side of mTLS: certificate, key and callers' CA, taken anew from their files at the next handshake."""

import grpc
import structlog
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from hub.rpc.options import TlsFiles

log = structlog.get_logger(__name__)

_Contents = tuple[bytes, bytes, bytes]


def server_credentials(files: TlsFiles) -> grpc.ServerCredentials:
    """Return credentials that ask every client for a certificate and follow the files.

    Raises:
        OSError, ValueError: a file can't be read, or key and certificate don't belong together.
    """
    source = _Source(files)
    return grpc.dynamic_ssl_server_credentials(
        source.configuration(),
        source.changed,  # type: ignore[arg-type]  # None means unchanged; the stub doesn't know
        require_client_authentication=True,
    )


class _Source:
    """Reads the three files; each handshake asks it, on a thread of the TLS library."""

    def __init__(self, files: TlsFiles) -> None:
        self._files = files
        self._raw = self._read()
        self._configuration = self._configured(self._raw)

    def configuration(self) -> grpc.ServerCertificateConfiguration:
        """Return what was taken last."""
        return self._configuration

    def changed(self) -> grpc.ServerCertificateConfiguration | None:
        """Return a new configuration, or None if nothing changed or what is there can't be used (yet)."""
        try:
            raw = self._read()
            if raw == self._raw:
                return None
            self._configuration = self._configured(raw)
        except (OSError, ValueError, TypeError) as error:
            log.warning("tls_files_unusable", error=type(error).__name__, file=self._files.certificate.name)
            return None
        self._raw = raw
        log.info("tls_files_taken", file=self._files.certificate.name)
        return self._configuration

    def _read(self) -> _Contents:
        files = self._files
        return files.certificate.read_bytes(), files.key.read_bytes(), files.client_ca.read_bytes()

    def _configured(self, raw: _Contents) -> grpc.ServerCertificateConfiguration:
        certificate, key, client_ca = raw[0], self._files.open_key(raw[1]), raw[2]
        _require_pair(certificate, key)
        x509.load_pem_x509_certificates(client_ca)
        return grpc.ssl_server_certificate_configuration([(key, certificate)], root_certificates=client_ca)


def _require_pair(certificate: bytes, key: bytes) -> None:
    private = load_pem_private_key(key, password=None)
    if private.public_key() != x509.load_pem_x509_certificates(certificate)[0].public_key():
        raise ValueError("the server's key does not belong to its certificate")
