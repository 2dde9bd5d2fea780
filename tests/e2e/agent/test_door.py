"""Who is let in: over mTLS, and by what is looked at again for each call."""

import subprocess
from datetime import UTC, datetime
from pathlib import Path

import grpc
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from landhub.signer.v1 import signer_pb2
from landhub.signer.v1 import signer_service_pb2 as pb
from signer_agent.errors import UnauthenticatedError
from signer_agent.rpc.identify import Identify
from tests.e2e.agent.support import CALL_SECONDS, Installation, connected, refusal_of, serving
from tests.support.pki import Authority, Pair
from tests.unit.agent.support import SetClock

HUB = (x509.DNSName("hub"),)


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority(name="test agent CA")


def identify(tmp_path: Path, authority: Authority, *, crl: bool = False, denied: tuple[str, ...] = ()) -> Identify:
    (tmp_path / "ca.crt").write_bytes(authority.pair.pem)
    return Identify(
        client_ca=tmp_path / "ca.crt",
        client_crl=tmp_path / "ca.crl" if crl else None,
        clients=("hub",),
        denied_fingerprints=denied,
        clock=SetClock(datetime.now(UTC)),
    )


def cause(door: Identify, pair: Pair | bytes) -> str:
    pem = pair if isinstance(pair, bytes) else pair.pem
    with pytest.raises(UnauthenticatedError) as caught:
        door.client({"x509_pem_cert": [pem]})
    assert caught.value.domain == "landhub.common.v1"
    return caught.value.metadata.get("cause", "") or caught.value.reason


def test_the_hub_is_known_by_its_name(tmp_path: Path, authority: Authority) -> None:
    door = identify(tmp_path, authority)

    assert door.client({"x509_pem_cert": [authority.issue("x", sans=HUB).pem]}).name == "hub"
    assert cause(door, authority.issue("hub")) == "CALLER_UNKNOWN"  # named by a SAN, not by its CN
    assert cause(door, authority.issue("hub", sans=())) == "CALLER_UNKNOWN"
    with pytest.raises(UnauthenticatedError, match="needs a client certificate"):
        door.client({})


def test_weak_and_foreign_and_ended_certificates_are_refused(tmp_path: Path, authority: Authority) -> None:
    door = identify(tmp_path, authority)
    short_rsa = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    short_ec = ec.generate_private_key(ec.SECP192R1())

    assert cause(door, authority.issue("hub", key=short_rsa, sans=HUB)) == "weak_key"
    assert cause(door, authority.issue("hub", key=short_ec, sans=HUB)) == "weak_key"
    assert cause(door, Authority(name="test agent CA").issue("hub", sans=HUB)) == "issuer"
    assert cause(door, authority.issue("hub", sans=HUB, days=-0.5)) == "expired"
    assert cause(door, authority.issue("hub", sans=HUB, age_days=-1)) == "expired"
    assert cause(door, b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n") == "malformed"


def test_a_certificate_signed_with_sha1_is_refused(tmp_path: Path, authority: Authority) -> None:
    ca, ca_key = authority.pair.write(tmp_path, "issuer")
    key = tmp_path / "hub.key"
    commands: list[list[str | Path]] = [
        ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", key],
        ["req", "-new", "-key", key, "-subj", "/CN=hub", "-out", tmp_path / "hub.csr"],
        ["x509", "-req", "-in", tmp_path / "hub.csr", "-CA", ca, "-CAkey", ca_key, "-sha1", "-days", "5",
         "-set_serial", "77", "-out", tmp_path / "hub.crt"],
    ]  # fmt: skip
    for command in commands:
        subprocess.run(["openssl", *command], check=True, capture_output=True, timeout=30)
    pem = (tmp_path / "hub.crt").read_bytes()
    assert isinstance(x509.load_pem_x509_certificate(pem).signature_hash_algorithm, hashes.SHA1)

    assert cause(identify(tmp_path, authority), pem) == "weak_hash"


def test_denied_and_revoked_certificates_are_refused(tmp_path: Path) -> None:
    authority = Authority(name="test agent CA")
    good, denied, revoked = (authority.issue("hub", sans=HUB) for _ in range(3))
    fingerprint = denied.certificate.fingerprint(hashes.SHA256()).hex()
    (tmp_path / "ca.crl").write_bytes(authority.crl())
    door = identify(tmp_path, authority, crl=True, denied=(fingerprint,))

    assert cause(door, denied) == "denied"
    assert door.client({"x509_pem_cert": [revoked.pem]}).name == "hub"
    authority.revoked.append(revoked.certificate.serial_number)
    (tmp_path / "ca.crl").write_bytes(authority.crl())
    assert cause(door, revoked) == "revoked"  # at once, though it was let in before
    assert door.client({"x509_pem_cert": [good.pem]}).name == "hub"


@pytest.mark.parametrize("content", [None, b"", b"nonsense"])
def test_without_the_list_of_revoked_nobody_is_let_in(
    tmp_path: Path, authority: Authority, content: bytes | None
) -> None:
    if content is not None:
        (tmp_path / "ca.crl").write_bytes(content)

    assert cause(identify(tmp_path, authority, crl=True), authority.issue("hub", sans=HUB)) == "revocation_unknown"


def test_a_revocation_list_of_somebody_else_counts_for_nothing(tmp_path: Path, authority: Authority) -> None:
    (tmp_path / "ca.crl").write_bytes(Authority(name="test agent CA").crl())

    assert cause(identify(tmp_path, authority, crl=True), authority.issue("hub", sans=HUB)) == "revocation_unknown"


async def test_a_stranger_with_a_good_certificate_is_refused_and_journaled(
    installation: Installation, tmp_path: Path
) -> None:
    authority = Authority()
    stranger, hub = authority.issue("stranger", sans=(x509.DNSName("stranger"),)), authority.issue("hub", sans=HUB)
    (tmp_path / "clients.crt").write_bytes(authority.pair.pem)
    installation.set("[tls]", f'[tls]\nclient_ca = "{tmp_path / "clients.crt"}"')
    async with serving(installation) as port:
        async with connected(installation, port, certificate=stranger.pem, key=stranger.key_pem) as client:
            refusals = []
            for _ in range(3):
                with pytest.raises(grpc.aio.AioRpcError) as caught:
                    await client.stub.Sign(pb.SignRequest(), timeout=CALL_SECONDS)
                refusals.append(refusal_of(caught.value))
        async with connected(installation, port, certificate=hub.pem, key=hub.key_pem) as client:
            journal = await client.stub.ListJournalRecords(pb.ListJournalRecordsRequest(), timeout=CALL_SECONDS)

    assert {(refusal.code, refusal.reason) for refusal in refusals} == {
        (grpc.StatusCode.UNAUTHENTICATED, "CALLER_UNKNOWN")
    }
    phases = [signer_pb2.JournalPhase.Name(record.phase) for record in journal.records]
    assert phases == ["JOURNAL_PHASE_STARTED"] + ["JOURNAL_PHASE_CALLER_REFUSED"] * 3
    assert journal.records[1].reason == "CALLER_UNKNOWN"


async def test_new_certificates_are_taken_without_a_restart_and_old_ones_shut_out(
    installation: Installation, tmp_path: Path
) -> None:
    old, new = Authority(name="old"), Authority(name="new")
    clients = tmp_path / "clients.crt"
    clients.write_bytes(old.pair.pem)
    installation.set("[tls]", f'[tls]\nclient_ca = "{clients}"')
    before, after = old.issue("hub", sans=HUB), new.issue("hub", sans=HUB)
    async with (
        serving(installation) as port,
        connected(installation, port, certificate=before.pem, key=before.key_pem) as client,
    ):
        await client.stub.GetStatus(pb.GetStatusRequest(), timeout=CALL_SECONDS)
        clients.write_bytes(old.pair.pem + new.pair.pem)
        async with connected(installation, port, certificate=after.pem, key=after.key_pem) as second:
            await second.stub.GetStatus(pb.GetStatusRequest(), timeout=CALL_SECONDS)
        clients.write_bytes(new.pair.pem)
        with pytest.raises(grpc.aio.AioRpcError) as caught:  # on the connection that stood before
            await client.stub.GetStatus(pb.GetStatusRequest(), timeout=CALL_SECONDS)

    assert refusal_of(caught.value).metadata == {"cause": "issuer"}
