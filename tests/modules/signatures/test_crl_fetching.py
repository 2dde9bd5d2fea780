"""Revocation lists that the hub fetches: only from where the settings say, only what a trusted CA signed."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from prometheus_client import CollectorRegistry

from gost.digest import streebog256
from gost.report import Indication, Report, RevocationStatus, SubIndication
from hub.core.clock import FakeClock, SystemClock
from hub.core.errors import HubError
from hub.core.findings import Verdict
from hub.modules.signatures.examining import examine
from hub.modules.signatures.fetching import CrlFetching, ListGauges
from hub.modules.signatures.providers import cdp
from hub.modules.signatures.settings import SignaturesSettings, TrustSettings
from hub.modules.signatures.trust import Trust
from sandbox.foreign_signer import sign_detached
from sandbox.test_ca import Issued
from tests.contract.provider_context import make_context
from tests.modules.signatures.conftest import BUYER, Pki
from tests.modules.signatures.test_signing import CONTRACT

LOOK_AGAIN_SECONDS = 6.0  # more than trust waits before it looks at its files again


@dataclass(slots=True)
class Publisher:
    """A CA's web server: what it answers by path, and what it was asked for."""

    answers: dict[str, web.Response] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    hangs_after: bytes | None = None
    """What it says of an answer before it says no more, until `let_go`."""
    let_go: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.path)
        if self.hangs_after is not None:
            return await self._hang(request, self.hangs_after)
        said = self.answers.get(request.path)
        if said is None:
            return web.Response(status=404)
        return web.Response(status=said.status, body=said.body, headers=said.headers)

    async def _hang(self, request: web.Request, first: bytes) -> web.StreamResponse:
        answer = web.StreamResponse()
        if first:
            await answer.prepare(request)
            await answer.write(first)
        await self.let_go.wait()
        return answer


class Paces(SystemClock):
    """A clock whose sleepers tell for how long, and sleep until they are let go."""

    def __init__(self) -> None:
        self.told: asyncio.Queue[float] = asyncio.Queue()
        self.go: asyncio.Queue[None] = asyncio.Queue()

    async def sleep(self, seconds: float) -> None:
        self.told.put_nowait(seconds)
        await self.go.get()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rig:
    """A trust whose issuing CA's list is to be fetched, and the one who fetches it."""

    pki: Pki
    publisher: Publisher
    base: str
    trust: Trust
    settings: TrustSettings
    fetching: CrlFetching
    clock: FakeClock
    paces: "Paces"
    file: Path
    registry: CollectorRegistry

    def publish(self, body: bytes, *, status: int = 200, **headers: str) -> None:
        self.publisher.answers["/issuing.crl"] = web.Response(status=status, body=body, headers=headers)

    async def verified(self, signer: Issued) -> Report:
        """What verification says once it has looked at its files again."""
        await self.clock.advance(LOOK_AGAIN_SECONDS)
        return self.trust.verify(sign_detached(CONTRACT, signer, self.pki.authority), streebog256(CONTRACT))


@pytest.fixture
async def rig(tmp_path: Path, pki: Pki) -> AsyncIterator[Rig]:
    publisher = Publisher()
    application = web.Application()
    application.router.add_get("/{path:.*}", publisher.answer)
    server = TestServer(application)
    await server.start_server()
    base = str(server.make_url("")).rstrip("/")
    settings = TrustSettings(
        anchors=(str(pki.authority.root_path),),
        intermediates=(str(pki.authority.issuing_path),),
        crls=(str(pki.folder / "root.crl"),),
        fetching={"folder": str(tmp_path / "crls"), "points": {"issuing": {"url": f"{base}/issuing.crl"}}},  # type: ignore[arg-type]
    )
    clock = FakeClock(datetime.now(UTC))
    trust = Trust(settings=settings, path=Path, clock=clock)
    once = {"max_attempts": 1, "failure_threshold": 100}
    point = cdp.build(
        cdp.Settings.model_validate({"url": f"{base}/issuing.crl", "max_list_mib": 1, "policy": once}),
        make_context(tmp_path),
        name="issuing",
    )
    registry, paces = CollectorRegistry(), Paces()
    fetching = CrlFetching(
        points=[point],
        known=trust.authorities,
        folder=tmp_path / "crls",
        every_seconds=3600,
        gauges=ListGauges(registry=registry),
        clock=paces,
    )
    (tmp_path / "crls").mkdir()
    yield Rig(
        pki=pki,
        publisher=publisher,
        base=base,
        trust=trust,
        settings=settings,
        fetching=fetching,
        clock=clock,
        paces=paces,
        file=tmp_path / "crls/issuing.crl",
        registry=registry,
    )
    await fetching.close()
    await server.close()


def told(report: Report) -> SubIndication | None:
    return report.sub_indication


async def test_a_list_that_is_fetched_counts_and_tells_its_age(rig: Rig) -> None:
    assert told(await rig.verified(rig.pki.seller)) is SubIndication.TRY_LATER
    rig.publish(rig.pki.authority.crl())
    await rig.fetching.fetch("issuing")
    assert (await rig.verified(rig.pki.seller)).is_valid
    assert told(await rig.verified(rig.pki.revoked)) is SubIndication.REVOKED_NO_POE
    issued = rig.registry.get_sample_value("landhub_crl_this_update_timestamp_seconds", {"list": "issuing"})
    assert issued is not None
    assert timedelta(minutes=50) < datetime.now(UTC) - datetime.fromtimestamp(issued, UTC) < timedelta(minutes=70)


async def test_a_list_that_was_fetched_and_has_run_out_leaves_every_verdict_open(rig: Rig) -> None:
    rig.publish(rig.pki.authority.crl())
    await rig.fetching.fetch("issuing")
    assert (await rig.verified(rig.pki.seller)).is_valid
    await rig.clock.advance(timedelta(days=8) / timedelta(seconds=1))
    report = await rig.verified(rig.pki.seller)
    assert report.indication is Indication.INDETERMINATE
    assert told(report) is SubIndication.TRY_LATER
    assert report.signers[0].chain[0].revocation is RevocationStatus.STALE


@pytest.mark.parametrize("says_first", [b"", b"-----BEGIN X509 CRL-----\n"], ids=["nothing", "a beginning"])
async def test_a_point_that_hangs_leaves_the_list_before_in_place(says_first: bytes, rig: Rig, tmp_path: Path) -> None:
    rig.publish(rig.pki.authority.crl())
    await rig.fetching.fetch("issuing")
    held = rig.file.read_bytes()
    rig.publisher.hangs_after = says_first
    impatient = {"max_attempts": 1, "attempt_timeout": 0.3, "total_timeout": 0.3}
    hanging = CrlFetching(
        points=[
            cdp.build(
                cdp.Settings.model_validate({"url": f"{rig.base}/issuing.crl", "policy": impatient}),
                make_context(tmp_path),
                name="issuing",
            )
        ],
        known=rig.trust.authorities,
        folder=rig.file.parent,
        every_seconds=3600,
        gauges=ListGauges(registry=CollectorRegistry()),
        clock=rig.paces,
    )
    with pytest.raises(HubError):
        await hanging.fetch("issuing")
    await hanging.close()
    rig.publisher.let_go.set()
    assert rig.file.read_bytes() == held
    assert (await rig.verified(rig.pki.seller)).is_valid


def forged(pki: Pki) -> bytes:
    """A list under the CA's name by a key of somebody else's."""
    now = datetime.now(UTC)
    name = x509.load_pem_x509_certificate(pki.authority.issuing_path.read_bytes()).subject
    lists = x509.CertificateRevocationListBuilder().issuer_name(name).last_update(now)
    made = lists.next_update(now + timedelta(days=7)).sign(ec.generate_private_key(ec.SECP256R1()), hashes.SHA256())
    return made.public_bytes(Encoding.DER)


Publish = Callable[[Rig], None]
UNFIT: dict[str, Publish] = {
    "of a stranger under the CA's name": lambda rig: rig.publish(forged(rig.pki)),
    "older than the one held": lambda rig: rig.publish(
        rig.pki.authority.crl(last_update=datetime.now(UTC) - timedelta(days=3))
    ),
    "no list": lambda rig: rig.publish(b"<html>"),
    "cut": lambda rig: rig.publish(rig.pki.authority.crl()[:300]),
    "too long": lambda rig: rig.publish(rig.pki.authority.crl() + b" " * 1024 * 1024),
    "elsewhere": lambda rig: rig.publish(b"", status=302, Location="/other.crl"),
    "not there": lambda rig: rig.publisher.answers.clear(),
    "a fault": lambda rig: rig.publish(b"", status=500),
}


@pytest.mark.parametrize("how", UNFIT)
async def test_what_is_not_a_newer_list_by_a_trusted_ca_leaves_the_one_before_in_place(how: str, rig: Rig) -> None:
    rig.publish(rig.pki.authority.crl())
    await rig.fetching.fetch("issuing")
    held = rig.file.read_bytes()
    UNFIT[how](rig)
    with pytest.raises(HubError):
        await rig.fetching.fetch("issuing")
    assert rig.file.read_bytes() == held
    assert [path.name for path in rig.file.parent.iterdir()] == ["issuing.crl"]
    assert rig.publisher.asked == ["/issuing.crl"] * 2
    assert (await rig.verified(rig.pki.seller)).is_valid


async def test_an_address_in_a_certificate_is_asked_neither_by_verifying_nor_by_fetching(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    signer = rig.pki.authority.issue("naming", BUYER, crl_url=f"{rig.base}/named.crl")
    cms = sign_detached(CONTRACT, signer, rig.pki.authority)
    rig.publish(rig.pki.authority.crl())
    await rig.fetching.fetch("issuing")
    await rig.clock.advance(LOOK_AGAIN_SECONDS)
    with monkeypatch.context() as patch:
        patch.setattr(socket, "socket", no_socket)
        patch.setattr(socket, "getaddrinfo", no_socket)
        report = rig.trust.verify(cms, streebog256(CONTRACT))
        unknown = Trust(settings=TrustSettings(), path=Path, clock=rig.clock).verify(cms, streebog256(CONTRACT))
    assert report.is_valid
    assert told(unknown) is SubIndication.NO_CERTIFICATE_CHAIN_FOUND
    await rig.fetching.fetch("issuing")
    assert rig.publisher.asked == ["/issuing.crl"] * 2


def no_socket(*words: Any, **options: Any) -> Any:
    raise AssertionError(f"a socket was opened: {words} {options}")


async def test_lists_are_asked_for_by_the_hour_and_sooner_after_a_failure(rig: Rig) -> None:
    async with asyncio.timeout(20):
        rig.publish(b"", status=500)
        await rig.fetching.start()
        assert await rig.paces.told.get() == 300
        rig.publish(rig.pki.authority.crl())
        rig.paces.go.put_nowait(None)
        assert await rig.paces.told.get() == 3600
    assert rig.file.read_bytes() == rig.publisher.answers["/issuing.crl"].body


async def test_a_list_that_was_fetched_before_is_told_of_at_the_start(rig: Rig) -> None:
    rig.file.write_bytes(rig.pki.authority.crl())
    await rig.fetching.start()
    assert rig.registry.get_sample_value("landhub_crl_next_update_timestamp_seconds", {"list": "issuing"})


async def test_nothing_is_fetched_unless_the_settings_name_points(tmp_path: Path, rig: Rig) -> None:
    assert SignaturesSettings().trust.fetching.points == {}
    idle = CrlFetching(
        points=[],
        known=rig.trust.authorities,
        folder=tmp_path / "none",
        every_seconds=3600,
        gauges=ListGauges(registry=CollectorRegistry()),
        clock=rig.paces,
    )
    await idle.start()
    await idle.close()
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("http://127.0.0.1/a.crl", "private address"),
        ("http://10.0.0.1/a.crl", "private address"),
        ("https://cdp.example/a.crl", "ca_bundle"),
        ("http://user@cdp.example/a.crl", "without user"),
        ("ftp://cdp.example/a.crl", "http"),
    ],
)
def test_an_address_that_nobody_should_ask_stops_the_start(url: str, problem: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=problem):
        cdp.build(cdp.Settings(url=url), make_context(tmp_path).in_production(), name="a")


async def test_doctor_tells_how_old_each_list_is(rig: Rig) -> None:
    settings = SignaturesSettings(trust=rig.settings)

    def found() -> dict[str, tuple[Verdict, str]]:
        return {line.check: (line.verdict, line.told) for line in examine(settings, Path, datetime.now(UTC))}

    assert found()["crl issuing"] == (Verdict.FAIL, "it was never fetched")
    rig.file.write_bytes(rig.pki.authority.crl())
    for name in ("crl root.crl", "crl issuing.crl"):
        assert found()[name][0] is Verdict.OK
        assert found()[name][1].startswith("issued 1.0 hours ago, the next by ")
    rig.file.write_bytes(rig.pki.authority.stale_crl())
    assert found()["crl issuing.crl"][0] is Verdict.FAIL
    rig.file.write_bytes(forged(rig.pki))
    assert found()["crl issuing.crl"][0] is Verdict.WARN
    rig.file.write_bytes(b"<html>")
    assert found()["crl issuing.crl"][0] is Verdict.FAIL
