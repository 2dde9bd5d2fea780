"""One message to many, what goes first, and a database that is older than what was sent."""

from datetime import timedelta
from pathlib import Path

import pytest

from hub.core.clock import FakeClock
from hub.core.errors import InvalidRequestError
from hub.modules.notifications.addresses import Recipient
from hub.modules.notifications.campaigns import Member
from hub.modules.notifications.message import Channel, Content
from hub.modules.notifications.planning import Handling
from hub.modules.notifications.port import NotificationsPort
from hub.modules.notifications.states import Priority
from hub.resilience.policy import Rate
from tests.contract.notifications_sandbox import SandboxVendor
from tests.modules.notifications.conftest import Post, wire
from tests.support.core_fixtures import open_core
from tests.support.databases import keep_copy

SMSC_ONLY = Handling(route=(("smsc", ""),))


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let campaigns of a few be written out in several parts."""
    monkeypatch.setattr("hub.modules.notifications.campaigns.CHUNK", 10)


async def test_a_campaign_is_written_out_and_each_recipient_told_once(post: Post) -> None:
    campaign_id = await post.campaign(25)
    assert await post.totals(campaign_id) == {"QUEUED": 25}
    await post.pass_time(60, step=30)
    shown = await post.campaigns.get(post.core.call(), campaign_id)
    assert dict(shown.totals) == {"DELIVERED": 25}
    assert shown.is_finished
    messages = post.vendors["smsc"].messages()
    assert len({message.address for message in messages}) == len(messages) == 25
    assert shown.costs[0].minor_units == sum(message.cost for message in messages)


async def test_what_of_a_campaign_has_not_left_is_taken_back(post: Post) -> None:
    later = post.core.clock.now() + timedelta(hours=1)
    campaign_id = await post.campaign(25, handling=Handling(route=SMSC_ONLY.route, send_time=later))
    await post.core.outbox.run_due()
    shown = await post.campaigns.cancel(post.core.call(2, method="/x/Cancel"), campaign_id)
    assert dict(shown.totals) == {"CANCELLED": 25}
    await post.pass_time(3700, step=3700)
    assert not post.vendors["smsc"].messages()


async def test_a_recipient_that_cannot_be_reached_is_named_and_nothing_is_begun(post: Post) -> None:
    members = [Member(recipient=Recipient(raw={Channel.SMS: phone})) for phone in ("+79991234567", "12")]
    with pytest.raises(InvalidRequestError) as caught:
        await post.campaigns.create(post.core.call(), members, Content(text="Собрание"), SMSC_ONLY)
    assert caught.value.violations[0].field == "recipients[1].recipient.phone"
    await post.core.outbox.run_due()
    assert not post.vendors["smsc"].messages()


async def test_an_urgent_message_overtakes_a_backlog(post: Post) -> None:
    for number in range(20):
        await post.create(number + 1, phone=f"+7999000{number:04d}", handling=SMSC_ONLY)
    urgent = Handling(route=SMSC_ONLY.route, priority=Priority.HIGH)
    await post.create(100, phone="+79997654321", handling=urgent)
    await post.core.outbox.run_due()
    assert next(iter(post.vendors["smsc"].messages())).address == "79997654321"


async def test_one_recipient_is_not_told_more_often_than_the_rate_says(
    tmp_path: Path, ports: dict[str, NotificationsPort], vendors: dict[str, SandboxVendor]
) -> None:
    async with open_core(tmp_path) as core:
        post = await wire(core, ports, vendors, recipient_rates=(Rate(calls=2, per_seconds=60),))
        rows = [await post.create(number, handling=SMSC_ONLY) for number in range(1, 6)]
        await core.outbox.run_due()
        assert len(vendors["smsc"].messages()) == 2
        await post.pass_time(61, step=61)
        assert len(vendors["smsc"].messages()) == 4
        await post.pass_time(122, step=61)
        assert {(await post.get(row)).state for row in rows} == {"DELIVERED"}
        post.mark.close()


async def test_what_may_have_gone_out_before_a_restore_is_held_for_a_person(
    tmp_path: Path, ports: dict[str, NotificationsPort], vendors: dict[str, SandboxVendor]
) -> None:
    clock = FakeClock()
    later = clock.now() + timedelta(days=1)
    async with open_core(tmp_path, clock=clock) as core:
        post = await wire(core, ports, vendors)
        due = await post.create(1, handling=SMSC_ONLY)
        never_due = await post.create(2, handling=Handling(route=SMSC_ONLY.route, send_time=later))
        post.mark.close()
    restore = keep_copy(tmp_path)
    async with open_core(tmp_path, clock=clock, seed=2) as core:
        post = await wire(core, ports, vendors)
        await core.outbox.run_due()
        assert (await post.get(due)).state == "SENT"
        post.mark.close()
    restore()
    async with open_core(tmp_path, clock=clock, seed=3) as core:
        post = await wire(core, ports, vendors)
        await post.pass_time(60, step=30)
        row = await post.get(due)
        assert (row.state, row.unknown_reason, row.needs_person) == ("OUTCOME_UNKNOWN", "RESTORED", True)
        assert [one.resource for one in await post.settlement.stuck(10)] == [f"notifications.Notification/{row.id}"]
        assert (await post.get(never_due)).state == "QUEUED"
        post.mark.close()
    assert len(vendors["smsc"].messages()) == 1


async def test_a_request_that_the_restored_database_never_saw_is_asked_for_before_it_is_sent(
    tmp_path: Path, ports: dict[str, NotificationsPort], vendors: dict[str, SandboxVendor]
) -> None:
    clock = FakeClock()
    async with open_core(tmp_path, clock=clock):
        pass
    restore = keep_copy(tmp_path)
    async with open_core(tmp_path, clock=clock, seed=2) as core:
        post = await wire(core, ports, vendors)
        await post.create(1, handling=SMSC_ONLY)
        await core.outbox.run_due()
        post.mark.close()
    restore()
    async with open_core(tmp_path, clock=clock, seed=3) as core:
        post = await wire(core, ports, vendors)
        await core.clock.advance(1)
        repeated = await post.create(1, handling=SMSC_ONLY)
        new = await post.create(2, phone="+79992222222", handling=SMSC_ONLY)
        await post.pass_time(240, step=30)
        assert {(await post.get(row)).state for row in (repeated, new)} == {"DELIVERED"}
        post.mark.close()
    assert sorted(message.address for message in vendors["smsc"].messages()) == ["79991234567", "79992222222"]
