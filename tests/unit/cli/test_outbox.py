"""`hub outbox`, `doctor`, `stuck` and `resolve` on a hub that is stopped: the same audited code on either database."""

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from hub.cli.main import main
from hub.installation.database import database_place, maintenance_engine
from hub.installation.sealed import secrets_of
from hub.settings import load_settings
from hub.storage.files import InstallationLock
from tests.support.databases import disposed
from tests.support.postgres import PostgresServer

JOB = "0192f0c4-7b1e-7000-8000-000000000007"
_INSERT = """
insert into outbox_jobs (id, kind, state, priority, run_at, attempts, setbacks, failures, fence, payload, resource,
  resource_id, owner, caller, method, request_id, business_reference, traceparent, reason, created_at, updated_at)
values (:id, 'things.send', :state, 100, 1764000000000000, 3, 1, 0, 3, '{"secret_id": "canary"}', 'things.Thing', '7',
  'crm', 'crm', '/m', 'r', 'ДКП-1', '', 'BROKEN', 1764000000000000, 1764000000000000)
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def folder(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    folder = tmp_path / "hub"
    settings = ["--set=administration.address=127.0.0.1:1"]  # where nobody listens
    server: PostgresServer | None = None
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres")
        assert server is not None
        url = server.make_database(template="template0").render_as_string(hide_password=False)
        settings.append(f"--set=storage.url={url}")
    assert main(["init", str(folder), "--dev", *settings]) == 0
    assert main(["db", "migrate", str(folder)]) == 0
    for job_id, state in ((JOB, "dead"), (JOB[:-1] + "8", "done")):
        execute(folder, _INSERT, id=job_id, state=state)
    yield folder
    if server is not None:
        server.drop_databases()


def execute(folder: Path, statement: str, **values: object) -> Sequence[Any]:
    settings = load_settings(folder)
    place = database_place(settings, folder, secrets_of(settings, folder, os.environ))
    with disposed(maintenance_engine(place, read_only=False)) as engine, engine.begin() as conn:
        result = conn.execute(text(statement), values)
        return result.all() if result.returns_rows else []


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
    records = execute(
        folder, "select caller, method, details from audit_records where phase = 'admin' order by sequence"
    )
    assert [(caller, method.rpartition("/")[2]) for caller, method, _ in records] == [
        ("local:hub", "RetryOutboxJob"),
        ("local:hub", "DiscardOutboxJob"),
    ]
    assert "mended" in records[0][2]
    assert main(["audit", "verify", str(folder)]) == 0


@pytest.mark.parametrize("folder", ["sqlite"], indirect=True)  # PostgreSQL is worked on by several at once
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


def test_the_doctor_finds_nothing_that_fails_and_names_what_does_not_run(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = [json.loads(line) for line in told(capsys, "doctor", str(folder), "--json").splitlines()]
    assert [line for line in found if line["verdict"] == "fail"] == []
    verdicts = {line["check"]: line["verdict"] for line in found}
    assert (verdicts["database"], verdicts["hub"]) == ("ok", "warn")


def test_the_doctor_tells_of_a_database_that_is_away(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = folder / "landhub.toml"
    lines = [line for line in file.read_text().splitlines() if not line.startswith("url = ")]
    away = 'url = "postgresql://landhub@127.0.0.1:1/landhub?connect_timeout=2"'
    file.write_text("\n".join(lines).replace("[storage]", f"[storage]\n{away}") + "\n")
    found = [json.loads(line) for line in told(capsys, "doctor", str(folder), "--json", code=1).splitlines()]
    (line,) = (line for line in found if line["verdict"] == "fail")
    assert line["check"] == "database"
    assert line["remedy"]
