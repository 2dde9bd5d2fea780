"""Templates, contacts and opt-outs as callers use them, and what they make of a message that is about to leave."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hub.core.clock import FakeClock
from hub.core.errors import InvalidRequestError, NotFoundError
from hub.modules.notifications.addresses import pseudonym_of
from hub.modules.notifications.message import Channel
from hub.modules.notifications.port import Refusal
from hub.modules.notifications.settings import NotificationsSettings
from hub.modules.notifications.wording import Admission, Telling, TemplateUse
from hub.modules.notifications.wording_parts import Ground, WordingParts
from hub.rpc.pages import PageTokens
from landhub.notifications.v1 import notifications_pb2 as pb
from landhub.notifications.v1 import recipients_service_pb2 as recipients_pb
from landhub.notifications.v1 import templates_service_pb2 as templates_pb
from tests.support.core_fixtures import Core, open_core

DAY = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)  # a Tuesday noon in Moscow
NIGHT = datetime(2026, 11, 24, 22, 0, tzinfo=UTC)
PHONE, CANARY = "+79990000001", "КАНАРЕЙКА"


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    core: Core
    parts: WordingParts

    async def template(
        self, number: int, text: str = "Привет, {{ name }}", *, name: str = "hello", owner: str = "crm", **more: object
    ) -> templates_pb.Template:
        request = templates_pb.CreateTemplateRequest(name=name, parts=templates_pb.TemplateParts(sms=text), **more)  # type: ignore[arg-type]
        call = self.core.call(number, group=owner, caller=owner, fingerprint=text.encode())
        return (await self.parts.templates.create_template(request, call)).template

    async def opt_out(
        self, number: int, phone: str, scope: recipients_pb.OptOutScope.ValueType
    ) -> recipients_pb.OptOut:
        request = recipients_pb.CreateOptOutRequest(recipient=pb.Recipient(phone=phone), scope=scope)
        answer = await self.parts.contacts.create_opt_out(request, self.core.call(number, fingerprint=b"%d" % scope))
        return answer.opt_out

    async def admission(
        self, *, now: datetime = DAY, template: str = "", urgent: bool = False, time_zone: str = "", owner: str = "crm"
    ) -> Admission:
        telling = Telling(
            owner=owner,
            channel=Channel.SMS,
            address=PHONE,
            pseudonym=pseudonym_of(self.core.persons, Channel.SMS, PHONE),
            template=template,
            urgent=urgent,
            time_zone=time_zone,
        )
        return await self.core.database.read(lambda conn: self.parts.wording.admit(conn, telling, now=now))


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with open_core(tmp_path, clock=FakeClock(DAY)) as core:
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
        yield Desk(core=core, parts=WordingParts(NotificationsSettings(), ground))


async def test_a_template_is_kept_in_versions_and_a_repeated_request_makes_none(desk: Desk) -> None:
    first = await desk.template(1)
    again = await desk.template(1)
    second = await desk.template(2, "Здравствуйте, {{ name }}")
    assert (first.version, again.version, second.version) == (1, 1, 2)
    assert list(second.value_names) == ["name"]
    use = TemplateUse(template="hello", values={"name": "Иван"})
    worded = await desk.parts.wording.render("crm", use, [Channel.SMS, Channel.EMAIL])
    assert (worded.version, set(worded.contents)) == (2, {Channel.SMS})
    assert worded.contents[Channel.SMS].text == "Здравствуйте, Иван"
    old = await desk.parts.wording.render(
        "crm", TemplateUse(template="hello", version=1, values={"name": "И"}), [Channel.SMS]
    )
    assert old.contents[Channel.SMS].text == "Привет, И"


async def test_another_owners_template_is_not_there(desk: Desk) -> None:
    await desk.template(1)
    with pytest.raises(NotFoundError):
        await desk.parts.templates.get_template(
            templates_pb.GetTemplateRequest(name="hello"), desk.core.call(group="other")
        )
    with pytest.raises(InvalidRequestError):
        await desk.parts.wording.render("other", TemplateUse(template="hello", values={"name": "И"}), [Channel.SMS])
    theirs = await desk.template(2, "Чужой", owner="other")
    assert theirs.version == 1


async def test_templates_are_listed_by_name_page_by_page_with_the_hubs_own(desk: Desk) -> None:
    for number, name in enumerate(("zebra", "alpha", "hello", "hello"), start=1):
        await desk.template(number, name=name)
    names: list[str] = []
    token = ""
    while True:
        request = templates_pb.ListTemplatesRequest(page_size=5, page_token=token)
        page = await desk.parts.templates.list_templates(request, desk.core.call())
        names += [template.name for template in page.templates]
        token = page.next_page_token
        if not token:
            break
    assert names == sorted(names)
    assert len(set(names)) == len(names) == 3 + 11
    assert "landhub-debt-overdue" in names


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("landhub-mine", "да", "TEMPLATE_NAME_RESERVED"),
        ("mine", "{{ ''.__class__ }}", "TEMPLATE_REFUSED"),
        ("mine", "", "TEMPLATE_REFUSED"),
    ],
)
async def test_what_cannot_be_a_template_is_refused_with_its_reason(
    desk: Desk, name: str, text: str, reason: str
) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        await desk.template(1, text, name=name)
    assert caught.value.reason == reason


async def test_a_preview_says_what_would_be_said_and_keeps_nothing(desk: Desk) -> None:
    request = templates_pb.PreviewTemplateRequest(name="landhub-payment-received", time_zone="Asia/Omsk")
    request.values.update({"reference": "Д-1", "amount": 123456, "name": "<Иван>"})
    shown = (await desk.parts.templates.preview_template(request, desk.core.call())).filled_in
    assert "1\u00a0234,56\u00a0₽" in shown.sms
    assert "&lt;Иван&gt;" in shown.html
    request.time_zone = "Mars/Olympus"
    with pytest.raises(InvalidRequestError):
        await desk.parts.templates.preview_template(request, desk.core.call())
    parts = templates_pb.PreviewTemplateRequest(parts=templates_pb.TemplateParts(text="{{ a }}"))
    with pytest.raises(InvalidRequestError) as caught:
        await desk.parts.templates.preview_template(parts, desk.core.call())
    assert caught.value.violations[0].field == "values.a"


async def test_a_contact_is_kept_sealed_shown_by_its_channels_and_forgotten_by_person(desk: Desk) -> None:
    request = recipients_pb.CreateContactRequest(
        role="buyer",
        recipient=pb.Recipient(phone="8 (999) 000-00-01", email="canary@example.ru"),
        full_name=CANARY,
        values={"plot": CANARY},
    )
    made = (await desk.parts.contacts.create_contact(request, desk.core.call(1))).contact
    assert [pb.Channel.Name(channel) for channel in made.channels] == ["CHANNEL_SMS", "CHANNEL_EMAIL"]
    assert made.business_reference == "ДКП-1"
    kept = await desk.core.database.read(
        lambda conn: desk.parts.recipients.list_contacts(conn, owner="crm", business_reference="ДКП-1", limit=5)
    )
    assert kept[0].card is not None
    assert kept[0].card["addresses"] == {"SMS": PHONE, "EMAIL": "canary@example.ru"}
    for path in desk.core.folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not any(word.encode() in content for word in (CANARY, PHONE, "canary@example"))
    personal = desk.parts.personal_data()
    later = desk.core.clock.now() + timedelta(days=1)
    due = await desk.core.database.read(lambda conn: personal.due(conn, later, 10))
    assert list(due) == [made.contact_id]
    assert await desk.core.database.write(lambda conn: personal.blank(conn, made.contact_id), label="test")
    listed = await desk.parts.contacts.list_contacts(recipients_pb.ListContactsRequest(), desk.core.call())
    assert [list(contact.channels) for contact in listed.contacts] == [[]]


async def test_contacts_and_opt_outs_of_others_can_neither_be_seen_nor_removed(desk: Desk) -> None:
    request = recipients_pb.CreateContactRequest(role="buyer", recipient=pb.Recipient(phone=PHONE))
    contact = (await desk.parts.contacts.create_contact(request, desk.core.call(1))).contact
    opt_out = await desk.opt_out(2, PHONE, recipients_pb.OPT_OUT_SCOPE_EVERYTHING)
    other = desk.core.call(3, group="other", caller="other")
    with pytest.raises(NotFoundError):
        await desk.parts.contacts.delete_contact(
            recipients_pb.DeleteContactRequest(contact_id=contact.contact_id), other
        )
    with pytest.raises(NotFoundError):
        await desk.parts.contacts.delete_opt_out(
            recipients_pb.DeleteOptOutRequest(opt_out_id=opt_out.opt_out_id), other
        )
    assert not (await desk.parts.contacts.list_contacts(recipients_pb.ListContactsRequest(), other)).contacts
    assert not (await desk.parts.contacts.list_opt_outs(recipients_pb.ListOptOutsRequest(), other)).opt_outs
    await desk.parts.contacts.delete_contact(
        recipients_pb.DeleteContactRequest(contact_id=contact.contact_id), desk.core.call(4)
    )
    assert not (await desk.parts.contacts.list_contacts(recipients_pb.ListContactsRequest(), desk.core.call())).contacts


@pytest.mark.parametrize(
    "recipient", [pb.Recipient(), pb.Recipient(phone="12"), pb.Recipient(phone=PHONE, time_zone="Mars/Olympus")]
)
async def test_a_contact_that_cannot_be_reached_is_refused_without_repeating_it(
    desk: Desk, recipient: pb.Recipient
) -> None:
    request = recipients_pb.CreateContactRequest(role="buyer", recipient=recipient)
    with pytest.raises(InvalidRequestError) as caught:
        await desk.parts.contacts.create_contact(request, desk.core.call(1))
    assert PHONE not in caught.value.message + repr(caught.value.violations)


async def test_who_opted_out_is_told_nothing_however_the_number_is_written(desk: Desk) -> None:
    assert await desk.admission() == Admission()
    opt_out = await desk.opt_out(1, "8 (999) 000-00-01", recipients_pb.OPT_OUT_SCOPE_EVERYTHING)
    assert (await desk.admission()).refusal is Refusal.RECIPIENT_OPTED_OUT
    assert (await desk.admission(urgent=True)).refusal is Refusal.RECIPIENT_OPTED_OUT
    assert await desk.admission(owner="other") == Admission()
    by_address = recipients_pb.ListOptOutsRequest(recipient=pb.Recipient(phone="+7 999 000 00 01"))
    found = (await desk.parts.contacts.list_opt_outs(by_address, desk.core.call())).opt_outs
    assert [item.opt_out_id for item in found] == [opt_out.opt_out_id]
    await desk.parts.contacts.delete_opt_out(
        recipients_pb.DeleteOptOutRequest(opt_out_id=opt_out.opt_out_id), desk.core.call(2)
    )
    assert await desk.admission() == Admission()


async def test_who_wants_no_advertising_is_still_told_of_his_deal(desk: Desk) -> None:
    await desk.template(1, "Скидки!", name="sale", category=templates_pb.MESSAGE_CATEGORY_MARKETING)
    await desk.template(2, "Ваш договор", name="deal")
    first = await desk.opt_out(3, PHONE, recipients_pb.OPT_OUT_SCOPE_MARKETING)
    assert (await desk.admission(template="sale")).refusal is Refusal.RECIPIENT_OPTED_OUT
    for template in ("deal", "landhub-debt-overdue", ""):
        assert await desk.admission(template=template) == Admission()
    wider = await desk.opt_out(4, PHONE, recipients_pb.OPT_OUT_SCOPE_EVERYTHING)
    assert wider.opt_out_id == first.opt_out_id
    assert (await desk.admission(template="deal")).refusal is Refusal.RECIPIENT_OPTED_OUT


async def test_nobody_is_told_at_night_but_what_is_urgent(desk: Desk) -> None:
    morning = datetime(2026, 11, 25, 5, 0, tzinfo=UTC)
    assert (await desk.admission(now=NIGHT)).wait_until == morning
    assert await desk.admission(now=NIGHT, urgent=True) == Admission()
    far = await desk.admission(now=NIGHT, time_zone="Asia/Vladivostok")
    assert far == Admission()  # it is morning there already
