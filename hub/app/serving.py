"""What the servers are told by the settings: addresses, files, callers, limits."""

from collections.abc import Callable
from pathlib import Path

from hub.core.secrets import Secret, SecretError
from hub.installation.private_keys import key_pem, open_key
from hub.rpc.options import AccessRules, Caller, Deadlines, RateLimit, RateLimits, ServerOptions, TlsFiles
from hub.settings import AdministrationSettings, ServerSettings, Settings

EVENTS_SERVICE = "landhub.events.v1.EventsService"
HUB_SERVICE = "landhub.hub.v1.HubService"
ADMINISTRATION_SERVICES = frozenset({HUB_SERVICE, EVENTS_SERVICE})
NOT_CALLERS_SERVICES = frozenset({HUB_SERVICE, "landhub.signer.v1.SignerService"})  # the agents serve the other one


def server_options(settings: Settings, folder: Path, passphrase: Secret | None) -> ServerOptions:
    """Return the callers' server."""
    limits = settings.limits
    return ServerOptions(
        address=settings.server.address,
        tls=_tls(settings.server, folder, passphrase),
        access=access_rules(settings),
        limits=RateLimits(
            default=RateLimit(per_second=limits.calls_per_second, burst=limits.burst),
            methods={
                pattern: RateLimit(per_second=rate.calls_per_second, burst=rate.burst)
                for pattern, rate in limits.methods.items()
            },
        ),
        deadlines=Deadlines(default_seconds=limits.default_deadline_seconds),
        reflection=settings.server.reflection,
        shares_port=settings.server.processes > 1,
        max_connection_age_seconds=settings.server.max_connection_age_seconds,
    )


def administration_options(settings: Settings, folder: Path, passphrase: Secret | None) -> ServerOptions:
    """Return the administrators' server."""
    return ServerOptions(
        address=settings.administration.address,
        tls=_tls(settings.administration, folder, passphrase),
        access=access_rules(settings),
        reflection=settings.administration.reflection,
        shares_port=settings.server.processes > 1,
    )


def access_rules(settings: Settings) -> AccessRules:
    """Return who may call what."""
    return AccessRules(
        callers={
            name: Caller(roles=frozenset(caller.roles), group=caller.group) for name, caller in settings.callers.items()
        },
        roles={name: role.methods for name, role in settings.roles.items()},
    )


def _tls(server: ServerSettings | AdministrationSettings, folder: Path, passphrase: Secret | None) -> TlsFiles:
    return TlsFiles(
        certificate=folder / server.certificate,
        key=folder / server.key,
        client_ca=folder / server.client_ca,
        revocations=folder / server.revocation_list if server.revocation_list else None,
        denied=folder / server.denied_fingerprints,
        open_key=_key_opener(server.key, passphrase),
    )


def _key_opener(name: str, passphrase: Secret | None) -> Callable[[bytes], bytes]:
    def opened(content: bytes) -> bytes:
        try:
            return key_pem(open_key(content, name=name, passphrase=passphrase))
        except SecretError as error:
            raise ValueError(str(error)) from error

    return opened
