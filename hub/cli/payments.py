"""`hub payments reconcile`: compare a day with the acquirers' orders, and print what differs."""

import argparse
import json
import os
from collections.abc import Sequence
from pathlib import Path

from hub.cli.errand import Errand, run_errand
from hub.cli.main import FAILED, OK, CommandError
from hub.cli.words import table
from hub.core.clock import SystemClock
from hub.installation.database import database_place, maintenance_engine
from hub.installation.sealed import secrets_of
from hub.modules.payments.comparing import Side
from hub.modules.payments.day import Day
from hub.modules.payments.reconciliation import reconciliation_id
from hub.modules.payments.reconciliation_service import ASKED, ASKED_METHOD, SHOWN_MISMATCHES
from hub.modules.payments.reconciliations_store import MismatchRow, ReconciliationRow, ReconciliationsStore
from hub.settings import Settings, load_settings

_HEAD = ("DIFFERS", "PAYMENT", "REFERENCE", "ORDER", "OURS", "THEIRS")


def run(arguments: argparse.Namespace) -> int:
    """Have each account's day compared, and print it; 1 if something differs or a day was not compared."""
    folder = arguments.folder
    settings = load_settings(folder)
    day = _day(arguments.day)
    is_good = True
    for account in _accounts(settings, arguments.account):
        errand = Errand(kind=ASKED, method=ASKED_METHOD, payload={"account": account, "day": str(day)})
        if run_errand(settings, folder, errand, wait=True) is None:
            is_good = False
            print(
                f"{account} {day}: not compared yet; a running hub goes on, a stopped one when it starts (hub outbox)"
            )
            continue
        row, found = _read(settings, folder, reconciliation_id(account, day))
        lines = _json(row, found) if arguments.json else _text(row, found)
        print("\n".join(lines))
        is_good = is_good and not found and not row.failure_reason
    return OK if is_good else FAILED


def _day(text: str) -> Day:
    today = Day.of(SystemClock().now())
    try:
        day = Day.parse(text) if text else today.before(1)
    except ValueError as error:
        raise CommandError(f"{text} is no day; write it so: {today.before(1)}") from error
    if day.date >= today.date:
        raise CommandError(f"{day} is not over in Moscow yet; {today.before(1)} is")
    return day


def _accounts(settings: Settings, wanted: str) -> Sequence[str]:
    module = settings.modules.get("payments")
    names = sorted(module.table.get("accounts", {})) if module is not None else []
    if wanted and wanted not in names:
        raise CommandError(f"the settings have no account {wanted}; they have: {', '.join(names) or 'none'}")
    if not names:
        raise CommandError("the settings have no account of the module payments; see docs/modules/payments.md")
    return [wanted] if wanted else names


def _read(settings: Settings, folder: Path, wanted: str) -> tuple[ReconciliationRow, list[MismatchRow]]:
    """Return the reconciliation with what its last run found."""
    place = database_place(settings, folder, secrets_of(settings, folder, os.environ))
    engine = maintenance_engine(place, read_only=True)
    store = ReconciliationsStore()
    try:
        with engine.connect() as conn:
            row = store.get(conn, wanted)
            if row is None:
                raise CommandError(f"the reconciliation {wanted} is gone: was the database restored meanwhile?")
            found = store.mismatches_of(conn, wanted, owners=None, limit=SHOWN_MISMATCHES)
    finally:
        engine.dispose()
    return row, [one for one in found if one.run == row.run]


def _text(row: ReconciliationRow, found: Sequence[MismatchRow]) -> Sequence[str]:
    how = "by the acquirer's list" if row.method == "LIST" else "order by order: the acquirer can't list"
    counts = f"{row.compared} compared, {row.unsettled} unsettled, {row.unreadable} unreadable, {len(found)} differ"
    lines = [f"{row.account} {row.day}: {row.failure_reason or row.state}, {how}; {counts}"]
    return [*lines, *table([_HEAD, *map(_line, found)])] if found else lines


def _line(one: MismatchRow) -> tuple[str, ...]:
    marked = " (ours by its marker)" if one.is_marked and not one.payment_id else ""
    order = f"{one.vendor_reference}{marked}"
    return (
        str(one.kind),
        one.payment_id or "-",
        one.business_reference or "-",
        order,
        _side(one.ours),
        _side(one.theirs),
    )


def _side(side: Side | None) -> str:
    if side is None:
        return "unknown"
    amounts = f"held {side.held}, captured {side.captured}, refunded {side.refunded}"
    return f"{side.state}: {side.amount} {side.currency}, {amounts}"


def _json(row: ReconciliationRow, found: Sequence[MismatchRow]) -> Sequence[str]:
    told = [
        {
            "kind": one.kind,
            "payment_id": one.payment_id,
            "business_reference": one.business_reference,
            "vendor_reference": one.vendor_reference,
            "vendor_payment_id": one.vendor_id,
            "is_marked": one.is_marked,
            "ours": json.loads(one.ours.to_json()) if one.ours else None,
            "theirs": json.loads(one.theirs.to_json()) if one.theirs else None,
        }
        for one in found
    ]
    head = {name: getattr(row, name) for name in ("account", "day", "state", "method", "failure_reason")}
    counts = {name: getattr(row, name) for name in ("compared", "unsettled", "unreadable")}
    return [json.dumps({**head, **counts, "mismatches": told}, ensure_ascii=False)]
