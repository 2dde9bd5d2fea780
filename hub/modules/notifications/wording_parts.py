"""The wording half of the module put together: what is said, to whom and when, and what rules say by themselves."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from zoneinfo import ZoneInfo

from hub.core.call import Call
from hub.core.clock import Clock
from hub.core.crypto import KeyRing
from hub.core.database import Database
from hub.core.effects import Effects
from hub.core.erasure import PersonalData
from hub.core.events import Events
from hub.core.ids import Ids
from hub.core.jobs import JobKind
from hub.core.outbox import Outbox
from hub.core.persons import Persons
from hub.core.schedules import Schedule
from hub.modules.notifications.accounts import Accounts
from hub.modules.notifications.addresses import Recipient
from hub.modules.notifications.message import Channel
from hub.modules.notifications.planning import Handling
from hub.modules.notifications.quiet_hours import QuietHours, Span
from hub.modules.notifications.recipient_store import RecipientStore
from hub.modules.notifications.recipients_service import CONTACT, RecipientsService
from hub.modules.notifications.recipients_servicer import RecipientsServicer
from hub.modules.notifications.rule_firing import Outlet, RuleFiring, Sending
from hub.modules.notifications.rule_follower import FIRE, RuleFollower
from hub.modules.notifications.rule_forgetting import RuleForgetting
from hub.modules.notifications.rule_preview import RulePreviews
from hub.modules.notifications.rule_store import RuleStore
from hub.modules.notifications.rules_service import RulesService
from hub.modules.notifications.rules_servicer import RulesServicer
from hub.modules.notifications.service import NotificationsService, Planned
from hub.modules.notifications.settings import NotificationsSettings
from hub.modules.notifications.template_book import TemplateBook
from hub.modules.notifications.template_store import TemplateStore
from hub.modules.notifications.template_wording import TemplateWording
from hub.modules.notifications.templates_service import TemplatesService
from hub.modules.notifications.templates_servicer import TemplatesServicer
from hub.rpc.pages import PageTokens

PACKAGE = "landhub.notifications.v1"
TITLES = {
    "CreateTemplate": "Новая версия шаблона",
    "CreateContact": "Добавлен адресат",
    "DeleteContact": "Адресат удалён",
    "CreateOptOut": "Отказ от сообщений",
    "DeleteOptOut": "Отказ от сообщений отменён",
    "CreateRule": "Новое правило уведомлений",
    "DeleteRule": "Правило уведомлений отменено",
    FIRE: "Уведомление по правилу",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What the core gives."""

    database: Database
    outbox: Outbox
    events: Events
    effects: Effects
    persons: Persons
    clock: Clock
    ids: Ids
    columns: KeyRing = field(repr=False)
    pages: PageTokens


class WordingParts:
    """Templates, contacts, opt-outs and quiet hours; `Rules` come on top of what sends."""

    def __init__(self, settings: NotificationsSettings, on: Ground) -> None:
        self.zone = ZoneInfo(settings.time_zone)
        self.recipients = RecipientStore(ring=on.columns)
        template_store = TemplateStore()
        self.book = TemplateBook(store=template_store, database=on.database)
        self.wording = TemplateWording(
            book=self.book, recipients=self.recipients, quiet_hours=quiet_hours(settings), zone=self.zone
        )
        self.templates = TemplatesServicer(
            service=TemplatesService(
                book=self.book,
                store=template_store,
                database=on.database,
                effects=on.effects,
                ids=on.ids,
                zone=self.zone,
            ),
            pages=on.pages,
        )
        self.contacts = RecipientsServicer(
            service=RecipientsService(
                store=self.recipients,
                database=on.database,
                effects=on.effects,
                persons=on.persons,
                ids=on.ids,
                region=settings.default_region,
            ),
            pages=on.pages,
        )
        self._keep = timedelta(days=settings.keep_contact_days)
        self.keep_firings = timedelta(days=settings.keep_firing_days)

    def personal_data(self) -> PersonalData:
        """Return how contacts are forgotten."""
        return PersonalData(
            resource=CONTACT, keep=self._keep, due=self.recipients.contacts_due, blank=self.recipients.blank_contact
        )


class Rules:
    """Rules over the wording and over what sends."""

    def __init__(self, parts: WordingParts, on: Ground, *, accounts: Accounts, service: NotificationsService) -> None:
        store = RuleStore()
        self.follower = RuleFollower(
            store=store,
            events=on.events,
            outbox=on.outbox,
            database=on.database,
            clock=on.clock,
            ids=on.ids,
        )
        outlet = ServiceOutlet(service)
        self._firing = RuleFiring(
            store=store,
            recipients=parts.recipients,
            follower=self.follower,
            outlet=outlet,
            database=on.database,
            clock=on.clock,
        )
        self._forgetting = RuleForgetting(store=store, database=on.database, keep=parts.keep_firings)
        previews = RulePreviews(
            store=store,
            recipients=parts.recipients,
            wording=parts.wording,
            outlet=outlet,
            persons=on.persons,
            events=on.events,
            database=on.database,
            clock=on.clock,
        )
        rules_service = RulesService(
            store=store,
            book=parts.book,
            accounts=accounts,
            events=on.events,
            database=on.database,
            effects=on.effects,
            ids=on.ids,
        )
        self.servicer = RulesServicer(service=rules_service, previews=previews, pages=on.pages)

    def kinds(self) -> Sequence[JobKind]:
        """Return the kinds of jobs to register."""
        return (self._firing.kind(), self._forgetting.kind())

    def schedules(self) -> Sequence[Schedule]:
        """Return the jobs that recur."""
        return (self._forgetting.schedule(),)


class ServiceOutlet(Outlet):
    """Makes notifications for rules as for the caller that made the rule."""

    def __init__(self, service: NotificationsService) -> None:
        self._service = service

    async def plan(self, call: Call, sending: Sending) -> Planned:
        """See Outlet.plan."""
        return await self._service.plan(call, _recipient(sending), sending.use, _handling(sending))

    async def send(self, call: Call, sending: Sending) -> str:
        """See Outlet.send."""
        row = await self._service.create(call, _recipient(sending), sending.use, _handling(sending))
        return row.id


def _recipient(sending: Sending) -> Recipient:
    addresses = (sending.contact.card or {}).get("addresses", {})
    return Recipient(
        raw={Channel(channel): address for channel, address in addresses.items()},
        time_zone=sending.contact.time_zone,
    )


def _handling(sending: Sending) -> Handling:
    return Handling(route=tuple((step.account, step.sender) for step in sending.rule.route))


def quiet_hours(settings: NotificationsSettings) -> QuietHours | None:
    """Return the nights of the settings; None if there are none."""
    if not settings.quiet_weekdays and not settings.quiet_weekends:
        return None
    return QuietHours(weekdays=Span.parse(settings.quiet_weekdays), weekends=Span.parse(settings.quiet_weekends))
