"""Callers of an installation: their certificates, their tables in the settings, the lists of those denied."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from hub.core.clock import Clock
from hub.core.secrets import Secret, SecretError
from hub.installation import pki
from hub.installation.create import write_issued
from hub.installation.private_keys import read_key, write_private
from hub.installation.template import toml_value
from hub.settings import FILE_NAME, NAME_PATTERN, Settings, SettingsError, load_settings, parse_settings

CALLERS_FOLDER = Path("pki") / "callers"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerCertificate:
    """A caller's certificate that lies in the installation."""

    caller: str
    path: Path
    certificate: x509.Certificate
    is_administrator: bool

    @property
    def fingerprint(self) -> str:
        """SHA-256 in hex."""
        return pki.fingerprint(self.certificate)


def issue(folder: Path, *, name: str, administrator: bool, clock: Clock, passphrase: Secret | None) -> Path:
    """Issue a certificate for a caller and return its file; the key lies beside it, unencrypted, for its owner alone.

    Raises:
        SecretError: the CA's key can't be opened.
        OSError: the CA is not here.
    """
    authority = _authority(folder / "pki", "admin-ca" if administrator else "ca", passphrase)
    target = folder / CALLERS_FOLDER
    file_name = next(
        candidate
        for candidate in (name, *(f"{name}-{number}" for number in range(2, 10_000)))
        if not (target / f"{candidate}.crt").exists()
    )
    write_issued(target, file_name, pki.issue_client(authority, name=name, now=clock.now()), passphrase=None)
    return target / f"{file_name}.crt"


def let_in(folder: Path, settings: Settings, *, name: str, roles: Sequence[str], group: str) -> bool:
    """Add the caller's table to the settings; False if it is there already, which is then left alone.

    Raises:
        SettingsError: a name or role that the settings can't have.
    """
    if name in settings.callers:
        return False
    table = f"\n[callers.{name}]\nroles = {toml_value(list(roles))}\n"
    if group:
        table += f"group = {toml_value(group)}\n"
    if not NAME_PATTERN.fullmatch(name):
        raise SettingsError(f"callers: {name!r} can't be a caller's name: use small letters, digits, - and _")
    path = folder / FILE_NAME
    text = path.read_text(encoding="utf-8").rstrip("\n") + "\n" + table
    parse_settings(text)
    _replace(path, text)
    return True


def certificates(folder: Path) -> Iterator[CallerCertificate]:
    """Yield the certificates of callers in the installation, in the order of their files."""
    administrators = _load(folder / "pki" / "admin-ca.crt")
    for path in (*sorted((folder / "pki").glob("*.crt")), *sorted((folder / CALLERS_FOLDER).glob("*.crt"))):
        certificate = _load(path)
        name = _caller(certificate)
        if name:
            yield CallerCertificate(
                caller=name,
                path=path,
                certificate=certificate,
                is_administrator=certificate.issuer == administrators.subject,
            )


def denied(folder: Path, list_name: str) -> frozenset[str]:
    """Return the fingerprints on a list."""
    try:
        lines = (folder / list_name).read_text(encoding="ascii").splitlines()
    except FileNotFoundError:
        return frozenset()
    return frozenset(line.split("#")[0].strip().replace(":", "").lower() for line in lines) - {""}


def deny(folder: Path, *, name: str) -> Sequence[CallerCertificate]:
    """Put every certificate of a caller on the lists; returns those that are newly denied.

    Raises:
        LookupError: no certificate of that caller is here.
    """
    settings = load_settings(folder)
    found = [certificate for certificate in certificates(folder) if certificate.caller == name]
    if not found:
        raise LookupError(
            f"no certificate of {name!r} is in {folder / 'pki'}; add its SHA-256 fingerprint to "
            f"{folder / settings.server.denied_fingerprints} by hand"
        )
    added = []
    for certificate in found:
        server = settings.administration if certificate.is_administrator else settings.server
        if certificate.fingerprint in denied(folder, server.denied_fingerprints):
            continue
        path = folder / server.denied_fingerprints
        text = path.read_text(encoding="ascii") if path.exists() else ""
        _replace(path, f"{text}{certificate.fingerprint}  # {name}\n")
        added.append(certificate)
    return added


def _authority(folder: Path, name: str, passphrase: Secret | None) -> pki.Authority:
    key = read_key(folder / f"{name}.key", passphrase=passphrase)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise SecretError(f"{folder / name}.key is not an ECDSA key; issue certificates with your own CA's tools")
    return pki.Authority(certificate=_load(folder / f"{name}.crt"), key=key)


def _load(path: Path) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except ValueError as error:
        raise SecretError(f"{path} holds no certificate in PEM") from error


def _caller(certificate: x509.Certificate) -> str:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ""
    uris = names.get_values_for_type(x509.UniformResourceIdentifier)
    return next((uri.removeprefix(pki.CALLER_URI) for uri in uris if uri.startswith(pki.CALLER_URI)), "")


def _replace(path: Path, text: str) -> None:
    """Write the whole file or none of it: the hub may be reading it."""
    temporary = path.with_name(f".{path.name}.new")
    write_private(temporary, text.encode())
    os.replace(temporary, path)  # noqa: PTH105 - Path.replace does the same and reads like str.replace
