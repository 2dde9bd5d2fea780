"""The server's side of mTLS: files that changed are taken at the next handshake, and no call is dropped for it."""

from pathlib import Path
from typing import Any

import grpc
import structlog
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from signer_agent.errors import SettingsError
from signer_agent.secret_reference import read_private

LOG = structlog.get_logger(__name__)


class ServerCredentials:
    """The certificate, its key and the clients' CA, as they are on disk now."""

    def __init__(self, *, certificate: Path, key: Path, client_ca: Path) -> None:
        self._certificate = certificate
        self._key = key
        self._client_ca = client_ca
        self._current = self._read()
        try:
            _check_pair(self._current[0], self._current[1])
        except ValueError as error:
            raise SettingsError(f"{certificate.name} and {key.name} can't be used: {error}") from error

    def credentials(self) -> grpc.ServerCredentials:
        """Credentials that demand a client certificate and follow the files.

        Raises:
            SettingsError: a file is missing, or the key is open to others.
        """
        initial = self._configuration(*self._current)
        renewed: Any = self._renewed  # its type doesn't know that None keeps what there is
        return grpc.dynamic_ssl_server_credentials(initial, renewed, require_client_authentication=True)

    def _renewed(self) -> grpc.ServerCertificateConfiguration | None:
        """Called at each handshake; None keeps what there is."""
        try:
            content = self._read()
            if content == self._current:
                return None
            _check_pair(content[0], content[1])
        except (SettingsError, ValueError) as error:
            LOG.warning("tls_files_not_taken", cause=str(error))
            return None
        self._current = content
        return self._configuration(*content)

    def _read(self) -> tuple[bytes, bytes, bytes]:
        try:
            return self._certificate.read_bytes(), read_private(self._key), self._client_ca.read_bytes()
        except OSError as error:
            raise SettingsError(f"{error.filename} can't be read: {error.strerror}") from error

    def _configuration(self, certificate: bytes, key: bytes, client_ca: bytes) -> grpc.ServerCertificateConfiguration:
        return grpc.ssl_server_certificate_configuration([(key, certificate)], root_certificates=client_ca)


def _check_pair(certificate: bytes, key: bytes) -> None:
    """Refuse files of which one is new and the other one is not yet."""
    shown = x509.load_pem_x509_certificates(certificate)[0]
    if load_pem_private_key(key, password=None).public_key() != shown.public_key():
        raise ValueError("the key does not belong to the certificate")
