"""The agent as a process: killed at every step of a signature, drained by SIGTERM, asked on the command line."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import grpc
import pytest

from landhub.signer.v1 import signer_pb2
from landhub.signer.v1 import signer_service_pb2 as pb
from sandbox.foreign_signer import verify_detached
from signer_agent.__main__ import main
from tests.e2e.agent.support import Installation, connected, refusal_of, serving, sign_request
from tests.unit.agent.support import DOCUMENT, Keys

ROOT = Path(__file__).parents[3]
DYING_AGENT = Path(__file__).with_name("dying_agent.py")
START_SECONDS = 60
# A signature makes three things durable: the decision, the CMS, the result.
POINTS = [f"{kind}:{number}" for number in (1, 2, 3) for kind in ("torn-write", "before-fsync", "after-fsync")]


@asynccontextmanager
async def process(*command: str) -> AsyncIterator[asyncio.subprocess.Process]:
    running = await asyncio.create_subprocess_exec(
        sys.executable, *command, cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    try:
        yield running
    finally:
        if running.returncode is None:
            running.kill()
        await running.wait()


async def first_line(running: asyncio.subprocess.Process) -> str:
    assert running.stdout is not None
    return (await asyncio.wait_for(running.stdout.readline(), START_SECONDS)).decode().strip()


@pytest.mark.parametrize("point", POINTS)
async def test_killed_at_any_step_one_request_gets_one_signature(
    installation: Installation, keys: Keys, point: str
) -> None:
    asked = sign_request(keys)
    async with process(str(DYING_AGENT), str(installation.directory), point) as dying:
        port = int(await first_line(dying))
        async with connected(installation, port) as client:
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await client.stub.Sign(asked, timeout=20)
        assert caught.value.code() == grpc.StatusCode.UNAVAILABLE
        assert await asyncio.wait_for(dying.wait(), START_SECONDS) == -signal.SIGKILL

    async with serving(installation) as port, connected(installation, port) as client:
        made = await client.stub.Sign(asked, timeout=20)
        again = await client.stub.Sign(asked, timeout=20)
        asked.digest = bytes(32)
        with pytest.raises(grpc.aio.AioRpcError) as other:
            await client.stub.Sign(asked, timeout=20)
        journal = await client.stub.ListJournalRecords(pb.ListJournalRecordsRequest(), timeout=20)

    assert again == made
    verify_detached(DOCUMENT, made.cms, keys.authority.chain_path)
    assert refusal_of(other.value).reason == "REQUEST_ID_REUSED"
    phases = [record.phase for record in journal.records]
    assert phases.count(signer_pb2.JOURNAL_PHASE_SIGNED) == 1
    assert phases.count(signer_pb2.JOURNAL_PHASE_STARTED) == 2
    assert main(["verify-journal", str(installation.directory)]) == 0


async def test_sigterm_ends_the_agent_in_order(installation: Installation, keys: Keys) -> None:
    async with process("-m", "signer_agent", "serve", str(installation.directory)) as running:
        line = await first_line(running)
        assert line.startswith("signer-agent serves on 127.0.0.1:")
        async with connected(installation, int(line.rpartition(":")[2])) as client:
            await client.stub.Sign(sign_request(keys), timeout=20)
        running.send_signal(signal.SIGTERM)
        out, err = await asyncio.wait_for(running.communicate(), START_SECONDS)

    assert running.returncode == 0, err.decode()
    assert "stopping" in out.decode()
    checkpoints = (installation.directory / "state/checkpoints.jsonl").read_text().splitlines()
    assert '"count":"3"' in checkpoints[-1]


async def test_a_second_agent_on_the_same_installation_does_not_start(installation: Installation) -> None:
    async with serving(installation), process("-m", "signer_agent", "serve", str(installation.directory)) as second:
        _, err = await asyncio.wait_for(second.communicate(), START_SECONDS)

    assert second.returncode == 1
    assert "another agent has" in err.decode()


async def test_an_agent_whose_journal_was_rolled_back_does_not_start(
    installation: Installation, keys: Keys, capsys: pytest.CaptureFixture[str]
) -> None:
    journal = installation.directory / "state/journal.jsonl"
    async with serving(installation) as port, connected(installation, port) as client:
        older = journal.read_bytes()
        await client.stub.Sign(sign_request(keys), timeout=20)
    journal.write_bytes(older)

    async with process("-m", "signer_agent", "serve", str(installation.directory)) as running:
        _, err = await asyncio.wait_for(running.communicate(), START_SECONDS)
    assert running.returncode == 1
    assert "cut or rolled back" in err.decode()
    assert main(["verify-journal", str(installation.directory)]) == 1
    assert "cut or rolled back" in capsys.readouterr().out


async def test_what_the_hub_kept_shows_a_journal_cut_together_with_its_checkpoints(
    installation: Installation, keys: Keys, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state = installation.directory / "state"
    async with serving(installation) as port, connected(installation, port) as client:
        older = {path: path.read_bytes() for path in state.iterdir() if path.is_file()}
        await client.stub.Sign(sign_request(keys), timeout=20)
    kept = tmp_path / "kept.jsonl"
    kept.write_bytes((state / "checkpoints.jsonl").read_bytes())
    for path, content in older.items():
        path.write_bytes(content)

    assert main(["verify-journal", str(installation.directory)]) == 0
    assert main(["verify-journal", str(installation.directory), "--witnessed", str(kept)]) == 1
    assert "it was cut or rolled back" in capsys.readouterr().out


def test_the_command_line_explains_lists_and_checks(
    installation: Installation, keys: Keys, capsys: pytest.CaptureFixture[str]
) -> None:
    directory = str(installation.directory)
    thumbprint = keys.thumbprints["seller"]

    assert main(["check-config", directory]) == 0
    assert "1 rules, 6 certificates" in capsys.readouterr().out
    assert main(["keys", directory]) == 0
    assert f"{thumbprint}  key      valid until" in capsys.readouterr().out
    asked = ["--certificate", thumbprint, "--caller", "crm"]
    assert main(["explain", directory, *asked, "--kind", "CONTRACT"]) == 0
    assert "hub: decides; allowed if the hub says so, 1000 a day at most" in capsys.readouterr().out
    assert main(["explain", directory, *asked, "--kind", "SPOUSE_CONSENT"]) == 0
    assert "no rule fits: refused" in capsys.readouterr().out


def test_check_config_warns_of_rules_that_let_the_hub_past_a_callers_word(
    installation: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    installation.add(
        "despite_caller_rules = true\n"
        '[[rules]]\nname = "own word"\ncertificates = ["*"]\ncallers = ["crm"]\n'
        'document_kinds = ["OTHER"]\nattested_by = "caller"\n'
    )

    assert main(["check-config", str(installation.directory)]) == 0
    out = capsys.readouterr().out
    assert "rule hub: a compromised hub gets signatures" in out
    assert "rule own word: none of its callers has an attestation key" in out


def test_what_is_wrong_with_an_installation_is_said_on_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["serve", str(tmp_path)]) == 1
    assert capsys.readouterr().err.startswith("signer-agent: ")
    assert main(["init", str(tmp_path / "agent"), "--dev"]) == 0
    assert main(["init", str(tmp_path / "agent")]) == 1
    with pytest.raises(SystemExit) as ended:
        main([])
    assert ended.value.code == 2
