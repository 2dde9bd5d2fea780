"""`hub notifications`: what it asks the hub for, and how it counts what is held."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hub.cli import notifications
from hub.cli.errand import Errand
from hub.cli.main import main
from hub.core.crypto import KeyRing
from hub.core.secrets import Secret
from hub.installation.database import database_place, maintenance_engine
from hub.installation.sealed import secrets_of
from hub.modules.notifications.store import NotificationRow, NotificationsStore
from hub.settings import Settings, load_settings
from tests.support.databases import disposed

NOW = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Done:
    """The record of an errand that was done."""

    details: Mapping[str, str]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "hub"
    assert main(["init", str(folder), "--dev"]) == 0
    assert main(["db", "migrate", str(folder)]) == 0
    return folder


def _hold(folder: Path, count: int) -> None:
    settings = load_settings(folder)
    place = database_place(settings, folder, secrets_of(settings, folder, os.environ))
    store = NotificationsStore(ring=KeyRing(keys={"k": Secret(bytes(32))}, active="k", random_bytes=os.urandom))
    with disposed(maintenance_engine(place, read_only=False)) as engine, engine.begin() as conn:
        for number in range(count):
            row = NotificationRow(
                id=f"n-{number}", owner="crm", business_reference="", state="OUTCOME_UNKNOWN", route="[]",
                account="sms", provider="smsc", channel="SMS", reference=f"r-{number}", priority="NORMAL",
                unknown_policy="NEVER_TWICE", unknown_reason="RESTORED", needs_person=True, schedule_time=NOW,
                expire_time=NOW, step_time=NOW, create_time=NOW, update_time=NOW,
            )  # fmt: skip
            store.add(conn, row)


def test_what_is_held_is_counted_by_caller_account_and_campaign(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert main(["notifications", "held", str(folder)]) == 0
    assert "nothing waits" in capsys.readouterr().out
    _hold(folder, 3)
    assert main(["notifications", "held", str(folder)]) == 1
    assert capsys.readouterr().out.splitlines()[1].split() == ["crm", "sms", "-", "RESTORED", "3"]
    assert main(["notifications", "held", str(folder), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["count"] == 3


@pytest.mark.parametrize(("is_done", "code", "words"), [(True, 0, "3 notifications settled"), (False, 1, "not done")])
def test_the_hub_is_asked_to_settle_them_with_the_reason(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    is_done: bool,
    code: int,
    words: str,
) -> None:
    asked: list[Errand] = []

    def run_errand(_settings: Settings, _folder: Path, errand: Errand, *, wait: bool) -> Done | None:
        assert wait
        asked.append(errand)
        return Done({"settled": "3"}) if is_done else None

    monkeypatch.setattr(notifications, "run_errand", run_errand)
    given = ["--send-again", "--caller", "crm", "--why", "RESTORED", "--reason", "by the cabinet"]
    assert main(["notifications", "resolve", str(folder), *given]) == code
    assert words in capsys.readouterr().out
    assert [dict(errand.payload) for errand in asked] == [
        {
            "finding": "send_again",
            "owner": "crm",
            "account": "",
            "campaign_id": "",
            "unknown_reason": "RESTORED",
            "reason": "by the cabinet",
        }
    ]


def test_who_gives_no_reason_or_too_long_a_one_settles_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["notifications", "resolve", str(folder), "--sent", "--reason", "x" * 256]) != 0
    assert "kept in the audit" in "".join(capsys.readouterr())
