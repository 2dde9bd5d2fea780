"""`hub doctor` names what is wrong with an installation that is stopped, each with what to do, and never a secret."""

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hub.app.doctor_local import check_audit, check_disk
from hub.cli.main import main
from hub.core.findings import Verdict
from hub.core.secrets import Secrets
from hub.settings import load_settings

Doctor = Callable[..., dict[str, list[tuple[str, str]]]]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("doctor") / "hub"
    assert main(["init", str(folder), "--dev", "--set=administration.address=127.0.0.1:1"]) == 0
    assert main(["db", "migrate", str(folder)]) == 0
    return folder


@pytest.fixture
def doctor(capsys: pytest.CaptureFixture[str]) -> Doctor:
    """Runs it and returns verdict and words of each line by what was looked at."""

    def run(folder: Path, *, code: int) -> dict[str, list[tuple[str, str]]]:
        capsys.readouterr()
        assert main(["doctor", str(folder), "--json"]) == code
        found: dict[str, list[tuple[str, str]]] = {}
        for text in capsys.readouterr().out.splitlines():
            line = json.loads(text)
            assert line["verdict"] == "ok" or line["remedy"]
            found.setdefault(line["check"], []).append((line["verdict"], line["told"]))
        return found

    return run


def test_a_new_installation_has_nothing_that_fails(made: Path, doctor: Doctor) -> None:
    found = doctor(made, code=0)
    assert found["settings"][0][0] == found["keys"][0][0] == found["database"][0][0] == "ok"
    assert found["hub"] == [("warn", "it is not running")]
    assert found["modules"] == [("warn", "none is on")]
    assert found["clock"][0][0] == "warn"


def test_people_are_told_in_lines_and_a_sum(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", str(made)]) == 0
    out = capsys.readouterr().out
    assert "warn  hub: it is not running\n      > hub serve" in out
    assert out.splitlines()[-1].endswith("0 failed")


def test_no_secret_is_printed(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["doctor", str(made)])
    told = capsys.readouterr()
    for path in (made / "keys").iterdir():
        assert path.read_text().strip() not in told.out + told.err


@pytest.mark.parametrize("text", ["[server", "[nonsense]\n"])
def test_settings_that_cannot_be_used_are_all_that_is_told(tmp_path: Path, doctor: Doctor, text: str) -> None:
    (tmp_path / "landhub.toml").write_text(text)
    found = doctor(tmp_path, code=1)
    assert list(found) == ["settings"]
    assert found["settings"][0][0] == "fail"


@pytest.fixture
def folder(tmp_path: Path, made: Path) -> Path:
    """A copy that may be spoilt."""
    target = tmp_path / "hub"
    shutil.copytree(made, target)
    return target


def test_a_key_that_others_may_read_and_a_folder_that_others_may_write_fail(folder: Path, doctor: Doctor) -> None:
    (folder / "keys" / "column.key").chmod(0o640)
    (folder / "pki").chmod(0o777)
    found = doctor(folder, code=1)
    assert found["keys"][0][0] == "fail"
    assert "column.key is open to others (mode 0640)" in found["keys"][0][1]
    assert found["files"][0][0] == "fail"


def test_a_misspelt_role_and_a_caller_without_one_are_warnings(folder: Path, doctor: Doctor) -> None:
    with (folder / "landhub.toml").open("a") as file:
        file.write('\n[roles.reader]\nmethods = ["landhub.rosrestr.v1.*"]\n[callers.idle]\nroles = []\n')
    found = doctor(folder, code=0)
    assert found["roles"] == [("warn", '"landhub.rosrestr.v1.*" allows no RPC of this release')]
    assert found["callers"] == [("warn", "without a role: idle")]


def test_a_database_that_is_not_there_yet_is_a_warning_and_a_damaged_one_fails(folder: Path, doctor: Doctor) -> None:
    database = folder / "state" / "landhub.db"
    good = database.read_bytes()
    database.write_bytes(good[:100] + bytes(8000) + good[8100:])
    assert doctor(folder, code=1)["database"][0][0] == "fail"
    for path in database.parent.glob("landhub.db*"):
        path.unlink()
    assert doctor(folder, code=0)["database"][0][0] == "warn"


def test_a_provider_whose_settings_cannot_be_used_fails(folder: Path, doctor: Doctor) -> None:
    with (folder / "landhub.toml").open("a") as file:
        file.write('\n[modules.rosreestr]\nmode = "on"\n[modules.rosreestr.providers.xml_gateway]\napi_url = "x"\n')
    found = doctor(folder, code=1)
    assert found["settings"][0][0] == "fail"
    assert found["rosreestr.xml_gateway"][0][0] == "fail"


def test_records_that_no_checkpoint_covers_fail(folder: Path) -> None:
    settings, secrets = load_settings(folder), Secrets(base=folder, environment={})
    now = datetime.now(UTC)

    def verdicts() -> list[Verdict]:
        return [line.verdict for line in check_audit(settings, folder, secrets, now=now, is_running=True)]

    assert verdicts() == [], "nothing is recorded yet"
    assert main(["outbox", "discard", str(folder), "ghost", "--reason", "r"]) == 1
    with closing(sqlite3.connect(folder / "state" / "landhub.db")) as database:
        micros = int((now + timedelta(minutes=9)).timestamp() * 1_000_000)
        database.execute(
            "insert into audit_records (instance, sequence, time, phase, method, caller, request_id,"
            " business_reference, resource, code, reason, payload_hash, trace_id, details, hash)"
            " values ('i', 1, ?, 'admin', 'm', 'c', '', '', '', '', '', '', '', '{}', x'00')",
            (micros,),
        )
        database.commit()
    assert verdicts() == [Verdict.FAIL]


def test_a_disk_below_the_watermark_fails(folder: Path) -> None:
    settings = load_settings(folder)
    huge = settings.model_copy(
        update={"storage": settings.storage.model_copy(update={"free_space_watermark_bytes": 1 << 60})}
    )
    assert {line.verdict for line in check_disk(huge, folder)} == {Verdict.FAIL}
