"""How many refusals a minute are journaled one by one, so that nobody fills the disk by being refused."""

from collections.abc import Callable
from typing import Final

from signer_agent.clock import Clock, milliseconds
from signer_agent.journal_file import Draft
from signer_agent.journal_record import Entry, with_details

MAX_A_MINUTE: Final = 120  # a person can read them; 120 x 600 bytes a minute are 100 MB a day at worst

_MINUTE_MS: Final = 60_000


class Refusals:
    """Passes on the first of each minute and counts the rest; the next one passed on tells that count."""

    def __init__(self, *, clock: Clock, told: Callable[[Entry], None] = lambda _: None) -> None:
        self._clock = clock
        self._told = told
        self._minute = 0
        self._journaled = 0
        self._left_out = 0

    def drafts(self, entry: Entry) -> list[Draft]:
        """What to journal for a refusal: one draft, or none; ``told`` hears of it either way."""
        self._told(entry)
        minute = milliseconds(self._clock.now()) // _MINUTE_MS
        if minute != self._minute:
            self._minute, self._journaled = minute, 0
        if self._journaled >= MAX_A_MINUTE:
            self._left_out += 1
            return []
        self._journaled += 1
        if self._left_out:
            entry = with_details(entry, left_out_before=str(self._left_out))
            self._left_out = 0
        return [Draft(entry=entry)]
