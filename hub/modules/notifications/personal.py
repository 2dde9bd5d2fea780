"""What the module holds about persons: whose it is, and how it is forgotten."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, select, update

from hub.core.erasure import PersonalData
from hub.modules.notifications.ledger import CAMPAIGN, NOTIFICATION
from hub.modules.notifications.states import NotificationState
from hub.modules.notifications.tables import campaigns, chunks, notifications

_TO_BE_SENT = (NotificationState.QUEUED, NotificationState.SENDING)


def personal_data(*, keep: timedelta) -> tuple[PersonalData, ...]:
    """Return how notifications are forgotten, and what campaigns say to all of their recipients.

    One whose outcome is unknown is forgotten like any other that isn't to be sent: doubt keeps nobody's data for ever.
    """
    return (
        PersonalData(resource=NOTIFICATION, keep=keep, due=_due, blank=_blank),
        PersonalData(resource=CAMPAIGN, keep=keep, due=_campaigns_due, blank=_blank_campaign),
    )


def _due(conn: Connection, before: datetime, limit: int) -> Sequence[str]:
    query = (
        select(notifications.c.id)
        .where(
            notifications.c.letter.is_not(None),
            notifications.c.state.not_in(_TO_BE_SENT),
            notifications.c.update_time < before,
        )
        .order_by(notifications.c.update_time)
        .limit(limit)
    )
    return conn.scalars(query).all()


def _blank(conn: Connection, notification_id: str) -> bool:
    """Forget whom and what; what is still to be sent waits. The row's own pseudonym goes, too."""
    state = conn.scalar(select(notifications.c.state).where(notifications.c.id == notification_id))
    if state in _TO_BE_SENT:
        return False
    values = {"letter": None, "pseudonym": "", "version": notifications.c.version + 1}
    conn.execute(update(notifications).where(notifications.c.id == notification_id).values(values))
    return True


def _campaigns_due(conn: Connection, before: datetime, limit: int) -> Sequence[str]:
    waiting = select(notifications.c.id).where(
        notifications.c.campaign_id == campaigns.c.id, notifications.c.state.in_(_TO_BE_SENT)
    )
    query = (
        select(campaigns.c.id)
        .where(
            campaigns.c.letter.is_not(None),
            campaigns.c.update_time < before,
            campaigns.c.written == campaigns.c.size,
            ~waiting.exists(),
        )
        .order_by(campaigns.c.update_time)
        .limit(limit)
    )
    return conn.scalars(query).all()


def _blank_campaign(conn: Connection, campaign_id: str) -> bool:
    waits = conn.scalar(select(chunks.c.id).where(chunks.c.campaign_id == campaign_id).limit(1))
    if waits is not None:
        return False
    conn.execute(update(campaigns).where(campaigns.c.id == campaign_id).values(letter=None))
    return True
