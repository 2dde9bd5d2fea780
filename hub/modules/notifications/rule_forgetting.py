"""Forgets what rules did long ago; what a rule must never do again stays known, in a row of two words.

Which that is follows from what the rule acts on once. An event: the log is read on and never back, so nothing needs to
be remembered. A subject, or a state of it: it may be published again in ten years, so that stays while the rule acts.
"""

from datetime import timedelta

import structlog
from sqlalchemy import Connection

from hub.core.database import Database
from hub.core.jobs import Again, Done, Job, JobKind, Lease, Next
from hub.core.schedules import Schedule
from hub.modules.notifications.rule_store import REVOKED, Firing, RuleStore
from hub.modules.notifications.triggers import TRIGGERS, Once

log = structlog.get_logger(__name__)

FORGET = "notifications.forget_firings"
BATCH_ROWS = 500  # in one transaction: some ten milliseconds, so that nobody waits for a day's worth to go
_MOST_BATCHES_A_RUN = 500  # then the job makes room for others, and goes on


class RuleForgetting:
    """A daily job. What still waits is never forgotten."""

    def __init__(self, *, store: RuleStore, database: Database, keep: timedelta) -> None:
        self._store = store
        self._database = database
        self._keep = keep

    def kind(self) -> JobKind:
        """Return the kind of job to register."""
        return JobKind(name=FORGET, handler=self.forget, concurrency=1)

    def schedule(self) -> Schedule:
        """Return when it recurs."""
        return Schedule(name=FORGET, every=timedelta(days=1), kind=FORGET)

    async def forget(self, job: Job, lease: Lease) -> Next:  # noqa: ARG002 - the slot is all there is, and any will do
        """Forget what ended long enough ago, and of rules that were ended what they must not do again."""
        for number in range(_MOST_BATCHES_A_RUN):
            gone = await self._database.write(self._forget_some, label="notifications.forget_firings")
            log.info("notifications.firings_forgotten", batch=number + 1, rows=gone)
            if gone < BATCH_ROWS:
                return Done()
        return Again(delay=timedelta(seconds=1), reason="MORE_TO_FORGET")

    def _forget_some(self, conn: Connection) -> int:
        before = self._database.now(conn) - self._keep
        ended = self._store.ended_firings(conn, before=before, limit=BATCH_ROWS)
        self._store.forget(conn, ended, remembered=[firing for firing in ended if _may_be_told_again(firing)])
        rows = self._store.forget_ended_rules(conn, limit=BATCH_ROWS)
        return max(len(ended), rows)


def _may_be_told_again(firing: Firing) -> bool:
    """Say whether the rule would act on the same thing once more, if nobody knew that it has."""
    trigger = TRIGGERS.get(firing.event_type)
    if trigger is not None and trigger.once is Once.EVENT:
        return False
    return (
        firing.state != REVOKED
    )  # by a debt that was settled, and is told of if it is overdue again; or by a rule's end
