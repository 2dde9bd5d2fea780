"""A person unlocks a key at the agent's machine; a restart, the time and a wrong PIN lock it again."""

import asyncio
import json
import os
import socket
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

import grpc
import pytest

from landhub.signer.v1 import signer_service_pb2 as pb
from sandbox.csp.setup import EmulatedHost
from signer_agent.app import Agent
from signer_agent.console import MAX_LINE_BYTES, SOCKET
from signer_agent.errors import UnavailableError
from signer_agent.journal_file import Draft
from signer_agent.journal_record import Entry, Phase, Record, read_line
from tests.e2e.agent.support import HubClient, Installation, connected, install, refused, serving, sign_request
from tests.support.csp import PIN, Authorities, make_authorities
from tests.support.csp_agent import use_cryptopro
from tests.support.person import unlock
from tests.unit.agent.support import Keys


@pytest.fixture(scope="session")
def authorities(tmp_path_factory: pytest.TempPathFactory) -> Authorities:
    return make_authorities(tmp_path_factory.mktemp("csp-ca"))


@pytest.fixture
def host(tmp_path: Path, authorities: Authorities) -> EmulatedHost:
    return EmulatedHost.create(tmp_path / "host", authorities.small)


@pytest.fixture
def locked(
    tmp_path: Path,
    host: EmulatedHost,
    authorities: Authorities,
    keys: Keys,
    capfd: pytest.CaptureFixture[str],
) -> Iterator[Installation]:
    """An agent over a token whose PIN a person gives; `thumbprints["seller"]` is the token's."""
    thumbprint = host.add(authorities.seller, authorities.small, pin=PIN, reader="Aktiv Rutoken ECP 00 00").upper()
    installation = install(tmp_path / "agent", Keys(keys.authority, keys.folder, {"seller": thumbprint}))
    use_cryptopro(installation.directory, host, pin="ask")
    yield installation
    kept = [path for path in installation.directory.rglob("*") if path.is_file() and PIN.encode() in path.read_bytes()]
    assert kept == []  # whatever happened, the PIN was written nowhere
    assert PIN not in "".join(capfd.readouterr())


async def signs(client: HubClient, installation: Installation) -> bool:
    answer = await client.stub.Sign(sign_request(installation.keys), timeout=30)
    return bool(answer.cms)


async def test_a_person_unlocks_and_a_restart_locks_again(locked: Installation, host: EmulatedHost) -> None:
    async with serving(locked) as port, connected(locked, port) as client:
        refusal = await refused(client, "Sign", sign_request(locked.keys))
        assert (refusal.code, refusal.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "PIN_REQUIRED")

        status, shown = await asyncio.to_thread(unlock, locked.directory, "--for", "30m", typed=PIN)
        assert (status, PIN in shown) == (0, False), shown
        assert "unlocked for 0 h 30 min" in shown or "unlocked for 0 h 29 min" in shown
        assert await signs(client, locked)

    async with serving(locked) as port, connected(locked, port) as client:
        refusal = await refused(client, "Sign", sign_request(locked.keys))
        assert refusal.reason == "PIN_REQUIRED"
    assert not [call for call in host.machine.calls() if PIN in " ".join(call["argv"])]


async def test_a_wrong_pin_is_told_at_once_with_the_tries_left(locked: Installation, host: EmulatedHost) -> None:
    async with serving(locked) as port, connected(locked, port) as client:
        status, shown = await asyncio.to_thread(unlock, locked.directory, typed="0000")

        assert status == 1
        assert "the PIN is wrong; tries left: 4" in shown
        for _ in range(3):
            assert (await refused(client, "Sign", sign_request(locked.keys))).reason == "PIN_REQUIRED"
        assert host.machine.containers()[0].tries_left == 4


async def test_a_person_locks_before_the_time_is_up(locked: Installation) -> None:
    async with serving(locked) as port, connected(locked, port) as client:
        await asyncio.to_thread(unlock, locked.directory, typed=PIN)
        assert await signs(client, locked)

        status, shown = await asyncio.to_thread(unlock, locked.directory, "--lock")
        assert (status, shown.rstrip()[-6:]) == (0, "locked")
        assert (await refused(client, "Sign", sign_request(locked.keys))).reason == "PIN_REQUIRED"


def journaled(installation: Installation) -> list[Entry]:
    """What the journal keeps of keys that a person unlocked."""
    lines = (installation.directory / "state/journal.jsonl").read_bytes().splitlines()
    entries = [read_line(line).entry for line in lines]
    return [entry for entry in entries if entry.phase.value.startswith("KEY_")]


async def test_who_unlocked_what_is_in_the_journal_and_the_pin_is_not(locked: Installation) -> None:
    async with serving(locked):
        await asyncio.to_thread(unlock, locked.directory, typed="0000")
        await asyncio.to_thread(unlock, locked.directory, "--for", "30m", typed=PIN)
        await asyncio.to_thread(unlock, locked.directory, "--lock")

    wrong, unlocked, locked_again = journaled(locked)
    user = str(os.getuid())
    assert {entry.certificate for entry in (wrong, unlocked, locked_again)} == {locked.keys.thumbprints["seller"]}
    assert (wrong.phase, wrong.details) == (
        Phase.KEY_NOT_UNLOCKED,
        {"cause": "PIN_WRONG", "tries_left": "4", "user": user},
    )
    assert (unlocked.phase, unlocked.details) == (Phase.KEY_UNLOCKED, {"seconds": "1800", "user": user})
    assert (locked_again.phase, locked_again.details) == (Phase.KEY_LOCKED, {"user": user})


async def test_a_key_whose_unlocking_cannot_be_journaled_stays_locked(locked: Installation) -> None:
    def break_journal(agent: Agent) -> None:
        agent._journal.append = unwritable  # type: ignore[method-assign]

    async def unwritable(drafts: Sequence[Draft]) -> list[Record]:
        if drafts[0].entry.phase is Phase.STARTED:
            return []
        raise UnavailableError("the disk is full", reason="JOURNAL_UNAVAILABLE")

    async with serving(locked, break_journal):
        status, shown = await asyncio.to_thread(unlock, locked.directory, typed=PIN)
        assert (status, "the journal can't be written" in shown) == (1, True)
        status, shown = await asyncio.to_thread(unlock, locked.directory, "--list")
        assert shown.rstrip().endswith("locked")
        assert "unlocked" not in shown


async def test_the_socket_is_the_agents_own_and_takes_no_nonsense(locked: Installation) -> None:
    path = locked.directory / "state" / SOCKET
    async with serving(locked):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        nonsense = [b"\n", b"[]\n", b'{"do": "sign"}\n', b'{"do": "unlock", "pin": 1}\n', b"x" * (2 * MAX_LINE_BYTES)]
        for line in nonsense:
            assert "another version" in (await asyncio.to_thread(said, path, line))["error"]
        unknown = json.dumps({"do": "unlock", "thumbprint": "0" * 40, "pin": "1", "seconds": 1}).encode() + b"\n"
        assert "no private key" in (await asyncio.to_thread(said, path, unknown))["error"]
    assert not path.exists()


def said(path: Path, line: bytes) -> dict[str, str]:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(30)
        connection.connect(os.fspath(path))
        connection.sendall(line)
        answer: dict[str, str] = json.loads(connection.makefile("rb").readline())
        return answer


async def test_without_an_agent_or_a_terminal_nothing_is_asked(locked: Installation) -> None:
    status, shown = await asyncio.to_thread(unlock, locked.directory)
    assert (status, "no agent serves there" in shown) == (1, True)


async def test_a_token_that_is_away_may_be_asked_again(locked: Installation, host: EmulatedHost) -> None:
    async with serving(locked) as port, connected(locked, port) as client:
        await asyncio.to_thread(unlock, locked.directory, typed=PIN)
        host.set_present(locked.keys.thumbprints["seller"], present=False)

        refusal = await refused(client, "Sign", sign_request(locked.keys))
        assert (refusal.code, refusal.reason) == (grpc.StatusCode.UNAVAILABLE, "KEY_UNAVAILABLE")
        assert refusal.metadata["cause"] == "READER_UNAVAILABLE"
        assert refusal.retry_seconds == 5
        host.set_present(locked.keys.thumbprints["seller"], present=True)
        assert await signs(client, locked)


async def test_a_licence_that_is_missing_is_refused_with_its_code(locked: Installation, host: EmulatedHost) -> None:
    async with serving(locked) as port, connected(locked, port) as client:
        await asyncio.to_thread(unlock, locked.directory, typed=PIN)
        host.machine.set_profile(licence="missing")

        refusal = await refused(client, "Sign", sign_request(locked.keys))
        assert (refusal.code, refusal.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "KEY_REFUSED")
        assert refusal.metadata | {"thumbprint": ""} == {
            "thumbprint": "",
            "cause": "LICENCE_MISSING",
            "code": "0x0000065b",
        }


async def test_a_batch_uses_a_slow_key_in_both_threads_and_each_is_answered(
    locked: Installation, host: EmulatedHost
) -> None:
    async with serving(locked) as port, connected(locked, port) as client:
        await asyncio.to_thread(unlock, locked.directory, typed=PIN)
        host.machine.add_fault("code", tool="csptest", value="0x80100069")
        batch = pb.SignBatchRequest(requests=[sign_request(locked.keys) for _ in range(4)])

        answer = await client.stub.SignBatch(batch, timeout=60)

        reasons = sorted(result.failure.reason for result in answer.results)
        assert reasons == ["", "", "", "KEY_UNAVAILABLE"]
        assert host.machine.containers()[0].max_in_use == 1  # a token has one run at a time all the same
