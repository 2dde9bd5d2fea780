"""The channel between hub and agent, from both ends: what the handshake refuses, and what is refused after it."""

import asyncio
import ipaddress
import socket
import ssl
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import grpc
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa

from hub.core.clock import SystemClock
from hub.signing.connection import ChannelFiles, Connection
from landhub.signer.v1 import signer_pb2
from landhub.signer.v1 import signer_service_pb2 as pb
from landhub.signer.v1 import signer_service_pb2_grpc as pb_grpc
from tests.e2e.agent.support import CALL_SECONDS, Installation, connected, refusal_of, serving
from tests.support.doors import UNFIT, Door, DoorContract, Made, only
from tests.support.pki import Authority, Pair

HUB = (x509.DNSName("hub"),)
AGENT = (x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
NOBODY: None = None


@pytest.fixture
def authority() -> Authority:
    return Authority(name="test agent CA")


# --- the agent's door --------------------------------------------------------------------------------------------


def let_in(installation: Installation, authority: Authority, folder: Path, more: str = "") -> None:
    """Have the agent take clients of that CA."""
    (folder / "clients.crt").write_bytes(authority.pair.pem)
    installation.set("[tls]", f'[tls]\nclient_ca = "{folder / "clients.crt"}"\n{more}')


class TestTheAgentsDoor(DoorContract):
    @pytest.fixture
    async def door(self, installation: Installation, authority: Authority, tmp_path: Path) -> AsyncIterator[Door]:
        let_in(installation, authority, tmp_path)

        async def call(channel: grpc.aio.Channel) -> object:
            stub: pb_grpc.SignerServiceAsyncStub = pb_grpc.SignerServiceStub(channel)
            return await stub.GetStatus(pb.GetStatusRequest(), timeout=CALL_SECONDS)

        async with serving(installation) as port:
            yield Door(port=port, server_ca=installation.ca, authority=authority, sans=HUB, call=call)


@dataclass(frozen=True, slots=True)
class Refused:
    """A hub that TLS lets through and the agent does not."""

    pair: Callable[[Authority, Path], Pair | tuple[bytes, bytes]]
    cause: str


def short_key(authority: Authority, folder: Path) -> Pair:
    return authority.issue("hub", sans=HUB, key=rsa.generate_private_key(65537, 1024))


def sha1(authority: Authority, folder: Path) -> tuple[bytes, bytes]:
    ca, ca_key = authority.pair.write(folder, "issuer")
    (folder / "san.cnf").write_text("subjectAltName=DNS:hub\n")
    key = folder / "old.key"
    commands: list[list[str | Path]] = [
        ["req", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-subj", "/CN=hub", "-out", folder / "old.csr"],
        ["x509", "-req", "-in", folder / "old.csr", "-CA", ca, "-CAkey", ca_key, "-sha1", "-days", "5",
         "-set_serial", "77", "-extfile", folder / "san.cnf", "-out", folder / "old.crt"],
    ]  # fmt: skip
    for command in commands:
        subprocess.run(["openssl", *command], check=True, capture_output=True, timeout=30)
    return (folder / "old.crt").read_bytes(), key.read_bytes()


def good(authority: Authority, folder: Path) -> Pair:
    return authority.issue("hub", sans=HUB)


AFTER = {
    "a weak key": Refused(short_key, "weak_key"),
    "SHA-1": Refused(sha1, "weak_hash"),
    "revoked": Refused(good, "revoked"),
    "denied": Refused(good, "denied"),
    "not on the list": Refused(lambda authority, _: authority.issue("x", sans=(x509.DNSName("x"),)), "CALLER_UNKNOWN"),
    "no name": Refused(lambda authority, _: authority.issue("hub", sans=()), "CALLER_UNKNOWN"),
}


@pytest.mark.parametrize("how", AFTER)
async def test_a_hub_that_tls_lets_through_is_refused_and_journaled(
    how: str, installation: Installation, authority: Authority, tmp_path: Path
) -> None:
    made, other = AFTER[how].pair(authority, tmp_path), authority.issue("hub", sans=HUB)
    pem, key = (made.pem, made.key_pem) if isinstance(made, Pair) else made
    certificate = x509.load_pem_x509_certificate(pem)
    more = ""
    if how == "denied":
        more = f'denied_fingerprints = ["{certificate.fingerprint(hashes.SHA256()).hex()}"]\n'
    if how == "revoked":
        authority.revoked.append(certificate.serial_number)
        (tmp_path / "clients.crl").write_bytes(authority.crl())
        more = f'client_crl = "{tmp_path / "clients.crl"}"\n'
    let_in(installation, authority, tmp_path, more)
    async with serving(installation) as port:
        async with connected(installation, port, certificate=pem, key=key) as client:
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await client.stub.Sign(pb.SignRequest(), timeout=CALL_SECONDS)
        async with connected(installation, port, certificate=other.pem, key=other.key_pem) as client:
            journal = await client.stub.ListJournalRecords(pb.ListJournalRecordsRequest(), timeout=CALL_SECONDS)
    refusal = refusal_of(caught.value)
    assert refusal.code == grpc.StatusCode.UNAUTHENTICATED
    assert (refusal.metadata.get("cause") or refusal.reason) == AFTER[how].cause
    (record,) = (r for r in journal.records if r.phase == signer_pb2.JOURNAL_PHASE_CALLER_REFUSED)
    assert record.reason == refusal.reason


# --- the hub's side ----------------------------------------------------------------------------------------------


@asynccontextmanager
async def hub_of(authority: Authority, folder: Path, port: int) -> AsyncIterator[Connection]:
    """The hub's own connection to an agent that must be of that CA."""
    (folder / "agent-ca.crt").write_bytes(authority.pair.pem)
    certificate, key = authority.issue("hub", sans=HUB).write(folder, "hub-client")
    files = ChannelFiles(ca=folder / "agent-ca.crt", certificate=certificate, key=key, open_key=Path.read_bytes)
    connection = Connection(agent="main", address=f"127.0.0.1:{port}", files=files, clock=SystemClock())
    try:
        yield connection
    finally:
        await connection.close()


@asynccontextmanager
async def somebody(pair: Pair | None) -> AsyncIterator[int]:
    """A gRPC server that shows a certificate, or speaks in the clear; yields its port."""
    server = grpc.aio.server()
    if pair is None:
        port = server.add_insecure_port("127.0.0.1:0")
    else:
        port = server.add_secure_port("127.0.0.1:0", grpc.ssl_server_credentials([(pair.key_pem, pair.pem)]))
    await server.start()
    try:
        yield port
    finally:
        await server.stop(None)


WRONG: dict[str, Made] = {
    **UNFIT,
    "of another name": lambda authority, _: authority.issue("x", sans=(x509.DNSName("signer.example"),)),
    "in the clear": lambda *_: NOBODY,
}


@pytest.mark.parametrize("how", WRONG)
async def test_the_hub_gives_no_connection_to_an_agent(how: str, authority: Authority, tmp_path: Path) -> None:
    async with somebody(WRONG[how](authority, AGENT)) as port, hub_of(authority, tmp_path, port) as connection:
        assert not await connection.is_ready()


async def test_the_hub_gives_a_connection_to_the_agent_of_its_settings(authority: Authority, tmp_path: Path) -> None:
    async with somebody(authority.issue("agent", sans=AGENT)) as port, hub_of(authority, tmp_path, port) as connection:
        assert await connection.is_ready()


@pytest.mark.parametrize(("version", "is_taken"), [("TLSv1_1", False), ("TLSv1_2", True)])
async def test_the_hub_speaks_no_tls_older_than_1_2(
    authority: Authority, tmp_path: Path, version: str, is_taken: bool
) -> None:
    context = only(ssl.PROTOCOL_TLS_SERVER, version)
    context.load_cert_chain(*authority.issue("agent", sans=AGENT).write(tmp_path, "agent"))
    context.set_alpn_protocols(["h2"])
    listening = socket.create_server(("127.0.0.1", 0))
    listening.settimeout(CALL_SECONDS)

    def shake_hands() -> bool:
        raw, _ = listening.accept()
        with raw:
            raw.settimeout(CALL_SECONDS)
            try:
                context.wrap_socket(raw, server_side=True).close()
            except (ssl.SSLError, ConnectionResetError):
                return False
            return True

    with listening:
        shaking = asyncio.create_task(asyncio.to_thread(shake_hands))
        async with hub_of(authority, tmp_path, listening.getsockname()[1]) as connection:
            await connection.is_ready(timeout_seconds=2.0)
            assert await shaking == is_taken
