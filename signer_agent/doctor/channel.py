"""The certificates of the channel to the hub: whether they can be used, and until when."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from cryptography import x509

from signer_agent.doctor.findings import Finding, bad, expiry, summed
from signer_agent.errors import SettingsError
from signer_agent.rpc.tls import ServerCredentials
from signer_agent.settings import Settings

_RENEW = "issue it anew: docs/operations/certificates.md"


def check_channel(settings: Settings, directory: Path, now: datetime) -> list[Finding]:
    """Judge the server's pair, the clients' CA, what lies in `pki` beside them, and the list of revoked clients."""
    tls = settings.tls
    try:
        ServerCredentials(
            certificate=directory / tls.certificate, key=directory / tls.key, client_ca=directory / tls.client_ca
        )
    except SettingsError as error:
        return [bad("channel", str(error), f"put certificate and key there together, or {_RENEW}")]
    judged: list[Finding] = []
    named = [directory / tls.certificate, directory / tls.client_ca]
    for path in dict.fromkeys([*named, *sorted((directory / "pki").glob("*.crt"))]):
        judged += _of_file(path, now)
    return summed("channel", judged) + list(_crl(settings, directory, now))


def _of_file(path: Path, now: datetime) -> Iterator[Finding]:
    name = f"channel {path.name}"
    try:
        certificates = x509.load_pem_x509_certificates(path.read_bytes())
    except (OSError, ValueError):
        yield bad(name, "it can't be read, or holds no certificate in PEM", "restore it, or issue it anew")
        return
    for certificate in certificates:
        if certificate.not_valid_before_utc > now:
            day = certificate.not_valid_before_utc.isoformat()
            yield bad(name, f"it is valid only from {day}", "is this machine's clock right?")
        yield expiry(name, certificate.not_valid_after_utc, now, remedy=_RENEW)


def _crl(settings: Settings, directory: Path, now: datetime) -> Iterator[Finding]:
    path = settings.tls.client_crl
    if path is None:
        return
    name = f"channel {path.name}"
    try:
        crl = x509.load_pem_x509_crl((directory / path).read_bytes())
    except (OSError, ValueError):
        yield bad(name, "it can't be read: no client is let in", "put the CA's list there, PEM")
        return
    if crl.next_update_utc is not None and crl.next_update_utc <= now:
        day = crl.next_update_utc.isoformat()
        yield bad(name, f"it was to be renewed by {day}", "fetch the CA's newest list")
