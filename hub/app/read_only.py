"""Keeps a module's jobs from writing outside while its mode does not allow it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from hub.core.errors import LeaseLostError
from hub.core.jobs import Again, Job, JobKind, Lease, Next

ASK_AGAIN = timedelta(minutes=1)  # how soon a job that may not send finds out that the mode has changed
REASON = "MODULE_READ_ONLY"


def gated(kind: JobKind, *, may_send: Callable[[], bool]) -> JobKind:
    """Return the kind with a handler whose `lease.check` passes only while the module may send.

    A job that may not send waits; that is no failure and never makes it a dead letter.
    """

    async def handler(job: Job, lease: Lease) -> Next:
        try:
            return await kind.handler(job, _GatedLease(lease, may_send))
        except _SendingForbiddenError:
            return Again(delay=ASK_AGAIN, reason=REASON)

    return replace(kind, handler=handler)


class _SendingForbiddenError(LeaseLostError):
    """Handlers already let a lost lease pass through, and send and settle nothing after it."""


class _GatedLease(Lease):
    def __init__(self, lease: Lease, may_send: Callable[[], bool]) -> None:
        self._lease = lease
        self._may_send = may_send

    @property
    def attempt(self) -> int:
        return self._lease.attempt

    @property
    def fence(self) -> int:
        return self._lease.fence

    @property
    def may_have_been_sent(self) -> bool:
        return self._lease.may_have_been_sent

    @property
    def sent_at(self) -> datetime | None:
        return self._lease.sent_at

    async def check(self, change: Callable[[Connection], None] | None = None) -> None:
        if not self._may_send():
            raise _SendingForbiddenError("the module's mode lets nothing out")
        await self._lease.check(change)

    async def settle(
        self,
        change: Callable[[Connection], None],
        *,
        then: Next | None = None,
        code: str = "OK",
        reason: str = "",
        payload_hash: str | Callable[[Connection], str] = "",
    ) -> Next:
        return await self._lease.settle(change, then=then, code=code, reason=reason, payload_hash=payload_hash)
