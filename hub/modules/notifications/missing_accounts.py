"""Accounts that the settings no longer have and that messages still wait for: their jobs run, so that each ends."""

import json
from collections.abc import Collection
from itertools import chain

from sqlalchemy import Connection, select

from hub.modules.notifications.planning import decode_steps
from hub.modules.notifications.states import AT_WORK
from hub.modules.notifications.tables import campaigns, notifications


def missing_accounts(conn: Connection, *, known: Collection[str]) -> tuple[str, ...]:
    """Return the accounts that messages or campaigns under way have a step of, beyond those that are known."""
    routes = conn.scalars(select(notifications.c.route).where(notifications.c.state.in_(AT_WORK)).distinct()).all()
    plans = conn.scalars(select(campaigns.c.plan).where(campaigns.c.written < campaigns.c.size)).all()
    steps = chain.from_iterable(map(decode_steps, [*routes, *(json.loads(plan)["steps"] for plan in plans)]))
    return tuple(sorted({step.account for step in steps} - set(known)))
