"""What must hold after a flood of messages: all final, none lost, none twice unless its policy allowed it."""

import os
from collections import Counter
from collections.abc import Iterator

from sqlalchemy import select

from hub.installation.database import database_place, maintenance_engine
from hub.installation.sealed import secrets_of
from hub.settings import load_settings
from hub.storage.tables import outbox_jobs
from landhub.notifications.v1 import notifications_pb2 as pb
from sandbox.demo.stack import Stack
from tests.campaign.kills import BROKEN
from tests.campaign.message_flood import REFERENCE, TIRED, Flooded, Wave, recipient
from tests.support.databases import disposed
from tests.support.stack import command

_REACHED = {pb.NOTIFICATION_STATE_SENT, pb.NOTIFICATION_STATE_DELIVERED}


def violations(stack: Stack, done: Flooded, *, to_the_end: bool) -> Iterator[str]:
    """Stop the hub and hold what it knows against what the vendors took."""
    counted, expected = Counter[str](), 0
    for of in done.taken.values():
        counted.update(of)
    for wave in done.waves:
        expected += wave.size
        for number in range(wave.first, wave.first + wave.size):
            yield from _of_one(wave, number, done, counted.pop(recipient(number).removeprefix("+"), 0), to_the_end)
    yield from (f"doubled: {phone} was told, whom nobody wanted told" for phone in counted)
    yield from (f"doubled: {reference} has two notifications" for reference in done.strays)
    if len(done.notifications) != expected:
        yield f"the hub has {len(done.notifications)} notifications of {expected}"
    stack.hub.stop()
    yield from _of_the_hub(stack)


def _of_one(wave: Wave, number: int, done: Flooded, taken: int, to_the_end: bool) -> Iterator[str]:
    reference = f"{REFERENCE}{number}"
    one = done.notifications.get(reference)
    if one is None:
        yield f"lost: {reference} has no notification"
        return
    state = pb.NotificationState.Name(one.state)
    if taken > 1 and not (wave.may_be_twice and taken == 2 and reference in done.doubted):
        yield f"doubled: {reference} was told {taken} times, is {state}"
    if one.state in _REACHED:
        if recipient(number).removeprefix("+") not in done.taken.get(one.provider, {}):
            yield f"lost: {reference} is {state} by {one.provider}, which never took it"
    elif one.state != pb.NOTIFICATION_STATE_OUTCOME_UNKNOWN:
        yield f"lost: {reference} is {state}"
    if to_the_end and not _is_final(one):
        yield f"not final: {reference} is {state} by {one.account}"


def _is_final(one: pb.Notification) -> bool:
    if one.state == pb.NOTIFICATION_STATE_OUTCOME_UNKNOWN:
        return one.account != TIRED  # who is asked by our number
    return one.state == pb.NOTIFICATION_STATE_DELIVERED


def _of_the_hub(stack: Stack) -> Iterator[str]:
    folder = stack.installation.folder
    settings = load_settings(folder)
    place = database_place(settings, folder, secrets_of(settings, folder, os.environ))
    columns = outbox_jobs.c
    with disposed(maintenance_engine(place, read_only=True)) as engine, engine.connect() as conn:
        jobs = conn.execute(select(columns.kind, columns.state, columns.reason)).all()
    for kind, state, reason in jobs:
        if state in {"leased", "dead"}:
            yield f"job {kind} is left {state} {reason}"
    lines = stack.hub.log_file.read_text(errors="replace").splitlines()
    yield from (f"uncaught: {line[:300]}" for line in lines if any(word in line for word in BROKEN))
    try:
        command("hub", "audit", "verify", str(folder))
    except AssertionError as error:
        yield f"unaudited: {error}"
