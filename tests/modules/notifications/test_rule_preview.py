"""The dry run of rules: what would go to whom and why not, told by what would send it; nothing is sent or kept."""

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import func, select

from hub.core.call import Call
from hub.core.clock import FakeClock
from hub.core.errors import NotFoundError
from hub.core.events import Event
from hub.modules.notifications.accounts import Account, Accounts
from hub.modules.notifications.engine import Engine, Foundation
from hub.modules.notifications.providers import smsc, unisender_go
from hub.modules.notifications.rule_store import RouteStep, Rule, RuleStore
from hub.modules.notifications.sent_mark import SentMark
from hub.modules.notifications.settings import AccountSettings, NotificationsSettings
from hub.modules.notifications.tables import notifications
from hub.modules.notifications.wording_parts import Ground, Rules, WordingParts
from hub.modules.notifications.wording_tables import firings
from hub.rpc.pages import PageTokens
from landhub.notifications.v1 import notifications_pb2 as pb
from landhub.notifications.v1 import recipients_service_pb2 as recipients_pb
from landhub.notifications.v1 import rules_service_pb2 as rules_pb
from landhub.notifications.v1 import templates_service_pb2 as templates_pb
from sandbox.tls import ThrowAwayPki
from tests.contract.notifications_sandbox import connect, secret_file
from tests.contract.provider_context import make_context
from tests.support.core_fixtures import Core, open_core

NOON = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)  # a Tuesday in Moscow
DAY = 86_400.0
REFERENCE, PHONE, EMAIL = "ДКП-1", "+79990000001", "ivan@example.ru"
REGISTRATION = "rosreestr.registration.state_changed"
PAYMENT = "payments.payment.state_changed"
DEBT = "contributions.debt.overdue"
CAPTURED = {"state": "CAPTURED", "previous_state": "PENDING", "captured": "19900", "currency": "RUB"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """A caller with two accounts, who makes rules and asks what they would do."""

    core: Core
    parts: WordingParts
    rules: Rules
    engine: Engine
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def call(self) -> Call:
        return self.core.call(next(self.numbers), business_reference=REFERENCE)

    async def rule(self, event_type: str, **values: object) -> str:
        values.setdefault("template", "landhub-payment-received")
        values.setdefault("route", [pb.RouteStep(account="sms"), pb.RouteStep(account="mail")])
        request = rules_pb.CreateRuleRequest(event_type=event_type, **values)  # type: ignore[arg-type]
        return (await self.rules.servicer.create_rule(request, self.call())).rule.rule_id

    async def contact(self, role: str = "payer", **recipient: str) -> str:
        request = recipients_pb.CreateContactRequest(
            role=role, recipient=pb.Recipient(**(recipient or {"phone": PHONE})), full_name="Иван"
        )
        return (await self.parts.contacts.create_contact(request, self.call())).contact.contact_id

    async def happens(self, kind: str, *, owner: str = "crm", subject: str = "thing-1", **data: str) -> str:
        event = Event(type=kind, subject=subject, owner=owner, business_reference=REFERENCE, data=data)
        await self.core.database.write(lambda conn: self.core.events.append(conn, event), label="test")
        return (await self.core.events.list(owner=None, limit=500))[-1].id

    async def works(self) -> None:
        await self.rules.follower.catch_up()
        await self.core.outbox.run_due()

    async def of_event(self, event_id: str) -> Sequence[rules_pb.RulePreview]:
        return (await self._previews(rules_pb.PreviewRulesRequest(event_id=event_id))).rules

    async def supposing(self, event_type: str, **data: str) -> rules_pb.RulePreview:
        """What the only rule would make of something that might happen."""
        supposed = rules_pb.SupposedEvent(event_type=event_type, business_reference=REFERENCE, data=data)
        (preview,) = (await self._previews(rules_pb.PreviewRulesRequest(supposed=supposed))).rules
        return preview

    async def kept(self) -> tuple[int, ...]:
        """How many firings, notifications and events there are."""
        counts = [select(func.count()).select_from(table) for table in (firings, notifications)]
        rows = await self.core.database.read(lambda conn: [conn.scalar(count) or 0 for count in counts])
        return (*rows, len(await self.core.events.list(owner=None, limit=500)))

    async def _previews(self, request: rules_pb.PreviewRulesRequest) -> rules_pb.PreviewRulesResponse:
        before = await self.kept()
        answer = await self.rules.servicer.preview_rules(request, self.core.call())
        assert await self.kept() == before, "a dry run leaves nothing"
        return answer


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    ThrowAwayPki.create(tmp_path / "sandbox")
    key = secret_file(tmp_path, "some.key", "key")
    context = make_context(tmp_path)  # nobody is called
    ports = {
        "sms": connect(context, smsc, {"key": key}, account="sms"),
        "mail": connect(context, unisender_go, {"api_key": key, "sender": "no-reply@example.ru"}, account="mail"),
        "theirs": connect(context, smsc, {"key": key}, account="theirs"),
    }
    tables = {
        name: AccountSettings(provider="x", callers=("other",) if name == "theirs" else ("crm",)) for name in ports
    }
    settings = NotificationsSettings(accounts=tables, keep_firing_days=20)
    accounts = Accounts(
        {name: Account(name=name, port=port, settings=tables[name]) for name, port in ports.items()}, routes={}
    )
    mark = SentMark(tmp_path / "sent")
    mark.open()
    async with open_core(tmp_path, clock=FakeClock(NOON)) as core:
        ground = Ground(
            database=core.database,
            outbox=core.outbox,
            events=core.events,
            effects=core.effects,
            persons=core.persons,
            clock=core.clock,
            ids=core.ids,
            columns=core.columns,
            pages=PageTokens(hashes=core.hashes),
        )
        parts = WordingParts(settings, ground)
        engine = Engine(
            Foundation(
                database=core.database,
                outbox=core.outbox,
                events=core.events,
                effects=core.effects,
                persons=core.persons,
                clock=core.clock,
                ids=core.ids,
                columns=core.columns,
                accounts=accounts,
                settings=settings,
                wording=parts.wording,
                mark=mark,
            )
        )
        rules = Rules(parts, ground, service=engine.service, accounts=accounts)
        for kind in rules.kinds():
            core.outbox.register(kind)
        for schedule in rules.schedules():
            core.outbox.schedule(schedule)
        await rules.follower.catch_up()
        yield Office(core=core, parts=parts, rules=rules, engine=engine)
    mark.close()
    for port in ports.values():
        await port.close()


async def test_what_would_be_told_is_what_is_told(office: Office) -> None:
    await office.rule(PAYMENT, states=["CAPTURED"])
    contact = await office.contact(phone=PHONE, email=EMAIL)
    shown = await office.supposing(PAYMENT, **CAPTURED)
    assert rules_pb.RuleVerdict.Name(shown.verdict) == "RULE_VERDICT_WOULD_TELL"
    assert shown.due_time.ToDatetime(tzinfo=UTC) == office.core.clock.now()
    assert [(item.contact_id, pb.Channel.Name(item.channel), item.problem) for item in shown.messages] == [
        (contact, "CHANNEL_SMS", ""),
        (contact, "CHANNEL_EMAIL", ""),
    ]
    sms, mail = shown.messages
    assert "199,00" in sms.text
    assert "Иван" in mail.text
    assert mail.subject
    assert not any(item.opted_out or item.HasField("quiet_until_time") for item in shown.messages)

    await office.happens(PAYMENT, **CAPTURED)
    await office.works()
    (row,) = await office.core.database.read(
        lambda conn: office.engine.store.list_in_state(conn, ["QUEUED"], after="", limit=9)
    )
    told = await office.engine.ledger.with_letter(row.id)
    assert told
    said = {channel.value: (content.subject, content.text) for channel, content in told[1].contents.items()}
    assert said == {"SMS": ("", sms.text), "EMAIL": (mail.subject, mail.text)}


async def test_what_is_due_later_says_when_and_what_it_will_say_then(office: Office) -> None:
    await office.rule(DEBT, template="landhub-debt-overdue", delay=timedelta(days=5))
    await office.contact()
    shown = await office.supposing(DEBT, due_date="2026-11-24", amount="100000", currency="RUB")
    assert shown.due_time.ToDatetime(tzinfo=UTC) == datetime(2026, 11, 28, 21, 0, tzinfo=UTC)  # midnight in Moscow
    assert "5 дней" in shown.messages[0].text
    assert shown.messages[0].quiet_until_time.ToDatetime(tzinfo=UTC) == datetime(2026, 11, 29, 6, 0, tzinfo=UTC)


async def test_each_rule_says_why_an_event_is_none_of_its_business(office: Office) -> None:
    await office.rule(DEBT, template="landhub-debt-overdue")
    await office.rule(PAYMENT, states=["REFUNDED"])
    await office.contact()
    event = await office.happens(PAYMENT, **CAPTURED)
    await office.rule(PAYMENT)
    verdicts = [rules_pb.RuleVerdict.Name(item.verdict) for item in await office.of_event(event)]
    assert verdicts == ["RULE_VERDICT_OTHER_EVENT", "RULE_VERDICT_OTHER_STATE", "RULE_VERDICT_RULE_IS_NEWER"]
    assert not any(item.messages for item in await office.of_event(event))


async def test_what_was_told_of_is_told_of_no_more_and_says_so_after_it_is_forgotten_too(office: Office) -> None:
    await office.rule(PAYMENT)
    await office.contact()
    await office.happens(PAYMENT, **CAPTURED)
    await office.works()
    again = await office.happens(PAYMENT, **(CAPTURED | {"previous_state": "REFUNDED"}))
    (shown,) = await office.of_event(again)
    assert rules_pb.RuleVerdict.Name(shown.verdict) == "RULE_VERDICT_HAS_FIRED"
    assert rules_pb.FiringState.Name(shown.firing.state) == "FIRING_STATE_FIRED"
    assert len(shown.firing.notification_ids) == 1
    office.core.clock.jump(21 * DAY)
    await office.core.outbox.run_due()
    (shown,) = await office.of_event(again)
    assert rules_pb.RuleVerdict.Name(shown.verdict) == "RULE_VERDICT_HAS_FIRED"
    assert not shown.HasField("firing")


async def test_what_waits_already_is_shown_as_it_waits_and_what_was_settled_may_be_told_again(office: Office) -> None:
    await office.rule(DEBT, template="landhub-debt-overdue", delay=timedelta(days=5))
    await office.contact()
    debt = {"due_date": "2026-11-24", "amount": "100", "currency": "RUB"}
    event = await office.happens(DEBT, **debt)
    await office.works()
    (shown,) = await office.of_event(event)
    assert rules_pb.RuleVerdict.Name(shown.verdict) == "RULE_VERDICT_HAS_FIRED"
    assert rules_pb.FiringState.Name(shown.firing.state) == "FIRING_STATE_WAITING"
    await office.happens("contributions.debt.settled")
    await office.works()
    (shown,) = await office.of_event(event)
    assert rules_pb.RuleVerdict.Name(shown.verdict) == "RULE_VERDICT_WOULD_TELL"


async def test_what_was_slept_through_for_too_long_is_too_late(office: Office) -> None:
    await office.rule(PAYMENT)
    await office.contact()
    event = await office.happens(PAYMENT, **CAPTURED)
    office.core.clock.jump(13 * DAY)
    (shown,) = await office.of_event(event)
    assert rules_pb.RuleVerdict.Name(shown.verdict) == "RULE_VERDICT_WOULD_TELL"
    office.core.clock.jump(2 * DAY)
    (shown,) = await office.of_event(event)
    assert rules_pb.RuleVerdict.Name(shown.verdict) == "RULE_VERDICT_TOO_LATE"


async def test_where_nobody_is_named_nobody_is_told(office: Office) -> None:
    await office.rule(PAYMENT, roles=["payer"])
    assert rules_pb.RuleVerdict.Name((await office.supposing(PAYMENT, **CAPTURED)).verdict) == "RULE_VERDICT_NOBODY"
    await office.contact("seller")
    assert rules_pb.RuleVerdict.Name((await office.supposing(PAYMENT, **CAPTURED)).verdict) == "RULE_VERDICT_NOBODY"
    forgotten = await office.contact("payer", email=EMAIL)
    assert (await office.supposing(PAYMENT, **CAPTURED)).messages
    await office.core.database.write(lambda conn: office.parts.recipients.blank_contact(conn, forgotten), label="test")
    assert rules_pb.RuleVerdict.Name((await office.supposing(PAYMENT, **CAPTURED)).verdict) == "RULE_VERDICT_NOBODY"


@pytest.mark.parametrize(
    ("scope", "category", "is_told"),
    [
        (recipients_pb.OPT_OUT_SCOPE_EVERYTHING, templates_pb.MESSAGE_CATEGORY_SERVICE, False),
        (recipients_pb.OPT_OUT_SCOPE_MARKETING, templates_pb.MESSAGE_CATEGORY_MARKETING, False),
        (recipients_pb.OPT_OUT_SCOPE_MARKETING, templates_pb.MESSAGE_CATEGORY_SERVICE, True),
    ],
)
async def test_who_opted_out_is_shown_as_such_by_the_channel_that_he_named(
    office: Office,
    scope: recipients_pb.OptOutScope.ValueType,
    category: templates_pb.MessageCategory.ValueType,
    is_told: bool,
) -> None:
    parts = templates_pb.TemplateParts(sms="Договор {{ reference }}", text="да", subject="Договор")
    template = templates_pb.CreateTemplateRequest(name="deal", parts=parts, category=category)
    await office.parts.templates.create_template(template, office.call())
    await office.rule(PAYMENT, template="deal")
    await office.contact(phone=PHONE, email=EMAIL)
    request = recipients_pb.CreateOptOutRequest(recipient=pb.Recipient(phone=PHONE), scope=scope)
    await office.parts.contacts.create_opt_out(request, office.call())
    sms, mail = (await office.supposing(PAYMENT, **CAPTURED)).messages
    assert (sms.opted_out, mail.opted_out) == (not is_told, False)


async def test_who_would_sleep_is_told_in_the_morning(office: Office) -> None:
    await office.rule(PAYMENT)
    await office.contact(phone=PHONE, time_zone="Asia/Vladivostok")  # seven in the evening there
    (message,) = (await office.supposing(PAYMENT, **CAPTURED)).messages
    assert not message.HasField("quiet_until_time")
    office.core.clock.jump(4 * 3600)
    (message,) = (await office.supposing(PAYMENT, **CAPTURED)).messages
    assert message.quiet_until_time.ToDatetime(tzinfo=UTC) == datetime(2026, 11, 24, 22, 0, tzinfo=UTC)


async def _problems(office: Office, event_type: str = PAYMENT, **data: str) -> list[tuple[str, str]]:
    shown = await office.supposing(event_type, **(data or CAPTURED))
    assert rules_pb.RuleVerdict.Name(shown.verdict) == "RULE_VERDICT_WOULD_TELL"
    return [(pb.Channel.Name(item.channel), item.problem) for item in shown.messages]


async def test_a_value_that_the_template_lacks_is_a_problem(office: Office) -> None:
    await office.rule(PAYMENT, template="landhub-debt-overdue")
    await office.contact()
    assert await _problems(office) == [("CHANNEL_UNSPECIFIED", "CONTENT_INVALID")]


async def test_a_contact_without_an_address_for_the_route_is_a_problem(office: Office) -> None:
    await office.rule(PAYMENT, route=[pb.RouteStep(account="mail")])
    await office.contact(phone=PHONE)
    assert await _problems(office) == [("CHANNEL_UNSPECIFIED", "NO_WAY_TO_RECIPIENT")]


async def test_a_template_without_a_part_for_any_channel_is_a_problem(office: Office) -> None:
    template = templates_pb.CreateTemplateRequest(name="short", parts=templates_pb.TemplateParts(sms="Да"))
    await office.parts.templates.create_template(template, office.call())
    await office.rule(PAYMENT, template="short")
    await office.contact("payer", email=EMAIL)
    assert await _problems(office) == [("CHANNEL_UNSPECIFIED", "NO_WAY_TO_RECIPIENT")]


async def test_an_account_that_was_taken_from_the_caller_is_a_problem(office: Office) -> None:
    now = office.core.clock.now()
    rule = Rule(
        id="rule-1",
        owner="crm",
        caller="crm",
        business_reference="",
        event_type=PAYMENT,
        states=(),
        delay=timedelta(),
        late_after=timedelta(days=14),
        template="landhub-payment-received",
        template_version=0,
        route=(RouteStep(account="theirs"),),
        roles=(),
        after_position=0,
        create_time=now,
        update_time=now,
    )
    await office.core.database.write(lambda conn: RuleStore().add_rule(conn, rule), label="test")
    await office.contact()
    assert await _problems(office) == [("CHANNEL_UNSPECIFIED", "ACCOUNT_NOT_ALLOWED")]


async def test_an_event_of_somebody_else_is_not_there(office: Office) -> None:
    event = await office.happens(REGISTRATION, owner="other", state="REGISTERED", previous_state="")
    for event_id in (event, "none"):
        with pytest.raises(NotFoundError):
            await office.of_event(event_id)
