"""`hub outbox` on a hub that is stopped: the same audited code on its database."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from hub.cli.main import main
from hub.storage.files import InstallationLock

JOB = "0192f0c4-7b1e-7000-8000-000000000007"
_INSERT = """
insert into outbox_jobs (id, kind, state, priority, run_at, attempts, setbacks, failures, fence, payload, resource,
  resource_id, owner, caller, method, request_id, business_reference, traceparent, reason, created_at, updated_at)
values (?, 'things.send', ?, 100, 1764000000000000, 3, 1, 0, 3, '{"secret_id": "canary"}', 'things.Thing', '7', 'crm',
  'crm', '/m', 'r', 'ДКП-1', '', 'BROKEN', 1764000000000000, 1764000000000000)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "hub"
    ports = [f"--set={name}=127.0.0.1:1" for name in ("administration.address",)]  # where nobody listens
    assert main(["init", str(folder), "--dev", *ports]) == 0
    assert main(["db", "migrate", str(folder)]) == 0
    with closing(sqlite3.connect(folder / "state" / "landhub.db")) as database:
        database.execute(_INSERT, (JOB, "dead"))
        database.execute(_INSERT, (JOB[:-1] + "8", "done"))
        database.commit()
    return folder


def told(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    capsys.readouterr()
    assert main(list(arguments)) == code
    output = capsys.readouterr()
    return output.out + output.err


def test_jobs_are_listed_with_their_reason_and_without_their_payload(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = told(capsys, "outbox", "list", str(folder))
    assert "no hub answers" in text
    assert f"{JOB}  dead    things.send  things.Thing/7  ДКП-1  attempts 3  setbacks 1  BROKEN" in text
    assert "canary" not in text
    assert JOB[:-1] + "8" not in text, "what is done is listed when asked for"
    assert JOB[:-1] + "8" in told(capsys, "outbox", "list", str(folder), "--state", "done")
    assert "no such jobs" in told(capsys, "outbox", "list", str(folder), "--kind", "other")
    assert "no such jobs" in told(capsys, "outbox", "list", str(folder), "--reference", "ДКП-2")
    line = told(capsys, "outbox", "list", str(folder), "--json").splitlines()[0]
    assert json.loads(line)["jobId"] == JOB


def test_a_dead_job_is_retried_and_that_is_in_the_audit(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert f"{JOB}  ready" in told(capsys, "outbox", "retry", str(folder), JOB, "--reason", "mended")
    assert f"{JOB}  done" in told(capsys, "outbox", "discard", str(folder), JOB, "--reason", "a test")
    assert "JOB_NOT_IDLE" in told(capsys, "outbox", "retry", str(folder), JOB, "--reason", "again", code=1)
    assert "no such job" in told(capsys, "outbox", "retry", str(folder), "ghost", "--reason", "r", code=1)
    with closing(sqlite3.connect(folder / "state" / "landhub.db")) as database:
        records = database.execute("select caller, method, details from audit_records where phase = 'admin'").fetchall()
    assert [(caller, method.rpartition("/")[2]) for caller, method, _ in records] == [
        ("local:hub", "RetryOutboxJob"),
        ("local:hub", "DiscardOutboxJob"),
    ]
    assert "mended" in records[0][2]
    assert main(["audit", "verify", str(folder)]) == 0


def test_a_hub_that_holds_the_database_and_does_not_answer_is_not_worked_past(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lock = InstallationLock(folder / "state" / "landhub.lock")
    assert "another hub" in told(capsys, "outbox", "retry", str(folder), JOB, "--reason", "r", code=1)
    lock.release()


@pytest.mark.parametrize("command", [("stuck",), ("resolve", "things.Thing/7", "--not-happened", "--reason", "r")])
def test_what_only_a_running_hub_can_tell_says_so(
    folder: Path, capsys: pytest.CaptureFixture[str], command: tuple[str, ...]
) -> None:
    assert "hub serve" in told(capsys, command[0], str(folder), *command[1:], code=1)
