"""A probe of the gateway names what is wrong: key, CA, refused, down; and sends nothing that counts."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet

from hub.app.probing import probe_upstream
from hub.core.clock import SystemClock
from hub.core.errors import UnavailableError
from hub.core.findings import Finding, Verdict
from hub.modules.rosreestr.port import RosreestrPort
from hub.modules.rosreestr.providers.xml_gateway import UPSTREAM
from tests.contract.provider_context import Context, make_context
from tests.contract.xml_gateway_vendor import XmlGatewayVendor, connect


class Probe:
    def __init__(self, folder: Path, vendor: XmlGatewayVendor) -> None:
        self.context: Context = make_context(folder)
        self.folder = folder
        self.vendor = vendor
        self.ports: list[RosreestrPort] = []

    def connect(self, **settings: Any) -> RosreestrPort:
        self.ports.append(connect(self.context, self.vendor.sandbox, **settings))
        return self.ports[-1]

    async def __call__(self) -> list[Finding]:
        upstream = self.context.upstreams.get(UPSTREAM)
        assert upstream
        return await probe_upstream(upstream, self.ports[-1].probe, SystemClock())


@pytest.fixture
async def probe(tmp_path: Path, vendor: XmlGatewayVendor) -> AsyncIterator[Probe]:
    made = Probe(tmp_path, vendor)
    yield made
    for port in made.ports:
        await port.close()


async def test_a_gateway_that_works_is_asked_for_a_status_that_cannot_be(probe: Probe) -> None:
    probe.connect()
    found = await probe()
    assert [(finding.check, finding.verdict) for finding in found[-1:]] == [("read", Verdict.OK)]
    assert {finding.verdict for finding in found} <= {Verdict.OK, Verdict.WARN}
    assert "landhub-probe" in probe.vendor.sent_texts()
    assert (probe.vendor.calls("status"), probe.vendor.registrations()) == (1, [])


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        pytest.param("access_denied", "certificate or key", id="it refuses our credentials"),
        pytest.param("bad_token", "another key", id="its answer is under another key"),
        pytest.param("server_error", "its operator", id="it fails"),
    ],
)
async def test_a_read_that_fails_is_told_with_what_to_do(probe: Probe, fault: str, words: str) -> None:
    probe.connect()
    probe.vendor.fail("status", fault, times=9)
    last = (await probe())[-1]
    assert (last.check, last.verdict) == ("read", Verdict.FAIL)
    assert words in last.remedy


async def test_a_quota_that_is_used_up_is_no_fault(probe: Probe) -> None:
    probe.connect()
    probe.vendor.fail("status", "too_many_requests", seconds=1800)
    assert (await probe())[-1].verdict is Verdict.WARN


async def test_a_key_that_the_gateway_does_not_know_is_told_as_that(probe: Probe) -> None:
    key = probe.folder / "other.key"
    key.write_bytes(Fernet.generate_key())
    key.chmod(0o600)
    probe.connect(fernet_keys=["file:other.key"])
    last = (await probe())[-1]
    assert (last.check, last.verdict) == ("read", Verdict.FAIL)


async def test_a_gateway_that_is_down_is_told_and_not_asked(probe: Probe) -> None:
    probe.connect()
    await probe.vendor.sandbox.gateway.stop()
    last = (await probe())[-1]
    assert (last.check, last.verdict) == ("connection", Verdict.FAIL)


async def test_an_open_breaker_is_told_and_not_worn_out(probe: Probe) -> None:
    port = probe.connect(policy={"failure_threshold": 1, "max_attempts": 1})
    probe.vendor.fail("status", "server_error")
    with pytest.raises(UnavailableError):
        await port.get_status("R1")
    last = (await probe())[-1]
    assert (last.check, last.verdict) == ("read", Verdict.WARN)
    assert "breaker is open" in last.told
    assert probe.vendor.calls("status") == 1
