"""How the command line reaches a hub's administration port: with the installation's own administrator certificate."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import grpc
from google.rpc import error_details_pb2
from grpc_status import rpc_status

from hub.app.keys import open_passphrase
from hub.cli.main import CommandError
from hub.installation.private_keys import key_pem, read_key
from hub.installation.sealed import secrets_of
from hub.settings import Settings
from landhub.hub.v1 import hub_service_pb2_grpc

TIMEOUT_SECONDS = 15.0  # the hub itself waits five for each agent
_DOWN = frozenset({grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED})
_ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "[::]": "[::1]"}  # noqa: S104 - where to connect if it listens everywhere


class HubDownError(Exception):
    """Nothing answers on the administration port."""


@contextmanager
def administration(settings: Settings, folder: Path) -> Iterator[hub_service_pb2_grpc.HubServiceStub]:
    """Give a stub of HubService; what its calls raise comes out in words.

    Raises:
        HubDownError: the hub doesn't answer.
        CommandError: it refuses.
    """
    pki = folder / "pki"
    passphrase = open_passphrase(settings, secrets_of(settings, folder, os.environ))
    credentials = grpc.ssl_channel_credentials(
        root_certificates=(folder / settings.administration.client_ca).read_bytes(),
        private_key=key_pem(read_key(pki / "admin.key", passphrase=passphrase)),
        certificate_chain=(pki / "admin.crt").read_bytes(),
    )
    host, _, port = settings.administration.address.rpartition(":")
    with grpc.secure_channel(f"{_ANY_ADDRESS.get(host, host)}:{port}", credentials) as channel:
        try:
            yield hub_service_pb2_grpc.HubServiceStub(channel)
        except grpc.RpcError as error:
            if error.code() in _DOWN:
                raise HubDownError(settings.administration.address) from error
            raise CommandError(f"the hub refuses: {error.details()}{_reason(error)}") from error


def must_run(settings: Settings, folder: Path) -> CommandError:
    """Return what to say where only a running hub can answer."""
    return CommandError(
        f"no hub answers on {settings.administration.address}, and only a running one can tell; "
        f"start it (hub serve {folder}) or look why it is down (hub doctor {folder})"
    )


def _reason(error: grpc.RpcError) -> str:
    status = rpc_status.from_call(error)  # type: ignore[arg-type]  # an error of a call is the call
    info = error_details_pb2.ErrorInfo()
    for detail in status.details if status is not None else ():
        if detail.Unpack(info):
            return f" ({info.reason})"
    return ""
