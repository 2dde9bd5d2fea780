"""Wherever a PIN comes from, right or wrong: it is seen in no process, file, log, span or answer."""

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pkcs11
import pytest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client import generate_latest

from landhub.common.v1 import signing_pb2
from sandbox.csp.setup import EmulatedHost
from sealed.master_key import MasterKey, new_key
from sealed.store import SealedFile
from signer_agent.app import Agent
from tests.contract.test_pkcs11_keys import Pkcs11Rig
from tests.e2e.agent.support import Installation, connected, install, refused, serving, sign_request
from tests.support.csp import PIN, Authorities, make_authorities
from tests.support.csp_agent import use_cryptopro
from tests.support.person import unlock
from tests.support.softhsm import MODULE
from tests.support.softhsm import tokens as tokens  # noqa: PLC0414 - a fixture
from tests.support.watch import Watch
from tests.unit.agent.support import Keys

WRONG = "9" + PIN[::-1]  # as much a secret: it may be another token's, or the right one with a slip
BACKENDS = {"cryptopro": b"csptest", "pycades": b"signer_agent.keys.worker"}


@pytest.fixture(scope="module")
def authorities(tmp_path_factory: pytest.TempPathFactory) -> Authorities:
    return make_authorities(tmp_path_factory.mktemp("csp-ca"))


class Source:
    """One place that PINs come from, and how it is given another one."""

    def __init__(self, kind: str, directory: Path, patch: pytest.MonkeyPatch, *, unlocking: Sequence[str] = ()) -> None:
        self.kind = kind
        self.unlocking = unlocking
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
            return (await asyncio.to_thread(unlock, self.directory, *self.unlocking, typed=pin))[1]
        if self.kind == "sealed":
            sealed = SealedFile(path=self.directory / "keys/sealed", master_key=self._key)
            sealed.put("pin", pin.encode(), now=datetime.now(UTC))
            return ""
        file = self.directory.parent / "pin"
        file.touch(mode=0o600)
        file.write_text(pin)
        return ""


class TokenSource(Source):
    """The same for a token, which has to be reassured by hand before it is given a right one after a wrong one."""

    def __init__(self, label: str, *args: Any, **changes: Any) -> None:
        super().__init__(*args, **changes)
        self._label = label

    async def give(self, pin: str) -> str:
        if self.kind != "ask" and pin == PIN:
            pkcs11.lib(str(MODULE)).get_token(token_label=self._label).open(user_pin=PIN).close()
        return await super().give(pin)


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
    host.machine.add_fault("slow", tool="csptest", times=2, value="0.3")
    host.machine.add_fault("slow", tool="pycades", times=2, value="0.3")

    shown = await shown_of_a_wrong_and_a_right_one(installation, source, watches)

    assert_unseen(shown + list(capfd.readouterr()), watches, installation)
    assert not [call for call in host.machine.calls() if {PIN, WRONG} & set(call["argv"])]
    assert host.container_of(thumbprint).tries_left == 5  # the right one was tried once, after one wrong one


@pytest.mark.parametrize("kind", ["ask", "file", "sealed"])
async def test_a_tokens_pin_is_seen_nowhere(
    kind: str,
    tmp_path: Path,
    tokens: Path,
    keys: Keys,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    rig = Pkcs11Rig(tokens, f"pins-{kind}", "ec")
    rig.backend.close()
    thumbprints = {"seller": rig.seller.thumbprint}
    installation = install(tmp_path / "agent", Keys(keys.authority, keys.folder, thumbprints))
    chosen = ("--certificate", rig.seller.thumbprint)
    source = TokenSource(rig.label, kind, installation.directory, monkeypatch, unlocking=chosen)
    installation.set('backend = "gost_file"', 'backend = "pkcs11"')
    token = f'[keys.pkcs11]\nmodule = "{MODULE}"\ntoken_label = "{rig.label}"\n\n'
    pins = f'[keys.pins]\ndefault = "{source.reference}"\nsealed_master_key = "file:../master.key"\n\n'
    installation.set("[hub]", f"{token}{pins}[hub]")
    watches = [Watch(pin.encode(), marker=b"signer_agent.keys.worker") for pin in (PIN, WRONG)]

    shown = await shown_of_a_wrong_and_a_right_one(
        installation, source, watches, digest_algorithm=signing_pb2.DIGEST_ALGORITHM_SHA_256
    )

    assert_unseen(shown + list(capfd.readouterr()), watches, installation)


def assert_unseen(shown: Sequence[str], watches: Sequence[Watch], installation: Installation) -> None:
    assert all(watch.seen for watch in watches)  # they looked while the key was used
    assert [watch.found for watch in watches] == [[], []]
    assert not [text for text in shown if PIN in text or WRONG in text]
    assert written(installation.directory) == []


def use(installation: Installation, backend: str, host: EmulatedHost, source: Source) -> None:
    use_cryptopro(installation.directory, host, pin=source.reference)
    installation.set("[keys.pins]", '[keys.pins]\nsealed_master_key = "file:../master.key"')
    if backend == "pycades":
        installation.set('backend = "cryptopro"', 'backend = "pycades"')
        installation.set("[keys.pins]", f"[keys.pycades]\npython_path = {json.dumps(str(host.python))}\n\n[keys.pins]")


async def shown_of_a_wrong_and_a_right_one(
    installation: Installation, source: Source, watches: Sequence[Watch], **changes: Any
) -> list[str]:
    """All that the agent answers, to a person and to a client, with its spans and metrics."""
    spans = InMemorySpanExporter()
    registries = []

    def listen(agent: Agent) -> None:
        agent._tracing.add_span_processor(SimpleSpanProcessor(spans))
        registries.append(agent._metrics.registry)

    said = []
    if source.kind != "ask":
        await source.give(WRONG)
    async with serving(installation, listen) as port, connected(installation, port) as client:
        for watch in watches:
            watch.start()
        if source.kind == "ask":
            said.append(await source.give(WRONG))
        refusal = await refused(client, "Sign", sign_request(installation.keys, **changes))
        said.append(f"{refusal}")
        assert refusal.reason == "PIN_REQUIRED"
        said.append(await source.give(PIN))
        answer = await client.stub.Sign(sign_request(installation.keys, **changes), timeout=60)
        said.append(str(answer))
        assert answer.cms
        for watch in watches:
            await asyncio.to_thread(watch.stop)
        (exposed,) = [generate_latest(each).decode() for each in registries]
    assert "landhub_" in exposed
    return [*said, exposed, *(span.to_json() for span in spans.get_finished_spans())]
