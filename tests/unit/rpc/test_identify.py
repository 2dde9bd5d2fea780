"""Which certificates name a caller, and which are refused by the chain; `test_door` has the handshake."""

import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import grpc
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from hub.core.clock import FakeClock
from hub.core.errors import UnauthenticatedError
from hub.rpc.access import Access
from hub.rpc.identify import Identify
from hub.rpc.options import AccessRules, TlsFiles
from hub.rpc.passage import Passage
from hub.rpc.trust import Trust, caller_name, fingerprint
from landhub.rosreestr.v1 import rosreestr_service_pb2 as pb
from landhub.rosreestr.v1.rosreestr_service_pb2_grpc import RosreestrServiceStub
from tests.support.pki import Authority, Pair
from tests.support.rpc_fixtures import CALLERS, ROLES, ROSREESTR, Failure, Site, failure_of
from tests.unit.rpc.servicers import Told, bound, nothing

PLOT = pb.GetLandPlotRequest(cadastral_number="77:01:0001001:1234")


async def refused(site: Site, pair: Pair | None) -> Failure:
    site.server.bind(bound(Told(ROSREESTR, nothing)))
    return await failure_of(RosreestrServiceStub(site.channel(pair)).GetLandPlot(PLOT, timeout=10))


async def test_a_name_that_is_not_on_the_list_is_no_caller(site: Site) -> None:
    failure = await refused(site, site.authority.issue("stranger"))
    assert (failure.code, failure.info.reason) == (grpc.StatusCode.UNAUTHENTICATED, "CALLER_UNKNOWN")


@pytest.mark.parametrize(
    "key", [lambda: rsa.generate_private_key(65537, 1024), lambda: ec.generate_private_key(ec.SECP224R1())]
)
async def test_a_key_that_is_too_small_is_refused_whoever_lets_it_through(site: Site, key: Callable[[], Any]) -> None:
    failure = await refused(site, site.authority.issue("crm", key=key()))
    if failure.code is not grpc.StatusCode.UNAVAILABLE:  # TLS knows some curves as weak by itself
        assert (failure.code, failure.info.reason) == (grpc.StatusCode.UNAUTHENTICATED, "CERTIFICATE_REFUSED")
        assert dict(failure.info.metadata) == {"cause": "weak_key"}


async def test_a_denied_fingerprint_is_refused_on_a_new_connection(site: Site) -> None:
    pair = site.authority.issue("crm")
    (site.folder / "denied.txt").write_text(f"# left the firm\n{fingerprint(pair.certificate).upper()}\n")
    trust = site.server._chain.identify._trust
    trust._looked = -10.0  # a second has passed since the files were looked at
    failure = await refused(site, pair)
    assert (failure.code, dict(failure.info.metadata)) == (grpc.StatusCode.UNAUTHENTICATED, {"cause": "denied"})


async def test_the_group_of_the_settings_owns_what_a_caller_makes(site: Site) -> None:
    servicer = Told(ROSREESTR, nothing)
    site.server.bind(bound(servicer))
    for caller in ("crm", "archive"):
        await RosreestrServiceStub(site.channel(caller)).GetLandPlot(PLOT, timeout=10)
    assert [(call.caller, call.group) for call in servicer.calls] == [("crm", "sales"), ("archive", "archive")]


class Door:
    """The identifying step alone, on a clock and files a test can change."""

    def __init__(self, folder: Path) -> None:
        self.authority = Authority()
        self.clock = FakeClock(datetime.now(UTC))
        self.files = TlsFiles(
            certificate=folder / "unused.crt",
            key=folder / "unused.key",
            client_ca=folder / "ca.crt",
            revocations=folder / "ca.crl",
            denied=folder / "denied.txt",
        )
        self.write("ca.crt", self.authority.pair.pem)
        self.write("ca.crl", self.authority.crl())
        access = Access(rules=AccessRules(callers=CALLERS, roles=ROLES))
        self.step = Identify(access=access, trust=Trust(files=self.files, clock=self.clock), clock=self.clock)

    def write(self, name: str, data: bytes) -> None:
        (self.files.client_ca.parent / name).write_bytes(data)

    def caller(self, pem: bytes) -> str:
        passage = Passage(method=cast("Any", None), service=None, context=cast("Any", _Connection(pem)))
        self.step.check(passage)
        return passage.identity.caller

    def cause(self, pem: bytes) -> str:
        with pytest.raises(UnauthenticatedError) as caught:
            self.caller(pem)
        return caught.value.metadata.get("cause", caught.value.reason)


class _Connection:
    def __init__(self, pem: bytes) -> None:
        self._pem = pem

    def auth_context(self) -> dict[str, list[bytes]]:
        return {"x509_pem_cert": [self._pem]} if self._pem else {}


@pytest.fixture
def door(tmp_path: Path) -> Door:
    return Door(tmp_path)


async def test_a_certificate_that_expires_on_an_open_connection_is_refused(door: Door) -> None:
    pem = door.authority.issue("crm", days=1).pem
    assert door.caller(pem) == "crm"
    await door.clock.advance(timedelta(days=1, seconds=1).total_seconds())
    assert door.cause(pem) == "expired"


async def test_a_certificate_that_is_revoked_or_denied_on_an_open_connection_is_refused(door: Door) -> None:
    revoked, denied = door.authority.issue("crm"), door.authority.issue("archive")
    assert (door.caller(revoked.pem), door.caller(denied.pem)) == ("crm", "archive")
    door.authority.revoked.append(revoked.certificate.serial_number)
    door.write("ca.crl", door.authority.crl())
    door.write("denied.txt", fingerprint(denied.certificate).encode())
    await door.clock.advance(1.0)
    assert (door.cause(revoked.pem), door.cause(denied.pem)) == ("revoked", "denied")


async def test_a_ca_that_is_withdrawn_takes_its_callers_along(door: Door) -> None:
    pem, successor = door.authority.issue("crm").pem, Authority()
    assert door.caller(pem) == "crm"
    door.write("ca.crt", successor.pair.pem)
    door.write("ca.crl", successor.crl())
    await door.clock.advance(1.0)
    assert door.cause(pem) == "issuer"
    assert door.caller(successor.issue("crm").pem) == "crm"


async def test_while_a_ca_is_replaced_the_lists_of_both_count(door: Door) -> None:
    successor = Authority()
    revoked = [authority.issue("crm") for authority in (door.authority, successor)]
    for authority, pair in zip((door.authority, successor), revoked, strict=True):
        authority.revoked.append(pair.certificate.serial_number)
    door.write("ca.crt", door.authority.pair.pem + successor.pair.pem)
    door.write("ca.crl", door.authority.crl() + successor.crl())
    await door.clock.advance(1.0)
    assert [door.cause(pair.pem) for pair in revoked] == ["revoked", "revoked"]
    door.write("ca.crt", successor.pair.pem)  # and the list of the one that is gone is still there
    await door.clock.advance(1.0)
    assert [door.cause(pair.pem) for pair in revoked] == ["issuer", "revoked"]


async def test_a_ca_that_was_taken_out_is_out_though_the_list_does_not_fit_yet(door: Door) -> None:
    pem, successor = door.authority.issue("crm").pem, Authority()
    assert door.caller(pem) == "crm"
    door.write("ca.crt", successor.pair.pem)
    await door.clock.advance(1.0)
    assert door.cause(pem) == "issuer"
    assert door.cause(successor.issue("crm").pem) == "issuer"  # whom its CA has revoked isn't known


def test_a_new_ca_is_known_here_as_soon_as_at_the_handshake(door: Door) -> None:
    successor = Authority()
    door.write("ca.crt", door.authority.pair.pem + successor.pair.pem)
    assert door.caller(successor.issue("crm").pem) == "crm"


@pytest.mark.parametrize(("name", "data"), [("ca.crl", b"no list"), ("ca.crt", b""), ("denied.txt", b"not hex")])
async def test_a_file_that_can_not_be_read_leaves_what_was_read_before_in_force(
    door: Door, name: str, data: bytes
) -> None:
    revoked = door.authority.issue("archive")
    door.authority.revoked.append(revoked.certificate.serial_number)
    door.write("ca.crl", door.authority.crl())
    await door.clock.advance(1.0)
    assert door.cause(revoked.pem) == "revoked"
    door.write(name, data)
    await door.clock.advance(1.0)
    assert door.cause(revoked.pem) == "revoked"
    assert door.caller(door.authority.issue("crm").pem) == "crm"


def test_a_revocation_list_of_another_ca_stops_the_start(door: Door) -> None:
    door.write("ca.crl", Authority("another").crl())
    with pytest.raises(ValueError, match="not signed by the callers' CA"):
        Trust(files=door.files, clock=door.clock)


def test_a_revocation_list_signed_by_a_namesake_of_the_ca_stops_the_start(door: Door) -> None:
    door.write("ca.crl", Authority(door.authority.name).crl())
    with pytest.raises(ValueError, match="not signed by the callers' CA"):
        Trust(files=door.files, clock=door.clock)


@pytest.mark.parametrize(
    ("key", "cause"),
    [
        (lambda: rsa.generate_private_key(65537, 1024), "weak_key"),
        (lambda: rsa.generate_private_key(65537, 2048), ""),
        (lambda: ec.generate_private_key(ec.SECP224R1()), "weak_key"),
        (lambda: ec.generate_private_key(ec.SECP384R1()), ""),
        (ed25519.Ed25519PrivateKey.generate, ""),
    ],
    ids=["RSA 1024", "RSA 2048", "P-224", "P-384", "Ed25519"],
)
def test_the_size_of_the_key_decides(door: Door, key: Callable[[], Any], cause: str) -> None:
    pem = door.authority.issue("crm", key=key()).pem
    assert (door.cause(pem) if cause else door.caller(pem)) == (cause or "crm")


async def test_a_certificate_signed_over_sha1_is_refused(door: Door, tmp_path: Path) -> None:
    pem = signed_over_sha1(door.authority, tmp_path)
    await door.clock.advance(60)  # OpenSSL made it a moment after this clock was set
    assert door.cause(pem) == "sha1"


def signed_over_sha1(authority: Authority, folder: Path) -> bytes:
    (folder / "ca.key").write_bytes(authority.pair.key_pem)
    (folder / "san.cnf").write_text("subjectAltName=URI:landhub://caller/crm\n")
    request = "openssl req -newkey rsa:2048 -nodes -keyout old.key -subj /CN=crm -out old.csr -sha256"
    signed = "openssl x509 -req -in old.csr -CA ca.crt -CAkey ca.key -sha1 -days 5 -out old.crt -extfile san.cnf"
    for command in (request, signed + " -set_serial 77"):
        subprocess.run(command.split(), cwd=folder, check=True, capture_output=True, timeout=60)
    return (folder / "old.crt").read_bytes()


def test_a_connection_without_a_certificate_has_no_caller(door: Door) -> None:
    assert door.cause(b"") == "CALLER_UNKNOWN"


DNS, URI = x509.DNSName, x509.UniformResourceIdentifier


@pytest.mark.parametrize(
    ("sans", "name"),
    [
        ((URI("landhub://caller/crm"),), "crm"),
        ((DNS("crm"),), "crm"),
        ((DNS("other"), URI("landhub://caller/crm")), "crm"),
        ((URI("landhub://caller/crm"), URI("landhub://caller/archive")), ""),
        ((DNS("crm"), DNS("archive")), ""),
        ((URI("https://crm"),), ""),
        ((), ""),
    ],
)
def test_one_name_in_the_certificate_names_the_caller_and_two_name_nobody(
    sans: tuple[x509.GeneralName, ...], name: str
) -> None:
    assert caller_name(Authority().issue("whatever", sans=sans).certificate) == name


def test_the_common_name_names_nobody(door: Door) -> None:
    assert door.cause(door.authority.issue("crm", sans=()).pem) == "CALLER_UNKNOWN"


def test_no_more_certificates_are_kept_than_the_bound(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door.step, "_leaves", type(door.step._leaves)(3))
    pems = [door.authority.issue("crm").pem for _ in range(10)]
    assert {door.caller(pem) for pem in pems} == {"crm"}
    assert len(door.step._leaves) == 3
