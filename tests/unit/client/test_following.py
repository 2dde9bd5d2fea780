"""A client that follows its PEM files: a new channel takes over once it is connected, and not before."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import grpc
import pytest

from landhub_client.aio_following import FollowingAioChannel
from landhub_client.errors import LandhubError, RefusedError, UnauthenticatedError, UnavailableError
from landhub_client.files import Files
from landhub_client.renewal import Renewal
from landhub_client.sync_following import FollowingSyncChannel
from tests.support.pki import Authority

READY, FAILING = grpc.ChannelConnectivity.READY, grpc.ChannelConnectivity.TRANSIENT_FAILURE


class Channel:
    """Stands for a channel of either kind; `state` is what connecting it comes to."""

    def __init__(self, state: grpc.ChannelConnectivity = READY) -> None:
        self.state = state
        self.closed = False
        self.callback: Callable[[grpc.ChannelConnectivity], None] = lambda _: None

    def get_state(self, *, try_to_connect: bool) -> grpc.ChannelConnectivity:
        return self.state

    def unary_unary(self, path: str, *coders: Any) -> Callable[..., "Channel"]:
        return lambda request, timeout, metadata: self

    def subscribe(self, callback: Callable[[grpc.ChannelConnectivity], None], *, try_to_connect: bool) -> None:
        self.callback = callback

    def close(self, grace: float | None = None) -> Any:
        self.closed = True
        return asyncio.sleep(0) if grace is not None or self.is_aio else None

    is_aio = False


class AioChannel(Channel):
    is_aio = True


class Rig:
    """The files, a time, and the channels that were opened."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.now = 0.0
        self.next_state = READY
        self.opened: list[Channel] = []
        self.renew()

    @property
    def files(self) -> Files:
        return Files(ca=self.folder / "ca.crt", certificate=self.folder / "me.crt", key=self.folder / "me.key")

    def renew(self) -> None:
        authority = Authority()
        (self.folder / "ca.crt").write_bytes(authority.pair.pem)
        authority.issue("crm").write(self.folder, "me")

    def open(self, kind: type[Channel]) -> Channel:
        self.opened.append(kind(self.next_state))
        return self.opened[-1]


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    return Rig(tmp_path)


def aio(rig: Rig) -> Any:
    open_channel: Any = lambda _: rig.open(AioChannel)  # noqa: E731 - its type is the stand-in's
    return FollowingAioChannel(files=rig.files, open_channel=open_channel, monotonic=lambda: rig.now)


def sync(rig: Rig) -> Any:
    open_channel: Any = lambda _: rig.open(Channel)  # noqa: E731 - same
    return FollowingSyncChannel(files=rig.files, open_channel=open_channel, monotonic=lambda: rig.now)


def used(following: Any) -> Channel:
    channel: Channel = following.unary_unary("/s/M", None, None)(None, timeout=None, metadata=None)
    return channel


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_new_files_are_taken_within_a_second_and_the_old_channel_is_closed(rig: Rig) -> None:
    following = aio(rig)
    rig.renew()
    assert used(following) is rig.opened[0]
    rig.now = 1.0
    used(following)
    await settle()
    assert used(following) is rig.opened[1]
    assert rig.opened[0].closed
    assert following.renewing()
    rig.now = 7.0
    assert not following.renewing()


@pytest.mark.parametrize("spoil", ["key", "hub"])
async def test_half_written_files_and_a_hub_that_knows_no_new_ca_leave_the_channel_in_place(
    rig: Rig, spoil: str
) -> None:
    following = aio(rig)
    rig.renew()
    whole = (rig.folder / "me.key").read_bytes()
    if spoil == "key":
        Authority().issue("crm").write(rig.folder, "other")
        (rig.folder / "me.key").write_bytes((rig.folder / "other.key").read_bytes())
    else:
        rig.next_state = FAILING
    assert following.renewing()
    await settle()
    assert used(following) is rig.opened[0]
    assert not rig.opened[0].closed
    (rig.folder / "me.key").write_bytes(whole)
    rig.next_state = READY
    following.renewing()
    await settle()
    assert used(following) is rig.opened[-1] is not rig.opened[0]


def test_threads_go_over_to_the_new_channel_once_it_is_connected(rig: Rig) -> None:
    following = sync(rig)
    rig.renew()
    assert following.renewing()
    assert used(following) is rig.opened[0]
    rig.opened[1].callback(grpc.ChannelConnectivity.CONNECTING)
    assert used(following) is rig.opened[0]
    rig.opened[1].callback(READY)
    assert used(following) is rig.opened[1]
    assert rig.opened[0].closed


def test_a_new_channel_that_does_not_connect_is_closed_and_the_files_looked_at_again(rig: Rig) -> None:
    following = sync(rig)
    rig.renew()
    assert following.renewing()
    rig.opened[1].callback(FAILING)
    assert rig.opened[1].closed
    assert used(following) is rig.opened[0]
    assert following.renewing()
    rig.opened[2].callback(READY)
    assert used(following) is rig.opened[2]


def failure(kind: type[LandhubError], reason: str = "") -> LandhubError:
    return kind(code=grpc.StatusCode.UNKNOWN, message="", method="/m", reason=reason)


def test_what_a_replaced_certificate_was_refused_for_is_asked_again_while_it_is_replaced_and_not_for_ever() -> None:
    refused, unreachable = failure(UnauthenticatedError, "CERTIFICATE_REFUSED"), failure(UnavailableError)
    renewal = Renewal(renewing=lambda: True)
    assert renewal.pause_seconds(refused, retryable=False) is not None
    assert renewal.pause_seconds(unreachable, retryable=True) is not None
    assert renewal.pause_seconds(unreachable, retryable=False) is None
    assert renewal.pause_seconds(failure(UnauthenticatedError, "CALLER_UNKNOWN"), retryable=True) is None
    assert renewal.pause_seconds(failure(RefusedError), retryable=True) is None
    pauses = [renewal.pause_seconds(refused, retryable=True) for _ in range(100)]
    assert None in pauses
    assert Renewal(renewing=lambda: False).pause_seconds(refused, retryable=True) is None
