"""Many messages through three providers, one dying, one saying 429 and one losing answers, while the hub is killed.

The hub and the vendors are programs of their own, and the hub dies by -9. What became of it is counted at the
vendors: each recipient has a number of his own, so that a message that was sent twice shows.
"""

import asyncio
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, TypeVar

from landhub.notifications.v1 import notifications_pb2 as pb
from landhub.notifications.v1 import notifications_service_pb2 as service_pb
from landhub_client import Client, LandhubError
from sandbox.demo.installation import CALLER, install
from sandbox.demo.ports import HOST, Ports
from sandbox.demo.stack import Stack
from sandbox.messages import smsaero, smsc, smsru
from tests.support.agent_memory import resident_bytes
from tests.support.databases import database_settings
from tests.support.ports import demo_ports
from tests.support.stack import connect, control

T = TypeVar("T")

LOSSY, TIRED, DYING = smsaero.NAME, smsc.NAME, smsru.NAME
REFERENCE = "flood/"
"""Before each recipient's number in his business reference."""
LARGEST_CAMPAIGN = 10_000
_KILLED_WITHIN = 0.6  # of the messages; the rest is one life, long enough to see what its memory does
_WARM_AT = 0.65
_CALL_SECONDS = 120.0
_LOOK_SECONDS = 0.5
_AT_WORK = {pb.NOTIFICATION_STATE_QUEUED, pb.NOTIFICATION_STATE_SENDING}
_ASKED_FOR = _AT_WORK | {pb.NOTIFICATION_STATE_SENT}
_UNKNOWN = pb.NOTIFICATION_STATE_OUTCOME_UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Wave:
    """One campaign of the flood: recipients from a number on, in this order of accounts."""

    first: int
    size: int
    route: tuple[str, ...]
    may_be_twice: bool


@dataclass(slots=True, kw_only=True)
class Flooded:
    """What was done, and what is known of it at both ends.

    Attributes:
        notifications: All that the hub has, by business reference.
        doubted: Those whose present sending is one after another whose answer was lost.
        taken: By vendor, how many messages it took for each recipient.
        warm_bytes, most_bytes: What the hub's last process held when it was warm, and at most afterwards.
    """

    waves: list[Wave] = field(default_factory=list)
    notifications: dict[str, pb.Notification] = field(default_factory=dict)
    strays: list[str] = field(default_factory=list)
    doubted: set[str] = field(default_factory=set)
    taken: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    faults: Mapping[str, int] = field(default_factory=dict)
    kills: int = 0
    seconds: float = 0.0
    warm_bytes: int = 0
    most_bytes: int = 0

    def __str__(self) -> str:
        states = Counter(pb.NotificationState.Name(one.state)[19:] for one in self.notifications.values())
        mib = 1024 * 1024
        return (
            f"{len(self.notifications)} messages in {self.seconds:.0f} s over {self.kills} kills: {dict(states)}; "
            f"the vendors took { {name: sum(of.values()) for name, of in self.taken.items()} }, "
            f"faults {dict(self.faults)}; "
            f"the last hub held {self.warm_bytes / mib:.1f} MiB when warm and {self.most_bytes / mib:.1f} MiB at most"
        )


def recipient(number: int) -> str:
    """The phone of a recipient."""
    return f"+7999{number:07d}"


@contextmanager
def post_office(folder: Path) -> Iterator[Stack]:
    """A sandbox and a hub that only tells people: programs of their own, with an account at each of three vendors."""
    ports = demo_ports()
    stack = Stack(install(folder, ports, settings={**database_settings(), **_settings(ports)}))
    _write_keys(folder)
    try:
        stack.sandbox.start()
        stack.sandbox.wait_until(lambda: _is_up(stack), what="up")
        stack.hub.start()
        stack.wait_until_ready(timeout_seconds=90)
        yield stack
    finally:
        stack.hub.kill()
        stack.sandbox.stop()


async def run_flood(
    stack: Stack, *, size: int, kills: int, seed: int, to_the_end: bool, tell: Callable[[str], None]
) -> Flooded:
    """Send so many messages while the hub is killed so often; the dying vendor dies when a third is sent.

    Args:
        stack: Of `post_office`.
        size: How many messages.
        kills: How often the hub is killed.
        seed: Of the faults.
        to_the_end: Wait until what was sent is known to have been delivered and what is asked for is known, too.
        tell: Takes words on the progress.
    """
    _let_fail(stack, seed)
    flood = _Flood(stack, Random(seed), Flooded(waves=_waves(size)), size, kills, tell)
    began = asyncio.get_running_loop().time()
    async with connect(stack.installation) as client:
        async with asyncio.TaskGroup() as tasks:
            watching = tasks.create_task(flood.watch())
            killing = tasks.create_task(flood.kill_in_turn())
            campaigns = await flood.begin(client)
            await killing
            await flood.wait_until_over(client, campaigns, to_the_end=False)
            if to_the_end:
                await flood.revive()
                await flood.wait_until_over(client, campaigns, to_the_end=True)
            watching.cancel()
        flood.done.seconds = asyncio.get_running_loop().time() - began
        await flood.collect(client)
    return flood.done


class _Flood:
    """One run."""

    def __init__(
        self, stack: Stack, random: Random, done: Flooded, size: int, kills: int, tell: Callable[[str], None]
    ) -> None:
        self._stack = stack
        self._random = random
        self.done = done
        self._size = size
        self._kills = kills
        self._tell = tell
        self._calls = 0
        self._dead = False

    async def begin(self, client: Client) -> list[str]:
        """Have all waves made campaigns; returns their ids."""
        return [await self._begun(client, wave) for wave in self.done.waves]

    async def watch(self) -> None:
        """Look how many calls the vendors had and what the hub's memory does, and let one vendor die in time."""
        while True:
            vendors = await asyncio.to_thread(control, self._stack, "/messages/vendors")
            self._calls = sum(vendors[name]["operations"].get("send", 0) for name in (LOSSY, TIRED, DYING))
            if not self._dead and self._calls >= self._size // 3:
                await asyncio.to_thread(control, self._stack, f"/messages/vendors/{DYING}/stop", {})
                self._dead = True
            self._look_at_memory()
            await asyncio.sleep(_LOOK_SECONDS)

    async def kill_in_turn(self) -> None:
        """Kill the hub, and start it again, at even shares of the messages, a bit before or after."""
        for number in range(1, self._kills + 1):
            share = _KILLED_WITHIN * (number - self._random.random() / 2) / self._kills
            await self._until_called(round(self._size * share))
            await asyncio.to_thread(self._kill)
            self.done.kills += 1
            self._tell(f"killed {number} times; the vendors had {self._calls} calls")

    async def revive(self) -> None:
        """Let the dead vendor tell what became of what it took."""
        await asyncio.to_thread(control, self._stack, f"/messages/vendors/{DYING}/start", {})

    async def wait_until_over(self, client: Client, campaigns: list[str], *, to_the_end: bool) -> None:
        """Wait until every message is final; or only until every one has left."""
        told = 0
        while True:
            totals = Counter[int]()
            for campaign_id in campaigns:
                request = service_pb.GetCampaignRequest(campaign_id=campaign_id)
                shown = await _answered(lambda: client.notifications.GetCampaign(request))  # noqa: B023 - awaited here
                totals.update({total.state: total.count for total in shown.campaign.totals})
            left = sum(totals[state] for state in (_ASKED_FOR if to_the_end else _AT_WORK))
            if not left and not (to_the_end and await self._is_looked_up(client)):
                return
            if abs(told - left) >= self._size // 20:
                told = left
                self._tell(f"{left} are {'asked for' if to_the_end else 'to be sent'}")
            await asyncio.sleep(_LOOK_SECONDS if self._size < LARGEST_CAMPAIGN else 5)

    async def collect(self, client: Client) -> None:
        """Read all that hub and vendors know."""
        token, done = "", self.done
        while True:
            request = service_pb.ListNotificationsRequest(page_size=500, page_token=token)
            page = await client.notifications.ListNotifications(request)
            for one in page.notifications:
                if one.business_reference in done.notifications:
                    done.strays.append(one.business_reference)
                done.notifications[one.business_reference] = one
            token = page.next_page_token
            if not token:
                break
        done.taken = await asyncio.to_thread(control, self._stack, "/messages/recipients")
        done.faults = (await asyncio.to_thread(control, self._stack, "/state"))["faults"]["struck"]
        for reference in _twice(done):
            got = await client.notifications.GetNotification(
                service_pb.GetNotificationRequest(notification_id=done.notifications[reference].notification_id)
            )
            if any(try_.state == pb.NOTIFICATION_STATE_OUTCOME_UNKNOWN for try_ in got.notification.attempts):
                done.doubted.add(reference)

    async def _begun(self, client: Client, wave: Wave) -> str:
        numbers = range(wave.first, wave.first + wave.size)
        policy = pb.UNKNOWN_POLICY_RATHER_TWICE if wave.may_be_twice else pb.UNKNOWN_POLICY_NEVER_TWICE
        request = service_pb.BatchCreateNotificationsRequest(
            request_id=str(uuid.UUID(int=self._random.getrandbits(128), version=4)),
            recipients=[
                service_pb.CampaignRecipient(
                    recipient=pb.Recipient(phone=recipient(number)), business_reference=f"{REFERENCE}{number}"
                )
                for number in numbers
            ],
            content=pb.Content(text="Собрание в субботу"),
            handling=pb.Handling(
                route=[pb.RouteStep(account=account) for account in wave.route], unknown_policy=policy
            ),
        )
        answer = await _answered(lambda: client.notifications.BatchCreateNotifications(request, timeout=_CALL_SECONDS))
        return answer.campaign.campaign_id

    async def _is_looked_up(self, client: Client) -> bool:
        """Whether something is still looked up by our number, after an answer that was lost."""
        token = ""
        while True:
            request = service_pb.ListNotificationsRequest(page_size=500, page_token=token, states=[_UNKNOWN])
            page = await _answered(lambda: client.notifications.ListNotifications(request))  # noqa: B023 - as above
            if any(one.account == TIRED for one in page.notifications):
                return True
            token = page.next_page_token
            if not token:
                return False

    async def _until_called(self, calls: int) -> None:
        while True:
            if self._calls >= calls:
                return
            await asyncio.sleep(_LOOK_SECONDS / 5)

    def _kill(self) -> None:
        self._stack.hub.kill()
        self._stack.hub.start()
        self._stack.wait_until_ready(timeout_seconds=120)

    def _look_at_memory(self) -> None:
        pid = self._stack.hub.pid
        if pid is None or self.done.kills < self._kills or self._calls < self._size * _WARM_AT:
            return
        held = resident_bytes(pid)
        self.done.warm_bytes = self.done.warm_bytes or held
        self.done.most_bytes = max(self.done.most_bytes, held)


def _is_up(stack: Stack) -> bool:
    try:
        return bool(control(stack, "/messages/vendors"))
    except AssertionError:
        return False


async def _answered(call: Callable[[], Awaitable[T]]) -> T:
    """Call until it is answered, whatever dies meanwhile."""
    while True:
        try:
            return await call()
        except LandhubError as error:
            if not error.may_retry:
                raise
        await asyncio.sleep(_LOOK_SECONDS)


def _twice(done: Flooded) -> list[str]:
    counted = Counter[str]()
    for of in done.taken.values():
        counted.update(of)
    twice = {phone for phone, count in counted.items() if count > 1}
    return [reference for reference in done.notifications if _phone_of(reference) in twice]


def _phone_of(reference: str) -> str:
    return recipient(int(reference.removeprefix(REFERENCE))).removeprefix("+")


def _waves(size: int) -> list[Wave]:
    """Campaigns of several kinds in turn; the tired vendor is everybody's last, and a tenth may be told twice."""
    kinds = [((DYING, TIRED), False), ((LOSSY, TIRED), False), ((TIRED,), False), ((LOSSY, TIRED), True)]
    shares, waves, first = (0.35, 0.35, 0.2, 0.1), list[Wave](), 0
    for (route, may_be_twice), share in zip(kinds, shares, strict=True):
        left = round(size * share)
        while left:
            wave = Wave(first=first, size=min(left, LARGEST_CAMPAIGN), route=route, may_be_twice=may_be_twice)
            waves.append(wave)
            first, left = first + wave.size, left - wave.size
    return waves


def _let_fail(stack: Stack, seed: int) -> None:
    lost = {"operation": f"{LOSSY}.send", "kind": "answer_lost", "probability": 0.01, "times": None}
    slow = {"operation": f"{LOSSY}.send", "kind": "slow_answer", "probability": 0.05, "times": None, "seconds": 0.5}
    tired = {
        "operation": f"{TIRED}.send",
        "kind": "http_status",
        "probability": 0.05,
        "times": None,
        "http_status": 429,
        "retry_after_seconds": 1,
    }
    control(stack, "/faults", {"seed": seed, "faults": [lost, slow, tired]})


def _settings(ports: Ports) -> dict[str, Any]:
    accounts = "modules.notifications.accounts"
    own: dict[str, dict[str, Any]] = {
        TIRED: {"api_url": f"https://{HOST}:{ports.smsc}/sys", "key": _key(TIRED)},
        DYING: {"api_url": f"https://{HOST}:{ports.smsru}", "api_id": _key(DYING)},
        LOSSY: {
            "api_url": f"https://{HOST}:{ports.smsaero}/v2",
            "email": smsaero.Login().email,
            "api_key": _key(LOSSY),
            "sender": "SMS Aero",
        },
    }
    found: dict[str, Any] = {f"modules.{module}.mode": "off" for module in ("signatures", "rosreestr", "payments")}
    found |= {"telemetry.otlp_endpoint": ""}  # how fast its receiver is, is no part of this
    for name, values in own.items():
        found |= {
            f"{accounts}.{name}.provider": name,
            f"{accounts}.{name}.callers": [CALLER],
            f"{accounts}.{name}.concurrency": 4 if name == TIRED else 16,
            f"{accounts}.{name}.patience_seconds": 1,
            f"{accounts}.{name}.settings.ca_bundle": "sandbox/ca.crt",
        }
        found |= {f"{accounts}.{name}.settings.{key}": value for key, value in values.items()}
    return found


def _key(account: str) -> str:
    return f"file:messages/{account}.flood"


def _write_keys(folder: Path) -> None:
    keys = {TIRED: smsc.Login().key, DYING: smsru.Login().api_id, LOSSY: smsaero.Login().api_key}
    for account, key in keys.items():
        path = folder / _key(account).removeprefix("file:")
        path.touch(mode=0o600)
        path.write_text(key, encoding="utf-8")
