"""The arguments of the commands that look into a hub and mend what is stuck in it."""

import argparse
from pathlib import Path
from typing import Any

Commands = Any  # argparse has no public name for what add_subparsers returns


def add_commands(commands: Commands) -> None:
    """Add doctor, upstreams, probe, outbox, stuck, resolve, payments and notifications."""
    doctor = commands.add_parser("doctor", help="what is wrong with an installation, or soon will be, and what to do")
    doctor.add_argument("folder", metavar="DIR", type=Path, nargs="?", default=Path(), help="here, if not given")
    _json(doctor)
    upstreams = commands.add_parser("upstreams", help="how the services outside do, as the running hub sees them")
    _folder(upstreams)
    _json(upstreams)
    probe = commands.add_parser("probe", help="go the way to a provider or agent, and make one harmless read of it")
    _folder(probe)
    probe.add_argument("name", metavar="NAME", help="a module, an upstream (rosreestr.xml_gateway) or an agent (main)")
    _json(probe)
    _add_outbox(commands.add_parser("outbox", help="durable work: what there is, have it done now or never"))
    stuck = commands.add_parser("stuck", help="what does not go on as it should, and what to do about it")
    _folder(stuck)
    _json(stuck)
    _add_resolve(commands.add_parser("resolve", help="settle an outcome that a person has found out"))
    _add_payments(commands.add_parser("payments", help="the books of payments"))
    _add_notifications(commands.add_parser("notifications", help="messages that wait for a person"))


def _add_outbox(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listed = actions.add_parser("list", help="list jobs, newest first; those that are done only if asked for")
    _folder(listed)
    listed.add_argument("--state", action="append", default=[], choices=("ready", "leased", "done", "dead"))
    listed.add_argument("--kind", default="", help="for example rosreestr.submit")
    listed.add_argument("--reference", default="", help="the business reference")
    listed.add_argument("--limit", type=int, default=100, metavar="N", help="so many at most (100)")
    _json(listed)
    retry = actions.add_parser("retry", help="run a job that was given up, or waits for its time, now")
    discard = actions.add_parser("discard", help="never run such a job; its resource stays as it stands")
    for action in (retry, discard):
        _folder(action)
        action.add_argument("job", metavar="JOB", help="its id")
        action.add_argument("--reason", required=True, help="why; kept in the audit")
    discard.add_argument(
        "--even-if-sent", action="store_true", help="also if something was sent and nobody will ask what came of it"
    )


def _add_resolve(parser: argparse.ArgumentParser) -> None:
    _folder(parser)
    parser.add_argument("resource", metavar="RESOURCE", help="as `hub stuck` names it: rosreestr.Registration/0192…")
    outcome = parser.add_mutually_exclusive_group(required=True)
    outcome.add_argument("--happened", metavar="VENDOR_ID", help="it happened, and the vendor has it under this id")
    outcome.add_argument("--not-happened", action="store_true", help="it did not happen; the hub sends it again")
    parser.add_argument("--reason", required=True, help="how that is known; kept in the audit")


def _add_payments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    reconcile = actions.add_parser("reconcile", help="compare a day with the acquirers' orders, and print what differs")
    _folder(reconcile)
    reconcile.add_argument("--account", default="", help="of the settings; all of them, if not given")
    reconcile.add_argument("--day", default="", metavar="YYYY-MM-DD", help="in Moscow; yesterday, if not given")
    _json(reconcile)


def _add_notifications(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    held = actions.add_parser("held", help="count those that may have gone out, by caller, account and campaign")
    _folder(held)
    _json(held)
    resolve = actions.add_parser("resolve", help="settle all that are held now and fit what is given here")
    _folder(resolve)
    finding = resolve.add_mutually_exclusive_group(required=True)
    for name, words in (("sent", "they went out"), ("not-sent", "they did not"), ("send-again", "send them now")):
        chosen = name.replace("-", "_")
        finding.add_argument(f"--{name}", dest="finding", action="store_const", const=chosen, help=words)
    resolve.add_argument("--caller", default="", help="whose they are, by caller or group; all, if not given")
    resolve.add_argument("--account", default="", help="by which they would go; all, if not given")
    resolve.add_argument("--campaign", default="", metavar="ID", help="of this campaign alone")
    resolve.add_argument("--why", default="", choices=("RESTORED", "ANSWER_LOST", "INTERRUPTED"), help="why held")
    resolve.add_argument("--reason", required=True, help="how that is known; kept in the audit")


def _folder(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", metavar="DIR", type=Path, help="the installation's folder")


def _json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
