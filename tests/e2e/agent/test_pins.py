"""Wherever a PIN comes from, right or wrong: it is seen in no process, file, log, span or answer."""

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from sandbox.csp.setup import EmulatedHost
from sealed.master_key import MasterKey, new_key
from sealed.store import SealedFile
from signer_agent.app import Agent
from tests.e2e.agent.support import Installation, connected, install, refused, serving, sign_request
from tests.support.csp import PIN, Authorities, make_authorities
from tests.support.csp_agent import use_cryptopro
from tests.support.person import unlock
from tests.support.watch import Watch
from tests.unit.agent.support import Keys

WRONG = "9" + PIN[::-1]  # as much a secret: it may be another token's, or the right one with a slip
BACKENDS = {"cryptopro": b"csptest", "pycades": b"signer_agent.keys.worker"}


@pytest.fixture(scope="module")
def authorities(tmp_path_factory: pytest.TempPathFactory) -> Authorities:
    return make_authorities(tmp_path_factory.mktemp("csp-ca"))


class Source:
    """One place that PINs come from, and how it is given another one."""

    def __init__(self, kind: str, directory: Path, patch: pytest.MonkeyPatch) -> None:
        self.kind = kind
        self.directory = directory
        self.reference = {"ask": "ask", "file": "file:../pin", "credential": "credential:pin", "sealed": "sealed:pin"}[
            kind
        ]
        self._key = MasterKey(path=directory.parent / "master.key")
        self._key.write([new_key()])
        patch.setenv("CREDENTIALS_DIRECTORY", str(directory.parent))

    async def give(self, pin: str) -> str:
        """What a person sees of it, where one gives it."""
        if self.kind == "ask":
            return (await asyncio.to_thread(unlock, self.directory, typed=pin))[1]
        if self.kind == "sealed":
            sealed = SealedFile(path=self.directory / "keys/sealed", master_key=self._key)
            sealed.put("pin", pin.encode(), now=datetime.now(UTC))
            return ""
        file = self.directory.parent / "pin"
        file.touch(mode=0o600)
        file.write_text(pin)
        return ""


def written(directory: Path) -> list[Path]:
    """The files of an installation that hold a PIN."""
    found = [path for path in directory.rglob("*") if path.is_file()]
    return [path for path in found if any(pin.encode() in path.read_bytes() for pin in (PIN, WRONG))]


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("kind", ["ask", "file", "credential", "sealed"])
async def test_a_pin_is_seen_nowhere(
    backend: str,
    kind: str,
    tmp_path: Path,
    authorities: Authorities,
    keys: Keys,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    host = EmulatedHost.create(tmp_path / "host", authorities.small)
    thumbprint = host.add(authorities.seller, authorities.small, pin=PIN).upper()
    installation = install(tmp_path / "agent", Keys(keys.authority, keys.folder, {"seller": thumbprint}))
    source = Source(kind, installation.directory, monkeypatch)
    use(installation, backend, host, source)
    watches = [Watch(pin.encode(), marker=BACKENDS[backend]) for pin in (PIN, WRONG)]
    spans = InMemorySpanExporter()
    host.machine.add_fault("slow", tool="csptest", times=2, value="0.3")
    host.machine.add_fault("slow", tool="pycades", times=2, value="0.3")

    said = await said_of_a_wrong_and_a_right_one(installation, source, watches, spans)

    assert all(watch.seen for watch in watches)  # they looked while the key was used
    assert [watch.found for watch in watches] == [[], []]
    shown = [*said, *capfd.readouterr(), *(span.to_json() for span in spans.get_finished_spans())]
    assert not [text for text in shown if PIN in text or WRONG in text]
    assert written(installation.directory) == []
    assert not [call for call in host.machine.calls() if {PIN, WRONG} & set(call["argv"])]
    assert host.container_of(thumbprint).tries_left == 5  # the right one was tried once, after one wrong one


def use(installation: Installation, backend: str, host: EmulatedHost, source: Source) -> None:
    use_cryptopro(installation.directory, host, pin=source.reference)
    installation.set("[keys.pins]", '[keys.pins]\nsealed_master_key = "file:../master.key"')
    if backend == "pycades":
        installation.set('backend = "cryptopro"', 'backend = "pycades"')
        installation.set("[keys.pins]", f"[keys.pycades]\npython_path = {json.dumps(str(host.python))}\n\n[keys.pins]")


async def said_of_a_wrong_and_a_right_one(
    installation: Installation, source: Source, watches: Sequence[Watch], spans: InMemorySpanExporter
) -> list[str]:
    """All that the agent answers, to a person and to a client."""

    def listen(agent: Agent) -> None:
        agent._tracing.add_span_processor(SimpleSpanProcessor(spans))

    said = []
    if source.kind != "ask":
        await source.give(WRONG)
    async with serving(installation, listen) as port, connected(installation, port) as client:
        for watch in watches:
            watch.start()
        if source.kind == "ask":
            said.append(await source.give(WRONG))
        refusal = await refused(client, "Sign", sign_request(installation.keys))
        said.append(f"{refusal}")
        assert refusal.reason == "PIN_REQUIRED"
        said.append(await source.give(PIN))
        answer = await client.stub.Sign(sign_request(installation.keys), timeout=60)
        said.append(str(answer))
        assert answer.cms
        for watch in watches:
            await asyncio.to_thread(watch.stop)
    return said
