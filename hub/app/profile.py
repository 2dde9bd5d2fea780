"""What the production profile refuses, each by name: what is good for trying things out and for nothing else."""

import ipaddress
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509
from sqlalchemy import make_url
from sqlalchemy.engine import URL

from hub.core.mode import Mode
from hub.core.secrets import SecretError, read_private_file
from hub.installation.pki import is_development
from hub.installation.private_keys import is_encrypted
from hub.settings import Profile, Settings

_LOCAL_NAMES = re.compile(r"(^|\.)(localhost|localdomain|sandbox|test|example|invalid)$|^sandbox[.-]|[.-]sandbox[.-]")
_ENCRYPT = "openssl pkcs8 -topk8 -v2 aes256 -in {path} -out {path}.new"


def refusals(settings: Settings, folder: Path) -> Iterator[str]:
    """Yield what the profile refuses, a line each with the setting's path; nothing in development."""
    if settings.profile is Profile.DEVELOPMENT:
        return
    yield from _reflection(settings)
    yield from _development_certificates(settings, folder)
    yield from _unencrypted_keys(settings, folder)
    yield from _open_database(settings)
    for name, module in settings.modules.items():
        if module.mode is not Mode.OFF:
            yield from _provider_hosts(f"modules.{name}", module.table)
            yield from _fault_headers(f"modules.{name}", module.table)


def certificate_files(settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield (setting's path, file) of every certificate the hub itself uses."""
    for name, server in (("server", settings.server), ("administration", settings.administration)):
        yield f"{name}.certificate", server.certificate
        yield f"{name}.client_ca", server.client_ca
    for name, agent in settings.signing.agents.items():
        yield f"signing.agents.{name}.ca", agent.ca
        yield f"signing.agents.{name}.certificate", agent.certificate


def key_files(settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield (setting's path, file) of every private key in PEM that the hub itself uses."""
    yield "server.key", settings.server.key
    yield "administration.key", settings.administration.key
    scheme, _, path = settings.audit.signing_key.partition(":")
    if scheme == "file":
        yield "audit.signing_key", path
    for name, agent in settings.signing.agents.items():
        yield f"signing.agents.{name}.key", agent.key


def _reflection(settings: Settings) -> Iterator[str]:
    for name, server in (("server", settings.server), ("administration", settings.administration)):
        if server.reflection:
            yield f"{name}.reflection: reflection is refused in production; set it to false"


def _development_certificates(settings: Settings, folder: Path) -> Iterator[str]:
    for setting, name in certificate_files(settings):
        try:
            certificates = x509.load_pem_x509_certificates((folder / name).read_bytes())
        except (OSError, ValueError):
            continue  # told by the check of the files themselves
        if any(is_development(certificate) for certificate in certificates):
            yield (
                f"{setting}: {name} is of a development CA, which is refused in production; "
                "make an installation without --dev"
            )


def _unencrypted_keys(settings: Settings, folder: Path) -> Iterator[str]:
    for setting, name in key_files(settings):
        try:
            pem = read_private_file(folder / name)
        except SecretError:
            continue  # told by the check of the files themselves
        if not is_encrypted(pem):
            yield (
                f"{setting}: {name} is an unencrypted key, which is refused in production; "
                f"encrypt it ({_ENCRYPT.format(path=name)}) and set keys.passphrase"
            )


def _open_database(settings: Settings) -> Iterator[str]:
    """A database on another machine must be known by its certificate: the password and all rows go there."""
    url = make_url(settings.storage.url)
    if url.drivername == "sqlite":
        return
    named = [url.host or "", *_query(url, "host"), *_query(url, "hostaddr")]
    hosts = [host for part in named for host in part.split(",") if host and not host.startswith("/")]
    if all(map(_is_this_machine, hosts)) or _query(url, "sslmode") == ["verify-full"]:
        return
    yield (
        f"storage.url: {', '.join(hosts)} is another machine, whose database must be known by its certificate in "
        "production; add ?sslmode=verify-full&sslrootcert=CA.pem"
    )


def _query(url: URL, name: str) -> list[str]:
    value = url.query.get(name, ())
    return [value] if isinstance(value, str) else list(value)


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() in {"localhost", "localhost.localdomain"}


def _provider_hosts(path: str, value: Any) -> Iterator[str]:
    for where, text in _texts(path, value):
        host = _host_of(text)
        if host and _is_local(host):
            yield (
                f"{where}: {host} is a loopback or sandbox host, which is refused in production; "
                "name the provider's own host"
            )


def _fault_headers(path: str, value: Any) -> Iterator[str]:
    if not isinstance(value, Mapping):
        return
    for name, part in value.items():
        if name.startswith("fault") and part:
            yield f"{path}.{name}: fault headers are refused in production; remove it"
        yield from _fault_headers(f"{path}.{name}", part)


def _texts(path: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for name, part in value.items():
            yield from _texts(f"{path}.{name}", part)
    elif isinstance(value, list | tuple):
        for index, part in enumerate(value):
            yield from _texts(f"{path}[{index}]", part)


def _host_of(text: str) -> str:
    """Return the host of a URL or of a "host:port"; empty for any other text."""
    if "://" in text:
        try:
            return (urlsplit(text).hostname or "").lower()
        except ValueError:
            return ""
    host, separator, port = text.rpartition(":")
    return host.strip("[]").lower() if separator and port.isdecimal() else ""


def _is_local(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return _LOCAL_NAMES.search(host.rstrip(".")) is not None
    return address.is_loopback or address.is_unspecified
