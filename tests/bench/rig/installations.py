"""A hub's installation for lookups, with everything on, and the provider's files beside it."""

from collections.abc import Mapping
from pathlib import Path

from cryptography.fernet import Fernet

from sandbox.tls import ThrowAwayPki
from tests.bench.rig.proxies import TlsClient
from tests.support.stack import command


def make_provider(folder: Path) -> None:
    """Write the key shared with the provider and its TLS files: `fernet.key`, `tls/`."""
    key = folder / "fernet.key"
    key.touch(mode=0o600)
    key.write_bytes(Fernet.generate_key())
    pki = ThrowAwayPki.create(folder / "tls")
    server, _ = pki.server(), pki.client()
    (folder / "tls/server.pem").write_bytes(server.certificate.read_bytes() + server.key.read_bytes())


def make_hub(
    folder: Path, *, provider: int, sink: int, addresses: Mapping[str, int], more: Mapping[str, str] | None = None
) -> None:
    """Make a hub beside those files: roles, limits, audit, validation; every tenth trace goes to the sink.

    Args:
        provider, sink: Ports.
        addresses: Port by the path of its setting.
        more: Other settings, TOML.
    """
    gateway = "modules.rosreestr.providers.xml_gateway"
    settings = {
        **{path: f'"127.0.0.1:{port}"' for path, port in addresses.items()},
        "telemetry.otlp_endpoint": f'"http://127.0.0.1:{sink}/v1/traces"',
        "telemetry.sample_ratio": "0.1",
        "limits.calls_per_second": "1000000",  # counted like any limit, and never reached
        "limits.burst": "1000000",
        "modules.rosreestr.mode": '"on"',
        "modules.rosreestr.provider": '"xml_gateway"',
        f"{gateway}.api_url": f'"https://localhost:{provider}"',
        f"{gateway}.ca_bundle": '"../tls/ca.crt"',
        f"{gateway}.client_certificate": '"../tls/client.crt"',
        f"{gateway}.client_key": '"../tls/client.key"',
        f"{gateway}.fernet_keys": '["file:../fernet.key"]',
        **(more or {}),
    }
    command("hub", "init", str(folder), "--dev", *(f"--set={path}={value}" for path, value in settings.items()))


def client_of(hub: Path) -> TlsClient:
    """The hub's caller `client`, as HAProxy takes it."""
    pki = hub / "pki"
    pair = pki / "client.pem"
    pair.touch(mode=0o600)
    pair.write_bytes((pki / "client.crt").read_bytes() + (pki / "client.key").read_bytes())
    return TlsClient(pair=pair, ca=pki / "ca.crt")
