"""`hub payments reconcile`: what it asks the hub for, and how it prints what came of it."""

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hub.cli import payments
from hub.cli.errand import Errand
from hub.cli.main import main
from hub.installation.database import database_place, maintenance_engine
from hub.installation.sealed import secrets_of
from hub.modules.payments.comparing import MismatchKind, Side
from hub.modules.payments.reconciliations_store import MismatchRow, ReconciliationRow, ReconciliationsStore
from hub.settings import Settings
from tests.support.databases import disposed

DAY = "2026-11-25"
NOW = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)
ROW = ReconciliationRow(
    id=f"sber-{DAY}",
    account="sber",
    day=DAY,
    provider="sberbank",
    state="DONE",
    method="LIST",
    run=2,
    compared=7,
    start_time=NOW,
    create_time=NOW,
)
OURS = Side(state="CAPTURED", currency="RUB", amount=19_900, held=0, captured=19_900, refunded=0)
THEIRS = Side(state="PAID (4)", currency="RUB", amount=19_900, held=0, captured=19_900, refunded=900)


def mismatch(number: int, *, run: int) -> MismatchRow:
    return MismatchRow(
        id=f"m-{number}",
        reconciliation_id=ROW.id,
        key=f"AMOUNTS_DIFFER:{number}",
        kind=MismatchKind.AMOUNTS_DIFFER,
        payment_id=f"p-{number}",
        owner="crm",
        business_reference="ДКП-1",
        vendor_reference=f"N{number}",
        vendor_id=f"v-{number}",
        ours=OURS,
        theirs=THEIRS,
        is_marked=True,
        run=run,
        create_time=NOW,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "hub"
    accounts = ('--set=modules.payments.accounts.sber.provider="sberbank"', '--set=modules.payments.mode="off"')
    assert main(["init", str(folder), "--dev", *accounts]) == 0
    assert main(["db", "migrate", str(folder)]) == 0
    return folder


@pytest.fixture
def hub_finds(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[Errand]]:
    """Stand in for a hub that does the errand and finds these differences."""

    def finding(*found: MismatchRow, is_done: bool = True) -> list[Errand]:
        asked: list[Errand] = []

        def run_errand(settings: Settings, place: Path, errand: Errand, *, wait: bool) -> object:
            assert (place, wait) == (folder, True)
            asked.append(errand)
            if not is_done:
                return None
            engine = maintenance_engine(
                database_place(settings, folder, secrets_of(settings, folder, os.environ)), read_only=False
            )
            store = ReconciliationsStore()
            with disposed(engine), engine.begin() as conn:
                store.add(conn, ROW)
                for row in found:
                    store.take_mismatch(conn, row)
            return object()

        monkeypatch.setattr(payments, "run_errand", run_errand)
        return asked

    return finding


def test_a_day_without_differences_is_told_in_a_line(
    folder: Path, hub_finds: Callable[..., list[Errand]], capsys: pytest.CaptureFixture[str]
) -> None:
    asked = hub_finds()
    capsys.readouterr()
    assert main(["payments", "reconcile", str(folder), "--day", DAY]) == 0
    assert [dict(errand.payload) for errand in asked] == [{"account": "sber", "day": DAY}]
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith(f"sber {DAY}: DONE, by the acquirer's list; 7 compared")


def test_differences_are_told_with_both_sides_and_those_of_earlier_runs_are_not(
    folder: Path, hub_finds: Callable[..., list[Errand]], capsys: pytest.CaptureFixture[str]
) -> None:
    hub_finds(mismatch(1, run=1), mismatch(2, run=2))
    capsys.readouterr()
    assert main(["payments", "reconcile", str(folder), "--day", DAY]) == 1
    text = capsys.readouterr().out
    assert "p-2" in text
    assert "CAPTURED: 19900 RUB, held 0, captured 19900, refunded 0" in text
    assert "PAID (4): 19900 RUB, held 0, captured 19900, refunded 900" in text
    assert "p-1" not in text
    assert main(["payments", "reconcile", str(folder), "--day", DAY, "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert [(one["payment_id"], one["theirs"]["refunded"]) for one in told["mismatches"]] == [("p-2", 900)]


def test_a_hub_that_has_not_done_it_yet_is_told_of(
    folder: Path, hub_finds: Callable[..., list[Errand]], capsys: pytest.CaptureFixture[str]
) -> None:
    hub_finds(is_done=False)
    assert main(["payments", "reconcile", str(folder), "--day", DAY]) == 1
    assert "not compared yet" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--account", "ghost"], "they have: sber"),
        (["--day", "yesterday"], "is no day"),
        (["--day", "2999-01-01"], "is not over in Moscow yet"),
    ],
)
def test_what_cannot_be_compared_is_said(
    folder: Path, capsys: pytest.CaptureFixture[str], options: list[str], told: str
) -> None:
    assert main(["payments", "reconcile", str(folder), *options]) == 1
    assert told in capsys.readouterr().err
