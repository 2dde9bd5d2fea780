"""The module's parts put together over what the core gives: the same in a hub and in its tests."""

from dataclasses import dataclass, field

from sqlalchemy import Connection

from hub.core.clock import Clock
from hub.core.crypto import KeyRing
from hub.core.database import Database
from hub.core.effects import Effects
from hub.core.events import Events
from hub.core.ids import Ids
from hub.core.jobs import JobKind
from hub.core.outbox import Outbox
from hub.core.persons import Persons
from hub.modules.notifications.accounts import Accounts
from hub.modules.notifications.campaign_store import CampaignStore
from hub.modules.notifications.campaigns import Campaigns
from hub.modules.notifications.following import Following
from hub.modules.notifications.health import Spared
from hub.modules.notifications.ledger import Ledger
from hub.modules.notifications.making import Making
from hub.modules.notifications.planning import Planner
from hub.modules.notifications.sending import Means, Sending
from hub.modules.notifications.sent_mark import SentMark
from hub.modules.notifications.service import NotificationsService
from hub.modules.notifications.settings import NotificationsSettings
from hub.modules.notifications.settlement import Settlement
from hub.modules.notifications.store import NotificationsStore
from hub.modules.notifications.wording import Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Foundation:
    """What the core gives, and what the installation sets."""

    database: Database
    outbox: Outbox
    events: Events
    effects: Effects
    persons: Persons
    clock: Clock
    ids: Ids
    columns: KeyRing = field(repr=False)
    accounts: Accounts
    settings: NotificationsSettings
    wording: Wording
    mark: SentMark
    missing: tuple[str, ...] = ()
    """See `missing_accounts`."""


class Engine:
    """All parts, and what the module does once when it starts."""

    def __init__(self, on: Foundation) -> None:
        self._on = on
        self.store = NotificationsStore(ring=on.columns)
        campaign_store = CampaignStore(ring=on.columns)
        self.ledger = ledger = Ledger(
            store=self.store, campaigns=campaign_store, database=on.database, outbox=on.outbox, events=on.events
        )
        planner = Planner(accounts=on.accounts, settings=on.settings)
        making = Making(
            accounts=on.accounts,
            planner=planner,
            ledger=ledger,
            wording=on.wording,
            persons=on.persons,
            clock=on.clock,
            ids=on.ids,
        )
        self._sending = Sending(self._means(ledger))
        self.following = self._following(ledger)
        self.campaigns = self._campaigns(ledger, campaign_store, planner, making)
        self.service = NotificationsService(
            planner=planner,
            making=making,
            store=self.store,
            ledger=ledger,
            database=on.database,
            effects=on.effects,
            ids=on.ids,
            settings=on.settings,
        )
        self.settlement = Settlement(store=self.store, ledger=ledger, database=on.database, effects=on.effects)

    def kinds(self) -> tuple[JobKind, ...]:
        """Return the kinds of jobs to register."""
        return (*self._sending.kinds(), *self.following.kinds(), *self.campaigns.kinds())

    def begin(self, conn: Connection) -> int:
        """See whether the database is older than what was sent, and have providers asked; returns how many are held."""
        held = self._on.mark.take_stock(conn, now=self._on.database.now(conn))
        self._on.mark.begin(conn)
        self.following.begin(conn)
        return held

    def _means(self, ledger: Ledger) -> Means:
        on = self._on
        return Means(
            accounts=on.accounts,
            store=self.store,
            ledger=ledger,
            database=on.database,
            wording=on.wording,
            persons=on.persons,
            clock=on.clock,
            spared=Spared(clock=on.clock),
            mark=on.mark,
            missing=on.missing,
        )

    def _following(self, ledger: Ledger) -> Following:
        on = self._on
        return Following(
            accounts=on.accounts,
            store=self.store,
            ledger=ledger,
            database=on.database,
            outbox=on.outbox,
            persons=on.persons,
            clock=on.clock,
        )

    def _campaigns(self, ledger: Ledger, store: CampaignStore, planner: Planner, making: Making) -> Campaigns:
        on = self._on
        return Campaigns(
            planner=planner,
            making=making,
            campaigns=store,
            ledger=ledger,
            database=on.database,
            effects=on.effects,
            outbox=on.outbox,
            wording=on.wording,
            ids=on.ids,
            settings=on.settings,
        )
