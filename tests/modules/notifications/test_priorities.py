"""What goes first while ten thousand wait: counted by the order in which the provider got them."""

from dataclasses import replace
from pathlib import Path
from typing import cast

from sqlalchemy import Connection

from hub.core.clock import FakeClock, SystemClock
from hub.core.jobs import NewJob
from hub.modules.notifications.accounts import job_kind
from hub.modules.notifications.letter import decode_letter, encode_letter
from hub.modules.notifications.message import Channel
from hub.modules.notifications.planning import Handling
from hub.modules.notifications.port import NotificationsPort
from hub.modules.notifications.states import Priority
from hub.modules.notifications.store import NotificationRow
from tests.contract.notifications_sandbox import SandboxVendor
from tests.modules.notifications.conftest import Post, wire
from tests.support.core_fixtures import open_core

BACKLOG = 10_000
AT_ONCE = 4
ROUTE = (("smsc", ""),)


async def test_an_urgent_message_overtakes_a_backlog_of_ten_thousand(
    tmp_path: Path, ports: dict[str, NotificationsPort], vendors: dict[str, SandboxVendor]
) -> None:
    vendor = vendors["smsc"]
    async with open_core(tmp_path, clock=cast("FakeClock", SystemClock())) as core:
        post = await wire(core, ports, vendors, concurrency=AT_ONCE)
        await _put_backlog(post, await post.create(1, handling=Handling(route=ROUTE, priority=Priority.LOW)))
        await core.outbox.start(alone=True)
        await vendor.server.wait_until(lambda: len(vendor.messages()) > AT_ONCE)
        normal = await post.create(2, phone="+79991111111", handling=Handling(route=ROUTE))
        urgent = await post.create(3, phone="+79992222222", handling=Handling(route=ROUTE, priority=Priority.HIGH))
        sent_by_then = len(vendor.messages())
        await vendor.server.wait_until(lambda: {"79991111111", "79992222222"} <= set(_order(vendor)))
        await core.outbox.stop(grace_seconds=5)
        order = _order(vendor)
        # Whatever had begun to leave goes first, and nothing else.
        assert order.index("79992222222") <= sent_by_then + AT_ONCE
        assert order.index("79991111111") <= sent_by_then + AT_ONCE + 1
        assert len(order) < BACKLOG / 10
        assert {(await post.get(row)).state for row in (normal, urgent)} == {"SENT"}
        post.mark.close()


async def _put_backlog(post: Post, pattern: NotificationRow) -> None:
    """Write so many notifications like that one, with their jobs."""

    def put(conn: Connection) -> None:
        letter = decode_letter(cast("bytes", pattern.letter))
        for number in range(BACKLOG):
            own = encode_letter(replace(letter, addresses={Channel.SMS: f"+7999{number:07d}"}))
            row = replace(pattern, id=post.core.ids.resource_id(), reference=f"backlog-{number}", letter=own)
            post.engine.store.add(conn, row)
            job = NewJob(kind=job_kind("smsc"), payload={"sending": "0"}, resource_id=row.id, priority=200)
            post.core.outbox.enqueue(conn, job)

    await post.core.database.write(put, label="test.backlog")


def _order(vendor: SandboxVendor) -> list[str]:
    return [message.address for message in vendor.messages()]
