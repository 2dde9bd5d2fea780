"""One registration from request to register: refusals before anything is sent, lost answers, restarts, following."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from hub.core.clock import FakeClock
from hub.core.errors import AlreadyExistsError, NotFoundError, PreconditionError, UnavailableError
from hub.module_api import Resolution
from hub.modules.rosreestr.port import (
    Document,
    DocumentKind,
    Person,
    RefusedByProviderError,
    RosreestrPort,
    Transfer,
    TransferParty,
)
from tests.contract.provider_context import make_context
from tests.contract.rosreestr_vendor import SELLER, a_transfer
from tests.contract.xml_gateway_vendor import XmlGatewayVendor, connect
from tests.modules.rosreestr.conftest import Deal, wire
from tests.support.core_fixtures import open_core
from tests.support.databases import execute, stored_bytes

CONSENT = (Document(DocumentKind.SPOUSE_CONSENT, "согласие.pdf", b"yes"),)


async def event_states(deal: Deal) -> Sequence[str]:
    return [stored.event.data.get("state", stored.event.type) for stored in await deal.core.events.list(owner="crm")]


async def test_a_sound_deal_is_submitted_once_and_told_on_the_bus(deal: Deal) -> None:
    row = await deal.service.create_registration(deal.core.call(), a_transfer(deal.vendor))
    assert row.state == "SUBMITTED"
    assert deal.vendor.registrations() == [row.vendor_id]
    assert await event_states(deal) == ["PENDING", "SUBMITTED"]


async def test_an_outcome_that_the_database_did_not_take_is_asked_for_and_nothing_is_sent_again(
    deal: Deal, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, refused = deal.core.database.write, list[str]()

    async def refusing(fn: Any, *, label: str) -> Any:
        if label == "outbox.settle" and not refused:
            refused.append(label)
            raise UnavailableError("the disk is full", reason="AUDIT_UNAVAILABLE")
        return await write(fn, label=label)

    monkeypatch.setattr(deal.core.database, "write", refusing)
    deal.vendor.fail("submit", "answer_lost")
    row = await deal.service.create_registration(deal.core.call(), a_transfer(deal.vendor))
    await deal.core.clock.advance(20)
    await deal.core.outbox.run_due()
    fresh = await deal.service.get_registration(deal.core.call(), row.id)
    assert refused
    assert fresh.vendor_id in deal.vendor.registrations()
    assert deal.vendor.calls("submit") == 1


async def test_a_replay_answers_the_resource_as_it_is_now(deal: Deal) -> None:
    first = await deal.service.create_registration(deal.core.call(), a_transfer(deal.vendor))
    deal.vendor.advance(10)
    await deal.core.clock.advance(20)
    await deal.core.outbox.run_due()
    again = await deal.service.create_registration(deal.core.call(), a_transfer(deal.vendor))
    assert (again.id, again.state) == (first.id, "REGISTERED")
    assert deal.vendor.calls("submit") == 1
    assert deal.vendor.calls("read_rights") == 1, "the owner is not checked again: by now the buyer owns the plot"


async def test_many_equal_calls_at_once_check_the_owner_once_and_submit_once(deal: Deal) -> None:
    calls = [deal.service.create_registration(deal.core.call(), a_transfer(deal.vendor)) for _ in range(50)]
    rows = await asyncio.gather(*calls)
    assert {(row.id, row.state) for row in rows} == {(rows[0].id, "SUBMITTED")}
    assert (deal.vendor.calls("read_rights"), deal.vendor.calls("submit")) == (1, 1)


async def test_the_same_request_id_with_another_deal_is_refused(deal: Deal) -> None:
    await deal.service.create_registration(deal.core.call(), a_transfer(deal.vendor))
    with pytest.raises(AlreadyExistsError):
        await deal.service.create_registration(deal.core.call(fingerprint=b"other"), a_transfer(deal.vendor))


def two_sellers(transfer: Transfer) -> Transfer:
    half = TransferParty(SELLER, Fraction(1, 2))
    other = TransferParty(Person("Примерова", "Анна", "Макетовна", inn="502099000205"), Fraction(1, 2))
    return replace(transfer, transferors=(half, other))


@pytest.mark.parametrize(
    ("plot", "sellers", "reason"),
    [
        pytest.param("single_owner", "two", "UNSUPPORTED_BY_PROVIDER", id="more than the provider carries"),
        pytest.param("co_owners", "stranger", "TRANSFEROR_NOT_OWNER", id="somebody else's plot"),
        pytest.param("co_owners", "anna", "CO_OWNERS_MISSING", id="half the plot is another's"),
        pytest.param("no_rights", "stranger", "OWNER_UNKNOWN", id="nobody's plot"),
        pytest.param("arrested", "arrested", "RIGHT_RESTRICTED", id="an arrested plot"),
        pytest.param("unknown_plot", "stranger", "LAND_PLOT_NOT_FOUND", id="no such plot"),
    ],
)
async def test_what_must_not_be_sold_is_refused_and_nothing_is_kept(
    deal: Deal, plot: str, sellers: str, reason: str
) -> None:
    parties = {
        "stranger": (TransferParty(SELLER),),
        "anna": (TransferParty(Person("Примерова", "Анна", "Макетовна", inn="502099000205")),),
        "arrested": (TransferParty(Person("Пробный", "Семён", "Испытанович", inn="502099000445")),),
    }
    transfer = replace(a_transfer(deal.vendor), cadastral_numbers=(getattr(deal.vendor, plot),))
    transfer = two_sellers(transfer) if sellers == "two" else replace(transfer, transferors=parties[sellers])
    with pytest.raises((PreconditionError, NotFoundError)) as caught:
        await deal.service.create_registration(deal.core.call(), transfer)
    assert caught.value.reason == reason
    assert deal.vendor.calls("submit") == 0
    assert (
        await deal.service.list_registrations(deal.core.call(), business_reference="", states=(), before=None, limit=10)
        == []
    )


async def test_a_refusal_by_the_register_is_the_same_when_asked_again(deal: Deal) -> None:
    deal.vendor.fail("submit", "refused", word="Продавец Иванов под следствием")
    for _ in range(2):
        with pytest.raises(RefusedByProviderError) as caught:
            await deal.service.create_registration(deal.core.call(), a_transfer(deal.vendor))
        assert caught.value.metadata == {"vendor_code": "REFUSED"}
        assert "Иванов" not in caught.value.message
    assert deal.vendor.calls("submit") == 1


async def run_until_settled(deal: Deal, seconds: float = 3600, step: float = 5) -> None:
    for _ in range(int(seconds / step)):
        await deal.core.clock.advance(step)
        deal.vendor.advance(step)
        await deal.core.outbox.run_due()
        rows = await deal.service.list_registrations(
            deal.core.call(), business_reference="", states=("PENDING", "OUTCOME_UNKNOWN"), before=None, limit=1
        )
        if not rows:
            return
    raise AssertionError("the outcome was never found out")


@pytest.mark.parametrize(
    ("fault", "seconds"),
    [
        pytest.param("answer_lost", 1, id="the answer is lost after the commit"),
        pytest.param("commit_late", 120, id="the gateway commits after we gave up"),
        pytest.param("cut_body", 1, id="the answer is cut short"),
        pytest.param("reset", 1, id="the connection is reset before anything is done"),
    ],
)
async def test_a_lost_answer_leads_to_one_registration_found_by_asking(deal: Deal, fault: str, seconds: float) -> None:
    deal.vendor.fail("submit", fault, seconds=seconds)
    row = await deal.service.create_registration(deal.core.call(), a_transfer(deal.vendor))
    assert row.state == "OUTCOME_UNKNOWN"
    await run_until_settled(deal)
    row = await deal.service.get_registration(deal.core.call(), row.id)
    assert deal.vendor.registrations() == [row.vendor_id]


async def test_a_reference_the_gateway_says_is_taken_is_left_to_a_person_and_never_adopted(deal: Deal) -> None:
    deal.vendor.fail("submit", "duplicate")
    row = await deal.service.create_registration(deal.core.call(), a_transfer(deal.vendor))
    for _ in range(30):
        await deal.core.clock.advance(60)
        await deal.core.outbox.run_due()
    row = await deal.service.get_registration(deal.core.call(), row.id)
    assert (row.state, row.vendor_id) == ("OUTCOME_UNKNOWN", "")
    assert [stuck.resource for stuck in await deal.settlement.stuck(10)] == [f"rosreestr.Registration/{row.id}"]
    assert deal.vendor.calls("submit") == 1
    await retry_dead_letters(deal)
    row = await deal.service.get_registration(deal.core.call(), row.id)
    assert (row.state, row.vendor_id) == ("OUTCOME_UNKNOWN", ""), "not by a retry either"


async def retry_dead_letters(deal: Deal) -> None:
    def revive(conn: Connection) -> None:
        for view in deal.core.stores.outbox.stuck(conn, limit=10):
            deal.core.stores.outbox.revive(conn, view.job.id, now=deal.core.clock.now())

    await deal.core.database.write(revive, label="test")
    await deal.core.outbox.run_due()


async def test_a_registration_that_shows_late_is_waited_for(deal: Deal) -> None:
    deal.vendor.fail("submit", "status_lags", seconds=300)
    row = await deal.service.create_registration(deal.core.call(), a_transfer(deal.vendor))
    assert row.state == "SUBMITTED"
    for _ in range(100):
        await deal.core.clock.advance(60)
        deal.vendor.advance(60)
        await deal.core.outbox.run_due()
    row = await deal.service.get_registration(deal.core.call(), row.id)
    assert row.state == "REGISTERED"


async def test_a_gateway_that_is_down_delays_the_work_and_the_hub_goes_on_by_itself(deal: Deal) -> None:
    deal.vendor.fail("submit", "maintenance", times=20)
    row = await deal.service.create_registration(deal.core.call(), a_transfer(deal.vendor))
    assert row.state == "PENDING"
    await run_until_settled(deal, seconds=7200, step=30)
    row = await deal.service.get_registration(deal.core.call(), row.id)
    assert deal.vendor.registrations() == [row.vendor_id]


async def test_a_restart_after_a_lost_answer_asks_before_it_sends(
    tmp_path: Path, clock: FakeClock, port: RosreestrPort, vendor: XmlGatewayVendor
) -> None:
    async with open_core(tmp_path, clock=clock) as core:
        deal = wire(core, port, vendor)
        vendor.fail("submit", "answer_lost")
        row = await deal.service.create_registration(core.call(), a_transfer(vendor))
    async with open_core(tmp_path, clock=clock, seed=2) as core:
        deal = wire(core, port, vendor)
        await run_until_settled(deal)
        row = await deal.service.get_registration(core.call(), row.id)
    assert vendor.registrations() == [row.vendor_id]
    assert vendor.calls("submit") == 1


async def test_without_our_reference_a_lost_answer_waits_for_a_person(
    tmp_path: Path, clock: FakeClock, vendor: XmlGatewayVendor
) -> None:
    plain = connect(make_context(tmp_path), vendor.sandbox, extensions={"client_reference": False})
    async with open_core(tmp_path, clock=clock) as core:
        deal = wire(core, plain, vendor)
        vendor.fail("submit", "answer_lost")
        row = await deal.service.create_registration(core.call(), a_transfer(vendor))
        assert row.state == "OUTCOME_UNKNOWN"
        await clock.leap(100_000)
        await core.outbox.run_due()
        assert vendor.calls("submit") == 1
        [stuck] = await deal.settlement.stuck(10)
        assert stuck.resource == f"rosreestr.Registration/{row.id}"
        vendor_id = vendor.registrations()[0]
        found = Resolution(resource_id=row.id, vendor_id=vendor_id, reason="asked the operator")
        assert await deal.settlement.resolve_registration(core.call(2), found) == "SUBMITTED"
        vendor.advance(10)
        await clock.advance(20)
        await core.outbox.run_due()
        assert (await deal.service.get_registration(core.call(), row.id)).state == "REGISTERED"
        with pytest.raises(PreconditionError) as caught:
            await deal.settlement.resolve_registration(core.call(3), found)
        assert caught.value.reason == "OUTCOME_KNOWN"
    await plain.close()


async def test_a_person_who_found_out_that_it_did_not_happen_has_it_sent(
    tmp_path: Path, clock: FakeClock, vendor: XmlGatewayVendor
) -> None:
    plain = connect(make_context(tmp_path), vendor.sandbox, extensions={"client_reference": False})
    async with open_core(tmp_path, clock=clock) as core:
        deal = wire(core, plain, vendor)
        vendor.fail("submit", "reset")
        row = await deal.service.create_registration(core.call(), a_transfer(vendor))
        assert row.state == "OUTCOME_UNKNOWN"
        await deal.settlement.resolve_registration(
            core.call(2), Resolution(resource_id=row.id, vendor_id=None, reason="not at the gateway")
        )
        await core.outbox.run_due()
        row = await deal.service.get_registration(core.call(), row.id)
        assert vendor.registrations() == [row.vendor_id]
    await plain.close()


async def test_a_suspended_registration_goes_on_when_documents_are_added(deal: Deal) -> None:
    deal.vendor.choose("suspended")
    row = await deal.service.create_registration(deal.core.call(), a_transfer(deal.vendor))
    await follow(deal, 4)
    row = await deal.service.get_registration(deal.core.call(), row.id)
    assert row.state == "SUSPENDED"
    assert row.suspended_until is not None
    assert "согласие супруга" in row.status_reason
    added = await deal.service.add_documents(deal.core.call(2), row.id, CONSENT)
    assert (added.state, added.registration.document_count) == ("ADDED", 2)
    await follow(deal, 6)
    row = await deal.service.get_registration(deal.core.call(), row.id)
    assert row.state == "REGISTERED"
    assert row.registration_number
    assert await event_states(deal) == [
        "PENDING",
        "SUBMITTED",
        "IN_REVIEW",
        "SUSPENDED",
        "rosreestr.registration.documents_added",
        "IN_REVIEW",
        "REGISTERED",
    ]


async def follow(deal: Deal, times: int) -> None:
    for _ in range(times):
        deal.vendor.advance(1)
        await deal.core.clock.advance(60)
        await deal.core.outbox.run_due()


async def test_documents_whose_answer_is_lost_are_added_once(deal: Deal) -> None:
    deal.vendor.choose("suspended")
    row = await deal.service.create_registration(deal.core.call(), a_transfer(deal.vendor))
    deal.vendor.fail("documents", "answer_lost", times=3)
    added = await deal.service.add_documents(deal.core.call(2), row.id, CONSENT)
    assert added.state == "OUTCOME_UNKNOWN"
    await follow(deal, 5)
    added = await deal.service.add_documents(deal.core.call(2), row.id, CONSENT)
    assert added.state == "ADDED"
    assert len(deal.vendor.document_digests(row.vendor_id)) == 2


async def test_documents_wait_while_our_credentials_are_refused_and_go_then(deal: Deal) -> None:
    deal.vendor.choose("suspended")
    row = await deal.service.create_registration(deal.core.call(), a_transfer(deal.vendor))
    deal.vendor.fail("documents", "access_denied")
    added = await deal.service.add_documents(deal.core.call(2), row.id, CONSENT)
    assert added.state == "PENDING"
    await follow(deal, 1)
    added = await deal.service.add_documents(deal.core.call(2), row.id, CONSENT)
    assert added.state == "ADDED"


async def test_nothing_can_be_added_to_a_final_registration(deal: Deal) -> None:
    row = await deal.service.create_registration(deal.core.call(), a_transfer(deal.vendor))
    deal.vendor.advance(10)
    await follow(deal, 2)
    with pytest.raises(PreconditionError) as caught:
        await deal.service.add_documents(deal.core.call(2), row.id, CONSENT)
    assert caught.value.reason == "REGISTRATION_FINAL"


async def test_an_unknown_status_word_keeps_the_registration_in_review(deal: Deal) -> None:
    row = await deal.service.create_registration(deal.core.call(), a_transfer(deal.vendor))
    deal.vendor.set_status(row.vendor_id, "Передано в ЦУП")
    await follow(deal, 1)
    row = await deal.service.get_registration(deal.core.call(), row.id)
    assert (row.state, row.vendor_status) == ("IN_REVIEW", "Передано в ЦУП")


async def test_another_callers_registration_does_not_exist(deal: Deal) -> None:
    row = await deal.service.create_registration(deal.core.call(), a_transfer(deal.vendor))
    stranger = deal.core.call(2, caller="other", group="other")
    with pytest.raises(NotFoundError):
        await deal.service.get_registration(stranger, row.id)
    with pytest.raises(NotFoundError):
        await deal.service.add_documents(stranger, row.id, CONSENT)
    with pytest.raises(NotFoundError):
        await anext(deal.service.watch_registration(stranger, row.id))


async def test_a_watch_sees_every_change_until_the_end(deal: Deal) -> None:
    row = await deal.service.create_registration(deal.core.call(), a_transfer(deal.vendor))
    watch = deal.service.watch_registration(deal.core.call(), row.id)
    assert (await anext(watch)).state == "SUBMITTED"
    deal.vendor.advance(10)
    await follow(deal, 2)
    assert [change.state async for change in watch] == ["REGISTERED"]


async def test_personal_data_is_in_no_byte_of_the_database(deal: Deal, tmp_path: Path) -> None:
    deal.vendor.fail("submit", "maintenance", times=9)
    await deal.service.create_registration(deal.core.call(), a_transfer(deal.vendor))
    await deal.core.database.read(lambda conn: conn.exec_driver_sql("SELECT 1"))
    stored = stored_bytes(tmp_path)
    for personal in (SELLER.surname, SELLER.inn, "договор.pdf"):
        assert personal.encode() not in stored


async def test_what_was_kept_for_sending_is_forgotten_once_it_is_sent(deal: Deal, tmp_path: Path) -> None:
    await deal.service.create_registration(deal.core.call(), a_transfer(deal.vendor))
    assert execute(tmp_path, "SELECT count(*) FROM rosreestr_documents") == [0]
    assert execute(tmp_path, "SELECT transfer FROM rosreestr_registrations") == [None]
