"""One notification from request to delivery: once, by the step that works, and known what became of it."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from hub.core.errors import (
    AlreadyExistsError,
    InvalidRequestError,
    LeaseLostError,
    NotFoundError,
    PreconditionError,
)
from hub.modules.notifications.message import Content, Message
from hub.modules.notifications.planning import Handling
from hub.modules.notifications.port import Accepted, Guard, NotificationsPort, Refusal, RefusedError
from hub.modules.notifications.settlement import Finding
from hub.modules.notifications.states import Policy, Priority
from tests.contract.notifications_sandbox import SandboxVendor
from tests.modules.notifications.conftest import ROUTE, Post, wire
from tests.support.core_fixtures import open_core
from tests.support.databases import stored_bytes

AERO_ONLY = (("smsaero", ""),)


def taken(post: Post) -> dict[str, int]:
    """How many messages each vendor took."""
    return {name: len(post.vendors[name].messages()) for name in ("smsc", "smsaero")}


async def event_states(post: Post) -> list[str]:
    return [stored.event.data["state"] for stored in await post.core.events.list(owner="crm")]


async def test_a_message_is_sent_once_and_its_delivery_seen(post: Post) -> None:
    row = await post.create()
    assert row.state == "QUEUED"
    await post.core.outbox.run_due()
    sent = await post.get(row)
    assert (sent.state, sent.account, sent.parts, sent.cost_currency) == ("SENT", "smsc", 1, "RUB")
    await post.pass_time(60)
    row = await post.get(row)
    assert (row.state, row.vendor_id) == ("DELIVERED", sent.vendor_id)
    assert row.deliver_time is not None
    assert taken(post) == {"smsc": 1, "smsaero": 0}
    assert await event_states(post) == ["QUEUED", "SENT", "DELIVERED"]


async def test_the_same_request_is_one_message_and_other_content_is_refused(post: Post) -> None:
    first = await post.create()
    await post.core.outbox.run_due()
    assert (await post.create()).id == first.id
    with pytest.raises(AlreadyExistsError):
        await post.create(fingerprint=b"other")
    await post.core.outbox.run_due()
    assert taken(post) == {"smsc": 1, "smsaero": 0}


async def test_a_definite_refusal_goes_on_to_the_next_step(post: Post) -> None:
    post.vendors["smsc"].error("send", "8")
    row = await post.create()
    await post.core.outbox.run_due()
    row = await post.get(row)
    assert (row.state, row.account) == ("SENT", "smsaero")
    assert taken(post) == {"smsc": 0, "smsaero": 1}
    assert '"failure_reason":"RECIPIENT_UNREACHABLE"' in row.attempts


async def test_a_number_that_does_not_exist_is_tried_by_no_other_account_of_its_channel(post: Post) -> None:
    post.vendors["smsc"].refuse("+79991234567", "7")
    row = await post.create()
    await post.core.outbox.run_due()
    row = await post.get(row)
    assert (row.state, row.failure_reason) == ("FAILED", "RECIPIENT_INVALID")
    assert taken(post) == {"smsc": 0, "smsaero": 0}


@pytest.mark.parametrize("fault", ["answer_lost", "cut_body", "reset"])
async def test_a_lost_answer_is_asked_for_and_the_message_sent_once(post: Post, fault: str) -> None:
    post.vendors["smsc"].fail("send", fault)
    row = await post.create()
    await post.core.outbox.run_due()
    assert (await post.get(row)).state == "OUTCOME_UNKNOWN"
    await post.pass_time(400)
    row = await post.get(row)
    assert row.state == "DELIVERED"
    assert sum(taken(post).values()) == 1


async def test_not_found_is_no_proof_before_its_window(post: Post) -> None:
    post.vendors["smsc"].fail("send", "status_lags", seconds=60)
    post.vendors["smsc"].fail("send", "answer_lost")
    row = await post.create()
    await post.pass_time(30)
    assert (await post.get(row)).state == "OUTCOME_UNKNOWN"
    await post.pass_time(200)
    assert (await post.get(row)).state == "DELIVERED"
    assert taken(post) == {"smsc": 1, "smsaero": 0}


async def test_what_cannot_be_asked_for_stays_unknown_and_is_not_sent_again(post: Post) -> None:
    post.vendors["smsaero"].fail("send", "answer_lost")
    row = await post.create(handling=Handling(route=(*AERO_ONLY, ("smsc", ""))))
    await post.pass_time(600, step=60)
    assert (await post.get(row)).state == "OUTCOME_UNKNOWN"
    assert taken(post) == {"smsc": 0, "smsaero": 1}


async def test_who_prefers_twice_to_never_has_the_next_step_tried(post: Post) -> None:
    post.vendors["smsaero"].fail("send", "reset")
    handling = Handling(route=(*AERO_ONLY, ("smsc", "")), unknown_policy=Policy.RATHER_TWICE)
    row = await post.create(handling=handling)
    await post.core.outbox.run_due()
    row = await post.get(row)
    assert (row.state, row.account) == ("SENT", "smsc")
    assert '"state":"OUTCOME_UNKNOWN"' in row.attempts


async def test_an_account_without_money_is_spared_and_others_go_on(post: Post) -> None:
    post.vendors["smsc"].error("send", "3")
    rows = [await post.create(number, handling=Handling(route=ROUTE, priority=Priority.HIGH)) for number in (1, 2, 3)]
    await post.core.outbox.run_due()
    assert {(await post.get(row)).account for row in rows} == {"smsaero"}
    assert post.vendors["smsc"].calls("send") == 1


async def test_the_last_step_is_waited_for_until_the_message_expires(post: Post) -> None:
    post.vendors["smsaero"].fail("send", "too_many_requests", times=1000, seconds=30)
    expires = post.core.clock.now() + timedelta(minutes=5)
    row = await post.create(handling=Handling(route=AERO_ONLY, expire_time=expires))
    await post.pass_time(360, step=15)
    row = await post.get(row)
    assert (row.state, row.failure_reason) == ("EXPIRED", "RATE_LIMITED")
    assert taken(post) == {"smsc": 0, "smsaero": 0}


async def test_a_message_waits_for_its_time_and_may_be_taken_back_until_it_leaves(post: Post) -> None:
    later = post.core.clock.now() + timedelta(minutes=10)
    first = await post.create(1, handling=Handling(route=ROUTE, send_time=later))
    second = await post.create(2, handling=Handling(route=ROUTE, send_time=later))
    await post.pass_time(60, step=30)
    assert taken(post) == {"smsc": 0, "smsaero": 0}
    cancelled = await post.service.cancel(post.core.call(3, method="/x/Cancel"), first.id)
    assert cancelled.state == "CANCELLED"
    await post.pass_time(600, step=60)
    assert (await post.get(first)).state == "CANCELLED"
    assert (await post.get(second)).state == "DELIVERED"
    with pytest.raises(PreconditionError) as caught:
        await post.service.cancel(post.core.call(4, method="/x/Cancel"), second.id)
    assert caught.value.reason == "TOO_LATE_TO_CANCEL"


async def test_a_hub_that_died_between_sending_and_noting_it_asks_first(
    post: Post,
    tmp_path: Path,
    ports: dict[str, NotificationsPort],
    vendors: dict[str, SandboxVendor],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    row = await post.create()
    real = post.core.database.write

    async def dying(fn: Callable[[Connection], Any], *, label: str) -> Any:
        if label == "outbox.settle":
            raise LeaseLostError("the process died here")
        return await real(fn, label=label)

    monkeypatch.setattr(post.core.database, "write", dying)
    await post.core.outbox.run_due()
    monkeypatch.undo()
    assert (await post.get(row)).state == "SENDING"
    async with open_core(tmp_path, clock=post.core.clock, seed=2) as core:
        again = await wire(core, ports, vendors)
        await again.pass_time(300)
        assert (await again.get(row)).state == "DELIVERED"
        again.mark.close()
    assert taken(post) == {"smsc": 1, "smsaero": 0}


async def test_what_was_not_delivered_goes_on_to_the_next_step(post: Post) -> None:
    post.vendors["smsc"].fate("+79991234567", "undeliverable")
    row = await post.create()
    await post.core.outbox.run_due()
    post.vendors["smsc"].fate("+79991234567", "delivered")
    await post.pass_time(120)
    row = await post.get(row)
    assert (row.state, row.account) == ("DELIVERED", "smsaero")
    billed = [message.cost for name in ("smsc", "smsaero") for message in post.vendors[name].messages()]
    assert (len(billed), row.cost_minor_units) == (2, sum(billed))


async def test_a_person_settles_what_nobody_can_be_asked_of(post: Post) -> None:
    post.vendors["smsaero"].fail("send", "reset")
    row = await post.create(handling=Handling(route=AERO_ONLY))
    await post.core.outbox.run_due()
    resolved = await post.settlement.resolve(
        post.core.call(2, method="/x/Resolve"), row.id, Finding(was_sent=False, send_again=True)
    )
    assert resolved.state == "QUEUED"
    await post.pass_time(60)
    assert (await post.get(row)).state == "DELIVERED"
    with pytest.raises(PreconditionError) as caught:
        await post.settlement.resolve(post.core.call(3, method="/x/Resolve"), row.id, Finding(was_sent=True))
    assert caught.value.reason == "NOTHING_TO_RESOLVE"


@pytest.mark.parametrize("refusal", list(Refusal))
async def test_each_refusal_of_the_last_step_ends_it_or_holds_it_up_and_is_named(
    post: Post, ports: dict[str, NotificationsPort], monkeypatch: pytest.MonkeyPatch, refusal: Refusal
) -> None:
    async def refusing(message: Message, *, guard: Guard | None = None) -> Accepted:
        assert guard is not None
        await guard()
        raise RefusedError(refusal, vendor_code=f"code of {message.reference[:1]}")

    monkeypatch.setattr(ports["smsaero"], "send", refusing)
    expires = post.core.clock.now() + timedelta(minutes=2)
    row = await post.create(handling=Handling(route=AERO_ONLY, expire_time=expires))
    await post.core.outbox.run_due()
    found = await post.get(row)
    assert (found.state, found.failure_reason) == ("QUEUED" if refusal.may_pass else "FAILED", refusal)
    assert (found.send_time is None) == refusal.may_pass
    await post.pass_time(130, step=130)
    found = await post.get(row)
    assert (found.state, found.failure_reason) == ("EXPIRED" if refusal.may_pass else "FAILED", refusal)


async def test_an_address_that_cannot_exist_is_refused_without_being_repeated(post: Post) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        await post.create(phone="+7 000 12")
    assert caught.value.reason == "ADDRESS_INVALID"
    assert caught.value.violations[0].field == "recipient.phone"
    assert "000" not in str(caught.value)


async def test_another_owners_notification_is_not_found(post: Post) -> None:
    row = await post.create()
    with pytest.raises(NotFoundError):
        await post.service.get(post.core.call(group="other"), row.id)


async def test_texts_and_addresses_are_nowhere_in_the_database(post: Post, tmp_path: Path) -> None:
    await post.create(what=Content(text="канарейка-в-тексте"))
    await post.pass_time(60)
    found = stored_bytes(tmp_path)
    for personal in ("канарейка-в-тексте", "79991234567", "9991234567"):
        assert personal.encode() not in found


async def test_a_provider_that_is_down_for_long_is_waited_for_no_longer_than_patience_says(post: Post) -> None:
    post.vendors["smsc"].fail("send", "too_many_requests", times=1000, seconds=3600)
    row = await post.create()
    await post.pass_time(65)
    row = await post.get(row)
    assert (row.state, row.account) == ("SENT", "smsaero")


async def test_a_question_that_is_not_answered_readably_holds_up_no_other_message(post: Post) -> None:
    rows = [await post.create(number, phone=f"+7999000000{number}") for number in (1, 2, 3)]
    await post.core.outbox.run_due()
    post.vendors["smsc"].error("status", "5")
    await post.pass_time(35)
    assert sorted([(await post.get(row)).state for row in rows]) == ["DELIVERED", "DELIVERED", "SENT"]
    await post.pass_time(60)
    assert {(await post.get(row)).state for row in rows} == {"DELIVERED"}
