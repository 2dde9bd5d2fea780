"""Many messages through three providers, one dying, one saying 429 and one losing answers, while the hub is cut off.

Counted at the simulators: each recipient has a number of his own, so that a message that was sent twice shows.
"""

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from hub.core.clock import FakeClock, SystemClock
from hub.modules.notifications.addresses import Recipient
from hub.modules.notifications.campaigns import Member
from hub.modules.notifications.message import Channel, Content
from hub.modules.notifications.planning import Handling
from hub.modules.notifications.port import NotificationsPort
from sandbox.faults import Fault, FaultKind
from tests.contract.notifications_sandbox import SandboxVendor
from tests.modules.notifications.conftest import Post, wire
from tests.support.core_fixtures import open_core

LOSSY, TIRED, DYING = "smsaero", "smsc", "smsru"
LARGEST_CAMPAIGN = 10_000
_WAITING = ("QUEUED", "SENDING")
_LOOK_SECONDS = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of it: notifications by state, by number what each vendor took, and how many were doubted."""

    states: Mapping[str, int]
    lost: int
    twice: int
    cuts: int


async def run_flood(
    folder: Path,
    ports: Mapping[str, NotificationsPort],
    vendors: Mapping[str, SandboxVendor],
    *,
    size: int,
    cuts: int,
    seconds: float,
) -> Outcome:
    """Send so many messages while the hub is cut off so often; the dying vendor dies when a third is sent."""
    board = vendors[TIRED].sandbox.faults
    board.add(Fault(operation=f"{LOSSY}.send", kind=FaultKind.ANSWER_LOST, times=None, probability=0.01))
    # Taken, and not answered yet: so that a cut finds some like that.
    board.add(Fault(operation=f"{LOSSY}.send", kind=FaultKind.SLOW_ANSWER, times=None, probability=0.1, seconds=0.5))
    board.add(
        Fault(
            operation=f"{TIRED}.send",
            kind=FaultKind.HTTP_STATUS,
            times=None,
            probability=0.05,
            http_status=429,
            retry_after_seconds=1,
        )
    )
    campaigns: list[str] = []
    states: Mapping[str, int] = {}
    async with asyncio.timeout(seconds):
        for turn in range(cuts + 1):
            async with open_core(folder, clock=cast("FakeClock", SystemClock()), seed=turn + 1) as core:
                post = await wire(core, dict(ports), dict(vendors), concurrency=4, patience_seconds=1)
                await core.outbox.start(alone=True)
                campaigns = campaigns or await _begin(post, size)
                share = size * (turn + 1) // (cuts + 1) if turn < cuts else size
                await _until_sent(post, campaigns, vendors, share, size)
                await core.outbox.stop(grace_seconds=0)  # whatever is under way is cut off where it stands
                states = await _states(post, campaigns)
                post.mark.close()
    taken = Counter(message.address for vendor in vendors.values() for message in vendor.messages())
    unknown = states.get("OUTCOME_UNKNOWN", 0)
    return Outcome(
        states=states,
        lost=max(0, size - unknown - len(taken)),
        twice=sum(count > 1 for count in taken.values()),
        cuts=cuts,
    )


async def _begin(post: Post, size: int) -> list[str]:
    """Three campaigns or more, each with another first step; the tired vendor is everybody's last."""
    routes = [(DYING, TIRED), (LOSSY, TIRED), (TIRED,)]
    begun, number, request = [], 0, 0
    while number < size:
        share = min(LARGEST_CAMPAIGN, max(1, size // len(routes)), size - number)
        members = [Member(recipient=Recipient(raw={Channel.SMS: f"+7999{number + n:07d}"})) for n in range(share)]
        route = tuple((account, "") for account in routes[request % len(routes)])
        request += 1
        shown = await post.campaigns.create(
            post.core.call(request), members, Content(text="Собрание в субботу"), Handling(route=route)
        )
        begun.append(shown.row.id)
        number += share
    return begun


async def _until_sent(
    post: Post, campaigns: list[str], vendors: Mapping[str, SandboxVendor], share: int, size: int
) -> None:
    """Wait until so many have left their queue; a third of them on the way, one vendor dies."""
    while True:
        states = await _states(post, campaigns)
        left = size - sum(states.get(state, 0) for state in _WAITING)
        if left >= size // 3:
            await vendors[DYING].server.stop()
        if left >= share:
            return
        await asyncio.sleep(_LOOK_SECONDS)


async def _states(post: Post, campaigns: list[str]) -> Counter[str]:
    found: Counter[str] = Counter()
    for campaign in campaigns:
        found.update(await post.totals(campaign))
    return found
