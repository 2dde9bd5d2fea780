"""From one step of a route to the next: which one may help, and the notification as it begins there."""

from dataclasses import replace
from datetime import datetime

from hub.core.persons import Persons
from hub.modules.notifications.accounts import Accounts
from hub.modules.notifications.addresses import pseudonym_of
from hub.modules.notifications.answers import Refusal
from hub.modules.notifications.ledger import recorded, steps_of
from hub.modules.notifications.letter import Letter
from hub.modules.notifications.states import NotificationState
from hub.modules.notifications.store import NotificationRow

MOST_SENDINGS = 12  # of one notification: eight steps, and a few that had to be sent anew


def following_step(row: NotificationRow, letter: Letter, why: str) -> int | None:
    """Return the next step that may help after a refusal or failure; None if there is none."""
    skips = why in {Refusal.RECIPIENT_INVALID, Refusal.RECIPIENT_OPTED_OUT}
    steps = steps_of(row)
    if row.sendings + 1 >= MOST_SENDINGS:
        return None
    for number in range(row.step + 1, len(steps)):
        channel = steps[number].channel
        if channel in letter.addresses and not (skips and channel == row.channel):
            return number
    return None


def moved(
    ended: NotificationRow, number: int, letter: Letter, *, accounts: Accounts, persons: Persons, now: datetime
) -> NotificationRow:
    """Return the notification at the beginning of a step, with the sending on record that just ended."""
    step = steps_of(ended)[number]
    account = accounts.get(step.account)
    return replace(
        ended,
        state=NotificationState.QUEUED,
        attempts=recorded(ended),
        step=number,
        sendings=ended.sendings + 1,
        account=step.account,
        provider="" if account is None else account.port.name,
        channel=step.channel,
        pseudonym=pseudonym_of(persons, step.channel, letter.addresses[step.channel]),
        step_time=now,
        unknown_reason="",
        vendor_reference="",
        vendor_id="",
        vendor_code="",
        send_time=None,
        deliver_time=None,
        report_time=None,
    )
