"""Certificates and CAs of the channel are replaced under load: no call fails, and who was withdrawn is turned away."""

from pathlib import Path

import grpc

from landhub.signer.v1 import signer_service_pb2 as pb
from tests.e2e.agent.rotation import Rotation, replace, rotate_under_load
from tests.e2e.agent.support import HUB_RULE, connected, install, refused, serving
from tests.unit.agent.support import Keys

MANY = HUB_RULE.replace("1000", "1000000")


async def test_certificates_and_cas_change_on_both_sides_and_no_signature_fails(tmp_path: Path, keys: Keys) -> None:
    installation = install(tmp_path / "agent", keys, rules=MANY)
    async with serving(installation) as port:
        made, failed = await rotate_under_load(
            installation.directory / "pki", port, keys.thumbprints["seller"], rotations=3
        )
    assert failed == []
    assert made >= 3 * 3 * 8


async def test_a_hub_whose_ca_was_withdrawn_is_refused_on_the_connection_it_has(tmp_path: Path, keys: Keys) -> None:
    installation = install(tmp_path / "agent", keys, rules=MANY)
    async with serving(installation) as port, connected(installation, port) as old:
        await old.stub.GetStatus(pb.GetStatusRequest(), timeout=20)
        for step in Rotation(pki=installation.directory / "pki").steps():
            step()
        refusal = await refused(old, "GetStatus", pb.GetStatusRequest())
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.UNAUTHENTICATED, "CERTIFICATE_REFUSED")


async def test_a_key_that_does_not_fit_its_certificate_yet_is_not_taken(tmp_path: Path, keys: Keys) -> None:
    installation = install(tmp_path / "agent", keys, rules=MANY)
    pki = installation.directory / "pki"
    async with serving(installation) as port:
        replace(pki / "server.key", (pki / "hub.key").read_bytes())
        async with connected(installation, port) as client:
            await client.stub.GetStatus(pb.GetStatusRequest(), timeout=20)
