"""`hub notifications`: how many messages wait for a person, and settling many of them alike."""

import argparse
import json
import os
from collections.abc import Sequence
from dataclasses import asdict

from hub.cli.errand import Errand, run_errand
from hub.cli.main import FAILED, OK, CommandError
from hub.cli.words import table
from hub.installation.database import database_place, maintenance_engine
from hub.installation.sealed import secrets_of
from hub.modules.notifications.bulk_settlement import RESOLVE, RESOLVE_METHOD, HeldCount, count_held
from hub.settings import load_settings

_HEAD = ("CALLER", "ACCOUNT", "CAMPAIGN", "WHY", "COUNT")
_LONGEST_REASON = 255


def run(arguments: argparse.Namespace) -> int:
    """List what is held, or settle it."""
    return _held(arguments) if arguments.action == "held" else _resolve(arguments)


def _held(arguments: argparse.Namespace) -> int:
    settings = load_settings(arguments.folder)
    place = database_place(settings, arguments.folder, secrets_of(settings, arguments.folder, os.environ))
    if place.file is not None and not place.file.exists():
        raise CommandError(f"{place} does not exist: this hub has not served yet, or its database is gone")
    engine = maintenance_engine(place, read_only=True)
    try:
        with engine.connect() as conn:
            found = count_held(conn)
    finally:
        engine.dispose()
    print("\n".join(_json(found) if arguments.json else _text(found)))
    return FAILED if found else OK


def _resolve(arguments: argparse.Namespace) -> int:
    if not 0 < len(arguments.reason) <= _LONGEST_REASON:
        raise CommandError(f"say in 1 to {_LONGEST_REASON} letters how that is known; it is kept in the audit")
    payload = {
        "finding": arguments.finding,
        "owner": arguments.caller,
        "account": arguments.account,
        "campaign_id": arguments.campaign,
        "unknown_reason": arguments.why,
        "reason": arguments.reason,
    }
    errand = Errand(kind=RESOLVE, method=RESOLVE_METHOD, payload=payload)
    record = run_errand(load_settings(arguments.folder), arguments.folder, errand, wait=True)
    if record is None:
        print("it is not done yet: a running hub goes on, a stopped one does it when it starts (hub outbox)")
        return FAILED
    print(f"{record.details['settled']} notifications settled")
    return OK


def _text(found: Sequence[HeldCount]) -> Sequence[str]:
    if not found:
        return ["nothing waits for a person"]
    rows = [(one.owner, one.account, one.campaign_id or "-", one.unknown_reason, str(one.count)) for one in found]
    return table([_HEAD, *rows])


def _json(found: Sequence[HeldCount]) -> Sequence[str]:
    return [json.dumps(asdict(one)) for one in found]
